/* Porter's stemmer: each step, its order, and letters that are more than one byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "text/porter.h"
#include "base/banned.h"

/* Source: nltk 3.10.4, PorterStemmer().stem(word) */
static const struct {
    const char *word, *stem;
} cases[] = {
    /* irregular words */
    {"sky", "sky"},
    {"skies", "sky"},
    {"dying", "die"},
    {"lying", "lie"},
    {"tying", "tie"},
    {"news", "news"},
    {"howe", "howe"},
    {"proceed", "proceed"},
    {"succeed", "succeed"},
    {"exceed", "exceed"},
    {"innings", "inning"},
    {"inning", "inning"},
    {"outings", "outing"},
    {"cannings", "canning"},
    {"canning", "canning"},
    {"Skies", "sky"},
    /* two code points or fewer stay */
    {"is", "is"},
    {"as", "as"},
    {"a", "a"},
    {"és", "és"},
    {"Éa", "éa"},
    {"by", "by"},
    {"ss", "ss"},
    /* step 1a */
    {"caresses", "caress"},
    {"caress", "caress"},
    {"ponies", "poni"},
    {"cats", "cat"},
    {"dies", "die"},
    {"ties", "tie"},
    {"flies", "fli"},
    {"gas", "ga"},
    {"bus", "bu"},
    {"éies", "éie"},
    /* step 1b */
    {"feed", "feed"},
    {"agreed", "agre"},
    {"died", "die"},
    {"spied", "spi"},
    {"plastered", "plaster"},
    {"bled", "bled"},
    {"motoring", "motor"},
    {"sing", "sing"},
    {"conflated", "conflat"},
    {"troubled", "troubl"},
    {"sized", "size"},
    {"hopping", "hop"},
    {"falling", "fall"},
    {"hissing", "hiss"},
    {"fizzed", "fizz"},
    {"failing", "fail"},
    {"filing", "file"},
    {"owed", "owe"},
    {"need", "need"},
    {"exceeded", "exceed"},
    {"ééed", "ééed"},
    {"aééed", "aé"},
    {"yyed", "yy"},
    /* step 1c */
    {"happy", "happi"},
    {"sky", "sky"},
    {"by", "by"},
    {"fly", "fli"},
    {"enjoy", "enjoy"},
    {"éy", "éy"},
    {"say", "say"},
    /* step 2 */
    {"relational", "relat"},
    {"conditional", "condit"},
    {"rational", "ration"},
    {"radically", "radic"},
    {"abli", "abli"},
    {"conformably", "conform"},
    {"nobly", "nobli"},
    {"sensibly", "sensibl"},
    {"vilely", "vile"},
    {"geologi", "geolog"},
    {"archaeology", "archaeolog"},
    {"hopefully", "hope"},
    {"analogously", "analog"},
    {"vietnamization", "vietnam"},
    {"operator", "oper"},
    {"feudalism", "feudal"},
    {"sensibility", "sensibl"},
    {"globally", "global"},
    {"generally", "gener"},
    /* step 3 */
    {"triplicate", "triplic"},
    {"formative", "form"},
    {"formalize", "formal"},
    {"electrical", "electr"},
    {"hopeful", "hope"},
    {"goodness", "good"},
    /* step 4 */
    {"revival", "reviv"},
    {"allowance", "allow"},
    {"inference", "infer"},
    {"airliner", "airlin"},
    {"adjustable", "adjust"},
    {"replacement", "replac"},
    {"adjustment", "adjust"},
    {"dependent", "depend"},
    {"adoption", "adopt"},
    {"region", "region"},
    {"homologous", "homolog"},
    {"activate", "activ"},
    {"communism", "commun"},
    {"bowdlerize", "bowdler"},
    {"opinion", "opinion"},
    /* step 5 */
    {"probate", "probat"},
    {"rate", "rate"},
    {"cease", "ceas"},
    {"controll", "control"},
    {"roll", "roll"},
    {"controlling", "control"},
    /* signs, digits, other letters */
    {"well-made", "well-mad"},
    {"5-star", "5-star"},
    {"c++", "c++"},
    {"n't", "n't"},
    {"café", "café"},
    {"cafés", "café"},
    {"CAFÉ", "café"},
    {"naïveté", "naïveté"},
    {"Größen", "größen"},
    {"好好ing", "好好ing"},
    {"don't", "don't"},
    {"1980s", "1980"},
    {"a*ding", "ad"},
    {"*ded", "*ded"},
    /* y */
    {"yyy", "yyy"},
    {"yyyy", "yyyi"},
    {"yyyyed", "yyyi"},
    {"syzygies", "syzygi"},
    {"toying", "toy"},
    {"yes", "ye"},
    {"ayyed", "ayi"},
};

static void assert_stem(struct drp_sv word, struct drp_sv expected)
{
    struct drp_str out;
    drp_str_init(&out, SIZE_MAX / 4);
    drp_str_addz(&out, "kept ");
    drp_porter_stem(word, &out);
    const struct drp_sv stem = drp_sv_slice(drp_str_sv(&out), 5, out.len);
    if (!drp_sv_starts(drp_str_sv(&out), DRP_SV("kept ")) || !drp_sv_eq(stem, expected))
        fail_msg("'%.*s' became '%.*s', not '%.*s'", DRP_SV_ARG(word), DRP_SV_ARG(stem),
                 DRP_SV_ARG(expected));
    drp_str_release(&out);
}

static void stems_equal_nltk(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRP_LEN(cases); i++)
        assert_stem(drp_sv_from(cases[i].word), drp_sv_from(cases[i].stem));
}

static void words_need_not_be_words(void **state)
{
    (void)state;
    assert_stem(DRP_SV(""), DRP_SV(""));
    assert_stem(DRP_SV("\0\0ing"), DRP_SV("\0\0ing"));
    assert_stem(DRP_SV("a\0ing"), DRP_SV("a\0e"));
    assert_stem(DRP_SV("\xff\xff"), DRP_SV("\xef\xbf\xbd\xef\xbf\xbd"));
}

/* A run of y alternates between consonant and vowel; looking back over it must not square the time. */
static void a_megabyte_is_quick(void **state)
{
    enum { N = 1 << 20 };
    char *const word = drp_malloc(N + 3);
    (void)state;
    memset(word, 'y', N);
    memcpy(word + N, "ing", 3);
    struct drp_str out;
    drp_str_init(&out, SIZE_MAX / 4);
    drp_porter_stem((struct drp_sv){word, N + 3}, &out);
    assert_int_equal(out.len, N);
    drp_str_release(&out);
    free(word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stems_equal_nltk),
        cmocka_unit_test(words_need_not_be_words),
        cmocka_unit_test(a_megabyte_is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
