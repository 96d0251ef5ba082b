#include "data/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"

#include "base/banned.h"

enum { MAX_PATH = 8192, PIECE_BYTES = 1 << 16 };

struct drp_spool {
    FILE *file;
    uint64_t n_bytes;
    struct drp_str path; /* as it was named, for errors */
};

int drp_spool_open(const char *dir, struct drp_spool **out, struct drp_err *err)
{
    struct drp_spool *const s = drp_calloc(1, sizeof *s);
    int rc = 0;
    drp_str_init(&s->path, MAX_PATH);
    drp_fs_join(&s->path, dir, "spool-XXXXXX");
    const int fd = drp_fs_is_faulty() ? -1 : mkstemp(s->path.ptr);
    if (fd >= 0) {
        (void)unlink(s->path.ptr);
        s->file = fdopen(fd, "w+b");
    }
    if (!s->file) {
        rc = drp_fs_fail(err, errno, "write", s->path.ptr);
        if (fd >= 0)
            (void)close(fd);
        drp_spool_free(s);
        return rc;
    }
    *out = s;
    return rc;
}

void drp_spool_free(struct drp_spool *s)
{
    if (!s)
        return;
    if (s->file)
        (void)fclose(s->file);
    drp_str_release(&s->path);
    free(s);
}

int drp_spool_add(struct drp_spool *s, struct drp_sv bytes, uint64_t *at,
                  struct drp_err *err)
{
    *at = s->n_bytes;
    if (drp_fs_is_faulty() || fwrite(bytes.ptr, 1, bytes.len, s->file) != bytes.len)
        return drp_fs_fail(err, errno, "write", s->path.ptr);
    s->n_bytes += bytes.len;
    return 0;
}

int drp_spool_get(struct drp_spool *s, uint64_t at, size_t n, struct drp_str *out,
                  struct drp_err *err)
{
    char piece[PIECE_BYTES];
    drp_str_clear(out);
    if (drp_fs_is_faulty() || fseeko(s->file, (off_t)at, SEEK_SET) != 0)
        return drp_fs_fail(err, errno, "read", s->path.ptr);
    while (n > 0) {
        const size_t wanted = DRP_MIN(n, sizeof piece);
        if (fread(piece, 1, wanted, s->file) != wanted)
            return drp_fs_fail(err, ferror(s->file) ? errno : EIO, "read", s->path.ptr);
        drp_str_add(out, (struct drp_sv){piece, wanted});
        n -= wanted;
    }
    return 0;
}
