#include "metric/bleu.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "metric/ngram.h"
#include "text/mteval.h"

#include "base/banned.h"

/* The logarithm of a precision of 0: so low that the score is 0, yet finite. */
static const double LOG_OF_0 = -9999999999;

struct drp_bleu {
    struct drp_str scratch;
    struct drp_tokens hypothesis, reference;
    struct drp_ngrams ngrams;
};

struct drp_bleu *drp_bleu_new(void)
{
    struct drp_bleu *b = drp_calloc(1, sizeof *b);
    drp_str_init(&b->scratch, SIZE_MAX / 4);
    drp_tokens_init(&b->hypothesis);
    drp_tokens_init(&b->reference);
    return b;
}

void drp_bleu_free(struct drp_bleu *b)
{
    if (!b)
        return;
    drp_str_release(&b->scratch);
    drp_tokens_release(&b->hypothesis);
    drp_tokens_release(&b->reference);
    drp_ngrams_release(&b->ngrams);
    free(b);
}

struct drp_bleu_counts drp_bleu_count(struct drp_bleu *b, struct drp_sv hypothesis,
                                      struct drp_sv reference)
{
    size_t matches[DRP_BLEU_ORDER];
    drp_tokens_clear(&b->hypothesis);
    drp_tokens_clear(&b->reference);
    drp_mteval_words(hypothesis, &b->scratch, &b->hypothesis);
    drp_mteval_words(reference, &b->scratch, &b->reference);
    drp_ngrams_fill(&b->ngrams, &b->reference, DRP_BLEU_ORDER);
    drp_ngrams_match(&b->ngrams, &b->hypothesis, DRP_BLEU_ORDER, matches);

    const size_t n_words = b->hypothesis.spans.n;
    struct drp_bleu_counts counts = {.sys_len = (double)n_words,
                                     .ref_len = (double)b->reference.spans.n};
    for (size_t k = 0; k < DRP_BLEU_ORDER; k++) {
        counts.correct[k] = (double)matches[k];
        counts.total[k] = (double)drp_ngrams_in(n_words, k + 1);
    }
    return counts;
}

void drp_bleu_add(struct drp_bleu_counts *sum, const struct drp_bleu_counts *one)
{
    sum->sys_len += one->sys_len;
    sum->ref_len += one->ref_len;
    for (size_t k = 0; k < DRP_BLEU_ORDER; k++) {
        sum->correct[k] += one->correct[k];
        sum->total[k] += one->total[k];
    }
}

static double brevity_penalty(const struct drp_bleu_counts *counts)
{
    if (counts->sys_len >= counts->ref_len)
        return 1;
    return counts->sys_len > 0 ? exp(1 - counts->ref_len / counts->sys_len) : 0;
}

/* Each order without a match counts as half a match less than the one before: 1/2, 1/4 … Gives the number of
 * orders that have any n-gram. */
static size_t smooth(const struct drp_bleu_counts *counts, double *precisions)
{
    double share = 1;
    size_t k = 0;
    for (; k < DRP_BLEU_ORDER && counts->total[k] > 0; k++) {
        if (counts->correct[k] > 0) {
            precisions[k] = 100 * counts->correct[k] / counts->total[k];
        } else {
            share *= 2;
            precisions[k] = 100 / (share * counts->total[k]);
        }
    }
    return k;
}

struct drp_bleu_score drp_bleu_compute(const struct drp_bleu_counts *counts,
                                       bool effective_order)
{
    struct drp_bleu_score out = {.bp = brevity_penalty(counts)};
    double n_correct = 0, sum = 0;
    for (size_t k = 0; k < DRP_BLEU_ORDER; k++)
        n_correct += counts->correct[k];
    if (n_correct == 0)
        return out;

    const size_t n_orders = smooth(counts, out.precisions);
    const size_t order = effective_order ? n_orders : DRP_BLEU_ORDER;
    for (size_t k = 0; k < order; k++)
        sum += out.precisions[k] == 0 ? LOG_OF_0 : log(out.precisions[k]);
    out.score = out.bp * exp(sum / (double)order);
    return out;
}
