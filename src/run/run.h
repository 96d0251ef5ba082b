/* Many samples, many methods, a grid: workers, files, account. */
#ifndef DRP_RUN_RUN_H
#define DRP_RUN_RUN_H

#include "run/rundir.h"
#include "run/session.h"

/** The rows of a split that the options ask for. Released with free(). */
struct drp_rows {
    size_t *at;
    size_t n;
};

/** The rows that --user and --limit leave. **Owns**: caller, free(out->at). **Errors**: DRP_ENOTFOUND naming the user. */
int drp_rows_find(const struct drp_session *s, struct drp_rows *out,
                  struct drp_err *err) DRP_CHECKED;

/** Samples that a run works at side by side: --workers, or what keeps the extractor's slots busy. Needs models open. */
size_t drp_run_n_workers(const struct drp_session *s, size_t n_samples);

/**
 * Predicts every one of `rows` (NULL: those that the options name) by every method and cell, writes the run's files into `dir`, fills `result`. Answers that the
 * journal has are not asked again. `cancel` level 1 finishes what is in flight and writes what is there.
 * Where the session has a queue, the rows are put into it, other processes take their share, and the files hold what
 * all of them did; `dir` NULL: only works at what is in the queue, until nothing is left. Without a queue, `dir` NULL
 * writes nothing.
 * **Errors**: of the first sample that failed, unless --keep-going; DRP_ECANCELLED; DRP_EIO. `result` is filled in any case.
 */
int drp_run(const struct drp_session *s, const struct drp_rows *rows, const char *dir,
            const struct drp_cancel *cancel, struct drp_run_result *result,
            struct drp_err *err) DRP_CHECKED;

#endif
