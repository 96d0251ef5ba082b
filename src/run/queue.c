/* All times are the server's, so that clocks of machines need not agree. A process holds its claims through its row in
 * `workers`; whoever finds that row's lease ended may take them. Each statement may be done twice without harm, since
 * an answer can be lost after the server has done it: a claim of ours that we do not know of is claimed again. */
#include "run/queue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"
#include "base/vec.h"
#include "io/pg.h"

#include "base/banned.h"

enum { STATE_WAITS, STATE_CLAIMED, STATE_DONE, STATE_FAILED };
enum { FILL_ROWS = 10000, IDLE_MS = 500, LONGEST_BEAT_MS = 10000, N_STATS = 7 };

static const struct drp_pg_schema schema = {
    "queue", 1,
    "CREATE TABLE runs ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
    " name text NOT NULL UNIQUE,"
    " dataset text NOT NULL,"
    " fixed text NOT NULL,"
    " shape text NOT NULL,"
    " options text NOT NULL,"
    " revision bigint NOT NULL DEFAULT 1," /* counts changes of shape */
    " created timestamptz NOT NULL DEFAULT now());"
    "CREATE TABLE workers ("
    " id text PRIMARY KEY," /* host/process/start */
    " run bigint NOT NULL,"
    " lease_until timestamptz NOT NULL,"
    " seen timestamptz NOT NULL,"
    " calls bigint NOT NULL,"
    " from_journal bigint NOT NULL,"
    " shared bigint NOT NULL,"
    " failed bigint NOT NULL,"
    " prompt_tokens bigint NOT NULL,"
    " cached_tokens bigint NOT NULL,"
    " answer_tokens bigint NOT NULL);"
    "CREATE TABLE samples ("
    " run bigint NOT NULL,"
    " sample bigint NOT NULL,"          /* its row in the split */
    " state bigint NOT NULL DEFAULT 0," /* 0 waits, 1 claimed, 2 done, 3 failed */
    " worker text,"
    " predictions text,"
    " features text,"
    " differences text,"
    " account text,"
    " error text,"
    " PRIMARY KEY (run, sample));"
    "CREATE INDEX samples_open ON samples (run, sample) WHERE state < 2;"
    "CREATE INDEX samples_failed ON samples (run) WHERE state = 3"};

struct drp_queue {
    struct drp_mutex mutex; /* guards all but what is const after joining */
    struct drp_pg *pg;
    char worker[128];
    int64_t lease_s, run, revision, joined_us;
    int64_t idle_until_ms; /* nothing was to be had; not asked again before */
    int64_t next_beat_ms;
    struct drp_intern words;
    DRP_VEC(int64_t) held; /* rows claimed and not ended */
};

/* ---- a statement -------------------------------------------------------------------------- */

/* One statement, done again when the connection breaks. */
struct statement {
    const char *sql;
    const struct drp_pg_arg *args;
    size_t n;
    struct drp_pg_rows *rows;
};

static int execute(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    struct statement *s = ctx;
    return drp_pg_query(pg, s->sql, s->args, s->n, &s->rows, err);
}

/* Call with the mutex held. The rows are the caller's. */
static int ask(struct drp_queue *q, struct statement *s, struct drp_err *err)
{
    return drp_pg_run(q->pg, execute, s, err);
}

/* One without an answer that matters. Takes the mutex. */
static int tell(struct drp_queue *q, const char *sql, const struct drp_pg_arg *args,
                size_t n, struct drp_err *err)
{
    struct statement s = {sql, args, n, NULL};
    drp_mutex_lock(&q->mutex);
    const int rc = ask(q, &s, err);
    drp_pg_rows_free(s.rows);
    drp_mutex_unlock(&q->mutex);
    return rc;
}

/* ---- opening and closing ------------------------------------------------------------------ */

static void name_worker(struct drp_queue *q)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    struct drp_str name;
    drp_str_init(&name, sizeof q->worker - 1);
    drp_str_addf(&name, "%s/%ld/%lld", host, (long)getpid(),
                 (long long)drp_clock_wall_ms());
    memcpy(q->worker, name.ptr, name.len + 1);
    drp_str_release(&name);
}

int drp_queue_open(const char *url, int64_t lease_s, struct drp_queue **out,
                   struct drp_err *err)
{
    struct drp_queue *q = drp_calloc(1, sizeof *q);
    int rc = 0;
    drp_mutex_init(&q->mutex);
    drp_intern_init(&q->words);
    q->lease_s = lease_s;
    name_worker(q);
    DRP_TRY(rc, drp_pg_open(url, &q->pg, err));
    DRP_TRY(rc, drp_pg_make_schema(q->pg, &schema, err));
    *out = q;
    q = NULL;
out:
    drp_queue_free(q);
    return rc;
}

static struct drp_pg_arg own_name(const struct drp_queue *q)
{
    return drp_pg_text(drp_sv_from(q->worker));
}

/* Not done again when the server is away: the lease ends by itself. */
static void leave(struct drp_queue *q)
{
    const struct drp_pg_arg args[] = {drp_pg_int(q->run), own_name(q)};
    const int rc = drp_pg_query(q->pg,
                                "UPDATE samples SET state = 0, worker = NULL"
                                " WHERE run = $1 AND worker = $2 AND state = 1",
                                args, 2, NULL, NULL);
    const int ended = drp_pg_query(q->pg,
                                   "UPDATE workers SET lease_until = now()"
                                   " WHERE run = $1 AND id = $2",
                                   args, 2, NULL, NULL);
    (void)rc;
    (void)ended;
}

void drp_queue_free(struct drp_queue *q)
{
    if (!q)
        return;
    if (q->run != 0)
        leave(q);
    drp_pg_free(q->pg);
    drp_vec_release(&q->held);
    drp_intern_release(&q->words);
    drp_mutex_release(&q->mutex);
    free(q);
}

/* ---- runs --------------------------------------------------------------------------------- */

static const char find_sql[] =
    "SELECT name, dataset, fixed, shape, options FROM runs WHERE name = $1";

static const char find_open_sql[] =
    "SELECT name, dataset, fixed, shape, options FROM runs r WHERE EXISTS"
    " (SELECT 1 FROM samples s WHERE s.run = r.id AND s.state < 2) ORDER BY id DESC LIMIT 1";

int drp_queue_find(struct drp_queue *q, struct drp_sv name, struct drp_arena *arena,
                   struct drp_queue_run *out, struct drp_err *err)
{
    const struct drp_pg_arg arg = drp_pg_text(name);
    struct statement s = {name.ptr ? find_sql : find_open_sql, &arg, name.ptr != NULL,
                          NULL};
    int rc = 0;
    drp_mutex_lock(&q->mutex);
    DRP_TRY(rc, ask(q, &s, err));
    if (drp_pg_n_rows(s.rows) == 0) {
        rc = name.ptr ? drp_fail(err, DRP_ENOTFOUND, "no run '%.*s' in database '%s'",
                                 DRP_SV_ARG(name), drp_pg_name(q->pg))
                      : drp_fail(err, DRP_ENOTFOUND,
                                 "no run with samples left in database '%s'",
                                 drp_pg_name(q->pg));
        goto out;
    }
    struct drp_sv *const fields[] = {&out->name, &out->dataset, &out->fixed, &out->shape,
                                     &out->options};
    for (size_t i = 0; i < DRP_LEN(fields); i++)
        *fields[i] = drp_arena_sv(arena, drp_pg_get(s.rows, 0, (int)i));
out:
    drp_pg_rows_free(s.rows);
    drp_mutex_unlock(&q->mutex);
    return rc;
}

/* The lines of a sample are those of all methods and cells: when there are more of these, each sample is due again.
 * The journal has its answers. */
static const char reset_sql[] =
    "UPDATE samples SET state = 0, worker = NULL, predictions = NULL, features = NULL,"
    " differences = NULL, account = NULL, error = NULL"
    " WHERE run = (SELECT id FROM runs WHERE name = $1 AND shape <> $2 FOR UPDATE)";

static const char announce_sql[] =
    "INSERT INTO runs (name, dataset, fixed, shape, options) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (name) DO UPDATE SET dataset = excluded.dataset, fixed = excluded.fixed,"
    " options = excluded.options, shape = excluded.shape,"
    " revision = runs.revision + (runs.shape <> excluded.shape)::int";

static int announce(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    const struct drp_queue_run *run = ctx;
    const struct drp_pg_arg args[] = {drp_pg_text(run->name), drp_pg_text(run->dataset),
                                      drp_pg_text(run->fixed), drp_pg_text(run->shape),
                                      drp_pg_text(run->options)};
    const struct drp_pg_arg two[] = {args[0], args[3]};
    int rc = 0;
    DRP_TRY(rc, drp_pg_query(pg, reset_sql, two, 2, NULL, err));
    DRP_TRY(rc, drp_pg_query(pg, announce_sql, args, DRP_LEN(args), NULL, err));
out:
    return rc;
}

int drp_queue_announce(struct drp_queue *q, const struct drp_queue_run *run,
                       struct drp_err *err)
{
    struct drp_queue_run copy = *run;
    drp_mutex_lock(&q->mutex);
    const int rc = drp_pg_transact(q->pg, announce, &copy, err);
    drp_mutex_unlock(&q->mutex);
    return rc;
}

static const char join_sql[] =
    "SELECT id, revision, (extract(epoch FROM now()) * 1000000)::bigint FROM runs"
    " WHERE name = $1";

static int look_at_run(struct drp_queue *q, struct drp_sv name, struct drp_err *err)
{
    const struct drp_pg_arg arg = drp_pg_text(name);
    struct statement s = {join_sql, &arg, 1, NULL};
    int rc = 0;
    drp_mutex_lock(&q->mutex);
    DRP_TRY(rc, ask(q, &s, err));
    if (drp_pg_n_rows(s.rows) == 0) {
        rc = drp_fail(err, DRP_ENOTFOUND, "no run '%.*s' in database '%s'",
                      DRP_SV_ARG(name), drp_pg_name(q->pg));
        goto out;
    }
    q->run = drp_pg_get_int(s.rows, 0, 0);
    q->revision = drp_pg_get_int(s.rows, 0, 1);
    q->joined_us = drp_pg_get_int(s.rows, 0, 2);
out:
    drp_pg_rows_free(s.rows);
    drp_mutex_unlock(&q->mutex);
    return rc;
}

int drp_queue_join(struct drp_queue *q, struct drp_sv name, struct drp_err *err)
{
    const struct drp_model_stats none = {0};
    const int rc = look_at_run(q, name, err);
    return rc < 0 ? rc : drp_queue_beat(q, &none, true, true, err);
}

int drp_queue_fill(struct drp_queue *q, const size_t *rows, size_t n, struct drp_err *err)
{
    struct drp_pg_arg args[] = {drp_pg_int(q->run), drp_pg_int(0)};
    int rc = tell(q,
                  "UPDATE samples SET state = 0, worker = NULL, error = NULL"
                  " WHERE run = $1 AND state = 3",
                  args, 1, err);
    for (size_t begin = 0; begin < n && rc == 0; begin += FILL_ROWS) {
        struct drp_pg_column column;
        drp_pg_column_init(&column, DRP_PG_INT);
        for (size_t i = begin; i < DRP_MIN(begin + FILL_ROWS, n); i++)
            drp_pg_column_int(&column, (int64_t)rows[i]);
        args[1] = drp_pg_column_arg(&column);
        rc = tell(q,
                  "INSERT INTO samples (run, sample) SELECT $1, sample FROM unnest($2) AS"
                  " t (sample) ON CONFLICT DO NOTHING",
                  args, 2, err);
        drp_pg_column_release(&column);
    }
    return rc;
}

/* ---- claims ------------------------------------------------------------------------------- */

/* The lease is looked up in a subquery of its own, not joined: when another process claimed the row a moment before,
 * the server checks the condition again with the new row, but with the old partner of a join. */
static const char claim_sql[] =
    "UPDATE samples SET state = 1, worker = $2 WHERE run = $1 AND sample ="
    " (SELECT s.sample FROM samples s"
    "  WHERE s.run = $1 AND s.state < 2 AND s.sample <> ALL ($4)"
    "  AND (s.state = 0 OR s.worker = $2 OR coalesce("
    "   (SELECT w.lease_until < now() FROM workers w WHERE w.id = s.worker), true))"
    "  AND $3 = (SELECT revision FROM runs WHERE id = $1)"
    "  ORDER BY s.sample LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING sample";

static int try_claim(struct drp_queue *q, int64_t *row, bool *found, struct drp_err *err)
{
    struct drp_pg_column held;
    drp_pg_column_init(&held, DRP_PG_INT);
    for (size_t i = 0; i < q->held.n; i++)
        drp_pg_column_int(&held, q->held.at[i]);
    const struct drp_pg_arg args[] = {drp_pg_int(q->run), own_name(q),
                                      drp_pg_int(q->revision), drp_pg_column_arg(&held)};
    struct statement s = {claim_sql, args, DRP_LEN(args), NULL};
    const int rc = ask(q, &s, err);
    *found = rc == 0 && drp_pg_n_rows(s.rows) > 0;
    if (*found)
        *row = drp_pg_get_int(s.rows, 0, 0);
    drp_pg_rows_free(s.rows);
    drp_pg_column_release(&held);
    return rc;
}

static int count_left(struct drp_queue *q, bool *any, struct drp_err *err)
{
    const struct drp_pg_arg arg = drp_pg_int(q->run);
    struct statement s = {"SELECT 1 FROM samples WHERE run = $1 AND state < 2 LIMIT 1",
                          &arg, 1, NULL};
    const int rc = ask(q, &s, err);
    *any = rc == 0 && drp_pg_n_rows(s.rows) > 0;
    drp_pg_rows_free(s.rows);
    return rc;
}

int drp_queue_claim(struct drp_queue *q, size_t *row, enum drp_queue_claim *out,
                    struct drp_err *err)
{
    int64_t claimed = 0;
    bool found = false, any_left = true;
    int rc = 0;
    *out = DRP_QUEUE_WAIT;
    drp_mutex_lock(&q->mutex);
    if (drp_clock_ms() < q->idle_until_ms)
        goto out;
    DRP_TRY(rc, try_claim(q, &claimed, &found, err));
    if (found) {
        drp_vec_add(&q->held, claimed);
        *row = (size_t)claimed;
        *out = DRP_QUEUE_CLAIMED;
        goto out;
    }
    DRP_TRY(rc, count_left(q, &any_left, err));
    *out = any_left ? DRP_QUEUE_WAIT : DRP_QUEUE_DONE;
    if (any_left)
        q->idle_until_ms = drp_clock_ms() + IDLE_MS;
out:
    drp_mutex_unlock(&q->mutex);
    return rc;
}

static void forget(struct drp_queue *q, size_t row)
{
    drp_mutex_lock(&q->mutex);
    for (size_t i = 0; i < q->held.n; i++)
        if (q->held.at[i] == (int64_t)row) {
            q->held.at[i] = q->held.at[--q->held.n];
            break;
        }
    drp_mutex_unlock(&q->mutex);
}

int drp_queue_finish(struct drp_queue *q, size_t row, const struct drp_sample_lines *lines,
                     struct drp_sv account, struct drp_err *err)
{
    const struct drp_pg_arg args[] = {
        drp_pg_int(q->run),
        drp_pg_int((int64_t)row),
        drp_pg_int(q->revision),
        drp_pg_text(drp_str_sv(&lines->at[DRP_PREDICTIONS])),
        drp_pg_text(drp_str_sv(&lines->at[DRP_FEATURES])),
        drp_pg_text(drp_str_sv(&lines->at[DRP_DIFFERENCES])),
        drp_pg_text(account),
    };
    const int rc = tell(q,
                        "UPDATE samples SET state = 2, predictions = $4, features = $5,"
                        " differences = $6, account = $7, error = NULL WHERE run = $1"
                        " AND sample = $2 AND state < 2"
                        " AND $3 = (SELECT revision FROM runs WHERE id = $1)",
                        args, DRP_LEN(args), err);
    forget(q, row);
    return rc;
}

int drp_queue_give_up(struct drp_queue *q, size_t row, struct drp_sv error,
                      struct drp_err *err)
{
    const struct drp_pg_arg args[] = {drp_pg_int(q->run), drp_pg_int((int64_t)row),
                                      own_name(q), drp_pg_text(error)};
    const int rc = tell(q,
                        "UPDATE samples SET state = CASE WHEN $4 IS NULL THEN 0 ELSE 3 END,"
                        " worker = NULL, error = $4"
                        " WHERE run = $1 AND sample = $2 AND worker = $3 AND state = 1",
                        args, DRP_LEN(args), err);
    forget(q, row);
    return rc;
}

/* ---- heartbeat ---------------------------------------------------------------------------- */

static const char beat_sql[] =
    "INSERT INTO workers VALUES ($1, $2, now() + $3 * interval '1 second', now(),"
    " $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET"
    " lease_until = excluded.lease_until, seen = excluded.seen, calls = excluded.calls,"
    " from_journal = excluded.from_journal, shared = excluded.shared,"
    " failed = excluded.failed, prompt_tokens = excluded.prompt_tokens,"
    " cached_tokens = excluded.cached_tokens, answer_tokens = excluded.answer_tokens";

static int beat(struct drp_queue *q, const struct drp_model_stats *t, struct drp_err *err)
{
    const struct drp_pg_arg args[] = {
        own_name(q),
        drp_pg_int(q->run),
        drp_pg_int(q->lease_s),
        drp_pg_int((int64_t)t->calls),
        drp_pg_int((int64_t)t->from_journal),
        drp_pg_int((int64_t)t->shared),
        drp_pg_int((int64_t)t->failed),
        drp_pg_int((int64_t)t->prompt_tokens),
        drp_pg_int((int64_t)t->cached_tokens),
        drp_pg_int((int64_t)t->answer_tokens),
    };
    return tell(q, beat_sql, args, DRP_LEN(args), err);
}

static const char look_sql[] =
    "SELECT (SELECT revision FROM runs WHERE id = $1),"
    " (SELECT error FROM samples WHERE run = $1 AND state = 3 LIMIT 1)";

/* Has the run changed, or failed elsewhere? */
static int look_around(struct drp_queue *q, bool keep_going, struct drp_err *err)
{
    const struct drp_pg_arg arg = drp_pg_int(q->run);
    struct statement s = {look_sql, &arg, 1, NULL};
    int rc = 0;
    drp_mutex_lock(&q->mutex);
    DRP_TRY(rc, ask(q, &s, err));
    const struct drp_sv error = drp_pg_get(s.rows, 0, 1);
    if (drp_pg_get_int(s.rows, 0, 0) != q->revision)
        rc = drp_fail(
            err, DRP_EEXISTS,
            "the run was given again with other methods or cells: start this worker again");
    else if (error.ptr && !keep_going)
        rc = drp_fail(err, DRP_EENGINE, "%.*s", DRP_SV_ARG(error));
out:
    drp_pg_rows_free(s.rows);
    drp_mutex_unlock(&q->mutex);
    return rc;
}

int drp_queue_beat(struct drp_queue *q, const struct drp_model_stats *stats, bool now,
                   bool keep_going, struct drp_err *err)
{
    int rc = 0;
    if (!now && drp_clock_ms() < q->next_beat_ms)
        return 0;
    q->next_beat_ms =
        drp_clock_ms() + DRP_MIN(q->lease_s * 1000 / 3, (int64_t)LONGEST_BEAT_MS);
    DRP_TRY(rc, beat(q, stats, err));
    DRP_TRY(rc, look_around(q, keep_going, err));
out:
    return rc;
}

/* ---- results ------------------------------------------------------------------------------ */

static const char collect_sql[] =
    "SELECT sample, state, predictions, features, differences, account, error FROM samples"
    " WHERE run = $1 AND sample = ANY ($2) AND state >= 2 AND ($3 = 1 OR sample <"
    " coalesce((SELECT min(sample) FROM samples WHERE run = $1 AND state < 2),"
    " 9223372036854775807)) ORDER BY sample";

static void report(const struct drp_pg_rows *rows, const struct drp_queue_reader *reader)
{
    for (size_t i = 0; i < drp_pg_n_rows(rows); i++) {
        struct drp_queue_result r = {
            .row = (size_t)drp_pg_get_int(rows, i, 0),
            .is_done = drp_pg_get_int(rows, i, 1) == STATE_DONE,
            .account = drp_pg_get(rows, i, 5),
            .error = drp_pg_get(rows, i, 6),
        };
        for (int f = 0; f < DRP_N_RUN_FILES; f++)
            r.lines[f] = drp_pg_get(rows, i, 2 + f);
        reader->on_result(reader->ctx, &r);
    }
}

int drp_queue_collect(struct drp_queue *q, const size_t *rows, size_t n, bool all,
                      const struct drp_queue_reader *reader, struct drp_err *err)
{
    struct drp_pg_column wanted;
    drp_pg_column_init(&wanted, DRP_PG_INT);
    for (size_t i = 0; i < n; i++)
        drp_pg_column_int(&wanted, (int64_t)rows[i]);
    const struct drp_pg_arg args[] = {drp_pg_int(q->run), drp_pg_column_arg(&wanted),
                                      drp_pg_int(all)};
    struct statement s = {collect_sql, args, DRP_LEN(args), NULL};
    drp_mutex_lock(&q->mutex);
    const int rc = ask(q, &s, err);
    drp_mutex_unlock(&q->mutex);
    if (rc == 0)
        report(s.rows, reader);
    drp_pg_rows_free(s.rows);
    drp_pg_column_release(&wanted);
    return rc;
}

struct drp_intern *drp_queue_words(struct drp_queue *q)
{
    return &q->words;
}

static const char stats_sql[] =
    "SELECT sum(calls)::bigint, sum(from_journal)::bigint, sum(shared)::bigint,"
    " sum(failed)::bigint, sum(prompt_tokens)::bigint, sum(cached_tokens)::bigint,"
    " sum(answer_tokens)::bigint FROM workers WHERE run = $1"
    " AND seen >= to_timestamp($2 / 1000000.0)";

int drp_queue_get_stats(struct drp_queue *q, struct drp_model_stats *out,
                        struct drp_err *err)
{
    const struct drp_pg_arg args[] = {drp_pg_int(q->run), drp_pg_int(q->joined_us)};
    struct statement s = {stats_sql, args, 2, NULL};
    uint64_t *const fields[N_STATS] = {&out->calls,         &out->from_journal,
                                       &out->shared,        &out->failed,
                                       &out->prompt_tokens, &out->cached_tokens,
                                       &out->answer_tokens};
    drp_mutex_lock(&q->mutex);
    const int rc = ask(q, &s, err);
    for (int i = 0; i < N_STATS && rc == 0; i++)
        *fields[i] = (uint64_t)drp_pg_get_int(s.rows, 0, i);
    drp_pg_rows_free(s.rows);
    drp_mutex_unlock(&q->mutex);
    return rc;
}
