/* The bytes of a file that may be compressed. gzip (of several members too) and zstd are told by
 * their first bytes, not by the file's name; memory does not grow with what comes out. */
#ifndef DRP_IO_COMPRESS_H
#define DRP_IO_COMPRESS_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/** A file being read. One owner, one thread. */
struct drp_stream;

/**
 * Opens a file or pipe. **Owns**: caller, drp_stream_free(). **Errors**: DRP_ENOTFOUND, DRP_EIO (a
 * folder too), DRP_EINPUT for a known format that cannot be read here.
 */
int drp_stream_open(const char *path, struct drp_stream **out,
                    struct drp_err *err) DRP_CHECKED;

/** Closes. NULL is allowed. */
void drp_stream_free(struct drp_stream *s);

/**
 * The next bytes, decompressed, at most 64 KiB. Returns 1 with `*bytes` (not empty; borrowed until
 * the next call), 0 at the end. **Errors**: DRP_EIO for a failed read and for truncated or damaged
 * data; the stream is over then.
 */
int drp_stream_next(struct drp_stream *s, struct drp_sv *bytes,
                    struct drp_err *err) DRP_CHECKED;

/** Bytes of the file (compressed) read so far and in all (0: unknown, a pipe), for progress. */
void drp_stream_position(const struct drp_stream *s, uint64_t *done, uint64_t *total);

#endif
