/* Selection over a small dataset: each user's text about an item lies where its vector says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/hash.h"
#include "select/select.h"
#include "select/select_show.h"
#include "support/temp.h"

#include "base/banned.h"

/* One text: user 'a' about item '1' is "a1". `target` marks what is to be written. */
struct line {
    const char *user, *item, *title;
    int64_t time_ms;
    float vector[2];
    bool target;
};

/* An item and what its description says. */
struct thing {
    const char *asin, *description;
};

static const struct thing THINGS[] = {
    {"1", "red kettle"},  {"2", "blue kettle steel"},  {"3", "green tent"},
    {"4", "yellow lamp"}, {"9", "small kettle steel"},
};

/* Four users wrote about items 1 and 2, and only a and b about 3; 9 is everybody's target but e's, who has it in the
 * profile and writes about 4. Around item 1, b stands with a; around item 2 everyone stands alone but c and d. */
static const struct line LINES[] = {
    {"a", "1", "fine", 10, {0, 0}, false},    {"a", "2", "fine", 20, {0, 0}, false},
    {"a", "3", "fine", 30, {0, 0}, false},    {"a", "9", "kettle", 99, {0, 0}, true},
    {"b", "1", "good", 11, {0, 0.1f}, false}, {"b", "2", "good", 21, {9, 0}, false},
    {"b", "3", "good", 31, {0, 5}, false},    {"b", "9", "good", 98, {0, 0}, true},
    {"c", "1", "bad", 12, {10, 0}, false},    {"c", "2", "bad", 22, {0, 9}, false},
    {"c", "9", "bad", 97, {0, 0}, true},      {"d", "1", "odd", 120, {10, 10}, false},
    {"d", "2", "odd", 23, {0, 9.1f}, false},  {"d", "9", "odd", 96, {0, 0}, true},
    {"e", "9", "kettle", 5, {1, 1}, false},   {"e", "2", "kettle", 24, {-9, -9}, false},
    {"e", "4", "lamp", 95, {0, 0}, true},
};

/* What a test works with. */
struct scene {
    struct drp_dataset *ds;
    struct drp_vectors *vectors;
    struct drp_selector *selector;
    struct drp_arena arena;
    struct drp_sample sample;
};

static void write_review(struct drp_str *out, const struct line *l)
{
    drp_str_addf(out,
                 "{\"asin\":\"%s\",\"title\":\"%s\",\"text\":\"%s%s\",\"rating\":4.0,"
                 "\"timestamp\":%lld}",
                 l->item, l->title, l->user, l->item, (long long)l->time_ms);
}

static void write_row(struct drp_str *out, const struct line *lines, size_t n,
                      const char *user)
{
    const struct line *target = NULL;
    const char *comma = "";
    drp_str_addf(out, "{\"user_id\":\"%s\",\"profile\":[", user);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(lines[i].user, user) != 0)
            continue;
        if (lines[i].target) {
            target = &lines[i];
            continue;
        }
        drp_str_addz(out, comma);
        write_review(out, &lines[i]);
        comma = ",";
    }
    drp_str_addz(out, "],\"data\":");
    write_review(out, target);
    drp_str_addz(out, "}\n");
}

static void write_dataset(const char *dir, const struct line *lines, size_t n)
{
    struct drp_str out;
    drp_str_init(&out, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        if (lines[i].target)
            write_row(&out, lines, n, lines[i].user);
    }
    drp_temp_write(dir, "test.jsonl", drp_str_sv(&out));
    drp_str_clear(&out);
    for (size_t i = 0; i < DRP_LEN(THINGS); i++)
        drp_str_addf(&out,
                     "{\"asin\":\"%s\",\"title\":\"Item %s\",\"description\":\"%s\"}\n",
                     THINGS[i].asin, THINGS[i].asin, THINGS[i].description);
    drp_temp_write(dir, "items.jsonl", drp_str_sv(&out));
    drp_str_clear(&out);
    for (size_t i = 0; i < n; i++) {
        char text[16], hex[65];
        const int len = snprintf(text, sizeof text, "%s%s", lines[i].user, lines[i].item);
        const struct drp_sha256 hash = drp_sha256((struct drp_sv){text, (size_t)len});
        drp_sha256_hex(&hash, hex);
        drp_str_addf(&out, "{\"text_sha256\":\"%s\",\"vector\":[%g,%g]}\n", hex,
                     (double)lines[i].vector[0], (double)lines[i].vector[1]);
    }
    drp_temp_write(dir, "vectors.jsonl", drp_str_sv(&out));
    drp_str_release(&out);
}

static void open_scene(struct scene *s, const char *dir, const struct line *lines,
                       size_t n, const struct drp_select_opts *opts)
{
    struct drp_err err = {0};
    *s = (struct scene){0};
    write_dataset(dir, lines, n);
    assert_int_equal(drp_dataset_load(dir, "test", &s->ds, &err), 0);
    assert_int_equal(
        drp_vectors_open_file(drp_temp_path(dir, "vectors.jsonl"), &s->vectors, &err), 0);
    if (drp_selector_new(s->ds, s->vectors, opts, &s->selector, &err) < 0)
        fail_msg("%s", err.text);
}

static void close_scene(struct scene *s)
{
    drp_arena_release(&s->arena);
    drp_selector_free(s->selector);
    drp_vectors_free(s->vectors);
    drp_dataset_free(s->ds);
}

/* The sample of a user, as JSON. Static storage. */
static const char *fill(struct scene *s, const char *user, const struct drp_target *target)
{
    static char json[4096];
    struct drp_err err = {0};
    struct drp_str out;
    struct drp_jw w;
    size_t row;
    drp_arena_release(&s->arena);
    assert_int_equal(drp_dataset_find_user(s->ds, drp_sv_from(user), &row, &err), 0);
    if (drp_selector_fill(s->selector, row, target, &s->arena, &s->sample, &err) < 0)
        fail_msg("%s", err.text);
    drp_str_init(&out, sizeof json - 1);
    drp_jw_init(&w, &out, 0);
    drp_select_write_json(s->ds, &s->sample, &w);
    assert_false(out.full);
    memcpy(json, out.ptr, out.len + 1);
    drp_str_release(&out);
    return json;
}

/* BM25 by hand: the query of a is "kettle small kettle steel". Item 2's document holds kettle and steel, item 1's kettle.
 * Around item 1, c and d stand apart from a and b; around item 2, e, b and the pair c, d: the lower of the pair counts. */
static void compares_by_item(void **state)
{
    struct scene s;
    const struct drp_select_opts opts = {.n_items = 8, .n_peers = 3};
    open_scene(&s, *state, LINES, DRP_LEN(LINES), &opts);
    const char *json = fill(&s, "a", NULL);
    assert_non_null(
        strstr(json, "\"user_id\":\"a\",\"target\":\"9\",\"own\":[\"2\",\"1\",\"3\"]"));
    assert_int_equal(s.sample.n_contrasts, 2);
    assert_int_equal(s.sample.thin, DRP_THIN_FEW);
    assert_true(drp_sv_is(s.sample.reference, "a9"));
    assert_int_equal(s.sample.profile.n, 3);

    const struct drp_contrast *second = &s.sample.contrasts[1];
    const struct drp_contrast *first = &s.sample.contrasts[0];
    assert_true(drp_sv_is(first->item->asin, "2"));
    assert_true(drp_sv_is(first->own.at[0]->text, "a2"));
    assert_int_equal(first->peers.n, 3);
    bool seen[3] = {false, false, false};
    for (size_t i = 0; i < 3; i++) {
        const struct drp_sv text = first->peers.at[i]->text;
        seen[0] = seen[0] || drp_sv_is(text, "b2");
        seen[1] = seen[1] || drp_sv_is(text, "c2");
        seen[2] = seen[2] || drp_sv_is(text, "e2");
        assert_int_not_equal(first->clusters[i], first->target_cluster);
        assert_true(i == 0 || first->clusters[i] > first->clusters[i - 1]);
    }
    assert_true(seen[0] && seen[1] && seen[2]);

    /* Four points in four clusters: all others stand for themselves. */
    assert_true(drp_sv_is(second->item->asin, "1"));
    assert_int_equal(second->peers.n, 3);
    close_scene(&s);
}

/* A text about the target item is in e's profile: it is compared with nobody, and e's own is not looked at
 * when e is to write about it. */
static void never_shows_texts_about_the_target(void **state)
{
    struct scene s;
    const struct drp_select_opts opts = {.n_items = 8, .n_peers = 1};
    static const struct line LEAK[] = {
        {"a", "9", "kettle", 3, {0, 0}, false}, {"a", "1", "kettle", 4, {0, 0}, false},
        {"a", "9", "kettle", 9, {1, 0}, true},  {"b", "9", "kettle", 5, {5, 5}, false},
        {"b", "1", "kettle", 6, {2, 2}, false}, {"b", "9", "kettle", 8, {1, 0}, true},
    };
    open_scene(&s, *state, LEAK, DRP_LEN(LEAK), &opts);
    static const enum drp_select_level LEVELS[] = {DRP_SELECT_ITEM, DRP_SELECT_USER};
    for (size_t i = 0; i < DRP_LEN(LEVELS); i++) {
        struct drp_err err = {0};
        const struct drp_select_opts at = {.level = LEVELS[i], .n_peers = 1};
        drp_selector_free(s.selector);
        assert_int_equal(drp_selector_new(s.ds, s.vectors, &at, &s.selector, &err), 0);
        fill(&s, "a", NULL);
        assert_int_equal(s.sample.profile.n, 1);
        assert_int_equal(s.sample.own.n, 1);
        assert_int_equal(s.sample.n_contrasts, 1);
        assert_int_equal(s.sample.contrasts[0].peers.n, 1);
        assert_true(drp_sv_is(s.sample.contrasts[0].peers.at[0]->text, "b1"));
    }
    close_scene(&s);
}

static void writes_for_another_target(void **state)
{
    struct scene s;
    const struct drp_select_opts opts = {.n_peers = 3};
    open_scene(&s, *state, LINES, DRP_LEN(LINES), &opts);
    const struct drp_item outside = {.id = UINT32_MAX,
                                     .asin = DRP_SV("new"),
                                     .title = DRP_SV("New"),
                                     .description = DRP_SV("green unheard")};
    const struct drp_target targets[] = {
        {drp_dataset_find_item(s.ds, DRP_SV("2")), 5, DRP_SV("")},
        {&outside, 1, DRP_SV("fine")},
    };
    const char *json = fill(&s, "a", &targets[0]);
    assert_null(strstr(json, "\"asin\":\"2\""));
    /* A word in one of two documents weighs nothing, so both are equal and the newer comes first. */
    assert_non_null(strstr(json, "\"target\":\"2\",\"own\":[\"3\",\"1\"]"));
    assert_null(s.sample.reference.ptr);
    assert_int_equal(s.sample.profile.n, 2);

    json = fill(&s, "a", &targets[1]);
    assert_non_null(strstr(json, "\"target\":\"new\",\"own\":[\"3\",\"1\",\"2\"]"));
    assert_true(s.sample.rating == 1);
    close_scene(&s);
}

static void says_when_data_are_thin(void **state)
{
    static const struct {
        struct drp_select_opts opts;
        const char *user;
        size_t n_own, n_contrasts;
        enum drp_thin thin;
    } CASES[] = {
        {{.n_peers = 3, .n_items = 2}, "a", 2, 2, DRP_THIN_NONE},
        {{.n_peers = 3, .n_items = 3}, "a", 3, 2, DRP_THIN_FEW},
        {{.n_peers = 4}, "a", 3, 1, DRP_THIN_FEW},
        {{.n_peers = 5}, "a", 3, 0, DRP_THIN_NO_ITEM},
        {{.n_peers = 3, .n_documents = 1}, "a", 1, 0, DRP_THIN_NO_ITEM},
        {{.n_peers = 4, .level = DRP_SELECT_USER}, "a", 3, 4, DRP_THIN_NONE},
        {{.n_peers = 5, .level = DRP_SELECT_USER}, "a", 3, 0, DRP_THIN_NO_PEERS},
        /* d wrote about item 1 after a's target. */
        {{.n_peers = 3, .peers_before_target = true}, "a", 3, 1, DRP_THIN_FEW},
        {{.n_peers = 2, .peers_before_target = true}, "a", 3, 2, DRP_THIN_FEW},
    };
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        struct scene s;
        open_scene(&s, *state, LINES, DRP_LEN(LINES), &CASES[i].opts);
        fill(&s, CASES[i].user, NULL);
        if (s.sample.own.n != CASES[i].n_own ||
            s.sample.n_contrasts != CASES[i].n_contrasts || s.sample.thin != CASES[i].thin)
            fail_msg("case %zu: %zu own, %zu contrasts, thin %d", i, s.sample.own.n,
                     s.sample.n_contrasts, s.sample.thin);
        close_scene(&s);
    }
}

/* Means of the users' vectors: a (0,0), b (3,1.7), c (5,4.5), d (5,9.55), e (-4,-4). */
static void compares_by_user(void **state)
{
    struct scene s;
    const struct drp_select_opts opts = {.level = DRP_SELECT_USER,
                                         .n_items = 2,
                                         .n_peers = 2};
    open_scene(&s, *state, LINES, DRP_LEN(LINES), &opts);
    const char *json = fill(&s, "a", NULL);
    assert_non_null(
        strstr(json, "\"own\":[\"2\",\"1\"],\"difference\":[{\"representative\":"));
    assert_int_equal(s.sample.n_contrasts, 2);
    for (size_t i = 0; i < s.sample.n_contrasts; i++) {
        const struct drp_contrast *c = &s.sample.contrasts[i];
        assert_null(c->item);
        assert_ptr_equal(c->own.at, s.sample.own.at);
        assert_in_range(c->peers.n, 1, 2);
        assert_int_not_equal(c->clusters[0], c->target_cluster);
        for (size_t j = 0; j < c->peers.n; j++) {
            assert_int_not_equal(c->peers.at[j]->user, s.sample.user);
            assert_false(drp_sv_is(c->peers.at[j]->text, "e9"));
        }
        assert_true(drp_sv_is(drp_dataset_item(s.ds, c->peers.at[0]->item)->asin, "2"));
    }
    close_scene(&s);
}

static void ranks_nothing_without_words(void **state)
{
    struct scene s;
    static const struct line BARE[] = {
        {"a", "x", "", 1, {0, 0}, false},
        {"a", "y", "", 2, {0, 0}, true},
        {"b", "x", "", 1, {1, 0}, false},
        {"b", "y", "", 2, {0, 0}, true},
    };
    const struct drp_select_opts opts = {.n_peers = 1};
    open_scene(&s, *state, BARE, DRP_LEN(BARE), &opts);
    assert_string_equal(fill(&s, "a", NULL),
                        "{\"user_id\":\"a\",\"target\":\"y\",\"own\":[],\"difference\":[]}");
    assert_int_equal(s.sample.profile.n, 1);
    close_scene(&s);
}

/* Who wrote about an item twice is one peer, with the first text. */
static void counts_each_peer_once(void **state)
{
    static const struct line TWICE[] = {
        {"a", "1", "kettle", 1, {0, 0}, false}, {"a", "9", "kettle", 9, {0, 0}, true},
        {"b", "1", "kettle", 2, {5, 5}, false}, {"b", "1", "kettle", 3, {7, 7}, false},
        {"b", "9", "kettle", 8, {0, 0}, true},
    };
    for (uint32_t n_peers = 1; n_peers <= 2; n_peers++) {
        struct scene s;
        const struct drp_select_opts opts = {.n_peers = n_peers};
        open_scene(&s, *state, TWICE, DRP_LEN(TWICE), &opts);
        fill(&s, "a", NULL);
        assert_int_equal(s.sample.n_contrasts, n_peers == 1);
        if (n_peers == 1)
            assert_int_equal(s.sample.contrasts[0].peers.at[0]->time_ms, 2);
        close_scene(&s);
    }
}

static void masks_peers_for_people(void **state)
{
    struct scene s;
    const struct drp_select_opts opts = {.n_peers = 3};
    open_scene(&s, *state, LINES, DRP_LEN(LINES), &opts);
    fill(&s, "a", NULL);
    struct drp_str out;
    drp_str_init(&out, 1 << 16);
    drp_select_write_text(s.ds, &s.sample, false, &out);
    assert_non_null(strstr(out.ptr, "[review by peer 3, 2 chars]\n"));
    assert_non_null(strstr(out.ptr, "user a, to write about 9 \"Item 9\", rating 4.0\n"));
    for (const char *text = "b1\0b2\0c1\0c2\0d1\0d2\0e2\0"; *text; text += 3)
        assert_null(strstr(out.ptr, text));
    drp_str_release(&out);
    close_scene(&s);
}

static void refuses_options_out_of_range(void **state)
{
    struct scene s;
    struct drp_err err = {0};
    struct drp_selector *selector = NULL;
    open_scene(&s, *state, LINES, DRP_LEN(LINES), &(struct drp_select_opts){0});
    const struct drp_select_opts bad[] = {{.n_items = 65}, {.n_peers = 33}};
    for (size_t i = 0; i < DRP_LEN(bad); i++) {
        assert_int_equal(drp_selector_new(s.ds, s.vectors, &bad[i], &selector, &err),
                         DRP_EUSAGE);
        assert_null(selector);
    }
    close_scene(&s);
}

int main(void)
{
#define TEST(name)                                                                       \
    cmocka_unit_test_setup_teardown(name, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        TEST(compares_by_item),
        TEST(never_shows_texts_about_the_target),
        TEST(writes_for_another_target),
        TEST(says_when_data_are_thin),
        TEST(compares_by_user),
        TEST(ranks_nothing_without_words),
        TEST(counts_each_peer_once),
        TEST(masks_peers_for_people),
        TEST(refuses_options_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
