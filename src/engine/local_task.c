#include "engine/local_task.h"

#include <stddef.h>
#include <stdlib.h>
#include <llama.h>

#include "base/base.h"
#include "base/clock.h"

#include "base/banned.h"

#define MAX_PIECE_BYTES 1024

struct drp_local_task *drp_local_task_of(struct drp_waiting *waiting)
{
    return (struct drp_local_task *)(void *)((char *)waiting -
                                             offsetof(struct drp_local_task, waiting));
}

static void free_task(struct drp_local_task *t)
{
    drp_vec_release(&t->prompt);
    drp_vec_release(&t->forced);
    drp_local_sampler_free(t->sampler);
    drp_answer_release(&t->answer);
    free(t);
}

int drp_local_task_new(const struct drp_local_model *m, struct drp_job *job,
                       struct drp_local_task **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_local_task *t = drp_calloc(1, sizeof *t);
    t->job = job;
    t->submitted_ms = drp_clock_ms();
    drp_answer_init(&t->answer, job, m->tags, m->reasoning);
    DRP_TRY(rc, drp_local_chat_tokens(m, job->call, &t->prompt, err));
    job->usage = (struct drp_usage){.prompt_tokens = (uint32_t)t->prompt.n};
    if (t->prompt.n >= m->context_size) {
        rc = drp_fail(err, DRP_ELIMIT,
                      "the prompt has %zu tokens and the context holds %u, answer included: "
                      "shorten it or give the model more with ?ctx=",
                      t->prompt.n, (unsigned)m->context_size);
        goto out;
    }
    DRP_TRY(rc, drp_local_sampler_new(m, job->call, &t->sampler, err));
    t->waiting.prompt = (struct drp_tokens){t->prompt.at, t->prompt.n};
    t->waiting.age = job->call->age;
    *out = t;
    t = NULL;
out:
    if (t)
        free_task(t);
    return rc;
}

/* The bytes of a token; think tags show even where they are control tokens, other
 * control tokens do not. */
static struct drp_sv token_bytes(const struct drp_local_model *m, int32_t token,
                                 char buf[MAX_PIECE_BYTES])
{
    int32_t n = llama_token_to_piece(m->vocab, token, buf, MAX_PIECE_BYTES, 0, true);
    const struct drp_sv piece = {buf, n > 0 ? (size_t)n : 0};
    if (llama_vocab_is_control(m->vocab, token) && !drp_sv_eq(piece, m->tags.open) &&
        !drp_sv_eq(piece, m->tags.close))
        return DRP_SV("");
    return piece;
}

/* Once the thoughts have had their tokens, the closing tag is put into the model's
 * mouth. */
static void force_close(const struct drp_local_model *m, struct drp_local_task *t)
{
    const struct drp_usage *u = &t->job->usage;
    if (!m->reasoning || t->forced.n > 0 ||
        u->reasoning_tokens < t->job->call->sampling.think_budget)
        return;
    drp_local_chat_tokenize(m, DRP_SV("\n"), true, &t->forced);
    drp_local_chat_tokenize(m, m->tags.close, true, &t->forced);
    drp_local_chat_tokenize(m, DRP_SV("\n\n"), true, &t->forced);
}

static int32_t choose_token(struct drp_local_task *t, float *logits, bool answers)
{
    if (t->n_forced < t->forced.n)
        return t->forced.at[t->n_forced++];
    return drp_local_sampler_next(t->sampler, logits, answers);
}

bool drp_local_task_next(const struct drp_local_model *m, struct drp_local_task *t,
                         float *logits)
{
    struct drp_job *job = t->job;
    const bool thinks = drp_answer_thinks(&t->answer);
    /* Forced tokens behind the closing tag are no part of the grammar's language. */
    const bool answers = !(m->reasoning && thinks) && t->n_forced == t->forced.n;
    char buf[MAX_PIECE_BYTES];

    const int32_t token = choose_token(t, logits, answers);
    job->finish = DRP_FINISH_STOP;
    if (llama_vocab_is_eog(m->vocab, token))
        return false;
    drp_local_sampler_accept(t->sampler, token, answers);
    job->usage.answer_tokens++;
    job->usage.reasoning_tokens += thinks && t->answer.think.state == DRP_THINK_INSIDE;
    if (!drp_answer_feed(&t->answer, token_bytes(m, token, buf)))
        return false;
    if (drp_answer_thinks(&t->answer))
        force_close(m, t);

    const uint32_t limit = job->call->sampling.max_tokens;
    const uint32_t free_of_charge = m->reasoning ? job->usage.reasoning_tokens : 0;
    job->finish = DRP_FINISH_LENGTH;
    t->pending = token;
    return job->usage.answer_tokens - free_of_charge < limit && t->n_held < m->context_size;
}

static void fill_usage(struct drp_local_task *t)
{
    const int64_t now = drp_clock_ms();
    struct drp_usage *u = &t->job->usage;
    u->wait_ms = (t->started ? t->started_ms : now) - t->submitted_ms;
    u->run_ms = t->started ? now - t->started_ms : 0;
}

void drp_local_task_end(struct drp_local_task *t, const struct drp_err *err)
{
    struct drp_job *job = t->job;
    const bool closed = drp_answer_end(&t->answer);
    if (!closed && job->finish != DRP_FINISH_CANCEL)
        job->finish = DRP_FINISH_THINK;
    if (err) {
        job->status = err->code;
        job->finish = DRP_FINISH_ERROR;
        drp_str_addz(&job->error, err->text);
    }
    fill_usage(t);
    free_task(t);
    job->done(job);
}
