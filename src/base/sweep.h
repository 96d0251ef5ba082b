/* What lies about in a folder: names that killed writers left, and names that are not ours. */
#ifndef DRP_BASE_SWEEP_H
#define DRP_BASE_SWEEP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/**
 * Removes the temporary names of struct drp_outfile, and what a killed `drp prepare` left in `.partial`; `*n` gets how
 * many files. Call when nobody writes there. **Errors**: DRP_EIO, DRP_ENOTFOUND.
 */
int drp_sweep(const char *dir, uint64_t *n, struct drp_err *err) DRP_CHECKED;

/** Gets the name of something in a folder. */
typedef void drp_on_name(void *ctx, const char *name);

/**
 * Calls back for everything in a folder whose name does not begin with one of `known` (n). **Errors**: DRP_EIO,
 * DRP_ENOTFOUND.
 */
int drp_sweep_unknown(const char *dir, const char *const *known, size_t n,
                      drp_on_name *on_name, void *ctx, struct drp_err *err) DRP_CHECKED;

#endif
