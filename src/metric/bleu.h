/* BLEU from counts that can be added up. */
#ifndef DRP_METRIC_BLEU_H
#define DRP_METRIC_BLEU_H

#include <stdbool.h>
#include <stdint.h>

#include "text/token.h"

/** Longest n-gram. */
enum { DRP_BLEU_ORDER = 4 };

/** Counts of a pair, or of many pairs added up. Whole numbers. */
struct drp_bleu_counts {
    double sys_len, ref_len;        /* tokens of the hypothesis, of the reference  */
    double correct[DRP_BLEU_ORDER]; /* n-grams that the reference has too, clipped */
    double total[DRP_BLEU_ORDER];   /* n-grams of the hypothesis                   */
};

/** BLEU and its parts. */
struct drp_bleu_score {
    double score;                      /* 0 to 100                */
    double precisions[DRP_BLEU_ORDER]; /* 0 to 100, smoothed      */
    double bp;                         /* brevity penalty, 0 to 1 */
};

/** Buffers for counting. One owner, one thread. */
struct drp_bleu;

/** Starts them. **Owns**: caller, drp_bleu_free(). */
struct drp_bleu *drp_bleu_new(void);

/** Frees them. NULL is allowed. */
void drp_bleu_free(struct drp_bleu *b);

/**
 * Counts one pair of texts (well-formed UTF-8). Time is linear in their length.
 * **Source**: sacrebleu 2.6.0, BLEU._preprocess_segment and _compute_segment_statistics, tokenizer 13a.
 */
struct drp_bleu_counts drp_bleu_count(struct drp_bleu *b, struct drp_sv hypothesis,
                                      struct drp_sv reference);

/** Adds the counts of `one`. */
void drp_bleu_add(struct drp_bleu_counts *sum, const struct drp_bleu_counts *one);

/**
 * The score of counts, smoothed exponentially. With `effective_order`, meant for a single pair, orders
 * that have no n-gram do not count.
 * **Source**: sacrebleu 2.6.0, BLEU.compute_bleu(smooth_method="exp"), operation by operation.
 */
struct drp_bleu_score drp_bleu_compute(const struct drp_bleu_counts *counts,
                                       bool effective_order);

#endif
