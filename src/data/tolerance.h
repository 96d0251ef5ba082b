/* Bad records of an input: some may be passed over, and the first ten of these are named. */
#ifndef DRP_DATA_TOLERANCE_H
#define DRP_DATA_TOLERANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/** How many bad records there were, and how many there may be. */
struct drp_tolerance {
    int64_t max_bad; /* default 0 */
    uint64_t n_bad;
};

/** True for a failure of one record, not of the file. */
bool drp_tolerance_is_of_record(const struct drp_err *err);

/**
 * True when a failure concerns one record only and another bad one is allowed. Every bad record is counted, and what
 * is passed over is logged.
 */
bool drp_tolerance_pass(struct drp_tolerance *t, const struct drp_err *err);

/** Adds a hint to the text of a failure of one record; others stay as they are. */
void drp_tolerance_hint(struct drp_err *err, const char *hint);

/** What helps against a bad record, as a hint. */
#define DRP_TOLERANCE_HINT "--skip-bad N passes over up to N bad records"

#endif
