/* BLEU beside sacrebleu 2.6.0, and n-grams beside a plain count. Words are separated by spaces, so that the
 * tokeniser changes nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/rng.h"
#include "metric/bleu.h"

#include "base/banned.h"

static bool are_close(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(1, fabs(b));
}

/* `single` by BLEU(effective_order=True), `corpus` by BLEU(). */
static const struct {
    const char *hypothesis, *reference;
    struct drp_bleu_counts counts;
    double single, corpus, bp;
} PAIRS[] = {
    {"", "", {0, 0, {0}, {0}}, 0, 0, 1},
    {"", "a b", {0, 2, {0}, {0}}, 0, 0, 0},
    {"a b", "", {2, 0, {0}, {2, 1}}, 0, 0, 1},
    {"a", "a", {1, 1, {1}, {1}}, 100.00000000000004, 0, 1},
    {"a b c d",
     "a b c d",
     {4, 4, {4, 3, 2, 1}, {4, 3, 2, 1}},
     100.00000000000004,
     100.00000000000004,
     1},
    {"a b c d", "d c b a", {4, 4, {4}, {4, 3, 2, 1}}, 22.59005009024613, 22.59005009024613, 1},
    {"a a a a a", "a a", {5, 2, {2, 1}, {5, 4, 3, 2}}, 21.3643503198117, 21.3643503198117, 1},
    {"the cat sat on the mat",
     "the cat is on the mat",
     {6, 6, {5, 3, 1}, {6, 5, 4, 3}},
     37.99178428257963,
     37.99178428257963,
     1},
    {"the the the the the the the",
     "the cat is on the mat",
     {7, 6, {2}, {7, 6, 5, 4}},
     7.809849842300637,
     7.809849842300637,
     1},
    {"a b c d e f",
     "a b c d e f g h i j",
     {6, 10, {6, 5, 4, 3}, {6, 5, 4, 3}},
     51.341711903259224,
     51.341711903259224,
     0.513417119032592},
    {"a b c", "a b c d", {3, 4, {3, 2, 1}, {3, 2, 1}}, 71.65313105737896, 0, 0.7165313105737893},
    {"x y z", "a b c", {3, 3, {0}, {3, 2, 1}}, 0, 0, 1},
    {"this strap is a great strap and it holds my guitar well",
     "a great strap this strap holds the guitar very well",
     {12, 10, {8, 3, 1}, {12, 11, 10, 9}},
     17.827531042796263,
     17.827531042796263,
     1},
};

static void pairs_equal_sacrebleu(void **state)
{
    (void)state;
    struct drp_bleu *b = drp_bleu_new();
    for (size_t i = 0; i < DRP_LEN(PAIRS); i++) {
        const struct drp_bleu_counts counts =
            drp_bleu_count(b, drp_sv_from(PAIRS[i].hypothesis),
                           drp_sv_from(PAIRS[i].reference));
        assert_memory_equal(&counts, &PAIRS[i].counts, sizeof counts);
        const struct drp_bleu_score single = drp_bleu_compute(&counts, true);
        assert_true(are_close(single.score, PAIRS[i].single));
        assert_true(are_close(single.bp, PAIRS[i].bp));
        assert_true(are_close(drp_bleu_compute(&counts, false).score, PAIRS[i].corpus));
    }
    drp_bleu_free(b);
    drp_bleu_free(NULL);
}

/* Source: BLEU().corpus_score over 413 pairs of reviews. */
static void corpus_equals_sacrebleu(void **state)
{
    (void)state;
    static const struct drp_bleu_counts counts = {
        33545, 36631, {19780, 10165, 7941, 6967}, {33545, 33131, 32718, 32305}};
    static const double precisions[] = {58.96556863914145, 30.68123509703903,
                                        24.27104346231432, 21.56632100294072};
    struct drp_bleu_counts sum = {0};
    drp_bleu_add(&sum, &counts);
    drp_bleu_add(&sum, &PAIRS[0].counts);
    assert_memory_equal(&sum, &counts, sizeof sum);
    const struct drp_bleu_score score = drp_bleu_compute(&sum, false);
    assert_true(are_close(score.score, 28.45317145355809));
    assert_true(are_close(score.bp, 0.9121089562223123));
    for (size_t k = 0; k < DRP_BLEU_ORDER; k++)
        assert_true(are_close(score.precisions[k], precisions[k]));
}

/* Orders without a match: 1/2 of a match, then 1/4; an order without any n-gram is 0. */
static void smoothing_halves_each_time(void **state)
{
    (void)state;
    static const struct drp_bleu_counts counts = {3, 3, {1, 0, 0, 0}, {3, 2, 1, 0}};
    const struct drp_bleu_score score = drp_bleu_compute(&counts, true);
    assert_true(are_close(score.precisions[0], 100 / 3.0));
    assert_true(are_close(score.precisions[1], 100 / 4.0));
    assert_true(are_close(score.precisions[2], 100 / 4.0));
    assert_true(score.precisions[3] == 0);
}

enum { MAX_WORDS = 40 };

/* How often the `order` letters at `from` stand in `text`, whose words are single letters. */
static size_t occurrences(const char *text, const char *from, size_t order)
{
    size_t n = 0;
    const size_t len = 2 * order - 1;
    for (size_t at = 0; at + len <= strlen(text); at += 2)
        n += memcmp(text + at, from, len) == 0;
    return n;
}

/* Each n-gram of the hypothesis, at its first place, counts min(here, there). */
static size_t plain_matches(const char *hypothesis, const char *reference, size_t order)
{
    size_t matches = 0;
    const size_t len = 2 * order - 1;
    for (size_t at = 0; at + len <= strlen(hypothesis); at += 2) {
        bool is_first = true;
        for (size_t before = 0; before < at; before += 2)
            is_first &= memcmp(hypothesis + before, hypothesis + at, len) != 0;
        if (is_first)
            matches += DRP_MIN(occurrences(hypothesis, hypothesis + at, order),
                               occurrences(reference, hypothesis + at, order));
    }
    return matches;
}

static void random_letters(struct drp_rng *rng, char *text)
{
    const size_t n = drp_rng_below(rng, MAX_WORDS + 1);
    const uint64_t alphabet = 1 + drp_rng_below(rng, 5);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = (char)('a' + drp_rng_below(rng, alphabet));
        text[2 * i + 1] = ' ';
    }
    text[n ? 2 * n - 1 : 0] = 0;
}

static void equals_a_plain_count(void **state)
{
    (void)state;
    char hypothesis[2 * MAX_WORDS + 1], reference[2 * MAX_WORDS + 1];
    struct drp_bleu *b = drp_bleu_new();
    struct drp_rng rng;
    drp_rng_init(&rng, 1);
    for (size_t round = 0; round < 3000; round++) {
        random_letters(&rng, hypothesis);
        random_letters(&rng, reference);
        const struct drp_bleu_counts counts =
            drp_bleu_count(b, drp_sv_from(hypothesis), drp_sv_from(reference));
        for (size_t k = 0; k < DRP_BLEU_ORDER; k++)
            assert_true(counts.correct[k] ==
                        (double)plain_matches(hypothesis, reference, k + 1));
    }
    drp_bleu_free(b);
}

/* After a long text the table is large; short ones must not see what it held. */
static void long_and_short_texts_share_buffers(void **state)
{
    (void)state;
    struct drp_str text;
    struct drp_bleu *b = drp_bleu_new();
    drp_str_init(&text, SIZE_MAX / 4);
    for (size_t i = 0; i < 20000; i++)
        drp_str_addf(&text, "w%zu ", i * i % 7919);
    for (size_t round = 0; round < 3; round++) {
        const struct drp_bleu_counts same =
            drp_bleu_count(b, drp_str_sv(&text), drp_str_sv(&text));
        for (size_t k = 0; k < DRP_BLEU_ORDER; k++)
            assert_true(same.correct[k] == (double)(20000 - k));
        const struct drp_bleu_counts other =
            drp_bleu_count(b, DRP_SV("w1 w4 x"), DRP_SV("w4 w1"));
        assert_true(other.correct[0] == 2 && other.correct[1] == 0);
    }
    drp_str_release(&text);
    drp_bleu_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_equal_sacrebleu),
        cmocka_unit_test(corpus_equals_sacrebleu),
        cmocka_unit_test(smoothing_halves_each_time),
        cmocka_unit_test(equals_a_plain_count),
        cmocka_unit_test(long_and_short_texts_share_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
