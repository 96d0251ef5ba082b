/* `drp run --dry-run`: the prompts of one sample, shown instead of asked. */
#ifndef DRP_RUN_DRY_H
#define DRP_RUN_DRY_H

#include "run/options.h"

/**
 * Runs the first sample that the options name against a back-end that prints each conversation to stdout and answers
 * with a placeholder; tokens are counted by the real model. Peers' texts are masked unless --include-peers.
 * **Errors**: as a run's.
 */
int drp_dry_run(const struct drp_options *o, const char *dataset_dir,
                struct drp_err *err) DRP_CHECKED;

#endif
