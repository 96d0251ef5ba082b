/* JSON: what is accepted and refused, what values say, what the writer writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "io/json.h"
#include "base/banned.h"

static void refused_with_place_and_reason(void **state)
{
    static const struct {
        struct drp_sv text;
        int64_t offset;
        const char *reason;
    } rows[] = {
        {{"", 0}, 0, "nothing there"},
        {{NULL, 0}, 0, "nothing there"},
        {{" \n ", 3}, 3, "nothing there"},
        {{"[1,2", 4}, 4, "end"},
        {{"\"abc", 4}, 4, "end"},
        {{"{\"a\":1 \"b\":2}", 13}, 7, "comma or a closing brace"},
        {{"[1 2]", 5}, 3, "comma or a closing bracket"},
        {{"{\"a\":}", 6}, 5, "value"},
        {{"[1,2]x", 6}, 5, "after"},
        {{"{\"a\":1,}", 8}, 6, "comma"},
        {{"{a:1}", 5}, 1, "string"},
        {{"// x\n1", 6}, 0, "value"},
        {{"01", 2}, 0, "zero"},
        {{"1e999", 5}, 0, "infinity"},
        {{"[NaN]", 5}, 1, ""},
        {{"\"\\ud800\"", 8}, 7, "surrogate"},
        {{"\"\xc0\xaf\"", 4}, 1, "UTF-8"},         /* overlong          */
        {{"\"\xed\xa0\x80\"", 5}, 1, "UTF-8"},     /* a surrogate       */
        {{"\"\xf4\x90\x80\x80\"", 6}, 1, "UTF-8"}, /* over U+10FFFF     */
        {{"\"\xc3\"", 3}, 1, "UTF-8"},             /* cut short         */
        {{"\"a\tb\"", 5}, 2, "control"},
        {{"\"a\0b\"", 5}, 2, "control"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_err err = {0};
        struct drp_json *doc = NULL;
        assert_int_equal(drp_json_parse(rows[i].text, DRP_JSON_STRICT, &doc, &err),
                         DRP_EINPUT);
        assert_null(doc);
        assert_int_equal(err.offset, rows[i].offset);
        assert_non_null(strstr(err.text, "cannot parse: "));
        assert_non_null(strstr(err.text, rows[i].reason));
    }
}

/* `n` brackets that open, `n` that close. */
static char *nested(size_t n)
{
    char *const text = calloc(2 * n + 1, 1);
    memset(text, '[', n);
    memset(text + n, ']', n);
    return text;
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    struct drp_err err = {0};
    struct drp_json *doc = NULL;
    char *text = nested(DRP_JSON_MAX_DEPTH);
    assert_int_equal(drp_json_parse(drp_sv_from(text), 0, &doc, &err), 0);
    drp_json_free(doc);
    free(text);

    text = nested(DRP_JSON_MAX_DEPTH + 1);
    assert_int_equal(drp_json_parse(drp_sv_from(text), 0, &doc, &err), DRP_EINPUT);
    assert_int_equal(err.offset, DRP_JSON_MAX_DEPTH);
    assert_non_null(strstr(err.text, "deeper than 256"));

    /* What stands in a string, a comment or behind the value does not count. */
    const char *const harmless[] = {"[\"\\\"%s\"]", "[1] %s",       "\"a\" %s",
                                    "7 %s",         "[/* %s */ 1]", "// %s\n[1]"};
    for (size_t i = 0; i < DRP_LEN(harmless); i++) {
        struct drp_str s;
        drp_str_init(&s, 10000);
        drp_str_addz(&s, harmless[i]);
        drp_str_splice(&s, drp_sv_find(drp_str_sv(&s), DRP_SV("%s"), 0), 2,
                       drp_sv_from(text));
        const int rc = drp_json_parse(drp_str_sv(&s), DRP_JSON_PREFIX | DRP_JSON_COMMENTS,
                                      &doc, &err);
        assert_int_equal(rc, 0);
        drp_json_free(doc);
        drp_str_release(&s);
    }
    free(text);
}

static struct drp_json *parse(const char *text, int flags)
{
    struct drp_err err = {0};
    struct drp_json *doc = NULL;
    if (drp_json_parse(drp_sv_from(text), flags, &doc, &err) < 0)
        fail_msg("%s", err.text);
    return doc;
}

static void values_say_what_they_are(void **state)
{
    (void)state;
    struct drp_json *const doc = parse(
        "{\"s\":\"a\\u0000b\",\"n\":2.5,\"t\":true,\"z\":null,\"a\":[1,[2],{}],\"o\":{}}",
        0);
    const struct drp_json_val *const v = drp_json_root(doc);
    const struct drp_json_val *const a = drp_json_get(v, "a");
    static const char *const words[][2] = {
        {"s", "a string"}, {"n", "a number"},  {"t", "a boolean"}, {"z", "null"},
        {"a", "an array"}, {"o", "an object"}, {"no", "nothing"},
    };
    for (size_t i = 0; i < DRP_LEN(words); i++)
        assert_string_equal(
            drp_json_type_words(drp_json_type(drp_json_get(v, words[i][0]))), words[i][1]);
    assert_true(drp_sv_eq(drp_json_str(drp_json_get(v, "s")), DRP_SV("a\0b")));
    assert_null(drp_json_str(drp_json_get(v, "n")).ptr);
    assert_true(drp_json_num(drp_json_get(v, "n"), 0) == 2.5);
    assert_true(drp_json_num(drp_json_get(v, "s"), -1) == -1);
    assert_true(drp_json_bool(drp_json_get(v, "t"), false));
    assert_true(drp_json_bool(drp_json_get(v, "z"), true));
    assert_int_equal(drp_json_len(v), 6);
    assert_int_equal(drp_json_len(a), 3);
    assert_int_equal(drp_json_len(drp_json_get(v, "s")), 0);
    assert_int_equal(drp_json_type(drp_json_at(a, 2)), DRP_JSON_OBJ);
    assert_null(drp_json_at(a, 3));
    assert_null(drp_json_get(a, "x"));
    assert_null(drp_json_get(NULL, "x"));
    assert_null(drp_json_at(NULL, 0));
    drp_json_free(doc);
    drp_json_free(NULL);
}

static void loops_see_all_members_in_order(void **state)
{
    (void)state;
    struct drp_json *const doc =
        parse("{\"a\":[1,[9,9],{\"x\":9},4],\"b\":{\"k\":1},\"c\":[]}", 0);
    const struct drp_json_val *const root = drp_json_root(doc), *member;
    struct drp_json_iter it = {0};
    struct drp_sv key;
    char keys[8] = "";
    size_t n = 0;
    while (drp_json_next(root, &it, &key))
        keys[n++] = key.ptr[0];
    assert_string_equal(keys, "abc");

    struct drp_json_iter inner = {0};
    const struct drp_json_val *const a = drp_json_get(root, "a");
    for (n = 0; (member = drp_json_next(a, &inner, NULL)); n++)
        assert_ptr_equal(member, drp_json_at(a, n));
    assert_int_equal(n, 4);
    struct drp_json_iter none = {0};
    assert_null(drp_json_next(drp_json_get(root, "c"), &none, NULL));
    assert_null(drp_json_next(NULL, &none, NULL));
    drp_json_free(doc);
}

static void the_last_of_equal_keys_counts(void **state)
{
    (void)state;
    struct drp_json *const doc = parse("{\"a\":1,\"b\":2,\"a\":3}", 0);
    assert_true(drp_json_num(drp_json_get(drp_json_root(doc), "a"), 0) == 3);
    drp_json_free(doc);
}

static void integers(void **state)
{
    static const struct {
        const char *text;
        bool fits;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"-7", true, -7},
        {"5.0", true, 5},
        {"1e3", true, 1000},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"18446744073709551616", false, 0},
        {"-9223372036854775809", false, 0},
        {"1e300", false, 0},
        {"0.5", false, 0},
        {"\"5\"", false, 0},
        {"true", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_json *const doc = parse(rows[i].text, 0);
        int64_t value = 0;
        assert_int_equal(drp_json_int(drp_json_root(doc), &value), rows[i].fits);
        if (rows[i].fits)
            assert_int_equal(value, rows[i].value);
        drp_json_free(doc);
    }
}

static void configuration_may_have_comments(void **state)
{
    (void)state;
    struct drp_json *const doc =
        parse("// one\n{\"a\": [1, 2,], /* two */ }", DRP_JSON_COMMENTS);
    assert_int_equal(drp_json_len(drp_json_get(drp_json_root(doc), "a")), 2);
    drp_json_free(doc);
}

static void a_prefix_ends_behind_its_value(void **state)
{
    static const struct {
        const char *text;
        size_t end;
    } rows[] = {{"{\"a\":1} and more", 7}, {"[1][2]", 3}, {"\"x\"]]", 3}, {" {} ", 3}};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_json *const doc = parse(rows[i].text, DRP_JSON_PREFIX);
        assert_int_equal(drp_json_end(doc), rows[i].end);
        drp_json_free(doc);
    }
}

static void write_example(struct drp_jw *w, const struct drp_json_val *extra)
{
    drp_jw_obj(w);
    drp_jw_key(w, "n");
    drp_jw_arr(w);
    drp_jw_num(w, 5);
    drp_jw_num(w, 0.1);
    drp_jw_num(w, (double)NAN);
    drp_jw_num(w, (double)INFINITY);
    drp_jw_int(w, -3);
    drp_jw_arr_end(w);
    drp_jw_key(w, "o");
    drp_jw_obj(w);
    drp_jw_key(w, "t");
    drp_jw_bool(w, true);
    drp_jw_key(w, "z");
    drp_jw_null(w);
    drp_jw_obj_end(w);
    drp_jw_key(w, "e");
    drp_jw_arr(w);
    drp_jw_arr_end(w);
    drp_jw_key(w, "x");
    drp_jw_val(w, extra);
    drp_jw_obj_end(w);
}

static void the_writer_puts_commas_and_lines(void **state)
{
    (void)state;
    struct drp_json *const doc = parse("[1, {\"k\" : \"v\"}]", 0);
    struct drp_str s;
    struct drp_jw w;
    drp_str_init(&s, 1000);
    drp_jw_init(&w, &s, 0);
    write_example(&w, drp_json_root(doc));
    assert_string_equal(s.ptr,
                        "{\"n\":[5.0,0.1,null,null,-3],\"o\":{\"t\":true,\"z\":null},\"e\":[],"
                        "\"x\":[1,{\"k\":\"v\"}]}");
    drp_str_clear(&s);
    drp_jw_init(&w, &s, 2);
    write_example(&w, NULL);
    assert_string_equal(s.ptr, "{\n"
                               "  \"n\": [\n"
                               "    5.0,\n"
                               "    0.1,\n"
                               "    null,\n"
                               "    null,\n"
                               "    -3\n"
                               "  ],\n"
                               "  \"o\": {\n"
                               "    \"t\": true,\n"
                               "    \"z\": null\n"
                               "  },\n"
                               "  \"e\": [],\n"
                               "  \"x\": null\n"
                               "}");
    drp_str_release(&s);
    drp_json_free(doc);
}

static void strings_are_escaped(void **state)
{
    static const struct {
        struct drp_sv in;
        const char *out;
    } rows[] = {
        {{NULL, 0}, "null"},
        {{"", 0}, "\"\""},
        {{"a\"b\\c/", 6}, "\"a\\\"b\\\\c/\""},
        {{"\b\t\n\f\r\x01\x1f\x7f", 8}, "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\""},
        {{"a\0b", 3}, "\"a\\u0000b\""},
        {{"caf\xc3\xa9 \xf0\x9f\x98\x80", 10}, "\"caf\xc3\xa9 \xf0\x9f\x98\x80\""},
        {{"\xff", 1}, "\"\xef\xbf\xbd\""},
        {{"a\xc3", 2}, "\"a\xef\xbf\xbd\""},
        {{"\xc0\xaf!", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd!\""},
    };
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 1000);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_jw w;
        drp_str_clear(&s);
        drp_jw_init(&w, &s, 0);
        drp_jw_str(&w, rows[i].in);
        assert_string_equal(s.ptr, rows[i].out);
    }
    drp_str_release(&s);
}

/* Copied with the writer's own indentation; what is nested too deep stays on one line. */
static void values_are_copied(void **state)
{
    static const char json[] = "{\"a\":[1,2.5,{\"b\":null}],\"c\":{},\"d\":\"x\\ny\"}";
    static const char indented[] =
        "{\n  \"a\": [\n    1,\n    2.5,\n    {\n      \"b\": null\n    }\n  ],\n"
        "  \"c\": {},\n  \"d\": \"x\\ny\"\n}";
    static const char deep[] =
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]"
        "]]]]]]]]]]]]]]";
    const struct {
        const char *json, *copy;
        int indent;
    } rows[] = {{json, json, 0}, {json, indented, 2}, {deep, deep, 0}};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_json *doc = NULL;
        struct drp_err err = {0};
        struct drp_str out;
        struct drp_jw w;
        assert_int_equal(
            drp_json_parse(drp_sv_from(rows[i].json), DRP_JSON_STRICT, &doc, &err), 0);
        drp_str_init(&out, 1 << 12);
        drp_jw_init(&w, &out, rows[i].indent);
        drp_jw_copy(&w, drp_json_root(doc));
        assert_string_equal(out.ptr, rows[i].copy);
        drp_str_release(&out);
        drp_json_free(doc);
    }
}

static void numbers_read_back_the_same(void **state)
{
    static const double values[] = {
        0.0,     1.0,     -1.5,   0.1,         1.0 / 3,
        2.0 / 3, 1e15,    1e16,   1e21,        123.456,
        DBL_MAX, DBL_MIN, 5e-324, DBL_EPSILON, 0.30000000000000004,
        41.46,
    };
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 1000);
    for (size_t i = 0; i < DRP_LEN(values); i++) {
        struct drp_jw w;
        drp_str_clear(&s);
        drp_jw_init(&w, &s, 0);
        drp_jw_num(&w, values[i]);
        assert_true(strtod(s.ptr, NULL) == values[i]);
        assert_true(s.len <= 24);
    }
    drp_str_release(&s);
}

static void a_full_string_stops_the_writer(void **state)
{
    (void)state;
    struct drp_str s;
    struct drp_jw w;
    drp_str_init(&s, 10);
    drp_jw_init(&w, &s, 0);
    write_example(&w, NULL);
    assert_true(s.full);
    assert_int_equal(s.len, 10);
    drp_str_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_with_place_and_reason),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(values_say_what_they_are),
        cmocka_unit_test(loops_see_all_members_in_order),
        cmocka_unit_test(the_last_of_equal_keys_counts),
        cmocka_unit_test(integers),
        cmocka_unit_test(configuration_may_have_comments),
        cmocka_unit_test(a_prefix_ends_behind_its_value),
        cmocka_unit_test(the_writer_puts_commas_and_lines),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(values_are_copied),
        cmocka_unit_test(numbers_read_back_the_same),
        cmocka_unit_test(a_full_string_stops_the_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
