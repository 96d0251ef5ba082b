/* Vectors: growing keeps what is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/banned.h"

static void adding(void **state)
{
    (void)state;
    DRP_VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 1000; i++)
        drp_vec_add(&v, i * 3);
    assert_int_equal(v.n, 1000);
    assert_true(v.cap >= v.n);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(v.at[i], i * 3);
    drp_vec_release(&v);
    assert_null(v.at);
    assert_int_equal(v.n + v.cap, 0);
}

static void structs_and_reserving(void **state)
{
    (void)state;
    struct point {
        int x, y;
    };
    DRP_VEC(struct point) v = {0};
    drp_vec_reserve(&v, 100);
    const struct point *const before = v.at;
    for (int i = 0; i < 100; i++)
        drp_vec_add(&v, (struct point){i, -i});
    assert_ptr_equal(v.at, before);
    assert_int_equal(v.at[99].y, -99);
    drp_vec_reserve(&v, 5);
    assert_ptr_equal(v.at, before);
    drp_vec_release(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding),
        cmocka_unit_test(structs_and_reserving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
