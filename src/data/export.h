/* Writes what the rules have left as the files of a dataset directory. */
#ifndef DRP_DATA_EXPORT_H
#define DRP_DATA_EXPORT_H

#include "base/err.h"
#include "data/outdir.h"
#include "data/split.h"

/** What was written. */
struct drp_export_counts {
    uint64_t users, items, texts; /* that appear in any row              */
    uint64_t rows[DRP_N_SPLITS];
};

/**
 * Writes items.jsonl (the items of the selection, by asin) and the three splits (rows by
 * user id, in code point order) of a selection made by drp_split_select(). **Errors**:
 * DRP_EIO.
 */
int drp_export(const struct drp_selection *s, int64_t holdout, const struct drp_outdir *dir,
               struct drp_export_counts *counts, struct drp_err *err) DRP_CHECKED;

#endif
