/* Measures of small texts. All expectations are counted by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/base.h"
#include "feature/measure.h"

#include "base/banned.h"

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

static struct drp_measures measure(void **state, struct drp_sv text)
{
    struct drp_measures m;
    drp_measure(*state, text, &m);
    for (size_t t = 0; t < DRP_N_TRAITS; t++) {
        assert_true(isfinite(m.of[t]) && m.of[t] >= 0);
        assert_true(drp_measures_know(&m, (enum drp_trait_id)t) || m.of[t] == 0);
    }
    return m;
}

static void assert_near(const char *text, double got, double expected)
{
    if (!(fabs(got - expected) < 1e-9))
        fail_msg("'%s': %g instead of %g", text, got, expected);
}

static void words_and_sentences(void **state)
{
    static const struct {
        const char *text;
        size_t words, sentences;
        double spread; /* below 0: not known */
    } rows[] = {
        {"One two three.", 3, 1, -1},
        {"One. Two two. Three three three!", 6, 3, 1}, /* 1 2 3: variance 1 */
        {"No mark at all", 4, 1, -1},
        {"Really? Yes!! I mean it...", 5, 3, 1.1547005383792515}, /* 1 1 3: variance 4/3 */
        {"It stops... and goes on. End.", 6, 2, 2.8284271247461903}, /* 5 1 */
        {"It stops... And goes on.", 5, 2, 0.7071067811865476},
        {"Quite affordable.I like it.", 5, 2, 0.7071067811865476},
        {"Dr. Smith met J. Doe e.g. here.", 8, 1, -1}, /* "e.g" is two words */
        {"So am I. Yes.", 4, 2, 1.4142135623730951},
        {"It costs 3.50 or 1,000.", 5, 1, -1},
        {"He said \"go.\" Then he left.", 6, 2, 0},
        {"don't can\xE2\x80\x99t 'quoted' well-made", 5, 1, -1},
        {"A line\nand another", 4, 2, 0},
        {"caf\xC3\xA9 na\xC3\xAFve \xD0\x94\xD0\xB0", 3, 1, -1},
        /* Chinese: each character is a word. */
        {"\xE6\x88\x91\xE5\x96\x9C\xE6\xAC\xA2\xE3\x80\x82\xE5\xBE\x88\xE5\xA5\xBD\xEF\xBC\x81",
         5, 2, 0.7071067811865476},
        {"Bought it. - Plus: light - Minus: loud", 6, 3, 0},
        {"\xF0\x9F\x98\x80 \xF0\x9F\x98\x80", 0, 0, -1},
        {"...!!!???", 0, 0, -1},
        {"   \n\n ", 0, 0, -1},
        {"", 0, 0, -1},
        {"Word", 1, 1, -1},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_measures m = measure(state, drp_sv_from(rows[i].text));
        const size_t words = rows[i].words;
        if (m.n_words != words || m.n_sentences != rows[i].sentences)
            fail_msg("'%s': %zu words in %zu sentences", rows[i].text, m.n_words,
                     m.n_sentences);
        assert_near(rows[i].text, m.of[DRP_TRAIT_WORDS], (double)words);
        assert_true(drp_measures_know(&m, DRP_TRAIT_WORDS));
        assert_int_equal(drp_measures_know(&m, DRP_TRAIT_SENTENCE_LENGTH), words > 0);
        if (words > 0)
            assert_near(rows[i].text, m.of[DRP_TRAIT_SENTENCE_LENGTH],
                        (double)words / (double)rows[i].sentences);
        assert_int_equal(drp_measures_know(&m, DRP_TRAIT_SENTENCE_SPREAD),
                         rows[i].spread >= 0);
        assert_near(rows[i].text, m.of[DRP_TRAIT_SENTENCE_SPREAD], fmax(rows[i].spread, 0));
    }
}

/* Rates: `n` in a text of `words` words. */
static void rates_are_per_hundred_words(void **state)
{
    static const struct {
        enum drp_trait_id trait;
        double n;
        size_t words;
        const char *text;
    } rows[] = {
        {DRP_TRAIT_EXCLAMATIONS, 4, 4, "Wow!!! It works! Yes."},
        {DRP_TRAIT_EXCLAMATIONS, 2, 2, "\xE5\xA5\xBD\xEF\xBC\x81\xE5\xA5\xBD\xEF\xBC\x81"},
        {DRP_TRAIT_QUESTIONS, 3, 4, "Why? Why not?? Because."},
        {DRP_TRAIT_QUESTIONS, 1, 1, "What\xE2\x81\x89"},
        {DRP_TRAIT_EXCLAMATIONS, 1, 1, "What\xE2\x81\x89"},
        {DRP_TRAIT_CAPITALS, 3, 7, "I LOVE this TV, a MP3 DON'T"}, /* digits are no capitals */
        {DRP_TRAIT_CAPITALS, 1, 2, "\xC3\x9C\x42\x45R alles"},
        {DRP_TRAIT_FIRST_PERSON, 5, 9, "I think my wife, we both, it's MINE, I'm"},
        {DRP_TRAIT_FIRST_PERSON, 1, 5, "Made in the US, us"},
        {DRP_TRAIT_SECOND_PERSON, 3, 6, "You will love your tea, you're"},
        {DRP_TRAIT_HEDGES, 4, 9, "Perhaps it is good, I think, it might seem"},
        {DRP_TRAIT_HEDGES, 0, 5, "I do. Think about it"}, /* across sentences: no phrase */
        {DRP_TRAIT_INTENSIFIERS, 3, 7, "Very good, really, it helps so much"},
        {DRP_TRAIT_POSITIVE, 2, 6, "Great, lovely, but bad and awful"},
        {DRP_TRAIT_NEGATIVE, 2, 6, "Great, lovely, but bad and awful"},
        {DRP_TRAIT_NEGATIVE, 1, 5, "It isn't very good, really"},
        {DRP_TRAIT_POSITIVE, 1, 4, "Not bad, I say"},
        {DRP_TRAIT_POSITIVE, 1, 4, "No. Good, I say"}, /* a new sentence is not negated */
        {DRP_TRAIT_NUMBERS, 4, 8, "In 2019 it cost 3.50, 5th of 10"},
        {DRP_TRAIT_QUOTES, 2, 6, "He said \"hello\" and \xE2\x80\x9Cgood bye\xE2\x80\x9D"},
        {DRP_TRAIT_QUOTES, 0, 3, "A 12\" pan"},
        {DRP_TRAIT_ELLIPSES, 3, 3, "Well.. so... then\xE2\x80\xA6 ."},
        {DRP_TRAIT_DASHES, 4, 8,
         "It - I mean -- this \xE2\x80\x94 well \xE2\x80\x93 is well-made"},
        {DRP_TRAIT_DASHES, 0, 3,
         "5\xE2\x80\x93"
         "10 days"},
        {DRP_TRAIT_EMOJI, 4, 2, "Nice :) :-D <3 day \xF0\x9F\x98\x80"},
        {DRP_TRAIT_EMOJI, 2, 1,
         "x \xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7 \xF0\x9F\x87\xA9\xF0\x9F\x87\xAA"},
        {DRP_TRAIT_EMOJI, 0, 8, "See http://x.org (as follows:) at 3:30"},
        {DRP_TRAIT_LISTS, 3, 7, "Points:\n- one\n- two\n* three\nand a - b"},
        {DRP_TRAIT_LISTS, 2, 6, "In use. - Plus: good - Minus: big"},
        {DRP_TRAIT_LISTS, 3, 7, "First 1. this 2. that 3. those"},
        {DRP_TRAIT_LISTS, 0, 8, "I give it 3. Not 2. It fails"},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_measures m = measure(state, drp_sv_from(rows[i].text));
        if (m.n_words != rows[i].words)
            fail_msg("'%s': %zu words", rows[i].text, m.n_words);
        assert_near(rows[i].text, m.of[rows[i].trait], 100 * rows[i].n / (double)m.n_words);
    }
}

static void paragraphs_need_lines(void **state)
{
    static const struct {
        const char *text;
        double n;
        bool has_lines;
    } rows[] = {
        {"One. Two.", 1, false},
        {"One.\nTwo.", 1, true},
        {"One.\n\nTwo.\n \n\nThree.\n\n", 3, true},
        {"\n\nOne.\r\n\r\nTwo.", 2, true},
        {"One.\n\n", 1, false},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_measures m = measure(state, drp_sv_from(rows[i].text));
        assert_near(rows[i].text, m.of[DRP_TRAIT_PARAGRAPHS], rows[i].n);
        assert_int_equal(m.has_lines, rows[i].has_lines);
    }
}

/* `n` words, the i-th one of `cycle` different ones. */
static struct drp_measures cycle_of(void **state, size_t n, size_t cycle)
{
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        drp_str_addf(&s, "%c%zu ", i % 2 ? 'W' : 'w', i % cycle);
    const struct drp_measures m = measure(state, drp_str_sv(&s));
    drp_str_release(&s);
    return m;
}

/* Different words in a window of 50, whatever the length. */
static void vocabulary_does_not_depend_on_length(void **state)
{
    static const struct {
        size_t n, cycle;
        double expected; /* below 0: not known */
    } rows[] = {
        {49, 10, -1}, {50, 10, 10}, {500, 10, 10}, {5000, 10, 10}, {50, 50, 50},
        {60, 50, 50}, {70, 60, 50}, {1000, 7, 7},  {200, 1, 1},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_measures m = cycle_of(state, rows[i].n, rows[i].cycle);
        assert_int_equal(drp_measures_know(&m, DRP_TRAIT_VOCABULARY),
                         rows[i].expected >= 0);
        assert_near("cycle", m.of[DRP_TRAIT_VOCABULARY], fmax(rows[i].expected, 0));
    }

    /* 50 different words, then one of them 10 times: 50, 50, 49, 48 … 41 in the eleven windows. */
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    for (size_t i = 0; i < 60; i++)
        drp_str_addf(&s, "w%zu ", i < 50 ? i : 0);
    const struct drp_measures m = measure(state, drp_str_sv(&s));
    assert_near("tail", m.of[DRP_TRAIT_VOCABULARY],
                (50 + 50 + 49 + 48 + 47 + 46 + 45 + 44 + 43 + 42 + 41) / 11.0);
    drp_str_release(&s);
}

/* A megabyte of each kind of text ends soon and gives the rates of its parts. */
static void large_texts(void **state)
{
    static const struct {
        const char *part;
        size_t words, marks; /* of each part */
    } rows[] = {
        {"I love it! ", 3, 1},
        {"!", 0, 1},
        {"x", 0, 0},
        {"\xE5\xA5\xBD", 1, 0},
        {"\xF0\x9F\x98\x80", 0, 0},
        {"1. ", 1, 0},
        {"don't'", 0, 0},
        {"-- ", 0, 0},
        {"\xE2", 0, 0},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_str s;
        size_t n = 0;
        drp_str_init(&s, SIZE_MAX);
        for (; s.len < 1000000; n++)
            drp_str_addz(&s, rows[i].part);
        const struct drp_measures m = measure(state, drp_str_sv(&s));
        if (rows[i].words > 0) {
            assert_int_equal(m.n_words, n * rows[i].words);
            assert_near(rows[i].part, m.of[DRP_TRAIT_EXCLAMATIONS],
                        100.0 * (double)rows[i].marks / (double)rows[i].words);
        }
        drp_str_release(&s);
    }
}

static void bad_bytes_are_marks(void **state)
{
    const struct drp_measures m = measure(state, DRP_SV("a\xFF\x80z \xC3 !\0 b"));
    assert_int_equal(m.n_words, 3);
    assert_near("bad", m.of[DRP_TRAIT_EXCLAMATIONS], 100.0 / 3);
}

static void traits_have_their_words(void **state)
{
    (void)state;
    for (size_t t = 0; t < DRP_N_TRAITS; t++) {
        const struct drp_trait *trait = drp_trait_get((enum drp_trait_id)t);
        assert_int_equal(drp_trait_find(drp_sv_from(trait->key)), t);
        assert_true(trait->name && trait->definition && trait->unit && trait->rate);
        assert_true(trait->more && trait->less && trait->kin <= t);
    }
    assert_int_equal(drp_trait_find(DRP_SV("nonsense")), DRP_N_TRAITS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_sentences),
        cmocka_unit_test(rates_are_per_hundred_words),
        cmocka_unit_test(paragraphs_need_lines),
        cmocka_unit_test(vocabulary_does_not_depend_on_length),
        cmocka_unit_test(large_texts),
        cmocka_unit_test(bad_bytes_are_marks),
        cmocka_unit_test(traits_have_their_words),
    };
    return cmocka_run_group_tests(tests, open_lexicon, close_lexicon);
}
