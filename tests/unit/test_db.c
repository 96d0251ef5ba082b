/* SQLite: settings, binding, faults, and a clear line for each way a file can be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"
#include "io/db.h"
#include "support/temp.h"
#include "base/banned.h"

static struct drp_db *open_new(const char *dir, const char *sql)
{
    struct drp_err err = {0};
    struct drp_db *db = NULL;
    if (drp_db_open(drp_temp_path(dir, "x.db"), false, &db, &err) < 0 ||
        drp_db_exec(db, sql, &err) < 0)
        fail_msg("%s", err.text);
    return db;
}

/* The first column of the first row as text; "" for NULL, "none" without a row. */
static void assert_query(struct drp_db *db, const char *sql, const char *expected)
{
    struct drp_err err = {0};
    struct drp_stmt *s = NULL;
    assert_int_equal(drp_db_prepare(db, sql, &s, &err), 0);
    const int rc = drp_stmt_step(s, &err);
    assert_true(rc >= 0);
    const struct drp_sv got = rc ? drp_stmt_col(s, 0) : DRP_SV("none");
    assert_true(drp_sv_is(got, expected));
    drp_stmt_free(s);
}

static void a_new_file_is_private_and_safe(void **state)
{
    umask(0);
    struct drp_db *const db = open_new(*state, "CREATE TABLE t (x TEXT) STRICT");
    struct stat st;
    static const char *const names[] = {"x.db", "x.db-wal", "x.db-shm"};
    for (size_t i = 0; i < DRP_LEN(names); i++) {
        assert_int_equal(stat(drp_temp_path(*state, names[i]), &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    assert_query(db, "PRAGMA journal_mode", "wal");
    assert_query(db, "PRAGMA synchronous", "2");
    assert_query(db, "PRAGMA foreign_keys", "1");
    assert_query(db, "PRAGMA busy_timeout", "10000");
    drp_db_free(db);
    drp_db_free(NULL);
    umask(022);
}

static void values_come_back(void **state)
{
    struct drp_db *const db =
        open_new(*state, "CREATE TABLE t (i, d, s, b, n, e, z); PRAGMA user_version=7");
    struct drp_stmt *s = NULL;
    int64_t version = 0;
    assert_int_equal(drp_db_get_version(db, &version, NULL), 0);
    assert_int_equal(version, 7);
    assert_int_equal(
        drp_db_prepare(db, "INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", &s, NULL), 0);
    drp_stmt_int(s, 1, INT64_MIN);
    drp_stmt_double(s, 2, 0.1);
    drp_stmt_text(s, 3, DRP_SV("caf\xc3\xa9"));
    drp_stmt_blob(s, 4, DRP_SV("a\0b"));
    drp_stmt_text(s, 5, (struct drp_sv){NULL, 0});
    drp_stmt_text(s, 6, DRP_SV(""));
    drp_stmt_blob(s, 7, DRP_SV(""));
    assert_int_equal(drp_stmt_run(s, NULL), 0);
    assert_int_equal(drp_stmt_run(s, NULL), 0); /* again, with the bindings cleared */
    drp_stmt_free(s);

    assert_int_equal(drp_db_prepare(db, "SELECT * FROM t", &s, NULL), 0);
    assert_int_equal(drp_stmt_step(s, NULL), 1);
    assert_true(drp_stmt_col_int(s, 0) == INT64_MIN);
    assert_true(drp_stmt_col_double(s, 1) == 0.1);
    assert_true(drp_sv_is(drp_stmt_col(s, 2), "caf\xc3\xa9"));
    assert_true(drp_sv_eq(drp_stmt_col(s, 3), DRP_SV("a\0b")));
    assert_null(drp_stmt_col(s, 4).ptr);
    for (int i = 5; i <= 6; i++) {
        assert_non_null(drp_stmt_col(s, i).ptr);
        assert_int_equal(drp_stmt_col(s, i).len, 0);
    }
    assert_int_equal(drp_stmt_step(s, NULL), 1);
    assert_null(drp_stmt_col(s, 0).ptr);
    assert_int_equal(drp_stmt_step(s, NULL), 0);
    drp_stmt_free(s);
    drp_stmt_free(NULL);
    drp_db_free(db);
}

static void a_failed_bind_shows_in_the_step(void **state)
{
    struct drp_db *const db = open_new(*state, "CREATE TABLE t (x)");
    struct drp_stmt *s = NULL;
    struct drp_err err = {0};
    assert_int_equal(drp_db_prepare(db, "INSERT INTO t VALUES (?)", &s, NULL), 0);
    drp_stmt_int(s, 1, 1);
    drp_stmt_int(s, 2, 1);
    assert_int_equal(drp_stmt_step(s, &err), DRP_EDB);
    drp_stmt_reset(s);
    assert_int_equal(drp_stmt_run(s, &err), 0);
    drp_stmt_free(s);
    assert_query(db, "SELECT count(*) FROM t", "1");
    drp_db_free(db);
}

static void wrong_sql_is_an_error(void **state)
{
    struct drp_db *const db = open_new(*state, "CREATE TABLE t (x UNIQUE)");
    struct drp_stmt *s = NULL;
    struct drp_err err = {0};
    assert_int_equal(drp_db_prepare(db, "SELECT * FROM nowhere", &s, &err), DRP_EDB);
    assert_null(s);
    assert_non_null(strstr(err.text, "no such table: nowhere"));
    assert_int_equal(drp_db_exec(db, "INSERT INTO t VALUES (1), (1)", &err), DRP_EDB);
    assert_non_null(strstr(err.text, "UNIQUE constraint failed"));
    assert_non_null(strstr(err.text, "SQLite code 2067")); /* the extended one */
    drp_db_free(db);
}

static void files_that_cannot_be_used(void **state)
{
    const char *const dir = *state;
    const struct {
        const char *name;
        bool read_only;
        int code;
        const char *text;
    } rows[] = {
        {"no/such.db", false, DRP_ENOTFOUND, "cannot create database"},
        {"no.db", true, DRP_ENOTFOUND, "cannot open database"},
        {"", false, DRP_EIO, "it is a folder"},
        {"text.db", false, DRP_EDB,
         "it is something else: move it away or name another file"},
        {"text.db", true, DRP_EDB,
         "it is something else: move it away or name another file"},
    };
    struct drp_db *db = NULL;
    drp_temp_write(dir, "text.db",
                   DRP_SV("this is a text and has nothing to do with databases, "
                          "as anybody can see who reads it up to this point"));
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_err err = {0};
        const char *const path = drp_temp_path(dir, rows[i].name);
        assert_int_equal(drp_db_open(path, rows[i].read_only, &db, &err), rows[i].code);
        assert_null(db);
        assert_non_null(strstr(err.text, path));
        assert_non_null(strstr(err.text, rows[i].text));
    }
}

static void a_damaged_file_is_an_error(void **state)
{
    struct drp_err err = {0};
    struct drp_str bytes;
    struct drp_db *db = open_new(*state, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    const char *const path = drp_temp_path(*state, "x.db");
    drp_db_free(db);
    drp_str_init(&bytes, 1 << 20);
    assert_int_equal(drp_fs_read(path, &bytes, &err), 0);
    memset(bytes.ptr + 100, 0xee, 200); /* the first page's tree, behind the header */
    drp_temp_write(*state, "x.db", drp_str_sv(&bytes));
    drp_str_release(&bytes);
    assert_int_equal(drp_db_open(path, false, &db, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "'sqlite3 FILE .recover' may save its rows"));
}

static void a_read_only_connection_cannot_write(void **state)
{
    struct drp_err err = {0};
    struct drp_db *reader = NULL;
    struct drp_db *const db =
        open_new(*state, "CREATE TABLE t (x); INSERT INTO t VALUES (5)");
    assert_int_equal(drp_db_open(drp_temp_path(*state, "x.db"), true, &reader, &err), 0);
    assert_query(reader, "SELECT x FROM t", "5");
    assert_int_equal(drp_db_exec(reader, "DELETE FROM t", &err), DRP_EDB);
    assert_non_null(strstr(err.text, "check the owner and mode"));
    drp_db_free(reader);
    drp_db_free(db);
}

static void a_busy_file_says_so(void **state)
{
    struct drp_err err = {0};
    struct drp_db *other = NULL;
    struct drp_db *const db = open_new(*state, "CREATE TABLE t (x)");
    assert_int_equal(drp_db_open(drp_temp_path(*state, "x.db"), false, &other, &err), 0);
    assert_int_equal(drp_db_exec(db, "BEGIN IMMEDIATE", &err), 0);
    assert_int_equal(drp_db_exec(other, "PRAGMA busy_timeout=10", &err), 0);
    assert_int_equal(drp_db_exec(other, "INSERT INTO t VALUES (1)", &err), DRP_EDB);
    assert_non_null(strstr(err.text, "another process is using it: wait"));
    drp_db_free(other);
    drp_db_free(db);
}

static void a_full_disk_is_an_error(void **state)
{
    struct drp_err err = {0};
    struct drp_db *const db =
        open_new(*state, "CREATE TABLE t (x); PRAGMA max_page_count=3");
    assert_int_equal(drp_db_exec(db, "INSERT INTO t VALUES (zeroblob(100000))", &err),
                     DRP_EDB);
    assert_non_null(strstr(err.text, "free some disk space"));
    drp_db_free(db);
}

/* One transaction of three rows; any step may fail. */
static int insert_three(struct drp_db *db, struct drp_err *err)
{
    struct drp_stmt *s = NULL;
    int rc = 0;
    DRP_TRY(rc, drp_db_prepare(db, "INSERT INTO t VALUES (?)", &s, err));
    DRP_TRY(rc, drp_db_exec(db, "BEGIN IMMEDIATE", err));
    for (int i = 0; i < 3; i++) {
        drp_stmt_int(s, 1, i);
        DRP_TRY(rc, drp_stmt_run(s, err));
    }
    DRP_TRY(rc, drp_db_exec(db, "COMMIT", err));
out:
    drp_stmt_free(s);
    return rc;
}

static void every_fault_leaves_all_or_nothing(void **state)
{
    struct drp_db *const db = open_new(*state, "CREATE TABLE t (x)");
    int n = 1;
    for (;; n++) {
        struct drp_err err = {0};
        drp_db_fail_nth(n);
        const int rc = insert_three(db, &err);
        drp_db_fail_nth(0);
        if (rc == 0)
            break;
        assert_int_equal(rc, DRP_EDB);
        assert_non_null(strstr(err.text, "database or disk is full"));
        (void)!drp_db_exec(db, "ROLLBACK", NULL); /* an error when it had not begun */
        assert_query(db, "SELECT count(*) FROM t", "0");
    }
    assert_int_equal(n, 6);
    assert_query(db, "SELECT count(*) FROM t", "3");
    drp_db_free(db);
}

static void rows_survive_a_killed_process(void **state)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct drp_db *db = NULL;
        if (drp_db_open(drp_temp_path(*state, "x.db"), false, &db, NULL) < 0 ||
            drp_db_exec(db, "CREATE TABLE t (x); INSERT INTO t VALUES (42)", NULL) < 0)
            _exit(1);
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    struct drp_db *db = NULL;
    assert_int_equal(drp_db_open(drp_temp_path(*state, "x.db"), false, &db, NULL), 0);
    assert_query(db, "SELECT x FROM t", "42");
    drp_db_free(db);
}

static void several_processes_may_create_it_at_once(void **state)
{
    const char *const path = drp_temp_path(*state, "x.db");
    pid_t children[4];
    for (size_t i = 0; i < DRP_LEN(children); i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct drp_db *db = NULL;
            const int rc = drp_db_open(path, false, &db, NULL);
            drp_db_free(db);
            _exit(rc == 0 ? 0 : 1);
        }
    }
    for (size_t i = 0; i < DRP_LEN(children); i++) {
        int status = 1;
        waitpid(children[i], &status, 0);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_new_file_is_private_and_safe),
        IN_FOLDER(values_come_back),
        IN_FOLDER(a_failed_bind_shows_in_the_step),
        IN_FOLDER(wrong_sql_is_an_error),
        IN_FOLDER(files_that_cannot_be_used),
        IN_FOLDER(a_damaged_file_is_an_error),
        IN_FOLDER(a_read_only_connection_cannot_write),
        IN_FOLDER(a_busy_file_says_so),
        IN_FOLDER(a_full_disk_is_an_error),
        IN_FOLDER(every_fault_leaves_all_or_nothing),
        IN_FOLDER(rows_survive_a_killed_process),
        IN_FOLDER(several_processes_may_create_it_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
