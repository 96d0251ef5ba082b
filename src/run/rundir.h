/* A run directory: what it was made with (run.json), and whether a run may go on in it. */
#ifndef DRP_RUN_RUNDIR_H
#define DRP_RUN_RUNDIR_H

#include "method/method.h"
#include "run/session.h"

/** How a run went, for run.json and the last lines on the terminal. */
struct drp_run_result {
    struct drp_account account;
    struct drp_model_stats stats;
    struct drp_budget_state spent; /* of all models together */
    uint64_t file_bytes;           /* of the lines, where other processes made none */
    size_t n_samples, n_done;      /* asked for, and with all their predictions */
    int64_t started_ms, run_ms;    /* wall clock, and duration of this invocation */
    bool interrupted;
};

/**
 * Makes the folder (0700) or, where a run.json is, checks that this run extends it: methods, users, limit,
 * temperatures, seeds and repeats are joined with the former ones, everything else must be equal.
 * Needs the session's data and models open. Strings go to `arena`.
 * **Errors**: DRP_EEXISTS naming what differs (or that the folder holds something else), DRP_EIO, DRP_EINPUT.
 */
int drp_rundir_join(const char *dir, const struct drp_session *s, struct drp_options *o,
                    struct drp_arena *arena, struct drp_err *err) DRP_CHECKED;

/** Writes what decides the predictions, an object: equal for runs whose lines are equal. Needs models open. */
void drp_rundir_write_fixed(const struct drp_session *s, const struct drp_options *o,
                            struct drp_jw *w);

/**
 * Checks such an object of a former run, or of another process, against this one. **Errors**: DRP_EEXISTS naming
 * what differs, and `hint`.
 */
int drp_rundir_check_fixed(const struct drp_json_val *former, const struct drp_session *s,
                           const struct drp_options *o, const char *hint,
                           struct drp_err *err) DRP_CHECKED;

/** Writes run.json; `result` NULL at the start of a run. **Errors**: DRP_EIO. */
int drp_rundir_write(const char *dir, const struct drp_session *s,
                     const struct drp_options *o, const struct drp_run_result *result,
                     struct drp_err *err) DRP_CHECKED;

/** Writes the account as members of a JSON object. */
void drp_run_result_json(const struct drp_run_result *r, struct drp_jw *w);

/** Appends the account as lines for people. */
void drp_run_result_text(const struct drp_run_result *r, struct drp_str *out);

#endif
