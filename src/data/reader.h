/* Records of raw dumps: which format one is in is told from its fields, record by record.
 *
 * | format           | user       | item        | text       | title   | rating  | time                |
 * |------------------|------------|-------------|------------|---------|---------|---------------------|
 * | our own          | user       | item        | text       | title   | rating  | time, ms            |
 * | Amazon 2023      | user_id    | parent_asin | text       | title   | rating  | timestamp, ms       |
 * | Amazon 2014/2018 | reviewerID | asin        | reviewText | summary | overall | unixReviewTime, s   |
 *
 * User, item and text must be there. Ids are strings or integers, a rating may be a
 * numeric string. Metadata: our own `item`, Amazon 2023 `parent_asin`, Amazon 2014/2018
 * `asin`, each with `title` and `description` (a string, or an array of them). */
#ifndef DRP_DATA_READER_H
#define DRP_DATA_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "data/field.h"

/** Memory that records are read into; one for many records. */
struct drp_reader {
    struct drp_str user, item, description;
};

/**
 * A review as it stands in a dump. Borrowed from the record and the reader until the next
 * record.
 */
struct drp_raw_review {
    struct drp_sv user, item;
    struct drp_sv text,
        title;       /* as they are: white space not collapsed; title may be empty */
    double rating;   /* NAN: missing or null                                       */
    int64_t time_ms; /* 0: missing or null                                         */
    bool is_dump;    /* an Amazon format: rating, title and time are expected      */
};

/** An item as it stands in a dump's metadata. Borrowed as above. */
struct drp_raw_item {
    struct drp_sv item, title;
    struct drp_sv description; /* flattened; may be empty */
    bool is_complete;          /* see drp_reader_item()   */
};

/** Starts a reader. */
void drp_reader_init(struct drp_reader *r);

/** Frees its memory. */
void drp_reader_release(struct drp_reader *r);

/** Reads a record as a review. **Errors**: DRP_EINPUT, naming file, line and field. */
int drp_reader_review(struct drp_reader *r, const struct drp_record *record,
                      struct drp_raw_review *out, struct drp_err *err) DRP_CHECKED;

/** The same for a text whose author is known: user and item may be missing and are empty then. **Errors**: as above. */
int drp_reader_own_text(struct drp_reader *r, const struct drp_record *record,
                        struct drp_raw_review *out, struct drp_err *err) DRP_CHECKED;

/**
 * Reads a record as metadata. A description that is an array is joined by spaces, without
 * a leading "Product Description"; complete is
 * one whose title, categories and rating_number are truthy, as far as its format has
 * them. **Errors**: DRP_EINPUT, naming file, line and field.
 */
int drp_reader_item(struct drp_reader *r, const struct drp_record *record,
                    struct drp_raw_item *out, struct drp_err *err) DRP_CHECKED;

#endif
