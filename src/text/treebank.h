/* Words as METEOR counts them: NLTK's word_tokenize. */
#ifndef DRP_TEXT_TREEBANK_H
#define DRP_TEXT_TREEBANK_H

#include "text/punkt.h"

/** A tokeniser with its buffers. One owner, one thread. */
struct drp_treebank;

/** **Owns**: caller, drp_treebank_free(); `punkt` is borrowed and outlives it. */
struct drp_treebank *drp_treebank_new(const struct drp_punkt *punkt);

/** Frees it. NULL is allowed. */
void drp_treebank_free(struct drp_treebank *t);

/**
 * Appends the words of `text` (well-formed UTF-8): sentence by sentence, straight double quotes as `` and ''.
 * Time and memory are linear in the text.
 * **Source**: nltk 3.10.4, nltk.tokenize.word_tokenize (NLTKWordTokenizer), whose patterns run in the regex package.
 */
void drp_treebank_words(struct drp_treebank *t, struct drp_sv text, struct drp_tokens *out);

#endif
