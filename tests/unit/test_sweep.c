/* What lies about in a folder: what is removed of it, what stays, and what is unknown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/sweep.h"
#include "support/temp.h"

#include "base/banned.h"

static void what_writers_left_is_removed(void **state)
{
    static const struct {
        const char *name;
        bool goes;
    } rows[] = {
        {".run.json.k3Xw.tmp", true}, {".tmp", true},      {"run.tmp", false},
        {".hidden", false},           {"run.json", false}, {".partial/rows.bin", true},
        {".partial/.x.tmp", true},
    };
    uint64_t n = 0;
    size_t n_going = 0;
    struct drp_err err = {0};
    assert_int_equal(mkdir(drp_temp_path(*state, ".partial"), 0700), 0);
    assert_int_equal(mkdir(drp_temp_path(*state, ".folder.tmp"), 0700), 0);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        drp_temp_write(*state, rows[i].name, DRP_SV("x"));
        n_going += rows[i].goes;
    }
    assert_int_equal(drp_sweep(*state, &n, &err), 0);
    assert_int_equal(n, n_going);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        if ((drp_fs_kind(drp_temp_path(*state, rows[i].name)) == DRP_FS_NONE) !=
            rows[i].goes)
            fail_msg("'%s'", rows[i].name);
    assert_int_equal(drp_fs_kind(drp_temp_path(*state, ".partial")), DRP_FS_NONE);
    assert_int_equal(drp_fs_kind(drp_temp_path(*state, ".folder.tmp")), DRP_FS_FOLDER);
    assert_int_equal(drp_sweep(*state, &n, &err), 0);
    assert_int_equal(n, 0);
}

static void a_folder_in_what_is_half_done_stays(void **state)
{
    uint64_t n = 0;
    struct drp_err err = {0};
    assert_int_equal(mkdir(drp_temp_path(*state, ".partial"), 0700), 0);
    assert_int_equal(mkdir(drp_temp_path(*state, ".partial/own"), 0700), 0);
    drp_temp_write(*state, ".partial/own/x", DRP_SV("x"));
    assert_int_equal(drp_sweep(*state, &n, &err), 0);
    assert_int_equal(n, 0);
    assert_int_equal(drp_fs_kind(drp_temp_path(*state, ".partial/own/x")), DRP_FS_FILE);
}

static void a_file_that_cannot_be_removed_is_told(void **state)
{
    uint64_t n = 0;
    struct drp_err err = {0};
    drp_temp_write(*state, ".a.tmp", DRP_SV("x"));
    drp_fs_fail_nth(2); /* the first opens the folder */
    assert_int_equal(drp_sweep(*state, &n, &err), DRP_EIO);
    drp_fs_fail_nth(0);
    assert_int_equal(n, 0);
    assert_non_null(strstr(err.text, ".a.tmp"));
}

static void join(void *ctx, const char *name)
{
    drp_str_addf(ctx, "<%s>", name);
}

static void what_is_unknown_is_named(void **state)
{
    static const struct {
        const char *known[2];
        size_t n;
        bool old, readme;
    } rows[] = {
        {{"run", "journal"}, 2, true, true},
        {{"run", "old"}, 2, false, true},
        {{""}, 1, false, false}, /* every name begins so */
        {{NULL}, 0, true, true},
    };
    drp_temp_write(*state, "old.db", DRP_SV("x"));
    drp_temp_write(*state, "README", DRP_SV("x"));
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_str names;
        struct drp_err err = {0};
        drp_str_init(&names, 4096);
        assert_int_equal(
            drp_sweep_unknown(*state, rows[i].known, rows[i].n, join, &names, &err), 0);
        const struct drp_sv sv = drp_str_sv(&names);
        if ((drp_sv_find(sv, DRP_SV("<old.db>"), 0) != SIZE_MAX) != rows[i].old ||
            (drp_sv_find(sv, DRP_SV("<README>"), 0) != SIZE_MAX) != rows[i].readme ||
            drp_sv_find(sv, DRP_SV("<.>"), 0) != SIZE_MAX)
            fail_msg("row %zu: %.*s", i, DRP_SV_ARG(sv));
        drp_str_release(&names);
    }
}

static void a_folder_must_be_there(void **state)
{
    const char *const none = drp_temp_path(*state, "none");
    uint64_t n = 7;
    struct drp_err err = {0};
    assert_int_equal(drp_sweep(none, &n, &err), DRP_ENOTFOUND);
    assert_int_equal(n, 0);
    assert_int_equal(drp_sweep_unknown(none, NULL, 0, join, NULL, &err), DRP_ENOTFOUND);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_writers_left_is_removed),
        IN_FOLDER(a_folder_in_what_is_half_done_stays),
        IN_FOLDER(a_file_that_cannot_be_removed_is_told),
        IN_FOLDER(what_is_unknown_is_named),
        IN_FOLDER(a_folder_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
