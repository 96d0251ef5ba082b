/* What holds for every method of the table, against a scripted model: how often it asks, what never stands in a prompt,
 * that one text comes out whatever the data and the model are like. A new method joins by its line in the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/rng.h"
#include "method/stage.h"
#include "select/mask.h"
#include "support/scene.h"
#include "support/temp.h"

#include "base/banned.h"

/* Eight items compared, four others each; 25 texts make five blocks. */
static const struct scene_opts full = {.n_items = 25, .n_peers = 4, .selected = true};
static const struct scene_opts full_of_users = {
    .n_items = 25, .n_peers = 4, .selected = true, .select = {.level = DRP_SELECT_USER}};

/* ---- calls -------------------------------------------------------------------------------- */

static void asks_as_often_as_its_source(void **state)
{
    static const struct {
        const char *method, *set;
        const struct scene_opts *opts;
        size_t n_calls;
    } rows[] = {
        {"nonp", NULL, &full, 1},
        {"rag", NULL, &full, 1},
        {"intsum", NULL, &full, 2},
        {"intsum", "intsum.source=all", &full, 2},
        {"trsr", NULL, &full, 6},
        {"trsr", "trsr.mode=hierarchical", &full, 7},
        {"trsr", "trsr.select=retrieved", &full, 3},
        {"trsr", "trsr.max_blocks=2", &full, 3},
        {"cicl", NULL, &full, 2},
        {"cicl", "cicl.show=positives", &full, 2},
        {"cicl", "cicl.neg=peer_center", &full, 2},
        {"cicl", "cicl.calls=merged", &full, 1},
        {"cicl", "cicl.neg=llm_default", &full, 10},
        {"cicl", NULL, &full_of_users, 2},
        {"dpl", NULL, &full, 10},
        {"dpl", NULL, &full_of_users, 6},
        {"drp", NULL, &full, 18},
        {"drp", NULL, &full_of_users, 10},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct scene s;
        struct drp_profile profile;
        struct drp_prediction p;
        scene_init(&s, *state, rows[i].opts);
        scene_set(&s, rows[i].set);
        scene_write(&s, scene_method(rows[i].method), &profile, &p);
        if (s.calls.n != rows[i].n_calls)
            fail_msg("%s, %s: %zu calls instead of %zu", rows[i].method,
                     rows[i].set ? rows[i].set : "default", s.calls.n, rows[i].n_calls);
        assert_null(p.fallback);
        scene_release(&s);
    }
}

/* ---- leaks -------------------------------------------------------------------------------- */

static bool is_subject(const struct scene_call *call, size_t user)
{
    char id[32];
    snprintf(id, sizeof id, SCENE_USER "%zu", user);
    for (size_t i = 0; i < call->n_subjects; i++)
        if (call->subjects[i] == drp_subject(drp_sv_from(id)))
            return true;
    return false;
}

static void check_call(const struct scene *s, const struct scene_call *call, const char *who)
{
    static const char *const never[] = {SCENE_REFERENCE, SCENE_ON_TARGET, SCENE_USER,
                                        SCENE_YOUNG};
    for (size_t i = 0; i < DRP_LEN(never); i++)
        if (strstr(call->text, never[i]))
            fail_msg("%s: a prompt holds %s:\n%s", who, never[i], call->text);
    if (s->opts.select.peers_before_target && strstr(call->text, SCENE_LATE))
        fail_msg("%s: a prompt holds a peer's text that is too young", who);
    for (size_t user = 0; user <= s->opts.n_peers; user++) {
        char mark[32];
        snprintf(mark, sizeof mark, SCENE_AUTHOR "%zu.", user);
        if (strstr(call->text, mark) && !is_subject(call, user))
            fail_msg("%s: a text of user %zu, who is no subject", who, user);
    }
}

/* All methods as the settings are. */
static void check_all_methods(struct scene *s, const char *setting)
{
    size_t n;
    const struct drp_method *const *methods = drp_methods(&n);
    for (size_t m = 0; m < n; m++) {
        struct drp_profile profile;
        struct drp_prediction p;
        const char *who =
            drp_arena_f(&s->arena, "%s with %s", methods[m]->name, setting).ptr;
        scene_write(s, methods[m], &profile, &p);
        assert_true(s->calls.n > 0);
        for (size_t c = 0; c < s->calls.n; c++)
            check_call(s, &s->calls.at[c], who);
    }
}

/* Each word of each setting, the others at their defaults; then the prompts of another task. */
static void check_all_words(struct scene *s)
{
    size_t n;
    const struct drp_setting *table = drp_settings_table(&n);
    for (size_t i = 0; i < n; i++) {
        struct drp_sv rest = drp_sv_from(table[i].words);
        while (rest.ptr) {
            const size_t bar = drp_sv_find(rest, DRP_SV("|"), 0);
            const struct drp_sv word = drp_sv_slice(rest, 0, bar);
            const char *assignment =
                drp_arena_f(&s->arena, "%s=%.*s", table[i].key, DRP_SV_ARG(word)).ptr;
            drp_settings_init(&s->settings, DRP_FIDELITY_OURS);
            scene_set(s, assignment);
            s->x.pack = s->settings.prompt_order == DRP_ORDER_RELEASED ? "released" : NULL;
            check_all_methods(s, assignment);
            rest = bar == SIZE_MAX ? (struct drp_sv){0}
                                   : drp_sv_slice(rest, bar + 1, rest.len);
        }
    }
    drp_settings_init(&s->settings, DRP_FIDELITY_OURS);
    s->x.pack = "generic";
    check_all_methods(s, "the prompts of any task");
}

static void shows_nothing_that_must_not_be_seen(void **state)
{
    for (int i = 0; i < 4; i++) {
        struct scene s;
        const struct scene_opts opts = {
            .n_items = 10,
            .n_peers = 5,
            .n_late = 2,
            .selected = true,
            .select = {.level = i & 1 ? DRP_SELECT_USER : DRP_SELECT_ITEM,
                       .n_peers = 3,
                       .peers_before_target = i & 2},
        };
        scene_init(&s, *state, &opts);
        assert_true(s.sample.n_contrasts > 0);
        check_all_words(&s);
        scene_release(&s);
    }
}

/* What a model takes over from a peer's text goes with its answer into later prompts: these name the peer too. */
static void a_quoted_user_is_a_subject(void **state)
{
    for (int level = 0; level < 2; level++) {
        struct scene s;
        struct drp_profile profile;
        struct drp_prediction p;
        struct scene_opts opts = level ? full_of_users : full;
        opts.quotes = true;
        scene_init(&s, *state, &opts);
        check_all_words(&s);
        s.x.pack = NULL;
        scene_write(&s, scene_method("drp"), &profile, &p);
        assert_true(scene_count(&s, SCENE_WRITE, SCENE_AUTHOR "1.") > 0);
        scene_release(&s);
    }
}

/* A dry run: no method shows what another user wrote, by whatever way it gets at it. */
static void masked_peers_stay_masked(void **state)
{
    static const char *const settings[] = {
        "cicl.neg=peer_random", "cicl.neg=peer_dissimilar", "cicl.neg=peer_center",
        "cicl.neg=llm_default", "cicl.show=positives",      "cicl.calls=merged"};
    for (int level = 0; level < 2; level++) {
        struct scene s;
        scene_init(&s, *state, level ? &full_of_users : &full);
        s.sample = drp_mask_peers(&s.sample, &s.arena);
        s.x.mask_peers = true;
        for (size_t i = 0; i < DRP_LEN(settings); i++) {
            size_t n;
            const struct drp_method *const *methods = drp_methods(&n);
            drp_settings_init(&s.settings, DRP_FIDELITY_OURS);
            scene_set(&s, settings[i]);
            for (size_t m = 0; m < n; m++) {
                struct drp_profile profile;
                struct drp_prediction p;
                scene_write(&s, methods[m], &profile, &p);
                for (size_t c = 0; c < s.calls.n; c++)
                    if (strstr(s.calls.at[c].text, SCENE_PEER))
                        fail_msg("%s, %s: a peer's text", methods[m]->name, settings[i]);
            }
        }
        scene_release(&s);
    }
}

/* ---- the ladder --------------------------------------------------------------------------- */

/* Methods whose steps the rows below name, a column each. */
static const char *const columns[] = {"nonp", "rag", "intsum", "trsr",
                                      "cicl", "dpl", "drp"};

/* Thin data and a model that says nothing. A column: `.` no step down, `o` own history, `p` plain, `t` title. */
struct situation {
    const char *name;
    struct scene_opts opts;
    bool no_text; /* of the user */
    const char *steps;
};

static const struct situation situations[] = {
    {"all there", {.n_items = 6, .n_peers = 2, .selected = true}, false, "......."},
    {"by hand", {.n_items = 6, .n_peers = 2, .n_contrasts = 6}, false, "......."},
    {"unranked",
     {.n_items = 6, .n_peers = 2, .n_contrasts = 3, .unranked = true},
     false,
     "......."},
    {"one text, one peer", {.n_items = 1, .n_peers = 1, .selected = true}, false, "......."},
    {"no contrasts", {.n_items = 6}, false, ".....oo"},
    {"one user only", {.n_items = 6, .selected = true}, false, ".....oo"},
    {"one user only, clustered",
     {.n_items = 6, .selected = true, .select = {.level = DRP_SELECT_USER}},
     false,
     ".....oo"},
    {"too few peers",
     {.n_items = 6, .n_peers = 2, .selected = true, .select = {.n_peers = 3}},
     false,
     ".....oo"},
    {"nothing to rank by",
     {.n_items = 6, .n_peers = 2, .selected = true, .bare = true},
     false,
     ".....oo"},
    {"one text alone", {.n_items = 1}, false, ".....oo"},
    {"no text", {.n_items = 1}, true, ".pppppp"},
    {"no text, peers", {.n_items = 1, .n_peers = 3}, true, ".pppppp"},
    {"no summary",
     {.n_items = 6, .n_peers = 2, .selected = true, .rules = {[SCENE_SUMMARIZE] = {.text = ""}}},
     false,
     "..oo.oo"},
    {"labels for a summary",
     {.n_items = 6,
      .n_peers = 2,
      .selected = true,
      .rules = {[SCENE_SUMMARIZE] = {.text = "[Summary]:"}}},
     false,
     "..oo.oo"},
    {"no comparison said",
     {.n_items = 6,
      .n_peers = 2,
      .selected = true,
      .rules = {[SCENE_COMPARE] = {.text = " \n"}}},
     false,
     ".....o."},
    {"no analysis",
     {.n_items = 6, .n_peers = 2, .selected = true, .rules = {[SCENE_ANALYSE] = {.text = ""}}},
     false,
     "....o.."},
    {"no feature",
     {.n_items = 6,
      .n_peers = 2,
      .selected = true,
      .rules = {[SCENE_EXTRACT] = {.text = "None."}}},
     false,
     "......o"},
    {"no first text",
     {.n_items = 6,
      .n_peers = 2,
      .selected = true,
      .rules = {[SCENE_WRITE] = {.text = "", .max_uses = 2}}},
     false,
     "tpppppp"},
    {"no text ever",
     {.n_items = 6,
      .n_peers = 2,
      .selected = true,
      .rules = {[SCENE_WRITE] = {.text = "[Review]:"}}},
     false,
     "ttttttt"},
    /* Calls that fail among others. */
    {"a comparison fails",
     {.n_items = 6,
      .n_peers = 2,
      .selected = true,
      .rules = {[SCENE_COMPARE] = {.text = "", .status = DRP_ENET, .max_uses = 1}}},
     false,
     "......."},
    {"an extraction fails",
     {.n_items = 6,
      .n_peers = 2,
      .selected = true,
      .rules = {[SCENE_EXTRACT] = {.text = "", .status = DRP_ENET, .max_uses = 1}}},
     false,
     "......."},
};

static const char *step_of(char letter)
{
    return letter == 'o'   ? DRP_FALLBACK_OWN
           : letter == 'p' ? DRP_FALLBACK_PLAIN
           : letter == 't' ? DRP_FALLBACK_TITLE
                           : NULL;
}

static bool is_step(const char *fallback)
{
    return !fallback || strcmp(fallback, DRP_FALLBACK_OWN) == 0 ||
           strcmp(fallback, DRP_FALLBACK_PLAIN) == 0 ||
           strcmp(fallback, DRP_FALLBACK_TITLE) == 0;
}

/* Which step a method shall have taken; false: the rows do not say. */
static bool expected_step(const struct situation *situation, const struct drp_method *m,
                          const char **out)
{
    for (size_t i = 0; i < DRP_LEN(columns); i++)
        if (strcmp(columns[i], m->name) == 0) {
            *out = step_of(situation->steps[i]);
            return true;
        }
    return false;
}

static void thin_data_step_down(void **state)
{
    for (size_t i = 0; i < DRP_LEN(situations); i++) {
        size_t n;
        const struct drp_method *const *methods = drp_methods(&n);
        struct scene s;
        scene_init(&s, *state, &situations[i].opts);
        if (situations[i].no_text)
            s.sample.profile.n = s.sample.own.n = 0;
        for (size_t m = 0; m < n; m++) {
            const char *expected = NULL;
            struct drp_profile profile;
            struct drp_prediction p;
            scene_write(&s, methods[m], &profile, &p);
            assert_true(is_step(p.fallback));
            if (expected_step(&situations[i], methods[m], &expected) &&
                strcmp(p.fallback ? p.fallback : "", expected ? expected : "") != 0)
                fail_msg("%s, %s: '%s' instead of '%s'", methods[m]->name,
                         situations[i].name, p.fallback ? p.fallback : "none",
                         expected ? expected : "none");
        }
        scene_release(&s);
    }
}

/* When all calls of a step fail, there is no text but an error; a row a method and the kind of call. */
static void a_step_that_fails_altogether_is_an_error(void **state)
{
    static const struct {
        const char *method, *set;
        enum scene_kind kind;
    } rows[] = {
        {"nonp", NULL, SCENE_WRITE},
        {"rag", NULL, SCENE_WRITE},
        {"intsum", NULL, SCENE_SUMMARIZE},
        {"trsr", NULL, SCENE_SUMMARIZE},
        {"trsr", "trsr.mode=hierarchical", SCENE_SUMMARIZE},
        {"cicl", NULL, SCENE_ANALYSE},
        {"cicl", "cicl.neg=llm_default", SCENE_WRITE},
        {"dpl", NULL, SCENE_COMPARE},
        {"dpl", NULL, SCENE_SUMMARIZE},
    };
    static const int codes[] = {DRP_ENET, DRP_ECANCELLED};
    for (size_t i = 0; i < DRP_LEN(rows) * DRP_LEN(codes); i++) {
        const size_t r = i / DRP_LEN(codes);
        const int code = codes[i % DRP_LEN(codes)];
        struct scene s;
        struct drp_profile profile;
        struct drp_prediction p;
        struct drp_err err = {0};
        struct scene_opts opts = {.n_items = 6, .n_peers = 2, .selected = true};
        opts.rules[rows[r].kind] =
            (struct drp_stub_rule){.text = "", .status = code, .finish = DRP_FINISH_ERROR};
        scene_init(&s, *state, &opts);
        scene_set(&s, rows[r].set);
        assert_int_equal(scene_run(&s, scene_method(rows[r].method), &profile, &p, &err),
                         code);
        assert_int_equal(err.code, code);
        scene_release(&s);
    }
}

/* ---- anything ----------------------------------------------------------------------------- */

static void set_at_random(struct scene *s, struct drp_rng *rng)
{
    size_t n;
    const struct drp_setting *table = drp_settings_table(&n);
    for (size_t i = 0; i < n; i++) {
        if (drp_rng_below(rng, 2) == 0)
            continue;
        struct drp_sv rest = drp_sv_from(table[i].words);
        for (uint64_t skip = drp_rng_below(rng, 4); rest.ptr && skip > 0; skip--) {
            const size_t bar = drp_sv_find(rest, DRP_SV("|"), 0);
            if (bar != SIZE_MAX)
                rest = drp_sv_slice(rest, bar + 1, rest.len);
        }
        rest = drp_sv_slice(rest, 0, drp_sv_find(rest, DRP_SV("|"), 0));
        const double low = ceil(table[i].min), high = DRP_MIN(table[i].max, low + 12);
        if (rest.ptr)
            scene_set(
                s, drp_arena_f(&s->arena, "%s=%.*s", table[i].key, DRP_SV_ARG(rest)).ptr);
        else
            scene_set(s, drp_arena_f(&s->arena, "%s=%llu", table[i].key,
                                     (unsigned long long)low +
                                         drp_rng_below(rng, (uint64_t)(high - low) + 1))
                             .ptr);
    }
    s->x.pack = s->settings.prompt_order == DRP_ORDER_RELEASED ? "released" : NULL;
}

static struct scene_opts random_opts(struct drp_rng *rng)
{
    static const char *const texts[] = {NULL, "[]", "x", "\xF0\x9F\x98\x80 caf\xC3\xA9",
                                        "{{x}} [Review]: y"};
    static const char *const answers[] = {NULL,
                                          NULL,
                                          NULL,
                                          "",
                                          "None.",
                                          "[Review]:",
                                          "{\"features\":[{",
                                          "\"\"",
                                          "```",
                                          "[Summary]: s",
                                          "values: a",
                                          " ok "};
    struct scene_opts o = {
        .n_items = 1 + drp_rng_below(rng, 9),
        .n_peers = drp_rng_below(rng, 5),
        .n_late = drp_rng_below(rng, 3),
        .own_text = texts[drp_rng_below(rng, DRP_LEN(texts))],
        .padding = drp_rng_below(rng, 2) * drp_rng_below(rng, 2500),
        .unranked = drp_rng_below(rng, 4) == 0,
        .bare = drp_rng_below(rng, 4) == 0,
        .selected = drp_rng_below(rng, 3) > 0,
        .select = {.level = (enum drp_select_level)drp_rng_below(rng, 2),
                   .n_items = (uint32_t)(1 + drp_rng_below(rng, 8)),
                   .n_peers = (uint32_t)(1 + drp_rng_below(rng, 4)),
                   .peers_before_target = drp_rng_below(rng, 2)},
        .info = {.context = (uint32_t)(900 + drp_rng_below(rng, 4000)),
                 .reasoning = drp_rng_below(rng, 2)},
    };
    o.n_contrasts = drp_rng_below(rng, o.n_items + 1);
    o.select.peers_before_target &= o.selected; /* by hand, all peers are compared with */
    for (size_t k = 0; k < SCENE_N_KINDS; k++)
        o.rules[k] = (struct drp_stub_rule){
            .text = answers[drp_rng_below(rng, DRP_LEN(answers))],
            .max_uses = (int)drp_rng_below(rng, 4),
            .finish = (enum drp_finish)drp_rng_below(rng, DRP_FINISH_CANCEL)};
    return o;
}

static void any_scene_gets_a_text(void **state)
{
    struct drp_rng rng;
    drp_rng_init(&rng, 11);
    for (int round = 0; round < 400; round++) {
        size_t n;
        const struct drp_method *const *methods = drp_methods(&n);
        const struct scene_opts opts = random_opts(&rng);
        struct scene s;
        scene_init(&s, *state, &opts);
        set_at_random(&s, &rng);
        if (drp_rng_below(&rng, 4) == 0)
            s.sample.title = DRP_SV(" ");
        if (drp_rng_below(&rng, 4) == 0)
            s.sample.profile.n = 0;
        if (drp_rng_below(&rng, 4) == 0)
            s.sample.own.n = 0;
        for (size_t m = 0; m < n; m++) {
            struct drp_profile profile;
            struct drp_prediction p;
            scene_write(&s, methods[m], &profile, &p);
            assert_true(is_step(p.fallback));
            for (size_t c = 0; c < s.calls.n; c++)
                check_call(&s, &s.calls.at[c], methods[m]->name);
        }
        scene_release(&s);
    }
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(asks_as_often_as_its_source),
        IN_FOLDER(shows_nothing_that_must_not_be_seen),
        IN_FOLDER(a_quoted_user_is_a_subject),
        IN_FOLDER(masked_peers_stay_masked),
        IN_FOLDER(thin_data_step_down),
        IN_FOLDER(a_step_that_fails_altogether_is_an_error),
        IN_FOLDER(any_scene_gets_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
