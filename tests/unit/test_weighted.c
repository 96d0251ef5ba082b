/* Weighted sums beside plain ones. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/rng.h"
#include "metric/weighted.h"

#include "base/banned.h"

/* What the columns of a table hold, in turn. */
static double number(size_t kind, size_t u, struct drp_rng *rng)
{
    switch (kind) {
    case 0:
        return 1;
    case 1:
        return (double)drp_rng_below(rng, 120);
    case 2:
        return (double)drp_rng_below(rng, 80001) - 40000;
    case 3:
        return (double)drp_rng_below(rng, UINT64_C(1) << 34);
    case 4:
        return u == 5 ? -32768 : 32767;
    case 5:
        return drp_rng_double(rng);
    case 6:
        return 2 * drp_rng_double(rng) - 1;
    case 7:
        return 1e-300 * drp_rng_double(rng);
    case 8:
        return -1e300 * drp_rng_double(rng);
    case 9:
        return drp_rng_double(rng) * pow(10, -(double)drp_rng_below(rng, 20));
    default:
        return 0;
    }
}

enum { N_KINDS = 11, N_COLUMNS = 2 * N_KINDS, LAST_WHOLE = 4 };

/* Each kind twice, the second time with the same numbers if `twice`. */
static double *random_columns(size_t n_units, bool twice, struct drp_rng *rng,
                              struct drp_arena *arena)
{
    double *columns = drp_arena_new(arena, double, N_COLUMNS *n_units);
    for (size_t i = 0; i < N_COLUMNS * n_units; i++) {
        const size_t c = i / DRP_MAX(n_units, (size_t)1);
        columns[i] = twice && c >= N_KINDS ? columns[i - N_KINDS * n_units]
                                           : number(c % N_KINDS, i % n_units, rng);
    }
    return columns;
}

/* As many draws as there are units, from all of them or from few. */
static void draw(int16_t *weights, size_t n_units, size_t from, struct drp_rng *rng)
{
    memset(weights, 0, n_units * sizeof *weights);
    for (size_t i = 0; i < DRP_MIN(n_units, (size_t)INT16_MAX); i++)
        weights[n_units - 1 - drp_rng_below(rng, DRP_MIN(from, n_units))]++;
}

/* Whole numbers add up exactly. Others are cut off after 2^-42 of the largest, and doubles round. */
static void assert_sum(double sum, const double *column, const int16_t *weights, size_t n,
                       size_t kind)
{
    long double expected = 0, size = 0, largest = 0;
    for (size_t u = 0; u < n; u++) {
        expected += (long double)column[u] * weights[u];
        size += (long double)fabs(column[u]) * weights[u];
        largest = fmaxl(largest, fabsl(column[u]));
    }
    if (kind <= LAST_WHOLE)
        assert_true(sum == (double)expected);
    assert_true(fabsl(sum - expected) <=
                ldexpl(size, -51) + ldexpl(largest, -42) * (long double)n);
}

static void add_column(struct drp_weighted *w, const double *column, size_t n)
{
    memcpy(drp_weighted_column(w), column, n * sizeof *column);
    drp_weighted_add(w);
}

static void assert_sums(struct drp_weighted *w, const double *columns, size_t n_units)
{
    double sums[DRP_WEIGHTED_BATCH][N_COLUMNS];
    drp_weighted_sum(w, sums[0]);
    for (size_t b = 0; b < DRP_WEIGHTED_BATCH; b++)
        for (size_t c = 0; c < N_COLUMNS; c++)
            assert_sum(sums[b][c], columns + c * n_units, drp_weighted_weights(w, b),
                       n_units, c % N_KINDS);
}

static void sums_equal_plain_ones(void **state)
{
    (void)state;
    /* Around the lengths of blocks; from 65,538 on digits are shorter. */
    static const size_t UNITS[] = {0,   1,   2,   31,   63,    64,    65,
                                   511, 512, 513, 1500, 32767, 65539, 140000};
    for (size_t i = 0; i < 2 * DRP_LEN(UNITS); i++) {
        const size_t n = UNITS[i / 2];
        struct drp_rng rng;
        struct drp_arena arena = {0};
        drp_rng_init(&rng, (uint32_t)i);
        const double *columns = random_columns(n, i % 2, &rng, &arena);
        struct drp_weighted *w = drp_weighted_new(n, N_COLUMNS);
        for (size_t c = 0; c < N_COLUMNS; c++)
            add_column(w, columns + c * n, n);
        assert_sums(w, columns, n);
        for (size_t from = 1; n && from <= n; from *= 70) {
            for (size_t b = 0; b < DRP_WEIGHTED_BATCH; b++)
                draw(drp_weighted_weights(w, b), n, from, &rng);
            assert_sums(w, columns, n);
        }
        drp_weighted_free(w);
        drp_arena_release(&arena);
    }
}

static void bits_are_weights(void **state)
{
    (void)state;
    static const double column[70] = {[0] = 1, [1] = 2, [31] = 4, [32] = 8, [69] = 16};
    static const struct {
        uint32_t bits[3];
        double sum;
    } CASES[] = {
        {{0, 0, 0}, 0},
        {{1, 0, 0}, 1},
        {{0x80000002, 1, 0}, 14},
        {{0, 0, 1 << 5}, 16},
        {{UINT32_MAX, UINT32_MAX, 0x3f}, 31},
    };
    struct drp_weighted *w = drp_weighted_new(DRP_LEN(column), 1);
    add_column(w, column, DRP_LEN(column));
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        double sums[DRP_WEIGHTED_BATCH];
        const size_t b = i % DRP_WEIGHTED_BATCH;
        for (size_t k = 0; k < DRP_LEN(CASES[i].bits); k++)
            drp_weighted_set_bits(w, b, 32 * k, CASES[i].bits[k]);
        for (size_t u = 0; u < DRP_LEN(column); u++)
            assert_int_equal(drp_weighted_weights(w, b)[u],
                             CASES[i].bits[u / 32] >> u % 32 & 1);
        drp_weighted_sum(w, sums);
        assert_true(sums[b] == CASES[i].sum);
    }
    drp_weighted_free(w);
}

static void freeing_nothing_is_allowed(void **state)
{
    (void)state;
    drp_weighted_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_equal_plain_ones),
        cmocka_unit_test(bits_are_weights),
        cmocka_unit_test(freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
