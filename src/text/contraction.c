#include "text/contraction.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

/* ---- comparing without case --------------------------------------------------------------- */

/* Whether one character is a lower-case ASCII letter in any case, as IGNORECASE has it: with the dotted capital and
 * the dotless small i, and the long s. */
static bool is_letter(uint32_t cp, char letter)
{
    if (cp >= 'A' && cp <= 'Z')
        cp += 'a' - 'A';
    return cp == (uint32_t)letter || (letter == 'i' && (cp == 0x130 || cp == 0x131)) ||
           (letter == 's' && cp == 0x17f);
}

/* Whether `pattern` stands at `at` in any case; gives the offset behind it, or 0. */
static size_t behind(struct drp_sv sv, size_t at, const char *pattern)
{
    for (; *pattern; pattern++)
        if (at == sv.len || !is_letter(drp_utf8_next(sv, &at), *pattern))
            return 0;
    return at;
}

bool drp_contraction_is_clitic(struct drp_sv rest)
{
    static const char *const clitics[] = {"re", "ve", "ll", "m", "t", "s", "d", "n"};
    for (size_t i = 0; i < DRP_LEN(clitics); i++) {
        size_t end = behind(rest, 0, clitics[i]);
        if (end == rest.len ||
            (end > 0 && !drp_utf8_is_word_char(drp_utf8_next(rest, &end))))
            return true;
    }
    return false;
}

/* ---- at the end --------------------------------------------------------------------------- */

/* The field without `suffix`, which goes to `*tail`; before it must stand a character that is no apostrophe. */
static bool cut_suffix(struct drp_sv *field, struct drp_sv suffix, struct drp_sv *tail)
{
    if (field->len <= suffix.len || !drp_sv_ends(*field, suffix) ||
        field->ptr[field->len - suffix.len - 1] == '\'')
        return false;
    *tail = drp_sv_slice(*field, field->len - suffix.len, field->len);
    field->len -= suffix.len;
    return true;
}

static bool cut_any(struct drp_sv *field, const struct drp_sv *suffixes, size_t n,
                    struct drp_sv *tail)
{
    for (size_t i = 0; i < n; i++)
        if (cut_suffix(field, suffixes[i], tail))
            return true;
    return false;
}

/* The apostrophe of a possessive, and clitics of one letter. */
static const struct drp_sv short_endings[] = {
    {"'", 1}, {"'s", 2}, {"'S", 2}, {"'m", 2}, {"'M", 2}, {"'d", 2}, {"'D", 2},
};

/* Longer ones, before which a short one is gone already. */
static const struct drp_sv long_endings[] = {
    {"'ll", 3}, {"'LL", 3}, {"'re", 3}, {"'RE", 3},
    {"'ve", 3}, {"'VE", 3}, {"n't", 3}, {"N'T", 3},
};

/* ---- within ------------------------------------------------------------------------------- */

/* Two words in one. */
static const struct contraction {
    const char *first, *second;
    bool needs_space; /* behind it; else anything that is no word character will do */
} contractions[] = {
    {"can", "not", false}, {"d", "'ye", false},  {"gim", "me", false},
    {"gon", "na", false},  {"got", "ta", false}, {"lem", "me", false},
    {"more", "'n", false}, {"wan", "na", true},
};

/* The package looks for these behind a space, one after the other. An apostrophe at the start of a word is gone by
 * then, so only the space that it puts behind a contraction is left. */
static const struct contraction followers[] = {{"'t", "is", false}, {"'t", "was", false}};

static bool is_separator(uint32_t cp)
{
    return cp >= 0x1c && cp <= 0x1f;
}

static uint32_t next_character(struct drp_sv sv, size_t *at)
{
    const unsigned char first = (unsigned char)sv.ptr[*at];
    if (first >= 0x80)
        return drp_utf8_next(sv, at);
    ++*at;
    return first;
}

/* re's \w, as these patterns are compiled with re. */
static bool is_word(uint32_t cp)
{
    return (cp >= 'a' && cp <= 'z') || cp == '_' || drp_utf8_is_alnum(cp);
}

static void add(struct drp_tokens *out, struct drp_sv sv, size_t from, size_t to)
{
    if (to > from)
        drp_tokens_add(out, drp_sv_slice(sv, from, to));
}

/* The offset behind the whole contraction at `at`, or 0; `*middle`: where its second word begins. */
static size_t match(struct drp_sv sv, size_t at, const struct contraction *c, size_t *middle)
{
    *middle = behind(sv, at, c->first);
    const size_t end = *middle ? behind(sv, *middle, c->second) : 0;
    if (end == 0 || end == sv.len)
        return end;
    size_t next = end;
    const uint32_t cp = drp_utf8_next(sv, &next);
    const bool ends = c->needs_space ? is_separator(cp) : !is_word(cp);
    return ends ? end : 0;
}

/* Appends those that only follow a contraction; gives the offset behind them. */
static size_t add_followers(struct drp_sv sv, size_t at, struct drp_tokens *out)
{
    for (size_t i = 0; i < DRP_LEN(followers); i++) {
        size_t middle;
        const size_t end = match(sv, at, &followers[i], &middle);
        if (end == 0)
            continue;
        add(out, sv, at, middle);
        add(out, sv, middle, end);
        at = end;
    }
    return at;
}

static bool may_begin(char c)
{
    switch (c) {
    case 'c':
    case 'd':
    case 'g':
    case 'l':
    case 'm':
    case 'w':
    case 'C':
    case 'D':
    case 'G':
    case 'L':
    case 'M':
    case 'W':
        return true;
    default:
        return false;
    }
}

/* Appends what stands from `from` up to the contraction at `at`, and its words; gives the offset behind it, or 0. */
static size_t add_contraction(struct drp_sv sv, size_t from, size_t at,
                              struct drp_tokens *out)
{
    for (size_t i = 0; may_begin(sv.ptr[at]) && i < DRP_LEN(contractions); i++) {
        size_t middle;
        const size_t end = match(sv, at, &contractions[i], &middle);
        if (end == 0)
            continue;
        add(out, sv, from, at);
        add(out, sv, at, middle);
        add(out, sv, middle, end);
        return add_followers(sv, end, out);
    }
    return 0;
}

static void split_within(struct drp_sv sv, struct drp_tokens *out)
{
    size_t from = 0;
    bool in_word = false;
    for (size_t at = 0, next = 0; at < sv.len; at = next) {
        const uint32_t cp = next_character(sv, &next);
        const bool word = is_word(cp);
        const size_t end = word && !in_word ? add_contraction(sv, from, at, out) : 0;
        if (is_separator(cp))
            add(out, sv, from, at);
        if (end > 0)
            next = end;
        if (end > 0 || is_separator(cp))
            from = next;
        in_word = word;
    }
    add(out, sv, from, sv.len);
}

void drp_contraction_split(struct drp_sv field, bool is_spaced, struct drp_tokens *out)
{
    if (!memchr(field.ptr, '\'', field.len)) {
        split_within(field, out);
        return;
    }
    struct drp_sv tails[3] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    if (is_spaced)
        cut_suffix(&field, short_endings[0], &tails[2]);
    cut_any(&field, short_endings, DRP_LEN(short_endings), &tails[1]);
    cut_any(&field, long_endings, DRP_LEN(long_endings), &tails[0]);
    split_within(field, out);
    for (size_t i = 0; i < DRP_LEN(tails); i++)
        if (tails[i].len > 0)
            drp_tokens_add(out, tails[i]);
}
