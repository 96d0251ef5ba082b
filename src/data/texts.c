/* Texts are collected as entries, sorted by author and age, and cut into rows where the author changes. The
 * person is the first user, the target's item the first item. */
#include "data/texts.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

/* Bytes of a description that stand for a title. */
enum { TITLE_BYTES = 60 };

struct entry {
    struct drp_review review;
    size_t place; /* as given */
};

struct builder {
    struct drp_dataset *ds;
    uint32_t self;
    struct drp_str scratch;
    DRP_VEC(struct entry) entries;
};

static int check_field(const char *field, struct drp_sv sv, const char *whose,
                       size_t place, struct drp_err *err)
{
    const size_t bad = drp_utf8_invalid(sv);
    if (bad == SIZE_MAX)
        return 0;
    drp_fail(err, DRP_EINPUT,
             "cannot use '%s' of %s %zu: byte %zu is not UTF-8; convert it first", field,
             whose, place + 1, bad + 1);
    if (err)
        err->record = (int64_t)place + 1;
    return DRP_EINPUT;
}

static int check_text(const struct drp_text *t, const char *whose, size_t place,
                      struct drp_err *err)
{
    const struct {
        const char *name;
        struct drp_sv sv;
    } fields[] = {
        {"author", t->author},         {"item", t->item},
        {"item_title", t->item_title}, {"item_description", t->item_description},
        {"title", t->title},           {"text", t->text},
    };
    int rc = 0;
    for (size_t i = 0; i < DRP_LEN(fields) && rc == 0; i++)
        rc = check_field(fields[i].name, fields[i].sv, whose, place, err);
    return rc;
}

/* ---- items -------------------------------------------------------------------------------- */

/* What tells items apart; absent when nothing is given. */
static struct drp_sv item_key(const struct drp_text *t)
{
    return t->item.len         ? t->item
           : t->item_title.len ? t->item_title
                               : t->item_description;
}

static uint32_t add_item(struct builder *b, const struct drp_text *t)
{
    struct drp_sv key = item_key(t), title = t->item_title;
    if (key.len == 0) {
        drp_str_clear(&b->scratch);
        drp_str_addf(&b->scratch, "(item %zu)", drp_dataset_n_items(b->ds) + 1);
        key = drp_str_sv(&b->scratch);
    }
    const uint32_t id = drp_dataset_add_item(b->ds, key);
    const struct drp_item *known = drp_dataset_item(b->ds, id);
    if (!drp_sv_eq(known->title, known->asin))
        title = known->title;
    else if (key.ptr == t->item_description.ptr)
        title = drp_sv_slice(key, 0, drp_utf8_cut(key, TITLE_BYTES));
    const struct drp_sv description =
        known->description.len ? known->description : t->item_description;
    drp_dataset_describe(b->ds, id, title, description);
    return id;
}

/* ---- texts -------------------------------------------------------------------------------- */

static struct drp_review review_of(struct builder *b, const struct drp_text *t,
                                   uint32_t user)
{
    struct drp_arena *arena = drp_dataset_arena(b->ds);
    drp_str_clear(&b->scratch);
    drp_utf8_collapse(&b->scratch, t->text);
    const struct drp_sv text = drp_arena_sv(arena, drp_str_sv(&b->scratch));
    return (struct drp_review){
        .item = add_item(b, t),
        .user = user,
        .title = drp_arena_sv(arena, t->title.ptr ? t->title : DRP_SV("")),
        .text = text,
        .rating = t->rating != 0 ? t->rating : (double)NAN,
        .time_ms = t->time_ms,
    };
}

static int add_text(struct builder *b, const struct drp_text *t, uint32_t user,
                    const char *whose, size_t place, struct drp_err *err)
{
    const struct drp_review review = review_of(b, t, user);
    if (review.text.len == 0) {
        drp_fail(err, DRP_EINPUT, "cannot use %s %zu: its text is empty; leave it out",
                 whose, place + 1);
        if (err)
            err->record = (int64_t)place + 1;
        return DRP_EINPUT;
    }
    drp_vec_add(&b->entries, (struct entry){review, b->entries.n});
    return 0;
}

/* The author's number; whoever has no id is somebody new. */
static uint32_t author_of(struct builder *b, const struct drp_text *t, size_t place)
{
    if (t->author.len)
        return drp_dataset_add_user(b->ds, t->author);
    drp_str_clear(&b->scratch);
    drp_str_addf(&b->scratch, "(stranger %zu)", place + 1);
    return drp_dataset_add_user(b->ds, drp_str_sv(&b->scratch));
}

static int add_own(struct builder *b, const struct drp_person *person, struct drp_err *err)
{
    static const char whose[] = "the person's own text";
    int rc = 0;
    for (size_t i = 0; i < person->n_own && rc == 0; i++) {
        rc = check_text(&person->own[i], whose, i, err);
        if (rc == 0)
            rc = add_text(b, &person->own[i], b->self, whose, i, err);
    }
    return rc;
}

static int add_others(struct builder *b, const struct drp_person *person,
                      struct drp_err *err)
{
    static const char whose[] = "the text of others";
    int rc = 0;
    for (size_t i = 0; i < person->n_others && rc == 0; i++) {
        const struct drp_text *t = &person->others[i];
        DRP_TRY(rc, check_text(t, whose, i, err));
        const uint32_t author = author_of(b, t, i);
        if (author != b->self)
            DRP_TRY(rc, add_text(b, t, author, whose, i, err));
    }
out:
    return rc;
}

/* ---- rows --------------------------------------------------------------------------------- */

static int by_author_then_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->review.user != y->review.user)
        return x->review.user < y->review.user ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_time_then_place(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->review.time_ms != y->review.time_ms)
        return x->review.time_ms < y->review.time_ms ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* The reviews of one author's entries, oldest first. */
static struct drp_reviews profile_of(struct drp_arena *arena, struct entry *entries,
                                     size_t n)
{
    bool all_have_time = true;
    for (size_t i = 0; i < n; i++)
        all_have_time = all_have_time && entries[i].review.time_ms != 0;
    if (all_have_time && n > 0)
        qsort(entries, n, sizeof *entries, by_time_then_place);
    struct drp_review *reviews = drp_arena_new(arena, struct drp_review, n);
    const struct drp_review **at = drp_arena_new(arena, const struct drp_review *, n);
    for (size_t i = 0; i < n; i++) {
        reviews[i] = entries[i].review;
        at[i] = &reviews[i];
    }
    return (struct drp_reviews){at, n};
}

static void add_rows(struct builder *b, const struct drp_review *target)
{
    struct drp_arena *arena = drp_dataset_arena(b->ds);
    struct entry *all = b->entries.at;
    const size_t n = b->entries.n;
    if (n > 0)
        qsort(all, n, sizeof *all, by_author_then_place);
    if (n == 0 || all[0].review.user != b->self)
        drp_dataset_add_row(b->ds, (struct drp_row){.user = b->self, .target = target});
    for (size_t first = 0, end; first < n; first = end) {
        const uint32_t user = all[first].review.user;
        end = first + 1;
        while (end < n && all[end].review.user == user)
            end++;
        drp_dataset_add_row(b->ds,
                            (struct drp_row){
                                .user = user,
                                .profile = profile_of(arena, all + first, end - first),
                                .target = user == b->self ? target : NULL,
                            });
    }
    drp_dataset_sort_rows(b->ds);
}

int drp_dataset_from_texts(const struct drp_person *person, const struct drp_text *target,
                           struct drp_dataset **out, size_t *row, struct drp_err *err)
{
    int rc = 0;
    struct builder b = {.ds = drp_dataset_new("texts in memory")};
    const struct drp_sv self = person->id.ptr ? person->id : DRP_SV("");
    *out = NULL;
    drp_str_init(&b.scratch, SIZE_MAX);
    DRP_TRY(rc, check_field("id", self, "person", 0, err));
    DRP_TRY(rc, check_text(target, "target", 0, err));
    b.self = drp_dataset_add_user(b.ds, self);
    struct drp_review *review =
        drp_arena_new(drp_dataset_arena(b.ds), struct drp_review, 1);
    *review = review_of(&b, target, b.self);
    review->text = (struct drp_sv){0};
    DRP_TRY(rc, add_own(&b, person, err));
    DRP_TRY(rc, add_others(&b, person, err));
    add_rows(&b, review);
    DRP_TRY(rc, drp_dataset_find_user(b.ds, self, row, err));
    *out = b.ds;
    b.ds = NULL;
out:
    drp_vec_release(&b.entries);
    drp_str_release(&b.scratch);
    drp_dataset_free(b.ds);
    return rc;
}
