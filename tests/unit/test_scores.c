/* Scores through the public interface: known pairs, sums, what cannot be scored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "drp/scores.h"

#include "base/banned.h"

static struct drp_scores *open_scores(const struct drp_scorer_opts *opts)
{
    struct drp_scores *s = NULL;
    struct drp_err err = {0};
    if (drp_scores_open(opts, &s, &err) < 0)
        fail_msg("%s", err.text);
    return s;
}

static double get(const struct drp_scores *s, enum drp_metric metric)
{
    double value = -1;
    struct drp_err err = {0};
    if (drp_scores_get(s, metric, &value, &err) < 0)
        fail_msg("%s: %s", drp_metric_title(metric), err.text);
    return value;
}

static void pairs_and_their_sum(void **state)
{
    (void)state;
    static const struct drp_scorer_opts opts = {.no_synonyms = true};
    struct drp_scores *s = open_scores(&opts);
    struct drp_err err = {0};
    double same[DRP_N_METRICS], other[DRP_N_METRICS];
    const struct drp_sv text = DRP_SV("the cat sat on the mat today");
    assert_int_equal(drp_scores_add(s, text, text, same, &err), 0);
    assert_true(fabs(same[DRP_BLEU] - 100) < 1e-9);
    assert_true(fabs(same[DRP_ROUGE1] - 1) < 1e-12);
    assert_true(isnan(same[DRP_JUDGE]));
    assert_int_equal(drp_scores_add(s, DRP_SV("the dog"), DRP_SV("the cat"), other, &err),
                     0);
    assert_true(fabs(other[DRP_ROUGE1] - 0.5) < 1e-12);
    assert_true(fabs(get(s, DRP_ROUGE1) - 0.75) < 1e-12);
    assert_true(fabs(get(s, DRP_ROUGE_L) - 0.75) < 1e-12);
    assert_true(fabs(get(s, DRP_METEOR) - (same[DRP_METEOR] + other[DRP_METEOR]) / 2) <
                1e-12);
    /* 8 of 9 words, 6 of 7 pairs, 5 of 5 triples, 4 of 4 fours; equal lengths. */
    const double bleu = 100 * pow(8.0 / 9 * (6.0 / 7), 0.25);
    assert_true(fabs(get(s, DRP_BLEU) - bleu) < 1e-9);
    drp_scores_close(s);
}

static void signatures(void **state)
{
    (void)state;
    static const struct drp_scorer_opts opts = {.no_synonyms = true};
    struct drp_scores *s = open_scores(&opts);
    static const struct {
        enum drp_metric metric;
        const char *holds;
    } cases[] = {
        {DRP_BLEU, "tok:13a|smooth:exp|version:2."},
        {DRP_METEOR, "syn:no"},
        {DRP_ROUGE2, "type:rouge2"},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++)
        if (!strstr(drp_scores_signature(s, cases[i].metric), cases[i].holds))
            fail_msg("%s", drp_scores_signature(s, cases[i].metric));
    assert_string_equal(drp_scores_signature(s, DRP_JUDGE), "");
    assert_string_equal(drp_scores_signature(s, DRP_N_METRICS), "");
    drp_scores_close(s);
}

static void what_cannot_be_scored(void **state)
{
    (void)state;
    static const struct drp_scorer_opts opts = {.no_synonyms = true};
    struct drp_scores *s = open_scores(&opts);
    struct drp_err err = {0};
    double value;
    assert_int_equal(drp_scores_get(s, DRP_BLEU, &value, &err), DRP_ENOTFOUND);
    assert_string_equal(err.text, "no score: no pair was added yet");
    assert_int_equal(drp_scores_add(s, DRP_SV("ab\xff"), DRP_SV("x"), NULL, &err),
                     DRP_EINPUT);
    assert_int_equal(err.offset, 2);
    assert_int_equal(drp_scores_add(s, DRP_SV("x"), DRP_SV("\xc3"), NULL, &err),
                     DRP_EINPUT);
    assert_int_equal(drp_scores_get(s, DRP_BLEU, &value, &err), DRP_ENOTFOUND);
    assert_int_equal(drp_scores_get(s, DRP_JUDGE, &value, &err), DRP_EUSAGE);
    assert_int_equal(drp_scores_get(s, DRP_N_METRICS, &value, &err), DRP_EUSAGE);
    drp_scores_close(s);
    drp_scores_close(NULL);

    static const struct drp_scorer_opts nowhere = {.wordnet = "/nowhere/wordnet"};
    assert_int_equal(drp_scores_open(&nowhere, &s, &err), DRP_ENOTFOUND);
    assert_null(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_and_their_sum),
        cmocka_unit_test(signatures),
        cmocka_unit_test(what_cannot_be_scored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
