/* `drp plan`: what a run would ask, take and leave, before it is begun. */
#ifndef DRP_RUN_PLAN_H
#define DRP_RUN_PLAN_H

#include "run/probe.h"
#include "run/rundir.h"

/** A model of the run. */
struct drp_plan_model {
    struct drp_sv name; /* the arena's                                     */
    uint32_t slots;
    struct drp_model_stats stats; /* of all samples                                  */
    bool sees_reuse; /* the engine's own reuse was counted; else the most that could be */
    struct drp_probe probe;
    double prompt_s, answer_s; /* seconds; 0: not known                           */
};

/** What a run would be. Counts are of all samples: where not all were looked at, multiplied by n_samples / n_looked_at. */
struct drp_plan {
    size_t n_samples, n_looked_at, n_methods, n_cells, n_workers;
    struct drp_used used[DRP_MAX_USED];
    struct drp_plan_model models[DRP_N_TASKS]; /* (n_models) each distinct one         */
    size_t n_models;
    bool is_timed;          /* all models were probed, and none failed           */
    double seconds;         /* where is_timed                                    */
    bool has_prices;        /* some model has                                    */
    double cost;            /* in the unit of the prices                         */
    uint64_t journal_bytes; /* more than there are                               */
    uint64_t file_bytes;    /* of predictions, features and differences          */
    bool learnt;            /* lengths of answers come from the earlier run      */
    const char *journal;  /* that was read, the arena's; NULL: none                     */
    bool is_over_budget;  /* --max-tokens-total or --max-cost ends the run before */
    bool skipped_journal; /* --journal is a database, which is not read                */
};

/**
 * Rehearses the run that the options name (engine/rehearsal.h), then probes its models for about o->probe seconds.
 * `o` is changed as the run in --out would change it. At most 200 samples, evenly spaced, are looked at, unless
 * o->exact. Writes nothing but what choosing comparisons writes: vectors beside the dataset.
 * **Owns**: the arena. **Errors**: as a run's.
 */
int drp_plan_make(struct drp_options *o, const struct drp_cancel *cancel,
                  struct drp_arena *arena, struct drp_plan *out,
                  struct drp_err *err) DRP_CHECKED;

#endif
