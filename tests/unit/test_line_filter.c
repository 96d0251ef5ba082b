/* Lines without a person: which ones go, that the others stay as they are, and files that cannot be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "run/line_filter.h"
#include "support/temp.h"

#include "base/banned.h"

#define THEIRS "the kettle sings before it boils"

struct lines {
    const char *text, *rest;
    struct drp_line_counts counts;
};

static const struct lines cases[] = {
    {"", "", {0, 0}},
    {"{\"user_id\":\"bea\"}\n", "{\"user_id\":\"bea\"}\n", {0, 0}},
    {"{\"user_id\":\"ada\"}\n", "", {1, 0}},
    {"{\"user_id\":\"ada\",\"prediction\":\"" THEIRS "\"}\n", "", {1, 0}},
    {"{\"user_id\":\"ada2\"}\n", "{\"user_id\":\"ada2\"}\n", {0, 0}},
    {"{\"user_id\":\"bea\",\"prediction\":\"So " THEIRS ".\"}\n", "", {0, 1}},
    {"{\"name\":\"" THEIRS "\"}\n{\"definition\":\"" THEIRS "\"}\n"
     "{\"description\":\"" THEIRS "\"}\n{\"extracted\":\"" THEIRS "\"}\n"
     "{\"validated\":\"" THEIRS "\"}\n",
     "",
     {0, 5}},
    {"{\"reference\":\"" THEIRS "\"}\n", "{\"reference\":\"" THEIRS "\"}\n", {0, 0}},
    {"{ \"a\" : 1.50 }\n{\"user_id\":\"ada\"}\n{\"b\":\"\\u00e9\"}\n",
     "{ \"a\" : 1.50 }\n{\"b\":\"\\u00e9\"}\n",
     {1, 0}},
    {"{\"user_id\":7}\n{\"prediction\":null}\n[]",
     "{\"user_id\":7}\n{\"prediction\":null}\n[]\n",
     {0, 0}},
};

/* Files stay untouched where nothing goes. */
static const char *rest_of_file(const struct lines *c)
{
    return c->counts.own + c->counts.quoting > 0 ? c->rest : c->text;
}

static void expect_counts(size_t i, const struct drp_line_counts *counts)
{
    if (counts->own != cases[i].counts.own || counts->quoting != cases[i].counts.quoting)
        fail_msg("case %zu: %llu own, %llu quoting", i, (unsigned long long)counts->own,
                 (unsigned long long)counts->quoting);
}

static void expect_file(size_t i, const char *path, const char *bytes)
{
    struct drp_str s;
    struct drp_err err = {0};
    drp_str_init(&s, 1 << 16);
    assert_int_equal(drp_fs_read(path, &s, &err), 0);
    if (!drp_sv_is(drp_str_sv(&s), bytes))
        fail_msg("case %zu: '%.*s'", i, DRP_SV_ARG(drp_str_sv(&s)));
    drp_str_release(&s);
}

static void lines_go_or_stay(void **state)
{
    struct drp_quotes quotes = {0};
    const struct drp_line_filter f = {DRP_SV("ada"), &quotes};
    drp_quotes_add(&quotes, DRP_SV(THEIRS));
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        const struct drp_sv text = drp_sv_from(cases[i].text);
        const char *const path = drp_temp_write(*state, "lines.jsonl", text);
        struct drp_line_counts in_text = {0}, in_file = {9, 9};
        struct drp_str out;
        struct drp_err err = {0};
        drp_str_init(&out, 1 << 16);
        assert_int_equal(drp_line_filter_text(&f, text, &out, &in_text, &err), 0);
        expect_counts(i, &in_text);
        assert_true(drp_sv_is(drp_str_sv(&out), cases[i].rest));
        drp_str_release(&out);

        assert_int_equal(drp_line_filter_file(&f, path, false, &in_file, &err), 0);
        expect_counts(i, &in_file);
        expect_file(i, path, cases[i].text);
        assert_int_equal(drp_line_filter_file(&f, path, true, &in_file, &err), 0);
        expect_counts(i, &in_file);
        expect_file(i, path, rest_of_file(&cases[i]));
    }
    drp_quotes_release(&quotes);
}

static void counts_of_texts_add_up(void **state)
{
    const struct drp_quotes quotes = {0};
    const struct drp_line_filter f = {DRP_SV("ada"), &quotes};
    struct drp_line_counts counts = {3, 4};
    struct drp_err err = {0};
    (void)state;
    assert_int_equal(
        drp_line_filter_text(&f, DRP_SV("{\"user_id\":\"ada\"}"), NULL, &counts, &err), 0);
    assert_int_equal(counts.own, 4);
    assert_int_equal(counts.quoting, 4);
}

/* A line that is none leaves the file as it was, and no other beside it. */
static void a_damaged_file_stays(void **state)
{
    static const char damaged[] = "{\"user_id\":\"ada\"}\n{\"user_id\":\n";
    const struct drp_quotes quotes = {0};
    const struct drp_line_filter f = {DRP_SV("ada"), &quotes};
    const char *const path = drp_temp_write(*state, "lines.jsonl", drp_sv_from(damaged));
    struct drp_line_counts counts;
    struct drp_err err = {0};
    assert_int_equal(drp_line_filter_file(&f, path, true, &counts, &err), DRP_EINPUT);
    assert_non_null(strstr(err.text, "lines.jsonl' line 2"));
    expect_file(0, path, damaged);
    assert_int_equal(drp_temp_count(*state), 1);
    assert_int_equal(drp_line_filter_text(&f, drp_sv_from(damaged), NULL, &counts, &err),
                     DRP_EINPUT);
}

static void no_file_has_no_lines(void **state)
{
    const struct drp_quotes quotes = {0};
    const struct drp_line_filter f = {DRP_SV("ada"), &quotes};
    struct drp_line_counts counts = {9, 9};
    struct drp_err err = {0};
    assert_int_equal(
        drp_line_filter_file(&f, drp_temp_path(*state, "none"), true, &counts, &err), 0);
    assert_int_equal(counts.own + counts.quoting, 0);
    assert_int_equal(drp_temp_count(*state), 0);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(lines_go_or_stay),
        cmocka_unit_test(counts_of_texts_add_up),
        IN_FOLDER(a_damaged_file_stays),
        IN_FOLDER(no_file_has_no_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
