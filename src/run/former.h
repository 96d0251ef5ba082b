/* A run that was made before, opened again: to look at it, or to ask its questions again. */
#ifndef DRP_RUN_FORMER_H
#define DRP_RUN_FORMER_H

#include "engine/engine.h"
#include "run/session.h"

/** What run.json says. */
struct drp_former {
    struct drp_json *doc; /* owns the texts below, unless the options gave them */
    const char *dir;
    const char *dataset;                       /* folder           */
    const char *journal;                       /* file or URL      */
    struct drp_model_info models[DRP_N_TASKS]; /* as they were     */
    bool has_model[DRP_N_TASKS];
};

/**
 * Reads `dir`/run.json and takes from it what decides its predictions and was not given: `o` is then as it was for
 * `drp run`. Models stand for their names unless the config's table has them. args: RUN, then where the dataset is
 * now, if not where it was; --journal says the same of the journal. **Owns**: caller, drp_former_release(), after a
 * failure too. **Errors**: DRP_ENOTFOUND (run, dataset, journal), DRP_EINPUT, DRP_EUSAGE.
 */
int drp_former_open(struct drp_options *o, struct drp_arena *arena,
                    struct drp_former *out, struct drp_err *err) DRP_CHECKED;

/** Frees it. */
void drp_former_release(struct drp_former *f);

/** Checks that the grid asked for now is part of the run's. **Errors**: DRP_EUSAGE naming what the run has. */
int drp_former_check_grid(const struct drp_former *f, const struct drp_options *o,
                          struct drp_err *err) DRP_CHECKED;

/** Checks that a dataset is the one that the run was made from. **Errors**: DRP_EINPUT. */
int drp_former_check_dataset(const struct drp_former *f, const struct drp_dataset *ds,
                             struct drp_err *err) DRP_CHECKED;

/** The same of prompts. **Errors**: DRP_EINPUT. */
int drp_former_check_prompts(const struct drp_former *f, const struct drp_prompts *prompts,
                             struct drp_err *err) DRP_CHECKED;

#endif
