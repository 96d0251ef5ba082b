#include "io/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/thread.h"
#include "base/banned.h"

#define BUSY_TIMEOUT_MS 10000

struct drp_db {
    sqlite3 *raw;
    char *path;
    const char *log_path; /* of drp_db_sync(), SQLite's */
    int log_fd;           /* -1: not open               */
    int sync_errno; /* of a sync that failed: what the kernel then dropped, no later one writes */
};

struct drp_stmt {
    sqlite3_stmt *raw;
    struct drp_db *db; /* borrowed                                        */
    int bind_rc;       /* of the first bind that failed since the reset   */
};

static _Atomic int64_t steps_to_fault = 0;

void drp_db_fail_nth(int64_t n)
{
    atomic_store(&steps_to_fault, n);
}

/* Counting its memory, SQLite would take one lock for every piece of it, in all connections. */
static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static bool is_faulty(void)
{
    return atomic_load(&steps_to_fault) > 0 && atomic_fetch_sub(&steps_to_fault, 1) == 1;
}

/* How to mend what SQLite reports; by extended or primary code, the first that fits. */
static const struct {
    int code;
    const char *hint;
} hints[] = {
    {SQLITE_READONLY_ROLLBACK,
     "a change of it was broken off: give the command that made it again"},
    {SQLITE_FULL, "free some disk space, then run again"},
    {SQLITE_READONLY, "check the owner and mode of the file and of its folder"},
    {SQLITE_PERM, "check the owner and mode of the file and of its folder"},
    {SQLITE_CANTOPEN, "check that its folder is there and may be written"},
    {SQLITE_NOTADB, "it is something else: move it away or name another file"},
    {SQLITE_CORRUPT,
     "move it away and run again; 'sqlite3 FILE .recover' may save its rows"},
    {SQLITE_BUSY, "another process is using it: wait for that to end, or stop it"},
    {SQLITE_LOCKED, "another part of this process is using it"},
    {SQLITE_IOERR, "the disk reports an error: check it and the space left"},
    {SQLITE_TOOBIG, "one value is larger than SQLite allows"},
};

/* Fills `err` from an (extended) result code and SQLite's own words for it. */
static int fail_db(struct drp_err *err, const struct drp_db *db, const char *verb,
                   int code, const char *words)
{
    const char *hint = NULL;
    for (size_t i = 0; i < DRP_LEN(hints) && !hint; i++)
        if (hints[i].code == code || hints[i].code == (code & 0xff))
            hint = hints[i].hint;
    return drp_fail(err, DRP_EDB, "cannot %s database '%s': %s (SQLite code %d)%s%s",
                    verb, db->path, words, code, hint ? "; " : "", hint ? hint : "");
}

static int fail_last(struct drp_err *err, const struct drp_db *db, const char *verb,
                     int code)
{
    return fail_db(err, db, verb, code, sqlite3_errmsg(db->raw));
}

/* As fail_last(), but for the injected fault, which the connection knows nothing about. */
static int fail_full(struct drp_err *err, const struct drp_db *db, const char *verb)
{
    return fail_db(err, db, verb, SQLITE_FULL, sqlite3_errstr(SQLITE_FULL));
}

/*
 * Creates the file when it is not there, so that it never exists with a mode other than 0600;
 * SQLite gives its -wal and -shm the same. A file that is there is not opened: closing it again
 * would drop the locks that this process holds on it through other connections.
 */
static int create_private(const char *path, struct drp_err *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return drp_fs_fail(err, errno, "create database", path);
    if (fd >= 0)
        close(fd);
    return 0;
}

/*
 * Switches to or from WAL. SQLite does not wait for others during the switch itself, so the waiting
 * is done here.
 */
static int set_mode(struct drp_db *db, const char *pragma, struct drp_err *err)
{
    const int64_t end_ms = drp_clock_ms() + BUSY_TIMEOUT_MS;
    int code;
    while ((code = sqlite3_exec(db->raw, pragma, NULL, NULL, NULL)),
           (code & 0xff) == SQLITE_BUSY && drp_clock_ms() < end_ms)
        drp_clock_sleep_ms(10);
    return code == SQLITE_OK ? 0 : fail_last(err, db, "open", code);
}

/* `mode_pragma` NULL: the mode of its log stays. */
static int configure(struct drp_db *db, const char *mode_pragma, struct drp_err *err)
{
    int rc = 0;
    sqlite3_extended_result_codes(db->raw, 1);
    sqlite3_busy_timeout(db->raw, BUSY_TIMEOUT_MS);
    if (mode_pragma)
        DRP_TRY(rc, set_mode(db, mode_pragma, err));
    const int code = sqlite3_exec(db->raw,
                                  "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                                  "SELECT count(*) FROM sqlite_schema",
                                  NULL, NULL, NULL);
    if (code != SQLITE_OK)
        rc = fail_last(err, db, "open", code);
out:
    return rc;
}

static int open_file(const char *path, int flags, const char *mode_pragma,
                     struct drp_db **out, struct drp_err *err)
{
    static struct drp_once configured = DRP_ONCE;
    struct drp_db *db = drp_calloc(1, sizeof *db);
    const size_t size = strlen(path) + 1;
    int rc = 0;
    db->log_fd = -1;
    drp_once_do(&configured, configure_library);
    db->path = memcpy(drp_malloc(size), path, size);
    const int code = sqlite3_open_v2(path, &db->raw, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        DRP_TRY(rc, fail_last(err, db, "open", code));
    DRP_TRY(rc, configure(db, mode_pragma, err));
    *out = db;
    db = NULL;
out:
    drp_db_free(db);
    return rc;
}

int drp_db_open(const char *path, bool read_only, struct drp_db **out, struct drp_err *err)
{
    *out = NULL;
    if (drp_fs_kind(path) == DRP_FS_FOLDER)
        return drp_fs_fail(err, EISDIR, "open database", path);
    if (read_only && drp_fs_kind(path) == DRP_FS_NONE)
        return drp_fs_fail(err, ENOENT, "open database", path);
    if (read_only)
        return open_file(path, SQLITE_OPEN_READONLY, NULL, out, err);
    const int rc = create_private(path, err);
    return rc < 0 ? rc
                  : open_file(path, SQLITE_OPEN_READWRITE, "PRAGMA journal_mode=WAL", out,
                              err);
}

int drp_db_open_alone(const char *path, struct drp_db **out, struct drp_err *err)
{
    *out = NULL;
    if (drp_fs_kind(path) != DRP_FS_FILE)
        return drp_fs_fail(err, drp_fs_kind(path) == DRP_FS_NONE ? ENOENT : EISDIR,
                           "open database", path);
    const int rc =
        open_file(path, SQLITE_OPEN_READWRITE, "PRAGMA journal_mode=DELETE", out, err);
    if (rc < 0)
        return rc;
    const int set = drp_db_exec(*out, "PRAGMA secure_delete=ON", err);
    if (set < 0) {
        drp_db_free(*out);
        *out = NULL;
    }
    return set;
}

void drp_db_free(struct drp_db *db)
{
    if (!db)
        return;
    const int code = sqlite3_close(db->raw);
    assert(code == SQLITE_OK); /* a statement is left */
    (void)code;
    if (db->log_fd >= 0)
        close(db->log_fd);
    free(db->path);
    free(db);
}

int drp_db_exec(struct drp_db *db, const char *sql, struct drp_err *err)
{
    if (is_faulty())
        return fail_full(err, db, "change");
    const int code = sqlite3_exec(db->raw, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : fail_last(err, db, "change", code);
}

int drp_db_defer_sync(struct drp_db *db, struct drp_err *err)
{
    db->log_path = sqlite3_filename_wal(sqlite3_db_filename(db->raw, "main"));
    return drp_db_exec(db, "PRAGMA synchronous=NORMAL", err);
}

/* The log has no locks of SQLite's that closing another descriptor of it would drop. Its file stays the same as long
 * as the connection is open; SQLite itself syncs it, and its folder, when it is begun anew. */
int drp_db_sync(struct drp_db *db, struct drp_err *err)
{
    if (is_faulty())
        return fail_full(err, db, "write");
    if (db->log_fd < 0)
        db->log_fd = open(db->log_path, O_RDONLY | O_CLOEXEC);
    if (db->sync_errno == 0 && (db->log_fd < 0 || fdatasync(db->log_fd) != 0))
        db->sync_errno = errno;
    if (db->sync_errno != 0)
        return drp_fail(err, DRP_EDB, "cannot write '%s' to the disk: %s", db->log_path,
                        strerror(db->sync_errno));
    return 0;
}

int drp_db_get_version(struct drp_db *db, int64_t *version, struct drp_err *err)
{
    struct drp_stmt *s = NULL;
    int rc = 0;
    *version = 0;
    DRP_TRY(rc, drp_db_prepare(db, "PRAGMA user_version", &s, err));
    assert(s != NULL);
    DRP_TRY(rc, drp_stmt_step(s, err));
    *version = drp_stmt_col_int(s, 0);
    rc = 0;
out:
    drp_stmt_free(s);
    return rc;
}

int drp_db_prepare(struct drp_db *db, const char *sql, struct drp_stmt **out,
                   struct drp_err *err)
{
    sqlite3_stmt *raw = NULL;
    *out = NULL;
    const int code =
        sqlite3_prepare_v3(db->raw, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, NULL);
    if (code != SQLITE_OK)
        return fail_last(err, db, "use", code);
    *out = drp_malloc(sizeof **out);
    **out = (struct drp_stmt){.raw = raw, .db = db, .bind_rc = SQLITE_OK};
    return 0;
}

void drp_stmt_free(struct drp_stmt *s)
{
    if (!s)
        return;
    sqlite3_finalize(s->raw); /* gives the code of the last step, which was reported then */
    free(s);
}

static void note_bind(struct drp_stmt *s, int code)
{
    if (s->bind_rc == SQLITE_OK)
        s->bind_rc = code;
}

void drp_stmt_int(struct drp_stmt *s, int i, int64_t value)
{
    note_bind(s, sqlite3_bind_int64(s->raw, i, value));
}

void drp_stmt_double(struct drp_stmt *s, int i, double value)
{
    note_bind(s, sqlite3_bind_double(s->raw, i, value));
}

void drp_stmt_text(struct drp_stmt *s, int i, struct drp_sv sv)
{
    note_bind(s,
              sqlite3_bind_text64(s->raw, i, sv.ptr, sv.len, SQLITE_STATIC, SQLITE_UTF8));
}

void drp_stmt_blob(struct drp_stmt *s, int i, struct drp_sv sv)
{
    note_bind(s, sqlite3_bind_blob64(s->raw, i, sv.ptr, sv.len, SQLITE_STATIC));
}

int drp_stmt_step(struct drp_stmt *s, struct drp_err *err)
{
    const char *const verb = sqlite3_stmt_readonly(s->raw) ? "read" : "write";
    if (s->bind_rc != SQLITE_OK)
        return fail_db(err, s->db, verb, s->bind_rc, sqlite3_errstr(s->bind_rc));
    if (is_faulty())
        return fail_full(err, s->db, verb);
    const int code = sqlite3_step(s->raw);
    if (code == SQLITE_ROW)
        return 1;
    return code == SQLITE_DONE ? 0 : fail_last(err, s->db, verb, code);
}

void drp_stmt_reset(struct drp_stmt *s)
{
    sqlite3_reset(s->raw); /* gives the code of the last step, which was reported then */
    sqlite3_clear_bindings(s->raw);
    s->bind_rc = SQLITE_OK;
}

int drp_stmt_run(struct drp_stmt *s, struct drp_err *err)
{
    int rc;
    while ((rc = drp_stmt_step(s, err)) > 0)
        ;
    drp_stmt_reset(s);
    return rc;
}

int64_t drp_stmt_col_int(struct drp_stmt *s, int i)
{
    return sqlite3_column_int64(s->raw, i);
}

double drp_stmt_col_double(struct drp_stmt *s, int i)
{
    return sqlite3_column_double(s->raw, i);
}

struct drp_sv drp_stmt_col(struct drp_stmt *s, int i)
{
    const int type = sqlite3_column_type(s->raw, i);
    if (type == SQLITE_NULL)
        return (struct drp_sv){NULL, 0};
    const char *const ptr = type == SQLITE_BLOB
                                ? sqlite3_column_blob(s->raw, i)
                                : (const char *)sqlite3_column_text(s->raw, i);
    const size_t len = (size_t)sqlite3_column_bytes(s->raw, i);
    return (struct drp_sv){ptr ? ptr : "", len}; /* SQLite gives NULL for an empty blob */
}

const char *drp_db_library(void)
{
    return "SQLite " SQLITE_VERSION;
}
