/* Contractions in English words: "don't" is "do" and "n't", "cannot" is "can" and "not". */
#ifndef DRP_TEXT_CONTRACTION_H
#define DRP_TEXT_CONTRACTION_H

#include <stdbool.h>

#include "text/token.h"

/** Whether `rest`, which follows an apostrophe, begins with a whole word that is a clitic: re, ve, ll, m, t, s, d, n. */
bool drp_contraction_is_clitic(struct drp_sv rest);

/**
 * Appends the words of `field`, a run without white space (but U+001C-001F, which separate words). `is_spaced`: it
 * stood before a space early on, so that an apostrophe at its end was split off before clitics are. Linear.
 * **Source**: nltk 3.10.4, NLTKWordTokenizer: ([^'])' of PUNCTUATION, the last two of ENDING_QUOTES,
 * CONTRACTIONS2, CONTRACTIONS3, split().
 */
void drp_contraction_split(struct drp_sv field, bool is_spaced, struct drp_tokens *out);

#endif
