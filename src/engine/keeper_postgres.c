/* A journal in a PostgreSQL database, looked after. Who deletes texts locks their table against writers, and rewrites
 * the tables afterwards (VACUUM FULL). What the server's own log and its backups hold is the server's to expire. */
#include "engine/keeper.h"

#include <string.h>

#include "base/base.h"
#include "io/pg.h"

#include "base/banned.h"

enum { PAGE_CALLS = 64, PAGE_BODIES = 256 };

/* Each text that a call names, as (body, call). */
#define REFS                                                                             \
    "(SELECT answer AS body, id AS call FROM calls"                                      \
    " UNION ALL SELECT reasoning, id FROM calls WHERE reasoning IS NOT NULL"             \
    " UNION ALL SELECT grammar, id FROM calls WHERE grammar IS NOT NULL"                 \
    " UNION ALL SELECT json_schema, id FROM calls WHERE json_schema IS NOT NULL"         \
    " UNION ALL SELECT (j.turn ->> 1)::bigint, c.id"                                     \
    "  FROM calls c, jsonb_array_elements(c.messages) AS j (turn)) AS refs"

#define SIZE                                                                             \
    "(pg_total_relation_size('bodies') + pg_total_relation_size('calls')"                \
    " + pg_total_relation_size('call_subject') + pg_total_relation_size('models'))"

/* ---- opening ------------------------------------------------------------------------------ */

static void close_keeper(void *self)
{
    drp_pg_free(self);
}

/* The first value of a statement's only row. */
static int get_int(struct drp_pg *pg, const char *sql, const struct drp_pg_arg *arg,
                   int64_t *out, struct drp_err *err)
{
    struct drp_pg_rows *rows = NULL;
    const int rc = drp_pg_query(pg, sql, arg, arg != NULL, &rows, err);
    if (rc == 0)
        *out = drp_pg_n_rows(rows) > 0 ? drp_pg_get_int(rows, 0, 0) : 0;
    drp_pg_rows_free(rows);
    return rc;
}

static int check_tables(struct drp_pg *pg, struct drp_err *err)
{
    int64_t n = 0;
    const int rc =
        get_int(pg,
                "SELECT count(to_regclass(t)) FROM unnest(ARRAY['bodies', 'calls',"
                " 'models', 'call_subject']) AS t",
                NULL, &n, err);
    return rc < 0 || n == 4
               ? rc
               : drp_fail(err, DRP_EDB, "database '%s' holds no journal: check its name",
                          drp_pg_name(pg));
}

/* A process at work has a row of its own whose lease has not ended. */
static int check_idle(struct drp_pg *pg, struct drp_err *err)
{
    int64_t has_queue = 0, n = 0;
    int rc = 0;
    DRP_TRY(rc, get_int(pg, "SELECT count(to_regclass('workers'))", NULL, &has_queue, err));
    if (has_queue)
        DRP_TRY(rc, get_int(pg, "SELECT count(*) FROM workers WHERE lease_until > now()",
                            NULL, &n, err));
    if (n > 0)
        rc = drp_fail(err, DRP_EDB,
                      "database '%s' is in use by %lld processes at work: wait for them to "
                      "end, or stop them and wait for their lease",
                      drp_pg_name(pg), (long long)n);
out:
    return rc;
}

static int open_keeper(const char *url, bool alone, void **self, struct drp_err *err)
{
    struct drp_pg *pg = NULL;
    int rc = 0;
    DRP_TRY(rc, drp_pg_open(url, &pg, err));
    DRP_TRY(rc, check_tables(pg, err));
    if (alone)
        DRP_TRY(rc, check_idle(pg, err));
    *self = pg;
    pg = NULL;
out:
    drp_pg_free(pg);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct viewing {
    struct drp_arena *arena;
    struct drp_overview *out;
};

static int read_counts(struct drp_pg *pg, struct drp_overview *out, struct drp_err *err)
{
    struct drp_pg_rows *rows = NULL;
    int rc = 0;
    DRP_TRY(rc,
            drp_pg_query(
                pg,
                "SELECT (SELECT count(*) FROM calls), count(*),"
                " coalesce(sum(coalesce(octet_length(text), octet_length(bytes))), 0)"
                "::bigint, (SELECT count(*) FROM (SELECT 1 FROM " REFS
                " GROUP BY body HAVING count(*) > 1) AS shared),"
                " (SELECT count(DISTINCT subject) FROM call_subject WHERE call > 0),"
                " (SELECT coalesce(min(created_ms), 0) FROM calls),"
                " (SELECT coalesce(max(created_ms), 0) FROM calls), " SIZE " FROM bodies",
                NULL, 0, &rows, err));
    out->calls = (uint64_t)drp_pg_get_int(rows, 0, 0);
    out->bodies = (uint64_t)drp_pg_get_int(rows, 0, 1);
    out->body_bytes = (uint64_t)drp_pg_get_int(rows, 0, 2);
    out->shared_bodies = (uint64_t)drp_pg_get_int(rows, 0, 3);
    out->subjects = (uint64_t)drp_pg_get_int(rows, 0, 4);
    out->oldest_ms = drp_pg_get_int(rows, 0, 5);
    out->newest_ms = drp_pg_get_int(rows, 0, 6);
    out->disk_bytes = (uint64_t)drp_pg_get_int(rows, 0, 7);
out:
    drp_pg_rows_free(rows);
    return rc;
}

static int read_overview(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    const struct viewing *v = ctx;
    struct drp_pg_rows *rows = NULL;
    int rc = 0;
    DRP_TRY(rc, read_counts(pg, v->out, err));
    DRP_TRY(rc, drp_pg_query(pg,
                             "SELECT m.name, m.build, count(*), sum(c.prompt_tokens)::bigint,"
                             " sum(c.cached_tokens)::bigint, sum(c.answer_tokens)::bigint,"
                             " sum(c.reasoning_tokens)::bigint FROM calls c JOIN models m"
                             " ON m.id = c.model GROUP BY m.id"
                             " ORDER BY count(*) DESC, m.id",
                             NULL, 0, &rows, err));
    const size_t n = drp_pg_n_rows(rows);
    struct drp_model_tally *models = drp_arena_new(v->arena, struct drp_model_tally, n);
    for (size_t i = 0; i < n; i++)
        models[i] = (struct drp_model_tally){
            .name = drp_arena_sv(v->arena, drp_pg_get(rows, i, 0)),
            .build = drp_arena_sv(v->arena, drp_pg_get(rows, i, 1)),
            .calls = (uint64_t)drp_pg_get_int(rows, i, 2),
            .prompt_tokens = (uint64_t)drp_pg_get_int(rows, i, 3),
            .cached_tokens = (uint64_t)drp_pg_get_int(rows, i, 4),
            .answer_tokens = (uint64_t)drp_pg_get_int(rows, i, 5),
            .reasoning_tokens = (uint64_t)drp_pg_get_int(rows, i, 6),
        };
    v->out->models = models;
    v->out->n_models = n;
out:
    drp_pg_rows_free(rows);
    return rc;
}

static int overview(void *self, struct drp_arena *arena, struct drp_overview *out,
                    struct drp_err *err)
{
    struct viewing v = {arena, out};
    return drp_pg_run(self, read_overview, &v, err);
}

/* ---- calls -------------------------------------------------------------------------------- */

#define CALLS                                                                             \
    "SELECT c.id, c.key, c.created_ms, m.name, m.build, c.strict, c.messages::text,"      \
    " c.grammar, c.json_schema, c.answer, c.reasoning, c.repeat, c.temperature, c.top_p," \
    " c.repeat_penalty, c.repeat_last_n, c.seed, c.max_tokens, c.think_budget, c.stop,"   \
    " c.finish, c.prompt_tokens, c.cached_tokens, c.answer_tokens, c.reasoning_tokens,"   \
    " c.wait_ms, c.run_ms, m.fingerprint FROM calls c JOIN models m ON m.id = c.model"

static const char page_sql[] =
    CALLS " WHERE c.id > $1"
          " AND ($2 = 0 OR c.id IN (SELECT call FROM call_subject WHERE subject = $3))"
          " ORDER BY c.id LIMIT $4";

static const char next_sql[] = CALLS " WHERE c.key > $1 ORDER BY c.key LIMIT 1";

enum page_column { MESSAGES = 6, GRAMMAR, SCHEMA, ANSWER, REASONING, FIRST_PLAIN };

/* Calls side by side, and the texts that they name. */
struct page {
    struct drp_pg *pg;
    struct drp_pg_rows *calls, *bodies; /* bodies by id */
    struct drp_arena arena;
};

static void page_release(struct page *p)
{
    drp_pg_rows_free(p->calls);
    drp_pg_rows_free(p->bodies);
    drp_arena_release(&p->arena);
    p->calls = p->bodies = NULL;
}

/* One statement, done again when the connection breaks. */
struct asking {
    const char *sql;
    const struct drp_pg_arg *args;
    size_t n;
    struct drp_pg_rows *rows;
};

static int ask_once(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    struct asking *a = ctx;
    return drp_pg_query(pg, a->sql, a->args, a->n, &a->rows, err);
}

static int fetch_bodies(struct page *p, struct drp_err *err)
{
    struct drp_pg_column ids;
    int rc = 0;
    drp_pg_column_init(&ids, DRP_PG_INT);
    for (size_t i = 0; i < drp_pg_n_rows(p->calls); i++) {
        struct drp_kept_ref *refs = NULL;
        size_t n = 0;
        DRP_TRY(rc, drp_kept_refs(drp_pg_get(p->calls, i, MESSAGES), drp_pg_name(p->pg),
                                  &p->arena, &refs, &n, err));
        for (size_t k = 0; k < n; k++)
            drp_pg_column_int(&ids, refs[k].body);
        for (int column = GRAMMAR; column <= REASONING; column++)
            drp_pg_column_int(&ids, drp_pg_get_int(p->calls, i, column));
    }
    const struct drp_pg_arg arg = drp_pg_column_arg(&ids);
    struct asking a = {"SELECT id, text, bytes FROM bodies WHERE id = ANY ($1) ORDER BY id",
                       &arg, 1, NULL};
    DRP_TRY(rc, drp_pg_run(p->pg, ask_once, &a, err));
    p->bodies = a.rows;
out:
    drp_pg_column_release(&ids);
    return rc;
}

static int fetch_page(struct page *p, int64_t after, const uint64_t *subject,
                      struct drp_err *err)
{
    const struct drp_pg_arg args[] = {drp_pg_int(after), drp_pg_int(subject != NULL),
                                      drp_pg_int(subject ? drp_subject_column(*subject) : 0),
                                      drp_pg_int(PAGE_CALLS)};
    struct asking a = {page_sql, args, DRP_LEN(args), NULL};
    int rc = 0;
    DRP_TRY(rc, drp_pg_run(p->pg, ask_once, &a, err));
    p->calls = a.rows;
    DRP_TRY(rc, fetch_bodies(p, err));
out:
    return rc;
}

/* 0 stands for no text. */
static int get_body(const struct page *p, int64_t id, struct drp_sv *out,
                    struct drp_err *err)
{
    *out = (struct drp_sv){NULL, 0};
    if (id == 0)
        return 0;
    for (size_t low = 0, high = drp_pg_n_rows(p->bodies); low < high;) {
        const size_t mid = low + (high - low) / 2;
        const int64_t at = drp_pg_get_int(p->bodies, mid, 0);
        if (at == id) {
            *out = drp_pg_get(p->bodies, mid, 1);
            if (!out->ptr)
                *out = drp_pg_get(p->bodies, mid, 2);
            return 0;
        }
        if (at < id)
            low = mid + 1;
        else
            high = mid;
    }
    return drp_fail(err, DRP_EDB, "text %lld is missing in journal '%s'", (long long)id,
                    drp_pg_name(p->pg));
}

static void read_plain(const struct page *p, size_t row, struct drp_kept_call *c)
{
    const struct drp_pg_rows *r = p->calls;
    const struct drp_sv key = drp_pg_get(r, row, 1);
    int i = FIRST_PLAIN;
    memcpy(c->key.bytes, key.ptr, DRP_MIN(key.len, sizeof c->key.bytes));
    c->created_ms = drp_pg_get_int(r, row, 2);
    c->model = drp_pg_get(r, row, 3);
    c->build = drp_pg_get(r, row, 4);
    c->strict = drp_pg_get_int(r, row, 5) != 0;
    c->repeat = (uint32_t)drp_pg_get_int(r, row, i++);
    c->sampling.temperature = drp_pg_read_double(drp_pg_get(r, row, i++));
    c->sampling.top_p = drp_pg_read_double(drp_pg_get(r, row, i++));
    c->sampling.repeat_penalty = drp_pg_read_double(drp_pg_get(r, row, i++));
    c->sampling.repeat_last_n = (uint32_t)drp_pg_get_int(r, row, i++);
    c->sampling.seed = (uint64_t)drp_pg_get_int(r, row, i++);
    c->sampling.max_tokens = (uint32_t)drp_pg_get_int(r, row, i++);
    c->sampling.think_budget = (uint32_t)drp_pg_get_int(r, row, i++);
    c->stop = drp_pg_get(r, row, i++);
    c->finish = drp_pg_get(r, row, i++);
    c->usage.prompt_tokens = (uint32_t)drp_pg_get_int(r, row, i++);
    c->usage.cached_tokens = (uint32_t)drp_pg_get_int(r, row, i++);
    c->usage.answer_tokens = (uint32_t)drp_pg_get_int(r, row, i++);
    c->usage.reasoning_tokens = (uint32_t)drp_pg_get_int(r, row, i++);
    c->usage.wait_ms = drp_pg_get_int(r, row, i++);
    c->usage.run_ms = drp_pg_get_int(r, row, i++);
    c->fingerprint = drp_pg_get(r, row, i);
}

static int read_call(struct page *p, size_t row, struct drp_kept_call *c,
                     struct drp_err *err)
{
    struct drp_sv *const texts[] = {&c->grammar, &c->json_schema, &c->answer,
                                    &c->reasoning};
    struct drp_kept_ref *refs = NULL;
    int rc = 0;
    *c = (struct drp_kept_call){0};
    read_plain(p, row, c);
    DRP_TRY(rc, drp_kept_refs(drp_pg_get(p->calls, row, MESSAGES), drp_pg_name(p->pg),
                              &p->arena, &refs, &c->n_turns, err));
    struct drp_kept_turn *turns =
        drp_arena_new(&p->arena, struct drp_kept_turn, c->n_turns);
    for (size_t i = 0; i < c->n_turns; i++) {
        turns[i].role = refs[i].role;
        DRP_TRY(rc, get_body(p, refs[i].body, &turns[i].text, err));
    }
    c->turns = turns;
    for (size_t i = 0; i < DRP_LEN(texts); i++)
        DRP_TRY(rc, get_body(p, drp_pg_get_int(p->calls, row, GRAMMAR + (int)i), texts[i],
                             err));
out:
    return rc;
}

static int each(void *self, const uint64_t *subject, const struct drp_call_reader *reader,
                struct drp_err *err)
{
    struct page p = {.pg = self};
    struct drp_kept_call call;
    int64_t after = 0;
    size_t n;
    int rc = 0;
    do {
        DRP_TRY(rc, fetch_page(&p, after, subject, err));
        n = drp_pg_n_rows(p.calls);
        for (size_t i = 0; i < n; i++) {
            DRP_TRY(rc, read_call(&p, i, &call, err));
            DRP_TRY(rc, reader->on_call(reader->ctx, &call, err));
            after = drp_pg_get_int(p.calls, i, 0);
        }
        page_release(&p);
    } while (n == PAGE_CALLS);
out:
    page_release(&p);
    return rc;
}

static int next(void *self, const struct drp_sha256 *after,
                const struct drp_call_reader *reader, struct drp_err *err)
{
    const struct drp_sv key =
        after ? (struct drp_sv){(const char *)after->bytes, sizeof after->bytes}
              : DRP_SV("");
    const struct drp_pg_arg arg = drp_pg_bytes(key);
    struct page p = {.pg = self};
    struct asking a = {next_sql, &arg, 1, NULL};
    struct drp_kept_call call;
    int rc = 0;
    DRP_TRY(rc, drp_pg_run(p.pg, ask_once, &a, err));
    p.calls = a.rows;
    if (drp_pg_n_rows(p.calls) == 0)
        DRP_TRY(rc, drp_fail(err, DRP_ENOTFOUND, "no further call in journal '%s'",
                             drp_pg_name(p.pg)));
    DRP_TRY(rc, fetch_bodies(&p, err));
    DRP_TRY(rc, read_call(&p, 0, &call, err));
    DRP_TRY(rc, reader->on_call(reader->ctx, &call, err));
out:
    page_release(&p);
    return rc;
}

/* ---- changing ----------------------------------------------------------------------------- */

static int knows(void *self, uint64_t subject, bool *out, struct drp_err *err)
{
    const struct drp_pg_arg arg = drp_pg_int(drp_subject_column(subject));
    struct asking a = {"SELECT 1 FROM call_subject WHERE subject = $1 LIMIT 1", &arg, 1,
                       NULL};
    const int rc = drp_pg_run(self, ask_once, &a, err);
    *out = rc == 0 && drp_pg_n_rows(a.rows) > 0;
    drp_pg_rows_free(a.rows);
    return rc;
}

struct forgetting {
    uint64_t subject;
    const struct drp_quotes *quotes;
    struct drp_erased erased;
};

/* The numbers of the texts of one page that quote, into `found`; `*after` becomes the last number looked at. */
static int find_in_page(struct drp_pg *pg, const struct drp_quotes *quotes,
                        int64_t *after, struct drp_pg_column *found, struct drp_err *err)
{
    const struct drp_pg_arg args[] = {drp_pg_int(*after), drp_pg_int(PAGE_BODIES)};
    struct drp_pg_rows *rows = NULL;
    const int rc = drp_pg_query(
        pg, "SELECT id, text, bytes FROM bodies WHERE id > $1 ORDER BY id LIMIT $2", args,
        2, &rows, err);
    *after = -1;
    for (size_t i = 0; rc == 0 && i < drp_pg_n_rows(rows); i++) {
        *after = drp_pg_get_int(rows, i, 0);
        if (drp_quotes_found(quotes, drp_pg_get(rows, i, 1)) ||
            drp_quotes_found(quotes, drp_pg_get(rows, i, 2)))
            drp_pg_column_int(found, *after);
    }
    drp_pg_rows_free(rows);
    return rc;
}

/* Runs a statement that gives how many rows it changed. */
static int change(struct drp_pg *pg, const char *sql, const struct drp_pg_arg *arg,
                  uint64_t *n, struct drp_err *err)
{
    int64_t changed = 0;
    const int rc = get_int(pg, sql, arg, &changed, err);
    *n += (uint64_t)changed;
    return rc;
}

#define COUNTED(statement) "WITH d AS (" statement " RETURNING 1) SELECT count(*) FROM d"

static int doom_quoting(struct drp_pg *pg, struct forgetting *f, struct drp_err *err)
{
    struct drp_pg_column found;
    int64_t after = 0;
    int rc = 0;
    drp_pg_column_init(&found, DRP_PG_INT);
    while (after >= 0)
        DRP_TRY(rc, find_in_page(pg, f->quotes, &after, &found, err));
    const struct drp_pg_arg arg = drp_pg_column_arg(&found);
    DRP_TRY(rc, change(pg,
                       COUNTED("INSERT INTO doomed SELECT DISTINCT call FROM " REFS
                               " WHERE body = ANY ($1) ON CONFLICT DO NOTHING"),
                       &arg, &f->erased.quoting, err));
out:
    drp_pg_column_release(&found);
    return rc;
}

static const char orphans_sql[] =
    COUNTED("DELETE FROM bodies WHERE id NOT IN (SELECT body FROM " REFS ")");

static const char lock_sql[] = "LOCK TABLE bodies IN SHARE ROW EXCLUSIVE MODE";

static int forget_work(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    struct forgetting *f = ctx;
    const struct drp_pg_arg subject = drp_pg_int(drp_subject_column(f->subject));
    int rc = 0;
    f->erased = (struct drp_erased){0};
    DRP_TRY(rc, drp_pg_exec(pg, lock_sql, err));
    DRP_TRY(rc, drp_pg_exec(pg,
                            "CREATE TEMP TABLE doomed (id bigint PRIMARY KEY)"
                            " ON COMMIT DROP",
                            err));
    DRP_TRY(rc, change(pg,
                       COUNTED("INSERT INTO doomed SELECT call FROM call_subject"
                               " WHERE subject = $1 AND call > 0"),
                       &subject, &f->erased.calls, err));
    DRP_TRY(rc, doom_quoting(pg, f, err));
    DRP_TRY(rc, drp_pg_query(pg,
                             "INSERT INTO call_subject VALUES ($1, 0)"
                             " ON CONFLICT DO NOTHING",
                             &subject, 1, NULL, err));
    DRP_TRY(rc, drp_pg_exec(pg,
                            "DELETE FROM call_subject WHERE call IN (SELECT id FROM doomed);"
                            "DELETE FROM calls WHERE id IN (SELECT id FROM doomed)",
                            err));
    DRP_TRY(rc, change(pg, orphans_sql, NULL, &f->erased.bodies, err));
out:
    return rc;
}

static int forget(void *self, uint64_t subject, const struct drp_quotes *quotes,
                  struct drp_erased *out, struct drp_err *err)
{
    struct forgetting f = {subject, quotes, {0}};
    const int rc = drp_pg_transact(self, forget_work, &f, err);
    if (rc == 0) {
        out->calls += f.erased.calls;
        out->quoting += f.erased.quoting;
        out->bodies += f.erased.bodies;
    }
    return rc;
}

static int orphans_work(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    int rc = 0;
    *(uint64_t *)ctx = 0;
    DRP_TRY(rc, drp_pg_exec(pg, lock_sql, err));
    DRP_TRY(rc, change(pg, orphans_sql, NULL, ctx, err));
out:
    return rc;
}

static int vacuum(void *self, struct drp_erased *out, struct drp_err *err)
{
    static const char *const rewrites[] = {"VACUUM FULL bodies", "VACUUM FULL calls",
                                           "VACUUM FULL call_subject"};
    struct drp_pg *pg = self;
    uint64_t orphans = 0;
    int64_t bytes = 0;
    int rc = 0;
    DRP_TRY(rc, get_int(pg, "SELECT " SIZE, NULL, &bytes, err));
    out->bytes_before += (uint64_t)bytes;
    DRP_TRY(rc, drp_pg_transact(pg, orphans_work, &orphans, err));
    out->bodies += orphans;
    for (size_t i = 0; i < DRP_LEN(rewrites); i++)
        DRP_TRY(rc, drp_pg_exec(pg, rewrites[i], err));
    DRP_TRY(rc, drp_pg_exec(pg, "DELETE FROM call_subject WHERE call = 0", err));
    DRP_TRY(rc, drp_pg_exec(pg, "VACUUM FULL call_subject", err));
    DRP_TRY(rc, get_int(pg, "SELECT " SIZE, NULL, &bytes, err));
    out->bytes_after += (uint64_t)bytes;
out:
    return rc;
}

const struct drp_keeper drp_keeper_postgres = {
    .open = open_keeper,
    .close = close_keeper,
    .overview = overview,
    .each = each,
    .next = next,
    .knows = knows,
    .forget = forget,
    .vacuum = vacuum,
};
