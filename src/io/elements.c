/*
 * Where a value ends is told by counting brackets outside of strings; whether it is JSON, the parser says
 * afterwards. So a bad value costs itself only, as long as its brackets and quotes close.
 */
#include "io/elements.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "io/compress.h"
#include "io/jsonl.h"
#include "base/banned.h"

/* How the values of a file stand: unknown until the first one is looked at. */
enum form { UNKNOWN, LINES, ARRAY, WRAPPED };

struct drp_elements {
    struct drp_stream *stream;
    char *path;
    struct drp_sv list;
    enum form form;
    int64_t number;       /* of the value last read, from 1; of LINES the line */
    bool has_value;       /* of an array: one was read, so a comma comes next  */
    bool is_over;         /* nothing more is read                              */
    bool is_at_end;       /* the stream's end or an error of it has been seen  */
    struct drp_sv rest;   /* of the stream's current piece                     */
    struct drp_str value; /* bytes of the value being read                     */
    struct drp_json *doc; /* of the value last read                            */
};

int drp_elements_open(const char *path, const char *list, size_t max_bytes,
                      struct drp_elements **out, struct drp_err *err)
{
    struct drp_stream *stream = NULL;
    *out = NULL;
    const int rc = drp_stream_open(path, &stream, err);
    if (rc < 0)
        return rc;
    struct drp_elements *const r = drp_calloc(1, sizeof *r);
    const size_t size = strlen(path) + 1;
    r->stream = stream;
    r->path = memcpy(drp_malloc(size), path, size);
    r->list = drp_sv_from(list);
    drp_str_init(&r->value, max_bytes ? max_bytes : DRP_JSONL_MAX_LINE_BYTES);
    *out = r;
    return 0;
}

void drp_elements_free(struct drp_elements *r)
{
    if (!r)
        return;
    drp_json_free(r->doc);
    drp_str_release(&r->value);
    drp_stream_free(r->stream);
    free(r->path);
    free(r);
}

/* ---- Bytes ---- */

/* Looks at the next byte. 1 there is one, 0 the end. */
static int peek(struct drp_elements *r, char *c, struct drp_err *err)
{
    while (r->rest.len == 0) {
        const int rc = r->is_at_end ? 0 : drp_stream_next(r->stream, &r->rest, err);
        r->is_at_end = rc <= 0;
        if (rc <= 0)
            return rc;
    }
    *c = r->rest.ptr[0];
    return 1;
}

static void skip(struct drp_elements *r, size_t n)
{
    r->rest = drp_sv_slice(r->rest, n, r->rest.len);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next byte that is no white space, as peek(). */
static int peek_behind_space(struct drp_elements *r, char *c, struct drp_err *err)
{
    int rc;
    while ((rc = peek(r, c, err)) > 0 && is_space(*c))
        skip(r, 1);
    return rc;
}

/* ---- Where a value ends ---- */

struct scan {
    size_t depth; /* of open brackets */
    bool in_string, is_escaped;
    bool is_over; /* the value is whole */
};

/* Moves one byte on within a string. */
static void scan_string(struct scan *s, char c)
{
    if (s->is_escaped)
        s->is_escaped = false;
    else if (c == '\\')
        s->is_escaped = true;
    else if (c == '"')
        s->in_string = false;
}

/* How many bytes at the start of `sv` belong to the value. */
static size_t scan(struct scan *s, struct drp_sv sv)
{
    for (size_t i = 0; i < sv.len; i++) {
        const char c = sv.ptr[i];
        if (s->in_string) {
            scan_string(s, c);
        } else if (c == '"') {
            s->in_string = true;
        } else if (c == '[' || c == '{') {
            s->depth++;
        } else if (s->depth == 0 && (c == ',' || c == ']' || c == '}' || is_space(c))) {
            s->is_over = true;
            return i;
        } else if (c == ']' || c == '}') {
            s->is_over = --s->depth == 0;
            if (s->is_over)
                return i + 1;
        }
    }
    return sv.len;
}

/* ---- Errors ---- */

static int fail_place(const struct drp_elements *r, struct drp_err *err, int code)
{
    if (err)
        err->record = r->number;
    drp_err_prefix(err, "'%s' %s %lld", r->path, drp_elements_unit(r),
                   (long long)r->number);
    return code;
}

/* The array is no array: nothing behind this place can be trusted. */
static int fail_file(struct drp_elements *r, struct drp_err *err, const char *what)
{
    r->is_over = true;
    return drp_fail(err, DRP_EIO, "cannot read '%s': %s behind element %lld", r->path,
                    what, (long long)r->number);
}

static int fail_cut(struct drp_elements *r, struct drp_err *err)
{
    return fail_file(r, err, "it ends too early, fetch or copy it again,");
}

/* ---- Values ---- */

/* Collects the rest of a line, which may be empty, without its end. */
static int take_line(struct drp_elements *r, struct drp_err *err)
{
    int rc;
    char c;
    while ((rc = peek(r, &c, err)) > 0) {
        const char *const end = memchr(r->rest.ptr, '\n', r->rest.len);
        const size_t n = end ? (size_t)(end - r->rest.ptr) : r->rest.len;
        drp_str_add(&r->value, drp_sv_slice(r->rest, 0, n));
        skip(r, n + (end != NULL));
        if (end)
            break;
    }
    return rc < 0 ? rc : 1;
}

/* Collects a line that is not blank, and counts it. */
static int take_next_line(struct drp_elements *r, struct drp_err *err)
{
    char c;
    int rc;
    while ((rc = peek(r, &c, err)) > 0) {
        drp_str_clear(&r->value);
        r->number++;
        rc = take_line(r, err);
        if (rc < 0 || drp_sv_trim(drp_str_sv(&r->value)).len)
            return rc;
    }
    return rc;
}

/* Collects an element of an array; not empty. */
static int take_element(struct drp_elements *r, struct drp_err *err)
{
    struct scan s = {0};
    int rc = 0;
    char c;
    while (!s.is_over && (rc = peek(r, &c, err)) > 0) {
        const size_t n = scan(&s, r->rest);
        drp_str_add(&r->value, drp_sv_slice(r->rest, 0, n));
        skip(r, n);
    }
    if (rc < 0)
        return rc;
    if (!s.is_over)
        return fail_cut(r, err);
    r->number++;
    return 1;
}

/* What follows the array: the rest of the object around it, then nothing. */
static int finish(struct drp_elements *r, struct drp_err *err)
{
    struct scan s = {.depth = 1, .is_over = r->form == ARRAY};
    int rc = 0;
    char c;
    while (!s.is_over && (rc = peek(r, &c, err)) > 0)
        skip(r, scan(&s, r->rest));
    if (rc >= 0 && !s.is_over)
        return fail_cut(r, err);
    if (rc >= 0)
        rc = peek_behind_space(r, &c, err);
    if (rc > 0)
        return fail_file(r, err, "more than one value, of which the last one ended");
    r->is_over = true;
    return rc;
}

/* Collects the next element of the array. 1 there is one, 0 the end. */
static int take_next_element(struct drp_elements *r, struct drp_err *err)
{
    char c = 0;
    int rc = 0;
    drp_str_clear(&r->value);
    DRP_TRY(rc, peek_behind_space(r, &c, err));
    if (rc > 0 && c == ']') {
        skip(r, 1);
        return finish(r, err);
    }
    if (rc > 0 && r->has_value) {
        if (c != ',')
            return fail_file(r, err, "expected ',' or ']'");
        skip(r, 1);
        DRP_TRY(rc, peek_behind_space(r, &c, err));
    }
    if (rc == 0)
        return fail_cut(r, err);
    if (c == ',' || c == ']' || c == '}')
        return fail_file(r, err, "expected a value");
    r->has_value = true;
    rc = take_element(r, err);
out:
    return rc;
}

/* ---- The form of a file ---- */

/* The key that stands last in an object being read, at its outermost level. */
struct key {
    size_t from, to; /* in the bytes of the value */
    bool is_list;    /* its value comes now, and it is the wanted one */
};

/* Follows the keys of an object: `before` and `s` are the places before and behind the byte `c`. */
static void follow_key(const struct drp_elements *r, const struct scan *before,
                       const struct scan *s, char c, struct key *key)
{
    if (before->depth != 1 || s->depth != 1)
        return;
    if (!before->in_string && s->in_string)
        key->from = r->value.len;
    else if (before->in_string && !s->in_string)
        key->to = r->value.len - 1;
    else if (!s->in_string && c == ':')
        key->is_list =
            drp_sv_eq(drp_sv_slice(drp_str_sv(&r->value), key->from, key->to), r->list);
    else if (!s->in_string && c == ',')
        key->is_list = false;
}

/*
 * Reads the object at the start of a file until its array opens or it ends; then it is the first of JSON lines,
 * with what else stands on its line. So is one that breaks off at the end of a line.
 */
static int begin_object(struct drp_elements *r, struct drp_err *err)
{
    struct scan s = {0};
    struct key key = {0};
    int rc = 0;
    char c;
    r->form = LINES;
    while (!s.is_over && (rc = peek(r, &c, err)) > 0) {
        const struct scan before = s;
        if (c == '\n' && s.in_string)
            break;
        scan(&s, (struct drp_sv){&c, 1});
        drp_str_addc(&r->value, c);
        skip(r, 1);
        r->number += c == '\n';
        if (key.is_list && before.depth == 1 && s.depth == 2 && c == '[') {
            r->form = WRAPPED;
            r->number = 0;
            return take_next_element(r, err);
        }
        follow_key(r, &before, &s, c, &key);
    }
    r->number++;
    return rc < 0 ? rc : take_line(r, err);
}

static int skip_bom(struct drp_elements *r, struct drp_err *err)
{
    static const char bom[] = "\xEF\xBB\xBF";
    int rc = 0;
    char c = 0;
    for (size_t i = 0; i < sizeof bom - 1; i++) {
        DRP_TRY(rc, peek(r, &c, err));
        if (rc == 0 || c != bom[i])
            break;
        skip(r, 1);
    }
out:
    return rc;
}

/* Tells the form, and collects the first value. */
static int take_first(struct drp_elements *r, struct drp_err *err)
{
    char c = 0;
    int rc = 0;
    DRP_TRY(rc, skip_bom(r, err));
    while ((rc = peek(r, &c, err)) > 0 && is_space(c)) {
        r->number += c == '\n';
        skip(r, 1);
    }
    if (rc <= 0)
        return rc;
    if (c == '{')
        return begin_object(r, err);
    if (c == '[') {
        r->form = ARRAY;
        r->number = 0;
        skip(r, 1);
        return take_next_element(r, err);
    }
    r->form = LINES;
    rc = take_next_line(r, err);
out:
    return rc;
}

static int take_next(struct drp_elements *r, struct drp_err *err)
{
    switch (r->form) {
    case UNKNOWN:
        return take_first(r, err);
    case LINES:
        return take_next_line(r, err);
    case ARRAY:
    case WRAPPED:
        break;
    }
    return take_next_element(r, err);
}

int drp_elements_next(struct drp_elements *r, const struct drp_json_val **value,
                      struct drp_err *err)
{
    *value = NULL;
    drp_json_free(r->doc);
    r->doc = NULL;
    if (r->is_over)
        return 0;
    int rc = take_next(r, err);
    r->is_over = r->is_over || rc <= 0;
    if (rc <= 0)
        return rc;
    if (r->value.full) {
        rc = drp_fail(err, DRP_ELIMIT, "longer than the %zu bytes allowed", r->value.limit);
        return fail_place(r, err, rc);
    }
    rc = drp_json_parse(drp_str_sv(&r->value), DRP_JSON_STRICT, &r->doc, err);
    if (rc < 0)
        return fail_place(r, err, rc);
    *value = drp_json_root(r->doc);
    return 1;
}

const char *drp_elements_unit(const struct drp_elements *r)
{
    return r->form == LINES ? "line" : "element";
}

int64_t drp_elements_number(const struct drp_elements *r)
{
    return r->number;
}

const char *drp_elements_path(const struct drp_elements *r)
{
    return r->path;
}

void drp_elements_position(const struct drp_elements *r, uint64_t *done, uint64_t *total)
{
    drp_stream_position(r->stream, done, total);
}
