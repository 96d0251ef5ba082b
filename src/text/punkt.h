/* Sentences: Punkt (Kiss and Strunk 2006), with parameters in NLTK's own layout. */
#ifndef DRP_TEXT_PUNKT_H
#define DRP_TEXT_PUNKT_H

#include "text/punkt_params.h"
#include "text/token.h"

/**
 * Appends the sentences of `text` (well-formed UTF-8), without the white space between them. Empty or blank text
 * has none. Linear in time. **Source**: nltk 3.10.4, PunktTokenizer("english").span_tokenize, realign_boundaries True.
 */
void drp_punkt_sentences(const struct drp_punkt *p, struct drp_sv text,
                         struct drp_spans *out);

#endif
