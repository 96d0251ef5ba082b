/* ROUGE-1, ROUGE-2 and ROUGE-L of a pair. */
#ifndef DRP_METRIC_ROUGE_H
#define DRP_METRIC_ROUGE_H

#include "base/str.h"

/** F-measures, 0 to 1. */
struct drp_rouge_score {
    double rouge1, rouge2, rouge_l;
};

/** Buffers. One owner, one thread. */
struct drp_rouge;

/** Starts them. **Owns**: caller, drp_rouge_free(). */
struct drp_rouge *drp_rouge_new(void);

/** Frees them. NULL is allowed. */
void drp_rouge_free(struct drp_rouge *r);

/**
 * Scores one pair of texts (well-formed UTF-8). Memory is linear in their lengths; of n and m words the
 * longest common subsequence costs n * m / 64 steps.
 * **Source**: rouge-score 0.1.2, RougeScorer(["rouge1", "rouge2", "rougeL"]).score(reference, hypothesis),
 * use_stemmer=False; equal to the last bit.
 */
struct drp_rouge_score drp_rouge_score_pair(struct drp_rouge *r, struct drp_sv hypothesis,
                                            struct drp_sv reference);

#endif
