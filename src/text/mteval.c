/* The package rewrites the text by seven replacements and four regular expressions. The replacements are made
 * in place; what the expressions do to a character depends on its neighbours alone, so one pass does them all:
 *
 *   ASCII punctuation but . , - '   is a token of its own
 *   . and ,                         are tokens but between digits: see stands_alone()
 *   - after a digit                 is a token, else part of its word
 *
 * Only ASCII digits count. White space is Python's. */
#include "text/mteval.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

/* In this order: "&amp;lt;" gives "<", and "&amp;quot;" gives "&quot;". */
static const struct {
    struct drp_sv from, to;
} replacements[] = {
    {{"<skipped>", 9}, {"", 0}}, /* only what was there before: the result is not searched again */
    {{"-\n", 2}, {"", 0}},       {{"&quot;", 6}, {"\"", 1}}, {{"&amp;", 5}, {"&", 1}},
    {{"&lt;", 4}, {"<", 1}},     {{"&gt;", 4}, {">", 1}},
};

/* Replaces every `from` in `s` by `to`, which is shorter. */
static void replace(struct drp_str *s, struct drp_sv from, struct drp_sv to)
{
    size_t at = drp_sv_find(drp_str_sv(s), from, 0);
    size_t len = at; /* of what is done */
    while (at != SIZE_MAX) {
        memcpy(s->ptr + len, to.ptr, to.len);
        len += to.len;
        at += from.len;
        const size_t next = drp_sv_find(drp_str_sv(s), from, at);
        const size_t end = next == SIZE_MAX ? s->len : next;
        memmove(s->ptr + len, s->ptr + at, end - at);
        len += end - at;
        at = next;
    }
    drp_str_truncate(s, len);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_stop(char c)
{
    return c == '.' || c == ',';
}

static bool is_punctuation(char c)
{
    return (c >= '!' && c <= '/' && !is_stop(c) && c != '-' && c != '\'') ||
           (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/*
 * Whether the full stop or comma at `at` is a token. The second expression takes it with the character before,
 * when that is no digit; that character may be a stop too, but one that is taken itself is gone: of a run every
 * other one is. The third takes what is left and no digit follows. `taken`: by the second, of the one before.
 */
static bool stands_alone(struct drp_sv sv, size_t at, bool *taken)
{
    *taken = !*taken && !(at > 0 && is_digit(sv.ptr[at - 1]));
    return *taken || !(at + 1 < sv.len && is_digit(sv.ptr[at + 1]));
}

/* Whether a new token begins at `at` and ends behind that byte. */
static bool is_token(struct drp_sv sv, size_t at, bool *taken)
{
    const char c = sv.ptr[at];
    if (is_stop(c))
        return stands_alone(sv, at, taken);
    *taken = false;
    return c == '-' ? at > 0 && is_digit(sv.ptr[at - 1]) : is_punctuation(c);
}

static void add_word(struct drp_tokens *out, struct drp_sv sv, size_t from, size_t to)
{
    if (to > from)
        drp_tokens_add(out, drp_sv_slice(sv, from, to));
}

static void split(struct drp_sv sv, struct drp_tokens *out)
{
    size_t word = 0;
    bool taken = false;
    for (size_t at = 0; at < sv.len;) {
        const size_t start = at;
        const bool space = drp_utf8_is_space(drp_utf8_next(sv, &at));
        const bool token = is_token(sv, start, &taken);
        if (!space && !token)
            continue;
        add_word(out, sv, word, start);
        if (token)
            drp_tokens_add(out, drp_sv_slice(sv, start, at));
        word = at;
    }
    add_word(out, sv, word, sv.len);
}

void drp_mteval_words(struct drp_sv text, struct drp_str *scratch, struct drp_tokens *out)
{
    drp_str_clear(scratch);
    drp_str_add(scratch, drp_utf8_trim_end(text));
    for (size_t i = 0; i < DRP_LEN(replacements); i++)
        replace(scratch, replacements[i].from, replacements[i].to);
    split(drp_str_sv(scratch), out);
}
