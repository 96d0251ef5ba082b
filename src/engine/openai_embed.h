/* Vectors of texts from a server. */
#ifndef DRP_ENGINE_OPENAI_EMBED_H
#define DRP_ENGINE_OPENAI_EMBED_H

#include "engine/openai_question.h"

/** What is asked of whom. Borrowed. */
struct drp_openai_embedder {
    struct drp_pool *pool;
    struct drp_sv model;
    uint32_t context;   /* texts are cut to about so many tokens; 0: not */
    uint32_t dimension; /* 0: not known yet */
    const struct drp_cancel *cancel;
};

/**
 * Vectors of unit length, some texts a request, all requests at once. **Shapes**: vectors
 * (n, dimension). **Errors**: DRP_EENGINE (an answer without as many vectors, or of
 * another dimension), those of drp_questions_ask().
 */
int drp_openai_embed(const struct drp_openai_embedder *e, const struct drp_sv *texts,
                     size_t n, float *vectors, struct drp_err *err) DRP_CHECKED;

/** The dimension of the model's vectors, found by asking for one. */
int drp_openai_dimension(const struct drp_openai_embedder *e, uint32_t *out,
                         struct drp_err *err) DRP_CHECKED;

/** Reads one request's answer: `n` vectors of `dimension` (n > 0). **Errors**: DRP_EENGINE. */
int drp_openai_read_vectors(const struct drp_json_val *root, size_t n, uint32_t dimension,
                            float *vectors, struct drp_err *err) DRP_CHECKED;

#endif
