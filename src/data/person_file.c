#include "data/person_file.h"

#include <math.h>

#include "base/base.h"
#include "base/intern.h"
#include "base/vec.h"
#include "data/reader.h"
#include "io/jsonl.h"

#include "base/banned.h"

/* Files being read. */
struct loading {
    const struct drp_person_files *files;
    struct drp_arena *arena;
    struct drp_reader reader;
    struct drp_sv id; /* of the person; absent: nobody has said */
    DRP_VEC(struct drp_text) own;
    DRP_VEC(struct drp_text) others;
    struct drp_intern items; /* that texts are about and have an id */
    DRP_VEC(struct drp_sv) titles;
    DRP_VEC(struct drp_sv) descriptions;
};

typedef int add_record(struct loading *l, const struct drp_record *record,
                       struct drp_err *err);

static struct drp_text keep(struct loading *l, const struct drp_raw_review *raw)
{
    if (raw->item.len > 0)
        drp_intern_add(&l->items, raw->item);
    return (struct drp_text){
        .author = drp_arena_sv(l->arena, raw->user),
        .item = drp_arena_sv(l->arena, raw->item),
        .title = drp_arena_sv(l->arena, raw->title),
        .text = drp_arena_sv(l->arena, raw->text),
        .rating = isfinite(raw->rating) ? raw->rating : 0,
        .time_ms = raw->time_ms,
    };
}

static int add_own(struct loading *l, const struct drp_record *record, struct drp_err *err)
{
    struct drp_raw_review raw;
    int rc = 0;
    DRP_TRY(rc, drp_reader_own_text(&l->reader, record, &raw, err));
    if (l->files->user.ptr && raw.user.len > 0 && !drp_sv_eq(raw.user, l->files->user))
        goto out;
    if (drp_sv_trim(raw.text).len == 0)
        DRP_TRY(rc, drp_record_bad(record, "its text is empty", err));
    if (l->id.len > 0 && raw.user.len > 0 && !drp_sv_eq(raw.user, l->id))
        DRP_TRY(rc, drp_record_bad(record,
                                   "it is by another user than the lines before: --user ID "
                                   "says whose texts count",
                                   err));
    if (l->id.len == 0)
        l->id = drp_arena_sv(l->arena, raw.user);
    drp_vec_add(&l->own, keep(l, &raw));
out:
    return rc;
}

static int add_other(struct loading *l, const struct drp_record *record, struct drp_err *err)
{
    struct drp_raw_review raw;
    const int rc = drp_reader_review(&l->reader, record, &raw, err);
    if (rc == 0 && drp_sv_trim(raw.text).len > 0)
        drp_vec_add(&l->others, keep(l, &raw));
    return rc;
}

/* Of several records about an item the first counts. */
static int add_item(struct loading *l, const struct drp_record *record, struct drp_err *err)
{
    struct drp_raw_item raw;
    const int rc = drp_reader_item(&l->reader, record, &raw, err);
    const uint32_t id = rc == 0 ? drp_intern_find(&l->items, raw.item) : DRP_NO_ID;
    if (id == DRP_NO_ID || l->titles.at[id].ptr)
        return rc;
    l->titles.at[id] = drp_arena_sv(l->arena, raw.title);
    l->descriptions.at[id] = drp_arena_sv(l->arena, raw.description);
    return 0;
}

static int read_file(struct loading *l, const char *path, add_record *add,
                     struct drp_err *err)
{
    struct drp_jsonl *lines = NULL;
    const struct drp_json_val *value = NULL;
    int rc = 0;
    DRP_TRY(rc, drp_jsonl_open(path, 0, &lines, err));
    while ((rc = drp_jsonl_next(lines, &value, err)) > 0) {
        const struct drp_record record = drp_record_of(lines, value);
        DRP_TRY(rc, add(l, &record, err));
    }
out:
    drp_jsonl_free(lines);
    return rc;
}

static int read_items(struct loading *l, struct drp_err *err)
{
    int rc = 0;
    for (uint32_t i = 0; i < l->items.n; i++) {
        drp_vec_add(&l->titles, (struct drp_sv){0});
        drp_vec_add(&l->descriptions, (struct drp_sv){0});
    }
    for (size_t i = 0; i < l->files->n_meta && rc == 0; i++)
        rc = read_file(l, l->files->meta[i], add_item, err);
    return rc;
}

static void describe(const struct loading *l, struct drp_text *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t id = drp_intern_find(&l->items, texts[i].item);
        if (id == DRP_NO_ID)
            continue;
        texts[i].item_title = l->titles.at[id];
        texts[i].item_description = l->descriptions.at[id];
    }
}

/* Copies a vector's texts to where they live. */
static const struct drp_text *take(const struct loading *l, struct drp_text *at, size_t n)
{
    struct drp_text *kept = drp_arena_new(l->arena, struct drp_text, n);
    describe(l, at, n);
    for (size_t i = 0; i < n; i++)
        kept[i] = at[i];
    return kept;
}

static int check_history(const struct loading *l, struct drp_err *err)
{
    if (l->own.n > 0)
        return 0;
    if (l->files->user.ptr)
        return drp_fail(err, DRP_EINPUT, "no text of user '%.*s' in '%s'",
                        DRP_SV_ARG(l->files->user), l->files->history);
    return drp_fail(err, DRP_EINPUT,
                    "'%s' holds no text: JSON lines {\"text\"} of one person are needed",
                    l->files->history);
}

int drp_person_from_files(const struct drp_person_files *files, struct drp_arena *arena,
                          struct drp_person *out, struct drp_err *err)
{
    struct loading l = {.files = files, .arena = arena, .id = files->user};
    int rc = 0;
    drp_reader_init(&l.reader);
    drp_intern_init(&l.items);
    DRP_TRY(rc, read_file(&l, files->history, add_own, err));
    DRP_TRY(rc, check_history(&l, err));
    if (files->others)
        DRP_TRY(rc, read_file(&l, files->others, add_other, err));
    DRP_TRY(rc, read_items(&l, err));
    *out = (struct drp_person){
        .id = l.id,
        .own = take(&l, l.own.at, l.own.n),
        .n_own = l.own.n,
        .others = take(&l, l.others.at, l.others.n),
        .n_others = l.others.n,
    };
out:
    drp_vec_release(&l.own);
    drp_vec_release(&l.others);
    drp_vec_release(&l.titles);
    drp_vec_release(&l.descriptions);
    drp_intern_release(&l.items);
    drp_reader_release(&l.reader);
    return rc;
}
