/* One progress line on stderr: how far, how fast, how long still. Nothing when stderr is no terminal. */
#ifndef DRP_BASE_PROGRESS_H
#define DRP_BASE_PROGRESS_H

#include <stdint.h>

#include "base/str.h"

/** A running progress line. **Threads**: any may call its functions. */
struct drp_progress;

/** Starts a line for `total` steps named `what` (total 0: unknown). **Owns**: caller, drp_progress_free(). */
struct drp_progress *drp_progress_new(const char *what, uint64_t total);

/** Sets how many steps are done; draws at most ten times a second. `note` is shown behind, may be absent. */
void drp_progress_set(struct drp_progress *p, uint64_t done, struct drp_sv note);

/** Wipes the line and frees it. NULL is allowed. */
void drp_progress_free(struct drp_progress *p);

/** Wipes the drawn line, if any, so that something else can be printed; it is drawn again later. */
void drp_progress_wipe(void);

#endif
