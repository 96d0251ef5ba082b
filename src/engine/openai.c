/* OpenAI-compatible servers: vLLM, SGLang, llama-server, Ollama, hosted ones.
 *
 * `drp_openai_pool` decides who is asked when, `openai_chat.c` makes an exchange of a
 * job, `openai_request.c` and `openai_reply.c` know what goes over the wire. This file
 * opens a model and is the table of its functions. */
#include <stdlib.h>

#include "base/base.h"
#include "base/log.h"
#include "engine/backend.h"
#include "engine/openai_chat.h"
#include "engine/openai_embed.h"
#include "engine/openai_probe.h"
#include "engine/openai_secret.h"
#include "engine/spec.h"
#include "io/http.h"

#include "base/banned.h"

enum {
    CONCURRENCY = 256,    /* ceiling; what the server takes is found out */
    CONTEXT = 8192,       /* of a server that does not say */
    EMBED_CONTEXT = 512,  /* of an embedding model that does not say */
    GIVE_UP_MS = 1800000, /* half an hour */
    STALL_MS = 300000,
    BACKOFF_MS = 500,
    MAX_URL_BYTES = 1024,
};

struct openai {
    struct drp_arena arena;
    struct drp_pool *pool;
    struct drp_openai_model model;
    struct drp_openai_embedder embedder;
};

/* ---- opening ---------------------------------------------------------------------------- */

static int bad_url(struct drp_sv url, const char *what, struct drp_err *err)
{
    return drp_fail(err, DRP_EUSAGE, "bad URL '%.*s' of a server: %s", DRP_SV_ARG(url),
                    what);
}

/* True when the last folder of the URL is a version of an API, or one that stands for it. */
static bool has_version(struct drp_sv url)
{
    const struct drp_sv last =
        drp_sv_slice(url, drp_sv_rfind(url, DRP_SV("/")) + 1, url.len);
    return drp_sv_is(last, "openai") || (last.len >= 2 && last.ptr[0] == 'v' &&
                                         last.ptr[1] >= '0' && last.ptr[1] <= '9');
}

/* "http://host:port" and "…/v1/" both become "http://host:port/v1". */
static int normal_url(struct drp_sv given, struct drp_arena *arena, const char **out,
                      struct drp_err *err)
{
    struct drp_sv url = drp_sv_trim(given);
    const bool is_plain = drp_sv_starts(url, DRP_SV("http://"));
    if (!is_plain && !drp_sv_starts(url, DRP_SV("https://")))
        return bad_url(given, "it begins with http:// or https://", err);
    if (url.len > MAX_URL_BYTES)
        return bad_url(drp_sv_slice(url, 0, 80), "it is too long", err);
    const struct drp_sv rest = drp_sv_slice(url, is_plain ? 7 : 8, url.len);
    if (drp_sv_find(rest, DRP_SV("@"), 0) != SIZE_MAX)
        return drp_fail(err, DRP_EUSAGE,
                        "a server's URL holds a name or password, and URLs are written to "
                        "files: give a key by OPENAI_API_KEY or --api-key-file");
    if (drp_sv_find(rest, DRP_SV("?"), 0) != SIZE_MAX)
        return drp_fail(err, DRP_EUSAGE,
                        "a server's URL has a query: options stand behind #MODEL, a key in "
                        "OPENAI_API_KEY or --api-key-file");
    while (drp_sv_ends(url, DRP_SV("/")))
        url = drp_sv_slice(url, 0, url.len - 1);
    if (rest.len == 0 || rest.ptr[0] == '/' || rest.ptr[0] == ':')
        return bad_url(given, "it names no host", err);
    *out = drp_arena_f(arena, "%.*s%s", DRP_SV_ARG(url), has_version(url) ? "" : "/v1").ptr;
    return 0;
}

static int make_pool(struct openai *o, const struct drp_model_opts *opts,
                     const struct drp_spec *spec, size_t concurrency, struct drp_err *err)
{
    const struct drp_server_opts none = {0};
    const struct drp_server_opts *s = opts->server ? opts->server : &none;
    const char **urls = drp_arena_new(&o->arena, const char *, s->n_urls + 1);
    size_t n = 0;
    int rc = 0;
    DRP_TRY(rc, normal_url(spec->place, &o->arena, &urls[n++], err));
    for (size_t i = 0; i < s->n_urls; i++)
        DRP_TRY(rc, normal_url(drp_sv_from(s->urls[i]), &o->arena, &urls[n++], err));
    if (s->api_key)
        DRP_TRY(rc, drp_secret_check(drp_sv_from(s->api_key), "the options", err));
    const struct drp_pool_opts pool = {
        .urls = urls,
        .n_urls = n,
        .api_key = s->api_key,
        .concurrency = concurrency,
        .give_up_ms = s->give_up_ms ? s->give_up_ms : GIVE_UP_MS,
        .stall_ms = s->stall_ms ? s->stall_ms : STALL_MS,
        .backoff_ms = s->backoff_ms ? s->backoff_ms : BACKOFF_MS,
    };
    DRP_TRY(rc, drp_pool_new(&pool, &o->pool, err));
    o->embedder.cancel = s->cancel;
out:
    return rc;
}

/* True for names under which a server may serve anything. */
static bool is_generic(struct drp_sv name)
{
    static const char *const generic[] = {"default", "model", "local-model",
                                          "llama",   "local", "gpt-3.5-turbo",
                                          "test",    "main"};
    for (size_t i = 0; i < DRP_LEN(generic); i++)
        if (drp_sv_is(name, generic[i]))
            return true;
    return false;
}

static int choose_thinking(struct openai *o, const struct drp_model_opts *opts,
                           struct drp_err *err)
{
    const struct drp_think_model known = drp_think_known(o->model.name);
    o->model.reasoning = opts->reasoning != 0 ? opts->reasoning > 0 : known.reasoning;
    o->model.no_system_turn = known.no_system_turn;
    o->model.tags = known.tags;
    if (!opts->think_tags)
        return 0;
    const struct drp_sv text = drp_arena_sv(&o->arena, drp_sv_from(opts->think_tags));
    if (!drp_think_tags_parse(text, &o->model.tags))
        return drp_fail(err, DRP_EUSAGE,
                        "cannot read think_tags '%s': write two words, such as "
                        "'<think> </think>'",
                        opts->think_tags);
    return 0;
}

/* The model, never the server: the same weights elsewhere give the same answers. */
static struct drp_sha256 fingerprint(const struct openai *o, struct drp_sv revision)
{
    struct drp_hasher *h = drp_hasher_new();
    drp_hasher_field(h, DRP_SV("openai"));
    drp_hasher_field(h, o->model.name);
    drp_hasher_field(h, revision);
    drp_hasher_field(h, o->model.tags.open);
    drp_hasher_field(h, o->model.tags.close);
    drp_hasher_u64(h, o->model.reasoning);
    return drp_hasher_finish(h);
}

static struct drp_sv option_of(const struct drp_spec *spec, const char *key)
{
    for (size_t i = 0; i < spec->n_options; i++)
        if (drp_sv_is(spec->options[i].key, key))
            return spec->options[i].value;
    return (struct drp_sv){NULL, 0};
}

/* What the SPEC says, beyond place and model. */
struct plan {
    int64_t concurrency, context;
    struct drp_sv revision;
};

static int read_plan(const struct drp_model_opts *opts, const struct drp_spec *spec,
                     struct plan *plan, struct drp_err *err)
{
    static const char *const allowed[] = {"concurrency", "ctx", "revision", NULL};
    int rc = 0;
    DRP_TRY(rc, drp_spec_only(spec, allowed, err));
    DRP_TRY(rc, drp_spec_int(spec, "concurrency",
                             (struct drp_spec_range){1, 4096, CONCURRENCY},
                             &plan->concurrency, err));
    DRP_TRY(rc, drp_spec_int(spec, "ctx", (struct drp_spec_range){256, 1 << 24, 0},
                             &plan->context, err));
    plan->revision = option_of(spec, "revision");
    if (opts->strict)
        plan->concurrency = 1;
out:
    return rc;
}

static void fill_info(struct openai *o, const struct drp_model_opts *opts,
                      const struct plan *plan, const struct drp_openai_found *found,
                      struct drp_model_info *info)
{
    const uint32_t otherwise = opts->embedding ? EMBED_CONTEXT : CONTEXT;
    *info = (struct drp_model_info){
        .name = o->model.name,
        .licence = DRP_SV(""),
        .fingerprint = fingerprint(o, plan->revision),
        .context = plan->context > 0    ? (uint32_t)plan->context
                   : found->context > 0 ? found->context
                                        : otherwise,
        .slots = (uint32_t)plan->concurrency,
        .reasoning = o->model.reasoning,
        .has_grammar = true,
        .is_ambiguous = !plan->revision.ptr && is_generic(o->model.name),
        .repeat_penalty = opts->repeat_penalty > 0 ? opts->repeat_penalty : 1,
        .build = drp_arena_f(&o->arena, "openai; %s", drp_http_library()),
    };
    if (plan->context == 0 && found->context == 0)
        drp_log(DRP_LOG_INFO,
                "the server does not say how much '%.*s' can read: %u tokens are assumed, "
                "?ctx=N says better",
                DRP_SV_ARG(o->model.name), (unsigned)otherwise);
}

static void close_openai(void *self)
{
    struct openai *o = self;
    drp_pool_free(o->pool);
    drp_arena_release(&o->arena);
    free(o);
}

static int open_openai(const struct drp_model_opts *opts, void **self,
                       struct drp_model_info *info, struct drp_err *err)
{
    int rc = 0;
    struct drp_spec spec;
    struct plan plan = {0};
    struct drp_openai_found found;
    struct openai *o = drp_calloc(1, sizeof *o);
    DRP_TRY(rc, drp_spec_parse(drp_sv_from(opts->spec), &o->arena, &spec, err));
    DRP_TRY(rc, read_plan(opts, &spec, &plan, err));
    DRP_TRY(rc, make_pool(o, opts, &spec, (size_t)plan.concurrency, err));
    DRP_TRY(rc, drp_openai_probe(o->pool, spec.model, o->embedder.cancel, &o->arena,
                                 &found, err));
    o->model.name = found.name;
    o->model.strict = opts->strict;
    o->model.is_llama_server = found.is_llama_server;
    DRP_TRY(rc, choose_thinking(o, opts, err));
    fill_info(o, opts, &plan, &found, info);
    if (info->is_ambiguous)
        drp_log(DRP_LOG_WARN,
                "model name '%.*s' may stand for anything: add ?revision=NAME, so that "
                "answers of different models are not taken for each other",
                DRP_SV_ARG(info->name));
    o->embedder.pool = o->pool;
    o->embedder.model = o->model.name;
    o->embedder.context = info->context;
    if (opts->embedding)
        DRP_TRY(rc, drp_openai_dimension(&o->embedder, &info->dimension, err));
    o->embedder.dimension = info->dimension;
    *self = o;
    o = NULL;
out:
    if (o)
        close_openai(o);
    return rc;
}

/* ---- the table's functions -------------------------------------------------------------- */

static void submit(void *self, struct drp_job **jobs, size_t n)
{
    struct openai *o = self;
    struct drp_exchange **xs = drp_calloc(n, sizeof *xs);
    for (size_t i = 0; i < n; i++)
        xs[i] = drp_openai_chat_new(&o->model, jobs[i]);
    drp_pool_put(o->pool, xs, n);
    free(xs);
}

static void cancel(void *self, struct drp_job *job)
{
    drp_pool_cancel(((struct openai *)self)->pool, job);
}

/* Until an answer is durable its slot stays taken: what can be paid twice is at most what is in flight. */
static void kept(void *self, struct drp_job *job)
{
    drp_pool_kept(((struct openai *)self)->pool, job->state);
}

static int embed(void *self, const struct drp_sv *texts, size_t n, float *vectors,
                 struct drp_err *err)
{
    return drp_openai_embed(&((const struct openai *)self)->embedder, texts, n, vectors,
                            err);
}

static int count(void *self, const struct drp_call *call, size_t *n_tokens,
                 struct drp_err *err)
{
    (void)self;
    (void)err;
    *n_tokens = drp_openai_count(call);
    return 0;
}

const struct drp_backend drp_backend_openai = {
    .name = "openai",
    .open = open_openai,
    .submit = submit,
    .cancel = cancel,
    .kept = kept,
    .embed = embed,
    .count = count,
    .close = close_openai,
};
