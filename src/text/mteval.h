/* Words as BLEU counts them: the tokeniser of mteval-v13a. */
#ifndef DRP_TEXT_MTEVAL_H
#define DRP_TEXT_MTEVAL_H

#include "text/token.h"

/**
 * Appends the tokens of `text` (well-formed UTF-8); white space at its end does not count. `scratch` is a
 * buffer of the caller's (initialised, any contents), so that many texts need no allocation. Linear.
 * **Source**: sacrebleu 2.6.0, tokenizer 13a after str.rstrip(), as BLEU._preprocess_segment has it.
 */
void drp_mteval_words(struct drp_sv text, struct drp_str *scratch, struct drp_tokens *out);

#endif
