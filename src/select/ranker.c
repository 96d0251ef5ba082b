#include "select/ranker.h"

#include <stdlib.h>

#include "base/base.h"

#include "base/banned.h"

struct drp_ranker {
    const struct drp_dataset *ds; /* borrowed                             */
    struct drp_intern words;
    struct drp_arena arena;
    struct drp_terms *descriptions; /* (n_items)                          */
    struct drp_terms *titles;       /* of all rows' profiles, row by row  */
    size_t *first_title;            /* (n_rows) in titles                 */
};

struct drp_ranker *drp_ranker_new(const struct drp_dataset *ds)
{
    struct drp_ranker *ranker = drp_calloc(1, sizeof *ranker);
    struct drp_arena *arena = &ranker->arena;
    const size_t n_items = drp_dataset_n_items(ds), n_rows = drp_dataset_n_rows(ds);
    ranker->ds = ds;
    ranker->descriptions = drp_arena_new(arena, struct drp_terms, n_items);
    for (uint32_t i = 0; i < n_items; i++)
        ranker->descriptions[i] =
            drp_terms_add(&ranker->words, drp_dataset_item(ds, i)->description, arena);

    size_t n_titles = 0;
    ranker->first_title = drp_arena_new(arena, size_t, n_rows);
    for (size_t r = 0; r < n_rows; r++) {
        ranker->first_title[r] = n_titles;
        n_titles += drp_dataset_row(ds, r)->profile.n;
    }
    ranker->titles = drp_arena_new(arena, struct drp_terms, n_titles);
    for (size_t r = 0; r < n_rows; r++) {
        const struct drp_reviews profile = drp_dataset_row(ds, r)->profile;
        for (size_t i = 0; i < profile.n; i++)
            ranker->titles[ranker->first_title[r] + i] =
                drp_terms_add(&ranker->words, profile.at[i]->title, arena);
    }
    return ranker;
}

void drp_ranker_free(struct drp_ranker *ranker)
{
    if (!ranker)
        return;
    drp_intern_release(&ranker->words);
    drp_arena_release(&ranker->arena);
    free(ranker);
}

struct drp_bm25_text drp_ranker_query(const struct drp_ranker *ranker, struct drp_sv title,
                                      struct drp_sv description, struct drp_arena *arena)
{
    return (struct drp_bm25_text){drp_terms_find(&ranker->words, title, arena),
                                  drp_terms_find(&ranker->words, description, arena)};
}

struct drp_reviews drp_ranker_top(const struct drp_ranker *ranker,
                                  const struct drp_picks *picks, struct drp_bm25_text query,
                                  size_t k, struct drp_arena *arena)
{
    const struct drp_reviews profile = drp_dataset_row(ranker->ds, picks->row)->profile;
    const struct drp_terms *titles = ranker->titles + ranker->first_title[picks->row];
    struct drp_bm25_text *documents = drp_malloc(drp_size_mul(picks->n, sizeof *documents));
    for (size_t i = 0; i < picks->n; i++) {
        const uint32_t at = picks->at[i];
        documents[i] =
            (struct drp_bm25_text){titles[at], ranker->descriptions[profile.at[at]->item]};
    }
    struct drp_bm25 *index = drp_bm25_new(documents, picks->n);
    uint32_t *best = drp_malloc(drp_size_mul(k, sizeof *best));
    const size_t n = drp_bm25_top(index, query, k, best);
    const struct drp_review **reviews = drp_arena_new(arena, const struct drp_review *, n);
    for (size_t i = 0; i < n; i++)
        reviews[i] = profile.at[picks->at[best[i]]];
    free(best);
    drp_bm25_free(index);
    free(documents);
    return (struct drp_reviews){reviews, n};
}
