/* Texts put away in a file without a name and taken back in another order. */
#ifndef DRP_DATA_SPOOL_H
#define DRP_DATA_SPOOL_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/** Such a file. One owner, one thread. */
struct drp_spool;

/**
 * Opens an empty one in the folder `dir`, which needs the room; it leaves nothing there.
 * **Owns**: caller, drp_spool_free(). **Errors**: DRP_EIO, DRP_ENOTFOUND.
 */
int drp_spool_open(const char *dir, struct drp_spool **out, struct drp_err *err) DRP_CHECKED;

/** Frees it with all it holds. NULL is allowed. */
void drp_spool_free(struct drp_spool *s);

/** Puts bytes away before any are taken; `*at` gets their place. **Errors**: DRP_EIO. */
int drp_spool_add(struct drp_spool *s, struct drp_sv bytes, uint64_t *at,
                  struct drp_err *err) DRP_CHECKED;

/** Takes `n` bytes from a place, replacing `out`. **Errors**: DRP_EIO. */
int drp_spool_get(struct drp_spool *s, uint64_t at, size_t n, struct drp_str *out,
                  struct drp_err *err) DRP_CHECKED;

#endif
