/* Arithmetic on points that gives the same bits on every processor: sums run in four lanes, which are
 * added up in a fixed order, whatever vectors the processor has. */
#ifndef DRP_SELECT_POINTS_H
#define DRP_SELECT_POINTS_H

#include <stddef.h>

#include "base/arena.h"

/** Rows of numbers that somebody else owns. */
struct drp_points {
    const float *at; /* (n, d), row-major */
    size_t n, d;
};

/** Lanes of a sum. */
enum { DRP_LANES = 4 };

/** Rows in double precision, each padded with zeros to whole lanes. */
struct drp_rows {
    double *at;      /* (n, width), row-major */
    size_t n, width; /* width: a multiple of DRP_LANES */
};

/** `n` rows of `d` zeros. **Owns**: the arena. */
struct drp_rows drp_rows_new(struct drp_arena *arena, size_t n, size_t d);

/**
 * The points as rows from which the means of their columns are subtracted.
 * **Shapes**: *means (d). **Owns**: the arena, also the means.
 */
struct drp_rows drp_rows_centred(struct drp_points points, struct drp_arena *arena,
                                 double **means);

/** Row `i`. Borrowed. */
double *drp_rows_at(struct drp_rows rows, size_t i);

/** a += b. **Shapes**: (width), padded. */
void drp_row_add(double *a, const double *b, size_t width);

/** Squared distance of two padded rows. */
double drp_squared_distance(const double *a, const double *b, size_t width);

/** Squared length of a padded row. */
double drp_squared_length(const double *a, size_t width);

/**
 * The same points in as few dimensions as they span: all distances stay, up to rounding, and equal rows
 * stay equal, bit for bit. n^2 * width / 2 operations, with the widest vectors the processor has. **Owns**: the arena.
 * **Source**: Cholesky with diagonal pivoting of the matrix of dot products.
 */
struct drp_rows drp_rows_reduce(struct drp_rows rows, struct drp_arena *arena);

#endif
