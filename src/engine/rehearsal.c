/* What would be reused follows the engine's own rule: a model that shows its tokens and reuses what its slots hold has a
 * cache of sequences here as there. Of a server nobody knows what it keeps: for it the beginnings that earlier prompts
 * had as well are counted, block by block, which is the most that it can reuse. */
#include "engine/rehearsal.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/hash.h"
#include "engine/journal.h"
#include "engine/key_set.h"

#include "base/banned.h"

enum {
    BLOCK_BYTES = 256,    /* of a server's prompt: about 64 tokens */
    MAX_BLOCKS = 1 << 18, /* remembered; a newer one takes an older one's place */
    TOKENS_A_FEATURE = 80,
    MARK_TOKENS = 3,
    LABEL_TOKENS = 3,     /* of a line "word: …" */
    WORDLESS_TOKENS = 32, /* of a feature: keys, quotes, brackets, name */
};

struct model {
    struct drp_rehearsal *rehearsal;
    struct drp_rehearsed *noted; /* NULL: too many models */
    const struct drp_backend *inner;
    void *self;
    size_t n_slots;
    struct drp_model_info info;
    bool strict;
    struct drp_key_set asked;
    struct drp_cache *cache; /* NULL: nothing is reused, or it cannot be seen */
    uint64_t *blocks;        /* (MAX_BLOCKS) hashes; NULL: not a server */
};

/* ---- reuse -------------------------------------------------------------------------------- */

/* Takes a slot as the engine does and computes the prompt there; the tokens that were there. */
static size_t reuse_slot(struct drp_cache *c, struct drp_tokens prompt, size_t *slot)
{
    *slot = drp_cache_pick(c, prompt);
    drp_cache_take(c, *slot);
    const size_t source = drp_cache_source(c, *slot, prompt);
    if (source != DRP_CACHE_NONE)
        drp_cache_copy(c, source, *slot, drp_cache_match(c, source, prompt));
    const size_t n = drp_cache_match(c, *slot, prompt);
    drp_cache_trim(c, *slot, n);
    drp_cache_extend(c, *slot, (struct drp_tokens){prompt.at + n, prompt.n - n});
    return n;
}

/* Bytes at the beginning of the conversation, in whole blocks, that an earlier one began with; notes its blocks. */
static size_t reuse_blocks(uint64_t *blocks, const struct drp_call *call, size_t *n_bytes)
{
    size_t shared = 0;
    bool is_shared = true;
    uint64_t hash = 1;
    *n_bytes = 0;
    for (size_t i = 0; i < call->n_messages; i++) {
        const struct drp_sv text = call->messages[i].text;
        hash = drp_hash_mix(hash, (uint64_t)call->messages[i].role + 1);
        for (size_t at = 0; at < text.len; at += BLOCK_BYTES) {
            const struct drp_sv block = drp_sv_slice(text, at, at + BLOCK_BYTES);
            hash = drp_hash_mix(hash, drp_hash64(block));
            uint64_t *place = &blocks[hash % MAX_BLOCKS];
            is_shared = is_shared && *place == hash;
            shared += is_shared ? block.len : 0;
            *place = hash;
        }
        *n_bytes += text.len;
    }
    return shared;
}

static int count_by_tokens(struct model *m, struct drp_job *job, size_t *slot,
                           struct drp_err *err)
{
    struct drp_token_vec tokens = {0};
    const int rc = m->inner->tokens(m->self, job->call, &tokens, err);
    if (rc == 0) {
        job->usage.prompt_tokens = (uint32_t)tokens.n;
        job->usage.cached_tokens =
            (uint32_t)reuse_slot(m->cache, (struct drp_tokens){tokens.at, tokens.n}, slot);
    }
    drp_vec_release(&tokens);
    return rc;
}

static int count_by_bytes(struct model *m, struct drp_job *job, struct drp_err *err)
{
    size_t n_tokens = 0, n_bytes = 0;
    const int rc = m->inner->count(m->self, job->call, &n_tokens, err);
    job->usage.prompt_tokens = (uint32_t)n_tokens;
    if (rc < 0 || !m->blocks)
        return rc;
    const size_t shared = reuse_blocks(m->blocks, job->call, &n_bytes);
    if (n_bytes > 0)
        job->usage.cached_tokens = (uint32_t)(n_tokens * shared / n_bytes);
    return 0;
}

/* ---- answers ------------------------------------------------------------------------------ */

static const char PLACEHOLDER[] = "(the model's answer)";

/* Words that are one token each for nearly all models. */
static void add_words(struct drp_str *out, size_t n)
{
    static const char *const words[] = {"the",  "person", "writes", "in",    "short",
                                        "and",  "plain",  "words",  "about", "what",
                                        "they", "like",   "with",   "some",  "detail"};
    for (size_t i = 0; i < n; i++)
        drp_str_addf(out, "%s%s", i > 0 ? " " : "", words[i % DRP_LEN(words)]);
}

/* How an answer is to be. */
struct shape {
    size_t n; /* tokens; 0: placeholders                                            */
    uint32_t mark; /* of the question: answers to different ones differ, as a model's do */
};

/* A text of `n` tokens, or a placeholder. */
static void add_text(struct drp_str *out, struct shape shape, size_t n,
                     const char *placeholder)
{
    if (shape.n == 0) {
        drp_str_addz(out, placeholder);
        return;
    }
    add_words(out, n > MARK_TOKENS ? n - MARK_TOKENS : 1);
    drp_str_addf(out, " %u", shape.mark % 1000);
}

static void add_features(struct drp_str *out, struct shape shape)
{
    const size_t n = shape.n;
    const size_t n_features = DRP_MAX(n / TOKENS_A_FEATURE, 1);
    const size_t each = n / n_features;
    const size_t words = each > WORDLESS_TOKENS ? each - WORDLESS_TOKENS : n > 0;
    drp_str_addz(out, "{\"features\":[");
    for (size_t i = 0; i < n_features; i++) {
        drp_str_addz(out, i > 0 ? ",{\"name\":\"" : "{\"name\":\"");
        if (n == 0)
            drp_str_addz(out, "(name)");
        else
            drp_str_addf(out, "trait %zu", i + 1);
        drp_str_addz(out, "\",\"definition\":\"");
        add_text(out, shape, words / 3, "(definition)");
        drp_str_addz(out, "\",\"difference\":\"");
        add_text(out, shape, words - words / 3, "(difference)");
        drp_str_addz(out, "\"}");
    }
    drp_str_addz(out, "]}");
}

static size_t count_lines(struct drp_sv text)
{
    struct drp_sv line;
    size_t n = 0;
    while (drp_sv_line(&text, &line))
        n++;
    return n;
}

/* Lines "word: " of an example with an answer behind each; nothing when it does not consist of such lines. */
static void add_lines_like(struct drp_str *out, struct drp_sv example, struct shape shape)
{
    const size_t each = shape.n / DRP_MAX(count_lines(example), 1);
    struct drp_sv line;
    while (drp_sv_line(&example, &line)) {
        const size_t colon = drp_sv_find(line, DRP_SV(": "), 0);
        const struct drp_sv word = drp_sv_slice(line, 0, colon);
        if (colon == SIZE_MAX || drp_sv_find(word, DRP_SV(" "), 0) != SIZE_MAX) {
            drp_str_clear(out);
            return;
        }
        drp_str_addf(out, "%.*s: ", DRP_SV_ARG(word));
        add_text(out, shape, each > LABEL_TOKENS ? each - LABEL_TOKENS : 1, PLACEHOLDER);
        drp_str_addc(out, '\n');
    }
}

static uint32_t mark_of(const struct drp_call *call)
{
    uint64_t hash = 1;
    for (size_t i = 0; i < call->n_messages; i++)
        hash = drp_hash_mix(hash, drp_hash64(call->messages[i].text));
    return (uint32_t)hash;
}

/* An answer of the form that is asked for, so that what continues from it is asked as well. */
static void answer(struct drp_job *job, size_t n)
{
    const struct drp_call *call = job->call;
    const struct shape shape = {n, mark_of(call)};
    size_t i = 0;
    while (i < call->n_messages && call->messages[i].role != DRP_ROLE_ASSISTANT)
        i++;
    if (call->grammar)
        add_features(&job->text, shape);
    else if (i < call->n_messages)
        add_lines_like(&job->text, call->messages[i].text, shape);
    if (job->text.len == 0)
        add_text(&job->text, shape, n, PLACEHOLDER);
    job->finish = DRP_FINISH_STOP;
}

/* ---- jobs --------------------------------------------------------------------------------- */

static void rehearse_job(struct model *m, struct drp_job *job, size_t *slot)
{
    const struct drp_sampling *s = &job->call->sampling;
    struct drp_err err = {0};
    const bool measures = m->rehearsal->measures;
    const uint32_t n = measures ? job->call->expected_tokens : 0;
    const struct drp_key key = drp_journal_key(&m->info, job->call, m->strict);
    answer(job, DRP_MIN(n, s->max_tokens));
    job->is_repeat = measures && !drp_key_set_add(&m->asked, &key.hash);
    if (job->is_repeat)
        return;
    const int rc = m->cache && measures ? count_by_tokens(m, job, slot, &err)
                                        : count_by_bytes(m, job, &err);
    if (m->rehearsal->show)
        m->rehearsal->show(m->rehearsal->ctx, job->call, job->usage.prompt_tokens,
                           rc < 0 ? err.text : NULL);
    if (rc < 0 && measures) {
        job->status = rc;
        drp_str_addz(&job->error, err.text);
        return;
    }
    job->usage.answer_tokens = n;
    job->usage.reasoning_tokens = n - DRP_MIN(n, s->max_tokens);
}

/* Jobs that have a slot at the same time; as many as there are slots. */
static void rehearse_wave(struct model *m, struct drp_job **jobs, size_t n)
{
    size_t slots[DRP_REHEARSED_CALLS];
    uint32_t longest = 0;
    for (size_t i = 0; i < n; i++) {
        slots[i] = DRP_CACHE_NONE;
        rehearse_job(m, jobs[i], &slots[i]);
        longest = DRP_MAX(longest, jobs[i]->usage.answer_tokens);
    }
    for (size_t i = 0; i < n; i++)
        if (slots[i] != DRP_CACHE_NONE)
            drp_cache_give(m->cache, slots[i], jobs[i]->call->will_continue);
    if (m->noted)
        m->noted->steps[n] += longest;
}

static void submit_rehearsal(void *self, struct drp_job **jobs, size_t n)
{
    struct model *m = self;
    if (m->rehearsal->asks) {
        m->inner->submit(m->self, jobs, n);
        return;
    }
    for (size_t at = 0; at < n; at += m->n_slots)
        rehearse_wave(m, jobs + at, DRP_MIN(m->n_slots, n - at));
    for (size_t i = 0; i < n; i++)
        jobs[i]->done(jobs[i]);
}

static void cancel_rehearsal(void *self, struct drp_job *job)
{
    const struct model *m = self;
    if (m->rehearsal->asks)
        m->inner->cancel(m->self, job);
}

static void keep_rehearsal(void *self, struct drp_job *job)
{
    const struct model *m = self;
    if (m->rehearsal->asks && m->inner->kept)
        m->inner->kept(m->self, job);
}

static int embed_rehearsal(void *self, const struct drp_sv *texts, size_t n,
                           float *vectors, struct drp_err *err)
{
    const struct model *m = self;
    return m->inner->embed(m->self, texts, n, vectors, err);
}

static int count_rehearsal(void *self, const struct drp_call *call, size_t *n_tokens,
                           struct drp_err *err)
{
    const struct model *m = self;
    return m->inner->count(m->self, call, n_tokens, err);
}

/* ---- opening ------------------------------------------------------------------------------ */

static int open_inner(const struct drp_model_opts *opts, struct model *m,
                      struct drp_model_info *info, struct drp_err *err)
{
    struct drp_model_opts inner = *opts;
    const struct drp_sv spec = drp_sv_from(opts->spec + strlen("rehearsal:"));
    const struct drp_sv scheme = drp_sv_slice(spec, 0, drp_sv_find(spec, DRP_SV(":"), 0));
    inner.spec = spec.ptr;
    m->inner = drp_backend_find(scheme, &inner.backend_ctx);
    if (!m->inner)
        return drp_fail(err, DRP_EUSAGE,
                        "unknown engine '%.*s': write llama:PATH.gguf or openai:URL#MODEL",
                        DRP_SV_ARG(scheme));
    return m->inner->open(&inner, &m->self, info, err);
}

static int open_rehearsal(const struct drp_model_opts *opts, void **self,
                          struct drp_model_info *info, struct drp_err *err)
{
    struct model *m = drp_calloc(1, sizeof *m);
    struct drp_rehearsal *r = m->rehearsal = opts->backend_ctx;
    const int rc = open_inner(opts, m, info, err);
    if (rc < 0) {
        free(m);
        return rc;
    }
    m->info = *info;
    m->strict = opts->strict;
    m->n_slots = DRP_MAX(DRP_MIN(info->slots, (uint32_t)DRP_REHEARSED_CALLS), 1);
    if (m->inner->tokens && info->reuses)
        m->cache = drp_cache_new(m->n_slots);
    else if (!m->inner->tokens && r->measures)
        m->blocks = drp_calloc(MAX_BLOCKS, sizeof *m->blocks);
    if (r->n_models < DRP_REHEARSED_MODELS)
        m->noted = &r->models[r->n_models++];
    if (m->noted)
        m->noted->sees_tokens = m->inner->tokens != NULL;
    *self = m;
    return 0;
}

static void close_rehearsal(void *self)
{
    struct model *m = self;
    m->inner->close(m->self);
    drp_cache_free(m->cache);
    drp_key_set_release(&m->asked);
    free(m->blocks);
    free(m);
}

void drp_rehearsal_register(struct drp_rehearsal *r)
{
    static const struct drp_backend backend = {
        .name = "rehearsal",
        .open = open_rehearsal,
        .submit = submit_rehearsal,
        .cancel = cancel_rehearsal,
        .kept = keep_rehearsal,
        .embed = embed_rehearsal,
        .count = count_rehearsal,
        .close = close_rehearsal,
    };
    drp_backend_register(&backend, r);
}
