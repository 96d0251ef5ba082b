/* Claims against counts, on small made-up users. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "feature/evidence.h"

#include "base/banned.h"

enum { MOST = 64 };

/* A sample over texts of the user and of others, each of whom wrote one. */
struct stage {
    struct drp_arena arena;
    struct drp_review own[MOST], peer[MOST];
    const struct drp_review *own_at[MOST], *peer_at[MOST];
    struct drp_contrast contrast;
    struct drp_sample sample;
};

static void stage_init(struct stage *s, const char *own, size_t n_own, const char *peer,
                       size_t n_peer)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < n_own; i++) {
        s->own[i] = (struct drp_review){.item = (uint32_t)i, .text = drp_sv_from(own)};
        s->own_at[i] = &s->own[i];
    }
    for (size_t i = 0; i < n_peer; i++) {
        s->peer[i] =
            (struct drp_review){.user = (uint32_t)(i + 1), .text = drp_sv_from(peer)};
        s->peer_at[i] = &s->peer[i];
    }
    s->contrast = (struct drp_contrast){.peers = {s->peer_at, n_peer}};
    s->sample = (struct drp_sample){.profile = {s->own_at, n_own},
                                    .contrasts = &s->contrast,
                                    .n_contrasts = n_peer > 0};
}

static int open_lexicon(void **state)
{
    *state = drp_lexicon_new();
    return 0;
}

static int close_lexicon(void **state)
{
    drp_lexicon_free(*state);
    return 0;
}

static struct drp_feature claim_of(const char *description)
{
    return (struct drp_feature){.name = DRP_SV("Style"),
                                .description = drp_sv_from(description),
                                .kept = true};
}

static const char loud[] = "I love it! It is so good! We use it often! Every day!";
static const char calm[] = "It is a pan. The handle is short. We use it often. Every day.";

static void claims_meet_the_counts(void **state)
{
    static const struct {
        const char *own;
        size_t n_own;
        const char *peer;
        size_t n_peer;
        const char *description;
        const char *trait; /* NULL: no evidence */
        enum drp_verdict verdict;
    } rows[] = {
        {loud, 8, calm, 12, "uses more exclamation marks", "exclamation_marks",
         DRP_SUPPORTED},
        {loud, 8, calm, 12, "uses fewer exclamation marks", "exclamation_marks",
         DRP_CONTRADICTED},
        {calm, 8, loud, 12, "uses more exclamation marks", "exclamation_marks",
         DRP_CONTRADICTED},
        {calm, 8, loud, 12, "others use more exclamation marks", "exclamation_marks",
         DRP_SUPPORTED},
        /* Few texts decide nothing, but what is not there is not there. */
        {loud, 2, calm, 12, "uses more exclamation marks", "exclamation_marks",
         DRP_UNDECIDED},
        {loud, 2, calm, 12, "uses fewer exclamation marks", "exclamation_marks",
         DRP_UNDECIDED},
        {loud, 3, calm, 2, "uses fewer exclamation marks", "exclamation_marks",
         DRP_UNDECIDED},
        {calm, 2, calm, 12, "uses more exclamation marks", "exclamation_marks",
         DRP_UNDECIDED},
        {calm, 3, calm, 3, "uses more exclamation marks", "exclamation_marks",
         DRP_CONTRADICTED},
        {calm, 3, calm, 3, "uses fewer exclamation marks", "exclamation_marks",
         DRP_UNDECIDED},
        /* No difference contradicts only when there are many texts. */
        {loud, 8, loud, 8, "uses more exclamation marks", "exclamation_marks",
         DRP_UNDECIDED},
        {loud, 8, loud, 8, "uses fewer exclamation marks", "exclamation_marks",
         DRP_UNDECIDED},
        /* Words of a list that nobody uses: perhaps another language. */
        {calm, 8, calm, 8, "uses more hedges", NULL, DRP_UNDECIDED},
        {"Wow!", 8, "Wow?", 8, "writes longer sentences", "sentence_length", DRP_UNDECIDED},
        /* White space is collapsed: there are no paragraphs to count. */
        {loud, 8, calm, 8, "uses more paragraphs", NULL, DRP_UNDECIDED},
        {"One.\n\nTwo.", 8, calm, 8, "uses more paragraphs", "paragraphs", DRP_SUPPORTED},
        {loud, 8, calm, 8, "has a warm tone", NULL, DRP_UNDECIDED},
        /* Of several claims a contradicted one counts, then a supported one. */
        {loud, 8, calm, 8, "uses more exclamation marks and more questions",
         "question_marks", DRP_CONTRADICTED},
        {loud, 8, calm, 8, "uses more exclamation marks and fewer questions",
         "exclamation_marks", DRP_SUPPORTED},
        {loud, 0, calm, 8, "uses more exclamation marks", NULL, DRP_UNDECIDED},
        {loud, 8, calm, 0, "uses more exclamation marks", NULL, DRP_UNDECIDED},
        {"", 8, "", 8, "uses more exclamation marks", NULL, DRP_UNDECIDED},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct stage s;
        struct drp_feature f = claim_of(rows[i].description);
        struct drp_features list = {&f, 1};
        struct drp_feature_counts counts = {.kept = 1};
        stage_init(&s, rows[i].own, rows[i].n_own, rows[i].peer, rows[i].n_peer);
        drp_evidence_weigh(&s.sample, *state, DRP_EVIDENCE_CHECK, &s.arena, &list, &counts);
        const bool dropped = rows[i].verdict == DRP_CONTRADICTED;
        if ((f.evidence != NULL) != (rows[i].trait != NULL) ||
            (f.evidence && f.evidence->verdict != rows[i].verdict))
            fail_msg("row %zu: %s", i,
                     f.evidence ? drp_verdict_name(f.evidence->verdict) : "no evidence");
        if (f.evidence)
            assert_string_equal(drp_trait_get(f.evidence->trait)->key, rows[i].trait);
        assert_int_equal(list.at[0].kept, !dropped);
        assert_int_equal(counts.kept, !dropped);
        assert_int_equal(counts.dropped, dropped);
        assert_int_equal(counts.measured, 0);
        if (dropped)
            assert_string_equal(list.at[0].reason, "contradicted by the counts");
        drp_arena_release(&s.arena);
    }
}

/* A claim that was dropped already keeps its reason, and has evidence all the same. */
static void dropped_claims_stay_dropped(void **state)
{
    struct stage s;
    struct drp_feature f = claim_of("uses fewer exclamation marks");
    struct drp_features list = {&f, 1};
    struct drp_feature_counts counts = {.dropped = 1};
    f.kept = false;
    f.reason = "not confirmed";
    stage_init(&s, loud, 8, calm, 8);
    drp_evidence_weigh(&s.sample, *state, DRP_EVIDENCE_CHECK, &s.arena, &list, &counts);
    assert_string_equal(f.reason, "not confirmed");
    assert_int_equal(counts.dropped, 1);
    assert_int_equal(f.evidence->verdict, DRP_CONTRADICTED);
    drp_arena_release(&s.arena);
}

static const struct drp_feature *find(const struct drp_features *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (drp_sv_is(list->at[i].name, name))
            return &list->at[i];
    return NULL;
}

static void modes(void **state)
{
    static const enum drp_evidence_mode modes[] = {DRP_EVIDENCE_OFF, DRP_EVIDENCE_CHECK,
                                                   DRP_EVIDENCE_ON};
    for (size_t i = 0; i < DRP_LEN(modes); i++) {
        struct stage s;
        struct drp_feature f = claim_of("uses fewer exclamation marks");
        struct drp_features list = {&f, 1};
        struct drp_feature_counts counts = {.kept = 1};
        stage_init(&s, loud, 10, calm, 16);
        drp_evidence_weigh(&s.sample, *state, modes[i], &s.arena, &list, &counts);
        const struct drp_feature *found = find(&list, "exclamation marks");
        const struct drp_feature *claimed = &list.at[list.n - 1];
        assert_int_equal(claimed->kept, modes[i] == DRP_EVIDENCE_OFF);
        assert_int_equal(claimed->evidence != NULL, modes[i] != DRP_EVIDENCE_OFF);
        assert_int_equal(found != NULL, modes[i] == DRP_EVIDENCE_ON);
        assert_int_equal(counts.measured, list.n - 1);
        assert_true(counts.measured <= DRP_EVIDENCE_MAX_MEASURED);
        if (found) {
            /* 4 marks in 13 words. */
            assert_true(drp_sv_is(found->description, "uses more exclamation marks "
                                                      "(30.8 per 100 words, the others 0)"));
            assert_int_equal(found->source, DRP_FEATURE_MEASURED);
            assert_int_equal(found->contrast, DRP_NO_CONTRAST);
            assert_int_equal(found->evidence->verdict, DRP_SUPPORTED);
            assert_true(found->kept);
        }
        drp_arena_release(&s.arena);
    }
}

/* A difference that a kept claim tells already, or its kin, is not told again; few texts tell nothing. */
static void measured_features_are_new_and_sure(void **state)
{
    static const struct {
        size_t n_own, n_peer;
        const char *description, *name;
        bool added;
    } rows[] = {
        {10, 16, "has a warm tone", "exclamation marks", true},
        {10, 16, "uses more exclamation marks", "exclamation marks", false},
        {4, 9, "has a warm tone", "exclamation marks", false},
        {3, 40, "has a warm tone", "exclamation marks", false},
        {2, 40, "has a warm tone", "exclamation marks", false},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct stage s;
        struct drp_feature f = claim_of(rows[i].description);
        struct drp_features list = {&f, 1};
        struct drp_feature_counts counts = {.kept = 1};
        stage_init(&s, loud, rows[i].n_own, calm, rows[i].n_peer);
        drp_evidence_weigh(&s.sample, *state, DRP_EVIDENCE_ON, &s.arena, &list, &counts);
        if ((find(&list, rows[i].name) != NULL) != rows[i].added)
            fail_msg("row %zu", i);
        for (size_t k = 0; k + 1 < list.n; k++)
            assert_int_equal(list.at[k].rank, k);
        drp_arena_release(&s.arena);
    }
}

/* The texts that show a difference: the most extreme of the user's, none that others outdo. */
static void texts_are_cited(void **state)
{
    static const char *const texts[] = {
        "One two three four.",  "One! Two! Three! Four!", "One two three four!",
        "One! two three four!", "One! Two! Three! four.", "One! Two! three four.",
    };
    static const size_t most[] = {1, 4, 3};
    struct stage s;
    struct drp_feature f = claim_of("uses more exclamation marks");
    struct drp_features list = {&f, 1};
    struct drp_feature_counts counts = {.kept = 1};
    stage_init(&s, "", DRP_LEN(texts), "A few words!", 8);
    for (size_t i = 0; i < DRP_LEN(texts); i++)
        s.own[i].text = drp_sv_from(texts[i]);
    drp_evidence_weigh(&s.sample, *state, DRP_EVIDENCE_CHECK, &s.arena, &list, &counts);
    assert_int_equal(f.evidence->n_texts, DRP_LEN(most));
    for (size_t i = 0; i < DRP_LEN(most); i++)
        assert_int_equal(f.evidence->texts[i], most[i]);
    drp_arena_release(&s.arena);

    /* Only texts 1, 3, 4 and 5 have more than 33 in 100 words; fewer are claimed: 0 and 2 show it. */
    f = claim_of("uses fewer exclamation marks");
    counts = (struct drp_feature_counts){.kept = 1};
    stage_init(&s, "", DRP_LEN(texts), "A few words!", 8);
    for (size_t i = 0; i < DRP_LEN(texts); i++)
        s.own[i].text = drp_sv_from(texts[i]);
    drp_evidence_weigh(&s.sample, *state, DRP_EVIDENCE_CHECK, &s.arena, &list, &counts);
    assert_int_equal(f.evidence->n_texts, 2);
    assert_int_equal(f.evidence->texts[0], 0);
    assert_int_equal(f.evidence->texts[1], 2);
    drp_arena_release(&s.arena);
}

/* Each author counts the same; a text that stands in two comparisons counts once; the user is nobody's other. */
static void authors_weigh_the_same(void **state)
{
    struct stage s;
    struct drp_standings all;
    stage_init(&s, calm, 3, loud, 5);
    s.peer[0].text = drp_sv_from(calm);
    for (uint32_t i = 1; i < 5; i++)
        s.peer[i] = (struct drp_review){.user = 2, .item = i, .text = drp_sv_from(loud)};
    struct drp_contrast twice[2] = {s.contrast, s.contrast};
    s.sample.contrasts = twice;
    s.sample.n_contrasts = 2;
    drp_standings_count(&s.sample, *state, &s.arena, &all);
    const struct drp_standing *marks = &all.of[DRP_TRAIT_EXCLAMATIONS];
    assert_int_equal(marks->n_others, 5);
    assert_true(marks->effect.delta == -0.5); /* below one author, equal to the other */
    assert_true(marks->effect.n_b > 3.19 && marks->effect.n_b < 3.21); /* 4 / (1 + 4/16) */
    drp_arena_release(&s.arena);

    s.peer[0].user = 0;
    drp_standings_count(&s.sample, *state, &s.arena, &all);
    assert_int_equal(all.of[DRP_TRAIT_EXCLAMATIONS].n_others, 4);
    drp_arena_release(&s.arena);
}

static void evidence_is_told_in_a_line(void **state)
{
    static const struct {
        struct drp_evidence e;
        const char *expected;
    } rows[] = {
        {{.trait = DRP_TRAIT_EXCLAMATIONS, .user = 3.14, .others = 0.04, .verdict = DRP_SUPPORTED},
         "3.1 exclamation marks per 100 words, others 0.04: supported"},
        {{.trait = DRP_TRAIT_WORDS, .user = 123.4, .others = 0, .verdict = DRP_UNDECIDED},
         "123 words per text, others 0: undecided"},
        {{.trait = DRP_TRAIT_HEDGES, .user = 0.1, .others = 99.96, .verdict = DRP_CONTRADICTED},
         "0.1 hedges per 100 words, others 100.0: contradicted"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_str s;
        drp_str_init(&s, SIZE_MAX);
        drp_evidence_show(&rows[i].e, &s);
        assert_string_equal(s.ptr, rows[i].expected);
        drp_str_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_meet_the_counts),
        cmocka_unit_test(dropped_claims_stay_dropped),
        cmocka_unit_test(modes),
        cmocka_unit_test(measured_features_are_new_and_sure),
        cmocka_unit_test(texts_are_cited),
        cmocka_unit_test(authors_weigh_the_same),
        cmocka_unit_test(evidence_is_told_in_a_line),
    };
    return cmocka_run_group_tests(tests, open_lexicon, close_lexicon);
}
