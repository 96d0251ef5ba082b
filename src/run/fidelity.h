/* Options that give values to others: the two readings of the paper, and the task. What each sets, and how to say so. */
#ifndef DRP_RUN_FIDELITY_H
#define DRP_RUN_FIDELITY_H

#include "run/options.h"

/** The reading that --fidelity names; ours when it is not given. */
enum drp_fidelity drp_fidelity_of(const struct drp_options *o);

/** The value that --task and --fidelity of `o` give to an option that nobody set, NULL: its usual default. Static storage. */
const char *drp_fidelity_value(const struct drp_options *o, const char *option);

/**
 * Appends a line for each option and setting that the task and the reading of `o` switched, and what stays ours; nothing
 * for the usual task without --fidelity.
 */
void drp_fidelity_describe(const struct drp_options *o, struct drp_str *out);

#endif
