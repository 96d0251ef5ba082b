/* Texts to score, line by line: a file of pairs, or the predictions of a run. */
#ifndef DRP_EVAL_PAIRS_H
#define DRP_EVAL_PAIRS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/** A hypothesis and its reference. Strings are borrowed until the next call. */
struct drp_pair {
    struct drp_sv id; /* as JSON, of any type; absent when the line has none      */
    struct drp_sv hypothesis, reference;
    /* Of a prediction; absent, NAN and 0 in a file of pairs. */
    struct drp_sv method, model, user_id, asin;
    double temperature;
    int64_t seed, repeat;
};

/** Where pairs come from. */
struct drp_source {
    const char *path; /* of a file of pairs, or of a run folder */
    bool is_run;
};

/** A reader of one file. One owner, one thread. */
struct drp_pairs;

/**
 * Opens a file of JSON lines `{"id","hypothesis","reference"}`, plain, gzip or zstd, or the predictions.jsonl of a run.
 * **Owns**: caller, drp_pairs_free(). **Errors**: DRP_ENOTFOUND, DRP_EIO, DRP_EINPUT.
 */
int drp_pairs_open(const struct drp_source *source, struct drp_pairs **out,
                   struct drp_err *err) DRP_CHECKED;

/** Closes. NULL is allowed. */
void drp_pairs_free(struct drp_pairs *p);

/**
 * The next pair: 1, or 0 at the end. **Errors**: DRP_EINPUT naming file, line and field; the file is over then.
 */
int drp_pairs_next(struct drp_pairs *p, struct drp_pair *out,
                   struct drp_err *err) DRP_CHECKED;

/** Number of the line last read, from 1. */
int64_t drp_pairs_line(const struct drp_pairs *p);

/** The file's name. Borrowed. */
const char *drp_pairs_path(const struct drp_pairs *p);

/** Bytes of the file read so far and in all (0: unknown), for progress. */
void drp_pairs_position(const struct drp_pairs *p, uint64_t *done, uint64_t *total);

#endif
