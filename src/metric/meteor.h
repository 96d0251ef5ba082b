/* METEOR as NLTK computes it: equal words, equal stems, shared senses. */
#ifndef DRP_METRIC_METEOR_H
#define DRP_METRIC_METEOR_H

#include "text/token.h"
#include "text/wordnet.h"

/**
 * Buffers, and the stems and synonyms of the words met so far. What it remembers is dropped before a pair once it
 * has passed 64 MiB, so it may live as long as the process. One owner, one thread.
 */
struct drp_meteor;

/** `wordnet` is borrowed and outlives it; NULL: without synonyms. **Owns**: caller, drp_meteor_free(). */
struct drp_meteor *drp_meteor_new(const struct drp_wordnet *wordnet);

/** Frees it. NULL is allowed. */
void drp_meteor_free(struct drp_meteor *m);

/**
 * Scores one pair, from 0 up to below 1, by the words that drp_treebank_words() gives. Not symmetric: only words of
 * the hypothesis are expanded to their synonyms. Time grows with the number of tokens, and of synonyms of those that
 * neither equal words nor equal stems match.
 * **Source**: nltk 3.10.4, single_meteor_score(word_tokenize(reference), word_tokenize(hypothesis)), alpha 0.9, beta 3,
 * gamma 0.5.
 */
double drp_meteor_score(struct drp_meteor *m, const struct drp_tokens *hypothesis,
                        const struct drp_tokens *reference);

#endif
