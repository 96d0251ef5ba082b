/*
 * Invariant of a selection: each user's rows are in the corpus' order (newest first,
 * equal times by place in the input) until drp_filter_repeated() turns them round. Sets
 * over items and strings are arrays of stamps: an element is in the set of user u when
 * its stamp is u + 1, so that no set is ever emptied.
 */
#include "data/filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#include "base/banned.h"

void drp_selection_init(struct drp_selection *s, const struct drp_corpus *corpus)
{
    const size_t n = corpus->entries.n;
    *s = (struct drp_selection){.corpus = corpus, .n_users = corpus->users.n};
    s->rows = drp_calloc(n, sizeof *s->rows);
    s->first = drp_calloc(s->n_users + 1, sizeof *s->first);
    for (size_t i = 0; i < n; i++) {
        s->rows[i] = (uint32_t)i;
        s->first[corpus->entries.at[i].user + 1]++;
    }
    for (size_t u = 0; u < s->n_users; u++)
        s->first[u + 1] += s->first[u];
}

void drp_selection_release(struct drp_selection *s)
{
    free(s->rows);
    free(s->first);
    *s = (struct drp_selection){0};
}

size_t drp_selection_n(const struct drp_selection *s, size_t user)
{
    return s->first[user + 1] - s->first[user];
}

const struct drp_corpus_entry *drp_selection_entry(const struct drp_selection *s,
                                                   size_t user, size_t i)
{
    return &s->corpus->entries.at[s->rows[s->first[user] + i]];
}

void drp_selection_keep(struct drp_selection *s, const bool *keep)
{
    size_t n = 0, from = 0;
    for (size_t u = 0; u < s->n_users; u++) {
        const size_t to = s->first[u + 1];
        for (size_t i = from; i < to; i++)
            if (keep[i])
                s->rows[n++] = s->rows[i];
        from = to;
        s->first[u + 1] = n;
    }
}

size_t drp_selection_n_users(const struct drp_selection *s)
{
    size_t n = 0;
    for (size_t u = 0; u < s->n_users; u++)
        n += drp_selection_n(s, u) > 0;
    return n;
}

/* ---- repetitions ---- */

/* Sets of one walk over all users. */
struct seen {
    uint32_t *items, *strings; /* stamps, by item and by string */
};

static void seen_init(struct seen *seen, const struct drp_corpus *c)
{
    seen->items = drp_calloc(c->items.n, sizeof *seen->items);
    seen->strings = drp_calloc(c->strings.n, sizeof *seen->strings);
}

static void seen_release(struct seen *seen)
{
    free(seen->items);
    free(seen->strings);
}

/*
 * Which of a user's rows, newest first, are no repetition. Gives their number. `keep` may
 * be NULL.
 */
static size_t walk(const struct drp_selection *s, size_t user, bool is_clean,
                   struct seen *seen, bool *keep)
{
    const uint32_t stamp = (uint32_t)user + 1;
    const size_t n = drp_selection_n(s, user);
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        const struct drp_corpus_entry *const e = drp_selection_entry(s, user, i);
        const uint32_t text = is_clean ? e->clean : e->raw;
        const bool is_new = seen->items[e->item] != stamp && seen->strings[text] != stamp;
        if (is_new) {
            seen->items[e->item] = seen->strings[text] = stamp;
            n_kept++;
        }
        if (keep)
            keep[s->first[user] + i] = is_new;
    }
    return n_kept;
}

static void drop_repeated(struct drp_selection *s, bool is_clean, struct drp_drops *drops)
{
    const size_t n_before = s->first[s->n_users];
    bool *const keep = drp_calloc(n_before, sizeof *keep);
    struct seen seen;
    seen_init(&seen, s->corpus);
    for (size_t u = 0; u < s->n_users; u++)
        (void)walk(s, u, is_clean, &seen, keep);
    drp_selection_keep(s, keep);
    drops->n[DRP_DROP_REPEATED] += n_before - s->first[s->n_users];
    seen_release(&seen);
    free(keep);
}

static void reverse(uint32_t *rows, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        const uint32_t row = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = row;
    }
}

/*
 * Newest first to oldest first: the whole is reversed, then every run of equal times once
 * more.
 */
static void turn_round(struct drp_selection *s, size_t user)
{
    uint32_t *const rows = s->rows + s->first[user];
    const struct drp_corpus_entry *const entries = s->corpus->entries.at;
    const size_t n = drp_selection_n(s, user);
    reverse(rows, n);
    for (size_t from = 0, to = 0; from < n; from = to) {
        while (to < n && entries[rows[to]].time_ms == entries[rows[from]].time_ms)
            to++;
        reverse(rows + from, to - from);
    }
}

void drp_filter_repeated(struct drp_selection *s, struct drp_drops *drops)
{
    drop_repeated(s, false, drops);
    drop_repeated(s, true, drops);
    for (size_t u = 0; u < s->n_users; u++)
        turn_round(s, u);
}

/* ---- rounds ---- */

/* Distinct users of every item, over all rows. */
static void count_users(const struct drp_selection *s, uint32_t *n_users)
{
    uint32_t *const last = drp_calloc(s->corpus->items.n, sizeof *last);
    memset(n_users, 0, s->corpus->items.n * sizeof *n_users);
    for (size_t u = 0; u < s->n_users; u++) {
        const uint32_t stamp = (uint32_t)u + 1;
        for (size_t i = 0; i < drp_selection_n(s, u); i++) {
            const uint32_t item = drp_selection_entry(s, u, i)->item;
            n_users[item] += last[item] != stamp;
            last[item] = stamp;
        }
    }
    free(last);
}

/* What the round says of one text: a rule, or DRP_N_DROPS when it stays. */
static enum drp_drop judge(const struct drp_thresholds *t, uint32_t n_item_users,
                           size_t n_texts)
{
    if (n_item_users < t->min_item)
        return DRP_DROP_ITEM;
    if ((int64_t)n_texts < t->min_user)
        return DRP_DROP_USER_FEW;
    if ((int64_t)n_texts > t->max_user)
        return DRP_DROP_USER_MANY;
    return DRP_N_DROPS;
}

/* One round. Gives the number of texts dropped. */
static size_t filter_once(struct drp_selection *s, const struct drp_thresholds *t,
                          struct drp_drops *drops)
{
    const size_t n_before = s->first[s->n_users];
    bool *const keep = drp_calloc(n_before, sizeof *keep);
    uint32_t *const n_users = drp_calloc(s->corpus->items.n, sizeof *n_users);
    struct seen seen;
    seen_init(&seen, s->corpus);
    count_users(s, n_users);
    for (size_t u = 0; u < s->n_users; u++) {
        const size_t n_texts = walk(s, u, false, &seen, NULL);
        for (size_t i = 0; i < drp_selection_n(s, u); i++) {
            const uint32_t item = drp_selection_entry(s, u, i)->item;
            const enum drp_drop rule = judge(t, n_users[item], n_texts);
            keep[s->first[u] + i] = rule == DRP_N_DROPS;
            if (rule != DRP_N_DROPS)
                drops->n[rule]++;
        }
    }
    drp_selection_keep(s, keep);
    seen_release(&seen);
    free(n_users);
    free(keep);
    return n_before - s->first[s->n_users];
}

void drp_filter_rounds(struct drp_selection *s, const struct drp_thresholds *t,
                       struct drp_drops *drops)
{
    while (filter_once(s, t, drops) > 0)
        ;
}
