/* Coarse kinds of code points: as much as counting words in any script needs. */
#ifndef DRP_FEATURE_GLYPH_H
#define DRP_FEATURE_GLYPH_H

#include <stdint.h>

/** What a code point is to somebody who counts. */
enum drp_glyph {
    DRP_GLYPH_SPACE,
    DRP_GLYPH_LETTER, /* of a script that puts spaces between words; accents too     */
    DRP_GLYPH_DIGIT,  /* ASCII and full width                                         */
    DRP_GLYPH_IDEOGRAPH, /* of a script without spaces: a word of its own                */
    DRP_GLYPH_EMOJI,
    DRP_GLYPH_FLAG, /* half of a flag                                               */
    DRP_GLYPH_INVISIBLE, /* joiners, variation selectors, skin tones: part of the one before */
    DRP_GLYPH_MARK, /* punctuation, symbols, everything else                        */
};

/** The kind of a code point; space is what drp_utf8_is_space() says. */
enum drp_glyph drp_glyph_of(uint32_t cp);

#endif
