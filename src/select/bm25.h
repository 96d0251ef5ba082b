/* BM25 Okapi over a few documents, ranked for one query: which texts of a user matter for an item. */
#ifndef DRP_SELECT_BM25_H
#define DRP_SELECT_BM25_H

#include "select/terms.h"

/** A text to rank or to ask for: two runs of words read as one text, e.g. a title and a description. */
struct drp_bm25_text {
    struct drp_terms head, body;
};

/** An index over documents. **Threads**: any may read. */
struct drp_bm25;

/**
 * Indexes documents; nothing is borrowed afterwards. Linear in the number of words.
 * **Shapes**: documents (n), n < 2^32. **Owns**: caller, drp_bm25_free().
 * **Source**: rank_bm25 0.2.2, BM25Okapi with k1 1.5, b 0.75, epsilon 0.25; sums run in the same order,
 * so that the scores are equal bit for bit. Where the package divides by zero (no documents, or none
 * with a word) all scores are 0.
 */
struct drp_bm25 *drp_bm25_new(const struct drp_bm25_text *documents, size_t n);

/** Frees it. NULL is allowed. */
void drp_bm25_free(struct drp_bm25 *index);

/**
 * Scores every document. A word counts as often as the query holds it; unknown ones add 0.
 * **Shapes**: scores (n documents). Scores may be negative: then a document ranks below those
 * that hold no word of the query at all.
 */
void drp_bm25_scores(const struct drp_bm25 *index, struct drp_bm25_text query,
                     double *scores);

/**
 * The best documents, best first; of equal scores the later document comes first.
 * **Shapes**: best (at least k). Gives how many were found: min(k, n), or 0 when all documents are empty.
 */
size_t drp_bm25_top(const struct drp_bm25 *index, struct drp_bm25_text query, size_t k,
                    uint32_t *best);

#endif
