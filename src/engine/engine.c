#include "engine/engine.h"

#include "base/base.h"
#include "base/thread.h"
#include "engine/ask.h"
#include "engine/backend.h"
#include "engine/spec.h"

#include "base/banned.h"

enum {
    DEFAULT_MAX_TOKENS = 512,
    DEFAULT_THINK_BUDGET = 4096,
    DEFAULT_REPEAT_LAST_N = 256,
};

struct drp_model {
    struct drp_asker asker;
    struct drp_arena arena; /* the SPEC's text */
    bool embedding;
};

static const char *const finish_names[] = {
    [DRP_FINISH_STOP] = "stop",   [DRP_FINISH_LENGTH] = "length",
    [DRP_FINISH_THINK] = "think", [DRP_FINISH_CANCEL] = "cancel",
    [DRP_FINISH_ERROR] = "error",
};

static const char *const role_names[] = {
    [DRP_ROLE_SYSTEM] = "system",
    [DRP_ROLE_USER] = "user",
    [DRP_ROLE_ASSISTANT] = "assistant",
};

const char *drp_role_name(enum drp_role role)
{
    return role_names[role];
}

bool drp_role_from_name(struct drp_sv name, enum drp_role *out)
{
    for (size_t i = 0; i < DRP_LEN(role_names); i++)
        if (drp_sv_is(name, role_names[i])) {
            *out = (enum drp_role)i;
            return true;
        }
    return false;
}

const char *drp_finish_name(enum drp_finish finish)
{
    return finish_names[finish];
}

bool drp_finish_from_name(struct drp_sv name, enum drp_finish *out)
{
    for (size_t i = 0; i < DRP_LEN(finish_names); i++)
        if (drp_sv_is(name, finish_names[i])) {
            *out = (enum drp_finish)i;
            return true;
        }
    return false;
}

bool drp_answered(const struct drp_reply *reply)
{
    return reply->status == 0 && reply->text.len > 0;
}

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value != 0 ? value : otherwise;
}

struct drp_sampling drp_sampling_resolve(struct drp_sampling s,
                                         const struct drp_model_info *model)
{
    const bool greedy = s.temperature <= 0;
    if (greedy) {
        s.temperature = 0;
        s.seed = 0;
    }
    if (greedy || s.top_p <= 0 || s.top_p > 1)
        s.top_p = 1;
    if (s.repeat_penalty <= 0)
        s.repeat_penalty = greedy && model->repeat_penalty > 0 ? model->repeat_penalty : 1;
    s.repeat_last_n = or_default(s.repeat_last_n, DEFAULT_REPEAT_LAST_N);
    if (s.repeat_penalty == 1)
        s.repeat_last_n = 0; /* nothing looks back */
    s.max_tokens = or_default(s.max_tokens, DEFAULT_MAX_TOKENS);
    s.think_budget =
        model->reasoning ? or_default(s.think_budget, DEFAULT_THINK_BUDGET) : 0;
    return s;
}

static int open_backend(struct drp_model *m, const struct drp_model_opts *opts,
                        struct drp_err *err)
{
    struct drp_asker *a = &m->asker;
    struct drp_model_opts own = *opts;
    struct drp_spec spec;
    int rc = 0;
    DRP_TRY(rc, drp_spec_parse(drp_sv_from(opts->spec), &m->arena, &spec, err));
    a->backend = drp_backend_find(spec.scheme, &own.backend_ctx);
    if (!a->backend) {
        rc = drp_fail(err, DRP_EUSAGE,
                      "unknown engine '%.*s' in model '%s': write llama:PATH.gguf or "
                      "openai:URL#MODEL",
                      DRP_SV_ARG(spec.scheme), opts->spec);
        goto out;
    }
    DRP_TRY(rc, a->backend->open(&own, &a->self, &a->info, err));
    a->info.spec = drp_arena_sv(&m->arena, drp_sv_from(opts->spec));
out:
    return rc;
}

int drp_model_open(const struct drp_model_opts *opts, struct drp_model **out,
                   struct drp_err *err)
{
    int rc = 0;
    struct drp_model *m = drp_calloc(1, sizeof *m);
    drp_arena_init(&m->arena);
    drp_asker_init(&m->asker);
    m->embedding = opts->embedding;
    m->asker.journal = opts->journal;
    m->asker.strict = opts->strict;
    m->asker.budget = opts->budget;
    m->asker.price = (struct drp_price){opts->price_in, opts->price_out};
    DRP_TRY(rc, open_backend(m, opts, err));
    *out = m;
    m = NULL;
out:
    drp_model_free(m);
    return rc;
}

void drp_model_free(struct drp_model *m)
{
    if (!m)
        return;
    if (m->asker.self)
        m->asker.backend->close(m->asker.self);
    drp_asker_release(&m->asker);
    drp_arena_release(&m->arena);
    free(m);
}

const struct drp_model_info *drp_model_info(const struct drp_model *m)
{
    return &m->asker.info;
}

int drp_ask(struct drp_model *m, const struct drp_call *calls, size_t n,
            struct drp_reply *replies, struct drp_arena *arena, struct drp_err *err)
{
    if (m->embedding)
        return drp_fail(err, DRP_EUSAGE,
                        "model '%.*s' was opened for embeddings: it does not write text",
                        DRP_SV_ARG(m->asker.info.spec));
    for (size_t i = 0; i < n; i++)
        if (calls[i].n_messages == 0)
            return drp_fail(err, DRP_EBUG, "call %zu of %zu has no messages", i + 1, n);
    return drp_asker_ask(&m->asker, calls, n, replies, arena, err);
}

int drp_embed(struct drp_model *m, const struct drp_sv *texts, size_t n, float *vectors,
              struct drp_err *err)
{
    if (!m->embedding)
        return drp_fail(err, DRP_EUSAGE, "model '%.*s' was not opened for embeddings",
                        DRP_SV_ARG(m->asker.info.spec));
    return m->asker.backend->embed(m->asker.self, texts, n, vectors, err);
}

int drp_count(struct drp_model *m, const struct drp_call *call, size_t *n_tokens,
              struct drp_err *err)
{
    return m->asker.backend->count(m->asker.self, call, n_tokens, err);
}

void drp_model_get_stats(struct drp_model *m, struct drp_model_stats *out)
{
    drp_mutex_lock(&m->asker.lock);
    *out = m->asker.stats;
    drp_mutex_unlock(&m->asker.lock);
}
