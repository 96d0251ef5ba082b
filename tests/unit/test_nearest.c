/* Edit distance and the name that was probably meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/nearest.h"

#include "base/banned.h"

static void distances(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"abc", "abc", 0},
        {"abc", "ABC", 0},
        {"abc", "acb", 1},
        {"abc", "ab", 1},
        {"abc", "xabc", 1},
        {"kitten", "sitting", 3},
        {"ca", "abc", 3},
        {"seed", "sed", 1},
        {"--peers", "--pears", 1},
        {"ab", "ba", 1},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv a = drp_sv_from(rows[i].a), b = drp_sv_from(rows[i].b);
        assert_int_equal(drp_edit_distance(a, b), rows[i].distance);
        assert_int_equal(drp_edit_distance(b, a), rows[i].distance);
    }
}

static void long_names_are_cut(void **state)
{
    char a[300], b[300];
    (void)state;
    for (size_t i = 0; i < sizeof a; i++) {
        a[i] = 'a';
        b[i] = i < 64 ? 'a' : 'b';
    }
    assert_int_equal(
        drp_edit_distance((struct drp_sv){a, sizeof a}, (struct drp_sv){b, sizeof b}), 0);
    assert_int_equal(drp_edit_distance((struct drp_sv){a, sizeof a}, DRP_SV("")), 64);
}

static void first_of_equals_stays(void **state)
{
    (void)state;
    struct drp_nearest n = drp_nearest_start(DRP_SV("temprature"));
    assert_null(n.best.ptr);
    drp_nearest_offer(&n, DRP_SV("top-p"));
    drp_nearest_offer(&n, DRP_SV("temperature"));
    drp_nearest_offer(&n, DRP_SV("tempratures"));
    assert_true(drp_sv_is(n.best, "temperature"));
    assert_int_equal(n.distance, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(first_of_equals_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
