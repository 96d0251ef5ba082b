/* Words as METEOR counts them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "text/treebank.h"
#include "base/banned.h"

/* No abbreviations and no context: each text below is cut the same with NLTK's own parameters. */
static struct drp_punkt *few_parameters(void)
{
    const struct drp_punkt_files files = {
        DRP_SV("mr\nu.s\netc\n"),
        DRP_SV(""),
        DRP_SV(""),
        DRP_SV("troops\t32\nbach\t4\nsmith\t4\nlived\t32\n"),
    };
    struct drp_punkt *p = NULL;
    struct drp_err err = {0};
    if (drp_punkt_parse(&files, &p, &err) < 0)
        fail_msg("%s", err.text);
    return p;
}

static void join(const struct drp_tokens *tokens, struct drp_str *out)
{
    drp_str_clear(out);
    for (size_t i = 0; i < tokens->spans.n; i++) {
        if (i > 0)
            drp_str_addc(out, '|');
        drp_str_add(out, drp_tokens_get(tokens, i));
    }
}

/* long: a table */
static void words(void **state)
{
    /* Source: "|".join(word_tokenize(text)), nltk 3.10.4. */
    static const struct {
        const char *in, *tokens;
    } rows[] = {
        {"", ""},
        {" \n ", ""},
        {"Great strap.", "Great|strap|."},
        {"He said. \"Yes,\" she did.", "He|said|.|``|Yes|,|''|she|did|."},
        {"\"Quote\" at the start", "``|Quote|''|at|the|start"},
        {"\"\"", "``|``"},
        {"\"\" a", "``|``|a"},
        {"say \"a\" (''b'') [''c", "say|``|a|''|(|``|b|''|)|[|``|c"},
        {"``a'' ```b````", "``|a|''|``|`|b|``|``"},
        {"\xc2\xab a \xc2\xbb \xe2\x80\x9c"
         "b\xe2\x80\x9d \xe2\x80\x98"
         "c\xe2\x80\x99 \xe2\x80\x9e"
         "d",
         "\xc2\xab|a|\xc2\xbb|\xe2\x80\x9c|b|\xe2\x80\x9d|\xe2\x80\x98|c|\xe2\x80\x99|\xe2\x80\x9e|d"},
        {"\xe2\x80\x9c\"a\"", "\xe2\x80\x9c|``|a|''"},
        {"don't I'll they've WE'RE N'T can't's dogs' dog's DOG'S I'm I'd o'clock",
         "do|n't|I|'ll|they|'ve|WE|'RE|N'T|ca|n't|'s|dogs|'|dog|'s|DOG|'S|I|'m|I|'d|o'clock"},
        {"'em '60s 'good 'tis 'twas 's 've 'll've \xc5\xbf'",
         "'|em|'|60s|'|good|'|tis|'|twas|'s|'ve|'ll|'ve|\xc5\xbf|'"},
        {"'\xc5\xbf x '\xc5\xbfx", "'\xc5\xbf|x|'|\xc5\xbfx"},
        {"cannot CANnot gonna gotta gimme lemme wanna go wanna. more'n d'ye",
         "can|not|CAN|not|gon|na|got|ta|gim|me|lem|me|wan|na|go|wan|na|.|more|'n|d|'ye"},
        {"xcannot cannotx -cannot- cannot'tis cannot'twas d'ye'tis'twas d'ye'twas'tis",
         "xcannot|cannotx|-|can|not|-|can|not|'t|is|can|not|'t|was|d|'ye|'t|is|'t|was|d|'ye|'t|was|'tis"},
        {"g\xc4\xb1mme G\xc4\xb0MMe", "g\xc4\xb1m|me|G\xc4\xb0M|Me"},
        {"wanna\x1cx wanna", "wan|na|x|wan|na"},
        {"a\x1c"
         "b \x1d"
         "c\x1f",
         "a|b|c"},
        {"3,000 a,b a, 5:30 x:y ,, ,,, ::a :\xd9\xa3",
         "3,000|a|,|b|a|,|5:30|x|:|y|,|,|,|,|,|:|:a|:\xd9\xa3"},
        {"etc., e.g. this", "etc.|,|e.g|.|this"},
        {"end... of .. line...", "end|...|of|..|line|..."},
        {"The end..", "The|end|.."},
        {"Why?! No: yes; a@b #c $5 5% &d *e*",
         "Why|?|!|No|:|yes|;|a|@|b|#|c|$|5|5|%|&|d|*|e|*"},
        {"a -- b --- c--d ----", "a|--|b|--|-|c|--|d|--|--"},
        {"en\xe2\x80\x93"
         "dash em\xe2\x80\x94"
         "dash \xe2\x80\x92\xe2\x80\x95 \xe2\x80\x91",
         "en|\xe2\x80\x93|dash|em|\xe2\x80\x94|dash|\xe2\x80\x92|\xe2\x80\x95|\xe2\x80\x91"},
        {"(a) [b] {c} <d>", "(|a|)|[|b|]|{|c|}|<|d|>"},
        {"He left (it.)", "He|left|(|it|.|)"},
        {"It is so. )", "It|is|so|.|)"},
        {"It is so.\"", "It|is|so|.|''"},
        {"x.\" >", "x|.|''|>"},
        {"Say \"so. \"", "Say|``|so.|``"},
        {"So. ''", "So.|``"},
        {"So. ' '", "So|.|'|'"},
        {"Say so.\xc2\xa0\"", "Say|so.|''"},
        {"it's' , s's' ( s's'( ", "it|'s|'|,|s|'s|'|(|s's|'|("},
        {"x' y' \"", "x|'|y|'|``"},
        {"a''b'''c", "a|''|b|''|'|c"},
        {"'a' ''b'' '''c'''", "'|a|'|``|b|''|``|'|c|''|'"},
        {"a\xc2\xa0"
         "b\xe3\x80\x80"
         "c\xe2\x80\xa8"
         "d",
         "a|b|c|d"},
        {"Mr. Smith went to Washington. He died.",
         "Mr.|Smith|went|to|Washington|.|He|died|."},
        {"U.S. troops. J. S. Bach lived. No. 5 is. It costs 3.50. ok",
         "U.S.|troops|.|J.|S.|Bach|lived|.|No|.|5|is|.|It|costs|3.50.|ok"},
        {"\xc2\xbd's \xcc\x81'x \xe2\x80\x8d'x _'x",
         "\xc2\xbd|'s|\xcc\x81'x|\xe2\x80\x8d'x|_'x"},
        {"tab\tnew\nline\x0d"
         "end",
         "tab|new|line|end"},
        {"caf\xc3\xa9's \xe4\xb8\xad\xe6\x96\x87\xe3\x80\x82 \xf0\x9f\x98\x80!",
         "caf\xc3\xa9|'s|\xe4\xb8\xad\xe6\x96\x87\xe3\x80\x82|\xf0\x9f\x98\x80|!"},
        {".a ...a . a", ".a|...|a|.|a"},
        {".", "."},
        {"a .", "a|."},
        {"'", "'"},
        {"\"", "``"},
        {"`", "`"},
        {"-", "-"},
        {"--", "--"},
        {"''", "''"},
    };
    (void)state;
    struct drp_punkt *punkt = few_parameters();
    struct drp_treebank *t = drp_treebank_new(punkt);
    struct drp_tokens tokens;
    struct drp_str got;
    drp_tokens_init(&tokens);
    drp_str_init(&got, 1000);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        drp_tokens_clear(&tokens);
        drp_treebank_words(t, drp_sv_from(rows[i].in), &tokens);
        join(&tokens, &got);
        assert_string_equal(got.ptr, rows[i].tokens);
    }
    drp_str_release(&got);
    drp_tokens_release(&tokens);
    drp_treebank_free(t);
    drp_punkt_free(punkt);
}

/* Work on one character must not grow with the text: these would take minutes. */
static void long_runs_take_linear_time(void **state)
{
    static const char *const pieces[] = {".",    "a.", ". ", ". .", "'",   "\"",     "' ",
                                         "`",    "-",  ",",  ":",   " ",   "a'tis ", ")",
                                         "(.) ", "\n", "''", "5.",  "\x1c"};
    enum { BYTES = 1 << 19 };
    (void)state;
    struct drp_punkt *punkt = few_parameters();
    struct drp_treebank *t = drp_treebank_new(punkt);
    struct drp_tokens tokens;
    struct drp_str text;
    drp_tokens_init(&tokens);
    drp_str_init(&text, SIZE_MAX / 4);
    for (size_t i = 0; i < DRP_LEN(pieces); i++) {
        drp_str_clear(&text);
        while (text.len < BYTES)
            drp_str_addz(&text, pieces[i]);
        drp_tokens_clear(&tokens);
        drp_treebank_words(t, drp_str_sv(&text), &tokens);
        assert_true(tokens.bytes.len <= 2 * text.len);
    }
    drp_str_release(&text);
    drp_tokens_release(&tokens);
    drp_treebank_free(t);
    drp_punkt_free(punkt);
}

static void nothing_to_free(void **state)
{
    (void)state;
    drp_treebank_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(long_runs_take_linear_time),
        cmocka_unit_test(nothing_to_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
