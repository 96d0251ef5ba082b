/* The values of a file that holds many: one JSON array, an object with an array in it, or JSON lines.
 * One value at a time is in memory, however long the file. Plain, gzip or zstd, told by its first bytes. */
#ifndef DRP_IO_ELEMENTS_H
#define DRP_IO_ELEMENTS_H

#include "base/err.h"
#include "base/str.h"
#include "io/json.h"

/** A reader of one file, value by value. One owner, one thread. */
struct drp_elements;

/**
 * Opens a file. An object at its start that has an array as member `list` stands for that array; any other
 * is the first of JSON lines. A value longer than `max_bytes` (0: 64 MiB) is an error of that value.
 * **Owns**: caller, drp_elements_free(); `list` is borrowed. **Errors**: as drp_stream_open().
 */
int drp_elements_open(const char *path, const char *list, size_t max_bytes,
                      struct drp_elements **out, struct drp_err *err) DRP_CHECKED;

/** Closes. NULL is allowed. */
void drp_elements_free(struct drp_elements *r);

/**
 * The next value, parsed. Returns 1 with `*value` (borrowed until the next call or free), 0 at the end, or a
 * negative code whose text names file and place; err->record is the number and err->offset, where known, the byte
 * within the value. After DRP_EINPUT or DRP_ELIMIT, a bad value, the caller may go on with the next one; after
 * DRP_EIO (the array is broken or cut off) the file is over. A byte order mark at the start is fine.
 */
int drp_elements_next(struct drp_elements *r, const struct drp_json_val **value,
                      struct drp_err *err) DRP_CHECKED;

/** What numbers count in this file, once a value was read: "element", or "line" of JSON lines. Static storage. */
const char *drp_elements_unit(const struct drp_elements *r);

/** Number of the value last read, from 1. */
int64_t drp_elements_number(const struct drp_elements *r);

/** The file's name as opened. Borrowed. */
const char *drp_elements_path(const struct drp_elements *r);

/** Bytes of the file (compressed) read so far and in all, for progress. */
void drp_elements_position(const struct drp_elements *r, uint64_t *done, uint64_t *total);

#endif
