/* A dataset directory in memory: items, users, and the rows of one split. Read-only after
 * loading.
 *
 * Files: items.jsonl {"asin","title","description"}; train.jsonl, val.jsonl, test.jsonl
 * {"user_id", "profile":[review],"data":review}, review =
 * {"asin","title","text","rating","timestamp"}: DPL's published rows as JSON lines, each
 * file plain, gzip or zstd. Ids are strings or integers; `timestamp` is in milliseconds;
 * `rating` may be a numeric string; missing or null: title and description empty, rating
 * NAN, timestamp 0. Text must not be empty. An item that items.jsonl does not have, or
 * that has no title there, has its asin as title. */
#ifndef DRP_DATA_DATASET_H
#define DRP_DATA_DATASET_H

#include "base/err.h"
#include "base/hash.h"
#include "base/intern.h"
#include "data/sample.h"

/** One line of train.jsonl, val.jsonl or test.jsonl. */
struct drp_row {
    uint32_t user;
    struct drp_reviews profile; /* oldest first: the order of the file */
    const struct drp_review *target; /* what the user wrote afterwards; its text is absent when it is to be written */
};

/** Items, users and the rows of one split. **Threads**: any may read. */
struct drp_dataset;

/**
 * Loads items.jsonl and one split ("train", "val", "test") of a dataset directory. A user
 * may have several rows in train only.
 * **Owns**: caller, drp_dataset_free(). **Errors**: DRP_EUSAGE (split), DRP_ENOTFOUND,
 * DRP_EIO, DRP_EINPUT (file, line, field).
 */
int drp_dataset_load(const char *dir, const char *split, struct drp_dataset **out,
                     struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. */
void drp_dataset_free(struct drp_dataset *ds);

/**
 * Rows of the split, by user id in code point order; rows of one user in the order of the
 * file.
 */
size_t drp_dataset_n_rows(const struct drp_dataset *ds);
/** A row. Borrowed. */
const struct drp_row *drp_dataset_row(const struct drp_dataset *ds, size_t i);
/** The first row of a user. **Errors**: DRP_ENOTFOUND, naming the nearest user id. */
int drp_dataset_find_user(const struct drp_dataset *ds, struct drp_sv user_id,
                          size_t *row, struct drp_err *err) DRP_CHECKED;

/** Number of items known, those without meta included. */
size_t drp_dataset_n_items(const struct drp_dataset *ds);
/** An item by its id. Borrowed. */
const struct drp_item *drp_dataset_item(const struct drp_dataset *ds, uint32_t id);
/** The item of an asin, NULL when unknown. Borrowed. */
const struct drp_item *drp_dataset_find_item(const struct drp_dataset *ds,
                                             struct drp_sv asin);

/** Number of users that appear. */
size_t drp_dataset_n_users(const struct drp_dataset *ds);
/** The name of a user. Borrowed. */
struct drp_sv drp_dataset_user_id(const struct drp_dataset *ds, uint32_t user);

/**
 * SHA-256 over the SHA-256 of items.jsonl and that of the split's file (32 bytes each),
 * for run.json.
 */
struct drp_sha256 drp_dataset_hash(const struct drp_dataset *ds);

/* ---- making one: nothing else changes a dataset ---- */

/** An empty dataset; `dir` is for messages. **Owns**: caller, drp_dataset_free(). */
struct drp_dataset *drp_dataset_new(const char *dir);

/** The id of an item, added with its asin as title and without description when it is new. */
uint32_t drp_dataset_add_item(struct drp_dataset *ds, struct drp_sv asin);

/** Gives an item a title and a description, which are copied. An empty title changes nothing. */
void drp_dataset_describe(struct drp_dataset *ds, uint32_t item, struct drp_sv title,
                          struct drp_sv description);

/** The id of a user, added when it is new. */
uint32_t drp_dataset_add_user(struct drp_dataset *ds, struct drp_sv user_id);

/** Adds a row. Its reviews live as long as the dataset. */
void drp_dataset_add_row(struct drp_dataset *ds, struct drp_row row);

/** Puts the rows in order; needed after the last one was added. */
void drp_dataset_sort_rows(struct drp_dataset *ds);

/** Memory that lives as long as the dataset. Borrowed. */
struct drp_arena *drp_dataset_arena(struct drp_dataset *ds);

#endif
