/* Arenas: pieces are zeroed, aligned, apart from each other, and freed together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "base/base.h"
#include "base/banned.h"

static void pieces_do_not_touch(void **state)
{
    static const size_t sizes[] = {1, 7, 16, 100, 5000, 40000, 3, 32768, 0, 200000, 8};
    enum { ROUNDS = 20 };
    unsigned char *pieces[DRP_LEN(sizes) * ROUNDS];
    (void)state;
    struct drp_arena a;
    drp_arena_init(&a);
    size_t n_bytes = 0;
    for (size_t i = 0; i < DRP_LEN(pieces); i++) {
        const size_t size = sizes[i % DRP_LEN(sizes)];
        pieces[i] = drp_arena_calloc(&a, size, 1);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(pieces[i][k], 0);
        if (size)
            memset(pieces[i], (int)(i % 251) + 1, size);
        n_bytes += size;
    }
    for (size_t i = 0; i < DRP_LEN(pieces); i++)
        for (size_t k = 0; k < sizes[i % DRP_LEN(sizes)]; k++)
            assert_int_equal(pieces[i][k], i % 251 + 1);
    assert_int_equal(a.n_bytes, n_bytes);
    drp_arena_release(&a);
    assert_int_equal(a.n_bytes, 0);
    assert_non_null(drp_arena_new(&a, int, 3)); /* usable again */
    drp_arena_release(&a);
}

static void strings(void **state)
{
    (void)state;
    struct drp_arena a = {0};
    char text[] = "a\0b";
    const struct drp_sv copy = drp_arena_sv(&a, (struct drp_sv){text, 3});
    text[0] = 'x';
    assert_memory_equal(copy.ptr, "a\0b", 4);
    assert_int_equal(copy.len, 3);
    assert_null(drp_arena_sv(&a, (struct drp_sv){NULL, 0}).ptr);
    assert_string_equal(drp_arena_sv(&a, DRP_SV("")).ptr, "");
    assert_string_equal(drp_arena_f(&a, "%s %d", "one", 2).ptr, "one 2");
    assert_int_equal(drp_arena_f(&a, "%3000d", 1).len, 3000);
    drp_arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_touch),
        cmocka_unit_test(strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
