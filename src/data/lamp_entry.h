/* One entry of a profile as LaMP and LongLaMP have them: which of its fields its owner wrote, and what was given.
 *
 * | data                                   | fields                                  | output     |
 * |----------------------------------------|-----------------------------------------|------------|
 * | LaMP-1, LaMP-5                         | id title abstract                       | title      |
 * | LaMP-2                                 | id tag description                      | tag        |
 * | LaMP-2, first edition                  | id category title text                  | category   |
 * | LaMP-3                                 | id score text                           | score      |
 * | LaMP-4, LaMP-6                         | id title text                           | title      |
 * | LaMP-7                                 | id text                                 | text       |
 * | LongLaMP abstracts                     | title abstract (year)                   | abstract   |
 * | LongLaMP emails                        | title text                              | text       |
 * | LongLaMP reviews                       | overall summary description reviewText  | reviewText |
 * | LongLaMP topics                        | summary content                         | content    |
 * | any other                              | input output                            | output     |
 *
 * What is not the output, an id or a time is the input: alone as it is, several as lines "name: value". */
#ifndef DRP_DATA_LAMP_ENTRY_H
#define DRP_DATA_LAMP_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "data/field.h"

/** Fields that can be the output: name, and the field's. The last one is whatever was asked for. */
#define DRP_LAMP_OUTPUTS(X)                                                              \
    X(DRP_LAMP_OUTPUT_REVIEW, "reviewText")                                              \
    X(DRP_LAMP_OUTPUT_TAG, "tag")                                                        \
    X(DRP_LAMP_OUTPUT_CATEGORY, "category")                                              \
    X(DRP_LAMP_OUTPUT_SCORE, "score")                                                    \
    X(DRP_LAMP_OUTPUT_ABSTRACT, "abstract")                                              \
    X(DRP_LAMP_OUTPUT_TITLE, "title")                                                    \
    X(DRP_LAMP_OUTPUT_TEXT, "text")                                                      \
    X(DRP_LAMP_OUTPUT_CONTENT, "content")                                                \
    X(DRP_LAMP_OUTPUT_OUTPUT, "output")                                                  \
    X(DRP_LAMP_OUTPUT_ASKED, "")

/** The fields by name; DRP_LAMP_N_OUTPUTS of them. */
enum drp_lamp_output {
#define DRP_LAMP_OUTPUT_ENUM(name, field) name,
    DRP_LAMP_OUTPUTS(DRP_LAMP_OUTPUT_ENUM)
#undef DRP_LAMP_OUTPUT_ENUM
        DRP_LAMP_N_OUTPUTS,
};

/** The name of such a field; empty for the one that was asked for. Static storage. */
const char *drp_lamp_output_field(enum drp_lamp_output output);

/** Memory that entries are read into; one for many. */
struct drp_lamp_reader {
    struct drp_str input, output;
    const char *output_field; /* borrowed; NULL: told from the fields */
};

/** An entry. Borrowed from the reader until the next one. */
struct drp_lamp_entry {
    struct drp_sv input;       /* what was given; empty: nothing      */
    struct drp_sv output;      /* what its owner wrote; may be empty  */
    enum drp_lamp_output kind; /* where that stood                    */
    int64_t time_ms;           /* 0: not given                        */
};

/** Starts a reader. */
void drp_lamp_reader_init(struct drp_lamp_reader *r, const char *output_field);

/** Frees its memory. */
void drp_lamp_reader_release(struct drp_lamp_reader *r);

/**
 * Reads an entry. `is_long`: its question comes from LongLaMP, where the long one of two fields is the output; an entry
 * without an id, or with a year, is taken for one of these too. **Errors**: DRP_EINPUT, naming file, place and field.
 */
int drp_lamp_read(struct drp_lamp_reader *r, const struct drp_record *entry, bool is_long,
                  struct drp_lamp_entry *out, struct drp_err *err) DRP_CHECKED;

/**
 * A string or a number as text, replacing `out`; missing or null is the empty string. **Errors**: DRP_EINPUT.
 */
int drp_lamp_text(const struct drp_record *r, const char *key, struct drp_str *out,
                  struct drp_err *err) DRP_CHECKED;

/**
 * A date "2016", "2016-05" or "2016-05-31", also with a time of day behind it, or a year as a number, as the
 * milliseconds of its beginning since 1970; missing or null is 0. **Errors**: DRP_EINPUT.
 */
int drp_lamp_date(const struct drp_record *r, const char *key, int64_t *out,
                  struct drp_err *err) DRP_CHECKED;

#endif
