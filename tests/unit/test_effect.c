/* Effect sizes against numbers worked out by hand, intervals against a dense grid over the equation in Python. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/base.h"
#include "base/rng.h"
#include "feature/effect.h"

#include "base/banned.h"

static void assert_near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("%.12g instead of %.12g", got, expected);
}

static void deltas_by_hand(void **state)
{
    static const struct {
        double a[5];
        size_t n_a;
        double b[5], weight_b[5];
        size_t n_b;
        double mean_a, mean_b, delta, n_effective;
    } rows[] = {
        {{1}, 1, {2}, {1}, 1, 1, 2, -1, 1},
        {{1}, 1, {1}, {1}, 1, 1, 1, 0, 1},
        /* Pairs: 1<2 1<3, 2=2 2<3, 4>2 4>3: (2 - 3) / 6. */
        {{1, 2, 4}, 3, {2, 3}, {1, 1}, 2, 7.0 / 3, 2.5, -1.0 / 6, 2},
        {{5, 6, 7}, 3, {1, 1, 2}, {1, 1, 1}, 3, 6, 4.0 / 3, 1, 3},
        {{0, 0, 0, 1}, 4, {0, 0, 0}, {1, 1, 1}, 3, 0.25, 0, 0.25, 3},
        /* Two texts by one author weigh as one by another: (1·(½+½) - 1·1) / 2, and 4 / 1.5 numbers. */
        {{3}, 1, {1, 2, 4}, {0.5, 0.5, 1}, 3, 3, 2.75, 0, 4 / 1.5},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_effect e;
        struct drp_effect back;
        const struct drp_weighted a = {rows[i].a, NULL, rows[i].n_a};
        const struct drp_weighted b = {rows[i].b, rows[i].weight_b, rows[i].n_b};
        drp_effect_compare(a, b, &e);
        assert_near(e.mean_a, rows[i].mean_a, 1e-12);
        assert_near(e.mean_b, rows[i].mean_b, 1e-12);
        assert_near(e.delta, rows[i].delta, 1e-12);
        assert_near(e.n_a, (double)rows[i].n_a, 1e-12);
        assert_near(e.n_b, rows[i].n_effective, 1e-12);
        drp_effect_compare(b, a, &back);
        assert_near(back.delta, -e.delta, 1e-12);
    }
}

static void intervals(void **state)
{
    static const struct {
        double delta, n_a, n_b, z, low, high;
    } rows[] = {
        {0, 5, 5, 1.959964, -0.588773888, 0.588773888},
        {1, 5, 5, 1.959964, 0.285405640, 1},
        {1, 5, 5, 3.023341, -0.143881161, 1},
        {1, 2, 4, 1.959964, -0.056590295, 1}, /* a handful proves nothing */
        {0.5, 8, 32, 1.959964, 0.047768028, 0.769612986},
        {-0.6, 20, 10, 1.959964, -0.829476479, -0.161498060},
        {1, 8, 12, 3.023341, 0.203951758, 1},
        {-1, 100, 400, 3.023341, -1, -0.942004912},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_effect e = {.delta = rows[i].delta,
                                     .n_a = rows[i].n_a,
                                     .n_b = rows[i].n_b};
        double low;
        double high;
        drp_effect_interval(&e, rows[i].z, &low, &high);
        assert_near(low, rows[i].low, 1e-7);
        assert_near(high, rows[i].high, 1e-7);
    }
}

/* Two samples of one skewed distribution, mostly zeros: the interval misses 0 in some 5 of 100 draws, not more. */
static void the_interval_covers(void **state)
{
    enum { DRAWS = 2000, N_A = 9, N_B = 24 };
    struct drp_rng rng;
    double a[N_A];
    double b[N_B];
    size_t missed = 0;
    (void)state;
    drp_rng_init(&rng, 11);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        struct drp_effect e;
        double low;
        double high;
        for (size_t i = 0; i < N_A + N_B; i++) {
            const uint64_t u = drp_rng_below(&rng, 100);
            *(i < N_A ? &a[i] : &b[i - N_A]) = u < 60 ? 0 : (double)(u * u);
        }
        drp_effect_compare((struct drp_weighted){a, NULL, N_A},
                           (struct drp_weighted){b, NULL, N_B}, &e);
        drp_effect_interval(&e, 1.959964, &low, &high);
        assert_true(-1 <= low && low <= e.delta && e.delta <= high && high <= 1);
        missed += low > 0 || high < 0;
    }
    assert_true(missed < DRAWS * 6 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deltas_by_hand),
        cmocka_unit_test(intervals),
        cmocka_unit_test(the_interval_covers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
