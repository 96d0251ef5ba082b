/* Interning: numbers in order of first appearance, stable while the table grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/intern.h"
#include "base/banned.h"

static void numbers_in_order(void **state)
{
    (void)state;
    struct drp_intern t;
    drp_intern_init(&t);
    assert_int_equal(drp_intern_find(&t, DRP_SV("x")), DRP_NO_ID);
    assert_int_equal(drp_intern_add(&t, DRP_SV("b")), 0);
    assert_int_equal(drp_intern_add(&t, DRP_SV("a")), 1);
    assert_int_equal(drp_intern_add(&t, DRP_SV("b")), 0);
    assert_int_equal(drp_intern_add(&t, DRP_SV("")), 2);
    assert_int_equal(drp_intern_add(&t, (struct drp_sv){NULL, 0}), 2);
    assert_int_equal(drp_intern_add(&t, DRP_SV("a\0b")), 3);
    assert_int_equal(drp_intern_find(&t, DRP_SV("a\0c")), DRP_NO_ID);
    assert_int_equal(t.n, 4);
    assert_string_equal(drp_intern_get(&t, 1).ptr, "a");
    drp_intern_release(&t);
    assert_int_equal(t.n, 0);
}

static void many_strings(void **state)
{
    (void)state;
    enum { N = 20000 };
    struct drp_intern t;
    char name[32];
    drp_intern_init(&t);
    for (uint32_t i = 0; i < N; i++) {
        snprintf(name, sizeof name, "user-%u", i);
        assert_int_equal(drp_intern_add(&t, drp_sv_from(name)), i);
    }
    for (uint32_t i = 0; i < N; i++) {
        snprintf(name, sizeof name, "user-%u", i);
        assert_int_equal(drp_intern_find(&t, drp_sv_from(name)), i);
        assert_string_equal(drp_intern_get(&t, i).ptr, name);
    }
    drp_intern_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_in_order),
        cmocka_unit_test(many_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
