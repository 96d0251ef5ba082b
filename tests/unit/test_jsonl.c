/* JSON lines: bad lines are named and passed over, bad files end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/base.h"
#include "base/fs.h"
#include "io/jsonl.h"
#include "support/temp.h"
#include "base/banned.h"

/* What one call is to give: a value's text, or an error's code, line and part of its text. */
struct expected {
    const char *json;
    int code;
    int64_t line;
    const char *text;
};

/* Reads `path` to its end and compares each call. */
static void assert_lines(const char *path, size_t max_line, const struct expected *rows,
                         size_t n)
{
    struct drp_jsonl *r = NULL;
    struct drp_err err = {0};
    struct drp_str json;
    const struct drp_json_val *v;
    drp_str_init(&json, 1000);
    assert_int_equal(drp_jsonl_open(path, max_line, &r, &err), 0);
    assert_string_equal(drp_jsonl_path(r), path);
    for (size_t i = 0; i < n; i++) {
        const int rc = drp_jsonl_next(r, &v, &err);
        assert_int_equal(rc, rows[i].json ? 1 : rows[i].code);
        assert_int_equal(drp_jsonl_line(r), rows[i].line);
        if (rows[i].json) {
            drp_str_clear(&json);
            drp_json_write(&json, v);
            assert_string_equal(json.ptr, rows[i].json);
            continue;
        }
        assert_null(v);
        assert_int_equal(err.record, rows[i].line);
        assert_non_null(strstr(err.text, path));
        assert_non_null(strstr(err.text, rows[i].text));
    }
    assert_int_equal(drp_jsonl_next(r, &v, &err), 0);
    assert_int_equal(drp_jsonl_next(r, &v, &err), 0);
    drp_jsonl_free(r);
    drp_str_release(&json);
}

static void lines_in_all_their_forms(void **state)
{
    static const struct expected rows[] = {{"{\"a\":1}", 0, 1, NULL},
                                           {"[2]", 0, 2, NULL},
                                           {"3", 0, 5, NULL},
                                           {"\"\xc3\xa9\"", 0, 6, NULL}};
    const char *const path =
        drp_temp_write(*state, "f",
                       DRP_SV("\xef\xbb\xbf{\"a\":1}\r\n [2] \n\n \t\r\n3\n\"\xc3\xa9\""));
    assert_lines(path, 0, rows, DRP_LEN(rows));
}

static void bad_lines_are_named_and_passed_over(void **state)
{
    static const struct expected rows[] = {
        {"1", 0, 1, NULL},
        {NULL, DRP_EINPUT, 2, "' line 2: cannot parse: "},
        {NULL, DRP_EINPUT, 3, "invalid UTF-8 encoding in string at byte 1"},
        {NULL, DRP_EINPUT, 4, "at byte 2"},
        {NULL, DRP_EINPUT, 5, "byte order mark"},
        {"{}", 0, 6, NULL},
        {NULL, DRP_EINPUT, 7, "end"},
    };
    const char *const path =
        drp_temp_write(*state, "f",
                       DRP_SV("1\n{a}\n\"\xff\"\n\"a\0b\"\n\xef\xbb\xbf{}\n{}\n{\"cut"));
    assert_lines(path, 0, rows, DRP_LEN(rows));
}

static void too_long_lines_are_named_and_passed_over(void **state)
{
    static const struct expected rows[] = {
        {"\"23456789\"", 0, 1, NULL},
        {NULL, DRP_ELIMIT, 2, "longer than the 10 bytes allowed"},
        {"1", 0, 3, NULL},
        {NULL, DRP_ELIMIT, 4, "longer than the 10 bytes allowed"},
        {"2", 0, 5, NULL},
        {NULL, DRP_ELIMIT, 6, "longer than the 10 bytes allowed"},
    };
    struct drp_str text;
    drp_str_init(&text, 1 << 20);
    drp_str_addz(&text, "\"23456789\"\n\"234567890\"\n1\n");
    for (size_t i = 0; i < 300000; i++) /* over several pieces of the stream */
        drp_str_addc(&text, 'x');
    drp_str_addz(&text, "\n2\nlast and too long");
    assert_lines(drp_temp_write(*state, "f", drp_str_sv(&text)), 10, rows, DRP_LEN(rows));
    drp_str_release(&text);
}

static void lines_may_cross_the_borders_of_pieces(void **state)
{
    struct drp_str text;
    struct drp_jsonl *r = NULL;
    const struct drp_json_val *v;
    drp_str_init(&text, 4 << 20);
    for (int i = 0; i < 20000; i++)
        drp_str_addf(&text, "{\"i\":%d,\"pad\":\"%.*s\"}\n", i, i % 90,
                     "12345678901234567890123456789012345678901234567890123456789012345678901234"
                     "5678901234567890");
    assert_int_equal(
        drp_jsonl_open(drp_temp_write(*state, "f", drp_str_sv(&text)), 0, &r, NULL), 0);
    for (int i = 0; i < 20000; i++) {
        assert_int_equal(drp_jsonl_next(r, &v, NULL), 1);
        assert_true(drp_json_num(drp_json_get(v, "i"), -1) == i);
        assert_int_equal(drp_json_str(drp_json_get(v, "pad")).len, i % 90);
    }
    assert_int_equal(drp_jsonl_next(r, &v, NULL), 0);
    assert_int_equal(drp_jsonl_line(r), 20000);
    uint64_t done, total;
    drp_jsonl_position(r, &done, &total);
    assert_int_equal(done, text.len);
    assert_int_equal(total, text.len);
    drp_jsonl_free(r);
    drp_jsonl_free(NULL);
    drp_str_release(&text);
}

static void a_truncated_gzip_ends_the_file(void **state)
{
    static const struct expected rows[] = {
        {"1", 0, 1, NULL}, {NULL, DRP_EIO, 1, "its gzip data end too early"}};
    const char *const path = drp_temp_path(*state, "f.gz");
    struct drp_err err = {0};
    struct drp_str bytes;
    drp_str_init(&bytes, 1000);
    gzFile f = gzopen(path, "wb");
    gzputs(f, "1\n");
    gzflush(f, Z_SYNC_FLUSH);
    gzputs(f, "2\n");
    assert_int_equal(gzclose(f), Z_OK);
    assert_int_equal(drp_fs_read(path, &bytes, &err), 0);
    drp_temp_write(*state, "f.gz", drp_sv_slice(drp_str_sv(&bytes), 0, bytes.len - 12));
    assert_lines(path, 0, rows, DRP_LEN(rows));
    drp_str_release(&bytes);
}

static void a_failed_read_ends_the_file(void **state)
{
    struct drp_jsonl *r = NULL;
    const struct drp_json_val *v;
    struct drp_err err = {0};
    assert_int_equal(
        drp_jsonl_open(drp_temp_write(*state, "f", DRP_SV("1234567\n2")), 0, &r, NULL), 0);
    drp_fs_fail_nth(1);
    assert_int_equal(drp_jsonl_next(r, &v, NULL), 1);
    assert_int_equal(drp_jsonl_next(r, &v, &err), DRP_EIO);
    drp_fs_fail_nth(0);
    assert_int_equal(drp_jsonl_next(r, &v, &err), 0);
    drp_jsonl_free(r);
}

static void files_without_lines(void **state)
{
    assert_lines(drp_temp_write(*state, "f", DRP_SV("")), 0, NULL, 0);
    assert_lines(drp_temp_write(*state, "f", DRP_SV("\n\n  \n")), 0, NULL, 0);
    assert_lines(drp_temp_write(*state, "f", DRP_SV("\xef\xbb\xbf")), 0, NULL, 0);
}

static void files_that_cannot_be_opened(void **state)
{
    struct drp_err err = {0};
    struct drp_jsonl *r = NULL;
    assert_int_equal(drp_jsonl_open(drp_temp_path(*state, "no"), 0, &r, &err),
                     DRP_ENOTFOUND);
    assert_int_equal(drp_jsonl_open(*state, 0, &r, &err), DRP_EIO);
    assert_null(r);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(lines_in_all_their_forms),
        IN_FOLDER(bad_lines_are_named_and_passed_over),
        IN_FOLDER(too_long_lines_are_named_and_passed_over),
        IN_FOLDER(lines_may_cross_the_borders_of_pieces),
        IN_FOLDER(a_truncated_gzip_ends_the_file),
        IN_FOLDER(a_failed_read_ends_the_file),
        IN_FOLDER(files_without_lines),
        IN_FOLDER(files_that_cannot_be_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
