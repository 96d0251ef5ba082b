/* Words as BLEU counts them: no white space in them, and nothing of the text is lost that no rule removes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "text/mteval.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool has(struct drp_sv sv, struct drp_sv part)
{
    return drp_sv_find(sv, part, 0) != SIZE_MAX;
}

/* Appends `sv` without white space. */
static void add_dense(struct drp_str *out, struct drp_sv sv)
{
    struct drp_sv word;
    while (drp_utf8_word(&sv, &word))
        drp_str_add(out, word);
}

static void check_tokens(struct drp_sv text, const struct drp_tokens *tokens)
{
    struct drp_str dense, joined;
    drp_str_init(&dense, SIZE_MAX / 4);
    drp_str_init(&joined, SIZE_MAX / 4);
    add_dense(&dense, text);
    for (size_t i = 0; i < tokens->spans.n; i++) {
        const struct drp_sv token = drp_tokens_get(tokens, i);
        must(token.len > 0);
        const size_t before = joined.len;
        add_dense(&joined, token);
        must(joined.len - before == token.len);
    }
    must(joined.len <= dense.len);
    if (!has(text, DRP_SV("&")) && !has(text, DRP_SV("-\n")) &&
        !has(text, DRP_SV("<skipped>")))
        must(drp_sv_eq(drp_str_sv(&dense), drp_str_sv(&joined)));
    drp_str_release(&dense);
    drp_str_release(&joined);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Within a token, a stop stands before a digit, a hyphen behind none, and other punctuation nowhere. */
static void check_inside(struct drp_sv token)
{
    static const char alone[] = "!\"#$%&()*+/:;<=>?@[\\]^_`{|}~";
    for (size_t i = 0; i < token.len && token.len > 1; i++) {
        const char c = token.ptr[i];
        must(c == '\0' || !strchr(alone, c));
        if (c == '.' || c == ',')
            must(i + 1 < token.len && is_digit(token.ptr[i + 1]));
        if (c == '-')
            must(i == 0 || !is_digit(token.ptr[i - 1]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv text = {size ? (const char *)data : "", size};
    struct drp_str scratch;
    struct drp_tokens tokens;
    drp_str_init(&scratch, SIZE_MAX / 4);
    drp_tokens_init(&tokens);
    drp_mteval_words(text, &scratch, &tokens);
    check_tokens(text, &tokens);
    for (size_t i = 0; i < tokens.spans.n; i++)
        check_inside(drp_tokens_get(&tokens, i));
    drp_tokens_release(&tokens);
    drp_str_release(&scratch);
    return 0;
}
