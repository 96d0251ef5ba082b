/* Unicode in UTF-8: validity, code points, and the white space of Python's str.split(). */
#ifndef DRP_BASE_UTF8_H
#define DRP_BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/** Offset of the first byte that is not well-formed UTF-8 (overlong, surrogate, > U+10FFFF), or SIZE_MAX. */
size_t drp_utf8_invalid(struct drp_sv sv);

/** Decodes the code point at `*at` (< len) of well-formed UTF-8 and moves `*at` behind it. U+FFFD for a bad byte. */
uint32_t drp_utf8_next(struct drp_sv sv, size_t *at);

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

/** Appends `sv` with its words joined by one space: " ".join(text.split()). */
void drp_utf8_collapse(struct drp_str *out, struct drp_sv sv);

/** Appends `sv` in lower case, code point by code point (simple mapping). */
void drp_utf8_lower(struct drp_str *out, struct drp_sv sv);

#endif
