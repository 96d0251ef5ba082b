/* Words are runs of a-z and 0-9 after lower-casing. Of all characters outside ASCII only two become an ASCII
 * letter by that, so the text is not lower-cased as a whole. */
#include "metric/rouge.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/intern.h"
#include "base/utf8.h"
#include "metric/ngram.h"

#include "base/banned.h"

enum {
    DOTTED_I = 0x130, /* LATIN CAPITAL LETTER I WITH DOT ABOVE */
    KELVIN = 0x212a,  /* KELVIN SIGN                           */
    ORDER = 2,
    LANES = 4,         /* numbers of 64 bits in a row of the table    */
    PASS = 64 * LANES, /* words of the reference that a pass looks at */
};

/* For one word: where it stands among the words of the reference that a pass looks at. */
struct places {
    uint64_t bits[LANES];
};

struct drp_rouge {
    struct drp_tokens hypothesis, reference;
    struct drp_ngrams ngrams;
    struct drp_ids rows;           /* words of the hypothesis that the reference has */
    DRP_VEC(uint8_t) carries;      /* by row                                         */
    DRP_VEC(struct places) places; /* by id of a word                                */
};

struct drp_rouge *drp_rouge_new(void)
{
    struct drp_rouge *r = drp_calloc(1, sizeof *r);
    drp_tokens_init(&r->hypothesis);
    drp_tokens_init(&r->reference);
    return r;
}

void drp_rouge_free(struct drp_rouge *r)
{
    if (!r)
        return;
    drp_tokens_release(&r->hypothesis);
    drp_tokens_release(&r->reference);
    drp_ngrams_release(&r->ngrams);
    drp_vec_release(&r->rows);
    drp_vec_release(&r->carries);
    drp_vec_release(&r->places);
    free(r);
}

/* The ASCII letter or digit that `cp` becomes in lower case, or 0. */
static char plain_of(uint32_t cp)
{
    if (cp - 'A' <= 'Z' - 'A')
        return (char)(cp - 'A' + 'a');
    if (cp - 'a' <= 'z' - 'a' || cp - '0' <= '9' - '0')
        return (char)cp;
    if (cp == DOTTED_I)
        return 'i';
    return cp == KELVIN ? 'k' : 0;
}

static void end_word(struct drp_tokens *out, size_t *start)
{
    const struct drp_span span = {*start, out->bytes.len - *start};
    if (span.len > 0)
        drp_vec_add(&out->spans, span);
    *start = out->bytes.len;
}

static void cut_words(struct drp_sv text, struct drp_tokens *out)
{
    size_t start = 0;
    drp_tokens_clear(out);
    for (size_t at = 0; at < text.len;) {
        const uint32_t cp = drp_utf8_next(text, &at);
        const char c = plain_of(cp);
        if (c)
            drp_str_addc(&out->bytes, c);
        if (!c || cp == DOTTED_I) /* whose lower case is an i and a separate dot */
            end_word(out, &start);
    }
    end_word(out, &start);
}

/* One pass of lcs_length(): gives by how much the subsequence gets longer. */
static size_t run_pass(struct drp_rouge *r)
{
    uint64_t state[LANES];
    size_t length = 0;
    for (size_t k = 0; k < LANES; k++)
        state[k] = UINT64_MAX;
    for (size_t i = 0; i < r->rows.n; i++) {
        const struct places *match = &r->places.at[r->rows.at[i]];
        uint64_t carry = r->carries.at[i];
        for (size_t k = 0; k < LANES; k++) {
            const uint64_t kept = state[k] & ~match->bits[k];
            uint64_t sum = state[k] + carry;
            carry = sum < carry;
            carry += __builtin_add_overflow(sum, state[k] & match->bits[k], &sum);
            state[k] = sum | kept;
        }
        r->carries.at[i] = (uint8_t)carry;
    }
    for (size_t k = 0; k < LANES; k++)
        length += (size_t)__builtin_popcountll(~state[k]);
    return length;
}

/* Length of the longest common subsequence of words. The table of the usual algorithm is kept as one bit a column,
 * 0 where the length grows, so that a row takes a few additions of long numbers: V' = (V + (V & M)) | (V & ~M),
 * M being the places of the row's word. A pass does PASS columns for all rows and leaves each row's carry to the
 * next: memory stays linear. **Source**: Hyyro, Bit-parallel LCS-length computation revisited (2004). */
static size_t lcs_length(struct drp_rouge *r)
{
    const struct drp_ids *reference = &r->ngrams.reference;
    const struct drp_ids *hypothesis = &r->ngrams.hypothesis;
    size_t length = 0;
    r->rows.n = r->carries.n = r->places.n = 0;
    for (size_t i = 0; i < hypothesis->n; i++) {
        if (hypothesis->at[i] == DRP_NO_ID)
            continue;
        drp_vec_add(&r->rows, hypothesis->at[i]);
        drp_vec_add(&r->carries, 0);
    }
    for (size_t i = 0; i < r->ngrams.first.n; i++)
        drp_vec_add(&r->places, (struct places){0});

    for (size_t from = 0; from < reference->n; from += PASS) {
        const uint32_t *words = reference->at + from;
        const size_t n = DRP_MIN(reference->n - from, (size_t)PASS);
        for (size_t i = 0; i < n; i++)
            r->places.at[words[i]].bits[i / 64] |= UINT64_C(1) << i % 64;
        length += run_pass(r);
        for (size_t i = 0; i < n; i++)
            r->places.at[words[i]] = (struct places){0};
    }
    return length;
}

static double f_measure(size_t n_common, size_t n_hypothesis, size_t n_reference)
{
    if (n_common == 0)
        return 0;
    const double precision = (double)n_common / (double)n_hypothesis;
    const double recall = (double)n_common / (double)n_reference;
    return 2 * precision * recall / (precision + recall);
}

struct drp_rouge_score drp_rouge_score_pair(struct drp_rouge *r, struct drp_sv hypothesis,
                                            struct drp_sv reference)
{
    size_t matches[ORDER];
    cut_words(hypothesis, &r->hypothesis);
    cut_words(reference, &r->reference);
    drp_ngrams_fill(&r->ngrams, &r->reference, ORDER);
    drp_ngrams_match(&r->ngrams, &r->hypothesis, ORDER, matches);

    const size_t n_hyp = r->hypothesis.spans.n, n_ref = r->reference.spans.n;
    return (struct drp_rouge_score){
        .rouge1 = f_measure(matches[0], n_hyp, n_ref),
        .rouge2 = f_measure(matches[1], drp_ngrams_in(n_hyp, 2), drp_ngrams_in(n_ref, 2)),
        .rouge_l = f_measure(lcs_length(r), n_hyp, n_ref),
    };
}
