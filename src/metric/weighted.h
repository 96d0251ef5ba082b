/* Weighted sums of many columns at once: a resample is a weight for each unit (how often it was drawn, or whether it
 * swaps sides), and all that is wanted of it are the sums of the weighted units. */
#ifndef DRP_METRIC_WEIGHTED_H
#define DRP_METRIC_WEIGHTED_H

#include <stddef.h>
#include <stdint.h>

/** So many vectors of weights, a batch, are summed in one pass over the columns. */
enum { DRP_WEIGHTED_BATCH = 4 };

/** Columns with a number for each unit, and a batch of weights for the units. One owner, one thread. */
struct drp_weighted;

/** Starts without columns and with weights of 0. **Owns**: caller, drp_weighted_free(). */
struct drp_weighted *drp_weighted_new(size_t n_units, size_t max_columns);

/** Frees it. NULL is allowed. */
void drp_weighted_free(struct drp_weighted *w);

/** Where the numbers of the next column are put. Borrowed until the first drp_weighted_sum(). **Shapes**: (n_units). */
double *drp_weighted_column(struct drp_weighted *w);

/** Adds the column that was put there and uses it up; one with a number that is not finite has only NAN as sums; at most max_columns times, not after the first drp_weighted_sum(). */
void drp_weighted_add(struct drp_weighted *w);

/**
 * The weights of one vector of the batch, to be written by the caller: none negative, their sum at most n_units.
 * Borrowed.
 * **Shapes**: (n_units).
 */
int16_t *drp_weighted_weights(struct drp_weighted *w, size_t in_batch);

/** Sets 32 weights at once, 0 or 1: those of unit `first`, a multiple of 32, and of the next by the bits from the lowest. */
void drp_weighted_set_bits(struct drp_weighted *w, size_t in_batch, size_t first,
                           uint32_t bits);

/**
 * The sum of weight times number, of every column under every vector of weights; the same digits on every
 * processor. Exact where the column holds whole numbers below 2^42 and the sum is below 2^53; else each number is cut off
 * after 2^-42 of the largest in its column.
 * **Shapes**: sums (DRP_WEIGHTED_BATCH, columns added).
 */
void drp_weighted_sum(struct drp_weighted *w, double *sums);

#endif
