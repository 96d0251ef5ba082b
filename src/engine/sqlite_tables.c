/* The tables of a journal in a SQLite file. */
#include "engine/sqlite_tables.h"

#include "base/base.h"
#include "engine/store.h"

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
    " PRIMARY KEY (call, subject)) STRICT, WITHOUT ROWID;"
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

int drp_sqlite_check_tables(struct drp_db *db, const char *path, struct drp_err *err)
{
    int rc = 0;
    int64_t version = 0, application = 0;
    DRP_TRY(rc, drp_db_get_version(db, &version, err));
    DRP_TRY(rc, get_int(db, "PRAGMA application_id", &application, err));
    if (application != APPLICATION_ID || version == 0)
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

int drp_sqlite_make_tables(struct drp_db *db, const char *path, struct drp_err *err)
{
    int rc = 0;
    int64_t version = 0;
    DRP_TRY(rc, drp_db_get_version(db, &version, err));
    if (version == 0)
        DRP_TRY(rc, make_tables(db, path, err));
    rc = drp_sqlite_check_tables(db, path, err);
out:
    return rc;
}
