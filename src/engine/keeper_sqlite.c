/* A journal in a SQLite file, looked after. To change it, it is out of WAL mode, so that its files are the database
 * alone, and one transaction is open from the beginning, so that nobody else comes in between. A forgetting leaves a
 * row of call 0 until the file is written anew: who is killed meanwhile finishes when asked again. */
#include "engine/keeper.h"

#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "engine/sqlite_tables.h"
#include "io/db.h"

#include "base/banned.h"

struct sqlite {
    char *path;
    struct drp_db *db;
    bool in_transaction;
};

/* Each text that a call names, as (body, call). */
#define REFS                                                                             \
    "(SELECT answer AS body, id AS call FROM calls"                                      \
    " UNION ALL SELECT reasoning, id FROM calls WHERE reasoning IS NOT NULL"             \
    " UNION ALL SELECT grammar, id FROM calls WHERE grammar IS NOT NULL"                 \
    " UNION ALL SELECT json_schema, id FROM calls WHERE json_schema IS NOT NULL"         \
    " UNION ALL SELECT json_extract(j.value, '$[1]'), c.id"                              \
    "  FROM calls c, json_each(c.messages) j)"

/* ---- opening ------------------------------------------------------------------------------ */

static void close_keeper(void *self)
{
    struct sqlite *s = self;
    if (s->in_transaction) {
        const int rc = drp_db_exec(s->db, "ROLLBACK", NULL);
        (void)rc; /* closing rolls back too */
    }
    drp_db_free(s->db);
    free(s->path);
    free(s);
}

static int begin(struct sqlite *s, struct drp_err *err)
{
    const int rc = drp_db_exec(s->db, "BEGIN EXCLUSIVE", err);
    s->in_transaction = rc == 0;
    return rc;
}

static int commit(struct sqlite *s, struct drp_err *err)
{
    const int rc = drp_db_exec(s->db, "COMMIT", err);
    s->in_transaction = rc < 0;
    return rc;
}

static int open_keeper(const char *path, bool alone, void **self, struct drp_err *err)
{
    struct sqlite *s = drp_calloc(1, sizeof *s);
    const size_t size = strlen(path) + 1;
    int rc = 0;
    s->path = memcpy(drp_malloc(size), path, size);
    DRP_TRY(rc, alone ? drp_db_open_alone(path, &s->db, err)
                      : drp_db_open(path, true, &s->db, err));
    DRP_TRY(rc, drp_sqlite_check_tables(s->db, path, err));
    if (alone)
        DRP_TRY(rc, begin(s, err));
    *self = s;
    s = NULL;
out:
    if (s)
        close_keeper(s);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------ */

static uint64_t disk_bytes(const struct sqlite *s)
{
    static const char *const parts[] = {"", "-wal", "-shm"};
    struct drp_str path;
    uint64_t sum = 0;
    drp_str_init(&path, 1 << 16);
    for (size_t i = 0; i < DRP_LEN(parts); i++) {
        drp_str_clear(&path);
        drp_str_addf(&path, "%s%s", s->path, parts[i]);
        sum += drp_fs_bytes(path.ptr);
    }
    drp_str_release(&path);
    return sum;
}

static int count_rows(struct sqlite *s, struct drp_overview *out, struct drp_err *err)
{
    struct drp_stmt *q = NULL;
    int rc = 0;
    DRP_TRY(rc, drp_db_prepare(
                    s->db,
                    "SELECT (SELECT count(*) FROM calls), count(*),"
                    " coalesce(sum(length(CAST(text AS BLOB))), 0),"
                    " (SELECT count(*) FROM (SELECT 1 FROM " REFS
                    " GROUP BY body HAVING count(*) > 1)),"
                    " (SELECT count(DISTINCT subject) FROM call_subject WHERE call > 0),"
                    " (SELECT coalesce(min(created_ms), 0) FROM calls),"
                    " (SELECT coalesce(max(created_ms), 0) FROM calls) FROM bodies",
                    &q, err));
    DRP_TRY(rc, drp_stmt_step(q, err));
    out->calls = (uint64_t)drp_stmt_col_int(q, 0);
    out->bodies = (uint64_t)drp_stmt_col_int(q, 1);
    out->body_bytes = (uint64_t)drp_stmt_col_int(q, 2);
    out->shared_bodies = (uint64_t)drp_stmt_col_int(q, 3);
    out->subjects = (uint64_t)drp_stmt_col_int(q, 4);
    out->oldest_ms = drp_stmt_col_int(q, 5);
    out->newest_ms = drp_stmt_col_int(q, 6);
    rc = 0;
out:
    drp_stmt_free(q);
    return rc;
}

static int overview(void *self, struct drp_arena *arena, struct drp_overview *out,
                    struct drp_err *err)
{
    struct sqlite *s = self;
    struct drp_stmt *q = NULL;
    DRP_VEC(struct drp_model_tally) models = {0};
    int rc = 0;
    DRP_TRY(rc, count_rows(s, out, err));
    DRP_TRY(rc, drp_db_prepare(s->db,
                               "SELECT m.name, m.build, count(*), sum(c.prompt_tokens),"
                               " sum(c.cached_tokens), sum(c.answer_tokens),"
                               " sum(c.reasoning_tokens) FROM calls c JOIN models m"
                               " ON m.id = c.model GROUP BY m.id"
                               " ORDER BY count(*) DESC, m.id",
                               &q, err));
    while ((rc = drp_stmt_step(q, err)) > 0)
        drp_vec_add(&models, (struct drp_model_tally){
                                 .name = drp_arena_sv(arena, drp_stmt_col(q, 0)),
                                 .build = drp_arena_sv(arena, drp_stmt_col(q, 1)),
                                 .calls = (uint64_t)drp_stmt_col_int(q, 2),
                                 .prompt_tokens = (uint64_t)drp_stmt_col_int(q, 3),
                                 .cached_tokens = (uint64_t)drp_stmt_col_int(q, 4),
                                 .answer_tokens = (uint64_t)drp_stmt_col_int(q, 5),
                                 .reasoning_tokens = (uint64_t)drp_stmt_col_int(q, 6)});
    struct drp_model_tally *kept = drp_arena_new(arena, struct drp_model_tally, models.n);
    if (models.n > 0)
        memcpy(kept, models.at, models.n * sizeof *kept);
    out->models = kept;
    out->n_models = models.n;
    out->disk_bytes = disk_bytes(s);
out:
    drp_vec_release(&models);
    drp_stmt_free(q);
    return rc;
}

/* The walk over calls: one row at a time, its texts looked up by their ids. */
struct walk {
    struct sqlite *keeper;
    struct drp_stmt *calls, *body;
    struct drp_arena arena; /* of one call */
};

/* 0 stands for no text. */
static int get_body(struct walk *w, int64_t id, struct drp_sv *out, struct drp_err *err)
{
    int rc = 0;
    *out = (struct drp_sv){NULL, 0};
    if (id == 0)
        return 0;
    drp_stmt_int(w->body, 1, id);
    DRP_TRY(rc, drp_stmt_step(w->body, err));
    if (rc > 0)
        *out = drp_arena_sv(&w->arena, drp_stmt_col(w->body, 0));
    else
        rc = drp_fail(err, DRP_EDB, "text %lld is missing in journal '%s'", (long long)id,
                      w->keeper->path);
out:
    drp_stmt_reset(w->body);
    return rc < 0 ? rc : 0;
}

enum call_column { MESSAGES = 5, GRAMMAR, SCHEMA, ANSWER, REASONING, FIRST_PLAIN };

#define CALLS                                                                            \
    "SELECT c.key, c.created_ms, m.name, m.build, c.strict, c.messages, c.grammar,"      \
    " c.json_schema, c.answer, c.reasoning, c.repeat, c.temperature, c.top_p,"           \
    " c.repeat_penalty, c.repeat_last_n, c.seed, c.max_tokens, c.think_budget, c.stop,"  \
    " c.finish, c.prompt_tokens, c.cached_tokens, c.answer_tokens, c.reasoning_tokens,"  \
    " c.wait_ms, c.run_ms, m.fingerprint FROM calls c JOIN models m ON m.id = c.model"

static const char calls_sql[] = CALLS
    " WHERE ?1 IS NULL OR c.id IN (SELECT call FROM call_subject WHERE subject = ?1)"
    " ORDER BY c.id";

static const char next_sql[] = CALLS " WHERE c.key > ?1 ORDER BY c.key LIMIT 1";

static void read_plain(struct drp_stmt *q, struct drp_kept_call *c)
{
    const struct drp_sv key = drp_stmt_col(q, 0);
    int i = FIRST_PLAIN;
    memcpy(c->key.bytes, key.ptr, DRP_MIN(key.len, sizeof c->key.bytes));
    c->created_ms = drp_stmt_col_int(q, 1);
    c->model = drp_stmt_col(q, 2);
    c->build = drp_stmt_col(q, 3);
    c->strict = drp_stmt_col_int(q, 4) != 0;
    c->repeat = (uint32_t)drp_stmt_col_int(q, i++);
    c->sampling.temperature = drp_stmt_col_double(q, i++);
    c->sampling.top_p = drp_stmt_col_double(q, i++);
    c->sampling.repeat_penalty = drp_stmt_col_double(q, i++);
    c->sampling.repeat_last_n = (uint32_t)drp_stmt_col_int(q, i++);
    c->sampling.seed = (uint64_t)drp_stmt_col_int(q, i++);
    c->sampling.max_tokens = (uint32_t)drp_stmt_col_int(q, i++);
    c->sampling.think_budget = (uint32_t)drp_stmt_col_int(q, i++);
    c->stop = drp_stmt_col(q, i++);
    c->finish = drp_stmt_col(q, i++);
    c->usage.prompt_tokens = (uint32_t)drp_stmt_col_int(q, i++);
    c->usage.cached_tokens = (uint32_t)drp_stmt_col_int(q, i++);
    c->usage.answer_tokens = (uint32_t)drp_stmt_col_int(q, i++);
    c->usage.reasoning_tokens = (uint32_t)drp_stmt_col_int(q, i++);
    c->usage.wait_ms = drp_stmt_col_int(q, i++);
    c->usage.run_ms = drp_stmt_col_int(q, i++);
    c->fingerprint = drp_stmt_col(q, i);
}

static int read_turns(struct walk *w, struct drp_kept_call *c, struct drp_err *err)
{
    struct drp_kept_ref *refs = NULL;
    int rc = 0;
    DRP_TRY(rc, drp_kept_refs(drp_stmt_col(w->calls, MESSAGES), w->keeper->path,
                              &w->arena, &refs, &c->n_turns, err));
    struct drp_kept_turn *turns =
        drp_arena_new(&w->arena, struct drp_kept_turn, c->n_turns);
    for (size_t i = 0; i < c->n_turns; i++) {
        turns[i].role = refs[i].role;
        DRP_TRY(rc, get_body(w, refs[i].body, &turns[i].text, err));
    }
    c->turns = turns;
out:
    return rc;
}

static int read_call(struct walk *w, struct drp_kept_call *c, struct drp_err *err)
{
    struct drp_stmt *q = w->calls;
    int rc = 0;
    *c = (struct drp_kept_call){0};
    read_plain(q, c);
    DRP_TRY(rc, read_turns(w, c, err));
    DRP_TRY(rc, get_body(w, drp_stmt_col_int(q, GRAMMAR), &c->grammar, err));
    DRP_TRY(rc, get_body(w, drp_stmt_col_int(q, SCHEMA), &c->json_schema, err));
    DRP_TRY(rc, get_body(w, drp_stmt_col_int(q, ANSWER), &c->answer, err));
    DRP_TRY(rc, get_body(w, drp_stmt_col_int(q, REASONING), &c->reasoning, err));
out:
    return rc;
}

/* Gives the reader the calls of a statement; `*n` is their number. */
static int walk_calls(struct walk *w, const struct drp_call_reader *reader, size_t *n,
                      struct drp_err *err)
{
    struct drp_kept_call call;
    int rc = 0;
    *n = 0;
    while ((rc = drp_stmt_step(w->calls, err)) > 0) {
        DRP_TRY(rc, read_call(w, &call, err));
        DRP_TRY(rc, reader->on_call(reader->ctx, &call, err));
        drp_arena_release(&w->arena);
        (*n)++;
    }
out:
    return rc;
}

static int open_walk(struct walk *w, const char *sql, struct drp_err *err)
{
    int rc = 0;
    DRP_TRY(rc, drp_db_prepare(w->keeper->db, sql, &w->calls, err));
    DRP_TRY(rc, drp_db_prepare(w->keeper->db, "SELECT text FROM bodies WHERE id = ?1",
                               &w->body, err));
out:
    return rc;
}

static void close_walk(struct walk *w)
{
    drp_stmt_free(w->calls);
    drp_stmt_free(w->body);
    drp_arena_release(&w->arena);
}

static int each(void *self, const uint64_t *subject, const struct drp_call_reader *reader,
                struct drp_err *err)
{
    struct walk w = {.keeper = self};
    size_t n;
    int rc = 0;
    DRP_TRY(rc, open_walk(&w, calls_sql, err));
    if (subject)
        drp_stmt_int(w.calls, 1, drp_subject_column(*subject));
    DRP_TRY(rc, walk_calls(&w, reader, &n, err));
out:
    close_walk(&w);
    return rc;
}

static int next(void *self, const struct drp_sha256 *after,
                const struct drp_call_reader *reader, struct drp_err *err)
{
    struct walk w = {.keeper = self};
    size_t n = 0;
    int rc = 0;
    DRP_TRY(rc, open_walk(&w, next_sql, err));
    drp_stmt_blob(w.calls, 1,
                  after ? (struct drp_sv){(const char *)after->bytes, sizeof after->bytes}
                        : DRP_SV(""));
    DRP_TRY(rc, walk_calls(&w, reader, &n, err));
    if (n == 0)
        rc = drp_fail(err, DRP_ENOTFOUND, "no further call in journal '%s'",
                      w.keeper->path);
out:
    close_walk(&w);
    return rc;
}

/* ---- changing ----------------------------------------------------------------------------- */

/* Runs a statement about one number; the rows it changed, where `n` is given, are added to it. */
static int run_about(struct sqlite *s, const char *sql, int64_t value, uint64_t *n,
                     struct drp_err *err)
{
    struct drp_stmt *q = NULL, *changes = NULL;
    int rc = 0;
    DRP_TRY(rc, drp_db_prepare(s->db, sql, &q, err));
    drp_stmt_int(q, 1, value);
    DRP_TRY(rc, drp_stmt_run(q, err));
    if (n) {
        DRP_TRY(rc, drp_db_prepare(s->db, "SELECT changes()", &changes, err));
        DRP_TRY(rc, drp_stmt_step(changes, err));
        *n += (uint64_t)drp_stmt_col_int(changes, 0);
        rc = 0;
    }
out:
    drp_stmt_free(q);
    drp_stmt_free(changes);
    return rc;
}

static int knows(void *self, uint64_t subject, bool *out, struct drp_err *err)
{
    struct sqlite *s = self;
    struct drp_stmt *q = NULL;
    int rc = 0;
    DRP_TRY(rc,
            drp_db_prepare(s->db, "SELECT 1 FROM call_subject WHERE subject = ?1 LIMIT 1",
                           &q, err));
    drp_stmt_int(q, 1, drp_subject_column(subject));
    DRP_TRY(rc, drp_stmt_step(q, err));
    *out = rc > 0;
    rc = 0;
out:
    drp_stmt_free(q);
    return rc;
}

/* Numbers of texts that quote, into temp.quoting. */
static int find_quoting(struct sqlite *s, const struct drp_quotes *quotes,
                        struct drp_err *err)
{
    struct drp_stmt *q = NULL, *add = NULL;
    int rc = 0;
    DRP_TRY(rc, drp_db_prepare(s->db, "SELECT id, text FROM bodies", &q, err));
    DRP_TRY(rc,
            drp_db_prepare(s->db, "INSERT INTO temp.quoting (id) VALUES (?1)", &add, err));
    while ((rc = drp_stmt_step(q, err)) > 0) {
        if (!drp_quotes_found(quotes, drp_stmt_col(q, 1)))
            continue;
        drp_stmt_int(add, 1, drp_stmt_col_int(q, 0));
        DRP_TRY(rc, drp_stmt_run(add, err));
    }
out:
    drp_stmt_free(q);
    drp_stmt_free(add);
    return rc;
}

static int remove_orphans(struct sqlite *s, uint64_t *n, struct drp_err *err)
{
    return run_about(s,
                     "DELETE FROM bodies WHERE ?1 = 0 AND id NOT IN"
                     " (SELECT body FROM " REFS ")",
                     0, n, err);
}

static int forget(void *self, uint64_t subject, const struct drp_quotes *quotes,
                  struct drp_erased *out, struct drp_err *err)
{
    struct sqlite *s = self;
    const int64_t column = drp_subject_column(subject);
    int rc = 0;
    DRP_TRY(rc, drp_db_exec(s->db,
                            "CREATE TEMP TABLE quoting (id INTEGER PRIMARY KEY);"
                            "CREATE TEMP TABLE doomed (id INTEGER PRIMARY KEY)",
                            err));
    DRP_TRY(rc, run_about(s,
                          "INSERT INTO temp.doomed SELECT call FROM call_subject"
                          " WHERE subject = ?1 AND call > 0",
                          column, &out->calls, err));
    DRP_TRY(rc, find_quoting(s, quotes, err));
    DRP_TRY(rc, run_about(s,
                          "INSERT OR IGNORE INTO temp.doomed SELECT call FROM " REFS
                          " WHERE ?1 = 0 AND body IN (SELECT id FROM temp.quoting)",
                          0, &out->quoting, err));
    DRP_TRY(rc, run_about(s, "INSERT OR IGNORE INTO call_subject VALUES (?1, 0)", column,
                          NULL, err));
    DRP_TRY(rc, drp_db_exec(s->db,
                            "DELETE FROM call_subject"
                            " WHERE call IN (SELECT id FROM temp.doomed);"
                            "DELETE FROM calls WHERE id IN (SELECT id FROM temp.doomed);"
                            "DROP TABLE temp.doomed; DROP TABLE temp.quoting",
                            err));
    DRP_TRY(rc, remove_orphans(s, &out->bodies, err));
    DRP_TRY(rc, commit(s, err));
    DRP_TRY(rc, begin(s, err));
out:
    return rc;
}

static int vacuum(void *self, struct drp_erased *out, struct drp_err *err)
{
    struct sqlite *s = self;
    int rc = 0;
    out->bytes_before += disk_bytes(s);
    DRP_TRY(rc, remove_orphans(s, &out->bodies, err));
    DRP_TRY(rc, commit(s, err));
    DRP_TRY(rc, drp_db_exec(s->db, "VACUUM", err));
    DRP_TRY(rc, drp_db_exec(s->db, "DELETE FROM call_subject WHERE call = 0", err));
    DRP_TRY(rc, begin(s, err));
    out->bytes_after += disk_bytes(s);
out:
    return rc;
}

const struct drp_keeper drp_keeper_sqlite = {
    .open = open_keeper,
    .close = close_keeper,
    .overview = overview,
    .each = each,
    .next = next,
    .knows = knows,
    .forget = forget,
    .vacuum = vacuum,
};
