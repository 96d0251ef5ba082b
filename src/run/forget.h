/* Takes a person out of a run: `drp forget RUN`. Who is killed in between finishes by asking again. */
#ifndef DRP_RUN_FORGET_H
#define DRP_RUN_FORGET_H

#include "run/forgotten.h"

/**
 * Takes a person out of a run's folder and journals: their lines; lines of others that hold 24 bytes of theirs that
 * stand in nobody else's texts; journalled calls that name or quote them; texts that no call names any more. What was
 * said of others stays, as far as it does not quote. metrics.json goes: it counts texts that are gone. Where the dataset
 * does not have the person's texts, words of prompts that held them are taken for theirs, as far as the dataset does not
 * have them otherwise.
 * **Owns**: `arena`. **Errors**: DRP_ENOTFOUND (nothing of the user, nothing changed), DRP_EDB (in use), DRP_EIO.
 */
int drp_forget_run(const struct drp_forget_opts *opts, struct drp_arena *arena,
                   struct drp_forgotten *out, struct drp_err *err) DRP_CHECKED;

#endif
