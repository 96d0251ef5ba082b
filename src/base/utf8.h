/* Unicode in UTF-8: validity, code points, and character classes and case as Python sees them. They follow the
 * Unicode version of utf8proc (15.0 in release 2.8, as in Python 3.12); another version assigns other code points. */
#ifndef DRP_BASE_UTF8_H
#define DRP_BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/** Offset of the first byte that is not well-formed UTF-8 (overlong, surrogate, > U+10FFFF), or SIZE_MAX. */
size_t drp_utf8_invalid(struct drp_sv sv);

/** Decodes the code point at `*at` (< len) of well-formed UTF-8 and moves `*at` behind it. U+FFFD for a bad byte. */
uint32_t drp_utf8_next(struct drp_sv sv, size_t *at);

/** Decodes the code point that ends at `*at` (> 0) and moves `*at` to its start. U+FFFD for a bad byte. */
uint32_t drp_utf8_prev(struct drp_sv sv, size_t *at);

/** Appends a code point as UTF-8. */
void drp_utf8_add(struct drp_str *s, uint32_t cp);

/** Number of code points in well-formed UTF-8. */
size_t drp_utf8_count(struct drp_sv sv);

/** The largest length ≤ `max` at which `sv` can be cut between code points. */
size_t drp_utf8_cut(struct drp_sv sv, size_t max);

/** Width on a terminal in columns: wide characters 2, combining marks 0. */
size_t drp_utf8_width(struct drp_sv sv);

/**
 * White space as Python's str.split() and re's \s see it: U+0009-000D, 001C-0020, 0085, 00A0, 1680,
 * 2000-200A, 2028, 2029, 202F, 205F, 3000.
 */
bool drp_utf8_is_space(uint32_t cp);

/** Cuts the next word (a run without white space) off `*rest`. False when there is none. */
bool drp_utf8_word(struct drp_sv *rest, struct drp_sv *word);

/** `sv` without the white space at its end: Python's str.rstrip(). */
struct drp_sv drp_utf8_trim_end(struct drp_sv sv);

/** Appends `sv` with its words joined by one space: " ".join(text.split()). */
void drp_utf8_collapse(struct drp_str *out, struct drp_sv sv);

/**
 * White space by the property of that name, as the regex package's \s sees it: drp_utf8_is_space()
 * without U+001C-001F.
 */
bool drp_utf8_is_white(uint32_t cp);

/** A letter or number of any kind: Python's str.isalnum(). This or '_' is re's \w. */
bool drp_utf8_is_alnum(uint32_t cp);

/**
 * What the regex package's \w matches: letters, marks, decimal and letter numbers, connectors such as '_',
 * circled letters, and the two joiners U+200C and U+200D. Not numbers such as "½", which re's \w matches.
 */
bool drp_utf8_is_word_char(uint32_t cp);

/** A decimal digit of any script: Python's str.isdecimal(), and \d of re and regex. */
bool drp_utf8_is_decimal(uint32_t cp);

/** Python's str.isupper() of one character: the property Uppercase. Title case letters are not. */
bool drp_utf8_is_upper(uint32_t cp);

/** Python's str.islower() of one character: the property Lowercase. */
bool drp_utf8_is_lower(uint32_t cp);

/**
 * Appends `sv` in lower case: Python's str.lower(). U+0130 becomes two code points; a capital sigma at the end
 * of a word becomes the final one, U+03C2. Linear. **Source**: The Unicode Standard, section 3.13, full mappings.
 */
void drp_utf8_lower(struct drp_str *out, struct drp_sv sv);

#endif
