#include "io/json.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/utf8.h"
#include "base/banned.h"

#define MAX_JW_DEPTH 31

struct drp_json {
    yyjson_doc *raw;
};

/* Running out of memory inside yyjson ends the process as everywhere else. */
static void *alc_malloc(void *ctx, size_t size)
{
    (void)ctx;
    return drp_malloc(size);
}

static void *alc_realloc(void *ctx, void *ptr, size_t old_size, size_t size)
{
    (void)ctx;
    (void)old_size;
    return drp_realloc(ptr, size, 1);
}

static void alc_free(void *ctx, void *ptr)
{
    (void)ctx;
    free(ptr);
}

static const yyjson_alc heap = {alc_malloc, alc_realloc, alc_free, NULL};

/* yyjson takes values as non-const and does not write to them. */
static yyjson_val *raw_of(const struct drp_json_val *v)
{
    return (yyjson_val *)v;
}

static const struct drp_json_val *val_of(const yyjson_val *raw)
{
    return (const struct drp_json_val *)raw;
}

/* ---- Nesting. A scan of the text, before anything is allocated for it. ---- */

/* The offset behind the string that opens at `at`, or the end when it is not closed. */
static size_t skip_string(struct drp_sv text, size_t at)
{
    for (at++; at < text.len; at++) {
        if (text.ptr[at] == '\\')
            at++;
        else if (text.ptr[at] == '"')
            return at + 1;
    }
    return text.len;
}

/* The offset behind the comment that opens at `at`. */
static size_t skip_comment(struct drp_sv text, size_t at)
{
    const bool is_block = at + 1 < text.len && text.ptr[at + 1] == '*';
    const struct drp_sv mark = is_block ? DRP_SV("*/") : DRP_SV("\n");
    const size_t end = drp_sv_find(text, mark, at + 2);
    return end == SIZE_MAX ? text.len : end + mark.len;
}

/*
 * The offset of the bracket that opens a level too many in the first value of `text`, or SIZE_MAX.
 * What is no JSON may be misread here: the parser says so afterwards.
 */
static size_t find_too_deep(struct drp_sv text)
{
    size_t depth = 0;
    for (size_t at = 0; at < text.len;) {
        switch (text.ptr[at]) {
        case '"':
            if (depth == 0)
                return SIZE_MAX;
            at = skip_string(text, at);
            break;
        case '/':
            at = skip_comment(text, at);
            break;
        case '[':
        case '{':
            if (++depth > DRP_JSON_MAX_DEPTH)
                return at;
            at++;
            break;
        case ']':
        case '}':
            if (depth <= 1)
                return SIZE_MAX;
            depth--;
            at++;
            break;
        default:
            if (depth == 0 && !strchr(" \t\r\n", text.ptr[at]))
                return SIZE_MAX; /* a number or word: the value has no levels */
            at++;
            break;
        }
    }
    return SIZE_MAX;
}

/* ---- Reading ---- */

static int fail_at(struct drp_err *err, size_t offset, const char *what)
{
    const int rc = drp_fail(err, DRP_EINPUT, "cannot parse: %s at byte %zu", what, offset);
    if (err)
        err->offset = (int64_t)offset;
    return rc;
}

int drp_json_parse(struct drp_sv text, int flags, struct drp_json **out, struct drp_err *err)
{
    *out = NULL;
    if (drp_sv_trim(text).len == 0)
        return fail_at(err, text.len, "nothing there, expected a JSON value");
    const size_t too_deep = find_too_deep(text);
    if (too_deep != SIZE_MAX)
        return fail_at(err, too_deep, "arrays and objects nested deeper than 256 levels");

    yyjson_read_flag raw_flags = 0;
    if (flags & DRP_JSON_COMMENTS)
        raw_flags |= YYJSON_READ_ALLOW_COMMENTS | YYJSON_READ_ALLOW_TRAILING_COMMAS;
    if (flags & DRP_JSON_PREFIX)
        raw_flags |= YYJSON_READ_STOP_WHEN_DONE;
    yyjson_read_err raw_err = {0};
    /* Without the flag for parsing in place the text is copied and not written to. */
    yyjson_doc *const raw =
        yyjson_read_opts((char *)text.ptr, text.len, raw_flags, &heap, &raw_err);
    if (!raw)
        return fail_at(err, raw_err.pos, raw_err.msg);
    *out = drp_malloc(sizeof **out);
    (*out)->raw = raw;
    return 0;
}

enum { MAX_FILE_BYTES = 16 << 20 };

int drp_json_read(const char *path, int flags, struct drp_json **out, struct drp_err *err)
{
    struct drp_str text;
    drp_str_init(&text, MAX_FILE_BYTES);
    *out = NULL;
    int rc = drp_fs_read(path, &text, err);
    if (rc == 0 && (rc = drp_json_parse(drp_str_sv(&text), flags, out, err)) < 0)
        drp_err_prefix(err, "'%s'", path);
    drp_str_release(&text);
    return rc;
}

void drp_json_free(struct drp_json *doc)
{
    if (!doc)
        return;
    yyjson_doc_free(doc->raw);
    free(doc);
}

const struct drp_json_val *drp_json_root(const struct drp_json *doc)
{
    return val_of(yyjson_doc_get_root(doc->raw));
}

size_t drp_json_end(const struct drp_json *doc)
{
    return yyjson_doc_get_read_size(doc->raw);
}

enum drp_json_type drp_json_type(const struct drp_json_val *v)
{
    switch (yyjson_get_type(raw_of(v))) {
    case YYJSON_TYPE_NULL:
        return DRP_JSON_NULL;
    case YYJSON_TYPE_BOOL:
        return DRP_JSON_BOOL;
    case YYJSON_TYPE_NUM:
        return DRP_JSON_NUM;
    case YYJSON_TYPE_STR:
        return DRP_JSON_STR;
    case YYJSON_TYPE_ARR:
        return DRP_JSON_ARR;
    case YYJSON_TYPE_OBJ:
        return DRP_JSON_OBJ;
    default:
        return DRP_JSON_NONE;
    }
}

const char *drp_json_type_words(enum drp_json_type type)
{
    static const char *const words[] = {
        [DRP_JSON_NONE] = "nothing",   [DRP_JSON_NULL] = "null",
        [DRP_JSON_BOOL] = "a boolean", [DRP_JSON_NUM] = "a number",
        [DRP_JSON_STR] = "a string",   [DRP_JSON_ARR] = "an array",
        [DRP_JSON_OBJ] = "an object",
    };
    return words[type];
}

const struct drp_json_val *drp_json_get(const struct drp_json_val *v, const char *key)
{
    if (!yyjson_is_obj(raw_of(v)))
        return NULL;
    const struct drp_json_val *found = NULL, *member;
    struct drp_json_iter it = {0};
    struct drp_sv name;
    while ((member = drp_json_next(v, &it, &name)))
        if (drp_sv_is(name, key))
            found = member;
    return found;
}

const struct drp_json_val *drp_json_at(const struct drp_json_val *v, size_t i)
{
    return val_of(yyjson_arr_get(raw_of(v), i));
}

size_t drp_json_len(const struct drp_json_val *v)
{
    return yyjson_is_ctn(raw_of(v)) ? yyjson_get_len(raw_of(v)) : 0;
}

const struct drp_json_val *drp_json_next(const struct drp_json_val *v,
                                         struct drp_json_iter *it, struct drp_sv *key)
{
    if (it->i >= drp_json_len(v))
        return NULL;
    yyjson_val *at = it->i++ ? (yyjson_val *)it->raw : unsafe_yyjson_get_first(raw_of(v));
    if (yyjson_is_obj(raw_of(v))) {
        if (key)
            *key = drp_json_str(val_of(at));
        at++; /* a member is its key, then its value */
    }
    it->raw = unsafe_yyjson_get_next(at);
    return val_of(at);
}

struct drp_sv drp_json_str(const struct drp_json_val *v)
{
    return (struct drp_sv){yyjson_get_str(raw_of(v)),
                           yyjson_is_str(raw_of(v)) ? yyjson_get_len(raw_of(v)) : 0};
}

double drp_json_num(const struct drp_json_val *v, double otherwise)
{
    return yyjson_is_num(raw_of(v)) ? yyjson_get_num(raw_of(v)) : otherwise;
}

bool drp_json_int(const struct drp_json_val *v, int64_t *out)
{
    yyjson_val *const raw = raw_of(v);
    if (yyjson_is_sint(raw)) {
        *out = yyjson_get_sint(raw);
        return true;
    }
    if (yyjson_is_uint(raw)) {
        *out = (int64_t)DRP_MIN(yyjson_get_uint(raw), (uint64_t)INT64_MAX);
        return yyjson_get_uint(raw) <= (uint64_t)INT64_MAX;
    }
    const double real = yyjson_get_real(raw);
    if (!yyjson_is_real(raw) || real != trunc(real) || fabs(real) >= 0x1p63)
        return false;
    *out = (int64_t)real;
    return true;
}

bool drp_json_bool(const struct drp_json_val *v, bool otherwise)
{
    return yyjson_is_bool(raw_of(v)) ? yyjson_get_bool(raw_of(v)) : otherwise;
}

/* ---- Writing ---- */

void drp_json_write(struct drp_str *out, const struct drp_json_val *v)
{
    size_t len = 0;
    char *const json = v ? yyjson_val_write_opts(raw_of(v), 0, &heap, &len, NULL) : NULL;
    if (json)
        drp_str_add(out, (struct drp_sv){json, len});
    else
        drp_str_addz(out, "null");
    free(json);
}

bool drp_json_same(const struct drp_json_val *a, const struct drp_json_val *b)
{
    struct drp_str x, y;
    drp_str_init(&x, MAX_FILE_BYTES);
    drp_str_init(&y, MAX_FILE_BYTES);
    drp_json_write(&x, a);
    drp_json_write(&y, b);
    const bool same = a && b && drp_sv_eq(drp_str_sv(&x), drp_str_sv(&y));
    drp_str_release(&x);
    drp_str_release(&y);
    return same;
}

void drp_jw_init(struct drp_jw *w, struct drp_str *out, int indent)
{
    *w = (struct drp_jw){.out = out, .indent = indent};
}

static void new_line(struct drp_jw *w)
{
    if (!w->indent)
        return;
    drp_str_addc(w->out, '\n');
    for (int i = 0; i < w->depth * w->indent; i++)
        drp_str_addc(w->out, ' ');
}

/* What stands before a value or key: a comma and a new line, but nothing behind a key. */
static void separate(struct drp_jw *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->depth == 0)
        return;
    const uint32_t bit = UINT32_C(1) << w->depth;
    if (w->has_members & bit)
        drp_str_addc(w->out, ',');
    w->has_members |= bit;
    new_line(w);
}

static void open_level(struct drp_jw *w, char bracket)
{
    separate(w);
    drp_str_addc(w->out, bracket);
    w->depth++;
    assert(w->depth <= MAX_JW_DEPTH);
    w->has_members &= ~(UINT32_C(1) << w->depth);
}

static void close_level(struct drp_jw *w, char bracket)
{
    assert(w->depth > 0 && !w->after_key);
    const bool has_members = w->has_members & (UINT32_C(1) << w->depth);
    w->depth--;
    if (has_members)
        new_line(w);
    drp_str_addc(w->out, bracket);
}

void drp_jw_obj(struct drp_jw *w)
{
    open_level(w, '{');
}

void drp_jw_obj_end(struct drp_jw *w)
{
    close_level(w, '}');
}

void drp_jw_arr(struct drp_jw *w)
{
    open_level(w, '[');
}

void drp_jw_arr_end(struct drp_jw *w)
{
    close_level(w, ']');
}

/* Appends well-formed UTF-8 with what JSON wants escaped. */
static void add_escaped(struct drp_str *out, struct drp_sv sv)
{
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
    };
    size_t from = 0;
    for (size_t at = 0; at < sv.len; at++) {
        const unsigned char c = (unsigned char)sv.ptr[at];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        drp_str_add(out, drp_sv_slice(sv, from, at));
        from = at + 1;
        if (c >= 0x20)
            drp_str_addf(out, "\\%c", c);
        else if (letters[c])
            drp_str_addf(out, "\\%c", letters[c]);
        else
            drp_str_addf(out, "\\u%04x", c);
    }
    drp_str_add(out, drp_sv_slice(sv, from, sv.len));
}

static void add_string(struct drp_str *out, struct drp_sv sv)
{
    size_t bad;
    drp_str_addc(out, '"');
    while ((bad = drp_utf8_invalid(sv)) != SIZE_MAX) {
        add_escaped(out, drp_sv_slice(sv, 0, bad));
        drp_utf8_add(out, 0xFFFD);
        sv = drp_sv_slice(sv, bad + 1, sv.len);
    }
    add_escaped(out, sv);
    drp_str_addc(out, '"');
}

void drp_jw_key(struct drp_jw *w, const char *key)
{
    assert(!w->after_key && w->depth > 0);
    separate(w);
    add_string(w->out, drp_sv_from(key));
    drp_str_addz(w->out, w->indent ? ": " : ":");
    w->after_key = true;
}

void drp_jw_str(struct drp_jw *w, struct drp_sv sv)
{
    separate(w);
    if (sv.ptr)
        add_string(w->out, sv);
    else
        drp_str_addz(w->out, "null");
}

void drp_jw_strz(struct drp_jw *w, const char *z)
{
    drp_jw_str(w, drp_sv_from(z));
}

void drp_jw_num(struct drp_jw *w, double value)
{
    yyjson_val number = {0};
    yyjson_set_real(&number, value);
    drp_jw_val(w, isfinite(value) ? val_of(&number) : NULL);
}

void drp_jw_int(struct drp_jw *w, int64_t value)
{
    separate(w);
    drp_str_addf(w->out, "%lld", (long long)value);
}

void drp_jw_bool(struct drp_jw *w, bool value)
{
    separate(w);
    drp_str_addz(w->out, value ? "true" : "false");
}

void drp_jw_null(struct drp_jw *w)
{
    separate(w);
    drp_str_addz(w->out, "null");
}

void drp_jw_val(struct drp_jw *w, const struct drp_json_val *v)
{
    separate(w);
    drp_json_write(w->out, v);
}

void drp_jw_copy(struct drp_jw *w, const struct drp_json_val *v)
{
    enum { DEEPEST = 8 };
    const enum drp_json_type type = drp_json_type(v);
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *member;
    if (w->depth > DEEPEST || (type != DRP_JSON_OBJ && type != DRP_JSON_ARR)) {
        drp_jw_val(w, v);
        return;
    }
    if (type == DRP_JSON_OBJ)
        drp_jw_obj(w);
    else
        drp_jw_arr(w);
    while ((member = drp_json_next(v, &it, &key))) {
        if (type == DRP_JSON_OBJ)
            drp_jw_key(w, key.ptr);
        drp_jw_copy(w, member); /* NOLINT(misc-no-recursion): of limited depth */
    }
    if (type == DRP_JSON_OBJ)
        drp_jw_obj_end(w);
    else
        drp_jw_arr_end(w);
}

void drp_jw_raw(struct drp_jw *w, struct drp_sv json)
{
    separate(w);
    drp_str_add(w->out, json);
}

void drp_jw_key_str(struct drp_jw *w, const char *key, struct drp_sv value)
{
    drp_jw_key(w, key);
    drp_jw_str(w, value);
}

void drp_jw_key_strz(struct drp_jw *w, const char *key, const char *value)
{
    drp_jw_key(w, key);
    drp_jw_strz(w, value);
}

void drp_jw_key_num(struct drp_jw *w, const char *key, double value)
{
    drp_jw_key(w, key);
    drp_jw_num(w, value);
}

void drp_jw_key_int(struct drp_jw *w, const char *key, int64_t value)
{
    drp_jw_key(w, key);
    drp_jw_int(w, value);
}

void drp_jw_key_bool(struct drp_jw *w, const char *key, bool value)
{
    drp_jw_key(w, key);
    drp_jw_bool(w, value);
}
