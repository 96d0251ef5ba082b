/* The lines of a prediction, read back as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/base.h"
#include "io/json.h"
#include "run/lines.h"
#include "support/scene.h"
#include "support/temp.h"

#include "base/banned.h"

static const char claims[] =
    "{\"features\":[{\"name\":\"Marks\",\"definition\":\"d\",\"difference\":\"uses more exclamation "
    "marks\"},{\"name\":\"Tone\",\"definition\":\"d\",\"difference\":\"sounds warm\"}]}";

/* The features of a user who shouts, beside others who do not. */
static void make_lines(void **state, enum drp_evidence_mode mode,
                       struct drp_sample_lines *lines)
{
    struct scene s;
    struct drp_profile profile;
    struct drp_prediction p;
    size_t n_methods;
    struct scene_opts opts = {
        .n_items = 8, .n_contrasts = 2, .n_peers = 8, .own_text = "So good! I love it!"};
    opts.rules[SCENE_EXTRACT].text = opts.rules[SCENE_VALIDATE].text = claims;
    scene_init(&s, *state, &opts);
    s.x.evidence = mode;
    scene_predict(&s, 0, &profile, &p);
    const struct drp_line line = {.dataset = s.dataset,
                                  .method = drp_methods(&n_methods)[0],
                                  .cell = &s.cell,
                                  .sample = &s.sample,
                                  .model = DRP_SV("stub"),
                                  .profile = &profile,
                                  .prediction = &p};
    drp_sample_lines_init(lines);
    drp_lines_add(lines, &line);
    scene_release(&s);
}

static void assert_word(const struct drp_json_val *obj, const char *key,
                        const char *expected)
{
    const struct drp_sv got = drp_json_str(drp_json_get(obj, key));
    if (!drp_sv_is(got, expected))
        fail_msg("%s: '%.*s' instead of '%s'", key, DRP_SV_ARG(got), expected);
}

static void check_evidence(const struct drp_json_val *e)
{
    static const char *const keys[] = {"trait",    "user",    "others", "effect",
                                       "interval", "verdict", "texts"};
    const struct drp_json_val *texts = drp_json_get(e, "texts");
    const struct drp_json_val *interval = drp_json_get(e, "interval");
    const double effect = drp_json_num(drp_json_get(e, "effect"), NAN);
    assert_int_equal(drp_json_len(e), DRP_LEN(keys));
    for (size_t i = 0; i < DRP_LEN(keys); i++)
        assert_non_null(drp_json_get(e, keys[i]));
    assert_true(drp_json_num(drp_json_at(interval, 0), NAN) <= effect);
    assert_true(drp_json_num(drp_json_at(interval, 1), NAN) >= effect);
    assert_true(drp_json_len(texts) > 0);
    for (size_t i = 0; i < drp_json_len(texts); i++)
        assert_true(drp_sv_starts(drp_json_str(drp_json_at(texts, i)), DRP_SV("item-")));
}

/* What a claim says can be counted or not; a measured feature belongs to no comparison. */
static void features_carry_their_evidence(void **state)
{
    struct drp_sample_lines lines;
    size_t n_marks = 0;
    size_t n_tone = 0;
    size_t n_measured = 0;
    struct drp_sv line;
    make_lines(state, DRP_EVIDENCE_ON, &lines);
    struct drp_sv rest = drp_str_sv(&lines.at[DRP_FEATURES]);
    assert_int_equal(drp_sv_find(rest, DRP_SV(SCENE_PEER), 0), SIZE_MAX);
    while (drp_sv_line(&rest, &line)) {
        struct drp_json *doc = NULL;
        assert_int_equal(drp_json_parse(line, DRP_JSON_STRICT, &doc, NULL), 0);
        const struct drp_json_val *f = drp_json_root(doc);
        const struct drp_json_val *e = drp_json_get(f, "evidence");
        if (drp_sv_is(drp_json_str(drp_json_get(f, "name")), "Tone")) {
            assert_int_equal(drp_json_type(e), DRP_JSON_NULL);
            n_tone++;
        } else if (drp_sv_is(drp_json_str(drp_json_get(f, "source")), "measured")) {
            assert_int_equal(drp_json_type(drp_json_get(f, "item")), DRP_JSON_NULL);
            assert_word(e, "verdict", "supported");
            check_evidence(e);
            n_measured++;
        } else {
            assert_word(f, "source", "claimed");
            assert_word(e, "trait", "exclamation_marks");
            assert_word(e, "verdict", "supported");
            check_evidence(e);
            n_marks++;
        }
        drp_json_free(doc);
    }
    assert_int_equal(n_marks, 2);
    assert_int_equal(n_tone, 2);
    assert_true(n_measured > 0);
    drp_sample_lines_release(&lines);
}

static void without_counts_there_is_none(void **state)
{
    struct drp_sample_lines lines;
    struct drp_sv line;
    size_t n = 0;
    make_lines(state, DRP_EVIDENCE_OFF, &lines);
    struct drp_sv rest = drp_str_sv(&lines.at[DRP_FEATURES]);
    for (; drp_sv_line(&rest, &line); n++)
        assert_true(drp_sv_ends(line, DRP_SV("\"evidence\":null}")));
    assert_int_equal(n, 4);
    drp_sample_lines_release(&lines);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(features_carry_their_evidence),
        IN_FOLDER(without_counts_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
