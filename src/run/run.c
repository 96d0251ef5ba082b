/* A pool of workers, one sample each at a time. They wait for the engine most of the time, so there are
 * more of them than cores; the engine sees the calls of all of them together. */
#include "run/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/thread.h"
#include "run/account_json.h"
#include "run/cells.h"
#include "run/lines.h"
#include "run/output.h"
#include "run/queue.h"

#include "base/banned.h"

enum { TICK_MS = 200, MAX_WORKERS = 1024, COLLECT_ROWS = 256, COLLECT_MS = 1000 };

/* Sanitizers' frames are several times as large. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(DRP_DEBUG)
static const size_t worker_stack_bytes = 1024 * 1024;
#else
static const size_t worker_stack_bytes = 256 * 1024;
#endif

/* What the workers share. The mutex guards all but what is const during the run. */
struct pool {
    const struct drp_session *session;
    const struct drp_grid *grid;
    const struct drp_rows *rows;
    const struct drp_cancel *cancel;
    struct drp_output *output;
    struct drp_mutex mutex;
    struct drp_cond ended; /* a worker ended */
    size_t next, n_done, n_running;
    bool stop, broken; /* broken: stopped by more than one sample's failure */
    struct drp_account account;
    uint64_t file_bytes;
    struct drp_err first_error;
    struct drp_model_stats stats; /* of all processes, where `gathered` */
    bool gathered, is_whole;      /* is_whole: writes the files */
    int64_t next_collect_ms;
};

/* A sample to work on. */
struct task {
    size_t i;   /* its place in the run */
    size_t row; /* of the split */
};

/* ---- one sample --------------------------------------------------------------------------- */

static int predict(const struct pool *p, struct drp_method_ctx *x,
                   const struct drp_method *method, const struct drp_sample *sample,
                   struct drp_sample_lines *lines, struct drp_err *err)
{
    struct drp_profile profile;
    struct drp_prediction prediction;
    int rc = 0;
    DRP_TRY(rc, drp_method_predict(x, method, sample, &profile, &prediction, err));
    x->account->predictions++;
    if (prediction.fallback) {
        x->account->fallbacks++;
        drp_tally_add(x->account->fallbacks_to, prediction.fallback, 1);
    }
    const struct drp_line line = {
        .dataset = p->session->dataset,
        .method = method,
        .cell = x->cell,
        .sample = sample,
        .model = drp_model_info(p->session->models[DRP_GENERATOR])->name,
        .profile = &profile,
        .prediction = &prediction,
    };
    drp_lines_add(lines, &line);
out:
    return rc;
}

static int do_sample(const struct pool *p, const struct task *t,
                     struct drp_account *account, struct drp_sample_lines *lines,
                     struct drp_err *err)
{
    struct drp_arena arena;
    struct drp_sample sample;
    struct drp_method_ctx x = drp_session_ctx(p->session);
    int rc = 0;
    drp_arena_init(&arena);
    x.arena = &arena;
    x.account = account;
    x.age = t->i;
    x.cancel = p->cancel;
    DRP_TRY(rc,
            drp_selector_fill(p->session->selector, t->row, NULL, &arena, &sample, err));
    for (size_t m = 0; m < p->grid->n_methods; m++)
        for (size_t c = 0; c < p->grid->n_cells; c++) {
            x.cell = &p->grid->cells[c];
            DRP_TRY(rc, predict(p, &x, p->grid->methods[m], &sample, lines, err));
        }
out:
    drp_arena_release(&arena);
    return rc;
}

/* ---- workers ------------------------------------------------------------------------------ */

static bool is_stopped(struct pool *p)
{
    drp_mutex_lock(&p->mutex);
    const bool stopped = p->stop || drp_cancel_level(p->cancel) > 0;
    drp_mutex_unlock(&p->mutex);
    return stopped;
}

/* Stops all workers for a reason that is not one sample's. */
static void stop_for(struct pool *p, const struct drp_err *err)
{
    drp_mutex_lock(&p->mutex);
    if (p->first_error.code == 0)
        p->first_error = *err;
    p->stop = p->broken = true;
    drp_mutex_unlock(&p->mutex);
}

static bool claim_own(struct pool *p, struct task *t)
{
    drp_mutex_lock(&p->mutex);
    const bool more = !p->stop && p->next < p->rows->n && drp_cancel_level(p->cancel) == 0;
    if (more)
        *t = (struct task){p->next, p->rows->at[p->next]};
    p->next += more;
    drp_mutex_unlock(&p->mutex);
    return more;
}

/* While all that is left is claimed by others, waits: they may die. */
static bool claim_shared(struct pool *p, struct task *t)
{
    enum drp_queue_claim outcome = DRP_QUEUE_WAIT;
    struct drp_err err = {0};
    while (!is_stopped(p)) {
        if (drp_queue_claim(p->session->queue, &t->row, &outcome, &err) < 0) {
            stop_for(p, &err);
            return false;
        }
        t->i = t->row;
        if (outcome != DRP_QUEUE_WAIT)
            return outcome == DRP_QUEUE_CLAIMED;
        drp_clock_sleep_ms(TICK_MS);
    }
    return false;
}

/* The next sample, or false when there is none left to start. */
static bool claim(struct pool *p, struct task *t)
{
    return p->session->queue ? claim_shared(p, t) : claim_own(p, t);
}

/* True where samples are counted when their lines are collected, whoever made them. */
static bool is_collecting(const struct pool *p)
{
    return p->session->queue && p->output;
}

/* Counts how a sample ended. The first failure is the run's, unless failures are only to be told. */
static void sample_ended(struct pool *p, const struct task *t, int rc,
                         const struct drp_account *account, struct drp_err *err)
{
    const bool keep_going = p->session->options->keep_going;
    const bool failed = rc < 0 && rc != DRP_ECANCELLED;
    if (failed) {
        const struct drp_row *row = drp_dataset_row(p->session->dataset, t->row);
        const struct drp_sv user = drp_dataset_user_id(p->session->dataset, row->user);
        drp_err_prefix(err, "user '%.*s'", DRP_SV_ARG(user));
        if (keep_going)
            drp_log(DRP_LOG_ERROR, "%s", err->text);
    }
    drp_mutex_lock(&p->mutex);
    if (!is_collecting(p)) {
        drp_account_add(&p->account, account);
        p->n_done += rc == 0;
        p->account.failures += failed;
    }
    if (rc < 0 && p->first_error.code == 0)
        p->first_error = *err;
    p->stop = p->stop || (rc < 0 && !keep_going);
    drp_mutex_unlock(&p->mutex);
}

static uint64_t count_bytes(const struct drp_sample_lines *lines)
{
    uint64_t n = 0;
    for (size_t f = 0; f < DRP_N_RUN_FILES; f++)
        n += lines->at[f].len;
    return n;
}

/* Half a sample is none: the lines of a sample appear together. */
static void put_own(struct pool *p, const struct task *t, int rc,
                    struct drp_sample_lines *lines)
{
    if (rc < 0) {
        drp_sample_lines_release(lines);
        drp_sample_lines_init(lines);
    }
    drp_mutex_lock(&p->mutex);
    p->file_bytes += count_bytes(lines);
    drp_mutex_unlock(&p->mutex);
    if (p->output)
        drp_output_put(p->output, t->i, lines);
}

/* A sample that was stopped, or that the database failed, waits for others; one that failed by itself is told. */
static void put_shared(struct pool *p, const struct task *t, int rc,
                       const struct drp_sample_lines *lines,
                       const struct drp_account *account, struct drp_err *err)
{
    struct drp_queue *q = p->session->queue;
    struct drp_err queue_err = {0};
    struct drp_str counts;
    drp_str_init(&counts, 1 << 16);
    drp_account_write(account, &counts);
    const bool waits = rc == DRP_ECANCELLED || rc == DRP_EDB;
    const struct drp_sv error = waits ? (struct drp_sv){NULL, 0} : drp_sv_from(err->text);
    const int told =
        rc == 0 ? drp_queue_finish(q, t->row, lines, drp_str_sv(&counts), &queue_err)
                : drp_queue_give_up(q, t->row, error, &queue_err);
    if (told < 0)
        stop_for(p, &queue_err);
    drp_str_release(&counts);
}

static void work(void *ctx)
{
    struct pool *p = ctx;
    for (struct task t; claim(p, &t);) {
        struct drp_account account = {0};
        struct drp_err err = {0};
        struct drp_sample_lines lines;
        drp_sample_lines_init(&lines);
        const int rc = do_sample(p, &t, &account, &lines, &err);
        sample_ended(p, &t, rc, &account, &err);
        if (p->session->queue)
            put_shared(p, &t, rc, &lines, &account, &err);
        else
            put_own(p, &t, rc, &lines);
        drp_sample_lines_release(&lines);
    }
    drp_mutex_lock(&p->mutex);
    p->n_running--;
    drp_cond_signal(&p->ended);
    drp_mutex_unlock(&p->mutex);
}

size_t drp_run_n_workers(const struct drp_session *s, size_t n_samples)
{
    size_t n = (size_t)s->options->workers;
    if (n == 0) {
        const struct drp_model_info *info = drp_model_info(s->models[DRP_EXTRACTOR]);
        n = s->options->strict ? 1 : info->slots / 4 + 1;
    }
    return DRP_MIN(DRP_MAX(DRP_MIN(n, n_samples), 1), (size_t)MAX_WORKERS);
}

/* ---- watching ----------------------------------------------------------------------------- */

static struct drp_model_stats total_stats(const struct drp_session *s)
{
    struct drp_model_stats sum = {0};
    for (size_t i = 0; i < s->n_opened; i++) {
        struct drp_model_stats one;
        drp_model_get_stats(s->opened[i], &one);
        sum.calls += one.calls;
        sum.from_journal += one.from_journal;
        sum.shared += one.shared;
        sum.failed += one.failed;
        sum.prompt_tokens += one.prompt_tokens;
        sum.cached_tokens += one.cached_tokens;
        sum.answer_tokens += one.answer_tokens;
    }
    return sum;
}

static void show_progress(struct pool *p, struct drp_progress *bar, int64_t started_ms)
{
    const struct drp_model_stats stats = total_stats(p->session);
    const double seconds = (double)(drp_clock_ms() - started_ms + 1) / 1000.0;
    struct drp_str note;
    drp_str_init(&note, 128);
    drp_str_addf(&note, "%llu calls, %.0f tokens/s", (unsigned long long)stats.calls,
                 (double)(stats.prompt_tokens - stats.cached_tokens + stats.answer_tokens) /
                     seconds);
    drp_progress_set(bar, p->n_done, drp_str_sv(&note));
    drp_str_release(&note);
}

/* ---- what others did ---------------------------------------------------------------------- */

/* A sample that is not there has no lines. */
static void skip_sample(struct pool *p)
{
    struct drp_sample_lines none;
    drp_sample_lines_init(&none);
    drp_output_put(p->output, p->next++, &none);
}

static void take_result(void *ctx, const struct drp_queue_result *r)
{
    struct pool *p = ctx;
    struct drp_sample_lines lines;
    struct drp_err err = {0};
    drp_sample_lines_init(&lines);
    while (p->rows->at[p->next] < r->row)
        skip_sample(p);
    for (size_t f = 0; f < DRP_N_RUN_FILES && r->is_done; f++)
        drp_str_add(&lines.at[f], r->lines[f]);
    drp_output_put(p->output, p->next++, &lines);
    drp_sample_lines_release(&lines);
    p->n_done += r->is_done;
    p->account.failures += !r->is_done;
    if (r->is_done && r->account.ptr &&
        drp_account_add_json(&p->account, r->account, drp_queue_words(p->session->queue),
                             &err) < 0)
        drp_log(DRP_LOG_WARN, "%s", err.text);
}

/* Writes what ended since the last time; `all`: also what has unfinished samples before it. */
static int collect(struct pool *p, bool all, struct drp_err *err)
{
    const struct drp_queue_reader reader = {take_result, p};
    size_t before;
    int rc = 0;
    do {
        before = p->next;
        const size_t n = DRP_MIN(p->rows->n - p->next, (size_t)COLLECT_ROWS);
        if (n > 0)
            rc = drp_queue_collect(p->session->queue, p->rows->at + p->next, n, all,
                                   &reader, err);
        while (all && rc == 0 && p->next < before + n)
            skip_sample(p);
    } while (rc == 0 && p->next > before);
    return rc;
}

/* What the main thread does now and then: renews the lease, publishes what is there. */
static int tick(struct pool *p, struct drp_err *err)
{
    struct drp_queue *q = p->session->queue;
    int rc = 0;
    if (q) {
        const struct drp_model_stats stats = total_stats(p->session);
        DRP_TRY(rc, drp_queue_beat(q, &stats, false, p->session->options->keep_going, err));
    }
    if (q && p->output && drp_clock_ms() >= p->next_collect_ms) {
        DRP_TRY(rc, collect(p, false, err));
        p->next_collect_ms = drp_clock_ms() + COLLECT_MS;
    }
    if (p->output)
        DRP_TRY(rc, drp_output_tick(p->output, err));
out:
    return rc;
}

/* The end of a shared run: the counts of all processes, and the lines that are not yet written. */
static int gather(struct pool *p, struct drp_err *err)
{
    struct drp_queue *q = p->session->queue;
    const struct drp_model_stats stats = total_stats(p->session);
    int rc = 0;
    DRP_TRY(rc, drp_queue_beat(q, &stats, true, true, err));
    if (!p->output)
        goto out;
    DRP_TRY(rc, collect(p, true, err));
    DRP_TRY(rc, drp_queue_get_stats(q, &p->stats, err));
    p->gathered = true;
out:
    return rc;
}

/* Waits for the workers; meanwhile draws the bar and publishes what is there. */
static int watch(struct pool *p, int64_t started_ms, struct drp_err *err)
{
    struct drp_progress *bar = drp_progress_new("samples", p->rows->n);
    int rc = 0;
    drp_mutex_lock(&p->mutex);
    while (p->n_running > 0) {
        drp_cond_wait_until(&p->ended, &p->mutex, drp_clock_ms() + TICK_MS);
        show_progress(p, bar, started_ms);
        drp_mutex_unlock(&p->mutex);
        if (rc == 0)
            rc = tick(p, err);
        drp_mutex_lock(&p->mutex);
        p->stop = p->stop || rc < 0;
    }
    drp_mutex_unlock(&p->mutex);
    drp_progress_free(bar);
    return rc;
}

static int run_pool(struct pool *p, int64_t started_ms, struct drp_err *err)
{
    const size_t n = drp_run_n_workers(p->session, p->rows->n);
    struct drp_thread *threads = drp_calloc(n, sizeof *threads);
    size_t n_started = 0;
    int rc = 0;
    p->n_running = n;
    while (n_started < n && rc == 0) {
        rc = drp_thread_start(&threads[n_started], work, p, worker_stack_bytes, err);
        n_started += rc == 0;
    }
    if (rc < 0) {
        drp_mutex_lock(&p->mutex);
        p->stop = true;
        p->n_running -= n - n_started;
        drp_mutex_unlock(&p->mutex);
    }
    struct drp_err watch_err = {0};
    const int watched = watch(p, started_ms, rc < 0 ? &watch_err : err);
    for (size_t i = 0; i < n_started; i++)
        drp_thread_join(&threads[i]);
    free(threads);
    return rc < 0 ? rc : watched;
}

/* ---- a run -------------------------------------------------------------------------------- */

static int compare_rows(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

int drp_rows_find(const struct drp_session *s, struct drp_rows *out, struct drp_err *err)
{
    const struct drp_options *o = s->options;
    const size_t n_all = drp_dataset_n_rows(s->dataset);
    const size_t limit = o->limit > 0 ? (size_t)o->limit : SIZE_MAX;
    *out = (struct drp_rows){.at = drp_calloc(DRP_MAX(n_all, o->users.n), sizeof *out->at)};
    for (size_t i = 0; i < o->users.n; i++) {
        const int rc =
            drp_dataset_find_user(s->dataset, o->users.at[i], &out->at[out->n], err);
        if (rc < 0)
            return rc;
        out->n++;
    }
    for (size_t i = 0; o->users.n == 0 && i < n_all; i++)
        out->at[out->n++] = i;
    qsort(out->at, out->n, sizeof *out->at, compare_rows);
    out->n = DRP_MIN(out->n, limit);
    return 0;
}

/* Ends the files and the queue; the first error is the one to tell. */
static int finish(struct pool *p, int rc, struct drp_err *err)
{
    struct drp_err late = {0};
    int gathered = 0;
    if (p->session->queue && rc == 0 && !p->broken)
        gathered = gather(p, &late);
    const int closed = drp_output_close(p->output, gathered == 0 ? &late : NULL);
    if (rc == 0 && p->first_error.code < 0 &&
        (p->broken || !p->session->options->keep_going)) {
        *err = p->first_error;
        rc = err->code;
    }
    if (rc == 0 && (gathered < 0 || closed < 0)) {
        *err = late;
        rc = late.code;
    }
    if (rc == 0 && drp_cancel_level(p->cancel) > 0)
        rc = drp_fail(err, DRP_ECANCELLED, "interrupted");
    return rc;
}

static void fill_result(const struct pool *p, int64_t started_ms,
                        struct drp_run_result *result)
{
    result->account = p->account;
    result->stats = p->gathered ? p->stats : total_stats(p->session);
    result->n_samples = p->session->queue && !p->is_whole ? p->n_done : p->rows->n;
    result->n_done = p->n_done;
    result->file_bytes = p->file_bytes;
    result->spent = drp_budget_get(p->session->budget);
    result->run_ms = drp_clock_ms() - started_ms;
    result->interrupted = drp_cancel_level(p->cancel) > 0;
}

int drp_run(const struct drp_session *s, const struct drp_rows *rows, const char *dir,
            const struct drp_cancel *cancel, struct drp_run_result *result,
            struct drp_err *err)
{
    struct drp_arena arena;
    struct drp_grid grid;
    struct drp_rows named = {0};
    struct pool p = {.session = s,
                     .grid = &grid,
                     .rows = rows ? rows : &named,
                     .cancel = cancel,
                     .is_whole = dir != NULL};
    const int64_t started_ms = drp_clock_ms();
    int rc = 0;
    *result = (struct drp_run_result){.started_ms = drp_clock_wall_ms()};
    drp_arena_init(&arena);
    drp_mutex_init(&p.mutex);
    drp_cond_init(&p.ended);
    DRP_TRY(rc, drp_grid_make(s->options, &arena, &grid, err));
    if (!rows)
        DRP_TRY(rc, drp_rows_find(s, &named, err));
    if (dir && s->queue)
        DRP_TRY(rc, drp_queue_fill(s->queue, p.rows->at, p.rows->n, err));
    if (dir)
        DRP_TRY(rc, drp_output_open(dir, &p.output, err));
    rc = run_pool(&p, started_ms, err);
    rc = finish(&p, rc, err);
    rc = drp_session_end(s, rc, err);
out:
    fill_result(&p, started_ms, result);
    drp_cond_release(&p.ended);
    drp_mutex_release(&p.mutex);
    free(named.at);
    drp_arena_release(&arena);
    return rc;
}
