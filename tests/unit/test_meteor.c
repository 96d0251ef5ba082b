/* METEOR: numbers of NLTK for each stage and for the order of matching, and a memory that stays bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "metric/meteor.h"
#include "support/temp.h"
#include "support/tiny_wordnet.h"
#include "base/banned.h"

struct row {
    const char *hypothesis, *reference; /* words with blanks between */
    double score;
};

static double score_of(struct drp_meteor *m, const char *hypothesis, const char *reference)
{
    struct drp_tokens h, r;
    drp_tokens_init(&h);
    drp_tokens_init(&r);
    drp_tokens_split(&h, drp_sv_from(hypothesis));
    drp_tokens_split(&r, drp_sv_from(reference));
    const double score = drp_meteor_score(m, &h, &r);
    drp_tokens_release(&h);
    drp_tokens_release(&r);
    return score;
}

static void assert_rows(struct drp_meteor *m, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double score = score_of(m, rows[i].hypothesis, rows[i].reference);
        if (!(fabs(score - rows[i].score) <= 1e-12))
            fail_msg("'%s' against '%s': %.17g, not %.17g", rows[i].hypothesis,
                     rows[i].reference, score, rows[i].score);
    }
}

/* Source: nltk 3.10.4, single_meteor_score(reference.split(), hypothesis.split()); no pair uses a synonym. */
static const struct row plain[] = {
    {"", "", 0.0},
    {"", "a strap", 0.0},
    {"a strap", "", 0.0},
    {"strap", "strap", 0.5},
    {"Strap", "strap", 0.5},
    {"strap", "pedal", 0.0},
    {"a great strap", "a great strap", 0.9814814814814815},
    {"great strap a", "a great strap", 0.8518518518518519},
    {"the strap holds the guitar", "the guitar holds the strap", 0.744},
    {"the the", "the", 0.45454545454545453},
    {"the", "the the the", 0.17857142857142855},
    {"the strap of the player", "the the player", 0.7986111111111112},
    {"players played", "playing player", 0.5},
    {"GEESE", "geese", 0.5},
    {"straps strap", "strap straps", 0.5},
    {"strap", "straps strap", 0.2631578947368421},
    {"strap straps", "straps straps", 0.9375},
    {"Café CAFÉ", "café", 0.45454545454545453},
    {"It is a guide to action which ensures that the military always obeys the commands of the party",
     "It is a guide to action that ensures that the military will forever heed Party commands",
     0.6944444444444445},
};

/* Source: as above, with WordNet 3.0. */
static const struct row with_senses[] = {
    {"car", "automobile", 0.0},
    {"automobile", "car", 0.0},
    {"cars", "automobile", 0.0},
    {"automobiles", "car", 0.0},
    {"us", "u", 0.5},
    {"in", "inch", 0.5},
    {"2", "two", 0.5},
    {"quick", "fast", 0.5},
    {"faster", "quick", 0.5},
    {"quickly", "rapidly", 0.0},
    {"city", "metropolis", 0.0},
    {"a big car", "a large automobile", 0.16666666666666666},
    {"the auto is a machine car", "car machine auto", 0.45454545454545453},
    {"auto auto", "car x car", 0.3448275862068965},
    {"car auto", "machine motorcar car", 0.3448275862068965},
    {"paris", "city", 0.0},
    {"new_york", "ny", 0.0},
    {"he bought a purse for the lady", "the lady purchased a bag", 0.49145299145299143},
    {"start the game", "begin the play", 0.625},
    {"begin the play", "start the game", 0.625},
};

static void words_and_stems(void **state)
{
    (void)state;
    struct drp_meteor *const m = drp_meteor_new(NULL);
    for (int again = 0; again < 2; again++)
        assert_rows(m, plain, DRP_LEN(plain));
    drp_meteor_free(m);
    drp_meteor_free(NULL);
}

static void senses_of_the_real_wordnet(void **state)
{
    struct drp_wordnet *w = NULL;
    struct drp_err err = {0};
    (void)state;
    if (drp_wordnet_open("/usr/share/wordnet", &w, &err) < 0)
        fail_msg("%s", err.text);
    struct drp_meteor *const m = drp_meteor_new(w);
    for (int again = 0; again < 2; again++) {
        assert_rows(m, plain, DRP_LEN(plain));
        assert_rows(m, with_senses, DRP_LEN(with_senses));
    }
    drp_meteor_free(m);
    drp_wordnet_free(w);
}

static void senses_of_a_tiny_wordnet(void **state)
{
    /* Source: as above, with the synonyms of the tiny files in the place of wordnet's. */
    static const struct row rows[] = {
        {"auto", "car", 0.5},
        {"drive", "motor", 0.5},
        {"geese", "honker", 0}, /* its stem, "gees", has no synonyms */
        {"city_of_light", "Paris", 0},
        {"car", "railcar", 0.5}, /* the second sense  */
        {"railcar", "auto", 0},  /* one step, not two */
        {"auto", "railcar", 0},
        {"auto x", "car car", 0.25},
        {"auto railcar", "car car", 0.9375},
        {"x car", "railcar x auto",
         0.6465517241379309}, /* the highest position, of all synonyms */
        {"x car", "auto x railcar", 0.6465517241379309},
    };
    struct drp_wordnet *w = NULL;
    struct drp_err err = {0};
    drp_tiny_wordnet_write(*state);
    assert_int_equal(drp_wordnet_open(*state, &w, &err), 0);
    struct drp_meteor *const m = drp_meteor_new(w);
    assert_rows(m, rows, DRP_LEN(rows));
    drp_meteor_free(m);
    drp_wordnet_free(w);
}

/* Twenty words of four megabytes: what is remembered is dropped on the way, and nothing else changes. */
static void memory_stays_bounded(void **state)
{
    enum { N = 4 << 20 };
    char *const word = drp_malloc(N + 1);
    (void)state;
    struct drp_meteor *const m = drp_meteor_new(NULL);
    const double before = score_of(m, "the strap holds", "holds the strap");
    memset(word, 'x', N);
    word[N] = '\0';
    for (int i = 0; i < 20; i++) {
        word[i] = 'y';
        assert_true(score_of(m, word, "x") == 0);
        assert_true(score_of(m, "the strap holds", "holds the strap") == before);
    }
    drp_meteor_free(m);
    free(word);
}

/* A stage that looked at every free word for every word would take minutes. */
static void long_texts_are_quick(void **state)
{
    struct drp_str text;
    (void)state;
    drp_str_init(&text, SIZE_MAX / 4);
    for (int i = 0; i < 200000; i++)
        drp_str_addf(&text, "w%d a ", i % 50000);
    struct drp_meteor *const m = drp_meteor_new(NULL);
    const double n = 400000;
    assert_true(fabs(score_of(m, text.ptr, text.ptr) - (1 - 0.5 / (n * n * n))) < 1e-12);
    assert_true(score_of(m, "b b b", text.ptr) == 0);
    drp_meteor_free(m);
    drp_str_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_stems),
        cmocka_unit_test(senses_of_the_real_wordnet),
        cmocka_unit_test_setup_teardown(senses_of_a_tiny_wordnet, drp_temp_setup,
                                        drp_temp_teardown),
        cmocka_unit_test(memory_stays_bounded),
        cmocka_unit_test(long_texts_are_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
