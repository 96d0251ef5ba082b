#include "select/similar.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "select/bm25.h"

#include "base/banned.h"

double drp_similar_cosine(const float *a, const float *b, size_t dim)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < dim; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return aa > 0 && bb > 0 ? ab / (sqrt(aa) * sqrt(bb)) : 0;
}

static int score_vectors(struct drp_vectors *vectors, struct drp_sv query,
                         struct drp_texts texts, double *scores, struct drp_err *err)
{
    int rc = 0;
    const size_t dim = drp_vectors_dim(vectors);
    struct drp_sv *all = drp_malloc(drp_size_mul(texts.n + 1, sizeof *all));
    float *values =
        drp_malloc(drp_size_mul(drp_size_mul(texts.n + 1, dim), sizeof *values));
    all[0] = query;
    for (size_t i = 0; i < texts.n; i++)
        all[i + 1] = texts.at[i];
    DRP_TRY(rc, drp_vectors_get(vectors, all, texts.n + 1, values, err));
    for (size_t i = 0; i < texts.n; i++)
        scores[i] = drp_similar_cosine(values, values + (i + 1) * dim, dim);
out:
    free(values);
    free(all);
    return rc;
}

static void score_words(struct drp_sv query, struct drp_texts texts, double *scores)
{
    struct drp_arena arena = {0};
    struct drp_intern words;
    drp_intern_init(&words);
    struct drp_bm25_text *documents = drp_arena_new(&arena, struct drp_bm25_text, texts.n);
    for (size_t i = 0; i < texts.n; i++)
        documents[i].body = drp_terms_add(&words, texts.at[i], &arena);
    struct drp_bm25 *index = drp_bm25_new(documents, texts.n);
    const struct drp_bm25_text asked = {.body = drp_terms_find(&words, query, &arena)};
    drp_bm25_scores(index, asked, scores);
    drp_bm25_free(index);
    drp_intern_release(&words);
    drp_arena_release(&arena);
}

int drp_similar_scores(struct drp_vectors *vectors, struct drp_sv query,
                       struct drp_texts texts, double *scores, struct drp_err *err)
{
    if (drp_vectors_can_embed(vectors))
        return score_vectors(vectors, query, texts, scores, err);
    score_words(query, texts, scores);
    return 0;
}

/* A score and whose it is. */
struct ranked {
    double score;
    uint32_t at;
};

static int higher_first(const void *pa, const void *pb)
{
    const struct ranked *a = pa, *b = pb;
    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

size_t drp_similar_top(const double *scores, size_t n, size_t k, uint32_t *best)
{
    struct ranked *all = drp_malloc(drp_size_mul(n, sizeof *all));
    for (size_t i = 0; i < n; i++)
        all[i] = (struct ranked){scores[i], (uint32_t)i};
    if (n > 1)
        qsort(all, n, sizeof *all, higher_first);
    const size_t n_best = DRP_MIN(k, n);
    for (size_t i = 0; i < n_best; i++)
        best[i] = all[i].at;
    free(all);
    return n_best;
}
