/* A folder of files that appears whole or not at all: written beside its place, moved
 * there at the end. */
#ifndef DRP_DATA_OUTDIR_H
#define DRP_DATA_OUTDIR_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/** What such a folder holds. */
struct drp_outdir_kind {
    const char *const *names; /* (n) its files; the last one marks the folder         */
    size_t n;
    struct drp_sv mark; /* what the marking file contains                             */
    const char *words;  /* what it is called, e.g. "dataset of drp prepare"           */
};

/** A folder being written. */
struct drp_outdir;

/**
 * Starts writing the folder `path`. One that is there must be empty, or of the same kind:
 * then it is replaced file by file, the marking one last, and what else is in it stays. A
 * new one appears in one step.
 * **Owns**: caller; ends by drp_outdir_commit() or drp_outdir_abort(); `kind` is
 * borrowed.
 * **Errors**: DRP_EEXISTS (something else is there), DRP_EIO.
 */
int drp_outdir_open(const char *path, const struct drp_outdir_kind *kind,
                    struct drp_outdir **out, struct drp_err *err) DRP_CHECKED;

/**
 * Where to write one of the files meanwhile, into `path` (replacing it). Gives path->ptr.
 */
const char *drp_outdir_path(const struct drp_outdir *o, const char *name,
                            struct drp_str *path);

/**
 * Moves all files, which must be there, to their place and frees `o`; on failure nothing
 * new is left. **Errors**: DRP_EIO.
 */
int drp_outdir_commit(struct drp_outdir *o, struct drp_err *err) DRP_CHECKED;

/** Removes what was written and frees `o`. NULL is allowed. */
void drp_outdir_abort(struct drp_outdir *o);

#endif
