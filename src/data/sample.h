/* What one prediction is about. select/ fills it, methods read it; nothing here allocates. */
#ifndef DRP_DATA_SAMPLE_H
#define DRP_DATA_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/** A thing people write about. `title` falls back to the asin, `description` may be empty. */
struct drp_item {
    uint32_t id; /* index in its dataset */
    struct drp_sv asin, title, description;
};

/** One text by one user about one item. Strings belong to the dataset. */
struct drp_review {
    uint32_t item, user; /* ids in the dataset                             */
    struct drp_sv title; /* of the review, not of the item; may be empty   */
    struct drp_sv text;  /* white space collapsed, never empty             */
    double rating;       /* as in the source; NAN: not given               */
    int64_t time_ms;     /* since 1970; 0: not given                       */
};

/** Borrowed reviews in an order that the holder states. */
struct drp_reviews {
    const struct drp_review *const *at;
    size_t n;
};

/** One comparison of the target user with others. */
struct drp_contrast {
    const struct drp_item *item; /* what both wrote about; NULL: whole histories  */
    struct drp_reviews own;      /* the user's one review; user level: D_u*       */
    struct drp_reviews peers;    /* at most M, ascending cluster; user level: D_r* */
    const int32_t *clusters;     /* (peers.n) of each; user level: (1)            */
    int32_t target_cluster;      /* the user's own cluster                        */
};

/** Why a sample has no contrast, or fewer than asked for. */
enum drp_thin {
    DRP_THIN_NONE,     /* as many as asked for                                  */
    DRP_THIN_FEW,      /* some, fewer than asked for                            */
    DRP_THIN_NO_ITEM,  /* no item of the user has enough other reviewers        */
    DRP_THIN_NO_PEERS, /* fewer users than clusters                             */
};

/** One target user and item with all that may be looked at to write for them. */
struct drp_sample {
    struct drp_sv user_id;
    uint32_t user;
    size_t row;                  /* in its split                                       */
    const struct drp_item *item; /* the target; NULL: a profile only                   */
    double rating;               /* to write for; NAN: not given                       */
    struct drp_sv title;         /* of the review to write; may be empty               */
    struct drp_sv reference;     /* what the user wrote: for scoring, never prompted   */
    struct drp_reviews profile;  /* oldest first                                       */
    struct drp_reviews own;      /* OWN8: best first by BM25                           */
    const struct drp_contrast *contrasts; /* (n_contrasts) best first */
    size_t n_contrasts;
    enum drp_thin thin;
};

#endif
