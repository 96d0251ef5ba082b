/* Words as Punkt sees them: full stops stay with their word, other punctuation is a word of its own. */
#ifndef DRP_TEXT_PUNKT_TOKEN_H
#define DRP_TEXT_PUNKT_TOKEN_H

#include <stdbool.h>

#include "base/str.h"

/** What a character can be, several together. */
enum drp_punkt_class {
    DRP_PUNKT_WHITE = 1 << 0,    /* white space by the Unicode property                 */
    DRP_PUNKT_NON_WORD = 1 << 1, /* ends the word before it                             */
    DRP_PUNKT_NO_START = 1 << 2, /* begins no word of more than one character           */
    DRP_PUNKT_LOOK = 1 << 3,     /* - . , end a word when the right thing follows       */
    DRP_PUNKT_MARK = 1 << 4,     /* . ? ! may end a sentence                            */
    DRP_PUNKT_CLOSER = 1 << 5,   /* belongs to the sentence before it                   */
    DRP_PUNKT_SEPARATOR = 1 << 6, /* U+001C-001F: white space to str.strip(), not to regex */
};

/** The classes of the character at `*at` (< len), which moves behind it. */
unsigned drp_punkt_class(struct drp_sv text, size_t *at);

/** Words of one text, read in order. Start with `{text, 0, false}`. */
struct drp_punkt_words {
    struct drp_sv text;
    size_t at;    /* of the next word, or of white space before it */
    bool in_line; /* the line at `at` is known to hold words       */
};

/**
 * Reads the next word. False at the end. Linear over all words.
 * **Source**: nltk 3.10.4, PunktBaseClass._tokenize_words with PunktLanguageVars.word_tokenize.
 */
bool drp_punkt_next(struct drp_punkt_words *words, struct drp_sv *word);

/** Digits of any script with commas, full stops and hyphens among them: PunktToken._RE_NUMERIC. */
bool drp_punkt_is_number(struct drp_sv word);

/** One letter (or mark, or '_') with a full stop: PunktToken.is_initial. */
bool drp_punkt_is_initial(struct drp_sv word);

/** Two full stops or more: PunktToken.is_ellipsis. */
bool drp_punkt_is_ellipsis(struct drp_sv word);

#endif
