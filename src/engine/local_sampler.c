#include "engine/local_sampler.h"

#include <math.h>
#include <llama.h>

#include "base/base.h"

#include "base/banned.h"

struct drp_local_sampler {
    size_t n_vocab;
    double penalty;
    size_t last_n;
    DRP_VEC(int32_t)
    reply; /* tokens so far                                             */
    struct llama_sampler *chain; /* NULL when greedy                                   */
    struct llama_sampler *grammar; /* NULL: free                                         */
    llama_token_data *candidates; /* (n_vocab) scratch; NULL when greedy and free       */
};

static struct llama_sampler *make_chain(const struct drp_sampling *sampling)
{
    struct llama_sampler_chain_params params = llama_sampler_chain_default_params();
    params.no_perf = true;
    struct llama_sampler *chain = llama_sampler_chain_init(params);
    if (sampling->top_p > 0 && sampling->top_p < 1)
        llama_sampler_chain_add(chain, llama_sampler_init_top_p((float)sampling->top_p, 1));
    llama_sampler_chain_add(chain, llama_sampler_init_temp((float)sampling->temperature));
    llama_sampler_chain_add(chain, llama_sampler_init_dist(drp_sampling_seed(sampling)));
    return chain;
}

static int make_grammar(const struct drp_local_model *m, struct drp_sv gbnf,
                        struct drp_local_sampler *s, struct drp_err *err)
{
    struct drp_arena arena = {0};
    const struct drp_sv text = drp_arena_sv(&arena, gbnf); /* terminated */
    s->grammar = llama_sampler_init_grammar(m->vocab, text.ptr, "root");
    drp_arena_release(&arena);
    if (!s->grammar)
        return drp_fail(err, DRP_EUSAGE,
                        "cannot use the grammar: it is no GBNF with a rule 'root'; "
                        "--verbose shows what libllama says");
    return 0;
}

int drp_local_sampler_new(const struct drp_local_model *m, const struct drp_call *call,
                          struct drp_local_sampler **out, struct drp_err *err)
{
    int rc = 0;
    const struct drp_sampling *sampling = &call->sampling;
    struct drp_local_sampler *s = drp_calloc(1, sizeof *s);
    s->n_vocab = (size_t)llama_vocab_n_tokens(m->vocab);
    s->penalty = sampling->repeat_penalty > 0 ? sampling->repeat_penalty : 1;
    s->last_n = sampling->repeat_last_n;
    if (sampling->temperature > 0)
        s->chain = make_chain(sampling);
    if (call->grammar && call->grammar->gbnf.len > 0)
        DRP_TRY(rc, make_grammar(m, call->grammar->gbnf, s, err));
    if (s->chain || s->grammar)
        s->candidates = drp_calloc(s->n_vocab, sizeof *s->candidates);
    *out = s;
    s = NULL;
out:
    drp_local_sampler_free(s);
    return rc;
}

void drp_local_sampler_free(struct drp_local_sampler *s)
{
    if (!s)
        return;
    if (s->chain)
        llama_sampler_free(s->chain);
    if (s->grammar)
        llama_sampler_free(s->grammar);
    drp_vec_release(&s->reply);
    free(s->candidates);
    free(s);
}

static bool occurs(const int32_t *tokens, size_t n, int32_t token)
{
    for (size_t i = 0; i < n; i++)
        if (tokens[i] == token)
            return true;
    return false;
}

/* Makes each token of the window less likely, once. **Source**: CTRL (Keskar et al.
 * 2019), section 4.1, with the sign rule that all engines use. */
static void penalise(const struct drp_local_sampler *s, float *logits)
{
    if (s->penalty == 1)
        return;
    const size_t n = DRP_MIN(s->last_n, s->reply.n);
    const int32_t *window = s->reply.at + (s->reply.n - n);
    for (size_t i = 0; i < n; i++) {
        float *logit = &logits[window[i]];
        if (occurs(window, i, window[i]))
            continue;
        *logit = (float)(*logit > 0 ? *logit / s->penalty : *logit * s->penalty);
    }
}

static int32_t most_likely(const float *logits, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (logits[i] > logits[best])
            best = i;
    return (int32_t)best;
}

static llama_token_data_array fill_candidates(struct drp_local_sampler *s,
                                              const float *logits)
{
    for (size_t i = 0; i < s->n_vocab; i++)
        s->candidates[i] = (llama_token_data){(int32_t)i, logits[i], 0};
    return (llama_token_data_array){s->candidates, s->n_vocab, -1, false};
}

/* The choice among candidates; lower ids win ties, as in most_likely(). */
static int32_t choose(const struct drp_local_sampler *s, llama_token_data_array *from)
{
    if (s->chain) {
        llama_sampler_apply(s->chain, from);
        return from->data[from->selected < 0 ? 0 : from->selected].id;
    }
    size_t best = 0;
    for (size_t i = 1; i < from->size; i++)
        if (from->data[i].logit > from->data[best].logit)
            best = i;
    return from->data[best].id;
}

static bool grammar_allows(const struct drp_local_sampler *s, int32_t token)
{
    llama_token_data one = {token, 1, 0};
    llama_token_data_array array = {&one, 1, -1, false};
    llama_sampler_apply(s->grammar, &array);
    return !isinf(one.logit);
}

int32_t drp_local_sampler_next(struct drp_local_sampler *s, float *logits, bool answer)
{
    penalise(s, logits);
    int32_t token;
    llama_token_data_array all;
    if (s->chain) {
        all = fill_candidates(s, logits);
        token = choose(s, &all);
    } else {
        token = most_likely(logits, s->n_vocab);
    }
    /* Testing one token is cheap, testing the vocabulary is not: that is done only when
     * the one is refused. */
    if (!answer || !s->grammar || grammar_allows(s, token))
        return token;
    all = fill_candidates(s, logits);
    llama_sampler_apply(s->grammar, &all);
    return choose(s, &all);
}

void drp_local_sampler_accept(struct drp_local_sampler *s, int32_t token, bool answer)
{
    drp_vec_add(&s->reply, token);
    if (answer && s->grammar)
        llama_sampler_accept(s->grammar, token);
}
