#include "method/material.h"

#include <math.h>

#include "base/base.h"
#include "base/utf8.h"
#include "method/stage.h"
#include "base/banned.h"

enum {
    LONGEST_TEXT_BYTES = 16384, /* of the first step that shortens texts     */
    SHORTEST_TEXT_BYTES = 16,   /* shorter than this, a text goes altogether */
};

static const char *const list_names[DRP_N_LISTS] = {
    [DRP_LIST_DIFFERENCES] = "differences",
    [DRP_LIST_CLAIMED] = "claimed",
    [DRP_LIST_SUMMARIES] = "summaries",
    [DRP_LIST_FACTS] = "facts",
    [DRP_LIST_MINE] = "mine",
    [DRP_LIST_THEIRS] = "theirs",
    [DRP_LIST_NOTES] = "notes",
};

static const char ELLIPSIS[] = " \xE2\x80\xA6 ";

/* ---- shortening ---- */

/* The lists of a material; of equally long ones the earlier loses an entry first: what a model made, then
 * what others wrote, then what the user wrote. */
enum list { FEATURES, FIRST_LIST, PEERS = FIRST_LIST + DRP_N_LISTS, PAIRS, OWN, N_LISTS };

/* How much of a material is left. */
struct cut {
    size_t n[N_LISTS]; /* entries of each list      */
    size_t text_bytes; /* of each text at most      */
};

static size_t count_kept(const struct drp_features *features)
{
    size_t n = 0;
    for (size_t i = 0; features && i < features->n; i++)
        n += features->at[i].kept;
    return n;
}

static struct drp_reviews own_of(const struct drp_material *m)
{
    return m->contrast ? m->contrast->own : m->own;
}

/* Entries that can go: one of each list stays. */
static size_t spare_entries(const struct cut *c)
{
    size_t n = 0;
    for (size_t i = 0; i < N_LISTS; i++)
        n += c->n[i] ? c->n[i] - 1 : 0;
    return n;
}

/* Takes one entry off the longest list. */
static void drop_entry(struct cut *c)
{
    size_t longest = 0;
    for (size_t i = 1; i < N_LISTS; i++)
        if (c->n[i] > c->n[longest])
            longest = i;
    c->n[longest]--;
}

static size_t next_text_bytes(size_t bytes)
{
    return bytes > SHORTEST_TEXT_BYTES ? bytes / 4 * 3 : 0;
}

static struct cut whole(const struct drp_material *m)
{
    struct cut c = {.text_bytes = SIZE_MAX};
    c.n[FEATURES] = count_kept(m->features);
    for (size_t i = 0; i < DRP_N_LISTS; i++)
        c.n[FIRST_LIST + i] = m->lists[i].n;
    c.n[PEERS] = m->contrast ? m->contrast->peers.n : 0;
    c.n[PAIRS] = m->n_pairs;
    c.n[OWN] = own_of(m).n;
    return c;
}

static struct cut cut_at(const struct drp_material *m, size_t step)
{
    struct cut c = whole(m);
    for (; step > 0 && spare_entries(&c) > 0; step--)
        drop_entry(&c);
    if (step > 0)
        c.text_bytes = LONGEST_TEXT_BYTES;
    for (; step > 1; step--)
        c.text_bytes = next_text_bytes(c.text_bytes);
    return c;
}

size_t drp_material_steps(const struct drp_material *m)
{
    const struct cut c = whole(m);
    size_t n = spare_entries(&c) + 2; /* whole, and without any text */
    for (size_t bytes = LONGEST_TEXT_BYTES; bytes > 0; bytes = next_text_bytes(bytes))
        n++;
    return n;
}

/* `text` in at most about `max` bytes: its two ends with a mark of what is missing between. */
static struct drp_sv without_middle(struct drp_sv text, size_t max, struct drp_arena *arena)
{
    if (text.len <= max)
        return text;
    if (max == 0)
        return DRP_SV("");
    const size_t head = drp_utf8_cut(text, max / 2);
    size_t tail = text.len - max / 2;
    while (tail < text.len && ((unsigned char)text.ptr[tail] & 0xC0) == 0x80)
        tail++;
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    drp_str_add(&s, drp_sv_trim(drp_sv_slice(text, 0, head)));
    drp_str_addz(&s, ELLIPSIS);
    drp_str_add(&s, drp_sv_trim(drp_sv_slice(text, tail, text.len)));
    const struct drp_sv out = drp_arena_sv(arena, drp_str_sv(&s));
    drp_str_release(&s);
    return out;
}

/* ---- values ---- */

/* What the making of one scope needs. */
struct maker {
    struct drp_arena *arena;
    const struct drp_dataset *ds;
    struct cut cut;
    DRP_VEC(uint32_t) described; /* items whose description stands already */
};

static struct drp_binding text(const struct maker *k, const char *name, struct drp_sv value)
{
    return (struct drp_binding){.name = name,
                                .text = without_middle(value, k->cut.text_bytes, k->arena)};
}

/* Our own words; never shortened. */
static struct drp_binding word(const char *name, struct drp_sv value)
{
    return (struct drp_binding){.name = name, .text = value, .trusted = true};
}

static struct drp_binding number(const struct maker *k, const char *name, size_t value)
{
    return word(name, value ? drp_arena_f(k->arena, "%zu", value) : DRP_SV(""));
}

static struct drp_binding list(const char *name, const struct drp_scope *items, size_t n)
{
    return (struct drp_binding){.name = name, .items = items, .n_items = n};
}

static struct drp_binding rating(const struct maker *k, double value)
{
    const bool is_whole = value == floor(value);
    return word("rating", !isfinite(value)
                              ? DRP_SV("")
                              : drp_arena_f(k->arena, is_whole ? "%.1f" : "%g", value));
}

static bool describe_once(struct maker *k, uint32_t item)
{
    for (size_t i = 0; i < k->described.n; i++)
        if (k->described.at[i] == item)
            return false;
    drp_vec_add(&k->described, item);
    return true;
}

/* How the reviews of a list are shown, to be or-ed. */
enum shown { PLAIN = 0, NAMES_ITEM = 1, MASKS_DESCRIPTION = 2 };

/* What is seen of a description. Where everybody writes about something of his own, it is his own too. */
static struct drp_binding description(const struct maker *k, struct drp_sv value,
                                      bool is_masked)
{
    if (!is_masked || !value.len)
        return text(k, "description", value);
    return text(k, "description",
                drp_arena_f(k->arena, "[description, %zu chars]", drp_utf8_count(value)));
}

/* The first `n` reviews; `shown`: enum shown. */
static struct drp_binding review_list(struct maker *k, const char *name,
                                      const struct drp_review *const *at, size_t n,
                                      int shown)
{
    enum { N = 6 };
    n = at ? n : 0;
    struct drp_scope *scopes = drp_arena_new(k->arena, struct drp_scope, n);
    for (size_t i = 0; i < n; i++) {
        const struct drp_review *r = at[i];
        const struct drp_item *item =
            shown & NAMES_ITEM ? drp_dataset_item(k->ds, r->item) : NULL;
        const bool describes = item && describe_once(k, r->item);
        struct drp_binding *b = drp_arena_new(k->arena, struct drp_binding, N);
        b[0] = number(k, "number", i + 1);
        b[1] = text(k, "item", item ? item->title : DRP_SV(""));
        b[2] = description(k, describes ? item->description : DRP_SV(""),
                           shown & MASKS_DESCRIPTION);
        b[3] = rating(k, r->rating);
        b[4] = text(k, "title", r->title);
        b[5] = text(k, "text", r->text);
        scopes[i] = (struct drp_scope){.at = b, .n = N};
    }
    return list(name, scopes, n);
}

static struct drp_binding feature_list(const struct maker *k,
                                       const struct drp_features *features)
{
    enum { N = 4 };
    struct drp_scope *scopes =
        drp_arena_new(k->arena, struct drp_scope, k->cut.n[FEATURES]);
    size_t n = 0;
    for (size_t i = 0; features && i < features->n && n < k->cut.n[FEATURES]; i++) {
        const struct drp_feature *f = &features->at[i];
        if (!f->kept)
            continue;
        struct drp_binding *b = drp_arena_new(k->arena, struct drp_binding, N);
        b[0] = number(k, "number", n + 1);
        b[1] = text(k, "name", f->name);
        b[2] = text(k, "definition", f->definition);
        b[3] = text(k, "difference", f->description);
        scopes[n++] = (struct drp_scope){.at = b, .n = N};
    }
    return list("features", scopes, n);
}

/* "n_NAME" with the number of entries, empty for none. */
static struct drp_binding count(const struct maker *k, const char *name, size_t n)
{
    return number(k, drp_arena_f(k->arena, "n_%s", name).ptr, n);
}

static struct drp_binding text_list(struct maker *k, enum drp_material_name name,
                                    const struct drp_material_list *l, size_t n_shown)
{
    enum { N = 4 };
    const struct drp_material_text *at =
        name == DRP_LIST_SUMMARIES && l->n > n_shown ? l->at + (l->n - n_shown) : l->at;
    struct drp_scope *scopes = drp_arena_new(k->arena, struct drp_scope, n_shown);
    for (size_t i = 0; i < n_shown; i++) {
        const struct drp_item *item = at[i].item;
        const bool describes = item && describe_once(k, item->id);
        struct drp_binding *b = drp_arena_new(k->arena, struct drp_binding, N);
        b[0] = number(k, "number", i + 1);
        b[1] = text(k, "item", item ? item->title : DRP_SV(""));
        b[2] = text(k, "description", describes ? item->description : DRP_SV(""));
        b[3] = text(k, "text", at[i].text);
        scopes[i] = (struct drp_scope){.at = b, .n = N};
    }
    return list(list_names[name], scopes, n_shown);
}

static struct drp_binding pair_list(struct maker *k, const struct drp_material *m)
{
    enum { N = 5 };
    const int mask = m->mask_peers ? MASKS_DESCRIPTION : PLAIN;
    const size_t n = k->cut.n[PAIRS];
    struct drp_scope *scopes = drp_arena_new(k->arena, struct drp_scope, n);
    for (size_t i = 0; i < n; i++) {
        const struct drp_contrast *c = &m->pairs[i];
        const bool describes = c->item && describe_once(k, c->item->id);
        struct drp_binding *b = drp_arena_new(k->arena, struct drp_binding, N);
        b[0] = number(k, "number", i + 1);
        b[1] = text(k, "item", c->item ? c->item->title : DRP_SV(""));
        b[2] = text(k, "description", describes ? c->item->description : DRP_SV(""));
        const int shown = c->item ? PLAIN : NAMES_ITEM;
        b[3] = review_list(k, "own", c->own.at, c->own.n, shown);
        b[4] = review_list(k, "peers", c->peers.at, c->peers.n, shown | mask);
        scopes[i] = (struct drp_scope){.at = b, .n = N};
    }
    return list("pairs", scopes, n);
}

const struct drp_scope *drp_material_scope(const struct drp_material *m, size_t step,
                                           const struct drp_dataset *ds,
                                           struct drp_arena *arena)
{
    enum { FIXED = 13, N = FIXED + 2 * DRP_N_LISTS };
    const struct drp_contrast *c = m->contrast;
    struct maker k = {.arena = arena, .ds = ds, .cut = cut_at(m, step)};
    const struct drp_item *item = c ? c->item : m->item;
    const int shown = !c || !c->item ? NAMES_ITEM : PLAIN;
    const int mask = m->mask_peers ? MASKS_DESCRIPTION : PLAIN;
    const struct drp_reviews own = own_of(m);
    const size_t n_own = k.cut.n[OWN];
    const size_t skipped = m->own_by_time && !c ? own.n - n_own : 0;

    struct drp_scope *scope = drp_arena_new(arena, struct drp_scope, 1);
    struct drp_binding *b = drp_arena_new(arena, struct drp_binding, N);
    b[0] = text(&k, "item", item ? item->title : DRP_SV(""));
    b[1] = text(&k, "description", item ? item->description : DRP_SV(""));
    b[2] = rating(&k, c ? NAN : m->rating);
    b[3] = text(&k, "title", c ? DRP_SV("") : m->title);
    b[4] = review_list(&k, "own", own.at ? own.at + skipped : NULL, n_own, shown);
    b[5] = count(&k, "own", n_own);
    b[6] = review_list(&k, "peers", c ? c->peers.at : NULL, k.cut.n[PEERS], shown | mask);
    b[7] = feature_list(&k, m->features);
    b[8] = count(&k, "features", k.cut.n[FEATURES]);
    b[9] = text(&k, "profile", m->profile);
    b[10] = pair_list(&k, m);
    b[11] = count(&k, "pairs", k.cut.n[PAIRS]);
    b[12] = word("seeded", m->open_dimensions ? DRP_SV("") : DRP_SV("yes"));
    size_t n = FIXED;
    for (size_t i = 0; i < DRP_N_LISTS; i++) {
        b[n++] = text_list(&k, (enum drp_material_name)i, &m->lists[i],
                           k.cut.n[FIRST_LIST + i]);
        b[n++] = count(&k, list_names[i], k.cut.n[FIRST_LIST + i]);
    }
    *scope = (struct drp_scope){.at = b, .n = n};
    drp_vec_release(&k.described);
    return scope;
}

/* ---- subjects ---- */

static void add_subject(uint64_t *at, size_t *n, uint64_t subject)
{
    for (size_t i = 0; i < *n; i++)
        if (at[i] == subject)
            return;
    at[(*n)++] = subject;
}

static void add_authors(struct drp_reviews reviews, const struct drp_dataset *ds,
                        uint64_t *at, size_t *n)
{
    for (size_t i = 0; i < reviews.n; i++)
        add_subject(at, n, drp_subject(drp_dataset_user_id(ds, reviews.at[i]->user)));
}

const uint64_t *drp_material_subjects(const struct drp_material *m, struct drp_sv self,
                                      const struct drp_dataset *ds,
                                      struct drp_arena *arena, size_t *n)
{
    size_t most = 1 + m->n_others + (m->contrast ? m->contrast->peers.n : 0);
    for (size_t i = 0; i < m->n_pairs; i++)
        most += m->pairs[i].peers.n;
    for (size_t i = 0; i < m->n_drawn; i++)
        most += m->drawn[i].peers.n;
    uint64_t *at = drp_arena_new(arena, uint64_t, most);
    *n = 0;
    add_subject(at, n, drp_subject(self));
    if (m->contrast)
        add_authors(m->contrast->peers, ds, at, n);
    for (size_t i = 0; i < m->n_pairs; i++)
        add_authors(m->pairs[i].peers, ds, at, n);
    for (size_t i = 0; i < m->n_drawn; i++)
        add_authors(m->drawn[i].peers, ds, at, n);
    for (size_t i = 0; i < m->n_others; i++)
        add_subject(at, n, drp_subject(drp_dataset_user_id(ds, m->others[i])));
    return at;
}
