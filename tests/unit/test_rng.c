/* Random numbers: equal to numpy's, fair, the same everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/rng.h"
#include "base/banned.h"

static void doubles_equal_numpy(void **state)
{
    /* Source: numpy.random.RandomState(42).random_sample(6) */
    static const double expected[] = {
        0.3745401188473625, 0.9507143064099162,  0.7319939418114051,
        0.5986584841970366, 0.15601864044243652, 0.15599452033620265,
    };
    (void)state;
    struct drp_rng r;
    drp_rng_init(&r, 42);
    for (size_t i = 0; i < DRP_LEN(expected); i++)
        assert_true(drp_rng_double(&r) == expected[i]);
}

static void words_equal_the_reference(void **state)
{
    (void)state;
    struct drp_rng r;
    drp_rng_init(&r, 5489); /* the reference's own seed; C++ fixes the 10,000th of it in its standard */
    uint32_t word = 0;
    for (int i = 0; i < 10000; i++)
        word = drp_rng_u32(&r);
    assert_int_equal(word, 4123659995u);
}

static void integers_are_fair(void **state)
{
    enum { N = 7, DRAWS = 70000 };
    size_t counts[N] = {0};
    (void)state;
    struct drp_rng r;
    drp_rng_init(&r, 1);
    for (int i = 0; i < DRAWS; i++) {
        const uint64_t value = drp_rng_below(&r, N);
        assert_true(value < N);
        counts[value]++;
    }
    for (size_t i = 0; i < N; i++) /* 5 standard deviations of 93 */
        assert_in_range(counts[i], DRAWS / N - 465, DRAWS / N + 465);
    assert_int_equal(drp_rng_below(&r, 1), 0);
    for (int i = 0; i < 100; i++)
        assert_true(drp_rng_below(&r, UINT64_MAX) < UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_equal_numpy),
        cmocka_unit_test(words_equal_the_reference),
        cmocka_unit_test(integers_are_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
