/*
 * One table of formats. A decoder turns as much of `in` into `out` as fits and says whether it
 * stands between two whole pieces (gzip members, zstd frames): the end of the file is good there
 * and a truncation everywhere else.
 */
#include "io/compress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZLIB_CONST /* next_in is const */
#include <zlib.h>
#include <zstd.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/banned.h"

#define BUFFER_BYTES ((size_t)64 * 1024)

/* What a decoder works on. */
struct piece {
    struct drp_sv in;    /* not yet decoded; the decoder moves it on               */
    char *out;           /* room for BUFFER_BYTES                                  */
    size_t n_out;        /* bytes the decoder put there                            */
    bool is_between;     /* nothing has begun that would have to go on             */
    const char *problem; /* what is wrong with the data, with a hint; NULL: nothing */
};

/* A format: how to tell and how to decode it; without `decode` it is known, but not readable. */
struct format {
    const char *name;
    struct drp_sv magic;
    bool (*start)(void **decoder); /* false: no memory */
    void (*decode)(void *decoder, struct piece *p);
    void (*free)(void *decoder);
};

struct drp_stream {
    int fd;
    char *path;
    uint64_t n_read, n_total; /* bytes of the file                           */
    bool is_at_end;           /* of the file; the decoder may still hold some */
    const struct format *format;
    void *decoder;
    struct piece piece;
    char raw[BUFFER_BYTES], decoded[BUFFER_BYTES];
};

/* ---- Decoders ---- */

static bool start_plain(void **decoder)
{
    *decoder = NULL;
    return true;
}

static void decode_plain(void *decoder, struct piece *p)
{
    (void)decoder;
    p->n_out = DRP_MIN(p->in.len, BUFFER_BYTES);
    memcpy(p->out, p->in.ptr, p->n_out);
    p->in = drp_sv_slice(p->in, p->n_out, p->in.len);
}

static void free_plain(void *decoder)
{
    (void)decoder;
}

static bool start_gzip(void **decoder)
{
    z_stream *const z = drp_calloc(1, sizeof *z);
    *decoder = z;
    return inflateInit2(z, 15 + 16) == Z_OK; /* largest window, gzip framing */
}

static void decode_gzip(void *decoder, struct piece *p)
{
    z_stream *const z = decoder;
    /* Some tools pad the end with zeros; a member never begins with one. */
    while (p->is_between && p->in.len && p->in.ptr[0] == '\0')
        p->in = drp_sv_slice(p->in, 1, p->in.len);
    if (p->in.len == 0 && p->is_between)
        return;
    z->next_in = (const Bytef *)p->in.ptr;
    z->avail_in = (uInt)p->in.len;
    z->next_out = (Bytef *)p->out;
    z->avail_out = BUFFER_BYTES;
    const int rc = inflate(z, Z_NO_FLUSH);
    p->in = drp_sv_slice(p->in, p->in.len - z->avail_in, p->in.len);
    p->n_out = BUFFER_BYTES - z->avail_out;
    p->is_between = rc == Z_STREAM_END;
    if (rc == Z_STREAM_END)
        inflateReset(z);
    else if (rc != Z_OK && rc != Z_BUF_ERROR) /* the latter: nothing to do, more input wanted */
        p->problem = "its gzip data are damaged; fetch or copy it again";
}

static void free_gzip(void *decoder)
{
    inflateEnd(decoder);
    free(decoder);
}

static bool start_zstd(void **decoder)
{
    *decoder = ZSTD_createDStream();
    return *decoder != NULL;
}

static void decode_zstd(void *decoder, struct piece *p)
{
    if (p->in.len == 0 && p->is_between)
        return;
    ZSTD_inBuffer in = {p->in.ptr, p->in.len, 0};
    ZSTD_outBuffer out = {p->out, BUFFER_BYTES, 0};
    const size_t rc = ZSTD_decompressStream(decoder, &out, &in);
    p->in = drp_sv_slice(p->in, in.pos, p->in.len);
    p->n_out = out.pos;
    p->is_between = rc == 0;
    /* The default limit of 128 MiB for the window stays: a hostile file could ask for gigabytes. */
    if (ZSTD_isError(rc))
        p->problem = strstr(ZSTD_getErrorName(rc), "too much memory")
                         ? "its zstd window is over 128 MiB; compress it without --long"
                         : "its zstd data are damaged; fetch or copy it again";
}

static void free_zstd(void *decoder)
{
    ZSTD_freeDStream(decoder);
}

/* The first whose magic fits counts; plain, last, fits always. */
static const struct format formats[] = {
    {"gzip", {"\x1f\x8b", 2}, start_gzip, decode_gzip, free_gzip},
    {"zstd", {"\x28\xb5\x2f\xfd", 4}, start_zstd, decode_zstd, free_zstd},
    {"zstd", {"\x50\x2a\x4d\x18", 4}, start_zstd, decode_zstd, free_zstd}, /* as pzstd begins */
    {"an xz file", {"\xfd\x37zXZ", 5}, NULL, NULL, NULL},
    {"a bzip2 file", {"BZh", 3}, NULL, NULL, NULL},
    {"a zip archive", {"PK\x03\x04", 4}, NULL, NULL, NULL},
    {"a Parquet file", {"PAR1", 4}, NULL, NULL, NULL},
    {"UTF-16 text", {"\xff\xfe", 2}, NULL, NULL, NULL},
    {"UTF-16 text", {"\xfe\xff", 2}, NULL, NULL, NULL},
    {"plain", {"", 0}, start_plain, decode_plain, free_plain},
};

/* ---- The stream ---- */

/* Reads more of the file behind what is left of `raw`; the rest is moved to the front. */
static int fill(struct drp_stream *s, struct drp_err *err)
{
    struct drp_sv *const in = &s->piece.in;
    memmove(s->raw, in->ptr, in->len);
    in->ptr = s->raw;
    ssize_t n;
    do
        n = drp_fs_is_faulty() ? -1 : read(s->fd, s->raw + in->len, BUFFER_BYTES - in->len);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return drp_fs_fail(err, errno, "read", s->path);
    s->is_at_end = n == 0;
    s->n_read += (uint64_t)n;
    in->len += (size_t)n;
    return 0;
}

/* Opens the file and looks at its kind. */
static int open_file(struct drp_stream *s, struct drp_err *err)
{
    struct stat st = {0};
    s->fd = drp_fs_is_faulty() ? -1 : open(s->path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &st) != 0)
        return drp_fs_fail(err, errno, "read", s->path);
    if (S_ISDIR(st.st_mode))
        return drp_fs_fail(err, EISDIR, "read", s->path);
    s->n_total = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    return 0;
}

/* Tells the format by its first bytes and makes the decoder. */
static int choose_format(struct drp_stream *s, struct drp_err *err)
{
    int rc = 0;
    while (!s->is_at_end && s->piece.in.len < 8)
        DRP_TRY(rc, fill(s, err));
    const struct format *format = formats;
    while (!drp_sv_starts(s->piece.in, format->magic))
        format++;
    if (!format->decode)
        return drp_fail(err, DRP_EINPUT,
                        "cannot read '%s': it is %s; convert it to plain text, gzip or zstd",
                        s->path, format->name);
    s->format = format;
    if (!format->start(&s->decoder))
        rc = drp_fail(err, DRP_EIO, "cannot read '%s': no memory to decompress it",
                      s->path);
out:
    return rc;
}

int drp_stream_open(const char *path, struct drp_stream **out, struct drp_err *err)
{
    struct drp_stream *s = drp_calloc(1, sizeof *s);
    const size_t size = strlen(path) + 1;
    s->path = memcpy(drp_malloc(size), path, size);
    s->piece = (struct piece){.in = {s->raw, 0}, .out = s->decoded, .is_between = true};
    int rc = 0;
    DRP_TRY(rc, open_file(s, err));
    DRP_TRY(rc, choose_format(s, err));
out:
    if (rc < 0) {
        drp_stream_free(s);
        s = NULL;
    }
    *out = s;
    return rc;
}

void drp_stream_free(struct drp_stream *s)
{
    if (!s)
        return;
    if (s->format)
        s->format->free(s->decoder);
    if (s->fd >= 0)
        close(s->fd);
    free(s->path);
    free(s);
}

int drp_stream_next(struct drp_stream *s, struct drp_sv *bytes, struct drp_err *err)
{
    struct piece *const p = &s->piece;
    int rc = 0;
    for (p->n_out = 0; p->n_out == 0;) {
        s->format->decode(s->decoder, p);
        if (p->problem)
            return drp_fail(err, DRP_EIO, "cannot read '%s': %s", s->path, p->problem);
        if (p->n_out || p->in.len)
            continue;
        if (s->is_at_end)
            return p->is_between
                       ? 0
                       : drp_fail(err, DRP_EIO,
                                  "cannot read '%s': its %s data end too early; fetch or copy it "
                                  "again",
                                  s->path, s->format->name);
        DRP_TRY(rc, fill(s, err));
    }
    *bytes = (struct drp_sv){p->out, p->n_out};
    rc = 1;
out:
    return rc;
}

void drp_stream_position(const struct drp_stream *s, uint64_t *done, uint64_t *total)
{
    *done = s->n_read;
    *total = s->n_total;
}
