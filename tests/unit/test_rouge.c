/* ROUGE beside rouge-score 0.1.2, and the longest common subsequence beside the usual table. */
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
#include "base/utf8.h"
#include "metric/rouge.h"

#include "base/banned.h"

static bool are_close(double a, double b)
{
    return fabs(a - b) <= 1e-12;
}

static void pairs_equal_the_package(void **state)
{
    (void)state;
    static const struct {
        const char *hypothesis, *reference;
        struct drp_rouge_score score;
    } CASES[] = {
        {"", "", {0, 0, 0}},
        {"", "a", {0, 0, 0}},
        {"a", "", {0, 0, 0}},
        {"...", "a b", {0, 0, 0}},
        {"a", "a", {1, 0, 1}},
        {"a b", "a b", {1, 1, 1}},
        {"Great STRAP!!", "great strap.", {1, 1, 1}},
        {"a b c d", "d c b a", {1, 0, 0.25}},
        {"a a a a", "a a b", {0.5714285714285715, 0.4, 0.5714285714285715}},
        {"It's a well-made 5-star strap",
         "It is a well made, 5 star strap.",
         {0.875, 0.7142857142857143, 0.875}},
        {"The quick brown fox jumps over the lazy dog",
         "The quick brown dog jumps on the log.",
         {0.7058823529411765, 0.26666666666666666, 0.5882352941176471}},
        {"Caf\u00e9 na\u00efve", "cafe naive", {0, 0, 0}},
        /* A dotted capital I, a Kelvin sign, wide letters, white space of other kinds. */
        {"\u0130stanbul", "i stanbul", {1, 1, 1}},
        {"\u212aelvin 3\u00b2", "kelvin 3", {1, 1, 1}},
        {"\uff41\uff11 very \u5f88\u597d",
         "a1 very",
         {0.6666666666666666, 0, 0.6666666666666666}},
        {"snake_case a\u00a0b a\u2028b", "snake case a b", {0.8, 0.7499999999999999, 0.8}},
    };
    struct drp_rouge *r = drp_rouge_new();
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        const struct drp_rouge_score score =
            drp_rouge_score_pair(r, drp_sv_from(CASES[i].hypothesis),
                                 drp_sv_from(CASES[i].reference));
        assert_true(are_close(score.rouge1, CASES[i].score.rouge1));
        assert_true(are_close(score.rouge2, CASES[i].score.rouge2));
        assert_true(are_close(score.rouge_l, CASES[i].score.rouge_l));
    }
    drp_rouge_free(r);
    drp_rouge_free(NULL);
}

/* No character but those two becomes an ASCII letter in lower case: the shortcut around lower-casing. */
static void few_characters_become_ascii(void **state)
{
    (void)state;
    struct drp_str text, lower;
    struct drp_rouge *r = drp_rouge_new();
    drp_str_init(&text, 16);
    drp_str_init(&lower, 64);
    for (uint32_t cp = 0; cp < 0x110000; cp++) {
        if (cp == 0x130 || (cp >= 0xd800 && cp < 0xe000))
            continue;
        drp_str_clear(&text);
        drp_str_clear(&lower);
        drp_utf8_add(&text, cp);
        drp_utf8_lower(&lower, drp_str_sv(&text));
        const char c = lower.ptr[0];
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const struct drp_rouge_score score =
            drp_rouge_score_pair(r, drp_str_sv(&text), (struct drp_sv){lower.ptr, 1});
        assert_true(score.rouge1 == (is_word ? 1 : 0));
    }
    drp_str_release(&text);
    drp_str_release(&lower);
    drp_rouge_free(r);
}

enum { MAX_WORDS = 1200 };

static size_t plain_lcs(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t row[MAX_WORDS + 1] = {0};
    for (size_t i = 0; i < n; i++) {
        size_t diagonal = 0;
        for (size_t j = 0; j < m; j++) {
            const size_t above = row[j + 1];
            row[j + 1] = a[i] == b[j] ? diagonal + 1 : DRP_MAX(above, row[j]);
            diagonal = above;
        }
    }
    return row[m];
}

static size_t random_words(struct drp_rng *rng, uint64_t max, uint64_t vocabulary,
                           uint32_t *ids, struct drp_str *text)
{
    const size_t n = 1 + drp_rng_below(rng, max);
    drp_str_clear(text);
    for (size_t i = 0; i < n; i++) {
        ids[i] = (uint32_t)drp_rng_below(rng, vocabulary);
        drp_str_addf(text, "w%u ", (unsigned)ids[i]);
    }
    return n;
}

/* Lengths around the 256 words of a pass and beyond, so that carries travel. */
static void lcs_equals_the_usual_table(void **state)
{
    (void)state;
    uint32_t a[MAX_WORDS], b[MAX_WORDS];
    struct drp_str hypothesis, reference;
    struct drp_rouge *r = drp_rouge_new();
    struct drp_rng rng;
    drp_rng_init(&rng, 1);
    drp_str_init(&hypothesis, SIZE_MAX / 4);
    drp_str_init(&reference, SIZE_MAX / 4);
    for (size_t round = 0; round < 150; round++) {
        const uint64_t max = round % 3 ? 300 : MAX_WORDS;
        const uint64_t vocabulary = 1 + drp_rng_below(&rng, round % 2 ? 4 : 300);
        const size_t n = random_words(&rng, max, vocabulary, a, &hypothesis);
        const size_t m = random_words(&rng, max, vocabulary, b, &reference);
        const double f = 2 * (double)plain_lcs(a, n, b, m) / (double)(n + m);
        const struct drp_rouge_score score =
            drp_rouge_score_pair(r, drp_str_sv(&hypothesis), drp_str_sv(&reference));
        assert_true(are_close(score.rouge_l, f));
    }
    drp_str_release(&hypothesis);
    drp_str_release(&reference);
    drp_rouge_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_equal_the_package),
        cmocka_unit_test(few_characters_become_ascii),
        cmocka_unit_test(lcs_equals_the_usual_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
