/* Who is computed next, and where passes end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "engine/batch.h"

#include "base/banned.h"

static void older_samples_go_first(void **state)
{
    static const uint64_t ages[] = {5, 3, 5, 1, 3};
    static const size_t expected[] = {3, 1, 4, 0, 2};
    static const int32_t token = 1;
    (void)state;
    struct drp_cache *cache = drp_cache_new(1);
    struct drp_batch_queue q = {0};
    struct drp_waiting w[DRP_LEN(ages)];
    for (size_t i = 0; i < DRP_LEN(ages); i++) {
        w[i] = (struct drp_waiting){.prompt = {&token, 1}, .age = ages[i]};
        drp_batch_add(&q, &w[i]);
    }
    for (size_t i = 0; i < DRP_LEN(ages); i++)
        assert_ptr_equal(drp_batch_next(&q, cache), &w[expected[i]]);
    assert_null(drp_batch_next(&q, cache));
    drp_cache_free(cache);
}

static void removed_ones_do_not_come(void **state)
{
    static const int32_t token = 1;
    (void)state;
    struct drp_cache *cache = drp_cache_new(1);
    struct drp_batch_queue q = {0};
    struct drp_waiting w[3];
    for (size_t i = 0; i < 3; i++) {
        w[i] = (struct drp_waiting){.prompt = {&token, 1}};
        drp_batch_add(&q, &w[i]);
    }
    assert_true(drp_batch_remove(&q, &w[1]));
    assert_false(drp_batch_remove(&q, &w[1]));
    assert_ptr_equal(drp_batch_next(&q, cache), &w[0]);
    assert_ptr_equal(drp_batch_next(&q, cache), &w[2]);
    assert_null(drp_batch_next(&q, cache));
    drp_cache_free(cache);
}

static void continuations_go_before_older_ones(void **state)
{
    int32_t kept[200], other[200];
    (void)state;
    for (int32_t i = 0; i < 200; i++) {
        kept[i] = i;
        other[i] = -i;
    }
    struct drp_cache *cache = drp_cache_new(2);
    drp_cache_take(cache, 0);
    drp_cache_extend(cache, 0, (struct drp_tokens){kept, 150});
    drp_cache_give(cache, 0, true);
    struct drp_batch_queue q = {0};
    struct drp_waiting old = {.prompt = {other, 200}, .age = 1};
    struct drp_waiting young = {.prompt = {kept, 200}, .age = 9};
    drp_batch_add(&q, &old);
    drp_batch_add(&q, &young);
    assert_ptr_equal(drp_batch_next(&q, cache), &young);
    assert_ptr_equal(drp_batch_next(&q, cache), &old);
    drp_cache_free(cache);
}

/* A block must meet the same rows, and a prompt's rest the same shape, wherever a prompt was begun. */
static void passes_end_at_blocks(void **state)
{
    (void)state;
    for (size_t n = 1; n < 1400; n++) {
        const size_t rest = n < 2 ? 0 : (n - 2) - (n - 2) % DRP_CACHE_BLOCK;
        for (size_t from = 0; from <= rest; from += DRP_CACHE_BLOCK) {
            size_t at = from;
            while (at < n) {
                const size_t end = drp_batch_chunk_end(at, n);
                assert_in_range(end - at, DRP_MIN(n, 2u), DRP_BATCH_CHUNK);
                assert_true(end == n ? at == rest : end % DRP_CACHE_BLOCK == 0);
                at = end;
            }
            assert_int_equal(at, n);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(older_samples_go_first),
        cmocka_unit_test(removed_ones_do_not_come),
        cmocka_unit_test(continuations_go_before_older_ones),
        cmocka_unit_test(passes_end_at_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
