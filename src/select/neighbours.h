/* Who writes most like a user: the users of a split by the mean of the vectors of their texts. */
#ifndef DRP_SELECT_NEIGHBOURS_H
#define DRP_SELECT_NEIGHBOURS_H

#include "data/dataset.h"
#include "select/vectors.h"

/** The users of one split. **Threads**: any may ask; whoever is first has the texts embedded. */
struct drp_neighbours;

/** Dataset and vectors are borrowed. Nothing is embedded yet. **Owns**: caller, drp_neighbours_free(). */
struct drp_neighbours *drp_neighbours_new(const struct drp_dataset *ds,
                                          struct drp_vectors *vectors);

/** Frees it. NULL is allowed. */
void drp_neighbours_free(struct drp_neighbours *nb);

/** Rows of a split, one a user, nearest first. */
struct drp_near {
    const size_t *row; /* (n) */
    size_t n;
};

/**
 * The `k` users nearest to the one of `row`, never that one nor one without texts; of equally near ones the first by user id.
 * `k` 0, or as many as there are: all of them by user id, for which nothing is embedded.
 * **Owns**: `arena`. **Errors**: as drp_vectors_get().
 */
int drp_neighbours_of(struct drp_neighbours *nb, size_t row, size_t k,
                      struct drp_arena *arena, struct drp_near *out,
                      struct drp_err *err) DRP_CHECKED;

#endif
