/* Each attempt writes into a job of its own, so that what a broken one left behind never
 * reaches the asker; only text that on_text was told stays told. */
#include "engine/openai_chat.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/base.h"
#include "engine/answer.h"
#include "engine/openai_reply.h"

#include "base/banned.h"

#define MAX_ANSWER_BYTES ((size_t)16 << 20)

struct chat {
    struct drp_exchange x;
    const struct drp_openai_model *m;
    struct drp_job *job;
    struct drp_job attempt; /* text and reasoning of the attempt under way */
    struct drp_answer answer;
    struct drp_openai_reply reply;
    struct drp_str content; /* of a reasoning model: split when it is whole */
    size_t n_told;          /* bytes that on_text has seen in any attempt */
    bool begun;
};

static struct chat *chat_of(struct drp_exchange *x)
{
    return (struct chat *)(void *)((char *)x - offsetof(struct chat, x));
}

/* ---- an attempt ------------------------------------------------------------------------- */

static bool on_content(void *ctx, struct drp_sv text)
{
    struct chat *c = ctx;
    if (!c->m->reasoning)
        return drp_answer_feed(&c->answer, text);
    drp_str_add(&c->content, text);
    return true;
}

static uint32_t prepare(struct drp_exchange *x, uint32_t absent)
{
    const struct chat *c = chat_of(x);
    return drp_openai_chat_body(c->m, c->job->call, absent, &x->body);
}

static void forget_attempt(struct chat *c)
{
    if (!c->begun)
        return;
    c->n_told = DRP_MAX(c->n_told, c->answer.n_told);
    drp_answer_release(&c->answer);
    drp_openai_reply_release(&c->reply);
    c->begun = false;
}

static void begin(struct drp_exchange *x)
{
    struct chat *c = chat_of(x);
    forget_attempt(c);
    drp_str_clear(&c->attempt.text);
    drp_str_clear(&c->attempt.reasoning);
    drp_str_clear(&c->content);
    drp_openai_reply_init(&c->reply, on_content, c);
    drp_answer_init(&c->answer, &c->attempt, c->m->tags, false);
    c->answer.n_told = c->n_told;
    c->begun = true;
}

static bool piece(struct drp_exchange *x, struct drp_sv bytes)
{
    return drp_openai_reply_feed(&chat_of(x)->reply, bytes);
}

/* ---- thoughts --------------------------------------------------------------------------- */

/* A template that opens the thoughts itself leaves only the closing tag in the reply, and
 * none when they never ended. */
static bool prompt_opened(const struct chat *c, struct drp_sv content)
{
    const struct drp_think_tags tags = c->m->tags;
    if (drp_sv_starts(drp_sv_trim(content), tags.open))
        return false;
    return drp_sv_find(content, tags.close, 0) != SIZE_MAX ||
           c->reply.finish == DRP_FINISH_LENGTH;
}

/* Content of a reasoning model; where the server split it already, all of it is answer. */
static void split_content(struct chat *c)
{
    const struct drp_sv content = drp_str_sv(&c->content);
    const bool is_split = c->reply.reasoning.len > 0;
    const struct drp_think_tags tags = is_split ? (struct drp_think_tags){0} : c->m->tags;
    const size_t n_told = c->answer.n_told;
    drp_answer_release(&c->answer);
    drp_answer_init(&c->answer, &c->attempt, tags, !is_split && prompt_opened(c, content));
    c->answer.n_told = n_told;
    drp_answer_feed(&c->answer, content);
}

static void finish_attempt(struct chat *c)
{
    struct drp_job *a = &c->attempt;
    if (c->m->reasoning)
        split_content(c);
    const bool closed = drp_answer_end(&c->answer);
    a->finish = c->answer.stopped ? DRP_FINISH_STOP : c->reply.finish;
    drp_str_splice(&a->reasoning, 0, 0, drp_str_sv(&c->reply.reasoning));
    const bool only_thoughts = a->text.len == 0 && a->reasoning.len > 0;
    if (!closed || (only_thoughts && a->finish == DRP_FINISH_LENGTH))
        a->finish = DRP_FINISH_THINK;
}

/* ---- what it is worth ------------------------------------------------------------------- */

/* True when `part` is the beginning of `whole`, up to a sign that parts names. */
static bool is_beginning(struct drp_sv whole, struct drp_sv part)
{
    const struct drp_sv rest = drp_sv_slice(whole, part.len, whole.len);
    return drp_sv_starts(whole, part) &&
           (rest.len == 0 ||
            drp_sv_find(DRP_SV("-:@/"), drp_sv_slice(rest, 0, 1), 0) != SIZE_MAX);
}

static bool is_behind_slash(struct drp_sv whole, struct drp_sv part)
{
    return whole.len > part.len && drp_sv_ends(whole, part) &&
           whole.ptr[whole.len - part.len - 1] == '/';
}

bool drp_openai_same_model(struct drp_sv asked, struct drp_sv told)
{
    return told.len == 0 || is_beginning(told, asked) || is_beginning(asked, told) ||
           is_behind_slash(told, asked) || is_behind_slash(asked, told);
}

static enum drp_exchange_verdict judge(struct drp_exchange *x, struct drp_str *problem)
{
    struct chat *c = chat_of(x);
    const enum drp_openai_end end = drp_openai_reply_end(&c->reply);
    const struct drp_sv told = drp_str_sv(&c->reply.model);
    drp_str_add(problem, drp_str_sv(&c->reply.problem));
    if (end == DRP_OPENAI_BROKEN)
        return DRP_VERDICT_RETRY;
    if (end == DRP_OPENAI_REFUSED)
        return DRP_VERDICT_REFUSED;
    if (!drp_openai_same_model(c->m->name, told)) {
        drp_str_addf(problem,
                     "it answers as model '%.*s' where '%.*s' was asked: write its name "
                     "behind '#' in the SPEC",
                     DRP_SV_ARG(told), DRP_SV_ARG(c->m->name));
        return DRP_VERDICT_REFUSED;
    }
    finish_attempt(c);
    return DRP_VERDICT_DONE;
}

/* ---- the end ---------------------------------------------------------------------------- */

/* Tokens of a server that does not count: about as drp_openai_count(). */
static uint32_t about_tokens(size_t n_bytes)
{
    return (uint32_t)(n_bytes * 2 / 7 + (n_bytes > 0));
}

static void fill_usage(const struct chat *c, struct drp_usage *u)
{
    const struct drp_job *a = &c->attempt;
    const size_t n_bytes = a->text.len + a->reasoning.len;
    *u = c->reply.usage;
    if (!c->reply.has_usage) {
        u->prompt_tokens = (uint32_t)drp_openai_count(c->job->call);
        u->answer_tokens = about_tokens(n_bytes);
    }
    if (u->reasoning_tokens == 0 && n_bytes > 0)
        u->reasoning_tokens = (uint32_t)((double)u->answer_tokens *
                                         (double)a->reasoning.len / (double)n_bytes);
    const int64_t first = c->x.first_byte_ms ? c->x.first_byte_ms : c->x.end_ms;
    u->wait_ms = first - c->x.put_ms;
    u->run_ms = c->x.end_ms - first;
}

static void end(struct drp_exchange *x)
{
    struct chat *c = chat_of(x);
    struct drp_job *job = c->job;
    job->status = x->status;
    if (x->status == 0) {
        drp_str_add(&job->text, drp_str_sv(&c->attempt.text));
        drp_str_add(&job->reasoning, drp_str_sv(&c->attempt.reasoning));
        job->text.full = job->text.full || c->attempt.text.full || c->content.full;
        job->finish = c->attempt.finish;
        fill_usage(c, &job->usage);
    } else {
        job->finish = x->status == DRP_ECANCELLED ? DRP_FINISH_CANCEL : DRP_FINISH_ERROR;
        drp_str_add(&job->error, drp_str_sv(&x->error));
    }
    job->state = x->status == 0 ? x->endpoint : NULL;
    forget_attempt(c);
    drp_str_release(&c->attempt.text);
    drp_str_release(&c->attempt.reasoning);
    drp_str_release(&c->content);
    drp_exchange_release(x);
    free(c);
    job->done(job);
}

struct drp_exchange *drp_openai_chat_new(const struct drp_openai_model *m,
                                         struct drp_job *job)
{
    static const struct drp_exchange_kind kind = {prepare, begin, piece, judge, end};
    struct chat *c = drp_calloc(1, sizeof *c);
    drp_exchange_init(&c->x, &kind, "/chat/completions");
    c->m = m;
    c->job = job;
    c->attempt.call = job->call;
    drp_str_init(&c->attempt.text, MAX_ANSWER_BYTES);
    drp_str_init(&c->attempt.reasoning, MAX_ANSWER_BYTES);
    drp_str_init(&c->content, MAX_ANSWER_BYTES);
    c->x.age = job->call->age;
    c->x.cancel = job->call->cancel;
    c->x.deadline_ms = job->call->deadline_ms;
    c->x.owner = job;
    c->x.keeps_slot = true;
    return &c->x;
}
