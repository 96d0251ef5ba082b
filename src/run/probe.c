#include "run/probe.h"

#include <stdio.h>

#include "base/base.h"
#include "base/clock.h"

#include "base/banned.h"

enum {
    ANSWER_TOKENS = 48, /* enough that the prompt of the same call counts little */
    MAX_CALLS = 64,
    SHORTER =
        4, /* a prompt that did not end in time is asked again with a fraction of its words */
    MAX_SHORTER = 2,
};

static const char TALK[] = "Tell at length what these words make you think of:";

/* Calls that are asked together. */
struct round {
    const char *text;
    size_t n_words; /* of filler behind the text */
    uint32_t max_tokens;
    size_t n;
    int64_t until_ms;
};

struct seen {
    uint64_t prompt_tokens, answer_tokens; /* prompt tokens: of calls that ended */
    double seconds;                        /* until the last of those ended      */
    size_t n_ended;
};

/* Different from its first words on, so that nothing of one is reused for another. */
static struct drp_sv prompt_of(const struct round *r, size_t i, struct drp_arena *arena)
{
    static const char *const words[] = {"a",    "day",  "of",   "some", "person",
                                        "with", "work", "food", "and",  "friends"};
    struct drp_str s;
    drp_str_init(&s, 1 << 20);
    drp_str_addf(&s, "%zu. %s", i + 1, r->text);
    for (size_t k = 0; k < r->n_words; k++)
        drp_str_addf(&s, " %s", words[(k + i) % DRP_LEN(words)]);
    const struct drp_sv copy = drp_arena_sv(arena, drp_str_sv(&s));
    drp_str_release(&s);
    return copy;
}

static void see(const struct drp_reply *replies, size_t n, int64_t round_ms,
                struct drp_probe *out, struct seen *seen)
{
    int64_t last_ms = 0;
    for (size_t i = 0; i < n; i++) {
        const struct drp_reply *r = &replies[i];
        seen->answer_tokens += r->usage.answer_tokens;
        if (r->status < 0 && r->status != DRP_ECANCELLED && !out->problem[0])
            snprintf(out->problem, sizeof out->problem, "%.*s", DRP_SV_ARG(r->error));
        if (r->status < 0)
            continue;
        seen->n_ended++;
        seen->prompt_tokens += r->usage.prompt_tokens - r->usage.cached_tokens;
        last_ms = DRP_MAX(last_ms, r->usage.wait_ms + r->usage.run_ms);
    }
    const bool all = seen->n_ended == n && last_ms > 0;
    seen->seconds = (double)(all ? last_ms : round_ms) / 1000.0;
}

static int ask_round(struct drp_model *m, const struct round *r,
                     const struct drp_cancel *cancel, struct drp_probe *out,
                     struct seen *seen, struct drp_err *err)
{
    struct drp_arena arena;
    struct drp_message messages[MAX_CALLS];
    struct drp_call calls[MAX_CALLS];
    struct drp_reply replies[MAX_CALLS];
    int rc = 0;
    drp_arena_init(&arena);
    for (size_t i = 0; i < r->n; i++) {
        messages[i] = (struct drp_message){DRP_ROLE_USER, prompt_of(r, i, &arena)};
        calls[i] = (struct drp_call){
            .messages = &messages[i],
            .n_messages = 1,
            .sampling = {.temperature = 1,
                         .seed = i,
                         .max_tokens = r->max_tokens,
                         .think_budget = 1},
            .deadline_ms = r->until_ms,
            .no_journal = true,
            .cancel = cancel,
        };
    }
    const int64_t began_ms = drp_clock_ms();
    DRP_TRY(rc, drp_ask(m, calls, r->n, replies, &arena, err));
    *seen = (struct seen){0};
    see(replies, r->n, DRP_MAX(drp_clock_ms() - began_ms, 1), out, seen);
    if (drp_cancel_level(cancel) > 0)
        rc = drp_fail(err, DRP_ECANCELLED, "interrupted");
out:
    drp_arena_release(&arena);
    return rc;
}

static double rate(uint64_t n, double seconds)
{
    return n > 0 && seconds > 0 ? (double)n / seconds : 0;
}

/* The speed of prompts: `n` together, and when not one ends in time, one alone that is shorter, then shorter still. */
static int see_prompts(struct drp_model *m, const struct drp_probe_opts *opts, size_t n,
                       struct drp_probe *out, struct drp_err *err)
{
    const int64_t third_ms = opts->limit_ms / 3;
    struct round r = {TALK, opts->prompt_tokens, 1, n, drp_clock_ms() + third_ms};
    struct seen seen;
    int rc = ask_round(m, &r, opts->cancel, out, &seen, err);
    for (int i = 0; rc == 0 && seen.n_ended == 0 && !out->problem[0] && i < MAX_SHORTER;
         i++) {
        r.n = 1;
        r.n_words /= SHORTER;
        r.until_ms = drp_clock_ms() + third_ms;
        rc = ask_round(m, &r, opts->cancel, out, &seen, err);
    }
    if (rc < 0)
        return rc;
    out->prompt_rate = rate(seen.prompt_tokens, seen.seconds);
    if (seen.n_ended == 0 && !out->problem[0])
        snprintf(out->problem, sizeof out->problem,
                 "no prompt was read within %.1f s, not even a short one",
                 (double)third_ms / 1000);
    return 0;
}

int drp_probe_run(struct drp_model *m, const struct drp_probe_opts *opts,
                  struct drp_probe *out, struct drp_err *err)
{
    const size_t slots = DRP_MAX(drp_model_info(m)->slots, 1);
    const size_t n = DRP_MIN(DRP_MIN(slots, opts->max_calls), (size_t)MAX_CALLS);
    const int64_t began_ms = drp_clock_ms();
    const int64_t third_ms = opts->limit_ms / 3;
    struct seen seen;
    int rc = 0;
    *out = (struct drp_probe){.n_side_by_side = n};
    struct round r = {TALK, 8, ANSWER_TOKENS, 1, began_ms + third_ms};
    DRP_TRY(rc, ask_round(m, &r, opts->cancel, out, &seen, err));
    out->alone_rate = rate(seen.answer_tokens, seen.seconds);
    r = (struct round){TALK, 8, ANSWER_TOKENS, n, drp_clock_ms() + third_ms};
    DRP_TRY(rc, ask_round(m, &r, opts->cancel, out, &seen, err));
    out->answer_rate = rate(seen.answer_tokens, seen.seconds);
    DRP_TRY(rc, see_prompts(m, opts, n, out, err));
    out->took_ms = drp_clock_ms() - began_ms;
out:
    return rc;
}

double drp_probe_step_s(const struct drp_probe *p, double n)
{
    const double most = (double)p->n_side_by_side;
    if (p->alone_rate <= 0 || p->answer_rate <= 0)
        return 0;
    const double one = 1 / p->alone_rate, all = most / p->answer_rate;
    if (n >= most || most <= 1)
        return all;
    return one + (all - one) * (DRP_MAX(n, 1) - 1) / (most - 1);
}
