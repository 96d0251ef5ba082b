/* Arithmetic on points that gives the same bits on every processor: sums run in eight lanes, which are
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
enum { DRP_LANES = 8 };

/** Rows in double precision, each padded with zeros to whole lanes. */
struct drp_rows {
    double *at;      /* (n, width), row-major */
    size_t n, width; /* width: a multiple of DRP_LANES */
};

/** `n` rows of `d` zeros. **Owns**: the arena. */
struct drp_rows drp_rows_new(struct drp_arena *arena, size_t n, size_t d);

/** Row `i`. Borrowed. */
double *drp_rows_at(struct drp_rows rows, size_t i);

/** Squared distance of two padded rows. */
double drp_squared_distance(const double *a, const double *b, size_t width);

/**
 * All dot products of rows with each other, with the widest vectors that the processor has.
 * **Shapes**: products (rows.n, rows.n). Equal rows give equal products, bit for bit.
 */
void drp_rows_products(struct drp_rows rows, double *products);

/**
 * The same points in as few dimensions as they span: all distances stay, up to rounding, and equal rows
 * stay equal. n^2 * width / 2 operations. **Owns**: the arena.
 * **Source**: Cholesky with diagonal pivoting of the matrix of dot products.
 */
struct drp_rows drp_rows_reduce(struct drp_rows rows, struct drp_arena *arena);

#endif
