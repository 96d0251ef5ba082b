/* BLEU's counts: any two texts, against counting by comparing each n-gram with each other one. The input is cut at its
 * first NUL. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "metric/bleu.h"
#include "text/mteval.h"

#include "plain_ngrams.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_counts(const struct drp_bleu_counts *counts, struct drp_sv hypothesis,
                         struct drp_sv reference)
{
    struct drp_tokens a, b;
    struct drp_str scratch;
    drp_tokens_init(&a);
    drp_tokens_init(&b);
    drp_str_init(&scratch, SIZE_MAX / 4);
    drp_mteval_words(hypothesis, &scratch, &a);
    drp_mteval_words(reference, &scratch, &b);
    must(counts->sys_len == (double)a.spans.n && counts->ref_len == (double)b.spans.n);
    for (size_t k = 0; k < DRP_BLEU_ORDER; k++) {
        must(counts->total[k] == (double)n_grams(&a, k + 1));
        must(counts->correct[k] == (double)plain_matches(&a, &b, k + 1));
    }
    drp_tokens_release(&a);
    drp_tokens_release(&b);
    drp_str_release(&scratch);
}

static void check_score(const struct drp_bleu_counts *counts, bool effective_order)
{
    const struct drp_bleu_score score = drp_bleu_compute(counts, effective_order);
    must(score.score >= 0 && score.score < 100 + 1e-9);
    must(score.bp >= 0 && score.bp <= 1);
    must(counts->correct[0] > 0 || score.score == 0);
    for (size_t k = 0; k < DRP_BLEU_ORDER; k++)
        must(score.precisions[k] >= 0 && score.precisions[k] <= 100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1000)
        return 0; /* the plain count is quadratic */
    const struct drp_sv all = {size ? (const char *)data : "", size};
    const char *nul = memchr(all.ptr, 0, all.len);
    const size_t cut = nul ? (size_t)(nul - all.ptr) : all.len;
    const struct drp_sv a = drp_sv_slice(all, 0, cut),
                        b = drp_sv_slice(all, cut + 1, all.len);
    struct drp_bleu *bleu = drp_bleu_new();
    const struct drp_bleu_counts there = drp_bleu_count(bleu, a, b);
    const struct drp_bleu_counts back = drp_bleu_count(bleu, b, a);
    const struct drp_bleu_counts again = drp_bleu_count(bleu, a, b);
    check_counts(&there, a, b);
    check_counts(&again, a, b);
    for (size_t k = 0; k < DRP_BLEU_ORDER; k++)
        must(there.correct[k] == back.correct[k]);
    check_score(&there, true);
    check_score(&there, false);
    drp_bleu_free(bleu);
    return 0;
}
