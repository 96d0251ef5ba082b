/* Takes a person out of a dataset: `drp forget DATASET`. Who is killed in between finishes by asking again. */
#ifndef DRP_RUN_FORGET_DATASET_H
#define DRP_RUN_FORGET_DATASET_H

#include "run/forgotten.h"

/**
 * Takes a person out of a dataset directory: rows, vectors of texts that nobody else has, counts. items.jsonl stays, but
 * for what a person was asked (drp prepare --questions). **Errors**: as drp_forget_run().
 */
int drp_forget_dataset(const struct drp_forget_opts *opts, struct drp_arena *arena,
                       struct drp_forgotten *out, struct drp_err *err) DRP_CHECKED;

#endif
