#include "data/export.h"

#include <stdlib.h>

#include "base/base.h"

#include "base/banned.h"

enum { MAX_PATH = 8192 };

static const char *const FILES[] = {"items.jsonl", "train.jsonl", "val.jsonl",
                                    "test.jsonl", "dataset.json"};

const struct drp_outdir_kind drp_dataset_kind = {
    .names = FILES,
    .n = DRP_LEN(FILES),
    .mark = {DRP_DATASET_MARK, sizeof DRP_DATASET_MARK - 1},
    .words = "dataset of drp prepare",
};

/* ---- order ---- */

struct named {
    struct drp_sv name;
    uint32_t id;
};

static int by_name(const void *a, const void *b)
{
    const struct named *const x = a, *const y = b;
    return drp_sv_cmp(x->name, y->name);
}

/* The ids of a table that are wanted, by name. **Owns**: caller, free(). */
static struct named *sort_names(const struct drp_intern *table, const bool *is_wanted,
                                size_t *n)
{
    struct named *const names = drp_calloc(table->n, sizeof *names);
    *n = 0;
    for (uint32_t id = 0; id < table->n; id++)
        if (is_wanted[id])
            names[(*n)++] = (struct named){.name = drp_intern_get(table, id), .id = id};
    if (*n > 0)
        qsort(names, *n, sizeof *names, by_name);
    return names;
}

/* ---- lines ---- */

void drp_export_write_text(struct drp_jw *w, const struct drp_export_text *text)
{
    drp_jw_obj(w);
    drp_jw_key_str(w, "asin", text->asin);
    drp_jw_key_str(w, "title", text->title);
    drp_jw_key_str(w, "text", text->text);
    drp_jw_key_num(w, "rating", text->rating);
    drp_jw_key_int(w, "timestamp", text->time_ms);
    drp_jw_obj_end(w);
}

void drp_export_add_item(struct drp_str *line, struct drp_sv asin, struct drp_sv title,
                         struct drp_sv description)
{
    struct drp_jw w;
    drp_jw_init(&w, line, 0);
    drp_jw_obj(&w);
    drp_jw_key_str(&w, "asin", asin);
    drp_jw_key_str(&w, "title", title);
    drp_jw_key_str(&w, "description", description);
    drp_jw_obj_end(&w);
    drp_str_addc(line, '\n');
}

static void write_review(struct drp_jw *w, const struct drp_corpus *c,
                         const struct drp_corpus_entry *e)
{
    const struct drp_export_text text = {
        .asin = drp_intern_get(&c->items, e->item),
        .title = drp_corpus_string(c, e->title),
        .text = drp_corpus_string(c, e->clean),
        .rating = e->rating,
        .time_ms = e->time_ms,
    };
    drp_export_write_text(w, &text);
}

/* One row: the user's text `target` with all that is older as profile. */
static void write_row(struct drp_str *line, const struct drp_selection *s, uint32_t user,
                      size_t target)
{
    struct drp_jw w;
    drp_str_clear(line);
    drp_jw_init(&w, line, 0);
    drp_jw_obj(&w);
    drp_jw_key_str(&w, "user_id", drp_intern_get(&s->corpus->users, user));
    drp_jw_key(&w, "profile");
    drp_jw_arr(&w);
    for (size_t i = 0; i < target; i++)
        write_review(&w, s->corpus, drp_selection_entry(s, user, i));
    drp_jw_arr_end(&w);
    drp_jw_key(&w, "data");
    write_review(&w, s->corpus, drp_selection_entry(s, user, target));
    drp_jw_obj_end(&w);
    drp_str_addc(line, '\n');
}

/* ---- files ---- */

int drp_export_open(const struct drp_outdir *dir, const char *name,
                    struct drp_outfile **out, struct drp_err *err)
{
    struct drp_str path;
    drp_str_init(&path, MAX_PATH);
    const int rc = drp_outfile_open(drp_outdir_path(dir, name, &path), false, out, err);
    drp_str_release(&path);
    return rc;
}

static int export_items(const struct drp_selection *s, const struct drp_outdir *dir,
                        struct drp_export_counts *counts, struct drp_err *err)
{
    const struct drp_corpus *const c = s->corpus;
    bool *const is_used = drp_calloc(c->items.n, sizeof *is_used);
    for (size_t i = 0; i < s->first[s->n_users]; i++)
        is_used[c->entries.at[s->rows[i]].item] = true;
    size_t n = 0;
    struct named *const items = sort_names(&c->items, is_used, &n);
    struct drp_outfile *file = NULL;
    struct drp_str line;
    int rc = 0;
    drp_str_init(&line, SIZE_MAX);
    DRP_TRY(rc, drp_export_open(dir, "items.jsonl", &file, err));
    for (size_t i = 0; i < n; i++) {
        drp_str_clear(&line);
        drp_export_add_item(&line, items[i].name, drp_corpus_item_title(c, items[i].id),
                            drp_corpus_item_description(c, items[i].id));
        drp_outfile_add(file, drp_str_sv(&line));
    }
    counts->items = n;
    DRP_TRY(rc, drp_outfile_commit(file, err));
out:
    drp_str_release(&line);
    free(items);
    free(is_used);
    return rc;
}

/* A user's targets are the last `holdout` rows, oldest first. */
static void export_user(const struct drp_selection *s, uint32_t user, int64_t holdout,
                        struct drp_outfile *const *files, struct drp_export_counts *counts)
{
    const size_t n = drp_selection_n(s, user);
    struct drp_str line;
    drp_str_init(&line, SIZE_MAX);
    for (int64_t i = 0; i < holdout; i++) {
        const enum drp_split split = drp_split_of(i, holdout);
        write_row(&line, s, user, n - (size_t)(holdout - i));
        drp_outfile_add(files[split], drp_str_sv(&line));
        counts->rows[split]++;
    }
    counts->users++;
    counts->texts += n;
    drp_str_release(&line);
}

static int export_rows(const struct drp_selection *s, int64_t holdout,
                       const struct drp_outdir *dir, struct drp_export_counts *counts,
                       struct drp_err *err)
{
    static const char *const NAMES[DRP_N_SPLITS] = {"train.jsonl", "val.jsonl",
                                                    "test.jsonl"};
    struct drp_outfile *files[DRP_N_SPLITS] = {NULL};
    bool *const is_left = drp_calloc(s->n_users, sizeof *is_left);
    for (size_t u = 0; u < s->n_users; u++)
        is_left[u] = drp_selection_n(s, u) > 0;
    size_t n = 0;
    struct named *const users = sort_names(&s->corpus->users, is_left, &n);
    int rc = 0;
    for (size_t i = 0; i < DRP_N_SPLITS; i++)
        DRP_TRY(rc, drp_export_open(dir, NAMES[i], &files[i], err));
    for (size_t i = 0; i < n; i++)
        export_user(s, users[i].id, holdout, files, counts);
    for (size_t i = 0; i < DRP_N_SPLITS; i++) {
        struct drp_outfile *const file = files[i];
        files[i] = NULL;
        DRP_TRY(rc, drp_outfile_commit(file, err));
    }
out:
    for (size_t i = 0; i < DRP_N_SPLITS; i++)
        drp_outfile_abort(files[i]);
    free(users);
    free(is_left);
    return rc;
}

int drp_export(const struct drp_selection *s, int64_t holdout, const struct drp_outdir *dir,
               struct drp_export_counts *counts, struct drp_err *err)
{
    int rc = 0;
    *counts = (struct drp_export_counts){0};
    DRP_TRY(rc, export_items(s, dir, counts, err));
    DRP_TRY(rc, export_rows(s, holdout, dir, counts, err));
out:
    return rc;
}
