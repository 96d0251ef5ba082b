/* Keys are SHA-256, so that calls at even distances between the smallest and the largest key are a fair sample of
 * all. Where few calls are left, those behind the last one drawn fill it up. */
#include "run/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "engine/key_set.h"
#include "engine/upkeep.h"

#include "base/banned.h"

enum {
    ASKED_AT_ONCE = 64,
    SHOWN_BEFORE = 24, /* bytes shown before the first difference */
    SHOWN_BYTES = 72,
};

const char *drp_call_verdict_word(enum drp_verdict_of_call verdict)
{
    static const char *const words[] = {
        [DRP_CALL_EQUAL] = "equal",
        [DRP_CALL_DIFFERENT] = "different",
        [DRP_CALL_OPEN] = "not comparable",
    };
    return words[verdict];
}

/* ---- opening ------------------------------------------------------------------------------ */

static bool same_print(const struct drp_sha256 *a, const struct drp_sha256 *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

int drp_verify_open(const struct drp_former *f, struct drp_session *s, struct drp_err *err)
{
    int rc = drp_session_open_models(s, NULL, err);
    for (size_t task = 0; task < DRP_N_TASKS && rc == 0; task++) {
        if (!s->models[task] || !f->has_model[task])
            continue;
        const struct drp_model_info *now = drp_model_info(s->models[task]);
        if (!same_print(&now->fingerprint, &f->models[task].fingerprint))
            rc = drp_fail(err, DRP_EINPUT,
                          "another model: '%.*s' is not the run's %s '%.*s' (weights, template "
                          "or options differ); --model SPEC or --config names that one",
                          DRP_SV_ARG(now->name), drp_task_word((enum drp_task)task),
                          DRP_SV_ARG(f->models[task].name));
    }
    return rc;
}

/* ---- a question as it was put ------------------------------------------------------------- */

/* A call of the journal that can be asked again; strings live in the arena of its batch. */
struct question {
    struct drp_key key;
    struct drp_sv model, build;
    struct drp_sha256 fingerprint;
    bool strict;
    struct drp_call call;
    struct drp_reply reply;
};

/* Where the next one goes. */
struct taking {
    struct drp_arena *arena;
    struct question *out;
};

static int damaged(const struct drp_kept_call *k, const char *what, struct drp_err *err)
{
    char hex[65];
    drp_sha256_hex(&k->key, hex);
    return drp_fail(err, DRP_EDB,
                    "the journal is damaged: call %.12s has a %s that is none: look at it with "
                    "drp journal export",
                    hex, what);
}

static struct drp_sv copy(const struct taking *t, struct drp_sv text)
{
    return drp_arena_sv(t->arena, text.ptr ? text : DRP_SV(""));
}

static int take_turns(const struct taking *t, const struct drp_kept_call *k,
                      struct drp_err *err)
{
    struct drp_message *messages = drp_arena_new(t->arena, struct drp_message, k->n_turns);
    for (size_t i = 0; i < k->n_turns; i++) {
        messages[i].text = copy(t, k->turns[i].text);
        if (!drp_role_from_name(k->turns[i].role, &messages[i].role))
            return damaged(k, "role", err);
    }
    t->out->call.messages = messages;
    t->out->call.n_messages = k->n_turns;
    return 0;
}

static int take_stops(const struct taking *t, const struct drp_kept_call *k,
                      struct drp_err *err)
{
    struct drp_json *doc = NULL;
    struct drp_json_iter it = {0};
    const struct drp_json_val *one;
    if (!k->stop.ptr)
        return 0;
    if (drp_json_parse(k->stop, DRP_JSON_STRICT, &doc, NULL) < 0)
        return damaged(k, "list of stop strings", err);
    struct drp_sampling *s = &t->out->call.sampling;
    struct drp_sv *stop =
        drp_arena_new(t->arena, struct drp_sv, drp_json_len(drp_json_root(doc)));
    while ((one = drp_json_next(drp_json_root(doc), &it, NULL)))
        stop[s->n_stop++] = copy(t, drp_json_str(one));
    s->stop = stop;
    drp_json_free(doc);
    return 0;
}

static int take_question(void *ctx, const struct drp_kept_call *k, struct drp_err *err)
{
    const struct taking *t = ctx;
    struct question *q = t->out;
    int rc = 0;
    *q = (struct question){
        .key = {k->key},
        .model = copy(t, k->model),
        .build = copy(t, k->build),
        .strict = k->strict,
        .call = {.sampling = k->sampling, .repeat = k->repeat},
        .reply = {.text = copy(t, k->answer), .reasoning = copy(t, k->reasoning)},
    };
    if (k->fingerprint.len != sizeof q->fingerprint.bytes)
        DRP_TRY(rc, damaged(k, "fingerprint", err));
    memcpy(q->fingerprint.bytes, k->fingerprint.ptr, sizeof q->fingerprint.bytes);
    if (!drp_finish_from_name(k->finish, &q->reply.finish))
        DRP_TRY(rc, damaged(k, "finish", err));
    DRP_TRY(rc, take_turns(t, k, err));
    DRP_TRY(rc, take_stops(t, k, err));
    if (k->grammar.ptr) {
        struct drp_grammar *g = drp_arena_new(t->arena, struct drp_grammar, 1);
        *g = (struct drp_grammar){copy(t, k->grammar), copy(t, k->json_schema)};
        q->call.grammar = g;
    }
out:
    return rc;
}

/* ---- drawing ------------------------------------------------------------------------------ */

/* The calls to ask, one after the other. */
struct drawing {
    struct drp_upkeep *journal;
    size_t n; /* wanted; 0: all */
    uint64_t start;
    size_t i;                 /* even distances so far */
    struct drp_key_set drawn; /* empty when all are wanted */
    bool filling;             /* the even distances are done: what is left, in order */
    struct drp_key last;
    bool has_last;
};

/* The key at `i` n-ths of all keys from the start on, which wraps around. */
static struct drp_key key_at(const struct drawing *d)
{
    const uint64_t at = d->start + (UINT64_MAX / d->n) * d->i;
    struct drp_key key = {{{0}}};
    for (size_t b = 0; b < sizeof at; b++)
        key.hash.bytes[b] = (unsigned char)(at >> (56 - 8 * b));
    return key;
}

static int next_call(const struct drawing *d, const struct drp_key *after,
                     struct drp_arena *arena, struct question *out, struct drp_err *err)
{
    struct taking t = {arena, out};
    return drp_upkeep_next(d->journal, after ? &after->hash : NULL,
                           &(struct drp_call_reader){take_question, &t}, err);
}

/* The first call after `key`, of all when there is none behind it. */
static int next_around(const struct drawing *d, const struct drp_key *key,
                       struct drp_arena *arena, struct question *out, struct drp_err *err)
{
    const int rc = next_call(d, key, arena, out, err);
    return rc == DRP_ENOTFOUND ? next_call(d, NULL, arena, out, err) : rc;
}

/* Draws one; DRP_ENOTFOUND when there is none left. */
static int draw_one(struct drawing *d, struct drp_arena *arena, struct question *out,
                    struct drp_err *err)
{
    int rc = 0;
    for (; !d->filling && d->n > 0 && d->i < d->n; d->i++) {
        const struct drp_key key = key_at(d);
        DRP_TRY(rc, next_around(d, &key, arena, out, err));
        if (!drp_key_set_add(&d->drawn, &out->key.hash))
            continue;
        d->i++;
        goto out;
    }
    d->filling = true;
    do {
        DRP_TRY(rc, next_call(d, d->has_last ? &d->last : NULL, arena, out, err));
        d->last = out->key;
        d->has_last = true;
    } while (d->n > 0 && !drp_key_set_add(&d->drawn, &out->key.hash));
out:
    return rc;
}

/* Up to `most` calls; fewer at the end. */
static int draw(struct drawing *d, size_t most, struct drp_arena *arena,
                struct question *out, size_t *n, struct drp_err *err)
{
    int rc = 0;
    *n = 0;
    while (rc == 0 && *n < most && (d->n == 0 || d->drawn.n < d->n)) {
        rc = draw_one(d, arena, &out[*n], err);
        *n += rc == 0;
    }
    return rc == DRP_ENOTFOUND ? 0 : rc;
}

/* ---- asking and comparing ----------------------------------------------------------------- */

/* The model that a call was asked of; NULL: it is none of the session's. */
static struct drp_model *model_of(const struct drp_session *s, const struct question *k)
{
    for (size_t i = 0; i < s->n_opened; i++)
        if (same_print(&drp_model_info(s->opened[i])->fingerprint, &k->fingerprint))
            return s->opened[i];
    return NULL;
}

/* Why a call cannot be compared; NULL: it can. `*verdict` is set with it. */
static const char *obstacle(const struct drp_session *s, const struct question *k,
                            enum drp_verdict_of_call *verdict)
{
    struct drp_model *m = model_of(s, k);
    *verdict = DRP_CALL_OPEN;
    if (!m)
        return "asked of a model that is none of the run's four";
    const struct drp_model_info *info = drp_model_info(m);
    if (k->strict != s->options->strict)
        return "asked with another --strict";
    if (k->strict && !drp_sv_eq(info->build, k->build))
        return "asked with --strict of another build";
    const struct drp_key key = drp_journal_key(info, &k->call, k->strict);
    if (!same_print(&key.hash, &k->key.hash)) {
        *verdict = DRP_CALL_DIFFERENT;
        return "the question in the journal is not the one that was asked";
    }
    if (k->call.sampling.temperature > 0 && !info->is_repeatable)
        return "sampled, and this engine does not promise the same again";
    return NULL;
}

static size_t first_difference(struct drp_sv a, struct drp_sv b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
        i++;
    return i;
}

/* A few words around a place. */
static struct drp_sv around(struct drp_sv text, size_t at, struct drp_arena *arena)
{
    const size_t from = drp_utf8_cut(text, at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0);
    const struct drp_sv rest = drp_sv_slice(text, from, text.len);
    return drp_arena_sv(arena, drp_sv_slice(rest, 0, drp_utf8_cut(rest, SHOWN_BYTES)));
}

static void compare(const struct drp_reply *was, const struct drp_reply *is,
                    struct drp_arena *arena, struct drp_verified *out)
{
    const bool same_text = drp_sv_eq(was->text, is->text);
    const bool same_thoughts = drp_sv_eq(was->reasoning, is->reasoning);
    out->verdict = same_text && same_thoughts && was->finish == is->finish
                       ? DRP_CALL_EQUAL
                       : DRP_CALL_DIFFERENT;
    if (out->verdict == DRP_CALL_EQUAL)
        return;
    out->reason = !same_thoughts ? "other thoughts"
                  : !same_text   ? "another answer"
                                 : "the answer ended in another way";
    if (same_thoughts && same_text)
        return;
    const struct drp_sv a = same_thoughts ? was->text : was->reasoning;
    const struct drp_sv b = same_thoughts ? is->text : is->reasoning;
    out->at = first_difference(a, b);
    out->was = around(a, out->at, arena);
    out->is = around(b, out->at, arena);
}

/* Calls that were drawn together, each (n). */
struct batch {
    struct question kept[ASKED_AT_ONCE];
    struct drp_verified found[ASKED_AT_ONCE];
    bool asked[ASKED_AT_ONCE];
    size_t n;
    struct drp_call calls[ASKED_AT_ONCE]; /* of one model */
    struct drp_reply replies[ASKED_AT_ONCE];
};

/* Asks those of the batch that are for one model. */
static int ask_model(const struct drp_session *s, struct drp_model *m, struct batch *b,
                     struct drp_arena *scratch, struct drp_arena *arena,
                     struct drp_err *err)
{
    size_t place[ASKED_AT_ONCE], n = 0;
    int rc = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (!b->asked[i] || model_of(s, &b->kept[i]) != m)
            continue;
        place[n] = i;
        b->calls[n] = b->kept[i].call;
        b->calls[n].no_journal = true;
        b->calls[n++].cancel = s->cancel;
    }
    DRP_TRY(rc, drp_ask(m, b->calls, n, b->replies, scratch, err));
    for (size_t i = 0; i < n; i++) {
        const struct drp_reply *is = &b->replies[i];
        if (is->status < 0)
            DRP_TRY(rc, drp_fail(err, is->status, "%.*s", DRP_SV_ARG(is->error)));
        compare(&b->kept[place[i]].reply, is, arena, &b->found[place[i]]);
    }
out:
    return rc;
}

static int verify_batch(const struct drp_session *s, struct batch *b,
                        struct drp_arena *scratch, struct drp_arena *arena,
                        struct drp_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct drp_verified *v = &b->found[i];
        *v = (struct drp_verified){.key = b->kept[i].key,
                                   .model = drp_arena_sv(arena, b->kept[i].model)};
        v->reason = obstacle(s, &b->kept[i], &v->verdict);
        b->asked[i] = !v->reason;
    }
    for (size_t i = 0; i < s->n_opened && rc == 0; i++)
        rc = ask_model(s, s->opened[i], b, scratch, arena, err);
    return rc;
}

/* All batches so far. */
struct sum {
    size_t counts[DRP_N_CALL_VERDICTS], n_other_build;
    DRP_VEC(struct drp_verified) calls; /* those that are not equal */
};

static void add_up(const struct drp_session *s, const struct batch *b, struct sum *sum)
{
    for (size_t i = 0; i < b->n; i++) {
        sum->counts[b->found[i].verdict]++;
        if (b->asked[i])
            sum->n_other_build +=
                !drp_sv_eq(drp_model_info(model_of(s, &b->kept[i]))->build,
                           b->kept[i].build);
        if (b->found[i].verdict != DRP_CALL_EQUAL)
            drp_vec_add(&sum->calls, b->found[i]);
    }
}

static void take_sum(const struct sum *sum, struct drp_arena *arena,
                     struct drp_verification *out)
{
    out->n_other_build = sum->n_other_build;
    memcpy(out->counts, sum->counts, sizeof out->counts);
    out->n = sum->calls.n;
    out->calls = drp_arena_new(arena, struct drp_verified, out->n);
    for (size_t i = 0; i < out->n; i++)
        out->calls[i] = sum->calls.at[i];
}

int drp_verify(const struct drp_former *f, const struct drp_session *s,
               const struct drp_verify_opts *opts, struct drp_arena *arena,
               struct drp_verification *out, struct drp_err *err)
{
    struct drawing d = {.n = opts->n_calls, .start = drp_hash_mix(opts->draw, 0)};
    struct batch *b = drp_calloc(1, sizeof *b);
    struct drp_arena scratch = {0};
    struct sum sum = {0};
    int rc = 0;
    *out = (struct drp_verification){0};
    DRP_TRY(rc, drp_upkeep_open(f->journal, false, &d.journal, err));
    do {
        drp_arena_release(&scratch);
        DRP_TRY(rc, draw(&d, ASKED_AT_ONCE, &scratch, b->kept, &b->n, err));
        DRP_TRY(rc, verify_batch(s, b, &scratch, arena, err));
        add_up(s, b, &sum);
    } while (b->n == ASKED_AT_ONCE);
    take_sum(&sum, arena, out);
    if (out->counts[DRP_CALL_EQUAL] + out->n == 0)
        rc = drp_fail(err, DRP_ENOTFOUND, "no call in journal '%s'", f->journal);
out:
    drp_upkeep_free(d.journal);
    drp_key_set_release(&d.drawn);
    drp_vec_release(&sum.calls);
    drp_arena_release(&scratch);
    free(b);
    return rc;
}
