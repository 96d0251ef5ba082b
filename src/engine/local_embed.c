#include "engine/local_embed.h"

#include <math.h>
#include <string.h>
#include <llama.h>

#include "base/base.h"
#include "engine/local_chat.h"

#include "base/banned.h"

/* The model's own marks around the text; a text that is too long loses its end, not the
 * closing mark. */
static void frame_tokens(const struct drp_local_model *m, struct drp_sv text, size_t most,
                         struct drp_token_vec *tokens)
{
    const llama_token first =
        llama_vocab_get_add_bos(m->vocab) ? llama_vocab_bos(m->vocab) : LLAMA_TOKEN_NULL;
    llama_token last =
        llama_vocab_get_add_sep(m->vocab) ? llama_vocab_sep(m->vocab) : LLAMA_TOKEN_NULL;
    if (llama_vocab_get_add_eos(m->vocab))
        last = llama_vocab_eos(m->vocab);
    if (first != LLAMA_TOKEN_NULL)
        drp_vec_add(tokens, first);
    drp_local_chat_tokenize(m, text, false, tokens);
    const size_t room = most - (last != LLAMA_TOKEN_NULL);
    tokens->n = DRP_MIN(tokens->n, room);
    if (last != LLAMA_TOKEN_NULL)
        drp_vec_add(tokens, last);
}

static void fill_batch(struct llama_batch *batch, const struct drp_token_vec *tokens)
{
    batch->n_tokens = (int32_t)tokens->n;
    for (size_t i = 0; i < tokens->n; i++) {
        batch->token[i] = tokens->at[i];
        batch->pos[i] = (llama_pos)i;
        batch->n_seq_id[i] = 1;
        batch->seq_id[i][0] = 0;
        batch->logits[i] = true;
    }
}

static int copy_unit(const float *from, float *to, size_t n, struct drp_err *err)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)from[i] * from[i];
    if (!(sum > 0) || !isfinite(sum))
        return drp_fail(err, DRP_EENGINE,
                        "the embedding model gave a vector without length");
    const double scale = 1 / sqrt(sum);
    for (size_t i = 0; i < n; i++)
        to[i] = (float)(from[i] * scale);
    return 0;
}

static int embed_one(struct drp_local_model *m, const struct drp_token_vec *tokens,
                     struct llama_batch *batch, float *vector, struct drp_err *err)
{
    llama_memory_t memory = llama_get_memory(m->context);
    if (memory)
        llama_memory_clear(memory, false);
    fill_batch(batch, tokens);
    const int32_t status = drp_local_model_pass(m, batch, true);
    if (status != 0)
        return drp_fail(err, DRP_EENGINE, "cannot embed a text of %zu tokens: libllama %d",
                        tokens->n, (int)status);
    const float *made = llama_pooling_type(m->context) == LLAMA_POOLING_TYPE_NONE
                            ? NULL
                            : llama_get_embeddings_seq(m->context, 0);
    if (!made)
        return drp_fail(
            err, DRP_EENGINE,
            "the model gives no vector for a whole text: it is no embedding model");
    return copy_unit(made, vector, m->dimension, err);
}

int drp_local_embed(struct drp_local_model *m, const struct drp_sv *texts, size_t n,
                    float *vectors, struct drp_err *err)
{
    int rc = 0;
    struct drp_token_vec tokens = {0};
    struct llama_batch batch = llama_batch_init((int32_t)m->context_size, 0, 1);
    for (size_t i = 0; i < n; i++) {
        tokens.n = 0;
        frame_tokens(m, texts[i], m->context_size, &tokens);
        DRP_TRY(rc, embed_one(m, &tokens, &batch, vectors + i * m->dimension, err));
    }
out:
    drp_vec_release(&tokens);
    llama_batch_free(batch);
    return rc;
}
