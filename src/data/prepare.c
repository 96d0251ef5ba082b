#include "data/prepare.h"

#include <math.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "data/corpus.h"
#include "data/lamp.h"
#include "data/summary.h"
#include "data/tolerance.h"
#include "io/jsonl.h"

#include "base/banned.h"

enum { MAX_PATH = 8192, MEGABYTE = 1000000 };

/* One preparation under way. */
struct work {
    const struct drp_prepare_opts *opts;
    struct drp_prepare_summary *summary;
    struct drp_corpus corpus;
    struct drp_reader reader;
    struct drp_tolerance tolerance;
    struct drp_progress *progress;
};

/* ---- rules for single records ---- */

static int add_review(struct work *w, const struct drp_record *record, struct drp_err *err)
{
    struct drp_raw_review review;
    int rc = 0;
    DRP_TRY(rc, drp_reader_review(&w->reader, record, &review, err));
    w->summary->n_texts++;

    const uint64_t n_chars = drp_utf8_count(review.text);
    w->summary->longest_text = DRP_MAX(w->summary->longest_text, n_chars);
    struct drp_sv rest = review.text, word;
    const bool lacks_rating = isnan(review.rating) || fpclassify(review.rating) == FP_ZERO;
    const struct {
        enum drp_drop drop;
        bool holds;
    } rules[] = {
        {DRP_DROP_TEXT, (int64_t)n_chars < w->opts->thresholds.min_text},
        {DRP_DROP_TEXT, !drp_utf8_word(&rest, &word)},
        {DRP_DROP_TITLE, review.is_dump && review.title.len == 0},
        {DRP_DROP_RATING, review.is_dump && lacks_rating},
        {DRP_DROP_TIME, review.is_dump && review.time_ms == 0},
        {DRP_DROP_META,
         w->opts->n_meta > 0 && !drp_corpus_has_meta(&w->corpus, review.item)},
    };
    for (size_t i = 0; i < DRP_LEN(rules); i++)
        if (rules[i].holds) {
            w->summary->drops.n[rules[i].drop]++;
            goto out;
        }
    rc = drp_corpus_add(&w->corpus, &review, err);
out:
    return rc;
}

static int add_item(struct work *w, const struct drp_record *record, struct drp_err *err)
{
    struct drp_raw_item item;
    int rc = 0;
    DRP_TRY(rc, drp_reader_item(&w->reader, record, &item, err));
    w->summary->n_items++;

    const int64_t n_chars = (int64_t)drp_utf8_count(item.description);
    const struct drp_thresholds *const t = &w->opts->thresholds;
    if (item.is_complete && n_chars >= t->min_desc && n_chars <= t->max_desc) {
        w->summary->n_usable_items++;
        drp_corpus_add_item(&w->corpus, &item);
    }
out:
    return rc;
}

/* ---- files ---- */

typedef int add_record(struct work *w, const struct drp_record *record,
                       struct drp_err *err);

static int next_record(struct drp_jsonl *lines, struct work *w, add_record *add,
                       struct drp_err *err)
{
    const struct drp_json_val *value = NULL;
    const int rc = drp_jsonl_next(lines, &value, err);
    if (rc <= 0)
        return rc;
    const struct drp_record record = drp_record_of(lines, value);
    const int added = add(w, &record, err);
    return added < 0 ? added : 1;
}

static void show_progress(const struct work *w, const struct drp_jsonl *lines)
{
    uint64_t done = 0, total = 0;
    if (drp_jsonl_line(lines) % 4096 != 0)
        return;
    drp_jsonl_position(lines, &done, &total);
    drp_progress_set(w->progress, done / MEGABYTE, drp_sv_from(drp_jsonl_path(lines)));
}

/*
 * Says how to mend a bad record. The metadata of 2014 are Python literals, {'asin': …: JSON
 * ends at the first quote.
 */
static void add_hint(struct drp_err *err, bool is_meta)
{
    drp_tolerance_hint(err,
                       is_meta && err->offset == 1
                           ? "if these are Python literals, as in the metadata of 2014, "
                             "convert them: python3 -c 'import ast, json, sys; "
                             "[print(json.dumps(ast.literal_eval(l))) for l in sys.stdin]'"
                           : DRP_TOLERANCE_HINT);
}

static int read_lines(struct work *w, struct drp_jsonl *lines, add_record *add,
                      struct drp_err *err)
{
    for (;;) {
        struct drp_err bad = {0};
        const int rc = next_record(lines, w, add, &bad);
        if (rc == 0)
            return 0;
        if (rc < 0 && !drp_tolerance_pass(&w->tolerance, &bad)) {
            add_hint(&bad, add == add_item);
            if (err)
                *err = bad;
            return rc;
        }
        if (drp_cancel_level(w->opts->cancel) > 0)
            return drp_fail(err, DRP_ECANCELLED, "interrupted: nothing was written");
        show_progress(w, lines);
    }
}

static int read_file(struct work *w, const char *path, add_record *add, struct drp_err *err)
{
    struct drp_jsonl *lines = NULL;
    uint64_t done = 0, total = 0;
    int rc = 0;
    DRP_TRY(rc, drp_jsonl_open(path, w->opts->max_line_bytes, &lines, err));
    drp_jsonl_position(lines, &done, &total);
    w->progress = drp_progress_new("reading, MB", total / MEGABYTE);
    rc = read_lines(w, lines, add, err);
    drp_progress_free(w->progress);
    if (rc == 0 && drp_jsonl_line(lines) == 0)
        rc = drp_fail(err, DRP_EINPUT, "'%s' is empty: a file of JSON lines is needed",
                      path);
out:
    drp_jsonl_free(lines);
    return rc;
}

/* Metadata first, so that texts about unusable items are never kept in memory. */
static int read_all(struct work *w, struct drp_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < w->opts->n_meta; i++)
        DRP_TRY(rc, read_file(w, w->opts->meta[i], add_item, err));
    for (size_t i = 0; i < w->opts->n_reviews; i++)
        DRP_TRY(rc, read_file(w, w->opts->reviews[i], add_review, err));
out:
    return rc;
}

/* ---- the whole ---- */

static int check_opts(const struct drp_prepare_opts *o, struct drp_err *err)
{
    if (o->questions && o->n_reviews + o->n_meta > 0)
        return drp_fail(err, DRP_EUSAGE,
                        "both --questions and --reviews or --meta: a dataset is made of one");
    if (!o->questions && (o->golds || o->output_field))
        return drp_fail(err, DRP_EUSAGE,
                        "no --questions: --golds and --output-field belong to them");
    if (!o->questions && o->n_reviews == 0)
        return drp_fail(err, DRP_EUSAGE, "no file to read: name one with --reviews");
    return o->questions ? 0 : drp_thresholds_check(&o->thresholds, err);
}

static int write_dataset(struct work *w, const struct drp_selection *s,
                         const struct drp_outdir *dir, struct drp_err *err)
{
    struct drp_str path, json;
    int rc = 0;
    drp_str_init(&path, MAX_PATH);
    drp_str_init(&json, SIZE_MAX);
    DRP_TRY(rc, drp_export(s, w->opts->thresholds.holdout, dir, &w->summary->kept, err));
    DRP_TRY(rc, drp_summary_dataset_json(&json, w->opts, w->summary, err));
    DRP_TRY(rc, drp_fs_write(drp_outdir_path(dir, "dataset.json", &path), false,
                             drp_str_sv(&json), err));
out:
    drp_str_release(&path);
    drp_str_release(&json);
    return rc;
}

static int fail_empty(struct work *w, struct drp_err *err)
{
    w->summary->is_empty = true;
    w->summary->n_suggestions =
        drp_suggest(&w->corpus, &w->opts->thresholds, w->summary->suggestions);
    return drp_summary_fail(w->summary, err);
}

static int run(struct work *w, struct drp_outdir **dir, struct drp_err *err)
{
    struct drp_selection s = {0};
    int rc = 0;
    rc = read_all(w, err);
    w->summary->n_bad = w->tolerance.n_bad;
    if (rc < 0)
        goto out;
    drp_corpus_group(&w->corpus);
    drp_split_select(&s, &w->corpus, &w->opts->thresholds, &w->summary->drops);
    if (drp_selection_n_users(&s) == 0)
        DRP_TRY(rc, fail_empty(w, err));
    DRP_TRY(rc, write_dataset(w, &s, *dir, err));
    struct drp_outdir *const whole = *dir;
    *dir = NULL;
    DRP_TRY(rc, drp_outdir_commit(whole, err));
out:
    drp_selection_release(&s);
    return rc;
}

static int prepare_reviews(const struct drp_prepare_opts *opts,
                           struct drp_prepare_summary *summary, struct drp_err *err)
{
    struct work w = {.opts = opts,
                     .summary = summary,
                     .tolerance = {.max_bad = opts->skip_bad}};
    struct drp_outdir *dir = NULL;
    int rc = 0;
    drp_corpus_init(&w.corpus);
    drp_reader_init(&w.reader);
    DRP_TRY(rc, drp_outdir_open(opts->out, &drp_dataset_kind, &dir, err));
    DRP_TRY(rc, run(&w, &dir, err));
out:
    drp_outdir_abort(dir);
    drp_reader_release(&w.reader);
    drp_corpus_release(&w.corpus);
    return rc;
}

int drp_prepare(const struct drp_prepare_opts *opts, struct drp_prepare_summary *summary,
                struct drp_err *err)
{
    *summary = (struct drp_prepare_summary){.thresholds = opts->thresholds,
                                            .is_questions = opts->questions != NULL};
    const int rc = check_opts(opts, err);
    if (rc < 0)
        return rc;
    return opts->questions ? drp_lamp_prepare(opts, summary, err)
                           : prepare_reviews(opts, summary, err);
}
