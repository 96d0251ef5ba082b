/* Personas: what is read out of answers, good, odd and broken, and what becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "method/persona.h"

#include "base/banned.h"

static void assert_text(struct drp_sv got, const char *expected)
{
    if (!drp_sv_is(got, expected))
        fail_msg("'%.*s' instead of '%s'", DRP_SV_ARG(got), expected);
}

static struct drp_persona parse(const char *answer, struct drp_arena *arena)
{
    struct drp_persona p;
    drp_persona_parse(drp_sv_from(answer), false, arena, &p);
    return p;
}

static void answers_are_read(void **state)
{
    static const struct {
        const char *answer;
        bool any;             /* a category is there       */
        const char *expected; /* the persona as lines      */
    } rows[] = {
        /* The form that is asked for. */
        {"values: craft; thrift\ntopics: tea", true, "values: craft; thrift\ntopics: tea"},
        {"values: craft\r\ntopics: tea\r\n", true, "values: craft\ntopics: tea"},
        {"topics: tea\nvalues: craft", true, "values: craft\ntopics: tea"},
        {"attitudes: likes steel, hates rust; trusts A.B.", true,
         "attitudes: likes steel, hates rust; trusts A.B"},
        {"attitudes: time: too short", true, "attitudes: time: too short"},
        {"values: \xC3\xA9t\xC3\xA9; \xF0\x9F\x98\x80", true,
         "values: \xC3\xA9t\xC3\xA9; \xF0\x9F\x98\x80"},
        /* Nothing known. */
        {"values: None\ntopics: none.\nowns: N/A", true, ""},
        {"values: unknown; Not specified in the reviews; craft", true, "values: craft"},
        {"values: None of the reviews says\ntopics: Nonetheless tea", true,
         "topics: Nonetheless tea"},
        {"values: -\ntopics: ...\nowns:", true, ""},
        {"values: unknown brands annoy", true, "values: unknown brands annoy"},
        /* Repetitions. */
        {"values: craft; Craft; CRAFT ", true, "values: craft"},
        {"values: craft\nvalues: thrift; craft", true, "values: craft; thrift"},
        {"values: tea\ntopics: tea", true, "values: tea\ntopics: tea"},
        /* Other words, marks, brackets, numbers. */
        {"**Values:** craft\n- Topics: tea\n* owns: a pot\n3. Writing style: dry", true,
         "values: craft\ntopics: tea\nowns: a pot\nwriting: dry"},
        {"[values]: craft\n## Themes: rust\n\"topics\": [\"tea\"],", true,
         "values: craft\ntopics: tea\nthemes: rust"},
        {"Occupation: nurse\nLikes: steel\nTone: calm\nNotes: x1", true,
         "background: nurse\nattitudes: steel\nemotion: calm\nother: x1"},
        /* Values below their category. */
        {"attitudes:\n- likes steel\n- hates rust\nthemes: tea", true,
         "attitudes: likes steel; hates rust\nthemes: tea"},
        {"attitudes:\nlikes steel\nhates rust", true, "attitudes: likes steel"},
        {"attitudes: likes steel\n\n1) hates rust", true,
         "attitudes: likes steel; hates rust"},
        {"attitudes:\n- steel: likes it\n- rust: hates it", true,
         "attitudes: steel: likes it; rust: hates it"},
        /* What is no line. */
        {"Here you are:\nvalues: craft\nThat is all.\n- tea", true, "values: craft"},
        {"values: craft\n[Item]: A kettle\n[Review]: values a lot", true, "values: craft"},
        {"```\nvalues: craft\n```", true, "values: craft"},
        {"This person values craft.", false, ""},
        {"I value: nothing\nvaluesx: craft", false, ""},
        {"values craft", false, ""},
        {": craft\n::\n;", false, ""},
        {"", false, ""},
        {"\n \n", false, ""},
        {"{\"features\":[]}", false, ""},
        {"a very long text before a colon, which is certainly no category: craft", false,
         ""},
        /* White space of any kind is one space, and none at the ends. */
        {"values: \t old \xC2\xA0 craft \xE2\x80\xA8;\xC2\xA0", true, "values: old craft"},
    };
    struct drp_arena arena = {0};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_persona p;
        const bool any = drp_persona_parse(drp_sv_from(rows[i].answer), false, &arena, &p);
        assert_text(drp_persona_text(&p, &arena), rows[i].expected);
        if (any != rows[i].any)
            fail_msg("'%s': %d", rows[i].answer, any);
    }
    drp_arena_release(&arena);
}

static void a_cut_answer_loses_its_end(void **state)
{
    static const struct {
        const char *answer, *expected;
    } rows[] = {
        {"values: craft; thr", "values: craft"},
        {"values: craft\ntopics: te", "values: craft"},
        {"values: craft\ntop", "values: craft"},
        {"values: craft;", "values: craft"},
        {"values: cra", ""},
        {"", ""},
    };
    struct drp_arena arena = {0};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_persona p;
        drp_persona_parse(drp_sv_from(rows[i].answer), true, &arena, &p);
        assert_text(drp_persona_text(&p, &arena), rows[i].expected);
    }
    drp_arena_release(&arena);
}

static void values_are_bounded(void **state)
{
    struct drp_arena arena = {0};
    struct drp_str answer;
    struct drp_persona p;
    (void)state;
    drp_str_init(&answer, SIZE_MAX / 4);
    drp_str_addz(&answer, "values: ");
    for (int i = 0; i < 500; i++)
        drp_str_addz(&answer, "\xC3\xA9");
    for (int i = 0; i < 100; i++)
        drp_str_addf(&answer, "; v%d", i);
    assert_true(drp_persona_parse(drp_str_sv(&answer), false, &arena, &p));
    assert_int_equal(p.n, DRP_PERSONA_MAX_VALUES);
    assert_int_equal(p.of[DRP_PERSONA_VALUES].at[0].len, DRP_PERSONA_VALUE_BYTES);
    assert_text(p.of[DRP_PERSONA_VALUES].at[15], "v14");

    struct drp_persona more = parse("values: new\ntopics: new", &arena);
    drp_persona_add(&p, &more);
    assert_int_equal(p.n, DRP_PERSONA_MAX_VALUES + 1);
    drp_str_release(&answer);
    drp_arena_release(&arena);
}

static void personas_are_added_and_taken_away(void **state)
{
    static const struct {
        const char *a, *b, *sum, *difference;
    } rows[] = {
        {"values: x", "values: y", "values: x; y", "values: x"},
        {"values: x; y", "values: Y; z", "values: x; y; z", "values: x"},
        {"values: x", "topics: x", "values: x\ntopics: x", "values: x"},
        {"values: x", "values: x", "values: x", ""},
        {"", "values: x", "values: x", ""},
        {"values: x; y; z", "values: z; x", "values: x; y; z", "values: y"},
    };
    struct drp_arena arena = {0};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_persona sum = parse(rows[i].a, &arena), difference = sum;
        const struct drp_persona b = parse(rows[i].b, &arena);
        drp_persona_add(&sum, &b);
        drp_persona_remove(&difference, &b);
        assert_text(drp_persona_text(&sum, &arena), rows[i].sum);
        assert_text(drp_persona_text(&difference, &arena), rows[i].difference);
        size_t n = 0;
        for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++)
            n += difference.of[key].n;
        assert_int_equal(difference.n, n);
    }
    drp_arena_release(&arena);
}

static void parts_have_their_places(void **state)
{
    struct drp_arena arena = {0};
    (void)state;
    const struct drp_persona p =
        parse("values: v\ntopics: t1; t2\nbackground: b\nowns: o\nattitudes: a1; a2\n"
              "themes: th\nwriting: w\nemotion: e\nengagement: en\nother: x",
              &arena);
    assert_text(drp_persona_cache(&p, &arena), "values: v\ntopics: t1; t2\nbackground: b");

    const struct drp_texts items = drp_persona_items(&p, &arena);
    static const char *const expected_items[] = {"a1", "a2", "th"};
    assert_int_equal(items.n, DRP_LEN(expected_items));
    for (size_t i = 0; i < DRP_LEN(expected_items); i++)
        assert_text(items.at[i], expected_items[i]);

    const struct drp_material_list facts = drp_persona_facts(&p, &arena);
    static const char *const expected_facts[] = {
        "values: v",  "topics: t1; t2", "background: b",  "owns: o",
        "writing: w", "emotion: e",     "engagement: en", "other: x",
    };
    assert_int_equal(facts.n, DRP_LEN(expected_facts));
    for (size_t i = 0; i < DRP_LEN(expected_facts); i++)
        assert_text(facts.at[i].text, expected_facts[i]);

    const struct drp_persona none = {0};
    assert_int_equal(drp_persona_items(&none, &arena).n, 0);
    assert_int_equal(drp_persona_facts(&none, &arena).n, 0);
    assert_int_equal(drp_persona_cache(&none, &arena).len, 0);
    assert_int_equal(drp_persona_text(&none, &arena).len, 0);
    assert_string_equal(drp_persona_word(DRP_PERSONA_THEMES), "themes");
    drp_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(a_cut_answer_loses_its_end),
        cmocka_unit_test(values_are_bounded),
        cmocka_unit_test(personas_are_added_and_taken_away),
        cmocka_unit_test(parts_have_their_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
