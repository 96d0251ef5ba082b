/*
 * Splits are read one after the other, and each is freed before the next: what must
 * outlast it is kept by number. A text is known by user, item, time and the hash of its
 * bytes, for it appears in the profiles of many rows.
 */
#include "data/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/utf8.h"
#include "data/dataset.h"
#include "io/json.h"

#include "base/banned.h"

static const struct {
    const char *key;
    double share;
} QUANTILES[DRP_N_QUANTILES] = {
    {"min", 0},    {"p10", 0.10}, {"p25", 0.25}, {"median", 0.50},
    {"p75", 0.75}, {"p90", 0.90}, {"p99", 0.99}, {"max", 1},
};

static const struct {
    const char *key, *words;
} SPREADS[DRP_N_SPREADS] = {
#define SPREAD_ROW(name, key, words) [name] = {key, words},
    DRP_SPREADS(SPREAD_ROW)
#undef SPREAD_ROW
};

/* ---- counting ---- */

typedef DRP_VEC(uint64_t) numbers;

struct tally {
    struct drp_intern users, items, pairs,
        texts; /* pairs: user and item; texts: see above       */
    numbers values[DRP_N_SPREADS];
};

/* Everything that identifies a text, without padding. */
struct text_key {
    uint32_t user, item;
    int64_t time_ms;
    uint64_t hash;
};

/* The number of an id, for which the spread counts something. */
static uint32_t counted(struct drp_intern *ids, numbers *counts, struct drp_sv id)
{
    const uint32_t number = drp_intern_add(ids, id);
    while (counts->n <= number)
        drp_vec_add(counts, 0);
    return number;
}

static bool add_new(struct drp_intern *set, const void *key, size_t size)
{
    const uint32_t n = set->n;
    (void)drp_intern_add(set, (struct drp_sv){key, size});
    return set->n > n;
}

static uint64_t count_words(struct drp_sv text)
{
    struct drp_sv word;
    uint64_t n = 0;
    while (drp_utf8_word(&text, &word))
        n++;
    return n;
}

static void add_review(struct tally *t, const struct drp_dataset *ds,
                       const struct drp_review *r)
{
    numbers *const users = &t->values[DRP_SPREAD_TEXTS_PER_USER];
    numbers *const items = &t->values[DRP_SPREAD_USERS_PER_ITEM];
    const struct text_key key = {
        .user = counted(&t->users, users, drp_dataset_user_id(ds, r->user)),
        .item = counted(&t->items, items, drp_dataset_item(ds, r->item)->asin),
        .time_ms = r->time_ms,
        .hash = drp_hash64(r->text),
    };
    const uint32_t pair[2] = {key.user, key.item};
    if (add_new(&t->pairs, pair, sizeof pair))
        items->at[key.item]++;
    if (!add_new(&t->texts, &key, sizeof key))
        return;
    users->at[key.user]++;
    drp_vec_add(&t->values[DRP_SPREAD_CHARS_PER_TEXT], drp_utf8_count(r->text));
    drp_vec_add(&t->values[DRP_SPREAD_WORDS_PER_TEXT], count_words(r->text));
}

static void add_split(struct tally *t, const struct drp_dataset *ds)
{
    for (uint32_t i = 0; i < drp_dataset_n_items(ds); i++)
        (void)counted(&t->items, &t->values[DRP_SPREAD_USERS_PER_ITEM],
                      drp_dataset_item(ds, i)->asin);
    for (size_t i = 0; i < drp_dataset_n_rows(ds); i++) {
        const struct drp_row *const row = drp_dataset_row(ds, i);
        for (size_t k = 0; k < row->profile.n; k++)
            add_review(t, ds, row->profile.at[k]);
        add_review(t, ds, row->target);
    }
}

/* ---- quantiles ---- */

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static struct drp_quantiles quantiles_of(numbers *values)
{
    struct drp_quantiles q = {0};
    const size_t n = values->n;
    if (n == 0)
        return q;
    qsort(values->at, n, sizeof *values->at, by_value);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)values->at[i];
    q.mean = sum / (double)n;
    for (size_t i = 0; i < DRP_N_QUANTILES; i++) {
        const size_t rank = (size_t)ceil(QUANTILES[i].share * (double)n);
        q.at[i] = values->at[rank > 0 ? rank - 1 : 0];
    }
    return q;
}

int drp_stats_collect(const char *dir, struct drp_stats *out, struct drp_err *err)
{
    struct tally t = {0};
    int rc = 0;
    *out = (struct drp_stats){0};
    for (int i = 0; i < DRP_N_SPLITS; i++) {
        struct drp_dataset *ds = NULL;
        DRP_TRY(rc, drp_dataset_load(dir, drp_split_name((enum drp_split)i), &ds, err));
        out->rows[i] = drp_dataset_n_rows(ds);
        add_split(&t, ds);
        drp_dataset_free(ds);
    }
    out->users = t.users.n;
    out->items = t.items.n;
    out->texts = t.texts.n;
    for (size_t i = 0; i < DRP_N_SPREADS; i++)
        out->spreads[i] = quantiles_of(&t.values[i]);
out:
    for (size_t i = 0; i < DRP_N_SPREADS; i++)
        drp_vec_release(&t.values[i]);
    drp_intern_release(&t.users);
    drp_intern_release(&t.items);
    drp_intern_release(&t.pairs);
    drp_intern_release(&t.texts);
    return rc;
}

/* ---- printing ---- */

static void add_int(struct drp_jw *w, const char *key, uint64_t value)
{
    drp_jw_key_int(w, key, (int64_t)value);
}

static void add_spread(struct drp_jw *w, const char *key, const struct drp_quantiles *q)
{
    drp_jw_key(w, key);
    drp_jw_obj(w);
    for (size_t i = 0; i < DRP_N_QUANTILES; i++)
        add_int(w, QUANTILES[i].key, q->at[i]);
    drp_jw_key_num(w, "mean", q->mean);
    drp_jw_obj_end(w);
}

void drp_stats_json(struct drp_str *out, const struct drp_stats *stats)
{
    struct drp_jw w;
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    add_int(&w, "users", stats->users);
    add_int(&w, "items", stats->items);
    add_int(&w, "texts", stats->texts);
    drp_jw_key(&w, "rows");
    drp_jw_obj(&w);
    for (int i = 0; i < DRP_N_SPLITS; i++)
        add_int(&w, drp_split_name((enum drp_split)i), stats->rows[i]);
    drp_jw_obj_end(&w);
    drp_jw_key(&w, "quantiles");
    drp_jw_obj(&w);
    for (size_t i = 0; i < DRP_N_SPREADS; i++)
        add_spread(&w, SPREADS[i].key, &stats->spreads[i]);
    drp_jw_obj_end(&w);
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}

void drp_stats_text(struct drp_str *out, const struct drp_stats *stats)
{
    drp_str_addf(out, "%-18s %10llu\n", "users", (unsigned long long)stats->users);
    drp_str_addf(out, "%-18s %10llu\n", "items", (unsigned long long)stats->items);
    drp_str_addf(out, "%-18s %10llu\n", "texts", (unsigned long long)stats->texts);
    for (int i = 0; i < DRP_N_SPLITS; i++)
        drp_str_addf(out, "rows in %-10s %10llu\n", drp_split_name((enum drp_split)i),
                     (unsigned long long)stats->rows[i]);

    drp_str_addf(out, "\n%-18s", "");
    for (size_t i = 0; i < DRP_N_QUANTILES; i++)
        drp_str_addf(out, " %7s", QUANTILES[i].key);
    drp_str_addf(out, " %8s\n", "mean");
    for (size_t i = 0; i < DRP_N_SPREADS; i++) {
        drp_str_addf(out, "%-18s", SPREADS[i].words);
        for (size_t k = 0; k < DRP_N_QUANTILES; k++)
            drp_str_addf(out, " %7llu", (unsigned long long)stats->spreads[i].at[k]);
        drp_str_addf(out, " %8.1f\n", stats->spreads[i].mean);
    }
}
