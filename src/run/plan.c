#include "run/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "engine/rehearsal.h"
#include "io/pg.h"
#include "run/account_json.h"
#include "run/cells.h"
#include "run/run.h"
#include "run/run_json.h"

#include "base/banned.h"

enum {
    MAX_LOOKED_AT = 200,
    /* Of a journal in SQLite, besides the texts: rows and indices of a call and of a text. */
    CALL_BYTES = 520,
    BODY_BYTES = 130,
    SERVER_CALLS = 8, /* of a probe, side by side: each costs money */
    MAX_PROBED_PROMPT = 512,
};

/* A plan under way. */
struct planning {
    struct drp_options *options;
    struct drp_arena *arena;
    struct drp_plan *plan;
    struct drp_session session;
    struct drp_rehearsal rehearsal;
    struct drp_intern words;    /* of `former` */
    struct drp_account *former; /* of the run in --out */
    struct drp_rows rows;       /* all */
    struct drp_run_result result;
};

/* ---- what is there ------------------------------------------------------------------------ */

/* The journal that the run would go on with, when there is one. */
static int open_journal(struct planning *p, struct drp_err *err)
{
    const struct drp_options *o = p->options;
    struct drp_str path;
    const char *place = o->journal.ptr;
    drp_str_init(&path, 1 << 16);
    if (!place && o->out.ptr)
        place = drp_fs_join(&path, o->out.ptr, "journal.db");
    p->plan->skipped_journal = drp_pg_is_url(o->journal);
    if (place && !p->plan->skipped_journal && drp_fs_kind(place) == DRP_FS_FILE)
        p->plan->journal = drp_arena_sv(p->arena, drp_sv_from(place)).ptr;
    drp_str_release(&path);
    return drp_journal_open_scale(p->plan->journal, &p->session.journal, err);
}

/* What the calls of an earlier run in --out came to. */
static int read_former(struct planning *p, struct drp_err *err)
{
    const struct drp_options *o = p->options;
    struct drp_json *doc = NULL;
    const int rc = o->out.ptr ? drp_run_json_read(o->out.ptr, &doc, err) : 0;
    if (!doc)
        return rc;
    const struct drp_json_val *account = drp_json_get(drp_json_root(doc), "account");
    drp_used_read(drp_json_get(account, "stages"), &p->words, p->former->used);
    for (size_t i = 0; i < DRP_MAX_USED; i++)
        p->plan->learnt |= p->former->used[i].calls > p->former->used[i].kept;
    drp_json_free(doc);
    return rc;
}

static int open_all(struct planning *p, struct drp_err *err)
{
    struct drp_options *o = p->options;
    struct drp_session *s = &p->session;
    struct drp_grid grid;
    int rc = 0;
    DRP_TRY(rc, drp_grid_make(o, p->arena, &grid, err));
    DRP_TRY(rc, drp_session_open_data(s, o->args.at[0].ptr, err));
    DRP_TRY(rc, drp_rows_find(s, &p->rows, err)); /* before models are loaded */
    DRP_TRY(rc, open_journal(p, err));
    DRP_TRY(rc, read_former(p, err));
    DRP_TRY(rc, drp_session_open_models(s, NULL, err));
    DRP_TRY(rc, drp_session_open_selector(s, o->args.at[0].ptr, err));
    if (o->out.ptr)
        DRP_TRY(rc, drp_rundir_join(o->out.ptr, s, o, p->arena, err));
    DRP_TRY(rc, drp_grid_make(o, p->arena, &grid, err));
    free(p->rows.at);
    p->rows = (struct drp_rows){0};
    DRP_TRY(rc, drp_rows_find(s, &p->rows, err));
    if (p->rows.n == 0)
        DRP_TRY(rc, drp_fail(err, DRP_EINPUT, "no row in split '%s'", o->split.ptr));
    p->plan->n_samples = p->rows.n;
    p->plan->n_methods = grid.n_methods;
    p->plan->n_cells = grid.n_cells;
    p->plan->n_workers = drp_run_n_workers(s, p->rows.n);
out:
    return rc;
}

/* ---- rehearsing --------------------------------------------------------------------------- */

/* `n` of the rows at equal distances. **Owns**: caller, free(out.at). */
static struct drp_rows pick_rows(const struct drp_rows *all, size_t n)
{
    const struct drp_rows out = {drp_calloc(n, sizeof *out.at), n};
    for (size_t i = 0; i < n; i++)
        out.at[i] = all->at[i * all->n / n];
    return out;
}

/* One worker asks, so that the same plan comes to the same numbers; nothing that is only reckoned is spent. */
static int rehearse(struct planning *p, const struct drp_cancel *cancel, struct drp_err *err)
{
    struct drp_options *o = p->options;
    const int64_t workers = o->workers;
    const size_t most = o->exact ? SIZE_MAX : MAX_LOOKED_AT;
    const struct drp_rows rows = pick_rows(&p->rows, DRP_MIN(p->rows.n, most));
    p->plan->n_looked_at = rows.n;
    o->workers = 1;
    const int rc = drp_run(&p->session, &rows, NULL, cancel, &p->result, err);
    o->workers = workers;
    free(rows.at);
    return rc;
}

/* ---- what it comes to --------------------------------------------------------------------- */

static uint64_t scaled(const struct planning *p, uint64_t n)
{
    return (uint64_t)llround((double)n * (double)p->plan->n_samples /
                             (double)p->plan->n_looked_at);
}

static void scale_counts(struct planning *p)
{
    struct drp_plan *plan = p->plan;
    memcpy(plan->used, p->result.account.used, sizeof plan->used);
    for (size_t i = 0; i < DRP_MAX_USED && plan->used[i].stage; i++) {
        struct drp_used *u = &plan->used[i];
        u->calls = scaled(p, u->calls);
        u->kept = scaled(p, u->kept);
        u->prompt_tokens = scaled(p, u->prompt_tokens);
        u->cached_tokens = scaled(p, u->cached_tokens);
        u->answer_tokens = scaled(p, u->answer_tokens);
    }
}

static int reckon_disk(struct planning *p, struct drp_err *err)
{
    struct drp_journal_stats held;
    const int rc = drp_journal_get_stats(p->session.journal, &held, err);
    if (rc == 0)
        p->plan->journal_bytes =
            scaled(p, held.calls * CALL_BYTES + held.bodies * BODY_BYTES + held.body_bytes);
    p->plan->file_bytes = scaled(p, p->result.file_bytes);
    return rc;
}

/* What was reckoned stands in the session's budget, which has no limit. */
static void reckon_cost(struct planning *p)
{
    const struct drp_options *o = p->options;
    const uint64_t tokens = scaled(p, p->result.spent.tokens);
    for (size_t i = 0; i < o->n_models; i++)
        p->plan->has_prices |= o->model_table[i].price_in + o->model_table[i].price_out > 0;
    p->plan->cost =
        p->result.spent.cost * (double)p->plan->n_samples / (double)p->plan->n_looked_at;
    p->plan->is_over_budget =
        (o->max_tokens_total > 0 && tokens > (uint64_t)o->max_tokens_total) ||
        (o->max_cost > 0 && p->plan->cost > o->max_cost);
}

static void note_models(struct planning *p)
{
    struct drp_plan *plan = p->plan;
    for (size_t i = 0; i < p->rehearsal.n_models; i++) {
        const struct drp_model_info *info = drp_model_info(p->session.opened[i]);
        struct drp_plan_model *m = &plan->models[plan->n_models++];
        struct drp_model_stats *stats = &m->stats;
        m->name = drp_arena_sv(p->arena, info->name);
        m->slots = DRP_MAX(info->slots, 1);
        drp_model_get_stats(p->session.opened[i], stats);
        stats->calls = scaled(p, stats->calls);
        stats->from_journal = scaled(p, stats->from_journal);
        stats->shared = scaled(p, stats->shared);
        stats->prompt_tokens = scaled(p, stats->prompt_tokens);
        stats->cached_tokens = scaled(p, stats->cached_tokens);
        stats->answer_tokens = scaled(p, stats->answer_tokens);
        m->sees_reuse = p->rehearsal.models[i].sees_tokens;
    }
}

/* Seconds of all answers of a model. Each worker's calls come in groups; those of all workers share the slots. */
static double answer_seconds(const struct planning *p, size_t model)
{
    const struct drp_plan_model *m = &p->plan->models[model];
    const double n_workers = (double)p->plan->n_workers, slots = m->slots;
    double seconds = 0;
    for (size_t n = 1; n <= DRP_REHEARSED_CALLS; n++) {
        const double at_once = (double)n * n_workers;
        const double rounds = DRP_MAX(at_once / slots, 1) / n_workers;
        const double steps =
            (double)scaled(p, p->rehearsal.models[model].steps[n]) * rounds;
        seconds += steps * drp_probe_step_s(&m->probe, DRP_MIN(at_once, slots));
    }
    return seconds;
}

static int probe_model(struct planning *p, size_t i, const struct drp_cancel *cancel,
                       struct drp_err *err)
{
    struct drp_plan *plan = p->plan;
    struct drp_plan_model *m = &plan->models[i];
    const struct drp_model_stats *s = &m->stats;
    const uint64_t n_asked = DRP_MAX(s->calls - s->from_journal - s->shared, 1);
    const struct drp_probe_opts opts = {
        .limit_ms = p->options->probe * 1000 / (int64_t)plan->n_models,
        .prompt_tokens =
            (size_t)DRP_MIN(s->prompt_tokens / n_asked, (uint64_t)MAX_PROBED_PROMPT),
        .max_calls = p->rehearsal.models[i].sees_tokens ? DRP_REHEARSED_CALLS : SERVER_CALLS,
        .cancel = cancel,
    };
    int rc = 0;
    if (s->prompt_tokens == 0)
        return 0;
    DRP_TRY(rc, drp_probe_run(p->session.opened[i], &opts, &m->probe, err));
    plan->is_timed &=
        m->probe.prompt_rate > 0 && m->probe.alone_rate > 0 && m->probe.answer_rate > 0;
    if (m->probe.prompt_rate > 0)
        m->prompt_s = (double)(s->prompt_tokens - s->cached_tokens) / m->probe.prompt_rate;
    m->answer_s = answer_seconds(p, i);
    plan->seconds += m->prompt_s + m->answer_s;
out:
    return rc;
}

static int probe(struct planning *p, const struct drp_cancel *cancel, struct drp_err *err)
{
    int rc = 0;
    p->plan->is_timed = p->options->probe > 0;
    p->rehearsal.asks = true;
    for (size_t i = 0; i < p->plan->n_models && p->plan->is_timed && rc == 0; i++)
        rc = probe_model(p, i, cancel, err);
    return rc;
}

int drp_plan_make(struct drp_options *o, const struct drp_cancel *cancel,
                  struct drp_arena *arena, struct drp_plan *out, struct drp_err *err)
{
    struct drp_account former = {0};
    struct planning p = {
        .options = o,
        .arena = arena,
        .plan = out,
        .session = {.options = o, .cancel = cancel, .rehearses = true, .former = &former},
        .rehearsal = {.measures = true},
        .former = &former,
    };
    int rc = 0;
    *out = (struct drp_plan){0};
    drp_intern_init(&p.words);
    drp_rehearsal_register(&p.rehearsal);
    DRP_TRY(rc, open_all(&p, err));
    DRP_TRY(rc, rehearse(&p, cancel, err));
    scale_counts(&p);
    note_models(&p);
    reckon_cost(&p);
    DRP_TRY(rc, reckon_disk(&p, err));
    DRP_TRY(rc, probe(&p, cancel, err));
out:
    free(p.rows.at);
    drp_session_release(&p.session);
    drp_intern_release(&p.words);
    return rc;
}
