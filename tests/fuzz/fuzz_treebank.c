/* Words as METEOR counts them: none is empty or holds white space, and without quotes, which change, they are the
 * text's characters in order. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "text/treebank.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Appends `sv` without white space and straight quotes. */
static void add_plain(struct drp_str *out, struct drp_sv sv)
{
    struct drp_sv word;
    while (drp_utf8_word(&sv, &word))
        for (size_t i = 0; i < word.len; i++)
            if (!strchr("\"'`", word.ptr[i]) || word.ptr[i] == '\0')
                drp_str_addc(out, word.ptr[i]);
}

static void check_word(struct drp_sv token)
{
    struct drp_sv rest = token, word;
    must(drp_utf8_word(&rest, &word) && drp_sv_eq(word, token));
    /* These stand alone, or in a run of the same. */
    must(!memchr(token.ptr, '"', token.len));
    must(token.len == 1 || !strpbrk("?!;@#$%&*()[]{}<>", (char[]){token.ptr[0], '\0'}) ||
         token.ptr[0] == '\0');
    must(token.len == 2 || !drp_sv_starts(token, DRP_SV("``")));
    must(token.len == 2 || drp_sv_find(token, DRP_SV("--"), 0) == SIZE_MAX);
    must(token.len == 2 || drp_sv_find(token, DRP_SV("''"), 0) == SIZE_MAX);
}

static void check_words(struct drp_sv text, const struct drp_tokens *tokens)
{
    struct drp_str expected, got;
    drp_str_init(&expected, SIZE_MAX / 4);
    drp_str_init(&got, SIZE_MAX / 4);
    add_plain(&expected, text);
    for (size_t i = 0; i < tokens->spans.n; i++) {
        check_word(drp_tokens_get(tokens, i));
        add_plain(&got, drp_tokens_get(tokens, i));
    }
    must(drp_sv_eq(drp_str_sv(&got), drp_str_sv(&expected)));
    must(tokens->bytes.len <= 2 * text.len);
    drp_str_release(&expected);
    drp_str_release(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_punkt_files files = {DRP_SV("mr\netc\nu.s"), DRP_SV("st\tpaul"),
                                          DRP_SV("however"), DRP_SV("the\t34\nbach\t4")};
    const struct drp_sv text = {size ? (const char *)data : "", size};
    struct drp_punkt *punkt = NULL;
    must(drp_punkt_parse(&files, &punkt, NULL) == 0);
    struct drp_treebank *t = drp_treebank_new(punkt);
    struct drp_tokens tokens;
    drp_tokens_init(&tokens);
    drp_treebank_words(t, text, &tokens);
    check_words(text, &tokens);
    drp_tokens_release(&tokens);
    drp_treebank_free(t);
    drp_punkt_free(punkt);
    return 0;
}
