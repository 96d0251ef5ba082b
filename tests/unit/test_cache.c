/* Which sequence spares a prompt what: whole blocks only, pins, copies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "engine/cache.h"

#include "base/banned.h"

#define N_TOKENS 1000

/* Prompts a and b agree in their first 200 tokens, c agrees with nobody. */
static int32_t a[N_TOKENS], b[N_TOKENS], c[N_TOKENS];

static int fill(void **state)
{
    (void)state;
    for (int32_t i = 0; i < N_TOKENS; i++) {
        a[i] = i;
        b[i] = i < 200 ? i : -i;
        c[i] = 5000 + i;
    }
    return 0;
}

static struct drp_tokens first(const int32_t *tokens, size_t n)
{
    return (struct drp_tokens){tokens, n};
}

static void put(struct drp_cache *cache, size_t slot, struct drp_tokens tokens, bool pinned)
{
    drp_cache_take(cache, slot);
    drp_cache_trim(cache, slot, 0);
    drp_cache_extend(cache, slot, tokens);
    drp_cache_give(cache, slot, pinned);
}

static void matches_are_whole_blocks(void **state)
{
    static const struct {
        size_t held, asked, match;
    } rows[] = {
        {0, 500, 0},     {63, 500, 0},    {64, 500, 64},   {64, 64, 0},
        {64, 65, 0},     {64, 66, 64},    {500, 500, 448}, {448, 448, 384},
        {450, 449, 384}, {450, 450, 448}, {500, 100, 64},  {500, 0, 0},
        {500, 1, 0},
    };
    (void)state;
    struct drp_cache *cache = drp_cache_new(1);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        put(cache, 0, first(a, rows[i].held), false);
        assert_int_equal(drp_cache_match(cache, 0, first(a, rows[i].asked)), rows[i].match);
    }
    put(cache, 0, first(a, 500), false);
    assert_int_equal(drp_cache_match(cache, 0, first(b, 500)), 192);
    assert_int_equal(drp_cache_match(cache, 0, first(c, 500)), 0);
    drp_cache_free(cache);
}

static void picks_the_longest_match(void **state)
{
    (void)state;
    struct drp_cache *cache = drp_cache_new(3);
    put(cache, 1, first(a, 300), false);
    put(cache, 2, first(b, 300), false);
    assert_int_equal(drp_cache_pick(cache, first(b, 400)), 2);
    assert_int_equal(drp_cache_pick(cache, first(a, 400)), 1);
    assert_int_equal(drp_cache_pick(cache, first(c, 400)), 0); /* unused for longest */
    drp_cache_take(cache, 2);
    /* what the busy one holds can be copied: the free ones keep what they have */
    assert_int_equal(drp_cache_pick(cache, first(b, 400)), 0);
    assert_int_equal(drp_cache_source(cache, 0, first(b, 400)), 2);
    drp_cache_take(cache, 0);
    drp_cache_take(cache, 1);
    assert_true(drp_cache_pick(cache, first(a, 10)) == DRP_CACHE_NONE);
    drp_cache_free(cache);
}

static void pins_are_spared_but_not_sacred(void **state)
{
    (void)state;
    struct drp_cache *cache = drp_cache_new(2);
    put(cache, 0, first(a, 300), true);
    put(cache, 1, first(c, 300), false);
    assert_int_equal(drp_cache_pick(cache, first(b, 400)), 1); /* though 0 matches more */
    assert_int_equal(drp_cache_source(cache, 1, first(b, 400)), 0);
    assert_int_equal(drp_cache_pick(cache, first(a, 400)), 0); /* its continuation */
    assert_true(drp_cache_continues(cache, first(a, 400)));
    assert_true(drp_cache_continues(cache, first(a, 295))); /* but for the opening */
    assert_false(drp_cache_continues(cache, first(b, 400)));
    assert_false(drp_cache_continues(cache, first(c, 400)));
    drp_cache_take(cache, 1);
    assert_int_equal(drp_cache_pick(cache, first(b, 400)), 0); /* evicted */
    drp_cache_take(cache, 0);
    assert_false(drp_cache_continues(cache, first(a, 400)));
    drp_cache_free(cache);
}

static void copies_hold_what_was_copied(void **state)
{
    (void)state;
    struct drp_cache *cache = drp_cache_new(2);
    put(cache, 0, first(a, 300), false);
    drp_cache_take(cache, 1);
    drp_cache_copy(cache, 0, 1, 192);
    assert_int_equal(drp_cache_match(cache, 1, first(a, 900)), 192);
    drp_cache_extend(cache, 1, first(b + 192, 308));
    assert_int_equal(drp_cache_match(cache, 1, first(b, 900)), 448);
    assert_int_equal(drp_cache_match(cache, 0, first(a, 900)), 256);
    assert_true(drp_cache_source(cache, 0, first(a, 900)) == DRP_CACHE_NONE);
    drp_cache_trim(cache, 1, 0);
    assert_int_equal(drp_cache_match(cache, 1, first(b, 900)), 0);
    drp_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_are_whole_blocks),
        cmocka_unit_test(picks_the_longest_match),
        cmocka_unit_test(pins_are_spared_but_not_sacred),
        cmocka_unit_test(copies_hold_what_was_copied),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
