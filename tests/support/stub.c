#include "support/stub.h"

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/rng.h"
#include "base/thread.h"

#include "base/banned.h"

struct drp_stub {
    struct drp_stub_opts opts;
    struct drp_mutex lock; /* guards the counts below */
    int *n_uses;           /* (n_rules) */
    DRP_VEC(char *) seen;  /* text of the last message of each job */
    size_t n_calls, largest_batch, n_cancelled, n_kept;
};

/* One opened model: jobs wait in a list, the one due first in front. */
struct session {
    struct drp_stub *stub;
    struct drp_mutex lock;
    struct drp_cond changed;
    struct drp_thread thread;
    struct drp_job *queue;
    bool closing;
};

/* The back-end's part of a job. */
struct ticket {
    const struct drp_stub_rule *rule;
    int64_t due_ms;
    bool cancelled;
};

static struct drp_sv last_text(const struct drp_call *call)
{
    return call->messages[call->n_messages - 1].text;
}

static const struct drp_stub_rule *choose_rule(struct drp_stub *stub, struct drp_sv text)
{
    for (size_t i = 0; i < stub->opts.n_rules; i++) {
        const struct drp_stub_rule *r = &stub->opts.rules[i];
        if (r->match && drp_sv_find(text, drp_sv_from(r->match), 0) == SIZE_MAX)
            continue;
        if (r->max_uses != 0 && stub->n_uses[i] >= r->max_uses)
            continue;
        stub->n_uses[i]++;
        return r;
    }
    return NULL;
}

static void enqueue(struct session *x, struct drp_job *job, int64_t delay_ms)
{
    struct ticket *t = job->state;
    t->due_ms = drp_clock_ms() + delay_ms;
    struct drp_job **at = &x->queue;
    while (*at && ((const struct ticket *)(*at)->state)->due_ms <= t->due_ms)
        at = &(*at)->next;
    job->next = *at;
    *at = job;
}

static void submit(void *self, struct drp_job **jobs, size_t n)
{
    struct session *x = self;
    struct drp_stub *stub = x->stub;
    drp_mutex_lock(&stub->lock);
    stub->n_calls += n;
    stub->largest_batch = DRP_MAX(stub->largest_batch, n);
    for (size_t i = 0; i < n; i++) {
        const struct drp_sv text = last_text(jobs[i]->call);
        if (!stub->opts.forgets) {
            char *copy = drp_calloc(text.len + 1, 1);
            memcpy(copy, text.ptr, text.len);
            drp_vec_add(&stub->seen, copy);
        }
        struct ticket *t = drp_calloc(1, sizeof *t);
        t->rule = choose_rule(stub, text);
        jobs[i]->state = t;
    }
    drp_mutex_unlock(&stub->lock);

    drp_mutex_lock(&x->lock);
    for (size_t i = 0; i < n; i++) {
        const struct drp_stub_rule *rule = ((const struct ticket *)jobs[i]->state)->rule;
        enqueue(x, jobs[i], rule ? rule->delay_ms : 0);
    }
    drp_mutex_unlock(&x->lock);
    drp_cond_signal(&x->changed); /* unlocked, or who wakes would have to wait again */
}

static void follow_rule(const struct drp_stub_rule *rule, struct drp_job *job)
{
    drp_str_add(&job->text, drp_sv_from(rule->text));
    drp_str_add(&job->reasoning, drp_sv_from(rule->reasoning));
    drp_str_add(&job->error, drp_sv_from(rule->error));
    job->finish = rule->finish;
    job->status = rule->status;
}

static void fill_usage(struct drp_job *job)
{
    for (size_t i = 0; i < job->call->n_messages; i++)
        job->usage.prompt_tokens += (uint32_t)job->call->messages[i].text.len / 4;
    job->usage.answer_tokens = (uint32_t)job->text.len / 4;
}

static void answer(struct session *x, struct drp_job *job)
{
    const struct ticket t = *(const struct ticket *)job->state;
    const struct drp_stub_opts *opts = &x->stub->opts;
    free(job->state);
    if (t.cancelled)
        job->finish = DRP_FINISH_CANCEL;
    else if (t.rule)
        follow_rule(t.rule, job);
    else if (opts->answer)
        opts->answer(opts->ctx, job->call, job);
    else
        drp_str_add(&job->text, last_text(job->call));
    if (job->usage.prompt_tokens == 0) /* the script does not count */
        fill_usage(job);
    if (job->call->on_text && job->text.len > 0)
        job->call->on_text(job->call->ctx, drp_str_sv(&job->text));
    job->done(job);
}

/* Waits for a job that is due; NULL when closing and none is left. */
static struct drp_job *next_job(struct session *x)
{
    drp_mutex_lock(&x->lock);
    struct drp_job *job = NULL;
    for (;;) {
        job = x->queue;
        if (!job && x->closing)
            break;
        if (!job) {
            drp_cond_wait(&x->changed, &x->lock);
            continue;
        }
        struct ticket *t = job->state;
        t->cancelled |= x->closing;
        if (t->cancelled || t->due_ms <= drp_clock_ms())
            break;
        drp_cond_wait_until(&x->changed, &x->lock, t->due_ms);
    }
    if (job)
        x->queue = job->next;
    drp_mutex_unlock(&x->lock);
    return job;
}

static void run(void *ctx)
{
    struct session *x = ctx;
    for (struct drp_job *job = next_job(x); job; job = next_job(x)) {
        const bool cancelled = ((const struct ticket *)job->state)->cancelled;
        drp_mutex_lock(&x->stub->lock);
        x->stub->n_cancelled += cancelled;
        drp_mutex_unlock(&x->stub->lock);
        answer(x, job);
    }
}

static void cancel(void *self, struct drp_job *job)
{
    struct session *x = self;
    drp_mutex_lock(&x->lock);
    struct drp_job **at = &x->queue;
    while (*at && *at != job)
        at = &(*at)->next;
    if (*at) { /* else it has ended */
        *at = job->next;
        ((struct ticket *)job->state)->cancelled = true;
        job->next = x->queue;
        x->queue = job;
        drp_cond_signal(&x->changed);
    }
    drp_mutex_unlock(&x->lock);
}

static int open_session(const struct drp_model_opts *opts, void **self,
                        struct drp_model_info *info, struct drp_err *err)
{
    struct drp_stub *stub = opts->backend_ctx;
    if (!stub)
        return drp_fail(err, DRP_EUSAGE, "no script for '%s': call drp_stub_new()",
                        opts->spec);
    struct session *x = drp_calloc(1, sizeof *x);
    x->stub = stub;
    drp_mutex_init(&x->lock);
    drp_cond_init(&x->changed);
    *info = stub->opts.info;
    const int rc = drp_thread_start(&x->thread, run, x, 0, err);
    if (rc < 0) {
        free(x);
        return rc;
    }
    *self = x;
    return 0;
}

static void close_session(void *self)
{
    struct session *x = self;
    drp_mutex_lock(&x->lock);
    x->closing = true;
    drp_cond_signal(&x->changed);
    drp_mutex_unlock(&x->lock);
    drp_thread_join(&x->thread);
    drp_cond_release(&x->changed);
    drp_mutex_release(&x->lock);
    free(x);
}

/* Each text has a direction of its own, drawn from a generator that its bytes seed. */
static int embed(void *self, const struct drp_sv *texts, size_t n, float *vectors,
                 struct drp_err *err)
{
    (void)err;
    const size_t d = ((const struct session *)self)->stub->opts.info.dimension;
    for (size_t i = 0; i < n; i++) {
        struct drp_rng rng;
        float *v = vectors + i * d;
        double sum = 0;
        drp_rng_init(&rng, (uint32_t)drp_hash64(texts[i]));
        for (size_t k = 0; k < d; k++) {
            v[k] = (float)(drp_rng_double(&rng) - 0.5);
            sum += (double)v[k] * (double)v[k];
        }
        for (size_t k = 0; k < d; k++)
            v[k] = (float)((double)v[k] / sqrt(sum));
    }
    return 0;
}

static void kept(void *self, struct drp_job *job)
{
    struct drp_stub *stub = ((struct session *)self)->stub;
    (void)job;
    drp_mutex_lock(&stub->lock);
    stub->n_kept++;
    drp_mutex_unlock(&stub->lock);
}

static int count(void *self, const struct drp_call *call, size_t *n_tokens,
                 struct drp_err *err)
{
    (void)self;
    (void)err;
    *n_tokens = 0;
    for (size_t i = 0; i < call->n_messages; i++)
        *n_tokens += call->messages[i].text.len / 4;
    return 0;
}

static const struct drp_backend stub_backend = {
    .name = "stub",
    .open = open_session,
    .submit = submit,
    .cancel = cancel,
    .kept = kept,
    .embed = embed,
    .count = count,
    .close = close_session,
};

struct drp_stub *drp_stub_new(const struct drp_stub_opts *opts)
{
    struct drp_stub *stub = drp_calloc(1, sizeof *stub);
    stub->opts = *opts;
    struct drp_model_info *info = &stub->opts.info;
    if (!info->name.ptr)
        info->name = DRP_SV("stub");
    if (!info->build.ptr)
        info->build = DRP_SV("stub 1");
    info->context = info->context ? info->context : 8192;
    info->slots = info->slots ? info->slots : 8;
    info->dimension = info->dimension ? info->dimension : 16;
    stub->n_uses = drp_calloc(opts->n_rules, sizeof *stub->n_uses);
    drp_mutex_init(&stub->lock);
    drp_backend_register(&stub_backend, stub);
    return stub;
}

void drp_stub_free(struct drp_stub *stub)
{
    if (!stub)
        return;
    drp_backend_register(&stub_backend, NULL);
    for (size_t i = 0; i < stub->seen.n; i++)
        free(stub->seen.at[i]);
    drp_vec_release(&stub->seen);
    drp_mutex_release(&stub->lock);
    free(stub->n_uses);
    free(stub);
}

size_t drp_stub_n_calls(struct drp_stub *stub)
{
    drp_mutex_lock(&stub->lock);
    const size_t n = stub->n_calls;
    drp_mutex_unlock(&stub->lock);
    return n;
}

size_t drp_stub_n_calls_with(struct drp_stub *stub, const char *needle)
{
    size_t n = 0;
    drp_mutex_lock(&stub->lock);
    for (size_t i = 0; i < stub->seen.n; i++)
        n += strstr(stub->seen.at[i], needle) != NULL;
    drp_mutex_unlock(&stub->lock);
    return n;
}

size_t drp_stub_largest_batch(struct drp_stub *stub)
{
    drp_mutex_lock(&stub->lock);
    const size_t n = stub->largest_batch;
    drp_mutex_unlock(&stub->lock);
    return n;
}

size_t drp_stub_n_kept(struct drp_stub *stub)
{
    drp_mutex_lock(&stub->lock);
    const size_t n = stub->n_kept;
    drp_mutex_unlock(&stub->lock);
    return n;
}

size_t drp_stub_n_cancelled(struct drp_stub *stub)
{
    drp_mutex_lock(&stub->lock);
    const size_t n = stub->n_cancelled;
    drp_mutex_unlock(&stub->lock);
    return n;
}
