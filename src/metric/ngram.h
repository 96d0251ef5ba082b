/* How many n-grams of one text another one has: what BLEU and ROUGE count. */
#ifndef DRP_METRIC_NGRAM_H
#define DRP_METRIC_NGRAM_H

#include <stdint.h>

#include "text/token.h"

/** Ids in order. */
struct drp_ids {
    uint32_t *at;
    size_t n, cap;
};

/**
 * The n-grams of one text, each with an id and a count. Words have the ids 0, 1, 2 … in order of first
 * appearance, longer n-grams the ids after them. Made to be filled again for each pair: starting anew costs
 * nothing, and memory is that of the longest text so far. One owner, one thread. Start with `{0}`.
 */
struct drp_ngrams {
    const struct drp_tokens *words; /* of the text, borrowed until the match         */
    struct drp_ids reference;       /* these words                                   */
    struct drp_ids hypothesis;      /* those matched last; DRP_NO_ID: not in there   */
    struct drp_ids first;           /* by id of a word: its first place in the text  */
    struct drp_ids left;            /* by id: occurrences that no match has used up  */
    struct drp_ngram_slot *slots;   /* (cap_slots) open addressing                   */
    size_t cap_slots, n_slots;      /* held; used for this text, a power of two      */
    uint32_t epoch;                 /* of the slots of this text; the others are free */
};

/** Frees it; it may be filled again. */
void drp_ngrams_release(struct drp_ngrams *g);

/**
 * Takes in the n-grams of 1 to `order` words of a reference, which stays borrowed. Linear. The text has fewer
 * than 2^30 / order words.
 */
void drp_ngrams_fill(struct drp_ngrams *g, const struct drp_tokens *reference,
                     size_t order);

/**
 * Counts for each length the n-grams of `hypothesis` that the reference has, each at most as often as it
 * stands there. Once per drp_ngrams_fill(), with its order. Linear. **Shapes**: matches (order).
 */
void drp_ngrams_match(struct drp_ngrams *g, const struct drp_tokens *hypothesis,
                      size_t order, size_t *matches);

/** The number of n-grams of `order` words in a text of `n_words`. */
size_t drp_ngrams_in(size_t n_words, size_t order);

#endif
