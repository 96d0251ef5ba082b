#include "engine/local_model.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <llama.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/machine.h"
#include "base/thread.h"
#include "engine/batch.h"
#include "engine/local_chat.h"
#include "engine/local_memory.h"
#include "engine/spec.h"
#include "engine/think.h"

#include "base/banned.h"

enum {
    DEFAULT_CONTEXT = 8192,
    MIN_CONTEXT = 64,
    MAX_SLOTS = 64,
    DEFAULT_SLOTS = 8,
    ALL_LAYERS = 999,
};

/* Below this many parameters a model loops at T = 0 without a penalty. 16 replies of
 * 100 tokens by SmolLM2-135M: at 1.1 one loops in part, at 1.2 none does but sentences
 * lose their grammar. */
#define SMALL_MODEL_PARAMS  1000000000u
#define SMALL_MODEL_PENALTY 1.1

/* What the SPEC and the machine say together. */
struct plan {
    const char *path;
    int64_t context, slots, threads, gpu_layers;
};

/* ---- libllama as a whole --------------------------------------------------------- */

static void log_line(enum ggml_log_level level, const char *text, void *ctx)
{
    (void)level;
    (void)ctx;
    const struct drp_sv line = drp_sv_trim(drp_sv_from(text));
    if (line.len > 1) /* progress dots come one by one */
        drp_log(DRP_LOG_DEBUG, "libllama: %.*s", DRP_SV_ARG(line));
}

static void start_llama(void)
{
    llama_log_set(log_line, NULL);
    llama_backend_init();
}

static bool has_gpu(void)
{
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        const enum ggml_backend_dev_type type =
            ggml_backend_dev_type(ggml_backend_dev_get(i));
        if (type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU)
            return true;
    }
    return false;
}

/* ---- options and memory ---------------------------------------------------------- */

static int read_spec(const struct drp_model_opts *opts, struct drp_arena *arena,
                     struct drp_spec *spec, struct plan *plan, struct drp_err *err)
{
    static const char *const allowed[] = {"ctx",        "slots",    "threads",
                                          "gpu_layers", "template", NULL};
    int rc = 0;
    DRP_TRY(rc, drp_spec_parse(drp_sv_from(opts->spec), arena, spec, err));
    DRP_TRY(rc, drp_spec_only(spec, allowed, err));
    DRP_TRY(rc,
            drp_spec_int(spec, "ctx", (struct drp_spec_range){MIN_CONTEXT, INT32_MAX, 0},
                         &plan->context, err));
    DRP_TRY(rc, drp_spec_int(spec, "slots", (struct drp_spec_range){1, MAX_SLOTS, 0},
                             &plan->slots, err));
    DRP_TRY(rc, drp_spec_int(spec, "threads",
                             (struct drp_spec_range){1, 1024, drp_machine_cores()},
                             &plan->threads, err));
    DRP_TRY(rc,
            drp_spec_int(spec, "gpu_layers",
                         (struct drp_spec_range){0, ALL_LAYERS, has_gpu() ? ALL_LAYERS : 0},
                         &plan->gpu_layers, err));
    plan->path = drp_arena_sv(arena, spec->place).ptr; /* terminated */
    if (opts->strict || opts->embedding)
        plan->slots = 1;
    if (!has_gpu())
        plan->gpu_layers = 0;
out:
    return rc;
}

static int check_file(const char *path, struct drp_err *err)
{
    static const struct {
        enum drp_fs_kind kind;
        int code;
        const char *what;
    } rows[] = {
        {DRP_FS_NONE, DRP_ENOTFOUND, "no such file"},
        {DRP_FS_FOLDER, DRP_EUSAGE, "it is a folder: name the .gguf file in it"},
        {DRP_FS_OTHER, DRP_EUSAGE, "it is no plain file"},
    };
    const enum drp_fs_kind kind = drp_fs_kind(path);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        if (rows[i].kind == kind)
            return drp_fail(err, rows[i].code, "cannot open model '%s': %s", path,
                            rows[i].what);
    return 0;
}

/* Fills in context and slots, and fails before anything is loaded that would not fit. */
static int fit_plan(struct plan *plan, bool embedding, struct drp_err *err)
{
    int rc = 0;
    struct drp_local_need need;
    DRP_TRY(rc, drp_local_memory_read(plan->path, &need, err));
    const int64_t trained = need.context > 0 ? (int64_t)need.context : DEFAULT_CONTEXT;
    if (plan->context > trained) {
        rc = drp_fail(err, DRP_EUSAGE,
                      "cannot give '%s' a context of %lld tokens: it was trained for %lld",
                      plan->path, (long long)plan->context, (long long)trained);
        goto out;
    }
    if (plan->context == 0)
        plan->context = DRP_MIN(trained, DEFAULT_CONTEXT);
    if (embedding)
        need.cache_bytes_per_token = 0;
    if (plan->gpu_layers > 0) {
        if (plan->slots == 0)
            plan->slots = DEFAULT_SLOTS;
        goto out; /* the device's memory is libllama's to judge */
    }
    DRP_TRY(rc, drp_local_memory_fit(&need, plan->path, (uint64_t)plan->context,
                                     DEFAULT_SLOTS, &plan->slots, err));
out:
    return rc;
}

/* ---- loading --------------------------------------------------------------------- */

static int load_weights(struct drp_local_model *m, const struct plan *plan,
                        struct drp_err *err)
{
    struct llama_model_params params = llama_model_default_params();
    params.n_gpu_layers = (int32_t)plan->gpu_layers;
    m->llama = llama_model_load_from_file(plan->path, params);
    if (!m->llama)
        return drp_fail(err, DRP_EENGINE,
                        "cannot load model '%s': it is broken, cut short, or of a kind that "
                        "this libllama does not know; --verbose shows its reasons",
                        plan->path);
    m->vocab = llama_model_get_vocab(m->llama);
    m->reuses = !m->strict && !llama_model_is_recurrent(m->llama) &&
                !llama_model_is_hybrid(m->llama);
    return 0;
}

/* Keys of 8 bits without flash attention: the fastest on CPUs at all depths, and the
 * kernels of one row per stream give the same numbers for 1 and for 8 streams (see
 * local.c). Where the head's size does not allow it, and on GPUs, 16 bits. */
static void choose_cache(const struct drp_local_model *m, const struct plan *plan,
                         struct llama_context_params *params)
{
    const int32_t heads = llama_model_n_head(m->llama);
    const int32_t size = heads > 0 ? llama_model_n_embd(m->llama) / heads : 0;
    if (plan->gpu_layers > 0) {
        params->flash_attn_type = LLAMA_FLASH_ATTN_TYPE_AUTO;
        return;
    }
    params->flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    if (size > 0 && size % 32 == 0)
        params->type_k = GGML_TYPE_Q8_0;
}

static int make_context(struct drp_local_model *m, const struct plan *plan,
                        bool embedding, struct drp_err *err)
{
    struct llama_context_params params = llama_context_default_params();
    params.n_seq_max = (uint32_t)plan->slots;
    params.n_ctx = (uint32_t)(plan->context * plan->slots);
    params.n_batch = params.n_ubatch = DRP_BATCH_CHUNK;
    params.n_threads = params.n_threads_batch = (int32_t)plan->threads;
    params.kv_unified = false;
    params.no_perf = true;
    choose_cache(m, plan, &params);
    if (embedding) { /* all tokens of a text in one pass */
        params.embeddings = true;
        params.n_batch = params.n_ubatch = (uint32_t)plan->context;
        params.type_k = GGML_TYPE_F16;
    }
    m->context = llama_init_from_model(m->llama, params);
    if (!m->context)
        return drp_fail(err, DRP_EENGINE,
                        "cannot make a context of %lld tokens for %lld slots of model '%s': "
                        "use fewer with ?ctx= or ?slots=",
                        (long long)plan->context, (long long)plan->slots, plan->path);
    drp_pace_init(&m->pace, (uint32_t)plan->threads);
    return 0;
}

/* ---- identity -------------------------------------------------------------------- */

/* A value of the file's metadata; absent when there is none. */
static struct drp_sv meta(struct drp_local_model *m, const char *key)
{
    const int32_t len = llama_model_meta_val_str(m->llama, key, NULL, 0);
    if (len < 0)
        return (struct drp_sv){NULL, 0};
    char *buf = drp_arena_calloc(&m->arena, (size_t)len + 1, 1);
    llama_model_meta_val_str(m->llama, key, buf, (size_t)len + 1);
    return (struct drp_sv){buf, (size_t)len};
}

/* The file's name without folder and ".gguf", for models that do not say theirs. */
static struct drp_sv name_of_file(const char *path)
{
    struct drp_sv name = drp_sv_from(path);
    const size_t slash = drp_sv_rfind(name, DRP_SV("/"));
    if (slash != SIZE_MAX)
        name = drp_sv_slice(name, slash + 1, name.len);
    return drp_sv_ends(name, DRP_SV(".gguf")) ? drp_sv_slice(name, 0, name.len - 5) : name;
}

static int choose_thinking(struct drp_local_model *m, const struct plan *plan,
                           const struct drp_model_opts *opts,
                           const struct drp_model_info *info, struct drp_err *err)
{
    const struct drp_sv names = drp_arena_f(&m->arena, "%.*s %.*s", DRP_SV_ARG(info->name),
                                            DRP_SV_ARG(name_of_file(plan->path)));
    const struct drp_think_model known = drp_think_known(names);
    m->reasoning = known.reasoning;
    m->no_system_turn = known.no_system_turn;
    m->tags = known.tags;
    if (opts->reasoning != 0)
        m->reasoning = opts->reasoning > 0;
    if (!opts->think_tags)
        return 0;
    const struct drp_sv text = drp_arena_sv(&m->arena, drp_sv_from(opts->think_tags));
    if (!drp_think_tags_parse(text, &m->tags))
        return drp_fail(err, DRP_EUSAGE,
                        "cannot read think_tags '%s': write two words, such as "
                        "'<think> </think>'",
                        opts->think_tags);
    return 0;
}

static int choose_template(struct drp_local_model *m, struct drp_sv named,
                           const struct drp_model_opts *opts, struct drp_err *err)
{
    const char *own = llama_model_chat_template(m->llama, NULL);
    const struct drp_sv name =
        named.len > 0 ? named
                      : drp_sv_from(opts->template_name ? opts->template_name : own);
    if (!name.ptr)
        return drp_fail(err, DRP_EENGINE,
                        "model '%s' has no chat template: name one with template=, such as "
                        "template=chatml",
                        opts->spec);
    if (!drp_local_chat_known(drp_arena_sv(&m->arena, name).ptr))
        return drp_fail(err, DRP_EENGINE,
                        "the chat template %s%.*s%s of model '%s' is unknown: name one with "
                        "template=, such as chatml, llama3, mistral-v7, gemma, deepseek3",
                        name.ptr == own ? "" : "'", name.ptr == own ? 0 : (int)name.len,
                        name.ptr, name.ptr == own ? "" : "'", opts->spec);
    m->chat_template = drp_arena_sv(&m->arena, name).ptr;
    return 0;
}

static void fill_info(struct drp_local_model *m, const struct plan *plan,
                      const struct drp_model_opts *opts, struct drp_model_info *info)
{
    info->spec = drp_arena_sv(&m->arena, drp_sv_from(opts->spec));
    /* The file's name tells the quantisation too; the name in the metadata is free text. */
    info->name = drp_arena_sv(&m->arena, name_of_file(plan->path));
    info->licence = meta(m, "general.license");
    info->context = m->context_size = (uint32_t)plan->context;
    info->slots = (uint32_t)plan->slots;
    info->dimension = m->dimension =
        opts->embedding ? (uint32_t)llama_model_n_embd_out(m->llama) : 0;
    info->reuses = m->reuses;
    info->has_grammar = true;
    info->is_repeatable = true;
    info->repeat_penalty = opts->repeat_penalty > 0 ? opts->repeat_penalty
                           : llama_model_n_params(m->llama) < SMALL_MODEL_PARAMS
                               ? SMALL_MODEL_PENALTY
                               : 1;
    info->build = drp_arena_f(&m->arena, "llama.cpp %s; %s", llama_version(),
                              llama_print_system_info());
}

static int fingerprint(const struct drp_local_model *m, const struct plan *plan,
                       struct drp_sha256 *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_sha256 weights;
    DRP_TRY(rc, drp_local_memory_hash(plan->path, &weights, err));
    struct drp_hasher *h = drp_hasher_new();
    drp_hasher_field(h, (struct drp_sv){(const char *)weights.bytes, sizeof weights.bytes});
    drp_hasher_field(h, drp_sv_from(m->chat_template));
    drp_hasher_field(h, m->tags.open);
    drp_hasher_field(h, m->tags.close);
    drp_hasher_u64(h, m->reasoning);
    drp_hasher_u64(h, plan->gpu_layers > 0); /* decides the type of the cache */
    *out = drp_hasher_finish(h);
out:
    return rc;
}

int drp_local_model_open(const struct drp_model_opts *opts, struct drp_local_model **out,
                         struct drp_model_info *info, struct drp_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_llama);
    int rc = 0;
    struct plan plan = {0};
    struct drp_spec spec;
    struct drp_sv template_name = {NULL, 0};
    struct drp_local_model *m = drp_calloc(1, sizeof *m);
    m->strict = opts->strict;
    m->embedding = opts->embedding;
    DRP_TRY(rc, read_spec(opts, &m->arena, &spec, &plan, err));
    for (size_t i = 0; i < spec.n_options; i++)
        if (drp_sv_is(spec.options[i].key, "template"))
            template_name = spec.options[i].value;
    DRP_TRY(rc, check_file(plan.path, err));
    DRP_TRY(rc, fit_plan(&plan, opts->embedding, err));
    DRP_TRY(rc, load_weights(m, &plan, err));
    DRP_TRY(rc, make_context(m, &plan, opts->embedding, err));
    *info = (struct drp_model_info){0};
    fill_info(m, &plan, opts, info);
    if (!opts->embedding) {
        DRP_TRY(rc, choose_thinking(m, &plan, opts, info, err));
        DRP_TRY(rc, choose_template(m, template_name, opts, err));
    }
    info->reasoning = m->reasoning;
    DRP_TRY(rc, fingerprint(m, &plan, &info->fingerprint, err));
    *out = m;
    m = NULL;
out:
    drp_local_model_free(m);
    return rc;
}

/* Processor time that the whole process has had. */
static int64_t cpu_us(void)
{
    struct timespec t = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int32_t drp_local_model_pass(struct drp_local_model *m, const struct llama_batch *batch,
                             bool is_short)
{
    const int64_t started = drp_clock_us(), cpu_started = cpu_us();
    const uint32_t threads = drp_pace_threads(&m->pace, started, is_short);
    llama_set_n_threads(m->context, (int32_t)threads, (int32_t)threads);
    const int32_t status = m->embedding ? llama_encode(m->context, *batch)
                                        : llama_decode(m->context, *batch);
    const int64_t ended = drp_clock_us();
    drp_pace_note(&m->pace, threads, ended - started, cpu_us() - cpu_started, ended);
    return status;
}

void drp_local_model_free(struct drp_local_model *m)
{
    if (!m)
        return;
    if (m->context)
        llama_free(m->context);
    if (m->llama)
        llama_model_free(m->llama);
    drp_arena_release(&m->arena);
    free(m);
}
