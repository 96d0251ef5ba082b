#include "engine/journal.h"

#include <string.h>

#include "base/base.h"
#include "base/thread.h"
#include "engine/committer.h"
#include "io/db.h"

#include "base/banned.h"

enum { SCHEMA_VERSION = 1, N_READERS = 4 };
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

static const char take_sql[] =
    "SELECT a.text, r.text, c.finish, c.prompt_tokens, c.cached_tokens, c.answer_tokens,"
    " c.reasoning_tokens, c.wait_ms, c.run_ms FROM calls c JOIN bodies a ON a.id = c.answer"
    " LEFT JOIN bodies r ON r.id = c.reasoning WHERE c.key = ?1";

static const char stats_sql[] =
    "SELECT (SELECT count(*) FROM calls), count(*),"
    " coalesce(sum(length(CAST(text AS BLOB))), 0) FROM bodies";

/* A connection that reads, opened when first needed. In WAL mode it never waits for the
 * committer. */
struct reader {
    struct drp_db *db;
    struct drp_stmt *take;
    bool busy;
};

struct drp_journal {
    char *path;
    struct drp_committer *committer;
    struct drp_mutex lock; /* guards `busy` of the readers */
    struct drp_cond freed;
    struct reader readers[N_READERS];
};

/* ---- key -------------------------------------------------------------------------------- */

static void hash_sampling(struct drp_hasher *h, const struct drp_sampling *s)
{
    drp_hasher_double(h, s->temperature);
    drp_hasher_double(h, s->top_p);
    drp_hasher_double(h, s->repeat_penalty);
    drp_hasher_u64(h, s->repeat_last_n);
    drp_hasher_u64(h, s->seed);
    drp_hasher_u64(h, s->max_tokens);
    drp_hasher_u64(h, s->think_budget);
    drp_hasher_u64(h, s->n_stop);
    for (size_t i = 0; i < s->n_stop; i++)
        drp_hasher_field(h, s->stop[i]);
}

struct drp_key drp_journal_key(const struct drp_model_info *model,
                               const struct drp_call *call, bool strict)
{
    const struct drp_sampling sampling = drp_sampling_resolve(call->sampling, model);
    const struct drp_sha256 *print = &model->fingerprint;
    struct drp_hasher *h = drp_hasher_new();
    drp_hasher_field(h, DRP_SV("drp call 1")); /* to be counted up when the fields change */
    drp_hasher_add(h, (struct drp_sv){(const char *)print->bytes, sizeof print->bytes});
    drp_hasher_u64(h, strict);
    drp_hasher_field(h, strict ? model->build : DRP_SV(""));
    drp_hasher_u64(h, call->n_messages);
    for (size_t i = 0; i < call->n_messages; i++) {
        drp_hasher_u64(h, call->messages[i].role);
        drp_hasher_field(h, call->messages[i].text);
    }
    hash_sampling(h, &sampling);
    drp_hasher_u64(h, call->grammar != NULL);
    if (call->grammar) {
        drp_hasher_field(h, call->grammar->gbnf);
        drp_hasher_field(h, call->grammar->json_schema);
    }
    drp_hasher_u64(h, call->repeat);
    return (struct drp_key){drp_hasher_finish(h)};
}

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
                 APPLICATION_ID, SCHEMA_VERSION);
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
    else if (version > SCHEMA_VERSION)
        rc = drp_fail(err, DRP_EDB,
                      "journal '%s' has version %lld, this program knows version %d: use a "
                      "newer drp or another journal",
                      path, (long long)version, SCHEMA_VERSION);
out:
    return rc;
}

int drp_journal_open(const char *path, struct drp_journal **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_db *db = NULL;
    struct drp_journal *j = drp_calloc(1, sizeof *j);
    const size_t len = strlen(path);
    j->path = drp_calloc(len + 1, 1);
    memcpy(j->path, path, len);
    drp_mutex_init(&j->lock);
    drp_cond_init(&j->freed);
    DRP_TRY(rc, drp_db_open(path, false, &db, err));
    DRP_TRY(rc, check_tables(db, path, err));
    DRP_TRY(rc, drp_db_exec(db, tuning_sql, err));
    rc = drp_committer_new(db, &j->committer, err);
    db = NULL; /* the committer's, whatever happened */
    DRP_TRY(rc, rc);
    *out = j;
    j = NULL;
out:
    drp_db_free(db);
    drp_journal_free(j);
    return rc;
}

void drp_journal_free(struct drp_journal *j)
{
    if (!j)
        return;
    /* The readers first: the last connection to close folds the log into the file, and
     * only a writer can. */
    for (size_t i = 0; i < N_READERS; i++) {
        drp_stmt_free(j->readers[i].take);
        drp_db_free(j->readers[i].db);
    }
    drp_committer_free(j->committer);
    drp_cond_release(&j->freed);
    drp_mutex_release(&j->lock);
    free(j->path);
    free(j);
}

/* ---- reading and writing ---------------------------------------------------------------- */

static struct reader *claim_reader(struct drp_journal *j)
{
    struct reader *found = NULL;
    drp_mutex_lock(&j->lock);
    while (!found) {
        for (size_t i = 0; i < N_READERS && !found; i++)
            if (!j->readers[i].busy)
                found = &j->readers[i];
        if (!found)
            drp_cond_wait(&j->freed, &j->lock);
    }
    found->busy = true;
    drp_mutex_unlock(&j->lock);
    return found;
}

static void give_reader(struct drp_journal *j, struct reader *r)
{
    drp_mutex_lock(&j->lock);
    r->busy = false;
    drp_cond_signal(&j->freed);
    drp_mutex_unlock(&j->lock);
}

static int prepare_reader(struct drp_journal *j, struct reader *r, struct drp_err *err)
{
    int rc = 0;
    if (!r->db)
        DRP_TRY(rc, drp_db_open(j->path, true, &r->db, err));
    if (!r->take)
        DRP_TRY(rc, drp_db_prepare(r->db, take_sql, &r->take, err));
out:
    return rc;
}

static struct drp_sv copy_col(struct drp_arena *arena, struct drp_stmt *s, int i)
{
    const struct drp_sv text = drp_stmt_col(s, i);
    return drp_arena_sv(arena, text.ptr ? text : DRP_SV(""));
}

static int read_reply(struct drp_journal *j, struct drp_stmt *s, struct drp_reply *reply,
                      struct drp_arena *arena, struct drp_err *err)
{
    enum drp_finish finish;
    const struct drp_sv word = drp_stmt_col(s, 2);
    if (!drp_finish_from_name(word, &finish))
        return drp_fail(err, DRP_EDB,
                        "journal '%s' is damaged: finish '%.*s' in table calls: check it with "
                        "sqlite3, or start another",
                        j->path, DRP_SV_ARG(word));
    *reply = (struct drp_reply){
        .text = copy_col(arena, s, 0),
        .reasoning = copy_col(arena, s, 1),
        .finish = finish,
        .usage = {.prompt_tokens = (uint32_t)drp_stmt_col_int(s, 3),
                  .cached_tokens = (uint32_t)drp_stmt_col_int(s, 4),
                  .answer_tokens = (uint32_t)drp_stmt_col_int(s, 5),
                  .reasoning_tokens = (uint32_t)drp_stmt_col_int(s, 6),
                  .wait_ms = drp_stmt_col_int(s, 7),
                  .run_ms = drp_stmt_col_int(s, 8)},
        .from_journal = true,
        .error = DRP_SV(""),
    };
    return 0;
}

int drp_journal_take(struct drp_journal *j, const struct drp_key *key,
                     struct drp_reply *reply, struct drp_arena *arena, struct drp_err *err)
{
    int rc = 0;
    struct reader *r = claim_reader(j);
    DRP_TRY(rc, prepare_reader(j, r, err));
    drp_stmt_blob(r->take, 1,
                  (struct drp_sv){(const char *)key->hash.bytes, sizeof key->hash.bytes});
    DRP_TRY(rc, drp_stmt_step(r->take, err));
    rc = rc == 0 ? drp_fail(err, DRP_ENOTFOUND, "no such call in journal '%s'", j->path)
                 : read_reply(j, r->take, reply, arena, err);
out:
    if (r->take)
        drp_stmt_reset(r->take);
    give_reader(j, r);
    return rc;
}

int drp_journal_put_many(struct drp_journal *j, const struct drp_entry *entries, size_t n,
                         struct drp_err *err)
{
    return n == 0 ? 0 : drp_committer_put(j->committer, entries, n, err);
}

int drp_journal_get_stats(struct drp_journal *j, struct drp_journal_stats *out,
                          struct drp_err *err)
{
    int rc = 0;
    struct drp_stmt *s = NULL;
    struct reader *r = claim_reader(j);
    DRP_TRY(rc, prepare_reader(j, r, err));
    DRP_TRY(rc, drp_db_prepare(r->db, stats_sql, &s, err));
    DRP_TRY(rc, drp_stmt_step(s, err));
    out->calls = (uint64_t)drp_stmt_col_int(s, 0);
    out->bodies = (uint64_t)drp_stmt_col_int(s, 1);
    out->body_bytes = (uint64_t)drp_stmt_col_int(s, 2);
    rc = 0;
out:
    drp_stmt_free(s);
    give_reader(j, r);
    return rc;
}
