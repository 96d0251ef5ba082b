/* The two readings of the paper: which options each sets, and how to say so. */
#ifndef DRP_RUN_FIDELITY_H
#define DRP_RUN_FIDELITY_H

#include "run/options.h"

/** The reading that --fidelity names; ours when it is not given. */
enum drp_fidelity drp_fidelity_of(const struct drp_options *o);

/** The value that a reading gives to an option that nobody set, NULL: its usual default. Static storage. */
const char *drp_fidelity_value(enum drp_fidelity fidelity, const char *option);

/**
 * Appends a line for each option and setting that the reading of `o` switched, and what stays ours; nothing without
 * --fidelity.
 */
void drp_fidelity_describe(const struct drp_options *o, struct drp_str *out);

#endif
