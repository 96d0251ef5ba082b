/* Systems held against a baseline: how much better, and how sure that is. */
#ifndef DRP_EVAL_COMPARE_H
#define DRP_EVAL_COMPARE_H

#include "eval/groups.h"

/** One system: a method with its model in one run, over all temperatures; or a file of pairs. */
struct drp_compared {
    size_t source;               /* which run or file, from 0                        */
    struct drp_sv method, model; /* absent for a file of pairs                       */
    double scores[DRP_N_METRICS];
    struct drp_interval intervals[DRP_N_METRICS];
    /* Against the baseline; of the baseline itself not used. */
    struct drp_paired tests[DRP_N_METRICS];
    double holm_bootstrap[DRP_N_METRICS]; /* p-values corrected over the systems compared */
    double holm_randomisation[DRP_N_METRICS];
};

/** Systems in the order of appearance; the first is the baseline. */
struct drp_comparison {
    struct drp_compared *systems; /* (n) */
    size_t n;
    double *temperatures; /* (n_temperatures) that all systems have; a file of pairs: NAN alone */
    size_t n_temperatures;
    size_t n_samples; /* that all systems have at all these temperatures                     */
    size_t n_left_out; /* samples that some system lacks                                      */
};

/**
 * Compares the systems of collected groups over the temperatures and samples that all have. `baseline`: the name of
 * the method (or the number of the source, from 1) to hold the others against; absent: the first.
 * **Owns**: `arena`; names are borrowed from the groups.
 * **Errors**: DRP_EINPUT, fewer than two systems, or nothing in common; DRP_EUSAGE, no such baseline.
 */
int drp_compare(const struct drp_groups *groups, struct drp_sv baseline,
                const struct drp_resample_opts *opts, struct drp_arena *arena,
                struct drp_comparison *out, struct drp_err *err) DRP_CHECKED;

#endif
