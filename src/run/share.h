/* A run that several processes work at: what the first one tells the others, and what they check. */
#ifndef DRP_RUN_SHARE_H
#define DRP_RUN_SHARE_H

#include "run/queue.h"
#include "run/session.h"

/** The folder of a dataset and of the run. */
struct drp_share_place {
    const char *dataset_dir, *out_dir;
};

/**
 * Opens the session's queue in the database of --journal and announces the run there. Needs data and models open.
 * **Errors**: DRP_EEXISTS naming what differs from the run of that name, DRP_EDB.
 */
int drp_share_offer(struct drp_session *s, const struct drp_share_place *place,
                    struct drp_arena *arena, struct drp_err *err) DRP_CHECKED;

/**
 * Opens the session's queue, waits for the run, and takes from it all options that were not given.
 * **Errors**: DRP_EUSAGE (--journal), DRP_ENOTFOUND, DRP_ECANCELLED, DRP_EDB.
 */
int drp_share_find(struct drp_session *s, struct drp_options *o,
                   const struct drp_cancel *cancel, struct drp_arena *arena,
                   struct drp_queue_run *out, struct drp_err *err) DRP_CHECKED;

/** Checks that this process would write the run's lines, and joins. Needs data and models open. **Errors**: DRP_EEXISTS. */
int drp_share_join(struct drp_session *s, const struct drp_queue_run *run,
                   struct drp_arena *arena, struct drp_err *err) DRP_CHECKED;

#endif
