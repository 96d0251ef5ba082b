#include "data/lamp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/intern.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "data/lamp_entry.h"
#include "data/spool.h"
#include "data/summary.h"
#include "data/tolerance.h"
#include "io/elements.h"
#include "io/jsonl.h"

#include "base/banned.h"

enum { MAX_PATH = 8192, MEGABYTE = 1000000, TITLE_BYTES = 60 };

/* Where a question's lines are in the spool: its row, then its items. */
struct place {
    struct drp_sv id;
    uint64_t at;
    size_t row_bytes, items_bytes;
};

/* What the entries of a profile are. */
struct tally {
    uint64_t n, n_empty, n_outputs[DRP_LAMP_N_OUTPUTS];
};

/* One preparation under way. */
struct work {
    const struct drp_prepare_opts *opts;
    struct drp_prepare_summary *summary;
    struct drp_tolerance tolerance;
    struct drp_arena arena;         /* outputs of golds                   */
    struct drp_intern golds;        /* ids that have an output            */
    DRP_VEC(struct drp_sv) outputs; /* (golds.n) by gold                  */
    struct drp_intern questions;    /* ids that have a row                */
    DRP_VEC(struct place) places;   /* (questions.n) by question          */
    struct drp_spool *spool;
    struct drp_lamp_reader entries;
    struct drp_str id, asin, title, text; /* scratch                        */
    struct drp_str row, items;            /* lines of the question          */
    struct tally tally;                   /* of the question                */
    struct drp_progress *progress;
};

static void init(struct work *w)
{
    drp_arena_init(&w->arena);
    drp_intern_init(&w->golds);
    drp_intern_init(&w->questions);
    drp_lamp_reader_init(&w->entries, w->opts->output_field);
    drp_str_init(&w->id, SIZE_MAX);
    drp_str_init(&w->asin, SIZE_MAX);
    drp_str_init(&w->title, SIZE_MAX);
    drp_str_init(&w->text, SIZE_MAX);
    drp_str_init(&w->row, SIZE_MAX);
    drp_str_init(&w->items, SIZE_MAX);
}

static void release(struct work *w)
{
    drp_spool_free(w->spool);
    drp_vec_release(&w->outputs);
    drp_vec_release(&w->places);
    drp_arena_release(&w->arena);
    drp_intern_release(&w->golds);
    drp_intern_release(&w->questions);
    drp_lamp_reader_release(&w->entries);
    drp_str_release(&w->id);
    drp_str_release(&w->asin);
    drp_str_release(&w->title);
    drp_str_release(&w->text);
    drp_str_release(&w->row);
    drp_str_release(&w->items);
}

/* Fills `err` for a record about the id last read: "WHAT 'ID'" and a hint. */
static int bad_id(const struct work *w, const struct drp_record *r, const char *what,
                  const char *hint, struct drp_err *err)
{
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX);
    drp_str_addf(&text, "%s '%s': %s", what, w->id.ptr, hint);
    const int rc = drp_record_bad(r, text.ptr, err);
    drp_str_release(&text);
    return rc;
}

static int check_object(const struct drp_record *r, struct drp_err *err)
{
    if (drp_json_type(r->value) == DRP_JSON_OBJ)
        return 0;
    return drp_record_bad(r, "expected an object", err);
}

/* ---- golds ---- */

static int add_gold(struct work *w, const struct drp_record *r, struct drp_err *err)
{
    int rc = 0;
    DRP_TRY(rc, check_object(r, err));
    DRP_TRY(rc, drp_field_id(r, "id", &w->id, err));
    if (!drp_field_has(r, "output"))
        return drp_field_bad(r, "output", "a string or a number", err);
    DRP_TRY(rc, drp_lamp_text(r, "output", &w->text, err));
    if (drp_intern_find(&w->golds, drp_str_sv(&w->id)) != DRP_NO_ID)
        return bad_id(w, r, "duplicate id", "each has one output", err);
    (void)drp_intern_add(&w->golds, drp_str_sv(&w->id));
    drp_vec_add(&w->outputs, drp_arena_sv(&w->arena, drp_str_sv(&w->text)));
    w->summary->n_golds++;
out:
    return rc;
}

/* ---- questions ---- */

/* Reads the id; `*is_long` gets whether it is that of a row of LongLaMP. */
static int read_id(struct work *w, const struct drp_record *r, bool *is_long,
                   struct drp_err *err)
{
    static const char *const IDS[] = {"id", "reviewerId", "name", "author"};
    size_t i = 0;
    while (i + 1 < DRP_LEN(IDS) && !drp_field_has(r, IDS[i]))
        i++;
    const bool has_any = drp_field_has(r, IDS[i]);
    *is_long = has_any && i > 0;
    const int rc = drp_field_id(r, has_any ? IDS[i] : IDS[0], &w->id, err);
    if (rc == 0 && drp_intern_find(&w->questions, drp_str_sv(&w->id)) != DRP_NO_ID)
        return bad_id(w, r, "duplicate id", "a user has one question in a dataset", err);
    return rc;
}

/* Appends a text with its white space collapsed; false when nothing is left of it. */
static bool collapse(struct drp_str *out, struct drp_sv text)
{
    drp_str_clear(out);
    drp_utf8_collapse(out, text);
    return out->len > 0;
}

/* What was written: of the golds, else of the question itself. Into w->text, never empty. */
static int read_output(struct work *w, const struct drp_record *r, struct drp_err *err)
{
    const uint32_t gold = drp_intern_find(&w->golds, drp_str_sv(&w->id));
    struct drp_str output;
    int rc = 0;
    drp_str_init(&output, SIZE_MAX);
    if (gold != DRP_NO_ID)
        drp_str_add(&output, w->outputs.at[gold]);
    else
        DRP_TRY(rc, drp_lamp_text(r, "output", &output, err));
    if (!collapse(&w->text, drp_str_sv(&output)))
        rc = bad_id(w, r, "no output for question",
                    w->opts->golds ? "the golds have none that is not empty"
                                   : "name the file that has them with --golds",
                    err);
out:
    drp_str_release(&output);
    return rc;
}

/* The first words of a text, as a title. */
static void add_first_words(struct drp_str *out, struct drp_sv text)
{
    struct drp_sv word;
    drp_str_clear(out);
    while (drp_utf8_word(&text, &word)) {
        if (out->len > 0 && out->len + word.len >= TITLE_BYTES) {
            drp_str_addz(out, " \xE2\x80\xA6");
            return;
        }
        if (out->len > 0)
            drp_str_addc(out, ' ');
        drp_str_add(out, drp_sv_slice(word, 0, drp_utf8_cut(word, TITLE_BYTES)));
    }
}

/* The asin of something of a question: "ID/what". */
static struct drp_sv name_asin(struct work *w, struct drp_sv what)
{
    drp_str_clear(&w->asin);
    drp_str_add(&w->asin, drp_str_sv(&w->id));
    drp_str_addc(&w->asin, '/');
    drp_str_add(&w->asin, what);
    return drp_str_sv(&w->asin);
}

/* Entry number `n`, from 1, as an item and a text. */
static void add_entry(struct work *w, const struct drp_lamp_entry *e, int64_t n,
                      struct drp_jw *row)
{
    char number[32];
    (void)snprintf(number, sizeof number, "%lld", (long long)n);
    const struct drp_sv text = drp_str_sv(&w->text);
    const struct drp_export_text out = {
        .asin = name_asin(w, drp_sv_from(number)),
        .title = e->input.len > 0 ? DRP_SV("") : text,
        .text = text,
        .rating = (double)NAN,
        .time_ms = e->time_ms,
    };
    drp_export_write_text(row, &out);
    drp_export_add_item(&w->items, out.asin, DRP_SV(""), e->input);
}

static int add_profile(struct work *w, const struct drp_record *question, bool is_long,
                       struct drp_jw *row, struct drp_err *err)
{
    const struct drp_json_val *const list = drp_json_get(question->value, "profile");
    struct drp_record r = *question;
    struct drp_json_iter it = {0};
    struct drp_lamp_entry entry;
    int rc = 0;
    if (drp_json_type(list) != DRP_JSON_ARR)
        return drp_field_bad(question, "profile", "an array of entries", err);
    r.list = "profile";
    drp_jw_arr(row);
    for (r.index = 0; (r.value = drp_json_next(list, &it, NULL)); r.index++) {
        DRP_TRY(rc, drp_lamp_read(&w->entries, &r, is_long, &entry, err));
        w->tally.n++;
        w->tally.n_outputs[entry.kind]++;
        if (collapse(&w->text, entry.output))
            add_entry(w, &entry, r.index + 1, row);
        else
            w->tally.n_empty++;
    }
    drp_jw_arr_end(row);
out:
    return rc;
}

/* What is asked, as an item and the text that was written. */
static int add_target(struct work *w, const struct drp_record *r, struct drp_jw *row,
                      struct drp_err *err)
{
    struct drp_sv input = {NULL, 0};
    struct drp_export_text out = {.title = DRP_SV(""), .rating = (double)NAN};
    int rc = 0;
    DRP_TRY(rc, drp_field_text(r, "input", &input, err));
    DRP_TRY(rc, drp_lamp_date(r, "date", &out.time_ms, err));
    DRP_TRY(rc, read_output(w, r, err));
    out.asin = name_asin(w, DRP_SV("question"));
    out.text = drp_str_sv(&w->text);
    add_first_words(&w->title, input);
    drp_export_write_text(row, &out);
    drp_export_add_item(&w->items, out.asin, drp_str_sv(&w->title), input);
out:
    return rc;
}

/* Makes the lines of a question whose id was read. */
static int write_lines(struct work *w, const struct drp_record *r, bool is_long,
                       struct drp_err *err)
{
    struct drp_jw row;
    int rc = 0;
    w->tally = (struct tally){0};
    drp_str_clear(&w->row);
    drp_str_clear(&w->items);
    drp_jw_init(&row, &w->row, 0);
    drp_jw_obj(&row);
    drp_jw_key_str(&row, "user_id", drp_str_sv(&w->id));
    drp_jw_key(&row, "profile");
    DRP_TRY(rc, add_profile(w, r, is_long, &row, err));
    drp_jw_key(&row, "data");
    DRP_TRY(rc, add_target(w, r, &row, err));
    drp_jw_obj_end(&row);
    drp_str_addc(&w->row, '\n');
    if (w->row.len > DRP_JSONL_MAX_LINE_BYTES)
        rc = bad_id(w, r, "too large a profile of question", "a row takes 64 MiB", err);
out:
    return rc;
}

/* Keeps the lines of a question, which is counted now. */
static int keep_lines(struct work *w, struct drp_err *err)
{
    struct place place = {.row_bytes = w->row.len, .items_bytes = w->items.len};
    uint64_t ignored;
    int rc = 0;
    DRP_TRY(rc, drp_spool_add(w->spool, drp_str_sv(&w->row), &place.at, err));
    DRP_TRY(rc, drp_spool_add(w->spool, drp_str_sv(&w->items), &ignored, err));
    place.id =
        drp_intern_get(&w->questions, drp_intern_add(&w->questions, drp_str_sv(&w->id)));
    drp_vec_add(&w->places, place);

    struct drp_prepare_summary *const s = w->summary;
    s->n_questions++;
    s->n_entries += w->tally.n;
    s->n_empty_entries += w->tally.n_empty;
    for (size_t i = 0; i < DRP_LAMP_N_OUTPUTS; i++)
        s->n_outputs[i] += w->tally.n_outputs[i];
    s->kept.users++;
    s->kept.rows[DRP_SPLIT_TEST]++;
    s->kept.texts += w->tally.n - w->tally.n_empty + 1;
    s->kept.items = s->kept.texts;
out:
    return rc;
}

static int add_question(struct work *w, const struct drp_record *r, struct drp_err *err)
{
    bool is_long = false;
    int rc = 0;
    DRP_TRY(rc, check_object(r, err));
    DRP_TRY(rc, read_id(w, r, &is_long, err));
    DRP_TRY(rc, write_lines(w, r, is_long, err));
    rc = keep_lines(w, err);
out:
    return rc;
}

/* ---- files ---- */

typedef int add_record(struct work *w, const struct drp_record *r, struct drp_err *err);

static int next_record(struct drp_elements *in, struct work *w, add_record *add,
                       struct drp_err *err)
{
    const struct drp_json_val *value = NULL;
    uint64_t done = 0, total = 0;
    const int rc = drp_elements_next(in, &value, err);
    if (rc <= 0)
        return rc;
    const struct drp_record record = {
        .value = value,
        .path = drp_elements_path(in),
        .line = drp_elements_number(in),
        .unit = drp_elements_unit(in),
        .index = -1,
    };
    drp_elements_position(in, &done, &total);
    drp_progress_set(w->progress, done / MEGABYTE, drp_sv_from(record.path));
    const int added = add(w, &record, err);
    return added < 0 ? added : 1;
}

static int read_records(struct work *w, struct drp_elements *in, add_record *add,
                        struct drp_err *err)
{
    for (;;) {
        struct drp_err bad = {0};
        const int rc = next_record(in, w, add, &bad);
        if (rc == 0)
            return 0;
        if (rc < 0 && !drp_tolerance_pass(&w->tolerance, &bad)) {
            drp_tolerance_hint(&bad, DRP_TOLERANCE_HINT);
            if (err)
                *err = bad;
            return rc;
        }
        if (drp_cancel_level(w->opts->cancel) > 0)
            return drp_fail(err, DRP_ECANCELLED, "interrupted: nothing was written");
    }
}

static int read_file(struct work *w, const char *path, add_record *add, struct drp_err *err)
{
    struct drp_elements *in = NULL;
    uint64_t done = 0, total = 0;
    int rc = 0;
    DRP_TRY(rc, drp_elements_open(path, "golds", w->opts->max_line_bytes, &in, err));
    drp_elements_position(in, &done, &total);
    w->progress = drp_progress_new("reading, MB", total / MEGABYTE);
    rc = read_records(w, in, add, err);
    drp_progress_free(w->progress);
out:
    drp_elements_free(in);
    return rc;
}

static int read_all(struct work *w, struct drp_err *err)
{
    int rc = 0;
    if (w->opts->golds)
        DRP_TRY(rc, read_file(w, w->opts->golds, add_gold, err));
    DRP_TRY(rc, read_file(w, w->opts->questions, add_question, err));
    if (w->places.n == 0)
        rc = drp_fail(err, DRP_EINPUT, "'%s' gives no question: nothing to prepare",
                      w->opts->questions);
out:
    w->summary->n_bad = w->tolerance.n_bad;
    return rc;
}

/* ---- the dataset ---- */

static int by_id(const void *a, const void *b)
{
    const struct place *const x = a, *const y = b;
    return drp_sv_cmp(x->id, y->id);
}

static int copy_lines(struct work *w, struct drp_outfile *rows, struct drp_outfile *items,
                      struct drp_err *err)
{
    int rc = 0;
    qsort(w->places.at, w->places.n, sizeof *w->places.at, by_id);
    for (size_t i = 0; i < w->places.n; i++) {
        const struct place *const p = &w->places.at[i];
        DRP_TRY(rc, drp_spool_get(w->spool, p->at, p->row_bytes, &w->row, err));
        DRP_TRY(rc, drp_spool_get(w->spool, p->at + p->row_bytes, p->items_bytes,
                                  &w->items, err));
        drp_outfile_add(rows, drp_str_sv(&w->row));
        drp_outfile_add(items, drp_str_sv(&w->items));
    }
out:
    return rc;
}

/* Items, rows, and two splits without any. */
static int write_lists(struct work *w, const struct drp_outdir *dir, struct drp_err *err)
{
    static const char *const LISTS[] = {"items.jsonl", "test.jsonl", "train.jsonl",
                                        "val.jsonl"};
    struct drp_outfile *files[DRP_LEN(LISTS)] = {NULL};
    int rc = 0;
    for (size_t i = 0; i < DRP_LEN(LISTS); i++)
        DRP_TRY(rc, drp_export_open(dir, LISTS[i], &files[i], err));
    DRP_TRY(rc, copy_lines(w, files[1], files[0], err));
    for (size_t i = 0; i < DRP_LEN(LISTS); i++) {
        struct drp_outfile *const file = files[i];
        files[i] = NULL;
        DRP_TRY(rc, drp_outfile_commit(file, err));
    }
out:
    for (size_t i = 0; i < DRP_LEN(LISTS); i++)
        drp_outfile_abort(files[i]);
    return rc;
}

static int write_dataset(struct work *w, const struct drp_outdir *dir, struct drp_err *err)
{
    struct drp_str path, json;
    int rc = 0;
    drp_str_init(&path, MAX_PATH);
    drp_str_init(&json, SIZE_MAX);
    DRP_TRY(rc, write_lists(w, dir, err));
    DRP_TRY(rc, drp_summary_dataset_json(&json, w->opts, w->summary, err));
    DRP_TRY(rc, drp_fs_write(drp_outdir_path(dir, "dataset.json", &path), false,
                             drp_str_sv(&json), err));
out:
    drp_str_release(&path);
    drp_str_release(&json);
    return rc;
}

/* Rows wait in the folder that the dataset is written in. */
static int open_spool(struct work *w, const struct drp_outdir *dir, struct drp_err *err)
{
    struct drp_str path;
    drp_str_init(&path, MAX_PATH);
    const int rc = drp_spool_open(drp_outdir_path(dir, "", &path), &w->spool, err);
    drp_str_release(&path);
    return rc;
}

int drp_lamp_prepare(const struct drp_prepare_opts *opts,
                     struct drp_prepare_summary *summary, struct drp_err *err)
{
    struct work w = {.opts = opts,
                     .summary = summary,
                     .tolerance = {.max_bad = opts->skip_bad}};
    struct drp_outdir *dir = NULL;
    int rc = 0;
    init(&w);
    DRP_TRY(rc, drp_outdir_open(opts->out, &drp_dataset_kind, &dir, err));
    DRP_TRY(rc, open_spool(&w, dir, err));
    DRP_TRY(rc, read_all(&w, err));
    DRP_TRY(rc, write_dataset(&w, dir, err));
    struct drp_outdir *const whole = dir;
    dir = NULL;
    DRP_TRY(rc, drp_outdir_commit(whole, err));
out:
    drp_outdir_abort(dir);
    release(&w);
    return rc;
}
