/* libllama in the process.
 *
 * One decode thread owns the context. Each round it computes at most one pass of one
 * prompt, then one token of every reply under way. Each slot is a sequence with a
 * stream of the cache for itself.
 *
 * Greedy text is the same whether a call runs alone or beside seven others, whatever
 * was reused. That holds because (measured on logits, bit by bit, SmolLM2 Q8_0, AVX-512
 * code):
 * - prompts and replies never share a pass: libllama would cut the prompts into rows of
 *   one token;
 * - a pass of 2 rows or of 512 gives a row the same numbers, a pass of 1 row does not
 *   (other kernels, 0.5 apart in the logits), nor does flash attention with 16-bit
 *   keys, which tiles by the number of rows: so prompts are cut at the same places
 *   always (batch.h), only whole blocks that were computed as a prompt are reused
 *   (cache.h), and generated tokens are computed again when a conversation goes on;
 * - a token of a reply is one row of its own stream, beside 0 or 7 others: no
 *   difference in the logits;
 * - copying a whole sequence to another stream and trimming it there changes nothing. */
#include <stdlib.h>
#include <llama.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"
#include "engine/backend.h"
#include "engine/local_embed.h"
#include "engine/local_task.h"

#include "base/banned.h"

/* A model that answers. */
struct local {
    struct drp_local_model *m;
    uint32_t n_slots;
    struct drp_cache *cache; /* the decode thread's                                     */
    struct drp_local_task **slots; /* (n_slots) NULL: free; changed with the lock held */
    struct llama_batch batch; /* the decode thread's; guarded by the lock when embedding */
    uint64_t n_admitted;
    struct drp_thread thread;
    bool running; /* the thread was started */
    struct drp_mutex lock;
    struct drp_cond changed;
    struct drp_batch_queue queue; /* guarded by the lock */
    bool closing;                 /* guarded by the lock */
};

/* ---- passes ---------------------------------------------------------------------- */

static void add_row(struct local *l, int32_t token, size_t pos, size_t slot, bool wanted)
{
    struct llama_batch *b = &l->batch;
    const int32_t i = b->n_tokens++;
    b->token[i] = token;
    b->pos[i] = (llama_pos)pos;
    b->n_seq_id[i] = 1;
    b->seq_id[i][0] = (llama_seq_id)slot;
    b->logits[i] = wanted;
}

static int decode(struct local *l, struct drp_err *err)
{
    const bool is_short = l->batch.n_tokens <= (int32_t)l->n_slots;
    const int32_t status = drp_local_model_pass(l->m, &l->batch, is_short);
    if (status == 0)
        return 0;
    return drp_fail(err, DRP_EENGINE,
                    "libllama could not compute a pass of %d tokens (status %d): memory may be "
                    "short, try ?ctx= or ?slots= for less",
                    (int)l->batch.n_tokens, (int)status);
}

/* Two passes of one token: the first reads the weights in, the second shows how many
 * threads really run, before a long prompt would wait for those that do not. */
static int warm_up(struct local *l, struct drp_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        l->batch.n_tokens = 0;
        add_row(l, 0, i, 0, false);
        rc = decode(l, err);
        if (i == 0)
            drp_pace_init(&l->m->pace, l->m->pace.most);
    }
    llama_memory_clear(llama_get_memory(l->m->context), false);
    return rc;
}

/* Empties a slot and ends its task. */
static void end_slot(struct local *l, size_t slot, const struct drp_err *err)
{
    struct drp_local_task *t = l->slots[slot];
    drp_mutex_lock(&l->lock);
    l->slots[slot] = NULL;
    drp_mutex_unlock(&l->lock);
    if (err) { /* what the sequence holds now is unknown */
        llama_memory_seq_rm(llama_get_memory(l->m->context), (llama_seq_id)slot, -1, -1);
        drp_cache_trim(l->cache, slot, 0);
    }
    const bool ended_well = !err && t->job->finish != DRP_FINISH_CANCEL;
    drp_cache_give(l->cache, slot, ended_well && t->job->call->will_continue);
    drp_local_task_end(t, err);
}

/* Makes the slot's sequence hold as much of the task's prompt as can be had without
 * computing. */
static void start_task(struct local *l, size_t slot)
{
    struct drp_local_task *t = l->slots[slot];
    llama_memory_t memory = llama_get_memory(l->m->context);
    const llama_seq_id seq = (llama_seq_id)slot;
    const struct drp_tokens prompt = t->waiting.prompt;
    const size_t source =
        l->m->reuses ? drp_cache_source(l->cache, slot, prompt) : DRP_CACHE_NONE;
    if (source != DRP_CACHE_NONE) {
        llama_memory_seq_rm(memory, seq, -1, -1);
        llama_memory_seq_cp(memory, (llama_seq_id)source, seq, -1, -1);
        drp_cache_copy(l->cache, source, slot, drp_cache_match(l->cache, source, prompt));
    }
    t->n_held = l->m->reuses ? drp_cache_match(l->cache, slot, prompt) : 0;
    if (!llama_memory_seq_rm(memory, seq, (llama_pos)t->n_held, -1)) {
        llama_memory_seq_rm(memory, seq, -1, -1);
        t->n_held = 0;
    }
    drp_cache_trim(l->cache, slot, t->n_held);
    t->job->usage.cached_tokens = (uint32_t)t->n_held;
    t->started = true;
    t->started_ms = drp_clock_ms();
}

static bool in_prompt(const struct drp_local_task *t)
{
    return t && t->n_held < t->prompt.n;
}

/* One pass of the prompt that was admitted first, so that later ones find its beginning
 * computed. */
static void compute_prompt(struct local *l)
{
    size_t slot = l->n_slots;
    for (size_t i = 0; i < l->n_slots; i++)
        if (in_prompt(l->slots[i]) &&
            (slot == l->n_slots || l->slots[i]->order < l->slots[slot]->order))
            slot = i;
    if (slot == l->n_slots)
        return;
    struct drp_local_task *t = l->slots[slot];
    if (!t->started)
        start_task(l, slot);
    struct drp_err err;
    const size_t from = t->n_held, to = drp_batch_chunk_end(from, t->prompt.n);
    l->batch.n_tokens = 0;
    for (size_t i = from; i < to; i++)
        add_row(l, t->prompt.at[i], i, slot, i + 1 == t->prompt.n);
    if (decode(l, &err) < 0) {
        end_slot(l, slot, &err);
        return;
    }
    drp_cache_extend(l->cache, slot, (struct drp_tokens){t->prompt.at + from, to - from});
    t->n_held = to;
    if (!in_prompt(t) &&
        !drp_local_task_next(l->m, t, llama_get_logits_ith(l->m->context, -1)))
        end_slot(l, slot, NULL);
}

/* One token of every reply under way. */
static void compute_replies(struct local *l)
{
    struct drp_err err;
    l->batch.n_tokens = 0;
    for (size_t i = 0; i < l->n_slots; i++)
        if (l->slots[i] && !in_prompt(l->slots[i]))
            add_row(l, l->slots[i]->pending, l->slots[i]->n_held, i, true);
    if (l->batch.n_tokens == 0)
        return;
    const int rc = decode(l, &err);
    for (int32_t row = 0; row < l->batch.n_tokens; row++) {
        const size_t slot = (size_t)l->batch.seq_id[row][0];
        struct drp_local_task *t = l->slots[slot];
        t->n_held++;
        if (rc < 0)
            end_slot(l, slot, &err);
        else if (!drp_local_task_next(l->m, t, llama_get_logits_ith(l->m->context, row)))
            end_slot(l, slot, NULL);
    }
}

/* ---- the decode thread ----------------------------------------------------------- */

static bool is_busy(const struct local *l)
{
    bool busy = l->queue.first != NULL;
    for (size_t i = 0; i < l->n_slots; i++)
        busy = busy || l->slots[i];
    return busy;
}

static bool must_end(const struct local *l, const struct drp_local_task *t)
{
    const struct drp_call *call = t->job->call;
    return l->closing || t->cancelled || drp_cancel_level(call->cancel) >= 2 ||
           (call->deadline_ms != 0 && drp_clock_ms() >= call->deadline_ms);
}

/* Removes one waiting task that must end; NULL when there is none. */
static struct drp_local_task *take_stopped(struct local *l)
{
    struct drp_local_task *found = NULL;
    drp_mutex_lock(&l->lock);
    for (struct drp_waiting *w = l->queue.first; w && !found; w = w->next)
        if (must_end(l, drp_local_task_of(w)))
            found = drp_local_task_of(w);
    if (found)
        drp_batch_remove(&l->queue, &found->waiting);
    drp_mutex_unlock(&l->lock);
    return found;
}

static void end_stopped(struct local *l)
{
    for (struct drp_local_task *t = take_stopped(l); t; t = take_stopped(l)) {
        t->job->finish = DRP_FINISH_CANCEL;
        drp_local_task_end(t, NULL);
    }
    for (size_t i = 0; i < l->n_slots; i++) {
        if (!l->slots[i])
            continue;
        drp_mutex_lock(&l->lock);
        const bool stop = must_end(l, l->slots[i]);
        drp_mutex_unlock(&l->lock);
        if (stop) {
            l->slots[i]->job->finish = DRP_FINISH_CANCEL;
            end_slot(l, i, NULL);
        }
    }
}

/* Gives free slots to those who wait. */
static void admit(struct local *l)
{
    drp_mutex_lock(&l->lock);
    while (l->queue.first &&
           drp_cache_pick(l->cache, l->queue.first->prompt) != DRP_CACHE_NONE) {
        struct drp_waiting *w = drp_batch_next(&l->queue, l->cache);
        struct drp_local_task *t = drp_local_task_of(w);
        const size_t slot = drp_cache_pick(l->cache, w->prompt);
        drp_cache_take(l->cache, slot);
        t->order = l->n_admitted++;
        l->slots[slot] = t;
    }
    drp_mutex_unlock(&l->lock);
}

/* False when the model is closed and nothing is left to end. */
static bool wait_for_work(struct local *l)
{
    drp_mutex_lock(&l->lock);
    while (!is_busy(l) && !l->closing)
        drp_cond_wait(&l->changed, &l->lock);
    const bool more = is_busy(l);
    drp_mutex_unlock(&l->lock);
    return more;
}

static void run(void *ctx)
{
    struct local *l = ctx;
    while (wait_for_work(l)) {
        end_stopped(l);
        admit(l);
        compute_prompt(l);
        compute_replies(l);
    }
}

/* ---- the table's functions ------------------------------------------------------- */

static void submit(void *self, struct drp_job **jobs, size_t n)
{
    struct local *l = self;
    for (size_t i = 0; i < n; i++) {
        struct drp_err err = {0};
        struct drp_local_task *t;
        if (drp_local_task_new(l->m, jobs[i], &t, &err) < 0) {
            jobs[i]->status = err.code;
            jobs[i]->finish = DRP_FINISH_ERROR;
            drp_str_addz(&jobs[i]->error, err.text);
            jobs[i]->done(jobs[i]);
            continue;
        }
        drp_mutex_lock(&l->lock);
        drp_batch_add(&l->queue, &t->waiting);
        drp_mutex_unlock(&l->lock);
    }
    drp_cond_broadcast(&l->changed);
}

static void cancel(void *self, struct drp_job *job)
{
    struct local *l = self;
    drp_mutex_lock(&l->lock);
    for (struct drp_waiting *w = l->queue.first; w; w = w->next)
        if (drp_local_task_of(w)->job == job)
            drp_local_task_of(w)->cancelled = true;
    for (size_t i = 0; i < l->n_slots; i++)
        if (l->slots[i] && l->slots[i]->job == job)
            l->slots[i]->cancelled = true;
    drp_mutex_unlock(&l->lock);
}

static int embed(void *self, const struct drp_sv *texts, size_t n, float *vectors,
                 struct drp_err *err)
{
    struct local *l = self;
    drp_mutex_lock(&l->lock);
    const int rc = drp_local_embed(l->m, texts, n, vectors, err);
    drp_mutex_unlock(&l->lock);
    return rc;
}

static int tokens_of(void *self, const struct drp_call *call, struct drp_token_vec *out,
                     struct drp_err *err)
{
    const struct local *l = self;
    if (!l->m->chat_template)
        return drp_fail(err, DRP_EUSAGE, "a model opened for embeddings counts no prompts");
    return drp_local_chat_tokens(l->m, call, out, err);
}

static int count(void *self, const struct drp_call *call, size_t *n_tokens,
                 struct drp_err *err)
{
    struct drp_token_vec tokens = {0};
    const int rc = tokens_of(self, call, &tokens, err);
    *n_tokens = tokens.n;
    drp_vec_release(&tokens);
    return rc;
}

static void close_local(void *self)
{
    struct local *l = self;
    drp_mutex_lock(&l->lock);
    l->closing = true;
    drp_cond_broadcast(&l->changed);
    drp_mutex_unlock(&l->lock);
    if (l->running)
        drp_thread_join(&l->thread);
    drp_cond_release(&l->changed);
    drp_mutex_release(&l->lock);
    drp_cache_free(l->cache);
    free(l->slots);
    if (l->batch.token)
        llama_batch_free(l->batch);
    drp_local_model_free(l->m);
    free(l);
}

static int open_local(const struct drp_model_opts *opts, void **self,
                      struct drp_model_info *info, struct drp_err *err)
{
    int rc = 0;
    struct local *l = drp_calloc(1, sizeof *l);
    drp_mutex_init(&l->lock);
    drp_cond_init(&l->changed);
    DRP_TRY(rc, drp_local_model_open(opts, &l->m, info, err));
    if (!opts->embedding) {
        l->n_slots = info->slots;
        l->cache = drp_cache_new(l->n_slots);
        l->slots = drp_calloc(l->n_slots, sizeof(struct drp_local_task *));
        l->batch = llama_batch_init(DRP_BATCH_CHUNK, 0, 1);
        DRP_TRY(rc, warm_up(l, err));
        DRP_TRY(rc, drp_thread_start(&l->thread, run, l, 0, err));
        l->running = true;
    }
    *self = l;
    l = NULL;
out:
    if (l)
        close_local(l);
    return rc;
}

const struct drp_backend drp_backend_llama = {
    .name = "llama",
    .open = open_local,
    .submit = submit,
    .cancel = cancel,
    .embed = embed,
    .count = count,
    .tokens = tokens_of,
    .close = close_local,
};
