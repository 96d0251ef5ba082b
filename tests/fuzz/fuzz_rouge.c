/* ROUGE of any two texts, against the definitions carried out plainly: words by lower-casing the whole text, clipped
 * counts by pairing off equal n-grams, the usual table for the longest common subsequence. The input is cut at its
 * first NUL. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "metric/rouge.h"
#include "text/token.h"

#include "plain_ngrams.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static void plain_words(struct drp_sv text, struct drp_tokens *out)
{
    struct drp_str lower;
    drp_str_init(&lower, SIZE_MAX / 4);
    for (size_t at = 0; at < text.len;) {
        const size_t from = at;
        if (drp_utf8_next(text, &at) == 0x130) /* I with a dot: two characters in lower case */
            drp_str_addz(&lower, "i\u0307");
        else
            drp_utf8_lower(&lower, drp_sv_slice(text, from, at));
    }
    for (size_t i = 0; i < lower.len;) {
        size_t end = i;
        while (end < lower.len && is_plain(lower.ptr[end]))
            end++;
        if (end > i)
            drp_tokens_add(out, drp_sv_slice(drp_str_sv(&lower), i, end));
        i = end + 1;
    }
    drp_str_release(&lower);
}

static size_t plain_lcs(const struct drp_tokens *a, const struct drp_tokens *b)
{
    size_t *row = drp_calloc(b->spans.n + 1, sizeof *row);
    for (size_t i = 0; i < a->spans.n; i++) {
        size_t diagonal = 0;
        for (size_t j = 0; j < b->spans.n; j++) {
            const size_t above = row[j + 1];
            row[j + 1] = same(a, i, b, j, 1) ? diagonal + 1 : DRP_MAX(above, row[j]);
            diagonal = above;
        }
    }
    const size_t length = row[b->spans.n];
    free(row);
    return length;
}

/* F = 2 PR / (P + R) = 2 common / (n + m). */
static void must_be_f(double value, size_t n_common, size_t n, size_t m)
{
    const double f = n + m ? 2 * (double)n_common / (double)(n + m) : 0;
    must(fabs(value - f) < 1e-12);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 2000)
        return 0; /* the plain count is quadratic */
    const struct drp_sv all = {size ? (const char *)data : "", size};
    const char *nul = memchr(all.ptr, 0, all.len);
    const size_t cut = nul ? (size_t)(nul - all.ptr) : all.len;
    const struct drp_sv x = drp_sv_slice(all, 0, cut),
                        y = drp_sv_slice(all, cut + 1, all.len);
    struct drp_tokens a, b;
    drp_tokens_init(&a);
    drp_tokens_init(&b);
    plain_words(x, &a);
    plain_words(y, &b);
    struct drp_rouge *r = drp_rouge_new();
    const struct drp_rouge_score score = drp_rouge_score_pair(r, x, y);
    const struct drp_rouge_score back = drp_rouge_score_pair(r, y, x);
    must_be_f(score.rouge1, plain_matches(&a, &b, 1), a.spans.n, b.spans.n);
    must_be_f(score.rouge2, plain_matches(&a, &b, 2), n_grams(&a, 2), n_grams(&b, 2));
    must_be_f(score.rouge_l, plain_lcs(&a, &b), a.spans.n, b.spans.n);
    must(fabs(score.rouge_l - back.rouge_l) < 1e-12);
    drp_rouge_free(r);
    drp_tokens_release(&a);
    drp_tokens_release(&b);
    return 0;
}
