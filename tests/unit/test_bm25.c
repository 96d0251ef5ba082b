/* BM25 beside rank_bm25's answers, and beside a plain implementation of the formula. */
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
#include "select/bm25.h"

#include "base/banned.h"

enum { MAX_DOCUMENTS = 40, MAX_WORDS = 60, VOCABULARY = 50 };

static struct drp_bm25_text text_of(struct drp_intern *words, const char *text,
                                    struct drp_arena *arena)
{
    return (struct drp_bm25_text){.body = drp_terms_add(words, drp_sv_from(text), arena)};
}

/* Scores by rank_bm25 0.2.2; where it divides by zero, 0. */
static void equals_known_scores(void **state)
{
    (void)state;
    static const struct {
        const char *documents[4];
        const char *query;
        double scores[4];
    } CASES[] = {
        {{"a b", "a c", "a d"},
         "a a b",
         {0.4591464640463231, -0.05167915971966766, -0.05167915971966766}},
        {{"x y z"}, "x q", {-0.2746530721670274}},
        {{"same text here", "same text here", "same text here", "other"},
         "text other",
         {-0.09716718582422064, -0.09716718582422064, -0.09716718582422064,
          1.160682000530416}},
        /* Half of the documents hold the word: its idf is 0 and stays 0. */
        {{"a", "b"}, "a", {0, 0}},
        {{"", "\t \n"}, "a", {0, 0}},
        {{"a b", "c"}, "", {0, 0}},
    };
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        struct drp_intern words = {0};
        struct drp_arena arena = {0};
        struct drp_bm25_text documents[4];
        double scores[4];
        size_t n = 0;
        for (; n < 4 && CASES[i].documents[n]; n++)
            documents[n] = text_of(&words, CASES[i].documents[n], &arena);
        struct drp_bm25 *index = drp_bm25_new(documents, n);
        drp_bm25_scores(index, text_of(&words, CASES[i].query, &arena), scores);
        for (size_t d = 0; d < n; d++)
            assert_true(fabs(scores[d] - CASES[i].scores[d]) < 1e-15);
        drp_bm25_free(index);
        drp_arena_release(&arena);
        drp_intern_release(&words);
    }
}

/* Random texts over a small vocabulary, common words often. */
struct corpus {
    uint32_t ids[MAX_DOCUMENTS + 1][MAX_WORDS];
    size_t lengths[MAX_DOCUMENTS + 1]; /* the last text is the query */
    size_t n;
};

static void fill(struct corpus *c, uint32_t seed)
{
    struct drp_rng rng;
    drp_rng_init(&rng, seed);
    c->n = 1 + drp_rng_below(&rng, MAX_DOCUMENTS);
    for (size_t d = 0; d <= c->n; d++) {
        c->lengths[d] = drp_rng_below(&rng, MAX_WORDS);
        for (size_t i = 0; i < c->lengths[d]; i++)
            c->ids[d][i] = (uint32_t)(pow(drp_rng_double(&rng), 3) * VOCABULARY) * 1000003u;
    }
}

static size_t count(const struct corpus *c, size_t d, uint32_t word)
{
    size_t n = 0;
    for (size_t i = 0; i < c->lengths[d]; i++)
        n += c->ids[d][i] == word;
    return n;
}

static size_t n_with(const struct corpus *c, uint32_t word)
{
    size_t n = 0;
    for (size_t d = 0; d < c->n; d++)
        n += count(c, d, word) > 0;
    return n;
}

static double raw_idf(const struct corpus *c, uint32_t word)
{
    const double n = (double)n_with(c, word);
    return log((double)c->n - n + 0.5) - log(n + 0.5);
}

static double mean_idf(const struct corpus *c)
{
    double sum = 0, n = 0;
    for (uint32_t w = 0; w < VOCABULARY; w++) {
        if (n_with(c, w * 1000003u) == 0)
            continue;
        sum += raw_idf(c, w * 1000003u);
        n++;
    }
    return n > 0 ? sum / n : 0;
}

static double naive_score(const struct corpus *c, size_t d, double mean)
{
    double score = 0, length = 0;
    for (size_t e = 0; e < c->n; e++)
        length += (double)c->lengths[e] / (double)c->n;
    for (size_t i = 0; i < c->lengths[c->n]; i++) {
        const uint32_t word = c->ids[c->n][i];
        const double f = (double)count(c, d, word), raw = raw_idf(c, word);
        if (f == 0)
            continue;
        const double norm = 1.5 * (0.25 + 0.75 * (double)c->lengths[d] / length);
        score += (raw < 0 ? 0.25 * mean : raw) * f * 2.5 / (f + norm);
    }
    return score;
}

static void check_order(const double *scores, size_t n, const uint32_t *best, size_t n_best)
{
    for (size_t i = 1; i < n_best; i++) {
        const uint32_t before = best[i - 1], after = best[i];
        assert_true(scores[before] > scores[after] ||
                    (scores[before] == scores[after] && before > after));
    }
    for (size_t d = 0; n_best > 0 && d < n; d++) {
        bool is_in = false;
        for (size_t i = 0; i < n_best; i++)
            is_in = is_in || best[i] == d;
        const uint32_t last = best[n_best - 1];
        assert_true(is_in || scores[d] < scores[last] ||
                    (scores[d] == scores[last] && d < last));
    }
}

static void equals_the_formula(void **state)
{
    (void)state;
    struct corpus *c = calloc(1, sizeof *c);
    assert_non_null(c);
    for (uint32_t seed = 1; seed <= 200; seed++) {
        struct drp_bm25_text texts[MAX_DOCUMENTS + 1] = {0};
        double scores[MAX_DOCUMENTS];
        uint32_t best[MAX_DOCUMENTS + 5];
        fill(c, seed);
        for (size_t d = 0; d <= c->n; d++) {
            const size_t cut = c->lengths[d] / 3;
            texts[d].head = (struct drp_terms){c->ids[d], cut};
            texts[d].body = (struct drp_terms){c->ids[d] + cut, c->lengths[d] - cut};
        }
        struct drp_bm25 *index = drp_bm25_new(texts, c->n);
        drp_bm25_scores(index, texts[c->n], scores);
        const double mean = mean_idf(c);
        for (size_t d = 0; d < c->n; d++)
            assert_true(fabs(scores[d] - naive_score(c, d, mean)) < 1e-12);
        const size_t k = seed % (MAX_DOCUMENTS + 5);
        const size_t n_best = drp_bm25_top(index, texts[c->n], k, best);
        check_order(scores, c->n, best, n_best);
        drp_bm25_free(index);
    }
    free(c);
}

static void ranks_later_documents_first(void **state)
{
    (void)state;
    struct drp_intern words = {0};
    struct drp_arena arena = {0};
    const char *const texts[] = {"rare a", "b c", "b c", "b c", "b c"};
    struct drp_bm25_text documents[5];
    uint32_t best[8];
    for (size_t d = 0; d < 5; d++)
        documents[d] = text_of(&words, texts[d], &arena);
    struct drp_bm25 *index = drp_bm25_new(documents, 5);
    assert_int_equal(drp_bm25_top(index, text_of(&words, "rare", &arena), 3, best), 3);
    assert_int_equal(best[0], 0);
    assert_int_equal(best[1], 4);
    assert_int_equal(best[2], 3);
    /* A word of most documents may score below nothing at all. */
    assert_int_equal(drp_bm25_top(index, text_of(&words, "unknown", &arena), 8, best), 5);
    assert_int_equal(best[0], 4);
    assert_int_equal(drp_bm25_top(index, text_of(&words, "rare", &arena), 0, best), 0);
    drp_bm25_free(index);
    drp_arena_release(&arena);
    drp_intern_release(&words);
}

static void finds_nothing_in_nothing(void **state)
{
    (void)state;
    const struct drp_bm25_text empty[3] = {0};
    uint32_t best[8];
    struct drp_bm25 *index = drp_bm25_new(empty, 3);
    assert_int_equal(drp_bm25_top(index, empty[0], 8, best), 0);
    drp_bm25_free(index);
    index = drp_bm25_new(NULL, 0);
    assert_int_equal(drp_bm25_top(index, empty[0], 8, best), 0);
    drp_bm25_free(index);
    drp_bm25_free(NULL);
}

static void terms_are_words(void **state)
{
    (void)state;
    struct drp_intern words = {0};
    struct drp_arena arena = {0};
    const struct drp_terms terms =
        drp_terms_add(&words, DRP_SV(" The\xc2\xa0the\xe3\x80\x80The  a\xe2\x80\x8b "),
                      &arena);
    assert_int_equal(terms.n, 4);
    assert_int_equal(terms.ids[0], terms.ids[2]);
    assert_int_not_equal(terms.ids[0], terms.ids[1]);
    const struct drp_terms found = drp_terms_find(&words, DRP_SV("the a"), &arena);
    assert_int_equal(found.n, 2);
    assert_int_equal(found.ids[0], terms.ids[1]);
    assert_int_equal(found.ids[1], DRP_NO_ID);
    assert_int_equal(words.n, 3);
    drp_arena_release(&arena);
    drp_intern_release(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_known_scores),
        cmocka_unit_test(equals_the_formula),
        cmocka_unit_test(ranks_later_documents_first),
        cmocka_unit_test(finds_nothing_in_nothing),
        cmocka_unit_test(terms_are_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
