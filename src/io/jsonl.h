/* JSON lines from a file that may be gzip or zstd (told by its first bytes, not its name). */
#ifndef DRP_IO_JSONL_H
#define DRP_IO_JSONL_H

#include "base/err.h"
#include "base/str.h"
#include "io/json.h"

/** Longest line that is read when no other limit is given. */
#define DRP_JSONL_MAX_LINE_BYTES ((size_t)64 << 20)

/** A reader of one file, line by line. One owner, one thread. */
struct drp_jsonl;

/**
 * Opens a file. A line longer than `max_line` bytes (0: 64 MiB) is an error of that line.
 * **Owns**: caller, drp_jsonl_free(). **Errors**: DRP_ENOTFOUND, DRP_EIO (a folder too), DRP_EINPUT
 * for a format that cannot be read here (xz, zip, parquet …).
 */
int drp_jsonl_open(const char *path, size_t max_line, struct drp_jsonl **out,
                   struct drp_err *err) DRP_CHECKED;

/** Closes. NULL is allowed. */
void drp_jsonl_free(struct drp_jsonl *r);

/**
 * The next line that is not blank, parsed. Returns 1 with `*value` (borrowed until the next call or
 * free), 0 at the end, or a negative code whose text names the file, and for a bad record the line; err->record is the
 * line and err->offset, where known, the byte within it. After DRP_EINPUT or DRP_ELIMIT the caller may go
 * on with the next line (a bad record); after DRP_EIO (truncated gzip among them) the file is over,
 * and the next call gives 0. A byte order mark at the start, "\r\n" and a last line without an
 * end are fine.
 */
int drp_jsonl_next(struct drp_jsonl *r, const struct drp_json_val **value,
                   struct drp_err *err) DRP_CHECKED;

/** The line last read as it stands in the file, without its end. Borrowed until the next call. */
struct drp_sv drp_jsonl_text(const struct drp_jsonl *r);

/** Number of the line last read, from 1. */
int64_t drp_jsonl_line(const struct drp_jsonl *r);

/** The file's name as opened. Borrowed. */
const char *drp_jsonl_path(const struct drp_jsonl *r);

/** Bytes of the file (compressed) read so far and in all, for progress. */
void drp_jsonl_position(const struct drp_jsonl *r, uint64_t *done, uint64_t *total);

#endif
