/* Which texts of a history matter for an item: BM25 over the histories of one split. */
#ifndef DRP_SELECT_RANKER_H
#define DRP_SELECT_RANKER_H

#include "data/dataset.h"
#include "select/bm25.h"

/** The words of all histories of a split as numbers. **Threads**: any may rank. */
struct drp_ranker;

/** Reads item descriptions and review titles. **Owns**: caller, drp_ranker_free(). The dataset is borrowed. */
struct drp_ranker *drp_ranker_new(const struct drp_dataset *ds);

/** Frees it. NULL is allowed. */
void drp_ranker_free(struct drp_ranker *ranker);

/** The query of a target: the title of the review to write, then the item's description. **Owns**: the arena. */
struct drp_bm25_text drp_ranker_query(const struct drp_ranker *ranker, struct drp_sv title,
                                      struct drp_sv description, struct drp_arena *arena);

/** Texts of one row's history: positions in its profile, ascending. */
struct drp_picks {
    size_t row;
    uint32_t *at; /* (n) */
    size_t n;
};

/**
 * The picks that fit the query best, at most `k`, best first; of equally good ones the newer first. A document is the review's
 * title, then the item's description; words weigh by their number among the picks alone. Empty when all documents
 * are. **Owns**: the arena.
 */
struct drp_reviews drp_ranker_top(const struct drp_ranker *ranker,
                                  const struct drp_picks *picks, struct drp_bm25_text query,
                                  size_t k, struct drp_arena *arena);

#endif
