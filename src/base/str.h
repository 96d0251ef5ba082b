/* Strings. A struct drp_sv is read and never owned; a struct drp_str is built, always terminated,
 * may hold NUL bytes and never grows past its limit. */
#ifndef DRP_BASE_STR_H
#define DRP_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drp/sv.h"

/** A string under construction. ptr is terminated and valid from drp_str_init() on. */
struct drp_str {
    char *ptr;
    size_t len;   /* bytes, without the terminator                                   */
    size_t cap;   /* bytes allocated; 0 while ptr is the shared empty string         */
    size_t limit; /* len never exceeds it                                            */
    bool full;    /* an append did not fit: the rest was dropped; test once, at the end */
};

/** The bytes of `sv` from `from` up to, not including, `to`, both clamped to its length. */
struct drp_sv drp_sv_slice(struct drp_sv sv, size_t from, size_t to);

/** True when both hold the same bytes. */
bool drp_sv_eq(struct drp_sv a, struct drp_sv b);

/** True when `sv` holds the bytes of the terminated string `z`. */
bool drp_sv_is(struct drp_sv sv, const char *z);

/** Byte order, as strcmp: negative, 0, positive. For UTF-8 this is code point order. */
int drp_sv_cmp(struct drp_sv a, struct drp_sv b);

/** True when `sv` begins with `prefix`. */
bool drp_sv_starts(struct drp_sv sv, struct drp_sv prefix);

/** True when `sv` ends with `suffix`. */
bool drp_sv_ends(struct drp_sv sv, struct drp_sv suffix);

/** Offset of the first `needle` in `sv` at or after `from`, or SIZE_MAX. An empty needle is found at once. */
size_t drp_sv_find(struct drp_sv sv, struct drp_sv needle, size_t from);

/** Offset of the last `needle` in `sv`, or SIZE_MAX. */
size_t drp_sv_rfind(struct drp_sv sv, struct drp_sv needle);

/** `sv` without ASCII white space at both ends. */
struct drp_sv drp_sv_trim(struct drp_sv sv);

/** Like drp_sv_find(), ASCII letters compared without case. */
size_t drp_sv_find_nocase(struct drp_sv sv, struct drp_sv needle, size_t from);

/**
 * Cuts the next line off `*rest` into `*line` (without "\n" or "\r\n"). False when nothing is left.
 */
bool drp_sv_line(struct drp_sv *rest, struct drp_sv *line);

/** Reads all of `sv` as a decimal integer. False when it is not one or does not fit. */
bool drp_sv_int(struct drp_sv sv, int64_t *out);

/** Reads all of `sv` as a finite decimal number (C locale). False when it is not one. */
bool drp_sv_double(struct drp_sv sv, double *out);

/** Starts an empty string that will hold at most `limit` bytes. */
void drp_str_init(struct drp_str *s, size_t limit);

/** Frees the contents; the struct may be initialised again. */
void drp_str_release(struct drp_str *s);

/** Empties without freeing; also clears `full`. */
void drp_str_clear(struct drp_str *s);

/** The contents, borrowed until the next change. */
struct drp_sv drp_str_sv(const struct drp_str *s);

/** Appends bytes. */
void drp_str_add(struct drp_str *s, struct drp_sv sv);

/** Appends a terminated string. */
void drp_str_addz(struct drp_str *s, const char *z);

/** Appends one byte. */
void drp_str_addc(struct drp_str *s, char c);

/** Appends printf-style. */
void drp_str_addf(struct drp_str *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Appends vprintf-style. */
void drp_str_vaddf(struct drp_str *s, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/** Replaces the bytes [at, at + n) by `with`. Out-of-range values are clamped. */
void drp_str_splice(struct drp_str *s, size_t at, size_t n, struct drp_sv with);

/** Shortens to `len` bytes; no effect when it is shorter already. */
void drp_str_truncate(struct drp_str *s, size_t len);

/** Hands the buffer over (heap, terminated; free() it) and starts `s` anew. `*len` may be NULL. */
char *drp_str_take(struct drp_str *s, size_t *len);

#endif
