/* Features: what the tolerant parser reads out of answers, and what becomes of each claim. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "feature/feature.h"
#include "feature/parse.h"

#include "base/banned.h"

/* `name|definition|description` of each feature, separated by ` / `. */
static struct drp_sv shown(const struct drp_features *list, struct drp_arena *arena)
{
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    for (size_t i = 0; i < list->n; i++) {
        const struct drp_feature *f = &list->at[i];
        assert_int_equal(f->rank, i);
        drp_str_addf(&s, "%s%.*s|%.*s|%.*s", i ? " / " : "", DRP_SV_ARG(f->name),
                     DRP_SV_ARG(f->definition), DRP_SV_ARG(f->description));
    }
    const struct drp_sv out = drp_arena_sv(arena, drp_str_sv(&s));
    drp_str_release(&s);
    return out;
}

#define F(name) "{\"name\":\"" name "\",\"definition\":\"d\",\"difference\":\"x\"}"

static void answers_are_read(void **state)
{
    static const struct {
        const char *answer, *expected; /* NULL: no list */
    } rows[] = {
        /* JSON as asked for, and as models give it. */
        {"{\"features\":[" F("a") "," F("b") "]}", "a|d|x / b|d|x"},
        {"{\"features\":[]}", ""},
        {"[]", ""},
        {"Sure!\n```json\n{\"features\": [" F("a") "]}\n```\nI hope this helps.", "a|d|x"},
        {"```\n[" F("a") ", " F("b") "]\n```", "a|d|x / b|d|x"},
        {F("a") "\n" F("b"), "a|d|x / b|d|x"},
        {"{\"dimensions\":[{\"Feature Name\":\" Tone \",\"Difference Description\":\"x\\ny\"}]}",
         "Tone||x y"},
        {"{\"tone\":{\"definition\":\"d\",\"description\":\"x\"}}", "tone|d|x"},
        {"{\"features\":[{\"name\":\"say \\\"so\\\"\",\"difference\":\"caf\\u00e9\"}]}",
         "say \"so\"||caf\xC3\xA9"},
        {"{\"features\":[{\"name\":\"\",\"difference\":\"x\"},{\"name\":3},7,[],null]}", ""},
        /* Cut: complete features count. */
        {"{\"features\":[" F("a") "," F("b") ",{\"name\":\"c\",\"defin", "a|d|x / b|d|x"},
        {"{\"features\":[" F("a"), "a|d|x"},
        {"{\"features\":[{\"name\":\"c\",\"defin", NULL},
        /* Blocks of the released code. */
        {"--- [a] Definition: d Difference Description: x ---\n"
         "--- [b] Definition: e Difference Description: y ---",
         "a|d|x / b|e|y"},
        {"--- [a] Definition: d Difference Description: x --- --- [b] Definition: e "
         "Difference Description: y ---",
         "a|d|x / b|e|y"},
        {"--- **[Tone of Voice]** **Definition:** how it feels. **Difference Description:** warm.",
         "Tone of Voice|how it feels.|warm."},
        {"Here they are:\n\n1. **Tone**\n   - Definition: how it feels\n   - Difference: warm\n\n"
         "2. **Length**\n   - Definition: how long\n   - Difference: short\n\nThat is all.",
         "Tone|how it feels|warm / Length|how long|short"},
        {"- Tone: definition: d. difference: x\n* Length - Definition: e. Difference: y",
         "Tone|d.|x / Length|e.|y"},
        {"### Feature: Tone\nDefinition: d\nDifference Description: x y\n  z\n",
         "Tone|d|x y z"},
        {"[a]\nDefinition: d\nDifference Description: x\n[b]\nDefinition: e\n"
         "Difference Description: y",
         "a|d|x / b|e|y"},
        {"[a] Definition: d Difference Description: He says. [b] Definition: e Difference "
         "Description: y",
         "a|d|He says. / b|e|y"},
        {"Tone Definition: d Difference Description: Calm. Length Definition: e Difference "
         "Description: y",
         "Tone|d|Calm. / Length|e|y"},
        {"--- [a] Definition: d Difference Desc", "a|d Difference Desc|"},
        {"[a] Definition: d --- [b] Definition: e Difference: y", "a|d| / b|e|y"},
        /* No list. */
        {"", NULL},
        {"I cannot find any difference between them.", NULL},
        {"{\"name\":3", NULL},
        {"[Review]: nice", NULL},
        {"{{{{[[[[\"\"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_arena arena = {0};
        struct drp_features list = {0};
        const bool found = drp_features_parse(drp_sv_from(rows[i].answer), &arena, &list);
        const struct drp_sv got = shown(&list, &arena);
        if (found != (rows[i].expected != NULL) ||
            !drp_sv_is(got, rows[i].expected ? rows[i].expected : ""))
            fail_msg("%s\n gives: %.*s", rows[i].answer, DRP_SV_ARG(got));
        drp_arena_release(&arena);
    }
}

/* Cut anywhere, an answer gives the features that are complete, never others. */
static void a_cut_answer_gives_a_prefix(void **state)
{
    static const char answer[] =
        "```json\n{\"features\":[" F("one") "," F("two") "," F("three") "]}";
    static const char *const names[] = {"one", "two", "three"};
    (void)state;
    size_t before = 0;
    for (size_t len = 0; len < sizeof answer; len++) {
        struct drp_arena arena = {0};
        struct drp_features list;
        const bool found = drp_features_parse((struct drp_sv){answer, len}, &arena, &list);
        assert_true(list.n >= before && list.n <= 3);
        assert_int_equal(found, list.n > 0);
        for (size_t i = 0; i < list.n && i < DRP_LEN(names); i++)
            assert_true(drp_sv_is(list.at[i].name, names[i]));
        before = list.n;
        drp_arena_release(&arena);
    }
    assert_int_equal(before, 3);
}

static void limits_hold(void **state)
{
    (void)state;
    struct drp_arena arena = {0};
    struct drp_features list;
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    for (int i = 0; i < 100; i++)
        drp_str_addf(&s, F("f%d") "\n", i);
    assert_true(drp_features_parse(drp_str_sv(&s), &arena, &list));
    assert_int_equal(list.n, DRP_MAX_FEATURES);

    drp_str_clear(&s);
    for (int i = 0; i < 100; i++)
        drp_str_addf(&s, "--- [f%d] Definition: d Difference Description: x ---\n", i);
    assert_true(drp_features_parse(drp_str_sv(&s), &arena, &list));
    assert_int_equal(list.n, DRP_MAX_FEATURES);

    drp_str_clear(&s);
    drp_str_addz(&s, "--- [a] Definition: ");
    for (int i = 0; i < 50000; i++)
        drp_str_addz(&s, "\xC3\xA9 {\"a\":");
    assert_true(drp_features_parse(drp_str_sv(&s), &arena, &list));
    assert_int_equal(list.n, 1);
    assert_true(list.at[0].definition.len <= 2000);
    drp_str_release(&s);
    drp_arena_release(&arena);
}

/* ---- merging ---- */

struct expected {
    const char *name, *description;
    uint32_t contrast, rank;
    const char *reason; /* NULL: kept */
};

static void assert_features(const struct drp_features *list, const struct expected *rows,
                            size_t n)
{
    assert_int_equal(list->n, n);
    for (size_t i = 0; i < n; i++) {
        const struct drp_feature *f = &list->at[i];
        assert_true(drp_sv_is(f->name, rows[i].name));
        assert_true(drp_sv_is(f->description, rows[i].description));
        assert_int_equal(f->contrast, rows[i].contrast);
        assert_int_equal(f->rank, rows[i].rank);
        assert_int_equal(f->kept, rows[i].reason == NULL);
        if (rows[i].reason)
            assert_string_equal(f->reason, rows[i].reason);
        else
            assert_null(f->reason);
        assert_string_equal(drp_feature_source_name(f->source), "claimed");
    }
}

static void claims_meet_confirmations(void **state)
{
    const struct drp_sv extracted[] = {
        DRP_SV(
            "{\"features\":[{\"name\":\"Sentence length\",\"definition\":\"d\","
            "\"difference\":\"short\"}," F("tone") "," F(
                "Tone!") ",{\"name\":\"bare\"},"
                         "{\"name\":\"Wit\",\"definition\":\"d\",\"difference\":\"wit.\"},"
                         "{\"name\":\"Pace\",\"definition\":\"How fast\",\"difference\":\"how fast!\"}]}"),
        {0},
        DRP_SV("[" F("a") "]"),
        DRP_SV("[" F("b") "]"),
        DRP_SV("no list at all"),
        DRP_SV("[" F("a") "," F("\xC3\x89t\xC3\xA9") "," F("!!") "," F("??") "]"),
    };
    const struct drp_sv validated[] = {
        DRP_SV("[{\"name\":\"SENTENCE-LENGTH\",\"difference\":\"very short\"}," F(
            "humour") "]"),
        DRP_SV("[" F("a") "]"),
        {0},
        DRP_SV("They all hold."),
        DRP_SV("[]"),
        DRP_SV("[" F("\xC3\xA9T\xC3\xA9") "," F("??") "]"),
    };
    static const struct expected rows[] = {
        {"SENTENCE-LENGTH", "very short", 0, 0, NULL},
        {"tone", "x", 0, 1, "not confirmed"},
        {"Tone!", "x", 0, 2, "duplicate"},
        {"bare", "", 0, 3, "incomplete"},
        {"Wit", "wit.", 0, 4, "says nothing"},
        {"Pace", "how fast!", 0, 5, "says nothing"},
        {"humour", "x", 0, 6, "not extracted"},
        {"a", "x", 2, 0, "no validation answer"},
        {"b", "x", 3, 0, "validation not understood"},
        {"a", "x", 5, 0, "not confirmed"},
        {"\xC3\xA9T\xC3\xA9", "x", 5, 1, NULL},
        {"!!", "x", 5, 2, "not confirmed"},
        {"??", "x", 5, 3, NULL},
    };
    (void)state;
    struct drp_arena arena = {0};
    struct drp_features list;
    struct drp_feature_counts counts;
    drp_features_collect(extracted, validated, DRP_LEN(extracted), &arena, &list, &counts);
    assert_features(&list, rows, DRP_LEN(rows));
    assert_true(drp_sv_is(list.at[0].definition, "d")); /* the validator gave none */
    assert_int_equal(counts.kept, 3);
    assert_int_equal(counts.dropped, 10);
    assert_int_equal(counts.unparsed, 2);
    drp_arena_release(&arena);
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    struct drp_arena arena = {0};
    struct drp_features list;
    struct drp_feature_counts counts;
    drp_features_collect(NULL, NULL, 0, &arena, &list, &counts);
    assert_int_equal(list.n + counts.kept + counts.dropped + counts.unparsed, 0);
    drp_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(a_cut_answer_gives_a_prefix),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(claims_meet_confirmations),
        cmocka_unit_test(nothing_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
