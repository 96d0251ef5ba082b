/* numpy's default generator: the numbers of numpy 2.4.6, in the order in which it draws them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/pcg64.h"

#include "base/banned.h"

/* The first four of 100,000 draws and the last, by numpy.random.default_rng(seed).integers(n, size=100000). */
static void integers_equal_numpy(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed, n, first[4], last;
    } CASES[] = {
        {0, 2, {1, 1, 1, 0}, 0},
        {12345, 2000, {1398, 454, 1577, 633}, 750},
        {42, 1, {0, 0, 0, 0}, 0},
        {42, 413, {36, 319, 270, 181}, 387},
        /* A quarter of the 32-bit draws is refused. */
        {UINT64_C(1) << 40 | 7,
         UINT64_C(3) << 30,
         {665229631, 1963350231, 822395478, 495394571},
         2949147092},
        {UINT64_MAX, UINT32_MAX, {2353485454, 2920692345, 4080542552, 3630586356}, 617882218},
        {12345, UINT64_C(1) << 32, {3003105693, 976400781, 3387213022, 1360466709}, 1611102067},
        {7, (UINT64_C(1) << 32) + 1, {2684764586, 3853503933, 3331544672, 967257516}, 783168479},
        /* A quarter of the 64-bit draws is refused. */
        {7,
         UINT64_C(3) << 61,
         {6206502512207226871, 5365828278596935044, 1557877273993399992, 2076408988992585337},
         943645736912024823},
    };
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        struct drp_pcg64 g;
        uint64_t value = 0;
        drp_pcg64_init(&g, CASES[i].seed);
        for (size_t k = 0; k < 100000; k++) {
            value = drp_pcg64_below(&g, CASES[i].n);
            if (k < DRP_LEN(CASES[i].first))
                assert_true(value == CASES[i].first[k]);
        }
        assert_true(value == CASES[i].last);
    }
}

/* g = default_rng(12345); g.integers(2, size=40, dtype=bool); g.integers(2, size=5, dtype=bool);
 * g.integers(1000, size=3). A call begins with 32 new bits, and drops those left at its end. */
static void bits_equal_numpy(void **state)
{
    (void)state;
    static const char first[] = "1011100110000011111111110100110110110001",
                      then[] = "01111";
    static const uint64_t last[] = {316, 204, 797};
    struct drp_pcg64 g;
    drp_pcg64_init(&g, 12345);
    for (size_t i = 0; first[i]; i++)
        assert_int_equal(drp_pcg64_bit(&g), first[i] == '1');
    g.n_bits = 0;
    for (size_t i = 0; then[i]; i++)
        assert_int_equal(drp_pcg64_bit(&g), then[i] == '1');
    for (size_t i = 0; i < DRP_LEN(last); i++)
        assert_true(drp_pcg64_below(&g, 1000) == last[i]);
}

static void bits_come_singly_or_together(void **state)
{
    (void)state;
    struct drp_pcg64 one, many;
    drp_pcg64_init(&one, 3);
    drp_pcg64_init(&many, 3);
    for (uint32_t round = 0; round < 1000; round++) {
        const uint32_t n = round * 7 % 33;
        const uint32_t bits = drp_pcg64_bits(&many, n);
        for (uint32_t i = 0; i < n; i++)
            assert_int_equal(bits >> i & 1, drp_pcg64_bit(&one));
        assert_true(n == 32 || bits >> n == 0);
    }
}

/* g = default_rng(12345); g.integers(1000, size=1); g.integers(2**40, size=2); g.integers(1000, size=2):
 * the upper half of a draw waits for the next 32-bit one while whole draws go on. */
static void halves_wait(void **state)
{
    (void)state;
    struct drp_pcg64 g;
    drp_pcg64_init(&g, 12345);
    assert_true(drp_pcg64_below(&g, 1000) == 699);
    assert_true(drp_pcg64_below(&g, UINT64_C(1) << 40) == 348279477705);
    assert_true(drp_pcg64_below(&g, UINT64_C(1) << 40) == 876712591924);
    assert_true(drp_pcg64_below(&g, 1000) == 227);
    assert_true(drp_pcg64_below(&g, 1000) == 642);
}

/* Also with half a draw pending, and with ranges of which some 32-bit draws are refused: 3 * 2^20 leaves over one in
 * 4,096. The generators are at the same place afterwards. */
static void counts_equal_single_draws(void **state)
{
    (void)state;
    static const struct {
        uint32_t n, n_draws;
    } CASES[] = {
        {1, 5},      {2, 0},        {2, 1},           {2, 2},
        {3, 1001},   {7, 7},        {413, 10000},     {2000, 2000},
        {2000, 999}, {65537, 4097}, {3 << 20, 60000}, {3 << 20, 60001},
    };
    struct drp_pcg64 one, many;
    drp_pcg64_init(&one, 11);
    drp_pcg64_init(&many, 11);
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        const uint32_t n = CASES[i].n;
        int16_t *a = drp_calloc(n, sizeof *a), *b = drp_calloc(n, sizeof *b);
        for (size_t k = 0; k < CASES[i].n_draws; k++)
            a[drp_pcg64_below(&one, n)]++;
        drp_pcg64_count_below(&many, n, CASES[i].n_draws, b);
        assert_memory_equal(a, b, n * sizeof *a);
        free(a);
        free(b);
        assert_true(one.has_half == many.has_half);
        assert_memory_equal(one.state, many.state, sizeof one.state);
    }
    assert_true(drp_pcg64_u32(&one) == drp_pcg64_u32(&many));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_equal_numpy),
        cmocka_unit_test(bits_equal_numpy),
        cmocka_unit_test(bits_come_singly_or_together),
        cmocka_unit_test(halves_wait),
        cmocka_unit_test(counts_equal_single_draws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
