/* All texts of a raw dump that passed the rules for single records, in memory: what the
 * rules for users and items then choose from. Strings are kept once and compared by
 * number. */
#ifndef DRP_DATA_CORPUS_H
#define DRP_DATA_CORPUS_H

#include <stdint.h>

#include "base/intern.h"
#include "base/vec.h"
#include "data/reader.h"

/** One text. Numbers index the corpus' tables. */
struct drp_corpus_entry {
    uint32_t user, item;
    uint32_t raw;    /* the text as it was read, in strings                     */
    uint32_t clean;  /* the text with its white space collapsed, in strings     */
    uint32_t title;  /* in strings                                              */
    uint32_t order;  /* place in the input, over all files                      */
    double rating;   /* NAN: not given                                          */
    int64_t time_ms; /* 0: not given                                            */
};

/** What is known of an item from metadata. */
struct drp_meta {
    uint32_t title, description; /* in strings; DRP_NO_ID: no usable metadata */
};

/** The corpus. One owner; read-only once it is grouped. */
struct drp_corpus {
    struct drp_intern users, items, strings;
    DRP_VEC(struct drp_corpus_entry)
    entries; /* grouped: by user, then newest first, equal times in input order */
    DRP_VEC(struct drp_meta)
    metas; /* (≤ items.n) by item                                             */
    struct drp_str scratch;
};

/** Starts an empty corpus. */
void drp_corpus_init(struct drp_corpus *c);

/** Frees it. */
void drp_corpus_release(struct drp_corpus *c);

/** Adds usable metadata; of several about one item the first counts. */
void drp_corpus_add_item(struct drp_corpus *c, const struct drp_raw_item *item);

/** True when usable metadata of this item was added. */
bool drp_corpus_has_meta(const struct drp_corpus *c, struct drp_sv item);

/** Adds a text. **Errors**: DRP_ELIMIT beyond 2^32 - 2 texts. */
int drp_corpus_add(struct drp_corpus *c, const struct drp_raw_review *review,
                   struct drp_err *err) DRP_CHECKED;

/** Sorts the entries by user, then newest first, equal times in input order. */
void drp_corpus_group(struct drp_corpus *c);

/** The string of a number. Borrowed. */
struct drp_sv drp_corpus_string(const struct drp_corpus *c, uint32_t id);

/** Title of an item: from metadata, else its id. Borrowed. */
struct drp_sv drp_corpus_item_title(const struct drp_corpus *c, uint32_t item);

/** Description of an item from metadata, else empty. Borrowed. */
struct drp_sv drp_corpus_item_description(const struct drp_corpus *c, uint32_t item);

#endif
