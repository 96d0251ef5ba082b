/* The journal as one SQLite file: tables, opening, reading. */
#include "engine/store.h"

#include <string.h>

#include "base/base.h"
#include "engine/sqlite_writer.h"
#include "io/db.h"

#include "base/banned.h"

#define APPLICATION_ID 1685221482 /* "drpj" as a big-endian number */

/* Texts are stored once. The index over their hashes is the most expensive part of a put,
 * each new entry hitting a page of its own; so it holds 8 bytes, and texts whose hashes
 * are equal are compared. A conversation is a short list of (role, body), since
 * conversations share their beginnings. References to bodies are plain numbers without a
 * constraint: whoever deletes calls also deletes the bodies that no call names any
 * more. */
static const char schema_sql[] =
    "CREATE TABLE models ("
    " id INTEGER PRIMARY KEY,"
    " fingerprint BLOB NOT NULL," /* SHA-256 of all that makes its replies */
    " name TEXT NOT NULL,"
    " build TEXT NOT NULL," /* inference library and version */
    " licence TEXT,"
    " UNIQUE (fingerprint, name, build)) STRICT;"
    "CREATE TABLE bodies ("
    " id INTEGER PRIMARY KEY,"
    " hash INTEGER NOT NULL," /* first 8 bytes of the SHA-256 of text */
    " text TEXT NOT NULL) STRICT;"
    "CREATE INDEX bodies_hash ON bodies (hash);"
    "CREATE TABLE calls ("
    " id INTEGER PRIMARY KEY,"
    " key BLOB NOT NULL UNIQUE," /* SHA-256 of all that can change the reply */
    " model INTEGER NOT NULL REFERENCES models,"
    " strict INTEGER NOT NULL,"
    " messages TEXT NOT NULL," /* JSON: [[role, id of body], …] */
    " grammar INTEGER,"        /* body */
    " json_schema INTEGER,"    /* body */
    " repeat INTEGER NOT NULL,"
    " temperature REAL NOT NULL,"
    " top_p REAL NOT NULL,"
    " repeat_penalty REAL NOT NULL,"
    " repeat_last_n INTEGER NOT NULL,"
    " seed INTEGER NOT NULL,"
    " max_tokens INTEGER NOT NULL,"
    " think_budget INTEGER NOT NULL,"
    " stop TEXT,"               /* JSON: list of strings */
    " answer INTEGER NOT NULL," /* body */
    " reasoning INTEGER,"       /* body */
    " finish TEXT NOT NULL,"    /* stop, length, think */
    " prompt_tokens INTEGER NOT NULL,"
    " cached_tokens INTEGER NOT NULL,"
    " answer_tokens INTEGER NOT NULL,"
    " reasoning_tokens INTEGER NOT NULL,"
    " wait_ms INTEGER NOT NULL,"
    " run_ms INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL) STRICT;"
    "CREATE TABLE call_subject (" /* whose texts a call holds, for erasure */
    " subject INTEGER NOT NULL,"
    " call INTEGER NOT NULL,"
    " PRIMARY KEY (subject, call)) STRICT, WITHOUT ROWID;"
    "CREATE VIEW readable AS SELECT"
    " c.id AS id,"
    " datetime(c.created_ms / 1000, 'unixepoch') AS created,"
    " m.name AS model, m.build AS build, c.temperature AS temperature, c.seed AS seed,"
    " c.repeat AS repeat,"
    " (SELECT group_concat(turn, char(10)) FROM"
    "   (SELECT '=== ' || json_extract(j.value, '$[0]') || char(10) || b.text AS turn"
    "    FROM json_each(c.messages) j JOIN bodies b ON b.id = json_extract(j.value, '$[1]')"
    "    ORDER BY j.key)) AS conversation,"
    " r.text AS reasoning, a.text AS answer, c.finish AS finish,"
    " c.prompt_tokens AS prompt_tokens, c.answer_tokens AS answer_tokens,"
    " c.run_ms AS run_ms, lower(hex(c.key)) AS key"
    " FROM calls c JOIN models m ON m.id = c.model JOIN bodies a ON a.id = c.answer"
    " LEFT JOIN bodies r ON r.id = c.reasoning;";

/* Keys and hashes hit pages at random: 64 MiB of them are kept in memory, and the log is
 * folded into the file every 16,384 pages instead of 1,000, since each folding writes
 * every page touched once more. */
static const char tuning_sql[] =
    "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384";

static const char hold_sql[] = "SELECT count(*) FROM models";

static const char take_sql[] =
    "SELECT a.text, r.text, c.finish, c.prompt_tokens, c.cached_tokens, c.answer_tokens,"
    " c.reasoning_tokens, c.wait_ms, c.run_ms FROM calls c JOIN bodies a ON a.id = c.answer"
    " LEFT JOIN bodies r ON r.id = c.reasoning WHERE c.key = ?1";

static const char stats_sql[] =
    "SELECT (SELECT count(*) FROM calls), count(*),"
    " coalesce(sum(length(CAST(text AS BLOB))), 0) FROM bodies";

struct sqlite {
    char *path;
    struct drp_sqlite_writer *writer;
};

/* A connection that reads. In WAL mode it never waits for the writer. */
struct reader {
    const char *path; /* the store's */
    struct drp_db *db;
    struct drp_stmt *hold; /* between its row and its reset all reads are of one moment */
    struct drp_stmt *take;
};

/* ---- opening ---------------------------------------------------------------------------- */

static int get_int(struct drp_db *db, const char *sql, int64_t *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_stmt *s = NULL;
    DRP_TRY(rc, drp_db_prepare(db, sql, &s, err));
    DRP_TRY(rc, drp_stmt_step(s, err));
    *out = drp_stmt_col_int(s, 0);
    rc = 0;
out:
    drp_stmt_free(s);
    return rc;
}

/* Makes the tables unless another process was faster. In one transaction, so all or
 * nothing is there. */
static int make_tables(struct drp_db *db, const char *path, struct drp_err *err)
{
    int rc = 0;
    int64_t version = 0, n_objects = 0;
    struct drp_str pragmas;
    drp_str_init(&pragmas, 200);
    drp_str_addf(&pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                 APPLICATION_ID, DRP_JOURNAL_VERSION);
    DRP_TRY(rc, drp_db_exec(db, "BEGIN IMMEDIATE", err));
    DRP_TRY(rc, drp_db_get_version(db, &version, err));
    DRP_TRY(rc, get_int(db, "SELECT count(*) FROM sqlite_schema", &n_objects, err));
    if (version == 0 && n_objects > 0) {
        rc = drp_fail(err, DRP_EDB,
                      "'%s' is a database but no journal: give another file", path);
        goto out;
    }
    if (version == 0) {
        DRP_TRY(rc, drp_db_exec(db, schema_sql, err));
        DRP_TRY(rc, drp_db_exec(db, pragmas.ptr, err));
    }
    DRP_TRY(rc, drp_db_exec(db, "COMMIT", err));
out:
    drp_str_release(&pragmas);
    return rc; /* what is left open is rolled back when the caller closes the connection */
}

static int check_tables(struct drp_db *db, const char *path, struct drp_err *err)
{
    int rc = 0;
    int64_t version = 0, application = 0;
    DRP_TRY(rc, drp_db_get_version(db, &version, err));
    if (version == 0) {
        DRP_TRY(rc, make_tables(db, path, err));
        DRP_TRY(rc, drp_db_get_version(db, &version, err));
    }
    DRP_TRY(rc, get_int(db, "PRAGMA application_id", &application, err));
    if (application != APPLICATION_ID)
        rc = drp_fail(err, DRP_EDB,
                      "'%s' is a database but no journal: give another file", path);
    else if (version > DRP_JOURNAL_VERSION)
        rc = drp_fail(err, DRP_EDB,
                      "journal '%s' has version %lld, this program knows version %d: use a "
                      "newer drp or another journal",
                      path, (long long)version, DRP_JOURNAL_VERSION);
out:
    return rc;
}

static void close_store(void *self)
{
    struct sqlite *s = self;
    drp_sqlite_writer_free(s->writer);
    free(s->path);
    free(s);
}

static int open_store(const char *path, void **self, struct drp_err *err)
{
    struct sqlite *s = drp_calloc(1, sizeof *s);
    struct drp_db *db = NULL;
    const size_t size = strlen(path) + 1;
    int rc = 0;
    s->path = memcpy(drp_malloc(size), path, size);
    DRP_TRY(rc, drp_db_open(path, false, &db, err));
    DRP_TRY(rc, check_tables(db, path, err));
    DRP_TRY(rc, drp_db_exec(db, tuning_sql, err));
    rc = drp_sqlite_writer_new(db, &s->writer, err);
    db = NULL; /* the writer's, whatever happened */
    DRP_TRY(rc, rc);
    *self = s;
    s = NULL;
out:
    drp_db_free(db);
    if (s)
        close_store(s);
    return rc;
}

static int write_batch(void *self, const struct drp_batch *first, struct drp_err *err)
{
    return drp_sqlite_writer_write(((struct sqlite *)self)->writer, first, err);
}

/* ---- reading ---------------------------------------------------------------------------- */

static void close_reader(void *self)
{
    struct reader *r = self;
    drp_stmt_free(r->hold);
    drp_stmt_free(r->take);
    drp_db_free(r->db);
    free(r);
}

static int open_reader(void *self, void **out, struct drp_err *err)
{
    struct reader *r = drp_calloc(1, sizeof *r);
    int rc = 0;
    r->path = ((struct sqlite *)self)->path;
    DRP_TRY(rc, drp_db_open(r->path, true, &r->db, err));
    DRP_TRY(rc, drp_db_prepare(r->db, hold_sql, &r->hold, err));
    DRP_TRY(rc, drp_db_prepare(r->db, take_sql, &r->take, err));
    *out = r;
    r = NULL;
out:
    if (r)
        close_reader(r);
    return rc;
}

static int take_one(const struct reader *r, struct drp_lookup *l, struct drp_arena *arena,
                    struct drp_err *err)
{
    struct drp_stmt *s = r->take;
    int rc = 0;
    drp_stmt_blob(s, 1, drp_hash_sv(&l->key->hash));
    DRP_TRY(rc, drp_stmt_step(s, err));
    l->found = rc > 0;
    if (!l->found)
        goto out;
    const struct drp_kept kept = {
        .text = drp_stmt_col(s, 0),
        .reasoning = drp_stmt_col(s, 1),
        .finish = drp_stmt_col(s, 2),
        .usage = {.prompt_tokens = (uint32_t)drp_stmt_col_int(s, 3),
                  .cached_tokens = (uint32_t)drp_stmt_col_int(s, 4),
                  .answer_tokens = (uint32_t)drp_stmt_col_int(s, 5),
                  .reasoning_tokens = (uint32_t)drp_stmt_col_int(s, 6),
                  .wait_ms = drp_stmt_col_int(s, 7),
                  .run_ms = drp_stmt_col_int(s, 8)},
    };
    rc = drp_kept_reply(&kept, r->path, l->reply, arena, err);
out:
    drp_stmt_reset(s);
    return rc;
}

/* In one transaction: beginning and ending it costs more than a search. A row that is not read on holds it
 * open; unlike COMMIT, letting go of the row cannot fail. */
static int take(void *self, struct drp_lookup *lookups, size_t n, struct drp_arena *arena,
                struct drp_err *err)
{
    const struct reader *r = self;
    int rc = 0;
    DRP_TRY(rc, drp_stmt_step(r->hold, err));
    for (size_t i = 0; i < n; i++)
        DRP_TRY(rc, take_one(r, &lookups[i], arena, err));
    rc = 0;
out:
    drp_stmt_reset(r->hold);
    return rc;
}

static int get_stats(void *self, struct drp_journal_stats *out, struct drp_err *err)
{
    const struct reader *r = self;
    int rc = 0;
    struct drp_stmt *s = NULL;
    DRP_TRY(rc, drp_db_prepare(r->db, stats_sql, &s, err));
    DRP_TRY(rc, drp_stmt_step(s, err));
    out->calls = (uint64_t)drp_stmt_col_int(s, 0);
    out->bodies = (uint64_t)drp_stmt_col_int(s, 1);
    out->body_bytes = (uint64_t)drp_stmt_col_int(s, 2);
    rc = 0;
out:
    drp_stmt_free(s);
    return rc;
}

const struct drp_store drp_store_sqlite = {
    .n_readers = 4,
    .open = open_store,
    .close = close_store,
    .write = write_batch,
    .reader_open = open_reader,
    .reader_close = close_reader,
    .take = take,
    .stats = get_stats,
};
