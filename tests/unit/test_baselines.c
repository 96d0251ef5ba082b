/* What each baseline shows a model, beyond what holds for all methods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "method/material.h"
#include "run/lines.h"
#include "support/scene.h"
#include "support/temp.h"

#include "base/banned.h"

/* Eight items compared, four others each; 25 texts. */
static const struct scene_opts full = {.n_items = 25, .n_peers = 4, .selected = true};
static const struct scene_opts full_of_users = {
    .n_items = 25, .n_peers = 4, .selected = true, .select = {.level = DRP_SELECT_USER}};

static size_t n_in(const char *text, const char *needle)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, needle)); at++)
        n++;
    return n;
}

static void nonp_and_rag_show_what_they_are_for(void **state)
{
    struct scene s;
    struct drp_profile profile;
    struct drp_prediction p;
    scene_init(&s, *state, &full);
    scene_write(&s, scene_method("nonp"), &profile, &p);
    assert_int_equal(n_in(s.calls.at[0].text, SCENE_AUTHOR), 0);
    assert_int_equal(s.calls.at[0].n_subjects, 1);
    assert_non_null(strstr(s.calls.at[0].text, "Thing 25"));
    assert_non_null(strstr(s.calls.at[0].text, "[Rating]: 4.0"));
    assert_non_null(strstr(s.calls.at[0].text, "[Title]: A title"));
    scene_write(&s, scene_method("rag"), &profile, &p);
    assert_int_equal(n_in(s.calls.at[0].text, SCENE_OWN), 8);
    scene_release(&s);
}

static void intsum_takes_its_texts_from_where_it_is_told(void **state)
{
    static const struct {
        const char *source;
        const char *k;
        size_t n;
        const char *first, *last; /* texts that the prompt begins and ends with; NULL: any */
    } rows[] = {
        {"intsum.source=retrieved", "intsum.k=8", 8, NULL, NULL},
        {"intsum.source=retrieved", "intsum.k=3", 3, NULL, NULL},
        {"intsum.source=recent", "intsum.k=3", 3, SCENE_OWN "22.", SCENE_OWN "24."},
        {"intsum.source=all", "intsum.k=3", 25, SCENE_OWN "0.", SCENE_OWN "24."},
        {"intsum.source=sample", "intsum.k=10", 10, NULL, NULL},
        {"intsum.source=sample", "intsum.k=500", 25, SCENE_OWN "0.", SCENE_OWN "24."},
    };
    struct scene s;
    struct drp_profile profile;
    struct drp_prediction p;
    scene_init(&s, *state, &full);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        scene_set(&s, rows[i].source);
        scene_set(&s, rows[i].k);
        scene_write(&s, scene_method("intsum"), &profile, &p);
        const char *text = s.calls.at[0].text;
        assert_int_equal(n_in(text, SCENE_OWN), rows[i].n);
        const char *first = strstr(text, SCENE_OWN);
        assert_non_null(first);
        if (rows[i].first)
            assert_int_equal(strncmp(first, rows[i].first, strlen(rows[i].first)), 0);
        if (rows[i].last)
            assert_int_equal(n_in(strstr(text, rows[i].last), SCENE_OWN), 1);
        assert_int_equal(n_in(s.calls.at[1].text, SCENE_OWN), 8);
        assert_non_null(strstr(s.calls.at[1].text, "SUMMARYTEXT"));
    }

    /* A summary ends where it begins to repeat a review of the prompt. */
    assert_int_equal(s.calls.at[0].sampling.n_stop, 4);
    assert_true(drp_sv_is(s.calls.at[0].sampling.stop[1], "[Review]:"));
    assert_int_equal(s.calls.at[1].sampling.n_stop, 0);

    /* Drawn from the user alone: another seed, target and repetition see the same texts. */
    scene_set(&s, "intsum.k=10");
    scene_write(&s, scene_method("intsum"), &profile, &p);
    char *before = strdup(s.calls.at[0].text);
    s.cell.seed = 7;
    s.cell.repeat = 3;
    s.sample.item = drp_dataset_item(s.dataset, 3);
    scene_write(&s, scene_method("intsum"), &profile, &p);
    assert_string_equal(s.calls.at[0].text, before);
    s.sample.user_id = DRP_SV("somebody else");
    scene_write(&s, scene_method("intsum"), &profile, &p);
    assert_string_not_equal(s.calls.at[0].text, before);
    free(before);
    scene_release(&s);
}

static void trsr_goes_through_the_history_in_blocks(void **state)
{
    struct scene s;
    struct drp_profile profile;
    struct drp_prediction p;
    const struct scene_opts opts = {.n_items = 28, .n_peers = 4, .selected = true};
    scene_init(&s, *state, &opts);
    s.cell.temperature = 0.8; /* greedy calls have no seed */
    scene_set(&s, "trsr.block=6");
    scene_write(&s, scene_method("trsr"), &profile, &p);
    assert_int_equal(s.calls.n, 6); /* 28 texts: four blocks of six and one of four */
    for (size_t b = 0; b < 5; b++) {
        const char *text = s.calls.at[b].text;
        char first[32];
        snprintf(first, sizeof first, SCENE_OWN "%zu.", 6 * b);
        assert_int_equal(n_in(text, SCENE_OWN), b < 4 ? 6 : 4);
        assert_int_equal(strncmp(strstr(text, SCENE_OWN), first, strlen(first)), 0);
        assert_int_equal(n_in(text, "SUMMARYTEXT"), b > 0);
        for (size_t c = 0; c < b; c++)
            assert_true(s.calls.at[b].sampling.seed != s.calls.at[c].sampling.seed);
    }
    scene_set(&s, "trsr.max_blocks=2");
    scene_set(&s, "trsr.raw=recent");
    scene_write(&s, scene_method("trsr"), &profile, &p);
    assert_non_null(strstr(s.calls.at[0].text, SCENE_OWN "16."));
    assert_null(strstr(s.calls.at[0].text, SCENE_OWN "15."));
    assert_int_equal(n_in(s.calls.at[2].text, SCENE_OWN), 3);
    assert_non_null(strstr(s.calls.at[2].text, SCENE_OWN "27."));
    scene_set(&s, "trsr.raw=none");
    scene_write(&s, scene_method("trsr"), &profile, &p);
    assert_int_equal(n_in(s.calls.at[2].text, SCENE_OWN), 0);
    assert_int_equal(n_in(s.calls.at[2].text, "SUMMARYTEXT"), 1);

    scene_set(&s, "trsr.mode=hierarchical");
    scene_write(&s, scene_method("trsr"), &profile, &p);
    assert_int_equal(n_in(s.calls.at[1].text, "SUMMARYTEXT"), 0);
    assert_int_equal(n_in(s.calls.at[2].text, SCENE_OWN), 0);
    assert_int_equal(n_in(s.calls.at[2].text, "SUMMARYTEXT"), 2);
    assert_true(strstr(s.calls.at[2].text, "[Summary 1]:") <
                strstr(s.calls.at[2].text, "[Summary 2]:"));

    scene_set(&s, "trsr.select=retrieved");
    scene_write(&s, scene_method("trsr"), &profile, &p);
    int before = -1;
    for (const char *at = s.calls.at[0].text; (at = strstr(at, SCENE_OWN)); at++) {
        int64_t number = 0;
        const char *digits = at + strlen(SCENE_OWN);
        assert_true(
            drp_sv_int((struct drp_sv){digits, strspn(digits, "0123456789")}, &number));
        assert_true(number > before);
        before = (int)number;
    }
    scene_release(&s);
}

/* Answers of the summariser, one a round: what is lost leaves the former summary. */
static void trsr_keeps_the_former_summary(void **state)
{
    static const struct {
        const char *mode;
        struct drp_stub_rule rule; /* of the first calls */
        size_t n_blocks;
        const char *fallback;
    } rows[] = {
        {"trsr.mode=recurrent", {.text = "", .max_uses = 2}, 2, NULL}, /* with its repetition */
        {"trsr.mode=recurrent", {.text = "", .status = DRP_ENET, .max_uses = 1}, 2, NULL},
        {"trsr.mode=recurrent", {.text = "", .max_uses = 4}, 2, DRP_FALLBACK_OWN},
        {"trsr.mode=hierarchical", {.text = "", .status = DRP_ENET, .max_uses = 1}, 2, NULL},
        {"trsr.mode=hierarchical", {.text = "[Summary]:", .max_uses = 2}, 2, DRP_FALLBACK_OWN},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct scene s;
        struct drp_profile profile;
        struct drp_prediction p;
        struct scene_opts opts = {.n_items = 10, .n_peers = 1, .selected = true};
        opts.rules[SCENE_SUMMARIZE] = rows[i].rule;
        scene_init(&s, *state, &opts);
        scene_set(&s, rows[i].mode);
        scene_write(&s, scene_method("trsr"), &profile, &p);
        assert_string_equal(p.fallback ? p.fallback : "none",
                            rows[i].fallback ? rows[i].fallback : "none");
        if (!rows[i].fallback)
            assert_true(drp_sv_is(profile.summary, "SUMMARYTEXT of the user"));
        scene_release(&s);
    }
}

/* The text of another user least like the user's, found by brute force. */
static const struct drp_review *least_like(struct scene *s, const struct drp_review *own)
{
    const struct drp_reviews others =
        drp_selector_others(s->selector, &s->sample, own->item, &s->arena);
    const size_t dim = drp_vectors_dim(s->vectors);
    const struct drp_review *least = NULL;
    double lowest = 2;
    float a[64], b[64];
    struct drp_err err = {0};
    assert_true(dim <= DRP_LEN(a));
    assert_int_equal(drp_vectors_get(s->vectors, &own->text, 1, a, &err), 0);
    for (size_t i = 0; i < others.n; i++) {
        double dot = 0; /* the stub's vectors have unit length */
        assert_int_equal(drp_vectors_get(s->vectors, &others.at[i]->text, 1, b, &err), 0);
        for (size_t k = 0; k < dim; k++)
            dot += (double)a[k] * (double)b[k];
        if (dot < lowest) {
            lowest = dot;
            least = others.at[i];
        }
    }
    return least;
}

static void cicl_pairs_what_is_about_one_item(void **state)
{
    static const char *const negatives[] = {"cicl.neg=peer_random",
                                            "cicl.neg=peer_dissimilar",
                                            "cicl.neg=peer_center", "cicl.neg=llm_default"};
    for (size_t i = 0; i < 2 * DRP_LEN(negatives); i++) {
        const bool by_user = i % 2;
        struct scene s;
        struct drp_profile profile;
        struct drp_prediction p;
        scene_init(&s, *state, by_user ? &full_of_users : &full);
        scene_set(&s, negatives[i / 2]);
        scene_write(&s, scene_method("cicl"), &profile, &p);
        assert_int_equal(profile.known->n_pairs, 8);
        for (size_t k = 0; k < profile.known->n_pairs; k++) {
            const struct drp_contrast *pair = &profile.known->pairs[k];
            const struct drp_review *own = pair->own.at[0], *other = pair->peers.at[0];
            assert_int_equal(own->item, pair->item->id);
            assert_int_equal(other->item, pair->item->id);
            assert_int_equal(other->user == own->user, i / 2 == DRP_NEG_MODEL);
            if (i / 2 == DRP_NEG_DISSIMILAR)
                assert_ptr_equal(other, least_like(&s, own));
            if (i / 2 == DRP_NEG_CENTER && !by_user)
                assert_ptr_equal(other, s.sample.contrasts[k].peers.at[0]);
            if (!by_user)
                assert_ptr_equal(own, s.sample.contrasts[k].own.at[0]);
            else
                assert_ptr_equal(own, s.sample.own.at[k]);
        }
        /* The analysis sees both sides and not the target; the text is written from both and the analysis. */
        const char *analysis = s.calls.at[s.calls.n - 2].text;
        const char *text = s.calls.at[s.calls.n - 1].text;
        assert_int_equal(n_in(analysis, "[Desired]:"), 8);
        assert_int_equal(n_in(analysis, "[Undesired]:"), 8);
        assert_null(strstr(analysis, "Thing 25"));
        assert_int_equal(n_in(text, "=== assistant\nI like it. " SCENE_OWN), 8);
        assert_int_equal(n_in(text, SCENE_PEER), i / 2 == DRP_NEG_MODEL ? 0 : 8);
        assert_int_equal(n_in(text, "ANALYSISTEXT"), 1);
        assert_true(drp_sv_is(profile.summary, "ANALYSISTEXT of the user"));
        scene_release(&s);
    }
}

static void cicl_draws_the_same_pairs_in_every_cell(void **state)
{
    struct scene s;
    struct drp_profile first, second;
    struct drp_prediction p;
    struct scene_opts opts = full;
    size_t n_different = 0;
    opts.n_peers = 6;
    scene_init(&s, *state, &opts);
    scene_write(&s, scene_method("cicl"), &first, &p);
    s.cell.seed = 7;
    s.cell.temperature = 0.8;
    scene_write(&s, scene_method("cicl"), &second, &p);
    assert_int_equal(first.known->n_pairs, second.known->n_pairs);
    for (size_t i = 0; i < first.known->n_pairs; i++) {
        assert_ptr_equal(first.known->pairs[i].peers.at[0],
                         second.known->pairs[i].peers.at[0]);
        n_different += first.known->pairs[i].peers.at[0]->user !=
                       first.known->pairs[0].peers.at[0]->user;
    }
    assert_true(n_different > 0);
    scene_release(&s);
}

static void cicl_shows_what_it_is_told(void **state)
{
    struct scene s;
    struct drp_profile profile;
    struct drp_prediction p;
    struct scene_opts opts = full;
    opts.rules[SCENE_WRITE] = (struct drp_stub_rule){
        .text = "[Analysis]: As in [Review]: short.\n[Review]: Good."};
    scene_init(&s, *state, &opts);
    s.cell.temperature = 0.8; /* greedy calls have no seed */
    scene_set(&s, "cicl.show=positives");
    scene_write(&s, scene_method("cicl"), &profile, &p);
    assert_int_equal(n_in(s.calls.at[1].text, SCENE_PEER), 0);
    assert_int_equal(n_in(s.calls.at[1].text, "=== assistant\nI like it. " SCENE_OWN), 8);
    scene_set(&s, "cicl.calls=merged");
    scene_write(&s, scene_method("cicl"), &profile, &p);
    assert_int_equal(n_in(s.calls.at[0].text, "[Undesired]:"), 8);
    assert_non_null(strstr(s.calls.at[0].text, "Thing 25"));
    assert_true(drp_sv_is(p.text, "Good."));

    /* A lost answer costs its pair; each call for a counterpart has a seed of its own. */
    scene_set(&s, "cicl.calls=split");
    scene_set(&s, "cicl.neg=llm_default");
    s.opts.rules[SCENE_WRITE] =
        (struct drp_stub_rule){.text = "", .status = DRP_ENET, .max_uses = 1};
    scene_write(&s, scene_method("cicl"), &profile, &p);
    assert_int_equal(profile.known->n_pairs, 7);
    for (size_t i = 0; i < s.calls.n; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(s.calls.at[i].sampling.seed != s.calls.at[k].sampling.seed);
    scene_release(&s);
}

static void dpl_keeps_its_differences(void **state)
{
    struct scene s;
    struct drp_profile profile;
    struct drp_prediction p;
    struct scene_opts opts = full;
    opts.rules[SCENE_COMPARE] =
        (struct drp_stub_rule){.text = "", .status = DRP_ENET, .max_uses = 1};
    scene_init(&s, *state, &opts);
    scene_write(&s, scene_method("dpl"), &profile, &p);
    assert_int_equal(drp_stub_largest_batch(s.stub), 8);
    assert_int_equal(s.account.contrasts_lost, 1);
    assert_int_equal(profile.n_differences, 8);
    assert_null(profile.validated);
    assert_int_equal(profile.features.n, 0);
    assert_int_equal(n_in(s.calls.at[8].text, "DIFFERENCETEXT"), 7);
    assert_int_equal(n_in(s.calls.at[8].text, SCENE_OWN), 8);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(s.calls.at[i].n_subjects, 5);
        assert_int_equal(n_in(s.calls.at[i].text, SCENE_PEER), 4);
        assert_int_equal(n_in(s.calls.at[i].text, SCENE_OWN), 1);
    }

    /* Without a validation there is nothing to write about one. */
    struct drp_sample_lines lines;
    const struct drp_line line = {.method = scene_method("dpl"),
                                  .cell = &s.cell,
                                  .sample = &s.sample,
                                  .model = DRP_SV("stub"),
                                  .profile = &profile,
                                  .prediction = &p};
    drp_sample_lines_init(&lines);
    drp_lines_add(&lines, &line);
    assert_int_equal(n_in(lines.at[DRP_DIFFERENCES].ptr, "\n"), 8);
    assert_int_equal(n_in(lines.at[DRP_DIFFERENCES].ptr, "\"validated\":null"), 8);
    assert_int_equal(n_in(lines.at[DRP_DIFFERENCES].ptr, "\"extracted\":null"), 1);
    assert_int_equal(lines.at[DRP_FEATURES].len, 0);
    drp_sample_lines_release(&lines);
    scene_release(&s);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(nonp_and_rag_show_what_they_are_for),
        IN_FOLDER(intsum_takes_its_texts_from_where_it_is_told),
        IN_FOLDER(trsr_goes_through_the_history_in_blocks),
        IN_FOLDER(trsr_keeps_the_former_summary),
        IN_FOLDER(cicl_pairs_what_is_about_one_item),
        IN_FOLDER(cicl_draws_the_same_pairs_in_every_cell),
        IN_FOLDER(cicl_shows_what_it_is_told),
        IN_FOLDER(dpl_keeps_its_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
