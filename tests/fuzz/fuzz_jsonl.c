/* JSON lines, plain or compressed: the reader gives line by line what a naive one gives that has the
 * whole text in memory. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"
#include "io/compress.h"
#include "io/jsonl.h"
#include "base/banned.h"

#define MAX_LINE_BYTES ((size_t)1000)
#define MAX_TEXT_BYTES ((size_t)1 << 22)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The decompressed bytes; negative when the file breaks off, *is_open false when it does not open. */
static int read_all(const char *path, struct drp_str *text, bool *is_open)
{
    struct drp_err err = {0};
    struct drp_stream *s = NULL;
    struct drp_sv bytes;
    int rc = drp_stream_open(path, &s, &err);
    *is_open = rc >= 0;
    while (rc >= 0 && !text->full && (rc = drp_stream_next(s, &bytes, &err)) > 0)
        drp_str_add(text, bytes);
    must(rc >= 0 || err.text[0]);
    drp_stream_free(s);
    return rc;
}

/* What the naive reader makes of one line: the code of the reader, or 1 for a value; 0 blank. */
static int naive_line(struct drp_sv line)
{
    if (line.len > MAX_LINE_BYTES)
        return DRP_ELIMIT;
    if (drp_sv_trim(line).len == 0)
        return 0;
    struct drp_json *doc = NULL;
    const int rc = drp_json_parse(line, DRP_JSON_STRICT, &doc, NULL);
    drp_json_free(doc);
    return rc < 0 ? rc : 1;
}

/* Cuts a line at its "\n" only: "\r" belongs to the white space of JSON and counts for the limit. */
static struct drp_sv cut_line(struct drp_sv *rest)
{
    const size_t end = drp_sv_find(*rest, DRP_SV("\n"), 0);
    const struct drp_sv line = drp_sv_slice(*rest, 0, end);
    *rest = drp_sv_slice(*rest, end == SIZE_MAX ? rest->len : end + 1, rest->len);
    return line;
}

static void compare(struct drp_jsonl *r, struct drp_sv text, int end_rc)
{
    const struct drp_json_val *v;
    struct drp_err err = {0};
    for (int64_t n = 1; text.len; n++) {
        const bool is_last = drp_sv_find(text, DRP_SV("\n"), 0) == SIZE_MAX;
        struct drp_sv line = cut_line(&text);
        if (is_last && end_rc < 0)
            break; /* the file broke off within it */
        const bool is_short = line.len <= MAX_LINE_BYTES;
        if (n == 1 && is_short && drp_sv_starts(line, DRP_SV("\xEF\xBB\xBF")))
            line = drp_sv_slice(line, 3, line.len);
        const int expected = naive_line(line);
        if (expected == 0)
            continue;
        must(drp_jsonl_next(r, &v, &err) == expected);
        must(drp_jsonl_line(r) == n);
        must(expected == 1 ? v != NULL : v == NULL && err.record == n && err.text[0]);
    }
    must(drp_jsonl_next(r, &v, &err) == end_rc);
    must(drp_jsonl_next(r, &v, &err) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    const int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, size ? data : (const uint8_t *)"", size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);

    struct drp_str text;
    struct drp_jsonl *r = NULL;
    bool is_open = false;
    drp_str_init(&text, MAX_TEXT_BYTES);
    const int end_rc = read_all(path, &text, &is_open);
    must((drp_jsonl_open(path, MAX_LINE_BYTES, &r, NULL) == 0) == is_open);
    if (is_open && !text.full)
        compare(r, drp_str_sv(&text), end_rc);
    drp_jsonl_free(r);
    drp_str_release(&text);
    close(fd);
    return 0;
}
