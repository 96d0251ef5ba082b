/* What sentences about style claim. The sentences are ours, in the manner of extractors large and small. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/base.h"
#include "feature/claim.h"

#include "base/banned.h"

/* "key+1 key-1" in the order of traits. */
static struct drp_sv shown(const struct drp_claim *claims, size_t n, struct drp_arena *arena)
{
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    for (size_t i = 0; i < n; i++)
        drp_str_addf(&s, "%s%s%+d", i ? " " : "", drp_trait_get(claims[i].trait)->key,
                     claims[i].direction);
    const struct drp_sv out = drp_arena_sv(arena, drp_str_sv(&s));
    drp_str_release(&s);
    return out;
}

static void assert_claims(const char *name, const char *description, const char *expected)
{
    struct drp_arena arena = {0};
    struct drp_claim claims[DRP_MAX_CLAIMS];
    const struct drp_feature f = {.name = drp_sv_from(name),
                                  .definition =
                                      DRP_SV("How often exclamation marks are used"),
                                  .description = drp_sv_from(description)};
    const struct drp_sv got = shown(claims, drp_claim_read(&f, claims), &arena);
    if (!drp_sv_is(got, expected))
        fail_msg("%s: %s: '%.*s' instead of '%s'", name, description, DRP_SV_ARG(got),
                 expected);
    drp_arena_release(&arena);
}

struct row {
    const char *description, *expected;
};

static void assert_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_claims("Style", rows[i].description, rows[i].expected);
}

/* Each trait in its usual words. */
static void traits_are_recognised(void **state)
{
    static const struct row rows[] = {
        {"The user writes longer sentences than the others.", "sentence_length+1"},
        {"The user's sentences are shorter and simpler.", "sentence_length-1"},
        {"The user writes in long, flowing sentences.", "sentence_length+1"},
        {"The user uses short, clipped sentences.", "sentence_length-1"},
        {"User's sentences tend to be long.", "sentence_length+1"},
        {"The user keeps sentences short.", "sentence_length-1"},
        {"A higher average sentence length.", "sentence_length+1"},
        {"Uses a mix of short and long sentences", "sentence_spread+1"},
        {"The user uses more varied sentence lengths.", "sentence_spread+1"},
        {"The user is concise.", "words-1"},
        {"The user is brief and to the point.", "words-1"},
        {"The user is wordy.", "words+1"},
        {"The user writes short reviews.", "words-1"},
        {"The user uses more exclamation marks.", "exclamation_marks+1"},
        {"The user asks fewer questions.", "question_marks-1"},
        {"The user asks the reader many rhetorical questions.", "question_marks+1"},
        {"The user uses ALL CAPS for emphasis.", "capitals+1"},
        {"The user uses the first person.", "first_person+1"},
        {"A higher number of first-person pronouns such as I and my.", "first_person+1"},
        {"The user uses the second person (\xE2\x80\x9Cyou\xE2\x80\x9D).",
         "second_person+1"},
        {"The user addresses the reader directly.", "second_person+1"},
        {"The user hedges more often than others.", "hedges+1"},
        {"The user\xE2\x80\x99s writing is less tentative.", "hedges-1"},
        {"The user uses intensifiers like \"very\" more.", "intensifiers+1"},
        {"The user has a more positive tone.", "positive_words+1"},
        {"The user uses fewer negative words.", "negative_words-1"},
        {"Uses a richer, more varied vocabulary", "vocabulary+1"},
        {"The user's vocabulary is more limited than theirs.", "vocabulary-1"},
        {"The user includes specific numbers.", "numbers+1"},
        {"The user uses direct speech.", "quotes+1"},
        {"The user prefers dashes instead of ellipses.", "ellipses-1 dashes+1"},
        {"The user adds emoticons.", "emoji+1"},
        {"The user uses bullet points to list pros and cons.", "list_items+1"},
        {"The user's review lacks paragraphs.", "paragraphs-1"},
    };
    (void)state;
    assert_rows(rows, DRP_LEN(rows));
}

static void directions_follow_the_words(void **state)
{
    static const struct row rows[] = {
        {"The user does not use exclamation marks.", "exclamation_marks-1"},
        {"The user doesn\xE2\x80\x99t use any emoji.", "emoji-1"},
        {"The user rarely uses many exclamation marks.", "exclamation_marks-1"},
        {"The user rarely, if ever, uses exclamation marks.", "exclamation_marks-1"},
        {"The user avoids emoji and exclamation marks.", "exclamation_marks-1 emoji-1"},
        {"The user uses exclamation marks sparingly.", "exclamation_marks-1"},
        {"The user uses exclamation marks less frequently.", "exclamation_marks-1"},
        {"The user's use of exclamation marks is minimal.", "exclamation_marks-1"},
        {"Exclamation marks are rare in the user's reviews.", "exclamation_marks-1"},
        {"The user is less likely to use exclamation marks.", "exclamation_marks-1"},
        {"The user uses periods instead of exclamation marks.", "exclamation_marks-1"},
        {"The user prefers statements over questions.", "question_marks-1"},
        {"The user uses exclamation marks without restraint.", "exclamation_marks+1"},
        {"The user uses fewer exclamation marks and more questions.",
         "exclamation_marks-1 question_marks+1"},
        {"The user rarely asks questions, but uses exclamation marks often.",
         "exclamation_marks+1 question_marks-1"},
        {"The user uses less formal language and more exclamation marks.",
         "exclamation_marks+1"},
        {"The user uses shorter, less complex sentences.", "sentence_length-1"},
        {"The user's sentences are not as long as those of others.", "sentence_length-1"},
        {"The user uses fewer long sentences.", "sentence_length-1"},
        {"The user is less verbose than the others.", "words-1"},
        {"The user's vocabulary is not as rich.", "vocabulary-1"},
    };
    (void)state;
    assert_rows(rows, DRP_LEN(rows));
}

/* What is said of the others is the opposite of what is said of the user. */
static void others_are_turned_round(void **state)
{
    static const struct row rows[] = {
        {"Others use longer sentences than the user.", "sentence_length-1"},
        {"The user's review is more concise, while the others' reviews are longer.",
         "words-1"},
        {"The user rarely uses exclamation marks, whereas other reviewers use many.",
         "exclamation_marks-1"},
        {"Unlike others, the user uses many exclamation marks!", "exclamation_marks+1"},
        {"Unlike others who use short sentences, the user writes long ones.",
         "sentence_length+1"},
        {"Longer sentences are used by others, not the user.", "sentence_length-1"},
        {"The user differs from others in using more exclamation marks.",
         "exclamation_marks+1"},
        {"The user employs a more positive tone, others a negative one.",
         "positive_words+1 negative_words-1"},
        {"Other reviewers often include emoji, which the user never does.", "emoji-1"},
        {"The others use more exclamation marks, question marks and emoji.",
         "exclamation_marks-1"},
        {"The user's sentences are short, others use long ones.", "sentence_length-1"},
        {"The user uses long sentences, person 3 uses short sentences.",
         "sentence_length+1"},
        {"Compared with the other reviewers, who use very long sentences, this user is calm.",
         "sentence_length-1"},
        {"In other reviews the sentences are longer.", "sentence_length-1"},
        {"The user, who uses very long sentences, is calm.", "sentence_length+1"},
        /* Of whom the second clause speaks is not said. */
        {"While others write short texts, they use many exclamation marks.", "words+1"},
    };
    (void)state;
    assert_rows(rows, DRP_LEN(rows));
}

static void what_is_unclear_is_no_claim(void **state)
{
    static const struct row rows[] = {
        {"", ""},
        {"The user has a unique style.", ""},
        {"I love this little kettle! It makes me smile.", ""},
        {"The user and others use many exclamation marks.", ""},
        {"Like others, the user uses many exclamation marks.", ""},
        {"The user uses a similar number of exclamation marks.", ""},
        {"The user sometimes uses exclamation marks.", ""},
        {"The use of exclamation marks shows emotion.", ""},
        {"The user uses less formal language with exclamation marks.", ""},
        {"The user uses short paragraphs.", ""},
        {"The user had a positive experience.", ""},
        {"The user describes both positive and negative aspects.", ""},
        {"The user never uses capital letters.", ""}, /* all in small letters: another trait */
        {"The user uses more exclamation marks. The user uses fewer exclamation marks.", ""},
        {"Er verwendet mehr Ausrufezeichen.", ""},
        {"\xE4\xBB\x96\xE7\x94\xA8\xE6\x9B\xB4\xE5\xA4\x9A\xE6\x84\x9F\xE5\x8F\xB9\xE5\x8F\xB7",
         ""},
        {",,,;;; than than and and, not not no", ""},
    };
    (void)state;
    assert_rows(rows, DRP_LEN(rows));
}

/* The name helps where the description names nothing. */
static void names_help(void **state)
{
    static const struct {
        const char *name, *description, *expected;
    } rows[] = {
        {"Exclamation marks", "The user uses them more often.", "exclamation_marks+1"},
        {"Exclamation marks", "Others hardly ever use them.", "exclamation_marks+1"},
        {"Exclamation marks", "The user is more enthusiastic.", ""},
        {"Fewer exclamation marks", "The user writes calmly.", "exclamation_marks-1"},
        {"Sentence length", "The user writes longer ones than the others.",
         "sentence_length+1"},
        {"Sentence length", "Others write longer ones.", "sentence_length-1"},
        {"Conciseness", "The user gets there quickly.", "words-1"},
        {"Hedging", "The user is direct and assertive.", ""},
        {"Longer sentences", "The user's sentences are shorter.", "sentence_length-1"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        assert_claims(rows[i].name, rows[i].description, rows[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traits_are_recognised),
        cmocka_unit_test(directions_follow_the_words),
        cmocka_unit_test(others_are_turned_round),
        cmocka_unit_test(what_is_unclear_is_no_claim),
        cmocka_unit_test(names_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
