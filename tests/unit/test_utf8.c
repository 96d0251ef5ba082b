/* UTF-8: what is well-formed, code points, widths, Python's white space. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "base/banned.h"

static void the_first_bad_byte(void **state)
{
    static const struct {
        struct drp_sv in;
        size_t bad;
    } rows[] = {
        {{NULL, 0}, SIZE_MAX},
        {{"", 0}, SIZE_MAX},
        {{"a\0b", 3}, SIZE_MAX},
        {{"\x7f\xc2\x80\xdf\xbf", 5}, SIZE_MAX},
        {{"\xe0\xa0\x80\xef\xbf\xbf", 6}, SIZE_MAX},
        {{"\xed\x9f\xbf\xee\x80\x80", 6}, SIZE_MAX}, /* around the surrogates */
        {{"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8}, SIZE_MAX},
        {{"a\x80", 2}, 1},
        {{"ab\xc0\x80", 4}, 2},           /* overlong NUL   */
        {{"\xc1\xbf", 2}, 0},             /* overlong       */
        {{"\xe0\x9f\xbf", 3}, 0},         /* overlong       */
        {{"\xf0\x8f\xbf\xbf", 4}, 0},     /* overlong       */
        {{"\xed\xa0\x80", 3}, 0},         /* U+D800         */
        {{"\xed\xbf\xbf", 3}, 0},         /* U+DFFF         */
        {{"\xf4\x90\x80\x80", 4}, 0},     /* U+110000       */
        {{"\xf8\x88\x80\x80\x80", 5}, 0}, /* five bytes     */
        {{"\xff", 1}, 0},
        {{"abc\xe2\x82", 5}, 3}, /* cut short      */
        {{"\xc3(", 2}, 0},
        {{"\xe2\x82(", 3}, 0},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        assert_true(drp_utf8_invalid(rows[i].in) == rows[i].bad);
}

static void every_code_point_goes_round(void **state)
{
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 8);
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        if (cp == 0xd800)
            cp = 0xe000;
        size_t at = 0;
        drp_str_clear(&s);
        drp_utf8_add(&s, cp);
        if (drp_utf8_next(drp_str_sv(&s), &at) != cp || at != s.len ||
            drp_utf8_invalid(drp_str_sv(&s)) != SIZE_MAX ||
            drp_utf8_count(drp_str_sv(&s)) != 1)
            fail_msg("U+%04X", cp);
    }
    drp_str_release(&s);
}

static void bad_bytes_read_as_replacement(void **state)
{
    (void)state;
    const struct drp_sv in = DRP_SV("a\xff\xc3");
    size_t at = 0;
    assert_int_equal(drp_utf8_next(in, &at), 'a');
    assert_int_equal(drp_utf8_next(in, &at), 0xfffd);
    assert_int_equal(drp_utf8_next(in, &at), 0xfffd);
    assert_int_equal(at, in.len);
}

static void counts_cuts_and_widths(void **state)
{
    static const struct {
        const char *in;
        size_t count, width;
    } rows[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"caf\xc3\xa9", 4, 4},
        {"e\xcc\x81", 2, 1},                /* e and a combining accent  */
        {"\xe6\xbc\xa2\xe5\xad\x97", 2, 4}, /* two wide characters       */
        {"\xf0\x9f\x98\x80", 1, 2},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv in = drp_sv_from(rows[i].in);
        assert_int_equal(drp_utf8_count(in), rows[i].count);
        assert_int_equal(drp_utf8_width(in), rows[i].width);
        for (size_t max = 0; max <= in.len + 1; max++) {
            const size_t cut = drp_utf8_cut(in, max);
            assert_true(cut <= max && cut <= in.len && max - cut < 4);
            assert_true(drp_utf8_invalid(drp_sv_slice(in, 0, cut)) == SIZE_MAX);
        }
        assert_int_equal(drp_utf8_cut(in, SIZE_MAX), in.len);
    }
    assert_int_equal(drp_utf8_cut(DRP_SV("ab\xe2\x82"), 4), 2);
}

static void white_space_is_pythons(void **state)
{
    /* Source: [c for c in range(0x110000) if chr(c).isspace()], Python 3.11. */
    static const uint32_t spaces[] = {
        0x09,   0x0a,   0x0b,   0x0c,   0x0d,   0x1c,   0x1d,   0x1e,   0x1f,   0x20,
        0x85,   0xa0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
        0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
    };
    (void)state;
    size_t n = 0;
    for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
        const bool expected = n < DRP_LEN(spaces) && spaces[n] == cp;
        n += expected;
        if (drp_utf8_is_space(cp) != expected)
            fail_msg("U+%04X", cp);
    }
}

static void splitting_and_joining(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {" \t\n ", ""},
        {"one", "one"},
        {"  one\ttwo\n\n three ", "one two three"},
        {"a\xc2\xa0"
         "b\xe3\x80\x80"
         "c\x1c"
         "d",
         "a b c d"},
        {"zero\xe2\x80\x8bwidth", "zero\xe2\x80\x8bwidth"}, /* U+200B is no space */
    };
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 100);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        drp_str_clear(&s);
        drp_utf8_collapse(&s, drp_sv_from(rows[i].in));
        assert_string_equal(s.ptr, rows[i].out);
    }
    struct drp_sv rest = DRP_SV(" ab  c"), word;
    assert_true(drp_utf8_word(&rest, &word));
    assert_true(drp_sv_is(word, "ab"));
    assert_true(drp_utf8_word(&rest, &word));
    assert_true(drp_sv_is(word, "c"));
    assert_false(drp_utf8_word(&rest, &word));
    drp_str_release(&s);
}

static void lower_case(void **state)
{
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 100);
    drp_utf8_lower(&s, DRP_SV("AbC \xc3\x89\xc3\x9f \xce\xa3 7"));
    assert_string_equal(s.ptr, "abc \xc3\xa9\xc3\x9f \xcf\x83 7");
    drp_str_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_bad_byte),
        cmocka_unit_test(every_code_point_goes_round),
        cmocka_unit_test(bad_bytes_read_as_replacement),
        cmocka_unit_test(counts_cuts_and_widths),
        cmocka_unit_test(white_space_is_pythons),
        cmocka_unit_test(splitting_and_joining),
        cmocka_unit_test(lower_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
