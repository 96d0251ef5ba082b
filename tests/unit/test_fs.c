/* Files and folders: whole or not at all, also when the n-th operation fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"
#include "support/temp.h"
#include "base/banned.h"

/* The contents of a file, which must be readable; free() them. */
static char *contents(const char *path)
{
    struct drp_err err = {0};
    struct drp_str s;
    drp_str_init(&s, 1 << 20);
    if (drp_fs_read(path, &s, &err) < 0)
        fail_msg("%s", err.text);
    return drp_str_take(&s, NULL);
}

static void assert_contents(const char *path, const char *expected)
{
    char *const got = contents(path);
    assert_string_equal(got, expected);
    free(got);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static void a_file_appears_whole(void **state)
{
    const char *const dir = *state, *const path = drp_temp_path(dir, "out.txt");
    struct drp_outfile *f = NULL;
    umask(022);
    assert_int_equal(drp_outfile_open(path, false, &f, NULL), 0);
    drp_outfile_add(f, DRP_SV("one "));
    assert_int_equal(drp_fs_kind(path), DRP_FS_NONE);
    drp_outfile_add(f, DRP_SV("two"));
    assert_int_equal(drp_outfile_commit(f, NULL), 0);
    assert_contents(path, "one two");
    assert_int_equal(mode_of(path), 0644);
    assert_int_equal(drp_temp_count(dir), 1);
}

static void an_aborted_file_leaves_nothing(void **state)
{
    const char *const path = drp_temp_write(*state, "out.txt", DRP_SV("old"));
    struct drp_outfile *f = NULL;
    assert_int_equal(drp_outfile_open(path, true, &f, NULL), 0);
    drp_outfile_add(f, DRP_SV("new"));
    drp_outfile_abort(f);
    assert_contents(path, "old");
    assert_int_equal(drp_temp_count(*state), 1);
    drp_outfile_abort(NULL);
}

static void two_writers_of_one_name_do_not_mix(void **state)
{
    const char *const path = drp_temp_path(*state, "out.txt");
    struct drp_outfile *a = NULL, *b = NULL;
    assert_int_equal(drp_outfile_open(path, true, &a, NULL), 0);
    assert_int_equal(drp_outfile_open(path, true, &b, NULL), 0);
    drp_outfile_add(a, DRP_SV("aaaa"));
    drp_outfile_add(b, DRP_SV("bb"));
    assert_int_equal(drp_outfile_commit(a, NULL), 0);
    assert_contents(path, "aaaa");
    assert_int_equal(drp_outfile_commit(b, NULL), 0);
    assert_contents(path, "bb");
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(drp_temp_count(*state), 1);
}

static void large_and_small_pieces_keep_their_order(void **state)
{
    const size_t sizes[] = {10, 65530, 6, 1, 200000, 65536, 3};
    const char *const path = drp_temp_path(*state, "large");
    char *const block = malloc(200000);
    size_t total = 0;
    struct drp_outfile *f = NULL;
    assert_int_equal(drp_outfile_open(path, true, &f, NULL), 0);
    for (size_t i = 0; i < DRP_LEN(sizes); i++) {
        memset(block, 'a' + (int)i, sizes[i]);
        drp_outfile_add(f, (struct drp_sv){block, sizes[i]});
    }
    assert_int_equal(drp_outfile_commit(f, NULL), 0);
    free(block);

    char *const got = contents(path);
    for (size_t i = 0; i < DRP_LEN(sizes); i++)
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(got[total++], 'a' + (int)i);
    assert_int_equal(strlen(got), total);
    free(got);
}

static void a_link_stays_and_its_file_is_replaced(void **state)
{
    const char *const file = drp_temp_write(*state, "file", DRP_SV("old"));
    const char *const link = drp_temp_path(*state, "link");
    struct stat st;
    assert_int_equal(symlink("file", link), 0);
    assert_int_equal(drp_fs_write(link, false, DRP_SV("new"), NULL), 0);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_contents(file, "new");
}

static void devices_are_written_to_and_stay(void **state)
{
    (void)state;
    struct drp_err err = {0};
    assert_int_equal(drp_fs_write("/dev/null", false, DRP_SV("x"), &err), 0);
    assert_int_equal(drp_fs_kind("/dev/null"), DRP_FS_OTHER);
    assert_int_equal(drp_fs_write("/dev/full", false, DRP_SV("x"), &err), DRP_EIO);
    assert_string_equal(err.text,
                        "cannot write '/dev/full': no space left on the device; free "
                        "some or name another folder");
}

static void every_fault_leaves_the_old_or_the_new_file(void **state)
{
    const char *const path = drp_temp_path(*state, "out.txt");
    int n = 1, rc = -1;
    for (; rc < 0; n++) {
        struct drp_err err = {0};
        drp_fs_fail_nth(0);
        assert_int_equal(drp_fs_write(path, true, DRP_SV("old"), NULL), 0);
        drp_fs_fail_nth(n);
        rc = drp_fs_write(path, true, DRP_SV("new"), &err);
        drp_fs_fail_nth(0);
        assert_true(rc == 0 || (rc == DRP_EIO && strstr(err.text, "no space left")));
        assert_int_equal(drp_temp_count(*state), 1);
        char *const got = contents(path);
        assert_true(strcmp(got, "new") == 0 || (rc < 0 && strcmp(got, "old") == 0));
        free(got);
    }
    assert_in_range(n, 5, 10); /* open, write, sync, rename, sync of the folder at least */
}

static void publishing_shows_what_is_there_so_far(void **state)
{
    const char *const path = drp_temp_path(*state, "out.txt");
    struct drp_outfile *f = NULL;
    assert_int_equal(drp_outfile_open(path, true, &f, NULL), 0);
    drp_outfile_add(f, DRP_SV("one "));
    assert_int_equal(drp_outfile_publish(f, NULL), 0);
    assert_contents(path, "one ");
    assert_int_equal(mode_of(path), 0600);
    drp_outfile_add(f, DRP_SV("two"));
    assert_contents(path, "one ");
    for (int n = 1; n <= 4; n++) { /* operations of the copy; the file itself stays good */
        drp_fs_fail_nth(n + 1);
        assert_int_equal(drp_outfile_publish(f, NULL), DRP_EIO);
        drp_fs_fail_nth(0);
        assert_contents(path, "one ");
    }
    assert_int_equal(drp_outfile_publish(f, NULL), 0);
    assert_contents(path, "one two");
    drp_outfile_add(f, DRP_SV(" three"));
    assert_int_equal(drp_outfile_commit(f, NULL), 0);
    assert_contents(path, "one two three");
    assert_int_equal(drp_temp_count(*state), 1);
}

static void empty_folders(void **state)
{
    bool is_empty = false;
    assert_int_equal(drp_fs_is_empty(*state, NULL, &is_empty, NULL), 0);
    assert_true(is_empty);
    drp_temp_write(*state, "one", DRP_SV(""));
    assert_int_equal(drp_fs_is_empty(*state, NULL, &is_empty, NULL), 0);
    assert_false(is_empty);
    assert_int_equal(drp_fs_is_empty(*state, "one", &is_empty, NULL), 0);
    assert_true(is_empty);
    assert_int_equal(drp_fs_is_empty(*state, "two", &is_empty, NULL), 0);
    assert_false(is_empty);
    assert_int_equal(drp_fs_is_empty(drp_temp_path(*state, "no"), NULL, &is_empty, NULL),
                     DRP_ENOTFOUND);
}

static void writing_where_it_cannot_be_is_one_clear_line(void **state)
{
    const char *const dir = *state;
    const struct {
        const char *name;
        int code;
        const char *text;
    } rows[] = {
        {"no/such/out", DRP_ENOTFOUND, "no such file or folder; check its name"},
        {"file/out", DRP_EIO, "a part of its path is no folder; check its name"},
        {"folder", DRP_EIO, "it is a folder; name a file"},
    };
    drp_temp_write(dir, "file", DRP_SV(""));
    assert_int_equal(drp_fs_mkdir(drp_temp_path(dir, "folder"), true, NULL), 0);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_err err = {0};
        const char *const path = drp_temp_path(dir, rows[i].name);
        assert_int_equal(drp_fs_write(path, true, DRP_SV("x"), &err), rows[i].code);
        assert_non_null(strstr(err.text, path));
        assert_non_null(strstr(err.text, rows[i].text));
        assert_null(strchr(err.text, '\n'));
    }
}

static void a_folder_without_permission_is_an_error(void **state)
{
    const char *const dir = drp_temp_path(*state, "closed");
    struct drp_err err = {0};
    const uid_t user = geteuid();
    assert_int_equal(mkdir(dir, 0500), 0);
    if (user == 0 && seteuid(65534) != 0)
        skip(); /* root may write anywhere and cannot become somebody else here */
    assert_int_equal(drp_fs_write(drp_temp_path(dir, "x"), true, DRP_SV("x"), &err),
                     DRP_EIO);
    assert_int_equal(seteuid(user), 0);
    assert_non_null(strstr(err.text, "permission denied; check its owner and mode"));
}

static void reading(void **state)
{
    const char *const path = drp_temp_write(*state, "in", DRP_SV("12345\0x"));
    struct drp_err err = {0};
    struct drp_str s;
    drp_str_init(&s, 7);
    assert_int_equal(drp_fs_read(path, &s, &err), 0);
    assert_int_equal(s.len, 7);
    assert_memory_equal(s.ptr, "12345\0x", 8);
    assert_int_equal(drp_fs_read(path, &s, &err), 0); /* replaces */
    assert_int_equal(s.len, 7);
    drp_str_release(&s);

    drp_str_init(&s, 6);
    assert_int_equal(drp_fs_read(path, &s, &err), DRP_ELIMIT);
    assert_non_null(strstr(err.text, "larger than the 6 bytes"));
    assert_int_equal(drp_fs_read(*state, &s, &err), DRP_EIO);
    assert_non_null(strstr(err.text, "it is a folder; name a file"));
    assert_int_equal(drp_fs_read(drp_temp_path(*state, "no"), &s, &err), DRP_ENOTFOUND);
    assert_int_equal(drp_fs_read("/dev/zero", &s, &err), DRP_ELIMIT);
    s.limit = 7;
    for (int n = 1; n <= 3; n++) { /* open, read, read at the end */
        drp_fs_fail_nth(n);
        assert_int_equal(drp_fs_read(path, &s, &err), DRP_EIO);
    }
    drp_fs_fail_nth(0);
    drp_str_release(&s);
}

static void mapping(void **state)
{
    struct drp_err err = {0};
    struct drp_sv map;
    const char *const path = drp_temp_write(*state, "mapped", DRP_SV("some\nbytes"));
    assert_int_equal(drp_fs_map(path, &map, &err), 0);
    assert_true(drp_sv_is(map, "some\nbytes"));
    drp_fs_unmap(map);
    assert_int_equal(drp_fs_map(drp_temp_write(*state, "none", DRP_SV("")), &map, &err), 0);
    assert_int_equal(map.len, 0);
    drp_fs_unmap(map);
    assert_int_equal(drp_fs_map(drp_temp_path(*state, "no"), &map, &err), DRP_ENOTFOUND);
    assert_int_equal(drp_fs_map(*state, &map, &err), DRP_EIO);
    assert_int_equal(drp_fs_map("/dev/zero", &map, &err), DRP_EIO);
    for (int nth = 1; nth <= 2; nth++) {
        drp_fs_fail_nth(nth);
        assert_int_equal(drp_fs_map(path, &map, &err), DRP_EIO);
        assert_int_equal(map.len, 0);
    }
    drp_fs_fail_nth(0);
}

static void folders(void **state)
{
    const char *const deep = drp_temp_path(*state, "a/b/c");
    struct drp_err err = {0};
    umask(022);
    assert_int_equal(drp_fs_mkdir(deep, true, &err), 0);
    assert_int_equal(drp_fs_mkdir(deep, true, &err), 0);
    assert_int_equal(drp_fs_kind(deep), DRP_FS_FOLDER);
    assert_int_equal(mode_of(drp_temp_path(*state, "a")), 0700);
    assert_int_equal(drp_fs_mkdir(drp_temp_path(*state, "p/q/"), false, &err), 0);
    assert_int_equal(mode_of(drp_temp_path(*state, "p/q")), 0755);

    const char *const file = drp_temp_write(*state, "file", DRP_SV(""));
    assert_int_equal(drp_fs_kind(file), DRP_FS_FILE);
    assert_int_equal(drp_fs_mkdir(file, true, &err), DRP_EIO);
    assert_non_null(strstr(err.text, "a file of that name is there"));
    assert_int_equal(drp_fs_mkdir(drp_temp_path(file, "x"), true, &err), DRP_EIO);
    assert_int_equal(drp_fs_mkdir("", true, &err), DRP_ENOTFOUND);
}

static void joining(void **state)
{
    static const char *const rows[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}};
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 100);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        assert_string_equal(drp_fs_join(&s, rows[i][0], rows[i][1]), rows[i][2]);
    drp_str_release(&s);
}

static void the_cache_folder(void **state)
{
    static const struct {
        const char *xdg, *home, *expected; /* NULL: unset, none */
    } rows[] = {
        {"/x", "/h", "/x/drp"},      {"rel", "/h", "/h/.cache/drp"},
        {"", "/h", "/h/.cache/drp"}, {NULL, "/h", "/h/.cache/drp"},
        {NULL, NULL, NULL},          {NULL, "", NULL},
    };
    (void)state;
    struct drp_str s;
    drp_str_init(&s, 100);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_err err = {0};
        unsetenv("XDG_CACHE_HOME");
        unsetenv("HOME");
        if (rows[i].xdg)
            setenv("XDG_CACHE_HOME", rows[i].xdg, 1);
        if (rows[i].home)
            setenv("HOME", rows[i].home, 1);
        const int rc = drp_fs_cache_dir(&s, &err);
        assert_int_equal(rc, rows[i].expected ? 0 : DRP_ENOTFOUND);
        assert_string_equal(s.ptr, rows[i].expected ? rows[i].expected : "");
    }
    drp_str_release(&s);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_appears_whole),
        IN_FOLDER(an_aborted_file_leaves_nothing),
        IN_FOLDER(two_writers_of_one_name_do_not_mix),
        IN_FOLDER(large_and_small_pieces_keep_their_order),
        IN_FOLDER(a_link_stays_and_its_file_is_replaced),
        IN_FOLDER(every_fault_leaves_the_old_or_the_new_file),
        IN_FOLDER(publishing_shows_what_is_there_so_far),
        IN_FOLDER(empty_folders),
        IN_FOLDER(writing_where_it_cannot_be_is_one_clear_line),
        IN_FOLDER(a_folder_without_permission_is_an_error),
        IN_FOLDER(reading),
        IN_FOLDER(mapping),
        IN_FOLDER(folders),
        cmocka_unit_test(devices_are_written_to_and_stay),
        cmocka_unit_test(joining),
        cmocka_unit_test(the_cache_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
