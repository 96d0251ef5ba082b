/* Typed fields of one JSON record, and the one line that says which file, line and field
 * is wrong. */
#ifndef DRP_DATA_FIELD_H
#define DRP_DATA_FIELD_H

#include "base/err.h"
#include "base/str.h"
#include "io/jsonl.h"

/** A record and where it stands. All borrowed. */
struct drp_record {
    const struct drp_json_val *value;
    const char *path; /* of the file                                                   */
    int64_t line;     /* from 1                                                        */
    const char *unit; /* what `line` counts; NULL: lines                               */
    const char *list; /* NULL, or the field of the line that holds the record          */
    int64_t index;    /* its place in that list, from 0; -1: the field is the record   */
};

/** The record after a successful drp_jsonl_next(). */
struct drp_record drp_record_of(const struct drp_jsonl *r,
                                const struct drp_json_val *value);

/** True when the record has the field, null included. */
bool drp_field_has(const struct drp_record *r, const char *key);

/**
 * Fills `err` for a record: `cannot read 'FILE' line N: WHAT`. Gives DRP_EINPUT.
 */
int drp_record_bad(const struct drp_record *r, const char *what, struct drp_err *err);

/**
 * Fills `err` for a field: `cannot read 'KEY' in 'FILE' line N: found X, expected WHAT`.
 * Gives DRP_EINPUT.
 */
int drp_field_bad(const struct drp_record *r, const char *key, const char *expected,
                  struct drp_err *err);

/** A string that must be there. Borrowed from the record. **Errors**: DRP_EINPUT. */
int drp_field_text(const struct drp_record *r, const char *key, struct drp_sv *out,
                   struct drp_err *err) DRP_CHECKED;

/**
 * A string; missing or null is the empty string. Borrowed from the record. **Errors**:
 * DRP_EINPUT.
 */
int drp_field_text_or_empty(const struct drp_record *r, const char *key,
                            struct drp_sv *out, struct drp_err *err) DRP_CHECKED;

/**
 * An id that must be there, a string or an integer, replacing `out` by its text; never
 * empty. **Errors**: DRP_EINPUT.
 */
int drp_field_id(const struct drp_record *r, const char *key, struct drp_str *out,
                 struct drp_err *err) DRP_CHECKED;

/** A number, or a string that is one; missing or null is NAN. **Errors**: DRP_EINPUT. */
int drp_field_num(const struct drp_record *r, const char *key, double *out,
                  struct drp_err *err) DRP_CHECKED;

/**
 * A time since 1970 in units of `unit_ms` milliseconds, as milliseconds; missing or null
 * is 0. The name of the field decides on the unit, never the size of the number.
 * **Errors**: DRP_EINPUT (no number, or beyond ±2^53 ms).
 */
int drp_field_time(const struct drp_record *r, const char *key, double unit_ms,
                   int64_t *out, struct drp_err *err) DRP_CHECKED;

/**
 * True for what Python takes as true: a non-zero number, a non-empty string, array or
 * object, `true`.
 */
bool drp_field_truthy(const struct drp_record *r, const char *key);

#endif
