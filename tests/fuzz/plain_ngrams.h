/* N-grams of two texts counted without tables: what the metrics' own counting is held against. */
#ifndef DRP_TESTS_FUZZ_PLAIN_NGRAMS_H
#define DRP_TESTS_FUZZ_PLAIN_NGRAMS_H

#include <stdlib.h>

#include "base/base.h"
#include "text/token.h"

/** Whether the n-gram at `i` of one text is that at `j` of the other. */
static inline bool same(const struct drp_tokens *a, size_t i, const struct drp_tokens *b,
                        size_t j, size_t order)
{
    for (size_t k = 0; k < order; k++)
        if (!drp_sv_eq(drp_tokens_get(a, i + k), drp_tokens_get(b, j + k)))
            return false;
    return true;
}

/** How many n-grams of an order a text has. */
static inline size_t n_grams(const struct drp_tokens *t, size_t order)
{
    return t->spans.n < order ? 0 : t->spans.n - order + 1;
}

/** Each n-gram of `a` takes the first equal one of `b` that none has taken. */
static inline size_t plain_matches(const struct drp_tokens *a, const struct drp_tokens *b,
                                   size_t order)
{
    size_t matches = 0;
    bool *taken = drp_calloc(n_grams(b, order), sizeof *taken);
    for (size_t i = 0; i < n_grams(a, order); i++) {
        for (size_t j = 0; j < n_grams(b, order); j++) {
            if (taken[j] || !same(a, i, b, j, order))
                continue;
            taken[j] = true;
            matches++;
            break;
        }
    }
    free(taken);
    return matches;
}

#endif
