/* The run's files, in dataset order though samples end in any order. A sample's lines wait until all before it are
 * there; what is published is always whole lines of a prefix. */
#ifndef DRP_RUN_OUTPUT_H
#define DRP_RUN_OUTPUT_H

#include "base/err.h"
#include "base/str.h"

/** The files a run writes. */
enum drp_run_file { DRP_PREDICTIONS, DRP_FEATURES, DRP_DIFFERENCES, DRP_N_RUN_FILES };

/** Lines of one sample, one text a file. */
struct drp_sample_lines {
    struct drp_str at[DRP_N_RUN_FILES];
};

/** Starts three empty texts. */
void drp_sample_lines_init(struct drp_sample_lines *l);

/** Frees them. */
void drp_sample_lines_release(struct drp_sample_lines *l);

/** The writer of a run's files. **Threads**: any may put. */
struct drp_output;

/** Starts writing into `dir`. **Owns**: caller, drp_output_close(). **Errors**: DRP_EIO. */
int drp_output_open(const char *dir, struct drp_output **out,
                    struct drp_err *err) DRP_CHECKED;

/**
 * Hands over the lines of sample `i`; they are taken and `lines` is empty again. An empty set says that the
 * sample failed. Blocks while more than a thousand samples wait for an earlier one.
 */
void drp_output_put(struct drp_output *o, size_t i, struct drp_sample_lines *lines);

/** Makes what is there visible under the files' names when 30 s have passed since it last was. **Errors**: DRP_EIO. */
int drp_output_tick(struct drp_output *o, struct drp_err *err) DRP_CHECKED;

/** Writes everything put so far (gaps left out), publishes, frees. NULL is allowed. **Errors**: DRP_EIO. */
int drp_output_close(struct drp_output *o, struct drp_err *err) DRP_CHECKED;

#endif
