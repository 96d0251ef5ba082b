/* Which of some texts are most like another one: by their vectors, or by their words where there are none. */
#ifndef DRP_SELECT_SIMILAR_H
#define DRP_SELECT_SIMILAR_H

#include "select/vectors.h"

/** Texts to choose from. Borrowed. */
struct drp_texts {
    const struct drp_sv *at;
    size_t n;
};

/**
 * How like each text is to the query: the cosine of their vectors; where vectors come from a file, which cannot know texts
 * that a model wrote, their BM25 score. **Shapes**: scores (texts.n). **Errors**: as drp_vectors_get().
 */
int drp_similar_scores(struct drp_vectors *vectors, struct drp_sv query,
                       struct drp_texts texts, double *scores,
                       struct drp_err *err) DRP_CHECKED;

/**
 * The places of the `k` highest of `n` scores, highest first; of equal ones the earlier first.
 * **Shapes**: best (min(k, n)). Gives how many there are.
 */
size_t drp_similar_top(const double *scores, size_t n, size_t k, uint32_t *best);

/** The cosine of two vectors; 0 when one of them is all zeros. */
double drp_similar_cosine(const float *a, const float *b, size_t dim);

#endif
