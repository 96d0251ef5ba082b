/* What methods share: the table, the ways an answer is stripped, how material is shortened, the room in a context. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "method/compose.h"
#include "method/draft.h"
#include "method/material.h"
#include "method/stage.h"
#include "support/scene.h"
#include "support/temp.h"

#include "base/banned.h"

static void methods_are_found_by_name(void **state)
{
    (void)state;
    const struct drp_method *m = NULL;
    struct drp_err err = {0};
    assert_int_equal(drp_method_find(DRP_SV("drp"), &m, &err), 0);
    assert_string_equal(m->title, "DRP");
    assert_int_equal(drp_method_find(DRP_SV("drpp"), &m, &err), DRP_EUSAGE);
    assert_non_null(strstr(err.text, "'drpp'"));
    assert_non_null(strstr(err.text, "'drp'"));
    size_t n = 0;
    const struct drp_method *const *all = drp_methods(&n);
    for (size_t i = 0; i < n; i++) {
        m = all[i];
        assert_true(m->name && m->title && m->source && m->steps && m->calls && m->write);
    }
}

static void accounts_add_up(void **state)
{
    (void)state;
    /* Every count is 1 in one and 2 in the other: one that is forgotten shows as 1 instead of 3. */
    struct drp_account sum = {0}, more = {0}, expected = {0};
    struct drp_account *const all[] = {&sum, &more, &expected};
    for (size_t k = 0; k < DRP_LEN(all); k++) {
        const uint64_t n = k + 1;
        *all[k] = (struct drp_account){
            .predictions = n,
            .failures = n,
            .fallbacks = n,
            .fallbacks_to = {{"plain", n}},
            .answers_cut = n,
            .answers_empty = n,
            .prompts_shortened = n,
            .features_kept = n,
            .features_dropped = n,
            .dropped_for = {{"duplicate", n}},
            .features_unparsed = n,
            .contrasts_lost = n,
            .personas_repaired = n,
            .personas_lost = n,
            .ranked_by_words = n,
        };
    }
    drp_account_add(&sum, &more);
    assert_memory_equal(&sum, &expected, sizeof sum);
}

static void tallies_keep_reasons_apart(void **state)
{
    (void)state;
    struct drp_tally tallies[DRP_MAX_TALLIES] = {{0}};
    drp_tally_add(tallies, "one", 1);
    drp_tally_add(tallies, "other", 2);
    drp_tally_add(tallies, "one", 4);
    assert_string_equal(tallies[0].reason, "one");
    assert_int_equal(tallies[0].n, 5);
    assert_string_equal(tallies[1].reason, "other");
    assert_int_equal(tallies[1].n, 2);
    assert_null(tallies[2].reason);
}

static void answers_are_stripped(void **state)
{
    static const struct {
        const char *answer, *expected;
    } rows[] = {
        {"Good.", "Good."},
        {"  Good.\n\nReally.\n", "Good.\n\nReally."},
        {"[Review]: Good.", "Good."},
        {"Here it is.\n\n[Review]:\nGood.", "Good."},
        {"[Review]: no [Review]: Good.", "Good."},
        {"Good. [Review]:", "Good."},
        {"[Summary]: Short sentences.", "Short sentences."},
        {"\"Good.\"", "Good."},
        {"\xE2\x80\x9CGood.\xE2\x80\x9D", "Good."},
        {"\"Good,\" he said. \"Very good.\"", "\"Good,\" he said. \"Very good.\""},
        {"```\nGood.\n```", "Good."},
        {"[Review]: \"Good.\"", "Good."},
        {"[Rating]: 5.0\n[Title]: Fine\n[Review]: Good.\n[Item]: Thing\n[Review]:", "Good."},
        {"[Rating]: 5.0\nGood.\n\n[Past review 9]:\n[Item]: x", "Good."},
        {"[Item]: Thing\n[Description]\nGood.", "Good."},
        {"[Item: Thing]\n[Review]\nGood.", "Good."},
        {"[Analysis]: Short, as in [Review]: x.\n[Review]: Good.", "Good."},
        {"[Analysis]: Short.\nGood.", "Good."},
        {"Good.\n[Not like this]: Bad.\n[Desired]: x", "Good."},
        {"[How this person writes]: Short.\n[Past review 9]: x", "Short."},
        {"[brackets] are text: [x]", "[brackets] are text: [x]"},
        {"[Output]: Good.", "Good."},
        {"[Input]: a note\n[Output]: Good.\n[Input]: another note", "Good."},
        {"Good.\n[Difference 1]: tone: none\n[Differences 2]:", "Good."},
        {"[Past text 1]: x\nGood.", "Good."},
        {"[1]", "[1]"},
        {"[Review]:", ""},
        {"[Title]: only", ""},
        {"\"\"", ""},
        {"```", "```"},
        {" \n", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv got = drp_compose_strip(drp_sv_from(rows[i].answer));
        if (!drp_sv_is(got, rows[i].expected))
            fail_msg("'%s' gives '%.*s'", rows[i].answer, DRP_SV_ARG(got));
    }
}

/* ---- material ---- */

static const struct drp_binding *bound(const struct drp_scope *scope, const char *name)
{
    for (size_t i = 0; i < scope->n; i++)
        if (strcmp(scope->at[i].name, name) == 0)
            return &scope->at[i];
    fail_msg("no '%s'", name);
    return NULL;
}

/* All text in a scope, to compare sizes. */
static size_t n_bytes(const struct drp_scope *scope)
{
    size_t n = 0;
    for (size_t i = 0; i < scope->n; i++) {
        n += scope->at[i].items ? 0 : scope->at[i].text.len;
        for (size_t k = 0; scope->at[i].items && k < scope->at[i].n_items; k++)
            n += 1 + n_bytes(&scope->at[i].items[k]);
    }
    return n;
}

static void each_step_is_shorter(void **state)
{
    struct scene s;
    const struct scene_opts opts = {
        .n_items = 5,
        .n_contrasts = 1,
        .n_peers = 4,
        .padding = 40000,
        .own_text = "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"};
    scene_init(&s, *state, &opts);
    const struct drp_material materials[] = {
        {.contrast = s.sample.contrasts},
        {.own = s.sample.profile, .item = s.sample.item, .title = s.sample.title, .rating = NAN},
        {.own = s.sample.profile, .own_by_time = true},
        {.own_by_time = false},
    };
    for (size_t i = 0; i < DRP_LEN(materials); i++) {
        const struct drp_material *m = &materials[i];
        size_t before = SIZE_MAX;
        for (size_t step = 0; step < drp_material_steps(m); step++) {
            const struct drp_scope *scope =
                drp_material_scope(m, step, s.dataset, &s.arena);
            const struct drp_binding *own = bound(scope, "own");
            assert_true(n_bytes(scope) <= before);
            before = n_bytes(scope);
            assert_true(own->n_items > 0 || i == 3);
            for (size_t k = 0; k < own->n_items; k++)
                assert_int_equal(drp_utf8_invalid(bound(&own->items[k], "text")->text),
                                 SIZE_MAX);
        }
        assert_true(before < 64);
    }
    scene_release(&s);
}

/* Ranked lists lose their last, lists by time their oldest entry, texts their middle. */
static void what_goes_first(void **state)
{
    struct scene s;
    const struct scene_opts opts = {.n_items = 3, .padding = 20000};
    scene_init(&s, *state, &opts);
    struct drp_material m = {.own = s.sample.profile};
    for (int by_time = 0; by_time < 2; by_time++) {
        m.own_by_time = by_time;
        const struct drp_scope *scope = drp_material_scope(&m, 2, s.dataset, &s.arena);
        const struct drp_binding *own = bound(scope, "own");
        assert_int_equal(own->n_items, 1);
        assert_true(
            drp_sv_is(bound(own->items, "item")->text, by_time ? "Thing 2" : "Thing 0"));
        assert_true(drp_sv_is(bound(own->items, "number")->text, "1"));
        assert_true(drp_sv_is(bound(scope, "n_own")->text, "1"));
    }
    const struct drp_scope *scope = drp_material_scope(&m, 3, s.dataset, &s.arena);
    const struct drp_sv text = bound(bound(scope, "own")->items, "text")->text;
    assert_true(text.len <= 16384 + 8 && text.len > 16000);
    assert_true(drp_sv_starts(text, DRP_SV("I like it.")));
    assert_true(drp_sv_find(text, DRP_SV(" \xE2\x80\xA6 "), 0) != SIZE_MAX);
    scene_release(&s);
}

static void ratings_print_as_floats(void **state)
{
    static const struct {
        double rating;
        const char *expected;
    } rows[] = {{5, "5.0"}, {4.5, "4.5"}, {0, "0.0"}, {NAN, ""}, {INFINITY, ""}};
    struct scene s;
    scene_init(&s, *state, &(struct scene_opts){0});
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_material m = {.rating = rows[i].rating};
        const struct drp_scope *scope = drp_material_scope(&m, 0, s.dataset, &s.arena);
        assert_true(drp_sv_is(bound(scope, "rating")->text, rows[i].expected));
    }
    scene_release(&s);
}

static void rooms_share_out_the_context(void **state)
{
    static const struct {
        enum drp_stage stage;
        uint32_t context, max_tokens;
        bool reasoning;
        struct drp_room expected;
    } rows[] = {
        {DRP_STAGE_WRITE, 8192, 0, false, {7680, 512, 0}},
        {DRP_STAGE_WRITE, 8192, 200, false, {7992, 200, 0}},
        {DRP_STAGE_EXTRACT, 8192, 0, false, {8192 - 2048 - 192, 1024, 0}},
        {DRP_STAGE_VALIDATE, 8192, 0, false, {8192 - 1024, 1024, 0}},
        {DRP_STAGE_EXTRACT, 32768, 0, true, {32768 - 2048 - 3072 - 192, 1024, 3072}},
        {DRP_STAGE_WRITE, 512, 0, false, {256, 256, 0}},
        {DRP_STAGE_EXTRACT, 2048, 0, false, {1024 - 192, 512, 0}},
        {DRP_STAGE_WRITE, 0, 0, false, {SIZE_MAX, 512, 0}},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_cell cell = {.max_tokens = rows[i].max_tokens};
        const struct drp_model_info info = {.context = rows[i].context,
                                            .reasoning = rows[i].reasoning};
        const struct drp_room room = drp_stage_room(rows[i].stage, &cell, &info);
        assert_int_equal(room.prompt, rows[i].expected.prompt);
        assert_int_equal(room.answer, rows[i].expected.answer);
        assert_int_equal(room.thoughts, rows[i].expected.thoughts);
    }
}

/* All turns of a prompt of the pack "generic", for a comparison of whole histories and all that is known. */
static struct drp_str render_generic(struct scene *s, const char *prompt)
{
    const struct drp_review *const *own = s->sample.profile.at;
    const struct drp_review *const *theirs = drp_dataset_row(s->dataset, 2)->profile.at;
    const struct drp_contrast contrast = {.own = {own, 1}, .peers = {theirs + 1, 1}};
    const struct drp_contrast pair = {.item = drp_dataset_item(s->dataset, own[0]->item),
                                      .own = {own, 1},
                                      .peers = {theirs, 1}};
    const struct drp_material_text said = {NULL, DRP_SV("SAID")};
    struct drp_material m = {.profile = DRP_SV("PROFILE")};
    struct drp_draft draft;
    struct drp_err err = {0};
    struct drp_str text;
    const bool compares =
        strncmp(prompt, "drp/", 4) == 0 || strncmp(prompt, "dpl/", 4) == 0;
    m.contrast = compares ? &contrast : NULL;
    m.own = (struct drp_reviews){own, 1};
    if (strncmp(prompt, "cicl/", 5) == 0) {
        m.own.n = 0;
        m.pairs = &pair;
        m.n_pairs = 1;
    }
    m.item = s->sample.item;
    m.rating = 4;
    m.title = DRP_SV("A title");
    m.lists[DRP_LIST_DIFFERENCES] = (struct drp_material_list){&said, 1};
    m.lists[DRP_LIST_CLAIMED] = (struct drp_material_list){&said, 1};
    m.lists[DRP_LIST_SUMMARIES] = (struct drp_material_list){&said, 1};
    s->x.pack = "generic";
    if (drp_draft_open(&s->x, DRP_STAGE_EXTRACT, prompt, &m, &draft, &err) < 0)
        fail_msg("%s: %s", prompt, err.text);
    drp_str_init(&text, SIZE_MAX);
    for (size_t i = 0; i < draft.n_messages; i++)
        drp_str_addf(&text, "%.*s\n", DRP_SV_ARG(draft.messages[i].text));
    return text;
}

/* No word about reviews; what was given is the input, what was written the output. */
static void generic_prompts_speak_of_inputs_and_outputs(void **state)
{
    static const char *const absent[] = {"eview", "ating", "roduct", "[Item", "A title"};
    static const struct {
        const char *prompt;
        const char *present[4];
    } rows[] = {
        {"drp/extract", {"[Input]: It is 0.", SCENE_OWN, "[Input]: It is 1.", SCENE_PEER}},
        {"drp/check", {SCENE_OWN, "[Input]: It is 1.", SCENE_PEER, "SAID"}},
        {"drp/validate", {"Check each feature"}},
        {"shared/summarize", {SCENE_OWN, "[Differences 1]:", "SAID"}},
        {"shared/generate",
         {"[Input]: It is 0.", SCENE_OWN, "PROFILE", "[Input]: It is 2."}},
        {"nonp/generate", {"[Input]: It is 2."}},
        {"intsum/summarize", {SCENE_OWN}},
        {"trsr/summarize", {SCENE_OWN, "PROFILE"}},
        {"trsr/merge", {"[Summary 1]:", "SAID"}},
        {"dpl/compare", {"[Input]: It is 0.", SCENE_OWN, "[Input]: It is 1.", SCENE_PEER}},
        {"cicl/analyse", {"[Input]: It is 0.", SCENE_OWN, SCENE_PEER}},
        {"cicl/generate", {"[Input]: It is 0.", SCENE_OWN, SCENE_PEER, "[Input]: It is 2."}},
        {"cicl/merged", {SCENE_OWN, SCENE_PEER, "[Input]: It is 2.", "[Output]:"}},
    };
    struct scene s;
    scene_init(&s, *state, &(struct scene_opts){.n_items = 2, .n_peers = 1});
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_str text = render_generic(&s, rows[i].prompt);
        for (size_t k = 0; k < DRP_LEN(absent); k++)
            if (strstr(text.ptr, absent[k]))
                fail_msg("%s: \"%s\" in: %s", rows[i].prompt, absent[k], text.ptr);
        for (size_t k = 0; k < DRP_LEN(rows[i].present) && rows[i].present[k]; k++)
            if (!strstr(text.ptr, rows[i].present[k]))
                fail_msg("%s: no \"%s\" in: %s", rows[i].prompt, rows[i].present[k],
                         text.ptr);
        drp_str_release(&text);
    }
    scene_release(&s);
}

static void what_peers_were_given_can_be_masked(void **state)
{
    struct scene s;
    scene_init(&s, *state, &(struct scene_opts){.n_items = 2, .n_peers = 1});
    s.x.mask_peers = true;
    struct drp_str text = render_generic(&s, "drp/extract");
    assert_non_null(strstr(text.ptr, "[Input]: It is 0."));
    assert_null(strstr(text.ptr, "It is 1."));
    assert_non_null(strstr(text.ptr, "[description, 8 chars]"));
    drp_str_release(&text);
    scene_release(&s);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_are_found_by_name),
        cmocka_unit_test(accounts_add_up),
        cmocka_unit_test(tallies_keep_reasons_apart),
        cmocka_unit_test(answers_are_stripped),
        IN_FOLDER(each_step_is_shorter),
        IN_FOLDER(what_goes_first),
        IN_FOLDER(ratings_print_as_floats),
        cmocka_unit_test(rooms_share_out_the_context),
        IN_FOLDER(generic_prompts_speak_of_inputs_and_outputs),
        IN_FOLDER(what_peers_were_given_can_be_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
