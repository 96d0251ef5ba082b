/* Writes what the rules have left as the files of a dataset directory. */
#ifndef DRP_DATA_EXPORT_H
#define DRP_DATA_EXPORT_H

#include "base/err.h"
#include "base/fs.h"
#include "data/outdir.h"
#include "data/split.h"
#include "io/json.h"

/** The folder that a dataset is, for drp_outdir_open(). */
extern const struct drp_outdir_kind drp_dataset_kind;

/** The key that tells a dataset.json of ours. */
#define DRP_DATASET_MARK "\"drp_dataset\""

/** Version of the directory's layout, the value of that key. */
enum { DRP_DATASET_VERSION = 1 };

/** A text as a dataset has it. */
struct drp_export_text {
    struct drp_sv asin, title, text;
    double rating;   /* NAN: not given */
    int64_t time_ms; /* 0: not given   */
};

/** Writes a text as a value. */
void drp_export_write_text(struct drp_jw *w, const struct drp_export_text *text);

/** Appends an item as a line of items.jsonl. */
void drp_export_add_item(struct drp_str *line, struct drp_sv asin, struct drp_sv title,
                         struct drp_sv description);

/** Starts a file of a dataset that is being written. As drp_outfile_open(). */
int drp_export_open(const struct drp_outdir *dir, const char *name,
                    struct drp_outfile **out, struct drp_err *err) DRP_CHECKED;

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
