/* JSON: reading (strict, UTF-8 checked) and writing. The only file that sees the JSON library is json.c. */
#ifndef DRP_IO_JSON_H
#define DRP_IO_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/** A parsed document; owns all its values. */
struct drp_json;
/** A value within a document; borrowed, NULL stands for "absent" everywhere. */
struct drp_json_val;

/** What a value is. DRP_JSON_NONE: absent. */
enum drp_json_type {
    DRP_JSON_NONE,
    DRP_JSON_NULL,
    DRP_JSON_BOOL,
    DRP_JSON_NUM,
    DRP_JSON_STR,
    DRP_JSON_ARR,
    DRP_JSON_OBJ,
};

/** Parsing options, to be or-ed. */
enum drp_json_flags {
    DRP_JSON_STRICT = 0,
    DRP_JSON_COMMENTS = 1, /* // and block comments, trailing commas: for config files */
    DRP_JSON_PREFIX = 2,   /* stop after the first complete value (drp_json_end)       */
};

/** Arrays and objects nested deeper than this are refused, so that recursion over values is safe. */
#define DRP_JSON_MAX_DEPTH 256

/**
 * Parses one value. **Owns**: caller, drp_json_free(); the input may go. Nesting deeper than
 * DRP_JSON_MAX_DEPTH is refused. `*out` is NULL after an error.
 * **Errors**: DRP_EINPUT with err->offset set (from 0) and what was found there.
 */
int drp_json_parse(struct drp_sv text, int flags, struct drp_json **out,
                   struct drp_err *err) DRP_CHECKED;

/**
 * Reads and parses a file of at most 16 MiB; **Owns** and `*out` as drp_json_parse(). **Errors**: as that, DRP_ENOTFOUND,
 * DRP_EIO, DRP_ELIMIT, each naming the file.
 */
int drp_json_read(const char *path, int flags, struct drp_json **out,
                  struct drp_err *err) DRP_CHECKED;

/** Frees a document. NULL is allowed. */
void drp_json_free(struct drp_json *doc);

/** The outermost value. */
const struct drp_json_val *drp_json_root(const struct drp_json *doc);

/** Bytes read by drp_json_parse(), for DRP_JSON_PREFIX. */
size_t drp_json_end(const struct drp_json *doc);

/** The type of a value. */
enum drp_json_type drp_json_type(const struct drp_json_val *v);

/** A type in words: "a string". Static storage. */
const char *drp_json_type_words(enum drp_json_type type);

/** Member of an object by key (the last of equal keys); NULL when absent or `v` is no object. */
const struct drp_json_val *drp_json_get(const struct drp_json_val *v, const char *key);

/** Element of an array; NULL when there is none. Linear: use drp_json_next for loops. */
const struct drp_json_val *drp_json_at(const struct drp_json_val *v, size_t i);

/** Elements of an array or members of an object; 0 for others. */
size_t drp_json_len(const struct drp_json_val *v);

/** Position in a loop over an array or object; start with `{0}`. */
struct drp_json_iter {
    size_t i;
    const void *raw;
};

/** The next element, or member with its key (terminated; `key` may be NULL); NULL at the end. */
const struct drp_json_val *drp_json_next(const struct drp_json_val *v,
                                         struct drp_json_iter *it, struct drp_sv *key);

/** The text of a string; absent for other types. Borrowed and terminated; may hold NUL. */
struct drp_sv drp_json_str(const struct drp_json_val *v);

/** The value of a number; `otherwise` for other types. */
double drp_json_num(const struct drp_json_val *v, double otherwise);

/** The value of an integral number that fits (5.0 is one); false otherwise. */
bool drp_json_int(const struct drp_json_val *v, int64_t *out);

/** The value of a boolean; `otherwise` for other types. */
bool drp_json_bool(const struct drp_json_val *v, bool otherwise);

/** Appends a value as compact JSON; absent is null. */
void drp_json_write(struct drp_str *out, const struct drp_json_val *v);

/** True when two values are written alike; an absent one is like none. */
bool drp_json_same(const struct drp_json_val *a, const struct drp_json_val *b);

/** A JSON writer: values in order, commas and colons by itself. Compact, or indented by 2. */
struct drp_jw {
    struct drp_str *out;  /* borrowed                                     */
    int indent;           /* 0 compact, else spaces a level               */
    int depth;            /* at most 31; deeper is a bug and aborts       */
    uint32_t has_members; /* bit d: something was written at depth d      */
    bool after_key;
};

/** Starts writing to `out` (borrowed). */
void drp_jw_init(struct drp_jw *w, struct drp_str *out, int indent);
/** `{` */
void drp_jw_obj(struct drp_jw *w);
/** `}` */
void drp_jw_obj_end(struct drp_jw *w);
/** `[` */
void drp_jw_arr(struct drp_jw *w);
/** `]` */
void drp_jw_arr_end(struct drp_jw *w);
/** A member's key. */
void drp_jw_key(struct drp_jw *w, const char *key);
/** A string; absent is null. Bytes that are no UTF-8 become U+FFFD. */
void drp_jw_str(struct drp_jw *w, struct drp_sv sv);
/** A terminated string; NULL is null. */
void drp_jw_strz(struct drp_jw *w, const char *z);
/**
 * A number in the shortest form that reads back the same, integral ones as "5.0"; NAN and infinities
 * are null.
 */
void drp_jw_num(struct drp_jw *w, double value);
/** An integer. */
void drp_jw_int(struct drp_jw *w, int64_t value);
/** true or false. */
void drp_jw_bool(struct drp_jw *w, bool value);
/** null. */
void drp_jw_null(struct drp_jw *w);
/** A value of a parsed document, compact; absent is null. */
void drp_jw_val(struct drp_jw *w, const struct drp_json_val *v);
/** As drp_jw_val(), but indented as the rest is; what is nested deeper than 8 levels stays compact. */
void drp_jw_copy(struct drp_jw *w, const struct drp_json_val *v);
/** A value that is JSON already, put in as it is. */
void drp_jw_raw(struct drp_jw *w, struct drp_sv json);

/** A member with a string, as drp_jw_str(). */
void drp_jw_key_str(struct drp_jw *w, const char *key, struct drp_sv value);
/** A member with a terminated string, as drp_jw_strz(). */
void drp_jw_key_strz(struct drp_jw *w, const char *key, const char *value);
/** A member with a number, as drp_jw_num(). */
void drp_jw_key_num(struct drp_jw *w, const char *key, double value);
/** A member with an integer. */
void drp_jw_key_int(struct drp_jw *w, const char *key, int64_t value);
/** A member with true or false. */
void drp_jw_key_bool(struct drp_jw *w, const char *key, bool value);

#endif
