#include "data/removal.h"

#include "base/base.h"
#include "base/fs.h"
#include "base/intern.h"
#include "base/nearest.h"
#include "data/field.h"
#include "data/summary.h"
#include "io/jsonl.h"

#include "base/banned.h"

enum { MAX_PATH_BYTES = 1 << 16, DATASET_JSON_BYTES = 16 << 20 };

static const char ITEMS[] = "items.jsonl";
static const char *const ROWS[DRP_N_SPLITS] = {
    [DRP_SPLIT_TRAIN] = "train.jsonl",
    [DRP_SPLIT_VAL] = "val.jsonl",
    [DRP_SPLIT_TEST] = "test.jsonl",
};

/* ---- lines of a file ---------------------------------------------------------------------- */

/* Whose a line is: its id goes to `id`. */
typedef int name_line(const struct drp_record *line, struct drp_str *id,
                      struct drp_err *err);

static int name_row(const struct drp_record *line, struct drp_str *id, struct drp_err *err)
{
    return drp_field_id(line, "user_id", id, err);
}

/* The id of a question is what stands before the slash in the names of its items. */
static int name_item(const struct drp_record *line, struct drp_str *id, struct drp_err *err)
{
    const int rc = drp_field_id(line, "asin", id, err);
    const size_t slash = drp_sv_rfind(drp_str_sv(id), DRP_SV("/"));
    drp_str_truncate(id, slash == SIZE_MAX ? 0 : slash);
    return rc;
}

/* What is done with each line of a file. */
struct line_reader {
    name_line *name;
    int (*on_line)(void *ctx, const struct drp_record *line, struct drp_sv id,
                   struct drp_err *err);
    void *ctx;
    struct drp_sv text; /* the line being read, as it stands there */
};

/* A file that is not there has no lines. */
static int each_line(const char *dir, const char *file, struct line_reader *reader,
                     struct drp_err *err)
{
    struct drp_str path, id;
    struct drp_jsonl *lines = NULL;
    const struct drp_json_val *value;
    int rc = 0;
    drp_str_init(&path, MAX_PATH_BYTES);
    drp_str_init(&id, SIZE_MAX);
    drp_fs_join(&path, dir, file);
    if (drp_fs_kind(path.ptr) == DRP_FS_NONE)
        goto out;
    DRP_TRY(rc, drp_jsonl_open(path.ptr, 0, &lines, err));
    while ((rc = drp_jsonl_next(lines, &value, err)) > 0) {
        const struct drp_record line = drp_record_of(lines, value);
        reader->text = drp_jsonl_text(lines);
        DRP_TRY(rc, reader->name(&line, &id, err));
        DRP_TRY(rc, reader->on_line(reader->ctx, &line, drp_str_sv(&id), err));
    }
out:
    drp_jsonl_free(lines);
    drp_str_release(&id);
    drp_str_release(&path);
    return rc;
}

bool drp_person_is_dataset(const char *dir)
{
    struct drp_str path;
    drp_str_init(&path, MAX_PATH_BYTES);
    bool found = drp_fs_kind(drp_fs_join(&path, dir, ITEMS)) == DRP_FS_FILE;
    for (size_t i = 0; i < DRP_N_SPLITS; i++)
        found = found || drp_fs_kind(drp_fs_join(&path, dir, ROWS[i])) == DRP_FS_FILE;
    drp_str_release(&path);
    return found;
}

/* ---- dataset.json ------------------------------------------------------------------------- */

/* Parsed; NULL where there is none, as beside an export of others. */
static int read_description(const char *dir, struct drp_json **out, struct drp_err *err)
{
    struct drp_str path;
    int rc = 0;
    *out = NULL;
    drp_str_init(&path, MAX_PATH_BYTES);
    drp_fs_join(&path, dir, "dataset.json");
    if (drp_fs_kind(path.ptr) != DRP_FS_NONE)
        rc = drp_json_read(path.ptr, DRP_JSON_STRICT, out, err);
    drp_str_release(&path);
    return rc;
}

static bool is_of_questions(const struct drp_json *description)
{
    const struct drp_json_val *read =
        description ? drp_json_get(drp_json_root(description), "read") : NULL;
    return drp_json_get(read, "questions") != NULL;
}

static int write_description(const char *dir, const struct drp_json *description,
                             const struct drp_export_counts *counts, struct drp_err *err)
{
    struct drp_str path, text;
    struct drp_jw w;
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *member;
    drp_str_init(&path, MAX_PATH_BYTES);
    drp_str_init(&text, DATASET_JSON_BYTES);
    drp_jw_init(&w, &text, 2);
    drp_jw_obj(&w);
    while ((member = drp_json_next(drp_json_root(description), &it, &key))) {
        if (drp_sv_is(key, "counts")) {
            drp_summary_counts(&w, counts);
        } else {
            drp_jw_key(&w, key.ptr);
            drp_jw_copy(&w, member);
        }
    }
    drp_jw_obj_end(&w);
    drp_str_addc(&text, '\n');
    const int rc = drp_fs_write(drp_fs_join(&path, dir, "dataset.json"), false,
                                drp_str_sv(&text), err);
    drp_str_release(&text);
    drp_str_release(&path);
    return rc;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct reading {
    struct drp_sv user;
    const struct drp_person_reader *reader;
    struct drp_person_counts *out;
    struct drp_intern users, texts; /* of others; texts as "user item" */
    struct drp_str id;
    enum drp_split split;
    bool of_questions;
};

static void hand_over(const struct reading *r, bool is_own, bool is_item,
                      const struct drp_json_val *v)
{
    if (!r->reader)
        return;
    const struct drp_person_text text = {
        .is_own = is_own,
        .is_item = is_item,
        .title = drp_json_str(drp_json_get(v, "title")),
        .text = drp_json_str(drp_json_get(v, is_item ? "description" : "text")),
    };
    r->reader->on_text(r->reader->ctx, &text);
}

static int read_review(struct reading *r, struct drp_sv user, struct drp_record review,
                       struct drp_err *err)
{
    const bool is_own = drp_sv_eq(user, r->user);
    const int rc = drp_field_id(&review, "asin", &r->id, err);
    if (rc == 0 && !is_own) {
        drp_str_splice(&r->id, 0, 0, DRP_SV("\n"));
        drp_str_splice(&r->id, 0, 0, user);
        drp_intern_add(&r->texts, drp_str_sv(&r->id));
    }
    if (rc == 0)
        hand_over(r, is_own, false, review.value);
    return rc;
}

static int read_row(void *ctx, const struct drp_record *line, struct drp_sv user,
                    struct drp_err *err)
{
    struct reading *r = ctx;
    const struct drp_json_val *profile = drp_json_get(line->value, "profile");
    const struct drp_json_val *target = drp_json_get(line->value, "data");
    struct drp_json_iter it = {0};
    struct drp_record review = *line;
    int rc = 0;
    if (drp_sv_eq(user, r->user)) {
        r->out->rows[r->split]++;
    } else {
        r->out->others.rows[r->split]++;
        drp_intern_add(&r->users, user);
    }
    review.list = "profile";
    for (review.index = 0; (review.value = drp_json_next(profile, &it, NULL));
         review.index++)
        DRP_TRY(rc, read_review(r, user, review, err));
    review.list = "data";
    review.index = -1;
    review.value = target;
    if (target)
        DRP_TRY(rc, read_review(r, user, review, err));
out:
    return rc;
}

static int read_item(void *ctx, const struct drp_record *line, struct drp_sv id,
                     struct drp_err *err)
{
    const struct reading *r = ctx;
    (void)err;
    const bool is_own = r->of_questions && drp_sv_eq(id, r->user);
    r->out->items += is_own;
    r->out->others.items += !is_own;
    hand_over(r, is_own, true, line->value);
    return 0;
}

int drp_person_read(const char *dir, struct drp_sv user,
                    const struct drp_person_reader *reader, struct drp_person_counts *out,
                    struct drp_err *err)
{
    struct reading r = {.user = user, .reader = reader, .out = out};
    struct line_reader rows = {.name = name_row, .on_line = read_row, .ctx = &r};
    struct line_reader items = {.name = name_item, .on_line = read_item, .ctx = &r};
    struct drp_json *description = NULL;
    int rc = 0;
    *out = (struct drp_person_counts){0};
    drp_intern_init(&r.users);
    drp_intern_init(&r.texts);
    drp_str_init(&r.id, SIZE_MAX);
    DRP_TRY(rc, read_description(dir, &description, err));
    r.of_questions = is_of_questions(description);
    DRP_TRY(rc, each_line(dir, ITEMS, &items, err));
    for (r.split = 0; r.split < DRP_N_SPLITS; r.split++)
        DRP_TRY(rc, each_line(dir, ROWS[r.split], &rows, err));
    out->others.users = r.users.n;
    out->others.texts = r.texts.n;
out:
    drp_json_free(description);
    drp_str_release(&r.id);
    drp_intern_release(&r.texts);
    drp_intern_release(&r.users);
    return rc;
}

bool drp_person_is_there(const struct drp_person_counts *counts)
{
    uint64_t n = 0;
    for (size_t i = 0; i < DRP_N_SPLITS; i++)
        n += counts->rows[i];
    return n > 0;
}

static int collect_name(void *ctx, const struct drp_record *line, struct drp_sv user,
                        struct drp_err *err)
{
    (void)line;
    (void)err;
    drp_intern_add(ctx, user);
    return 0;
}

int drp_person_unknown(const char *dir, struct drp_sv user, struct drp_err *err)
{
    struct drp_intern users;
    struct line_reader rows = {.name = name_row, .on_line = collect_name, .ctx = &users};
    struct drp_nearest nearest = drp_nearest_start(user);
    int rc = 0;
    drp_intern_init(&users);
    for (size_t i = 0; i < DRP_N_SPLITS; i++)
        DRP_TRY(rc, each_line(dir, ROWS[i], &rows, err));
    for (uint32_t i = 0; i < users.n; i++)
        drp_nearest_offer(&nearest, drp_intern_get(&users, i));
    if (nearest.best.ptr)
        rc = drp_fail(err, DRP_ENOTFOUND,
                      "unknown user '%.*s' in '%s': the nearest is '%.*s'",
                      DRP_SV_ARG(user), dir, DRP_SV_ARG(nearest.best));
    else
        rc = drp_fail(err, DRP_ENOTFOUND, "unknown user '%.*s': '%s' has no users",
                      DRP_SV_ARG(user), dir);
out:
    drp_intern_release(&users);
    return rc;
}

/* ---- removing ----------------------------------------------------------------------------- */

struct removing {
    struct drp_sv user;
    struct drp_outfile *file;
    const struct line_reader *reader;
};

static int keep_others(void *ctx, const struct drp_record *line, struct drp_sv id,
                       struct drp_err *err)
{
    const struct removing *r = ctx;
    (void)line;
    (void)err;
    if (drp_sv_eq(id, r->user))
        return 0;
    drp_outfile_add(r->file, r->reader->text);
    drp_outfile_add(r->file, DRP_SV("\n"));
    return 0;
}

static int rewrite(const char *dir, const char *file, name_line *name, struct drp_sv user,
                   struct drp_err *err)
{
    struct removing r = {.user = user};
    struct line_reader reader = {.name = name, .on_line = keep_others, .ctx = &r};
    struct drp_str path;
    int rc = 0;
    r.reader = &reader;
    drp_str_init(&path, MAX_PATH_BYTES);
    DRP_TRY(rc, drp_outfile_open(drp_fs_join(&path, dir, file), false, &r.file, err));
    DRP_TRY(rc, each_line(dir, file, &reader, err));
    rc = drp_outfile_commit(r.file, err);
    r.file = NULL;
out:
    drp_outfile_abort(r.file);
    drp_str_release(&path);
    return rc;
}

int drp_person_remove(const char *dir, struct drp_sv user,
                      const struct drp_person_counts *counts, struct drp_err *err)
{
    struct drp_json *description = NULL;
    int rc = 0;
    DRP_TRY(rc, read_description(dir, &description, err));
    if (description)
        DRP_TRY(rc, write_description(dir, description, &counts->others, err));
    if (counts->items > 0)
        DRP_TRY(rc, rewrite(dir, ITEMS, name_item, user, err));
    for (size_t i = 0; i < DRP_N_SPLITS; i++)
        if (counts->rows[i] > 0)
            DRP_TRY(rc, rewrite(dir, ROWS[i], name_row, user, err));
out:
    drp_json_free(description);
    return rc;
}
