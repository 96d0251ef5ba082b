/* Order: vectors, whose texts are known only as long as the rows are there; then the files, rows last. */
#include "run/forget_dataset.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/hash.h"
#include "data/removal.h"
#include "io/json.h"
#include "select/vector_cache.h"

#include "base/banned.h"

enum { MAX_PATH_BYTES = 1 << 16 };

static const char *const known[] = {"items.jsonl", "train.jsonl",  "val.jsonl",
                                    "test.jsonl",  "dataset.json", "vectors.db"};

/* The hashes of the texts that stay. */
struct hashes {
    DRP_VEC(struct drp_sha256) texts;
};

static void add_text(void *ctx, const struct drp_person_text *text)
{
    struct hashes *h = ctx;
    if (!text->is_own && !text->is_item && text->text.ptr)
        drp_vec_add(&h->texts, drp_sha256(text->text));
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct drp_sha256));
}

/* The cache holds more than texts of the dataset, such as lines that were made of them: all that goes, and is made
 * again when it is needed. */
static int forget_vectors(const struct drp_forget_opts *opts, struct hashes *stay,
                          struct drp_forgotten *out, struct drp_err *err)
{
    struct drp_str path;
    uint64_t n = 0;
    drp_str_init(&path, MAX_PATH_BYTES);
    if (stay->texts.n > 0)
        qsort(stay->texts.at, stay->texts.n, sizeof *stay->texts.at, compare_hashes);
    const int rc = drp_vector_cache_retain(drp_fs_join(&path, opts->dir, "vectors.db"),
                                           stay->texts.at, stay->texts.n, &n, err);
    if (rc == 0 && drp_fs_kind(path.ptr) == DRP_FS_FILE)
        drp_forgotten_add(out, DRP_SV("vectors.db"), "vector", n, 0);
    drp_str_release(&path);
    return rc;
}

static void note_sources(const struct drp_forget_opts *opts, struct drp_arena *arena,
                         struct drp_forgotten *out)
{
    struct drp_str path;
    struct drp_json *doc = NULL;
    struct drp_json_iter it = {0};
    const struct drp_json_val *source;
    drp_str_init(&path, MAX_PATH_BYTES);
    drp_fs_join(&path, opts->dir, "dataset.json");
    if (drp_json_read(path.ptr, DRP_JSON_STRICT, &doc, NULL) == 0) {
        const struct drp_json_val *list = drp_json_get(drp_json_root(doc), "sources");
        struct drp_sv *sources = drp_arena_new(arena, struct drp_sv, drp_json_len(list));
        while ((source = drp_json_next(list, &it, NULL))) {
            const struct drp_sv kind = drp_json_str(drp_json_get(source, "kind"));
            if (!drp_sv_is(kind, "meta"))
                sources[out->n_sources++] =
                    drp_arena_sv(arena, drp_json_str(drp_json_get(source, "path")));
        }
        out->sources = sources;
    }
    drp_json_free(doc);
    drp_str_release(&path);
}

static void note_parts(const struct drp_person_counts *counts, struct drp_forgotten *out)
{
    for (int i = 0; i < DRP_N_SPLITS; i++)
        drp_forgotten_add(out, drp_sv_from(known[1 + i]), "row", counts->rows[i], 0);
    if (counts->items > 0)
        drp_forgotten_add(out, DRP_SV("items.jsonl"), "item", counts->items, 0);
}

int drp_forget_dataset(const struct drp_forget_opts *opts, struct drp_arena *arena,
                       struct drp_forgotten *out, struct drp_err *err)
{
    struct hashes stay = {0};
    const struct drp_person_reader reader = {add_text, &stay};
    struct drp_person_counts counts;
    int rc = 0;
    *out = (struct drp_forgotten){0};
    DRP_TRY(rc, drp_person_read(opts->dir, opts->user, &reader, &counts, err));
    if (!drp_person_is_there(&counts)) {
        rc = drp_person_unknown(opts->dir, opts->user, err);
        goto out;
    }
    DRP_TRY(rc, forget_vectors(opts, &stay, out, err));
    DRP_TRY(rc, drp_forgotten_sweep(opts->dir, out, err));
    DRP_TRY(rc, drp_person_remove(opts->dir, opts->user, &counts, err));
    note_parts(&counts, out);
    note_sources(opts, arena, out);
    DRP_TRY(rc, drp_forgotten_warn(opts->dir, known, DRP_LEN(known), err));
out:
    drp_vec_release(&stay.texts);
    return rc;
}
