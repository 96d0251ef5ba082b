/* Porter's stemmer with NLTK's extensions. */
#ifndef DRP_TEXT_PORTER_H
#define DRP_TEXT_PORTER_H

#include "base/str.h"

/**
 * Appends the stem of `word` (well-formed UTF-8) in lower case. Letters outside ASCII, digits and signs count as
 * consonants; a word of one or two code points is only lower-cased.
 * **Threads**: any; time linear in the word's length.
 * **Source**: nltk 3.10.4, PorterStemmer().stem, default mode NLTK_EXTENSIONS.
 */
void drp_porter_stem(struct drp_sv word, struct drp_str *out);

#endif
