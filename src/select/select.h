/* Step 0 of DRP: what to compare with. Fills samples from a dataset split. */
#ifndef DRP_SELECT_SELECT_H
#define DRP_SELECT_SELECT_H

#include "data/dataset.h"
#include "data/sample.h"
#include "select/neighbours.h"
#include "select/vectors.h"

/** Level at which peers are chosen. */
enum drp_select_level {
    DRP_SELECT_ITEM, /* reviews of one item are clustered (released code)     */
    DRP_SELECT_USER, /* users are clustered by their history (paper's text)   */
};

/** Options of selection. */
struct drp_select_opts {
    enum drp_select_level level;
    uint32_t n_items; /* own items and contrasts; 0: 8, range 1 … 64                  */
    uint32_t n_peers; /* M: representatives a contrast; 0: 4, range 1 … 32            */
    uint32_t n_documents; /* newest texts of a history looked at; 0: all                  */
    uint32_t kmeans_seed; /* 0: 42                                                        */
    bool peers_before_target; /* only peers' texts known to be older than the row's target    */
};

/** A selector over one split: the peer index and, at user level, the clusters. **Threads**: any may select. */
struct drp_selector;

/**
 * Builds the peer index of a split; at user level also clusters its users. Dataset and vectors are borrowed.
 * **Owns**: caller, drp_selector_free(). **Errors**: DRP_EUSAGE (range), DRP_EENGINE, DRP_EDB.
 */
int drp_selector_new(const struct drp_dataset *ds, struct drp_vectors *vectors,
                     const struct drp_select_opts *opts, struct drp_selector **out,
                     struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. */
void drp_selector_free(struct drp_selector *sel);

/** Another target than the row's own: what to write for. */
struct drp_target {
    const struct drp_item *item;
    double rating;       /* NAN: not given */
    struct drp_sv title; /* may be empty   */
};

/**
 * Fills the sample of a row: OWN8, contrasts, representatives; all in `arena`. `target` NULL is the row's own,
 * with the reference; another one has no reference, and a text of the user about its item is not looked at.
 * **Errors**: DRP_EENGINE (embedding), DRP_EDB, DRP_ENOTFOUND (a vector that the file lacks). Thin data is no error: see drp_sample.thin.
 */
int drp_selector_fill(struct drp_selector *sel, size_t row,
                      const struct drp_target *target, struct drp_arena *arena,
                      struct drp_sample *out, struct drp_err *err) DRP_CHECKED;

/**
 * What others wrote about an item, one text a user, by user id: never about the sample's target, and with
 * peers_before_target nothing younger than the row's. **Owns**: `arena`.
 */
struct drp_reviews drp_selector_others(const struct drp_selector *sel,
                                       const struct drp_sample *s, uint32_t item,
                                       struct drp_arena *arena);

/**
 * The `k` other users whose texts are most like those of the sample's user, as drp_neighbours_of(): nearest by all that they wrote.
 */
int drp_selector_near(const struct drp_selector *sel, const struct drp_sample *s,
                      size_t k, struct drp_arena *arena, struct drp_near *out,
                      struct drp_err *err) DRP_CHECKED;

/**
 * What another user wrote that may be shown, the newest `most`, oldest first: never about the sample's target, and with
 * peers_before_target nothing younger than the row's. Mostly the same for all samples. **Owns**: `arena`.
 */
struct drp_reviews drp_selector_history(const struct drp_selector *sel,
                                        const struct drp_sample *s, size_t row,
                                        size_t most, struct drp_arena *arena);

#endif
