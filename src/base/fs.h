/* Files and folders. A file is written under a temporary name and renamed when it is whole: a reader
 * never sees half a file. */
#ifndef DRP_BASE_FS_H
#define DRP_BASE_FS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/** A file being written: buffered, invisible under its name until committed. */
struct drp_outfile;

/**
 * Starts writing `path` (mode 0600 when `is_private`, else 0644), in the folder it will stand in.
 * A link stays and what it points to is replaced; a pipe or device is written to directly.
 * **Owns**: caller; ends by drp_outfile_commit() or drp_outfile_abort(). **Errors**: DRP_EIO, and
 * DRP_ENOTFOUND when the folder is not there.
 */
int drp_outfile_open(const char *path, bool is_private, struct drp_outfile **out,
                     struct drp_err *err) DRP_CHECKED;

/** Appends bytes. An error is kept and reported by commit, so that writers need no check a line. */
void drp_outfile_add(struct drp_outfile *f, struct drp_sv sv);

/** Makes what was added so far visible under the name, as a copy; writing goes on. **Errors**: DRP_EIO. */
int drp_outfile_publish(struct drp_outfile *f, struct drp_err *err) DRP_CHECKED;

/**
 * Flushes, syncs, renames; frees `f` in any case, and removes the temporary on failure.
 * **Errors**: DRP_EIO, for any write since the opening.
 */
int drp_outfile_commit(struct drp_outfile *f, struct drp_err *err) DRP_CHECKED;

/** Removes the temporary and frees `f`. NULL is allowed. */
void drp_outfile_abort(struct drp_outfile *f);

/**
 * Reads a whole file of at most s->limit bytes, replacing `s`.
 * **Errors**: DRP_ENOTFOUND, DRP_EIO (a folder too), DRP_ELIMIT.
 */
int drp_fs_read(const char *path, struct drp_str *s, struct drp_err *err) DRP_CHECKED;

/**
 * Maps a whole file into memory to read it (with DRP_DEBUG: copies it). **Owns**: caller, drp_fs_unmap(). The file must
 * not get shorter meanwhile.
 * **Errors**: DRP_ENOTFOUND, DRP_EIO (what is no plain file too).
 */
int drp_fs_map(const char *path, struct drp_sv *out, struct drp_err *err) DRP_CHECKED;

/** Ends a mapping. One that is `{0}` or empty is allowed. */
void drp_fs_unmap(struct drp_sv map);

/** Writes a whole file by way of a struct drp_outfile. **Errors**: DRP_EIO, DRP_ENOTFOUND. */
int drp_fs_write(const char *path, bool is_private, struct drp_sv bytes,
                 struct drp_err *err) DRP_CHECKED;

/** What stands under a name. */
enum drp_fs_kind { DRP_FS_NONE, DRP_FS_FILE, DRP_FS_FOLDER, DRP_FS_OTHER };

/** What stands under `path`; links are followed. */
enum drp_fs_kind drp_fs_kind(const char *path);

/** Bytes of a file, 0 when there is none. */
uint64_t drp_fs_bytes(const char *path);

/** Whether a folder holds nothing, or nothing but an entry named `except` (may be NULL). **Errors**: DRP_ENOTFOUND, DRP_EIO. */
int drp_fs_is_empty(const char *dir, const char *except, bool *out,
                    struct drp_err *err) DRP_CHECKED;

/**
 * Makes a folder and those above it (mode 0700 when `is_private`). No error when it is there.
 * **Errors**: DRP_EIO.
 */
int drp_fs_mkdir(const char *path, bool is_private, struct drp_err *err) DRP_CHECKED;

/** The path without links, from the root, into `out` (replacing it); as it is when nothing is there. */
void drp_fs_absolute(struct drp_str *out, const char *path);

/** `dir/name` into `out` (replacing it). Gives out->ptr. */
const char *drp_fs_join(struct drp_str *out, const char *dir, const char *name);

/**
 * Our folder for what can be made again: $XDG_CACHE_HOME/drp or ~/.cache/drp, not created.
 * **Errors**: DRP_ENOTFOUND without a home.
 */
int drp_fs_cache_dir(struct drp_str *out, struct drp_err *err) DRP_CHECKED;

/**
 * Fills `err` for a failed system call: "cannot `verb` 'path': reason; how to mend". Gives
 * DRP_ENOTFOUND for ENOENT, else DRP_EIO.
 */
int drp_fs_fail(struct drp_err *err, int errnum, const char *verb, const char *path);

/**
 * True when the next file operation is to fail, which drp_fs_fail_nth() asked for; errno is ENOSPC
 * then. Asked before each call of the system that opens, reads, writes, syncs or renames.
 */
bool drp_fs_is_faulty(void);

/**
 * Fails the n-th file operation from now on (1: the next), then works again; 0: off. For tests of
 * faults.
 */
void drp_fs_fail_nth(int64_t n);

#endif
