/*
 * A line that lies whole in the stream's current piece is parsed where it is; one that crosses a
 * border of pieces is collected in `joined`. Too long a line is dropped as it comes in, so that
 * memory never exceeds the limit.
 */
#include "io/jsonl.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "io/compress.h"
#include "base/banned.h"

struct drp_jsonl {
    struct drp_stream *stream;
    char *path;
    size_t max_line;
    int64_t line;          /* number of the line last read, from 1            */
    struct drp_sv rest;    /* of the stream's current piece                   */
    struct drp_str joined; /* a line that crosses pieces                      */
    bool is_over;          /* the end or an error of the file has been seen   */
    struct drp_json *doc;  /* of the line last read                           */
    struct drp_sv text;    /* the line last read, in the stream or `joined`   */
};

int drp_jsonl_open(const char *path, size_t max_line, struct drp_jsonl **out,
                   struct drp_err *err)
{
    struct drp_stream *stream = NULL;
    *out = NULL;
    const int rc = drp_stream_open(path, &stream, err);
    if (rc < 0)
        return rc;
    struct drp_jsonl *const r = drp_calloc(1, sizeof *r);
    const size_t size = strlen(path) + 1;
    r->stream = stream;
    r->path = memcpy(drp_malloc(size), path, size);
    r->max_line = max_line ? max_line : DRP_JSONL_MAX_LINE_BYTES;
    drp_str_init(&r->joined, r->max_line);
    *out = r;
    return 0;
}

void drp_jsonl_free(struct drp_jsonl *r)
{
    if (!r)
        return;
    drp_json_free(r->doc);
    drp_str_release(&r->joined);
    drp_stream_free(r->stream);
    free(r->path);
    free(r);
}

/* Adds the place to an error of the current line. */
static int fail_in_line(const struct drp_jsonl *r, struct drp_err *err, int code)
{
    if (err)
        err->record = r->line;
    drp_err_prefix(err, "'%s' line %lld", r->path, (long long)r->line);
    return code;
}

static int fail_too_long(const struct drp_jsonl *r, struct drp_err *err)
{
    const int rc =
        drp_fail(err, DRP_ELIMIT,
                 "longer than the %zu bytes allowed; check that the file has one JSON "
                 "value a line",
                 r->max_line);
    return fail_in_line(r, err, rc);
}

/*
 * The next line without its "\n", borrowed until the next call. 1 a line, 0 the end, or an error:
 * DRP_ELIMIT after a line that was too long, which has been read to its end.
 */
static int next_line(struct drp_jsonl *r, struct drp_sv *line, struct drp_err *err)
{
    bool has_begun = false;
    drp_str_clear(&r->joined);
    for (;;) {
        if (r->rest.len == 0) {
            const int rc = r->is_over ? 0 : drp_stream_next(r->stream, &r->rest, err);
            r->is_over = rc <= 0;
            if (rc < 0 && err)
                err->record = r->line;
            if (rc < 0)
                return rc;
            if (rc == 0)
                break;
        }
        r->line += !has_begun;
        const char *const end = memchr(r->rest.ptr, '\n', r->rest.len);
        const size_t n = end ? (size_t)(end - r->rest.ptr) : r->rest.len;
        const struct drp_sv part = drp_sv_slice(r->rest, 0, n);
        r->rest = drp_sv_slice(r->rest, n + (end != NULL), r->rest.len);
        if (end && !has_begun && n <= r->max_line) {
            *line = part;
            return 1;
        }
        has_begun = true;
        drp_str_add(&r->joined, part);
        if (end)
            break;
    }
    if (r->joined.full)
        return fail_too_long(r, err);
    *line = drp_str_sv(&r->joined);
    return has_begun;
}

int drp_jsonl_next(struct drp_jsonl *r, const struct drp_json_val **value,
                   struct drp_err *err)
{
    const struct drp_sv bom = DRP_SV("\xEF\xBB\xBF");
    *value = NULL;
    drp_json_free(r->doc);
    r->doc = NULL;

    int rc;
    struct drp_sv line = {NULL, 0};
    while ((rc = next_line(r, &line, err)) > 0) {
        size_t n_skipped = 0;
        if (r->line == 1 && drp_sv_starts(line, bom))
            n_skipped = bom.len;
        const struct drp_sv text = drp_sv_slice(line, n_skipped, line.len);
        if (drp_sv_trim(text).len == 0)
            continue;
        r->text = text;
        rc = drp_json_parse(text, DRP_JSON_STRICT, &r->doc, err);
        if (rc < 0)
            return fail_in_line(r, err, rc);
        *value = drp_json_root(r->doc);
        return 1;
    }
    return rc;
}

struct drp_sv drp_jsonl_text(const struct drp_jsonl *r)
{
    return r->text;
}

int64_t drp_jsonl_line(const struct drp_jsonl *r)
{
    return r->line;
}

const char *drp_jsonl_path(const struct drp_jsonl *r)
{
    return r->path;
}

void drp_jsonl_position(const struct drp_jsonl *r, uint64_t *done, uint64_t *total)
{
    drp_stream_position(r->stream, done, total);
}
