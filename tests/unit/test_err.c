/* Errors: codes, exit statuses, and texts that can be shown on a terminal. */
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

static void codes_have_words_and_statuses(void **state)
{
    static const struct {
        int code, status;
        const char *words;
    } rows[] = {
        {DRP_OK, 0, "ok"},
        {DRP_ENEGATIVE, 1, "negative result"},
        {DRP_EUSAGE, 2, "usage"},
        {DRP_EINPUT, 3, "input"},
        {DRP_ENOTFOUND, 3, "not found"},
        {DRP_EEXISTS, 3, "exists"},
        {DRP_ELIMIT, 3, "limit"},
        {DRP_EIO, 3, "file system"},
        {DRP_ENET, 4, "network"},
        {DRP_EENGINE, 4, "engine"},
        {DRP_EDB, 5, "database"},
        {DRP_EBUG, 70, "bug"},
        {DRP_ECANCELLED, 130, "interrupted"},
        {-1000, 70, "unknown"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        assert_int_equal(drp_exit_status(rows[i].code), rows[i].status);
        assert_string_equal(drp_code_words(rows[i].code), rows[i].words);
    }
}

static void failing_fills_all_fields(void **state)
{
    (void)state;
    struct drp_err err = {.record = 5, .offset = 6};
    assert_int_equal(drp_fail(&err, DRP_EINPUT, "cannot read '%s'", "x"), DRP_EINPUT);
    assert_int_equal(err.code, DRP_EINPUT);
    assert_string_equal(err.text, "cannot read 'x'");
    assert_non_null(strstr(err.where, "test_err.c"));
    assert_true(err.line > 0);
    assert_int_equal(err.record, -1);
    assert_int_equal(err.offset, -1);
    assert_int_equal(drp_fail(NULL, DRP_EIO, "%s", "nobody listens"), DRP_EIO);
}

static void a_prefix_keeps_code_and_place(void **state)
{
    (void)state;
    struct drp_err err = {0};
    (void)drp_fail(&err, DRP_EINPUT, "cannot parse");
    err.record = 812;
    assert_int_equal(drp_err_prefix(&err, "'%s' line %d", "b.jsonl", 812), DRP_EINPUT);
    assert_string_equal(err.text, "'b.jsonl' line 812: cannot parse");
    assert_int_equal(err.record, 812);
}

static void control_characters_are_not_shown(void **state)
{
    (void)state;
    struct drp_err err = {0};
    (void)drp_fail(&err, DRP_EINPUT, "a\033[31mb\nc\x7f d");
    assert_string_equal(err.text, "a?[31mb?c? d");
    (void)drp_err_prefix(&err, "x\ry");
    assert_string_equal(err.text, "x?y: a?[31mb?c? d");
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        struct drp_err err = {0};
        char text[2000] = "";
        size_t len = shift;
        memset(text, 'x', shift);
        for (; len + 3 < sizeof text; len += 3)
            memcpy(text + len, "\xe2\x82\xac", 3);
        (void)drp_fail(&err, DRP_EINPUT, "%s", text);
        const struct drp_sv cut = drp_sv_from(err.text);
        assert_in_range(cut.len, sizeof err.text - 4, sizeof err.text - 1);
        assert_true(drp_utf8_invalid(cut) == SIZE_MAX);
        (void)drp_err_prefix(&err, "prefix");
        assert_true(drp_utf8_invalid(drp_sv_from(err.text)) == SIZE_MAX);
        assert_true(drp_sv_starts(drp_sv_from(err.text), DRP_SV("prefix: ")));
    }
}

static int fails_when_negative(int value, int *after)
{
    int rc = 0;
    DRP_TRY(rc, value);
    *after = rc;
out:
    return rc;
}

static void try_leaves_by_the_one_exit(void **state)
{
    (void)state;
    int after = -99;
    assert_int_equal(fails_when_negative(DRP_EIO, &after), DRP_EIO);
    assert_int_equal(after, -99);
    assert_int_equal(fails_when_negative(1, &after), 1);
    assert_int_equal(after, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_words_and_statuses),
        cmocka_unit_test(failing_fills_all_fields),
        cmocka_unit_test(a_prefix_keeps_code_and_place),
        cmocka_unit_test(control_characters_are_not_shown),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(try_leaves_by_the_one_exit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
