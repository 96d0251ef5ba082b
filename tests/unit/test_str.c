/* Strings: reading runs of bytes, building within a limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/banned.h"

static void comparing(void **state)
{
    (void)state;
    const struct drp_sv absent = {NULL, 0};
    assert_true(drp_sv_eq(absent, DRP_SV("")));
    assert_true(drp_sv_eq(DRP_SV("a\0b"), DRP_SV("a\0b")));
    assert_false(drp_sv_eq(DRP_SV("a\0b"), DRP_SV("a\0c")));
    assert_true(drp_sv_is(DRP_SV("abc"), "abc"));
    assert_false(drp_sv_is(DRP_SV("abc"), "ab"));
    assert_null(drp_sv_from(NULL).ptr);
    assert_true(drp_sv_cmp(DRP_SV("a"), DRP_SV("ab")) < 0);
    assert_true(drp_sv_cmp(DRP_SV("b"), DRP_SV("ab")) > 0);
    assert_true(drp_sv_cmp(DRP_SV("\xc3\xa9"), DRP_SV("z")) > 0);
    assert_true(drp_sv_cmp(absent, DRP_SV("")) == 0);
    assert_true(drp_sv_starts(DRP_SV("abc"), DRP_SV("ab")));
    assert_false(drp_sv_starts(DRP_SV("a"), DRP_SV("ab")));
    assert_true(drp_sv_ends(DRP_SV("abc"), DRP_SV("bc")));
    assert_false(drp_sv_ends(DRP_SV("c"), DRP_SV("bc")));
    assert_true(drp_sv_starts(absent, absent));
}

static void slicing_clamps(void **state)
{
    (void)state;
    const struct drp_sv abc = DRP_SV("abc");
    assert_true(drp_sv_is(drp_sv_slice(abc, 1, 2), "b"));
    assert_true(drp_sv_is(drp_sv_slice(abc, 1, SIZE_MAX), "bc"));
    assert_int_equal(drp_sv_slice(abc, 5, 9).len, 0);
    assert_int_equal(drp_sv_slice(abc, 2, 1).len, 0);
    assert_null(drp_sv_slice((struct drp_sv){NULL, 0}, 0, 5).ptr);
}

static void finding(void **state)
{
    static const struct {
        const char *in, *needle;
        size_t from, first, last, nocase;
    } rows[] = {
        {"abcabc", "bc", 0, 1, 4, 1},
        {"abcabc", "bc", 2, 4, 4, 4},
        {"abcabc", "bc", 5, SIZE_MAX, 4, SIZE_MAX},
        {"abcabc", "x", 0, SIZE_MAX, SIZE_MAX, SIZE_MAX},
        {"aBCabc", "bc", 0, 4, 4, 1},
        {"abc", "", 0, 0, 3, 0},
        {"abc", "", 3, 3, 3, 3},
        {"abc", "", 4, SIZE_MAX, 3, SIZE_MAX},
        {"ab", "abc", 0, SIZE_MAX, SIZE_MAX, SIZE_MAX},
        {"", "a", 0, SIZE_MAX, SIZE_MAX, SIZE_MAX},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv in = drp_sv_from(rows[i].in),
                            needle = drp_sv_from(rows[i].needle);
        assert_true(drp_sv_find(in, needle, rows[i].from) == rows[i].first);
        assert_true(drp_sv_rfind(in, needle) == rows[i].last);
        assert_true(drp_sv_find_nocase(in, needle, rows[i].from) == rows[i].nocase);
    }
}

static void trimming_and_lines(void **state)
{
    (void)state;
    assert_true(drp_sv_is(drp_sv_trim(DRP_SV(" \t\n a b \v\f\r")), "a b"));
    assert_int_equal(drp_sv_trim(DRP_SV("  ")).len, 0);
    assert_int_equal(drp_sv_trim((struct drp_sv){NULL, 0}).len, 0);

    static const char *const expected[] = {"one", "", "two", "three"};
    struct drp_sv rest = DRP_SV("one\n\r\ntwo\r\nthree"), line;
    size_t n = 0;
    while (drp_sv_line(&rest, &line))
        assert_true(drp_sv_is(line, expected[n++]));
    assert_int_equal(n, DRP_LEN(expected));
    rest = DRP_SV("x\n");
    assert_true(drp_sv_line(&rest, &line));
    assert_false(drp_sv_line(&rest, &line));
}

static void numbers(void **state)
{
    static const struct {
        const char *text;
        bool is_int, is_double;
        int64_t i;
        double d;
    } rows[] = {
        {"0", true, true, 0, 0},
        {"-12", true, true, -12, -12},
        {"9223372036854775807", true, true, INT64_MAX, 9223372036854775807.0},
        {"9223372036854775808", false, true, 0, 9223372036854775808.0},
        {"1.5", false, true, 0, 1.5},
        {"1e3", false, true, 0, 1000},
        {"1e999", false, false, 0, 0},
        {"", false, false, 0, 0},
        {" 1", false, false, 0, 0},
        {"1 ", false, false, 0, 0},
        {"0x10", false, false, 0, 0},
        {"nan", false, false, 0, 0},
        {"inf", false, false, 0, 0},
        {"1,5", false, false, 0, 0},
        {"-", false, false, 0, 0},
        {".", false, false, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv text = drp_sv_from(rows[i].text);
        int64_t whole = 0;
        double real = 0;
        assert_int_equal(drp_sv_int(text, &whole), rows[i].is_int);
        assert_int_equal(drp_sv_double(text, &real), rows[i].is_double);
        if (rows[i].is_int)
            assert_true(whole == rows[i].i);
        if (rows[i].is_double)
            assert_true(real == rows[i].d);
    }
    int64_t whole;
    double real;
    assert_false(drp_sv_int(DRP_SV("1\0"), &whole));
    assert_false(drp_sv_double(DRP_SV("1\0"), &real));
}

static void building(void **state)
{
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 1000);
    assert_string_equal(s.ptr, "");
    drp_str_add(&s, (struct drp_sv){NULL, 0});
    drp_str_addz(&s, "one");
    drp_str_addc(&s, ' ');
    drp_str_addf(&s, "%d-%s", 2, "three");
    assert_string_equal(s.ptr, "one 2-three");
    drp_str_truncate(&s, 5);
    drp_str_truncate(&s, 50);
    assert_string_equal(s.ptr, "one 2");
    drp_str_clear(&s);
    drp_str_addf(&s, "%500d", 7); /* longer than any small buffer */
    assert_int_equal(s.len, 500);
    assert_int_equal(s.ptr[499], '7');

    size_t len = 0;
    char *const taken = drp_str_take(&s, &len);
    assert_int_equal(len, 500);
    assert_string_equal(s.ptr, "");
    free(taken);
    char *const nothing = drp_str_take(&s, NULL);
    assert_string_equal(nothing, "");
    free(nothing);
    drp_str_release(&s);
}

static void the_limit_holds_and_is_told(void **state)
{
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 5);
    drp_str_addz(&s, "12345");
    assert_false(s.full);
    drp_str_addc(&s, '6');
    assert_true(s.full);
    assert_string_equal(s.ptr, "12345");
    drp_str_clear(&s);
    assert_false(s.full);
    drp_str_addf(&s, "%s", "1234567");
    assert_true(s.full);
    assert_string_equal(s.ptr, "12345");
    drp_str_release(&s);
}

static void splicing(void **state)
{
    static const struct {
        size_t at, n;
        const char *with, *result;
    } rows[] = {
        {0, 0, "x", "xabcdef"},  {2, 2, "", "abef"},      {2, 2, "XYZ", "abXYZef"},
        {6, 9, "!", "abcdef!"},  {99, 9, "!", "abcdef!"}, {0, 99, "", ""},
        {5, 1, "12", "abcde12"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_str s;
        drp_str_init(&s, 100);
        drp_str_addz(&s, "abcdef");
        drp_str_splice(&s, rows[i].at, rows[i].n, drp_sv_from(rows[i].with));
        assert_string_equal(s.ptr, rows[i].result);
        assert_int_equal(s.len, strlen(rows[i].result));
        drp_str_release(&s);
    }
    struct drp_str s;
    drp_str_init(&s, 4);
    drp_str_addz(&s, "abcd");
    drp_str_splice(&s, 0, 1, DRP_SV("xx"));
    assert_true(s.full);
    drp_str_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparing),
        cmocka_unit_test(slicing_clamps),
        cmocka_unit_test(finding),
        cmocka_unit_test(trimming_and_lines),
        cmocka_unit_test(numbers),
        cmocka_unit_test(building),
        cmocka_unit_test(the_limit_holds_and_is_told),
        cmocka_unit_test(splicing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
