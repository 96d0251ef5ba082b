#include "select/points.h"

#include <math.h>
#include <stdbool.h>

#include "base/base.h"

#include "base/banned.h"

#define INLINED static inline __attribute__((always_inline))

/* Compilers turn an operation on `lanes` into what the target has: one instruction, or two. */
typedef double lanes
    __attribute__((vector_size(sizeof(double) * DRP_LANES), aligned(8), may_alias));
typedef float float_lanes
    __attribute__((vector_size(sizeof(float) * DRP_LANES), aligned(4), may_alias));

/* A residual below this part of the largest squared length is rounding: 64 rows lose 2e-14. */
static const double RANK_TOLERANCE = 1e-13;

struct drp_rows drp_rows_new(struct drp_arena *arena, size_t n, size_t d)
{
    const size_t width = (d + DRP_LANES - 1) / DRP_LANES * DRP_LANES;
    return (struct drp_rows){drp_arena_new(arena, double, drp_size_mul(n, width)), n,
                             width};
}

double *drp_rows_at(struct drp_rows rows, size_t i)
{
    return rows.at + i * rows.width;
}

void drp_row_add(double *a, const double *b, size_t width)
{
    for (size_t c = 0; c < width; c += DRP_LANES)
        *(lanes *)(a + c) += *(const lanes *)(b + c);
}

INLINED double sum_lanes(const lanes *v)
{
    return ((*v)[0] + (*v)[2]) + ((*v)[1] + (*v)[3]);
}

double drp_squared_distance(const double *a, const double *b, size_t width)
{
    lanes sum = {0};
    for (size_t i = 0; i < width; i += DRP_LANES) {
        const lanes difference = *(const lanes *)(a + i) - *(const lanes *)(b + i);
        sum += difference * difference;
    }
    return sum_lanes(&sum);
}

double drp_squared_length(const double *a, size_t width)
{
    lanes sum = {0};
    for (size_t i = 0; i < width; i += DRP_LANES)
        sum += *(const lanes *)(a + i) * *(const lanes *)(a + i);
    return sum_lanes(&sum);
}

/* Doubles of `from`, which are also added to `sums`. */
INLINED void take_row(double *to, const float *from, size_t d, double *sums)
{
    const size_t whole = d / DRP_LANES * DRP_LANES;
    for (size_t c = 0; c < whole; c += DRP_LANES) {
        const lanes values =
            __builtin_convertvector(*(const float_lanes *)(from + c), lanes);
        *(lanes *)(to + c) = values;
        *(lanes *)(sums + c) += values;
    }
    for (size_t c = whole; c < d; c++)
        sums[c] += to[c] = from[c];
}

INLINED void centre_body(struct drp_points points, struct drp_rows rows, double *means)
{
    for (size_t i = 0; i < rows.n; i++)
        take_row(rows.at + i * rows.width, points.at + i * points.d, points.d, means);
    for (size_t c = 0; c < rows.width; c++)
        means[c] /= (double)rows.n;
    for (size_t i = 0; i < rows.n; i++) {
        double *row = rows.at + i * rows.width;
        for (size_t c = 0; c < rows.width; c += DRP_LANES)
            *(lanes *)(row + c) -= *(const lanes *)(means + c);
    }
}

/* Sums that stand in registers must be told apart by constant indices: clang does that by itself. */
enum { BLOCK = 3 };
#ifdef __clang__
#define FOR_BLOCK(i) for (size_t i = 0; i < BLOCK; i++)
#else
#define FOR_BLOCK(i) _Pragma("GCC unroll 3") for (size_t i = 0; i < BLOCK; i++)
#endif

/* Dot products of rows i, i + 1 … with rows j, j + 1 …: each value loaded is used BLOCK times. Behind the last row
 * it is taken again, which gives the same product again. */
INLINED void multiply_block(struct drp_rows rows, size_t i, size_t j, double *products)
{
    size_t left[BLOCK], right[BLOCK];
    const double *a[BLOCK], *b[BLOCK];
    lanes sums[BLOCK][BLOCK];
    FOR_BLOCK(p)
    {
        left[p] = DRP_MIN(i + p, rows.n - 1);
        right[p] = DRP_MIN(j + p, rows.n - 1);
        a[p] = rows.at + left[p] * rows.width;
        b[p] = rows.at + right[p] * rows.width;
        FOR_BLOCK(q) sums[p][q] = (lanes){0};
    }
    for (size_t c = 0; c < rows.width; c += DRP_LANES) {
        FOR_BLOCK(p)
        {
            const lanes value = *(const lanes *)(a[p] + c);
            FOR_BLOCK(q) sums[p][q] += value * *(const lanes *)(b[q] + c);
        }
    }
    FOR_BLOCK(p)
    {
        FOR_BLOCK(q)
        {
            const double product = sum_lanes(&sums[p][q]);
            products[left[p] * rows.n + right[q]] = product;
            products[right[q] * rows.n + left[p]] = product;
        }
    }
}

INLINED void products_body(struct drp_rows rows, double *products)
{
    for (size_t i = 0; i < rows.n; i += BLOCK) {
        for (size_t j = i; j < rows.n; j += BLOCK)
            multiply_block(rows, i, j, products);
    }
}

/* What takes most of the time is compiled once for each kind of processor. The lanes are the same
 * everywhere, so are the results. */
struct kernels {
    void (*centre)(struct drp_points points, struct drp_rows rows, double *means);
    void (*products)(struct drp_rows rows, double *products);
};

#define DEFINE_KERNELS(name, ...)                                                        \
    __VA_ARGS__ static void name##_centre(struct drp_points points,                      \
                                          struct drp_rows rows, double *means)           \
    {                                                                                    \
        centre_body(points, rows, means);                                                \
    }                                                                                    \
    __VA_ARGS__ static void name##_products(struct drp_rows rows, double *products)      \
    {                                                                                    \
        products_body(rows, products);                                                   \
    }                                                                                    \
    static const struct kernels name = {name##_centre, name##_products}

DEFINE_KERNELS(baseline, );
#ifdef __x86_64__
DEFINE_KERNELS(avx2, __attribute__((target("avx2"))));
#endif

static const struct kernels *best_kernels(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return &avx2;
#endif
    return &baseline;
}

struct drp_rows drp_rows_centred(struct drp_points points, struct drp_arena *arena,
                                 double **means)
{
    const struct drp_rows rows = drp_rows_new(arena, points.n, points.d);
    *means = drp_arena_new(arena, double, rows.width);
    best_kernels()->centre(points, rows, *means);
    return rows;
}

static size_t largest(const double *values, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        if (values[i] > values[best])
            best = i;
    }
    return best;
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Column c of the factor comes from the row with the largest part that earlier columns do not hold. That row is
 * treated like all others, also afterwards, so that a row equal to it gets the same numbers. */
struct drp_rows drp_rows_reduce(struct drp_rows rows, struct drp_arena *arena)
{
    const size_t n = rows.n;
    struct drp_rows factor = drp_rows_new(arena, n, n);
    double *products = drp_malloc(drp_size_mul(drp_size_mul(n, n), sizeof *products));
    double *rest = drp_malloc(drp_size_mul(n, sizeof *rest));
    best_kernels()->products(rows, products);
    for (size_t i = 0; i < n; i++)
        rest[i] = products[i * n + i];

    const double zero = n ? rest[largest(rest, n)] * RANK_TOLERANCE : 0;
    for (size_t c = 0; c < n; c++) {
        const size_t pivot = largest(rest, n);
        if (!(rest[pivot] > zero))
            break;
        const double root = sqrt(rest[pivot]);
        const double *pivot_row = drp_rows_at(factor, pivot);
        for (size_t i = 0; i < n; i++) {
            double *row = drp_rows_at(factor, i);
            row[c] = (products[i * n + pivot] - dot(row, pivot_row, c)) / root;
            rest[i] -= row[c] * row[c];
        }
    }
    free(rest);
    free(products);
    return factor;
}
