/* Embedded files: sorted, complete, found by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/assets.h"
#include "base/base.h"
#include "base/fs.h"
#include "base/banned.h"

static void names_are_sorted(void **state)
{
    (void)state;
    assert_true(drp_n_assets > 0);
    for (size_t i = 1; i < drp_n_assets; i++)
        assert_true(strcmp(drp_assets[i - 1].name, drp_assets[i].name) < 0);
}

static void each_is_found_and_others_are_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < drp_n_assets; i++) {
        const struct drp_sv got = drp_asset_get(drp_assets[i].name);
        assert_ptr_equal(got.ptr, drp_assets[i].bytes);
        assert_int_equal(got.len, drp_assets[i].len);
    }
    assert_null(drp_asset_get("").ptr);
    assert_null(drp_asset_get("no/such").ptr);
    assert_null(drp_asset_get("zzz").ptr);
}

static void they_equal_the_files_of_the_source_tree(void **state)
{
    (void)state;
    const char *const root = getenv("SOURCE_DIR");
    struct drp_str path, file;
    drp_str_init(&path, 4096);
    drp_str_init(&file, 16 << 20);
    for (size_t i = 0; i < drp_n_assets; i++) {
        drp_fs_join(&path, root ? root : ".", drp_assets[i].name);
        assert_int_equal(drp_fs_read(path.ptr, &file, NULL), 0);
        assert_true(drp_sv_eq(drp_str_sv(&file), drp_asset_get(drp_assets[i].name)));
    }
    drp_str_release(&path);
    drp_str_release(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_sorted),
        cmocka_unit_test(each_is_found_and_others_are_not),
        cmocka_unit_test(they_equal_the_files_of_the_source_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
