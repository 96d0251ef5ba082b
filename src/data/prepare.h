/* From raw dumps to a dataset directory: `drp prepare`. Questions with profiles instead: lamp.h.
 *
 * Rules, in this order. (1) A text is kept when it has min_text code points as read and
 * is not only white space; one of an Amazon dump also needs a title, a rating and a time
 * that are not empty or 0, while in our own format these may be missing. (2) With
 * metadata: its item needs a description of min_desc … max_desc code points and, as far
 * as the format has them, title, categories and number of ratings. (3) Rounds over users
 * and items (filter.h), (4) repetitions, (5) base profiles (split.h). White space of
 * texts is collapsed after (1); titles and descriptions stay as they are. Order is (time,
 * place in the input). A missing rating is written as null, a missing time as 0. Without
 * metadata an item's title is its asin, its description empty.
 *
 * **Source**: DPL's dataset builder. */
#ifndef DRP_DATA_PREPARE_H
#define DRP_DATA_PREPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/thread.h"
#include "data/lamp_entry.h"
#include "data/export.h"
#include "data/rules.h"
#include "data/suggest.h"

/** What to prepare. All borrowed. */
struct drp_prepare_opts {
    const char *const *reviews;       /* (n_reviews) files with texts            */
    size_t n_reviews;                 /* at least 1, without questions           */
    const char *const *meta;          /* (n_meta) files with metadata            */
    size_t n_meta;                    /* default 0: no rules for metadata        */
    const char *questions;            /* file to take instead; default NULL      */
    const char *golds;                /* their outputs; NULL: among the questions */
    const char *output_field;         /* of profile entries; NULL: by their fields */
    const char *out;                  /* folder to make, see drp_outdir_open()   */
    struct drp_thresholds thresholds; /* default DRP_THRESHOLDS_DEFAULT          */
    int64_t skip_bad;                 /* bad records to pass over; default 0     */
    size_t max_line_bytes;            /* longer lines are bad; default 0: 64 MiB */
    const struct drp_cancel *cancel;  /* may be NULL                             */
};

/** What became of it. Filled as far as it went when drp_prepare() fails. */
struct drp_prepare_summary {
    bool is_questions;             /* made from questions: no rules, no thresholds */
    uint64_t n_texts;              /* records read as texts                       */
    uint64_t n_items;              /* records read as metadata                    */
    uint64_t n_usable_items;       /* of n_items, by the rules for metadata       */
    uint64_t n_questions, n_golds; /* records read as questions and their outputs */
    uint64_t n_entries;            /* of the questions' profiles                  */
    uint64_t n_empty_entries;      /* of n_entries, left out                      */
    uint64_t n_outputs[DRP_LAMP_N_OUTPUTS]; /* of n_entries, by the field that was written */
    uint64_t n_bad;                   /* records that could not be read              */
    uint64_t longest_text;            /* code points                                 */
    struct drp_drops drops;           /* n_texts = kept.texts + all of these         */
    struct drp_export_counts kept;    /* what the dataset holds                      */
    struct drp_thresholds thresholds; /* as asked for                                */
    bool is_empty;                    /* no user was left: print it though it failed */
    size_t n_suggestions;             /* only when is_empty                          */
    struct drp_suggestion suggestions[DRP_MAX_SUGGESTIONS];
};

/**
 * Prepares a dataset directory; it appears whole or not at all. The first ten bad records
 * that are passed over are logged. **Errors**: DRP_EUSAGE (thresholds), DRP_EINPUT (a bad
 * record: file, line, field; or no user left), DRP_ELIMIT (a line too long),
 * DRP_ENOTFOUND, DRP_EEXISTS (the folder holds something else), DRP_EIO, DRP_ECANCELLED.
 */
int drp_prepare(const struct drp_prepare_opts *opts, struct drp_prepare_summary *summary,
                struct drp_err *err) DRP_CHECKED;

#endif
