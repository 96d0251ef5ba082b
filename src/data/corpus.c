/*
 * Invariants: entries hold ids of the three tables; `order` is the place at which an
 * entry was added, and no two are equal, so that every sort below is total. metas.n ≤
 * items.n; items beyond it have no metadata.
 */
#include "data/corpus.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

void drp_corpus_init(struct drp_corpus *c)
{
    *c = (struct drp_corpus){0};
    drp_intern_init(&c->users);
    drp_intern_init(&c->items);
    drp_intern_init(&c->strings);
    drp_str_init(&c->scratch, SIZE_MAX);
}

void drp_corpus_release(struct drp_corpus *c)
{
    drp_intern_release(&c->users);
    drp_intern_release(&c->items);
    drp_intern_release(&c->strings);
    drp_vec_release(&c->entries);
    drp_vec_release(&c->metas);
    drp_str_release(&c->scratch);
}

void drp_corpus_add_item(struct drp_corpus *c, const struct drp_raw_item *item)
{
    const uint32_t id = drp_intern_add(&c->items, item->item);
    while (c->metas.n <= id)
        drp_vec_add(&c->metas, (struct drp_meta){DRP_NO_ID, DRP_NO_ID});
    struct drp_meta *const meta = &c->metas.at[id];
    if (meta->title != DRP_NO_ID)
        return;
    meta->title = drp_intern_add(&c->strings, item->title);
    meta->description = drp_intern_add(&c->strings, item->description);
}

static const struct drp_meta *find_meta(const struct drp_corpus *c, uint32_t item)
{
    if (item >= c->metas.n || c->metas.at[item].title == DRP_NO_ID)
        return NULL;
    return &c->metas.at[item];
}

bool drp_corpus_has_meta(const struct drp_corpus *c, struct drp_sv item)
{
    const uint32_t id = drp_intern_find(&c->items, item);
    return id != DRP_NO_ID && find_meta(c, id);
}

int drp_corpus_add(struct drp_corpus *c, const struct drp_raw_review *review,
                   struct drp_err *err)
{
    if (c->entries.n >= DRP_NO_ID - 1)
        return drp_fail(err, DRP_ELIMIT,
                        "too many texts: at most %u are taken; split the input",
                        DRP_NO_ID - 1);
    drp_str_clear(&c->scratch);
    drp_utf8_collapse(&c->scratch, review->text);
    const struct drp_corpus_entry entry = {
        .user = drp_intern_add(&c->users, review->user),
        .item = drp_intern_add(&c->items, review->item),
        .raw = drp_intern_add(&c->strings, review->text),
        .clean = drp_intern_add(&c->strings, drp_str_sv(&c->scratch)),
        .title = drp_intern_add(&c->strings, review->title),
        .order = (uint32_t)c->entries.n,
        .rating = review->rating,
        .time_ms = review->time_ms,
    };
    drp_vec_add(&c->entries, entry);
    return 0;
}

static int by_user_newest_first(const void *a, const void *b)
{
    const struct drp_corpus_entry *const x = a, *const y = b;
    if (x->user != y->user)
        return x->user < y->user ? -1 : 1;
    if (x->time_ms != y->time_ms)
        return x->time_ms > y->time_ms ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

void drp_corpus_group(struct drp_corpus *c)
{
    if (c->entries.n > 0)
        qsort(c->entries.at, c->entries.n, sizeof *c->entries.at, by_user_newest_first);
}

struct drp_sv drp_corpus_string(const struct drp_corpus *c, uint32_t id)
{
    return drp_intern_get(&c->strings, id);
}

struct drp_sv drp_corpus_item_title(const struct drp_corpus *c, uint32_t item)
{
    const struct drp_meta *const meta = find_meta(c, item);
    if (meta && drp_corpus_string(c, meta->title).len > 0)
        return drp_corpus_string(c, meta->title);
    return drp_intern_get(&c->items, item);
}

struct drp_sv drp_corpus_item_description(const struct drp_corpus *c, uint32_t item)
{
    const struct drp_meta *const meta = find_meta(c, item);
    return meta ? drp_corpus_string(c, meta->description) : DRP_SV("");
}
