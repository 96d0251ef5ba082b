/*
 * Invariants: items.at[id].asin is the string that `asins` numbers with id, and every id
 * below asins.n has its item. All other strings, the reviews and the arrays of pointers
 * to them live in `arena` and never move. Rows are sorted by user id; rows of one user
 * (train) keep their order in the file.
 */
#include "data/dataset.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/nearest.h"
#include "data/field.h"
#include "io/jsonl.h"

#include "base/banned.h"

struct drp_dataset {
    struct drp_arena arena;
    struct drp_intern asins, users;
    DRP_VEC(struct drp_item) items;
    DRP_VEC(struct drp_row) rows;
    struct drp_sv dir;
    struct drp_sha256 hash;
};

/* What the functions that read one file share. */
struct loader {
    struct drp_dataset *ds;
    struct drp_jsonl *lines;
    struct drp_str id;   /* scratch for ids                              */
    bool one_row_a_user; /* every split but train                        */
};

/* ---- items ---- */

uint32_t drp_dataset_add_item(struct drp_dataset *ds, struct drp_sv asin)
{
    const uint32_t id = drp_intern_add(&ds->asins, asin);
    if (id == ds->items.n) {
        const struct drp_sv name = drp_intern_get(&ds->asins, id);
        drp_vec_add(&ds->items,
                    (struct drp_item){
                        .id = id, .asin = name, .title = name, .description = DRP_SV("")});
    }
    return id;
}

void drp_dataset_describe(struct drp_dataset *ds, uint32_t item, struct drp_sv title,
                          struct drp_sv description)
{
    struct drp_item *const it = &ds->items.at[item];
    if (title.len > 0)
        it->title = drp_arena_sv(&ds->arena, title);
    it->description = drp_arena_sv(&ds->arena, description);
}

/* Of several lines about one asin the first counts. */
static int load_item(struct loader *l, const struct drp_record *r, struct drp_err *err)
{
    struct drp_sv title, description;
    int rc = 0;
    DRP_TRY(rc, drp_field_id(r, "asin", &l->id, err));
    DRP_TRY(rc, drp_field_text_or_empty(r, "title", &title, err));
    DRP_TRY(rc, drp_field_text_or_empty(r, "description", &description, err));

    struct drp_dataset *const ds = l->ds;
    if (drp_intern_find(&ds->asins, drp_str_sv(&l->id)) != DRP_NO_ID)
        goto out;
    const uint32_t id = drp_dataset_add_item(ds, drp_str_sv(&l->id));
    drp_dataset_describe(ds, id, title, description);
out:
    return rc;
}

/* ---- rows ---- */

static int load_review(struct loader *l, const struct drp_record *r,
                       struct drp_review *out, struct drp_err *err)
{
    struct drp_sv title, text;
    int rc = 0;
    DRP_TRY(rc, drp_field_id(r, "asin", &l->id, err));
    DRP_TRY(rc, drp_field_text_or_empty(r, "title", &title, err));
    DRP_TRY(rc, drp_field_text(r, "text", &text, err));
    DRP_TRY(rc, drp_field_num(r, "rating", &out->rating, err));
    DRP_TRY(rc, drp_field_time(r, "timestamp", 1, &out->time_ms, err));
    if (text.len == 0) {
        rc = drp_field_bad(r, "text", "one that is not empty", err);
        goto out;
    }
    out->item = drp_dataset_add_item(l->ds, drp_str_sv(&l->id));
    out->title = drp_arena_sv(&l->ds->arena, title);
    out->text = drp_arena_sv(&l->ds->arena, text);
out:
    return rc;
}

static int load_profile(struct loader *l, const struct drp_record *line, uint32_t user,
                        struct drp_reviews *out, struct drp_err *err)
{
    const struct drp_json_val *const list = drp_json_get(line->value, "profile");
    if (drp_json_type(list) != DRP_JSON_ARR)
        return drp_field_bad(line, "profile", "an array of reviews", err);

    const size_t n = drp_json_len(list);
    struct drp_review *const reviews = drp_arena_new(&l->ds->arena, struct drp_review, n);
    const struct drp_review **const at =
        drp_arena_new(&l->ds->arena, const struct drp_review *, n);
    struct drp_record r = *line;
    struct drp_json_iter it = {0};
    r.list = "profile";
    for (r.index = 0; (r.value = drp_json_next(list, &it, NULL)); r.index++) {
        struct drp_review *const review = &reviews[r.index];
        review->user = user;
        at[r.index] = review;
        const int rc = load_review(l, &r, review, err);
        if (rc < 0)
            return rc;
    }
    *out = (struct drp_reviews){.at = at, .n = n};
    return 0;
}

static int load_target(struct loader *l, const struct drp_record *line, uint32_t user,
                       const struct drp_review **out, struct drp_err *err)
{
    struct drp_record r = *line;
    r.list = "data";
    r.value = drp_json_get(line->value, "data");
    if (drp_json_type(r.value) != DRP_JSON_OBJ)
        return drp_field_bad(line, "data", "one review, an object", err);

    struct drp_review *const target = drp_arena_new(&l->ds->arena, struct drp_review, 1);
    target->user = user;
    *out = target;
    return load_review(l, &r, target, err);
}

static int add_user(struct loader *l, const struct drp_record *r, uint32_t *user,
                    struct drp_err *err)
{
    int rc = 0;
    DRP_TRY(rc, drp_field_id(r, "user_id", &l->id, err));
    const uint32_t n_before = l->ds->users.n;
    *user = drp_dataset_add_user(l->ds, drp_str_sv(&l->id));
    if (l->one_row_a_user && *user < n_before) {
        rc = drp_fail(
            err, DRP_EINPUT,
            "duplicate user '%.*s' in '%s' line %lld: one row a user is expected in this split",
            DRP_SV_ARG(drp_str_sv(&l->id)), r->path, (long long)r->line);
        if (err)
            err->record = r->line;
    }
out:
    return rc;
}

static int load_row(struct loader *l, const struct drp_record *r, struct drp_err *err)
{
    struct drp_row row = {0};
    int rc = 0;
    DRP_TRY(rc, add_user(l, r, &row.user, err));
    DRP_TRY(rc, load_profile(l, r, row.user, &row.profile, err));
    DRP_TRY(rc, load_target(l, r, row.user, &row.target, err));
    drp_dataset_add_row(l->ds, row);
out:
    return rc;
}

/* ---- files ---- */

typedef int load_line(struct loader *l, const struct drp_record *r, struct drp_err *err);

static int load_lines(struct loader *l, const char *path, load_line *load,
                      struct drp_err *err)
{
    const struct drp_json_val *value = NULL;
    int rc = 0;
    DRP_TRY(rc, drp_jsonl_open(path, 0, &l->lines, err));
    for (;;) {
        DRP_TRY(rc, drp_jsonl_next(l->lines, &value, err));
        if (rc == 0)
            break;
        const struct drp_record r = drp_record_of(l->lines, value);
        DRP_TRY(rc, load(l, &r, err));
    }
out:
    drp_jsonl_free(l->lines);
    l->lines = NULL;
    return rc;
}

/* One of the files of a dataset: its path, its lines, its hash. */
static int load_file(struct loader *l, const char *name, load_line *load,
                     struct drp_sha256 *hash, struct drp_err *err)
{
    struct drp_str path;
    int rc = 0;
    drp_str_init(&path, 4096);
    drp_fs_join(&path, l->ds->dir.ptr, name);
    if (drp_fs_kind(path.ptr) == DRP_FS_NONE) {
        rc = drp_fail(err, DRP_ENOTFOUND,
                      "no '%s' in '%s': not a dataset directory; drp prepare makes one",
                      name, l->ds->dir.ptr);
        goto out;
    }
    DRP_TRY(rc, load_lines(l, path.ptr, load, err));
    DRP_TRY(rc, drp_sha256_file(path.ptr, hash, err));
out:
    drp_str_release(&path);
    return rc;
}

/* ---- order ---- */

struct sort_key {
    struct drp_sv user_id;
    struct drp_row row;
    size_t at; /* place in the file: equal users keep it */
};

static int by_user_then_place(const void *a, const void *b)
{
    const struct sort_key *const x = a, *const y = b;
    const int order = drp_sv_cmp(x->user_id, y->user_id);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

void drp_dataset_sort_rows(struct drp_dataset *ds)
{
    struct sort_key *const keys = drp_calloc(ds->rows.n, sizeof *keys);
    for (size_t i = 0; i < ds->rows.n; i++)
        keys[i] = (struct sort_key){.user_id = drp_dataset_user_id(ds, ds->rows.at[i].user),
                                    .row = ds->rows.at[i],
                                    .at = i};
    if (ds->rows.n > 0)
        qsort(keys, ds->rows.n, sizeof *keys, by_user_then_place);
    for (size_t i = 0; i < ds->rows.n; i++)
        ds->rows.at[i] = keys[i].row;
    free(keys);
}

static struct drp_sha256 hash_of_both(const struct drp_sha256 *items,
                                      const struct drp_sha256 *rows)
{
    struct drp_hasher *const h = drp_hasher_new();
    drp_hasher_add(h, (struct drp_sv){(const char *)items->bytes, sizeof items->bytes});
    drp_hasher_add(h, (struct drp_sv){(const char *)rows->bytes, sizeof rows->bytes});
    return drp_hasher_finish(h);
}

/* ---- interface ---- */

static const struct {
    const char *split, *file;
    bool one_row_a_user;
} SPLITS[] = {
    {"train", "train.jsonl", false},
    {"val", "val.jsonl", true},
    {"test", "test.jsonl", true},
};

static int load(struct loader *l, const char *split, struct drp_err *err)
{
    struct drp_sha256 items, rows;
    int rc = 0;
    size_t s = 0;
    while (s < DRP_LEN(SPLITS) && !drp_sv_is(drp_sv_from(SPLITS[s].split), split))
        s++;
    if (s == DRP_LEN(SPLITS))
        return drp_fail(err, DRP_EUSAGE, "unknown split '%s': it is train, val or test",
                        split);
    if (drp_fs_kind(l->ds->dir.ptr) != DRP_FS_FOLDER)
        return drp_fail(err, DRP_ENOTFOUND,
                        "no dataset directory '%s': drp prepare makes one", l->ds->dir.ptr);

    l->one_row_a_user = SPLITS[s].one_row_a_user;
    DRP_TRY(rc, load_file(l, "items.jsonl", load_item, &items, err));
    DRP_TRY(rc, load_file(l, SPLITS[s].file, load_row, &rows, err));
    drp_dataset_sort_rows(l->ds);
    l->ds->hash = hash_of_both(&items, &rows);
out:
    return rc;
}

struct drp_dataset *drp_dataset_new(const char *dir)
{
    struct drp_dataset *const ds = drp_calloc(1, sizeof *ds);
    drp_arena_init(&ds->arena);
    drp_intern_init(&ds->asins);
    drp_intern_init(&ds->users);
    ds->dir = drp_arena_sv(&ds->arena, drp_sv_from(dir));
    return ds;
}

int drp_dataset_load(const char *dir, const char *split, struct drp_dataset **out,
                     struct drp_err *err)
{
    struct drp_dataset *const ds = drp_dataset_new(dir);
    struct loader l = {.ds = ds};
    drp_str_init(&l.id, SIZE_MAX);

    const int rc = load(&l, split, err);
    drp_str_release(&l.id);
    if (rc < 0)
        drp_dataset_free(ds);
    else
        *out = ds;
    return rc;
}

void drp_dataset_free(struct drp_dataset *ds)
{
    if (!ds)
        return;
    drp_vec_release(&ds->rows);
    drp_vec_release(&ds->items);
    drp_intern_release(&ds->users);
    drp_intern_release(&ds->asins);
    drp_arena_release(&ds->arena);
    free(ds);
}

struct drp_arena *drp_dataset_arena(struct drp_dataset *ds)
{
    return &ds->arena;
}

uint32_t drp_dataset_add_user(struct drp_dataset *ds, struct drp_sv user_id)
{
    return drp_intern_add(&ds->users, user_id);
}

void drp_dataset_add_row(struct drp_dataset *ds, struct drp_row row)
{
    drp_vec_add(&ds->rows, row);
}

size_t drp_dataset_n_rows(const struct drp_dataset *ds)
{
    return ds->rows.n;
}

const struct drp_row *drp_dataset_row(const struct drp_dataset *ds, size_t i)
{
    return &ds->rows.at[i];
}

int drp_dataset_find_user(const struct drp_dataset *ds, struct drp_sv user_id,
                          size_t *row, struct drp_err *err)
{
    size_t low = 0, high = ds->rows.n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (drp_sv_cmp(drp_dataset_user_id(ds, ds->rows.at[middle].user), user_id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < ds->rows.n &&
        drp_sv_eq(drp_dataset_user_id(ds, ds->rows.at[low].user), user_id)) {
        *row = low;
        return 0;
    }

    struct drp_nearest nearest = drp_nearest_start(user_id);
    for (uint32_t user = 0; user < ds->users.n; user++)
        drp_nearest_offer(&nearest, drp_dataset_user_id(ds, user));
    if (!nearest.best.ptr)
        return drp_fail(err, DRP_ENOTFOUND,
                        "unknown user '%.*s': this split of '%s' has no users",
                        DRP_SV_ARG(user_id), ds->dir.ptr);
    return drp_fail(err, DRP_ENOTFOUND,
                    "unknown user '%.*s' in '%s': the nearest is '%.*s'",
                    DRP_SV_ARG(user_id), ds->dir.ptr, DRP_SV_ARG(nearest.best));
}

size_t drp_dataset_n_items(const struct drp_dataset *ds)
{
    return ds->items.n;
}

const struct drp_item *drp_dataset_item(const struct drp_dataset *ds, uint32_t id)
{
    return &ds->items.at[id];
}

const struct drp_item *drp_dataset_find_item(const struct drp_dataset *ds,
                                             struct drp_sv asin)
{
    const uint32_t id = drp_intern_find(&ds->asins, asin);
    return id == DRP_NO_ID ? NULL : &ds->items.at[id];
}

size_t drp_dataset_n_users(const struct drp_dataset *ds)
{
    return ds->users.n;
}

struct drp_sv drp_dataset_user_id(const struct drp_dataset *ds, uint32_t user)
{
    return drp_intern_get(&ds->users, user);
}

struct drp_sha256 drp_dataset_hash(const struct drp_dataset *ds)
{
    return ds->hash;
}
