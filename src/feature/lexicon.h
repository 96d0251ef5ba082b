/* Word lists of share/lexicon: which words are counted as what. English; in other languages nothing is found. */
#ifndef DRP_FEATURE_LEXICON_H
#define DRP_FEATURE_LEXICON_H

#include <stdint.h>

#include "base/intern.h"
#include "base/str.h"

/** What a word can be, as bits. */
enum drp_word_class {
    DRP_WORD_FIRST_PERSON = 1 << 0,
    DRP_WORD_SECOND_PERSON = 1 << 1,
    DRP_WORD_HEDGE = 1 << 2,
    DRP_WORD_INTENSIFIER = 1 << 3,
    DRP_WORD_POSITIVE = 1 << 4,
    DRP_WORD_NEGATIVE = 1 << 5,
    DRP_WORD_NEGATION = 1 << 6,
    DRP_WORD_ABBREVIATION = 1 << 7,
    DRP_WORD_PHRASE_END = 1 << 8, /* an entry of two words ends with it */
};

/** All lists. Made in some 30 µs. **Threads**: any may read. */
struct drp_lexicon {
    struct drp_intern entries; /* lower case; two words are joined by a space */
    uint16_t *classes;         /* (entries.n) by id                           */
};

/** Reads the lists that are built into the program. **Owns**: caller, drp_lexicon_free(). */
struct drp_lexicon *drp_lexicon_new(void);

/** Frees them. NULL is allowed. */
void drp_lexicon_free(struct drp_lexicon *l);

/** The classes of an entry in lower case, as bits; 0 when it is none. */
unsigned drp_lexicon_get(const struct drp_lexicon *l, struct drp_sv entry);

#endif
