/*
 * Both rules can only take away, so that the fixed point does not depend on the order in
 * which they are asked.
 */
#include "data/split.h"

#include <stdlib.h>

#include "base/base.h"

#include "base/banned.h"

const char *drp_split_name(enum drp_split split)
{
    static const char *const NAMES[DRP_N_SPLITS] = {"train", "val", "test"};
    return NAMES[split];
}

enum drp_split drp_split_of(int64_t i, int64_t holdout)
{
    if (i == holdout - 1)
        return DRP_SPLIT_TEST;
    return i == holdout - 2 ? DRP_SPLIT_VAL : DRP_SPLIT_TRAIN;
}

/* A selection while its base profiles shrink. */
struct bases {
    const struct drp_selection *s;
    size_t holdout;
    bool *keep;        /* by row: still there                 */
    uint32_t *n_users; /* by item: base profiles that hold it */
};

static size_t base_size(const struct bases *b, size_t user)
{
    const size_t n = drp_selection_n(b->s, user);
    return n > b->holdout ? n - b->holdout : 0;
}

/*
 * A user's item is there once, for repetitions are gone: rows of an item are its users.
 */
static void count_users(struct bases *b)
{
    for (size_t i = 0; i < b->s->corpus->items.n; i++)
        b->n_users[i] = 0;
    for (size_t u = 0; u < b->s->n_users; u++)
        for (size_t i = 0; i < base_size(b, u); i++)
            b->n_users[drp_selection_entry(b->s, u, i)->item] +=
                b->keep[b->s->first[u] + i];
}

/*
 * Drops the user's rare items. Gives the number of base texts that stay; adds up those
 * that go.
 */
static size_t drop_items(struct bases *b, size_t user, int64_t min_users,
                         uint64_t *n_dropped)
{
    size_t n_left = 0;
    for (size_t i = 0; i < base_size(b, user); i++) {
        bool *const keep = &b->keep[b->s->first[user] + i];
        const bool is_rare =
            b->n_users[drp_selection_entry(b->s, user, i)->item] < min_users;
        *n_dropped += *keep && is_rare;
        *keep = *keep && !is_rare;
        n_left += *keep;
    }
    return n_left;
}

/* Drops all that is left of a user. Gives the number of texts. */
static uint64_t drop_user(struct bases *b, size_t user)
{
    uint64_t n = 0;
    for (size_t i = b->s->first[user]; i < b->s->first[user + 1]; i++) {
        n += b->keep[i];
        b->keep[i] = false;
    }
    return n;
}

/* One round. Gives the number of texts dropped. */
static uint64_t filter_once(struct bases *b, const struct drp_thresholds *t,
                            struct drp_drops *drops)
{
    uint64_t n_items = 0, n_users = 0;
    count_users(b);
    for (size_t u = 0; u < b->s->n_users; u++) {
        const size_t n_left = drop_items(b, u, t->min_profile_item, &n_items);
        if ((int64_t)n_left < t->min_profile || drp_selection_n(b->s, u) < b->holdout)
            n_users += drop_user(b, u);
    }
    drops->n[DRP_DROP_BASE_ITEM] += n_items;
    drops->n[DRP_DROP_BASE_USER] += n_users;
    return n_items + n_users;
}

void drp_split_filter(struct drp_selection *s, const struct drp_thresholds *t,
                      struct drp_drops *drops)
{
    const size_t n_rows = s->first[s->n_users];
    struct bases b = {
        .s = s,
        .holdout = (size_t)t->holdout,
        .keep = drp_calloc(n_rows, sizeof *b.keep),
        .n_users = drp_calloc(s->corpus->items.n, sizeof *b.n_users),
    };
    for (size_t i = 0; i < n_rows; i++)
        b.keep[i] = true;
    while (filter_once(&b, t, drops) > 0)
        ;
    drp_selection_keep(s, b.keep);
    free(b.keep);
    free(b.n_users);
}

void drp_split_select(struct drp_selection *s, const struct drp_corpus *corpus,
                      const struct drp_thresholds *t, struct drp_drops *drops)
{
    drp_selection_init(s, corpus);
    drp_filter_rounds(s, t, drops);
    drp_filter_repeated(s, drops);
    drp_split_filter(s, t, drops);
}
