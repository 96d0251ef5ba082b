/* A product of matrices: (batch, units) times (units, columns). Numbers are cut into digits of up to 15 bits, and a
 * column is kept as columns of digits: one for counts, four for fractions. Products of digits and weights are then
 * whole numbers of 32 bits, which processors multiply and add eight or sixteen at a time, and sums are exact. Columns
 * of digits that are equal (the same references, one text in every unit, nothing judged) are summed once. A block of
 * units stays in the nearest cache while a batch of weights goes over all columns. */
#include "metric/weighted.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#include "base/banned.h"

#define INLINED static inline __attribute__((always_inline))

/* Units are summed in blocks, what is left in steps. */
enum { BATCH = DRP_WEIGHTED_BATCH, BLOCK = 512, STEP = 64 };

/* So many bits below its column's largest number are kept of a number: three digits, twelve decimals of a
 * fraction, and all of a count. */
enum { PRECISION = 42 };

/* A digit has 7 bits at least. */
enum { MAX_DIGITS = PRECISION / 7 };

/* Where columns of still smaller numbers are cut off, so that powers of two stay in range. */
enum { MIN_EXPONENT = -1000 };

/* A column is the sum of its terms, which are columns of digits times a power of two. */
struct term {
    size_t column, digits;
    double scale;
};

struct drp_weighted {
    struct drp_arena arena;
    size_t n_units, width; /* width: n_units rounded up to whole blocks           */
    int n_bits;            /* of a digit, without its sign                        */
    size_t n_columns;
    struct term *terms; /* (n_terms) of a column the highest first             */
    int16_t **digits;   /* (n_digits) columns (width), no two of them equal    */
    double *totals;     /* (n_digits, BATCH) their sums                        */
    size_t n_terms, n_digits;
    double *start;    /* (columns) what their sums begin with: 0, or NAN     */
    double *rest;     /* (width) the column being cut; gone when sums begin */
    int16_t *spare;   /* (width) its digits, until they are known to be new  */
    int16_t *weights; /* (BATCH, width)                                      */
};

/* As many as keep the sum of a block within 32 bits: a weight is below 2^15, and all together are n_units at most. */
static int bits_of_digit(size_t n_units)
{
    const size_t n = DRP_MIN(n_units, (size_t)BLOCK * INT16_MAX);
    int n_bits = 15;
    while (n * ((1u << n_bits) - 1) > INT32_MAX)
        n_bits--;
    return n_bits;
}

struct drp_weighted *drp_weighted_new(size_t n_units, size_t max_columns)
{
    struct drp_weighted *w = drp_calloc(1, sizeof *w);
    const size_t max_terms = drp_size_mul(MAX_DIGITS, max_columns);
    w->n_units = n_units;
    w->width = (n_units + STEP - 1) / STEP * STEP;
    w->n_bits = bits_of_digit(n_units);
    w->terms = drp_arena_new(&w->arena, struct term, max_terms);
    w->digits = drp_arena_new(&w->arena, int16_t *, max_terms);
    w->totals = drp_arena_new(&w->arena, double, drp_size_mul(BATCH, max_terms));
    w->start = drp_arena_new(&w->arena, double, max_columns);
    w->rest = drp_calloc(w->width, sizeof *w->rest);
    w->weights = drp_arena_new(&w->arena, int16_t, drp_size_mul(BATCH, w->width));
    return w;
}

void drp_weighted_free(struct drp_weighted *w)
{
    if (!w)
        return;
    free(w->rest);
    drp_arena_release(&w->arena);
    free(w);
}

int16_t *drp_weighted_weights(struct drp_weighted *w, size_t in_batch)
{
    return w->weights + in_batch * w->width;
}

/* A table instead of shifts, so that gcc -O2 uses vectors. */
void drp_weighted_set_bits(struct drp_weighted *w, size_t in_batch, size_t first,
                           uint32_t bits)
{
    static const uint16_t BITS[] = {1 << 0,  1 << 1,  1 << 2,  1 << 3, 1 << 4,  1 << 5,
                                    1 << 6,  1 << 7,  1 << 8,  1 << 9, 1 << 10, 1 << 11,
                                    1 << 12, 1 << 13, 1 << 14, 1 << 15};
    const uint16_t low = (uint16_t)bits, high = (uint16_t)(bits >> 16);
    int16_t *weights = drp_weighted_weights(w, in_batch) + first;
    for (size_t i = 0; i < 16; i++) {
        weights[i] = (low & BITS[i]) != 0;
        weights[16 + i] = (high & BITS[i]) != 0;
    }
}

/* The least e, if not too small, such that all numbers are below 2^e. False when one is not finite. */
static bool exponent_of(const double *column, size_t n, int *exponent)
{
    double largest = 0;
    for (size_t u = 0; u < n; u++) {
        if (!isfinite(column[u]))
            return false;
        largest = DRP_MAX(largest, fabs(column[u]));
    }
    frexp(largest, exponent);
    *exponent = DRP_MAX(*exponent, MIN_EXPONENT);
    return true;
}

/* Cuts the whole parts off the rest, and moves up what is left. */
static void cut_digits(double *restrict rest, size_t width, double base,
                       int16_t *restrict digits)
{
    for (size_t from = 0; from < width; from += STEP)
        for (size_t i = 0; i < STEP; i++) {
            const int32_t digit = (int32_t)rest[from + i];
            digits[from + i] = (int16_t)digit;
            rest[from + i] = (rest[from + i] - digit) * base;
        }
}

static bool is_zero(const double *rest, size_t n)
{
    size_t u = 0;
    while (u < n && rest[u] == 0)
        u++;
    return u == n;
}

/* The number of the spare column of digits: a new one, or that of an earlier one that is equal. */
static size_t keep_digits(struct drp_weighted *w)
{
    size_t i = 0;
    while (i < w->n_digits &&
           memcmp(w->spare, w->digits[i], w->width * sizeof *w->spare) != 0)
        i++;
    if (i == w->n_digits) {
        w->digits[w->n_digits++] = w->spare;
        w->spare = NULL;
    }
    return i;
}

double *drp_weighted_column(struct drp_weighted *w)
{
    assert(w->rest);
    return w->rest;
}

/* Cuts the column into digits and keeps a term for each; `exponent`: all its numbers are below 2^exponent. */
static void add_terms(struct drp_weighted *w, int exponent)
{
    const int last = exponent - w->n_bits - PRECISION;
    const double scale = ldexp(1, w->n_bits - exponent), base = ldexp(1, w->n_bits);
    for (size_t u = 0; u < w->n_units; u++)
        w->rest[u] *= scale;
    for (exponent -= w->n_bits; exponent > last && !is_zero(w->rest, w->n_units);
         exponent -= w->n_bits) {
        if (!w->spare)
            w->spare = drp_arena_new(&w->arena, int16_t, w->width);
        cut_digits(w->rest, w->width, base, w->spare);
        w->terms[w->n_terms++] =
            (struct term){w->n_columns, keep_digits(w), ldexp(1, exponent)};
    }
}

void drp_weighted_add(struct drp_weighted *w)
{
    int exponent;
    const bool is_finite = exponent_of(w->rest, w->n_units, &exponent);
    if (is_finite)
        add_terms(w, exponent);
    w->start[w->n_columns++] = is_finite ? 0 : NAN;
}

/* Adds up `n` digits under each vector of weights. gcc -O2 makes vectors of it where `n` is known beforehand and the
 * inner loop is gone. */
INLINED void add_some(size_t n, const int16_t *digits, const int16_t *weights,
                      size_t width, double *totals)
{
    int32_t sums[BATCH] = {0};
    for (size_t i = 0; i < n; i++) {
#pragma GCC unroll 4
        for (size_t b = 0; b < BATCH; b++)
            sums[b] += digits[i] * weights[b * width + i];
    }
    for (size_t b = 0; b < BATCH; b++)
        totals[b] += sums[b];
}

INLINED void sum_block(struct drp_weighted *w, size_t from, size_t n)
{
    for (size_t i = 0; i < w->n_digits; i++)
        add_some(n, w->digits[i] + from, w->weights + from, w->width,
                 w->totals + i * BATCH);
}

INLINED void sum_digits(struct drp_weighted *w)
{
    size_t from = 0;
    memset(w->totals, 0, w->n_digits * BATCH * sizeof *w->totals);
    for (; from + BLOCK <= w->width; from += BLOCK)
        sum_block(w, from, BLOCK);
    for (; from < w->width; from += STEP)
        sum_block(w, from, STEP);
}

static void sum_digits_baseline(struct drp_weighted *w)
{
    sum_digits(w);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void sum_digits_avx2(struct drp_weighted *w)
{
    sum_digits(w);
}
#endif

/* What takes the time is compiled once for each kind of processor. */
static void sum_digits_best(struct drp_weighted *w)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        sum_digits_avx2(w);
        return;
    }
#endif
    sum_digits_baseline(w);
}

void drp_weighted_sum(struct drp_weighted *w, double *sums)
{
    free(w->rest);
    w->rest = NULL;
    sum_digits_best(w);
    for (size_t b = 0; b < BATCH; b++)
        memcpy(sums + b * w->n_columns, w->start, w->n_columns * sizeof *sums);
    for (size_t t = w->n_terms; t-- > 0;)
        for (size_t b = 0; b < BATCH; b++)
            sums[b * w->n_columns + w->terms[t].column] +=
                w->terms[t].scale * w->totals[w->terms[t].digits * BATCH + b];
}
