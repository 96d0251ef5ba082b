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

static void trimming_the_end(void **state)
{
    /* Source: str.rstrip(), Python 3.12. */
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {" \n", ""},
        {" a b", " a b"},
        {"a \t\r\n\x1c\xe2\x80\xa8\xc2\xa0", "a"},
        {"\xc3\xa9\xe3\x80\x80", "\xc3\xa9"},
        {"a\xe2\x80\x8b ", "a\xe2\x80\x8b"},
        {"a\x80 ", "a\x80"}, /* a bad byte is no space */
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv got = drp_utf8_trim_end(drp_sv_from(rows[i].in));
        if (!drp_sv_is(got, rows[i].out))
            fail_msg("row %zu", i);
    }
}

static void backwards_as_forwards(void **state)
{
    (void)state;
    const struct drp_sv in = DRP_SV("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x80\xc3z");
    uint32_t forwards[8] = {0};
    size_t n = 0;
    for (size_t at = 0; at < in.len;)
        forwards[n++] = drp_utf8_next(in, &at);
    assert_int_equal(n, 7);
    size_t at = in.len;
    while (at > 0)
        assert_int_equal(drp_utf8_prev(in, &at), forwards[--n]);
    assert_int_equal(n, 0);
}

static void classes_are_pythons(void **state)
{
    /* Source: str.isalnum, isdecimal, isupper, islower of Python 3.12 (Unicode 15.0); \w and \s of regex
     * 2026.11.19. */
    enum { ALNUM = 1, WORD = 2, DECIMAL = 4, UPPER = 8, LOWER = 16, WHITE = 32 };
    static const struct {
        uint32_t cp;
        unsigned classes;
    } rows[] = {
        {0, 0},
        {'\n', WHITE},
        {0x1c, 0}, /* a space to str.split() alone */
        {' ', WHITE},
        {'0', ALNUM | WORD | DECIMAL},
        {'9', ALNUM | WORD | DECIMAL},
        {'/', 0},
        {':', 0},
        {'@', 0},
        {'A', ALNUM | WORD | UPPER},
        {'Z', ALNUM | WORD | UPPER},
        {'[', 0},
        {'_', WORD},
        {'`', 0},
        {'a', ALNUM | WORD | LOWER},
        {'z', ALNUM | WORD | LOWER},
        {'{', 0},
        {0x85, WHITE},
        {0xa0, WHITE},
        {0xaa, ALNUM | WORD | LOWER}, /* feminine ordinal: a letter without case */
        {0xb2, ALNUM},                /* superscript two: a number, no word character */
        {0xbd, ALNUM},                /* one half */
        {0xc9, ALNUM | WORD | UPPER},
        {0xdf, ALNUM | WORD | LOWER},
        {0x1c5, ALNUM | WORD}, /* title case */
        {0x301, WORD},         /* combining acute */
        {0x345, WORD | LOWER}, /* iota subscript */
        {0x3a3, ALNUM | WORD | UPPER},
        {0x663, ALNUM | WORD | DECIMAL}, /* Arabic-Indic three */
        {0x903, WORD},                   /* spacing mark */
        {0x200b, 0},
        {0x200d, WORD}, /* zero-width joiner */
        {0x2028, WHITE},
        {0x203f, WORD},                 /* undertie */
        {0x2160, ALNUM | WORD | UPPER}, /* Roman one */
        {0x24b6, WORD | UPPER},         /* circled A */
        {0x24e9, WORD | LOWER},
        {0x4e2d, ALNUM | WORD},
        {0x1d7d8, ALNUM | WORD | DECIMAL},
        {0x1f600, 0},
        {0x10ffff, 0},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const uint32_t cp = rows[i].cp;
        const unsigned got = (drp_utf8_is_alnum(cp) ? ALNUM : 0u) |
                             (drp_utf8_is_word_char(cp) ? WORD : 0u) |
                             (drp_utf8_is_decimal(cp) ? DECIMAL : 0u) |
                             (drp_utf8_is_upper(cp) ? UPPER : 0u) |
                             (drp_utf8_is_lower(cp) ? LOWER : 0u) |
                             (drp_utf8_is_white(cp) ? WHITE : 0u);
        if (got != rows[i].classes)
            fail_msg("U+%04X: %#x, expected %#x", cp, got, rows[i].classes);
    }
}

static void lower_case(void **state)
{
    /* Source: str.lower(), Python 3.12. */
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"", ""},
        {"AbC \xc3\x89\xc3\x9f 7", "abc \xc3\xa9\xc3\x9f 7"},
        {"\xc4\xb0X", "i\xcc\x87x"},                  /* I with dot: two code points */
        {"\xe2\x84\xaa\xc7\x85", "k\xc7\x86"},        /* Kelvin sign, title case */
        {"\xce\xa3", "\xcf\x83"},                     /* sigma alone */
        {"A\xce\xa3", "a\xcf\x82"},                   /* at the end of a word */
        {"A\xce\xa3 B", "a\xcf\x82 b"},               /* so too */
        {"A\xce\xa3 \xce\xa3", "a\xcf\x82 \xcf\x83"}, /* no letter before */
        {"A\xce\xa3"
         "A",
         "a\xcf\x83"
         "a"},
        {"A'\xce\xa3.", "a'\xcf\x82."}, /* past what is ignorable */
        {"A\xcc\x81\xce\xa3\xc2\xad", "a\xcc\x81\xcf\x82\xc2\xad"}, /* acute, soft hyphen */
        {"A\xce\xa3'B", "a\xcf\x83'b"},
        {"A-\xce\xa3", "a-\xcf\x83"},
        {"\xce\xa3\xce\xa3\xce\xa3", "\xcf\x83\xcf\x83\xcf\x82"},
        {"\xe4\xb8\xad\xce\xa3", "\xe4\xb8\xad\xcf\x83"}, /* a letter without case */
    };
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 100);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        drp_str_clear(&s);
        drp_utf8_lower(&s, drp_sv_from(rows[i].in));
        assert_string_equal(s.ptr, rows[i].out);
    }
    drp_str_release(&s);
    drp_str_init(&s, 5);
    drp_utf8_lower(&s, DRP_SV("ABCDEFG"));
    assert_string_equal(s.ptr, "abcde");
    assert_true(s.full);
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
        cmocka_unit_test(trimming_the_end),
        cmocka_unit_test(backwards_as_forwards),
        cmocka_unit_test(classes_are_pythons),
        cmocka_unit_test(lower_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
