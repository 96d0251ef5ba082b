/* Words as BLEU counts them. Source of all expectations: sacrebleu 2.6.0,
 * BLEU()._preprocess_segment(text.rstrip()).split(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "text/mteval.h"
#include "base/banned.h"

/* The tokens, a bar between them. */
static void check(const char *in, const char *expected, struct drp_str *scratch)
{
    struct drp_tokens tokens;
    struct drp_str got;
    drp_tokens_init(&tokens);
    drp_str_init(&got, 1000);
    drp_mteval_words(drp_sv_from(in), scratch, &tokens);
    for (size_t i = 0; i < tokens.spans.n; i++) {
        if (i > 0)
            drp_str_addc(&got, '|');
        drp_str_add(&got, drp_tokens_get(&tokens, i));
    }
    assert_string_equal(got.ptr, expected);
    drp_tokens_release(&tokens);
    drp_str_release(&got);
}

static void words(void **state)
{
    static const struct {
        const char *in, *tokens;
    } rows[] = {
        {"", ""},
        {" \n", ""},
        {"Great strap.", "Great|strap|."},
        {"A b, c.", "A|b|,|c|."},
        {"3.5 and 1,000", "3.5|and|1,000"},
        {".5 5. 5, ,5", ".|5|5|.|5|,|,|5"},
        {"a..b", "a|.|.|b"},
        {"...", ".|.|."},
        {"..5", ".|.5"},
        {".,.,5", ".|,|.|,5"},
        {"5..", "5|.|."},
        {"a.5b", "a|.|5b"},
        {"5.a", "5|.|a"},
        {"1-2 a-b 5-x x-5 --", "1|-|2|a-b|5|-|x|x-5|--"},
        {"It's \"good\" (really)!", "It's|\"|good|\"|(|really|)|!"},
        {"a/b@c#d$e%f^g&h*i+j=k~l{m}n<o>p[q]r;s:t?u`v_w\\x",
         "a|/|b|@|c|#|d|$|e|%|f|^|g|&|h|*|i|+|j|=|k|~|l|{|m|}|n|<|o|>|p|[|q|]|r|;|s|:|t|?|u|`|v|_|w|\\|x"},
        {"&quot;a&quot; &amp; &lt;b&gt;", "\"|a|\"|&|<|b|>"},
        {"&amp;lt; &amp;quot; &amp;amp;lt;", "<|&|quot|;|&|amp|;|lt|;"},
        {"<skipped>a<skip<skipped>ped>b", "a|<|skipped|>|b"},
        {"well-\nknown", "wellknown"},
        {"end -\n", "end|-"},
        {"a-\n-\nb", "ab"},
        {"--\n\n", "--"},
        {"line\nbreak", "line|break"},
        {"a\xc2\xa0"
         "b\xe3\x80\x80"
         "c\x1c"
         "d",
         "a|b|c|d"},
        {"caf\xc3\xa9.\xc3\xa9", "caf\xc3\xa9|.|\xc3\xa9"},
        {"\xc3\xa9,5", "\xc3\xa9|,|5"},
        {"5\xc3\xa9.", "5\xc3\xa9|."},
        {"\xd9\xa3.\xd9\xa3", "\xd9\xa3|.|\xd9\xa3"},
        {"a\xe2\x80\x8b"
         "b.",
         "a\xe2\x80\x8b"
         "b|."},
        {"\xe2\x80\x9cno\xe2\x80\x9d \xe2\x80\x94 \xe2\x80\xa6",
         "\xe2\x80\x9cno\xe2\x80\x9d|\xe2\x80\x94|\xe2\x80\xa6"},
        {"1.2.3,4", "1.2.3,4"},
        {"&l-\nt;", "<"},
    };
    (void)state;
    struct drp_str scratch;
    drp_str_init(&scratch, 1000);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        check(rows[i].in, rows[i].tokens, &scratch);
    drp_str_release(&scratch);
}

static void a_nul_is_a_character(void **state)
{
    (void)state;
    struct drp_str scratch;
    struct drp_tokens tokens;
    drp_str_init(&scratch, 100);
    drp_tokens_init(&tokens);
    drp_mteval_words((struct drp_sv){"a\0.", 3}, &scratch, &tokens);
    assert_int_equal(tokens.spans.n, 2);
    assert_true(drp_sv_eq(drp_tokens_get(&tokens, 0), (struct drp_sv){"a\0", 2}));
    drp_tokens_release(&tokens);
    drp_str_release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(a_nul_is_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
