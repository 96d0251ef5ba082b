/* Which of the names there are was probably meant: the nearest by edit distance. For error texts. */
#ifndef DRP_BASE_NEAREST_H
#define DRP_BASE_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/** A search in progress: start it, offer every name there is, read `best`. Holds no memory. */
struct drp_nearest {
    struct drp_sv word; /* what was given; borrowed                                     */
    struct drp_sv best; /* the nearest name offered so far; borrowed; absent: none yet  */
    size_t distance;    /* its distance; SIZE_MAX: none yet                             */
};

/** Starts a search for the name nearest to `word`. */
struct drp_nearest drp_nearest_start(struct drp_sv word);

/** Offers one name. Of equally near ones the first offered stays. Cost: length × length, at most 64 × 64. */
void drp_nearest_offer(struct drp_nearest *n, struct drp_sv name);

/** Whether the best name is so near that it was probably meant: less than half of the word differs. */
bool drp_nearest_is_likely(const struct drp_nearest *n);

/**
 * Number of single-byte insertions, deletions, replacements and swaps of neighbours that turn `a` into
 * `b` (optimal string alignment); ASCII case does not count. Only the first 64 bytes of each are looked at.
 */
size_t drp_edit_distance(struct drp_sv a, struct drp_sv b);

#endif
