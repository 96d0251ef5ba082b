/* What drp prepare says of its work: a table for people, dataset.json for programs. */
#ifndef DRP_DATA_SUMMARY_H
#define DRP_DATA_SUMMARY_H

#include "base/str.h"
#include "data/prepare.h"

/**
 * Appends a table: what was read, dropped by which rule, kept, and, when no user is left,
 * what would help.
 */
void drp_summary_text(struct drp_str *out, const struct drp_prepare_summary *summary);

/** Appends the same as one JSON object. */
void drp_summary_json(struct drp_str *out, const struct drp_prepare_summary *summary);

/**
 * Appends dataset.json: sources with SHA-256 (null for what is no regular file),
 * thresholds, counts, drops by rule.
 * **Errors**: DRP_EIO, DRP_ENOTFOUND.
 */
int drp_summary_dataset_json(struct drp_str *out, const struct drp_prepare_opts *opts,
                             const struct drp_prepare_summary *summary,
                             struct drp_err *err) DRP_CHECKED;

/** Writes the member `counts` of dataset.json. */
void drp_summary_counts(struct drp_jw *w, const struct drp_export_counts *counts);

/**
 * Fills `err` for a corpus of which no user is left: the strictest rules, the nearest
 * thresholds. Gives DRP_EINPUT.
 */
int drp_summary_fail(const struct drp_prepare_summary *summary, struct drp_err *err);

#endif
