/* The rules for users and items against a slow and plain second version of them, on random
 * small inputs; and what must hold of every result. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/base.h"
#include "base/rng.h"
#include "data/split.h"

#include "base/banned.h"

enum { MAX_TEXTS = 50, MAX_USERS = 5, N_INPUTS = 1000 };

/* ---- the plain version: no sets, no sorting, a pass over all texts for each question ---- */

struct plain_text {
    int user, item, raw, clean;
    int64_t time;
    bool is_in, is_base;
};

struct plain {
    struct plain_text at[MAX_TEXTS];
    int n;
};

/* True when text i is newer than text j for the one who walks: equal times, earlier line. */
static bool walked_before(const struct plain *p, int i, int j)
{
    return p->at[i].time != p->at[j].time ? p->at[i].time > p->at[j].time : i < j;
}

/* True when text i is older in the final order: equal times, earlier line. */
static bool is_older(const struct plain *p, int i, int j)
{
    return p->at[i].time != p->at[j].time ? p->at[i].time < p->at[j].time : i < j;
}

/* The text, among those in and not yet seen, that is walked first; -1: none. */
static int walked_next(const struct plain *p, const bool *is_seen)
{
    int next = -1;
    for (int i = 0; i < p->n; i++)
        if (p->at[i].is_in && !is_seen[i] && (next < 0 || walked_before(p, i, next)))
            next = i;
    return next;
}

/* Does a kept text of the same user have the item or the text of text i? */
static bool is_repeated(const struct plain *p, int i, const bool *is_kept, bool is_clean)
{
    const struct plain_text *const a = &p->at[i];
    bool found = false;
    for (int j = 0; j < p->n; j++) {
        const struct plain_text *const b = &p->at[j];
        const bool is_same_text = is_clean ? a->clean == b->clean : a->raw == b->raw;
        found |= is_kept[j] && a->user == b->user && (a->item == b->item || is_same_text);
    }
    return found;
}

/* Walks the texts of all users and says which are kept. */
static void plain_walk(const struct plain *p, bool is_clean, bool is_kept[MAX_TEXTS])
{
    bool is_seen[MAX_TEXTS] = {false};
    for (int i = 0; i < MAX_TEXTS; i++)
        is_kept[i] = false;
    for (int i = walked_next(p, is_seen); i >= 0; i = walked_next(p, is_seen)) {
        is_seen[i] = true;
        is_kept[i] = !is_repeated(p, i, is_kept, is_clean);
    }
}

static int count_item_users(const struct plain *p, int item, bool is_base)
{
    int n = 0;
    for (int user = 0; user < MAX_USERS; user++) {
        bool has = false;
        for (int i = 0; i < p->n; i++)
            has |= p->at[i].is_in && p->at[i].user == user && p->at[i].item == item &&
                   (!is_base || p->at[i].is_base);
        n += has;
    }
    return n;
}

static int count_kept(const struct plain *p, int user, const bool *is_kept)
{
    int n = 0;
    for (int i = 0; i < p->n; i++)
        n += is_kept[i] && p->at[i].user == user;
    return n;
}

static void plain_rounds(struct plain *p, const struct drp_thresholds *t)
{
    for (bool goes_on = true; goes_on;) {
        bool is_kept[MAX_TEXTS], stays[MAX_TEXTS];
        goes_on = false;
        plain_walk(p, false, is_kept);
        for (int i = 0; i < p->n; i++) {
            const int n = count_kept(p, p->at[i].user, is_kept);
            stays[i] = count_item_users(p, p->at[i].item, false) >= t->min_item &&
                       n >= t->min_user && n <= t->max_user;
        }
        for (int i = 0; i < p->n; i++) {
            goes_on |= p->at[i].is_in && !stays[i];
            p->at[i].is_in &= stays[i];
        }
    }
}

static void plain_repeated(struct plain *p, bool is_clean)
{
    bool is_kept[MAX_TEXTS];
    plain_walk(p, is_clean, is_kept);
    for (int i = 0; i < p->n; i++)
        p->at[i].is_in = is_kept[i];
}

/* Number of a user's texts that are newer than text i, or of all when i < 0. */
static int count_newer(const struct plain *p, int user, int i)
{
    int n = 0;
    for (int j = 0; j < p->n; j++)
        n += p->at[j].is_in && p->at[j].user == user && (i < 0 || is_older(p, i, j));
    return n;
}

/* One change at a time: an item of one base profile, or a user. */
static bool plain_base_step(struct plain *p, const struct drp_thresholds *t)
{
    for (int i = 0; i < p->n; i++)
        if (p->at[i].is_in && p->at[i].is_base &&
            count_item_users(p, p->at[i].item, true) < t->min_profile_item) {
            p->at[i].is_in = false;
            return true;
        }
    for (int user = 0; user < MAX_USERS; user++) {
        int n_base = 0;
        for (int i = 0; i < p->n; i++)
            n_base += p->at[i].is_in && p->at[i].user == user && p->at[i].is_base;
        const int n = count_newer(p, user, -1);
        if (n == 0 || (n_base >= t->min_profile && n >= t->holdout))
            continue;
        for (int i = 0; i < p->n; i++)
            p->at[i].is_in &= p->at[i].user != user;
        return true;
    }
    return false;
}

static void plain_select(struct plain *p, const struct drp_thresholds *t)
{
    plain_rounds(p, t);
    plain_repeated(p, false);
    plain_repeated(p, true);
    for (int i = 0; i < p->n; i++)
        p->at[i].is_base = count_newer(p, p->at[i].user, i) >= t->holdout;
    while (plain_base_step(p, t))
        ;
}

/* ---- inputs ---- */

static int below(struct drp_rng *rng, uint64_t n)
{
    return (int)drp_rng_below(rng, n);
}

/* Text k as read is one of two ways to write text k / 2. */
static void make_input(struct drp_rng *rng, struct plain *p, struct drp_corpus *c)
{
    struct drp_err err = {0};
    const int n_users = 1 + below(rng, MAX_USERS), n_items = 1 + below(rng, 9);
    const uint64_t n_texts = below(rng, 2) ? 1000 : 24, n_times = below(rng, 2) ? 4 : 1000;
    p->n = below(rng, MAX_TEXTS + 1);
    for (int i = 0; i < p->n; i++) {
        struct plain_text *const t = &p->at[i];
        *t = (struct plain_text){.user = below(rng, (uint64_t)n_users),
                                 .item = below(rng, (uint64_t)n_items),
                                 .raw = below(rng, n_texts),
                                 .time = below(rng, n_times),
                                 .is_in = true};
        t->clean = t->raw / 2;
        char user[16], item[16], text[32];
        (void)snprintf(user, sizeof user, "u%d", t->user);
        (void)snprintf(item, sizeof item, "i%d", t->item);
        (void)snprintf(text, sizeof text, t->raw % 2 ? " text %d" : "text  %d\n", t->clean);
        const struct drp_raw_review review = {.user = drp_sv_from(user),
                                              .item = drp_sv_from(item),
                                              .text = drp_sv_from(text),
                                              .title = DRP_SV(""),
                                              .time_ms = t->time};
        assert_int_equal(drp_corpus_add(c, &review, &err), 0);
    }
    drp_corpus_group(c);
}

static struct drp_thresholds make_thresholds(struct drp_rng *rng)
{
    return (struct drp_thresholds){.min_item = below(rng, 4),
                                   .min_user = below(rng, 5),
                                   .max_user = 4 + below(rng, 8),
                                   .holdout = 1 + below(rng, 3),
                                   .min_profile = below(rng, 4),
                                   .min_profile_item = below(rng, 4)};
}

/* ---- comparison ---- */

static void assert_same(const struct plain *p, const struct drp_selection *s, uint64_t input)
{
    bool is_in[MAX_TEXTS] = {false};
    for (size_t u = 0; u < s->n_users; u++)
        for (size_t i = 0; i < drp_selection_n(s, u); i++)
            is_in[drp_selection_entry(s, u, i)->order] = true;
    for (int i = 0; i < p->n; i++)
        if (is_in[i] != p->at[i].is_in)
            fail_msg("input %d: text %d is%s in", (int)input, i, is_in[i] ? "" : " not");
}

/* What holds of every selection, whatever the input. */
static void assert_sound(const struct drp_selection *s, const struct drp_thresholds *t)
{
    for (size_t u = 0; u < s->n_users; u++) {
        const int64_t n = (int64_t)drp_selection_n(s, u);
        if (n == 0)
            continue;
        assert_true(n >= t->holdout + t->min_profile);
        assert_true(n <= t->max_user);
        for (size_t i = 1; i < (size_t)n; i++) {
            const struct drp_corpus_entry *const a = drp_selection_entry(s, u, i - 1);
            const struct drp_corpus_entry *const b = drp_selection_entry(s, u, i);
            assert_true(a->time_ms < b->time_ms ||
                        (a->time_ms == b->time_ms && a->order < b->order));
            for (size_t k = 0; k < i; k++) {
                assert_int_not_equal(drp_selection_entry(s, u, k)->item, b->item);
                assert_int_not_equal(drp_selection_entry(s, u, k)->clean, b->clean);
            }
        }
    }
}

static void equal_to_the_plain_version(void **state)
{
    struct drp_rng rng;
    size_t n_users = 0;
    (void)state;
    drp_rng_init(&rng, 1);
    for (uint64_t input = 0; input < N_INPUTS; input++) {
        struct plain p;
        struct drp_corpus c;
        struct drp_selection s;
        struct drp_drops drops = {0};
        const struct drp_thresholds t = make_thresholds(&rng);
        drp_corpus_init(&c);
        make_input(&rng, &p, &c);
        drp_split_select(&s, &c, &t, &drops);
        plain_select(&p, &t);
        assert_same(&p, &s, input);
        assert_sound(&s, &t);
        uint64_t n_dropped = 0;
        for (size_t i = 0; i < DRP_N_DROPS; i++)
            n_dropped += drops.n[i];
        assert_int_equal(n_dropped + s.first[s.n_users], p.n);
        n_users += drp_selection_n_users(&s);
        drp_selection_release(&s);
        drp_corpus_release(&c);
    }
    assert_true(n_users > N_INPUTS / 4); /* else the inputs test nothing */
}

static void splits_of_targets(void **state)
{
    (void)state;
    assert_int_equal(drp_split_of(0, 1), DRP_SPLIT_TEST);
    assert_int_equal(drp_split_of(0, 2), DRP_SPLIT_VAL);
    assert_int_equal(drp_split_of(1, 2), DRP_SPLIT_TEST);
    assert_int_equal(drp_split_of(7, 10), DRP_SPLIT_TRAIN);
    assert_int_equal(drp_split_of(8, 10), DRP_SPLIT_VAL);
    assert_int_equal(drp_split_of(9, 10), DRP_SPLIT_TEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_to_the_plain_version),
        cmocka_unit_test(splits_of_targets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
