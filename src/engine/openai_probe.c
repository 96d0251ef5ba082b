#include "engine/openai_probe.h"

#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"

#include "base/banned.h"

enum { MAX_NAMED = 8, MAX_CONTEXT = 1 << 30, PROPS_MS = 10000 };

/* Where servers put the length of a model's context. */
static uint32_t context_of(const struct drp_json_val *model)
{
    static const char *const keys[] = {"max_model_len", "context_length",
                                       "context_window", "max_context_length"};
    const struct drp_json_val *meta = drp_json_get(model, "meta");
    int64_t n = 0;
    for (size_t i = 0; i < DRP_LEN(keys) && n <= 0; i++)
        (void)drp_json_int(drp_json_get(model, keys[i]), &n);
    if (n <= 0)
        (void)drp_json_int(drp_json_get(meta, "n_ctx"), &n);
    return n > 0 && n < MAX_CONTEXT ? (uint32_t)n : 0;
}

static const struct drp_json_val *find_model(const struct drp_json_val *list,
                                             struct drp_sv wanted)
{
    struct drp_json_iter it = {0};
    const struct drp_json_val *model, *found = NULL;
    while ((model = drp_json_next(list, &it, NULL))) {
        const struct drp_sv id = drp_json_str(drp_json_get(model, "id"));
        const bool is_latest = id.len == wanted.len + 7 && drp_sv_starts(id, wanted) &&
                               drp_sv_ends(id, DRP_SV(":latest"));
        if (drp_sv_eq(id, wanted))
            return model;
        if (is_latest)
            found = model;
    }
    return found;
}

static int refuse(const struct drp_json_val *list, struct drp_sv wanted, struct drp_err *err)
{
    struct drp_str names;
    struct drp_json_iter it = {0};
    const struct drp_json_val *model;
    size_t n = 0;
    drp_str_init(&names, 512);
    while (n < MAX_NAMED && (model = drp_json_next(list, &it, NULL)))
        drp_str_addf(&names, "%s%.*s", n++ ? ", " : "",
                     DRP_SV_ARG(drp_json_str(drp_json_get(model, "id"))));
    if (drp_json_len(list) > n)
        drp_str_addf(&names, " and %zu more", drp_json_len(list) - n);
    int rc;
    if (n == 0)
        rc = drp_fail(err, DRP_EUSAGE,
                      "the server lists no model: write its name behind '#' in the SPEC");
    else if (wanted.len == 0)
        rc = drp_fail(err, DRP_EUSAGE,
                      "no model behind '#' in the SPEC: the server has %s", names.ptr);
    else
        rc = drp_fail(err, DRP_EUSAGE, "unknown model '%.*s': the server has %s",
                      DRP_SV_ARG(wanted), names.ptr);
    drp_str_release(&names);
    return rc;
}

int drp_openai_choose(const struct drp_json_val *root, struct drp_sv wanted,
                      struct drp_arena *arena, struct drp_openai_found *out,
                      struct drp_err *err)
{
    const struct drp_json_val *list = drp_json_get(root, "data");
    const struct drp_json_val *model = wanted.len > 0 ? find_model(list, wanted)
                                       : drp_json_len(list) == 1 ? drp_json_at(list, 0)
                                                                 : NULL;
    const struct drp_sv id = drp_json_str(drp_json_get(model, "id"));
    *out = (struct drp_openai_found){0};
    if (id.len == 0)
        return refuse(list, wanted, err);
    out->name = drp_arena_sv(arena, id);
    out->context = context_of(model);
    out->is_llama_server =
        drp_sv_is(drp_json_str(drp_json_get(model, "owned_by")), "llamacpp");
    return 0;
}

/* llama-server's context is what it was started with, of each slot. */
static void ask_props(struct drp_pool *p, const struct drp_cancel *cancel,
                      struct drp_openai_found *out)
{
    struct drp_question q;
    struct drp_err ignored = {0};
    int64_t n = 0;
    drp_question_init(&q, "/../props");
    q.x.is_get = true;
    q.x.cancel = cancel;
    q.x.deadline_ms = drp_clock_ms() + PROPS_MS; /* it can be done without */
    if (drp_questions_ask(p, &q, 1, &ignored) == 0) {
        const struct drp_json_val *settings =
            drp_json_get(drp_json_root(q.doc), "default_generation_settings");
        if (drp_json_int(drp_json_get(settings, "n_ctx"), &n) && n > 0 && n < MAX_CONTEXT)
            out->context = (uint32_t)n;
    }
    drp_question_release(&q);
}

int drp_openai_probe(struct drp_pool *p, struct drp_sv wanted,
                     const struct drp_cancel *cancel, struct drp_arena *arena,
                     struct drp_openai_found *out, struct drp_err *err)
{
    struct drp_question q;
    drp_question_init(&q, "/models");
    q.x.is_get = true;
    q.x.cancel = cancel;
    int rc = drp_questions_ask(p, &q, 1, err);
    const int http = q.x.http_status;
    *out = (struct drp_openai_found){.name = drp_arena_sv(arena, wanted)};
    if (rc == 0) {
        rc = drp_openai_choose(drp_json_root(q.doc), wanted, arena, out, err);
    } else if (rc == DRP_EENGINE && (http == 404 || http == 405) && wanted.len > 0) {
        drp_log(DRP_LOG_INFO, "the server has no list of models: '%.*s' is taken as given",
                DRP_SV_ARG(wanted));
        rc = 0;
    }
    drp_question_release(&q);
    if (rc == 0 && out->is_llama_server)
        ask_props(p, cancel, out);
    return rc;
}
