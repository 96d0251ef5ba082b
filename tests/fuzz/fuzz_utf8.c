/* UTF-8: validity against the grammar of RFC 3629, and functions that must agree with each other. */
#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Source: RFC 3629, section 4. The first byte, the second byte, and how many plain ones follow. */
static const struct {
    uint8_t from, to, second_from, second_to;
    size_t len;
} grammar[] = {
    {0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

/* Length of the well-formed character at `at`, 0 when there is none. */
static size_t character_len(const uint8_t *data, size_t size, size_t at)
{
    for (size_t i = 0; i < DRP_LEN(grammar); i++) {
        if (data[at] < grammar[i].from || data[at] > grammar[i].to)
            continue;
        const size_t len = grammar[i].len;
        if (len > size - at)
            return 0;
        if (len > 1 &&
            (data[at + 1] < grammar[i].second_from || data[at + 1] > grammar[i].second_to))
            return 0;
        for (size_t k = 2; k < len; k++)
            if ((data[at + k] & 0xc0) != 0x80)
                return 0;
        return len;
    }
    return 0;
}

/* Decoding goes by the grammar; gives the number of code points read. */
static size_t check_decoding(const uint8_t *data, struct drp_sv sv)
{
    size_t first_bad = SIZE_MAX, n = 0;
    struct drp_str copy;
    drp_str_init(&copy, SIZE_MAX / 4);
    for (size_t at = 0; at < sv.len; n++) {
        const size_t from = at, len = character_len(data, sv.len, at);
        const uint32_t cp = drp_utf8_next(sv, &at);
        must(at - from == (len ? len : 1));
        must(len || cp == 0xfffd);
        if (!len && first_bad == SIZE_MAX)
            first_bad = from;
        drp_utf8_add(&copy, cp);
    }
    must(drp_utf8_invalid(sv) == first_bad);
    must(drp_utf8_invalid(drp_str_sv(&copy)) == SIZE_MAX);
    must(drp_utf8_count(drp_str_sv(&copy)) == n);
    must(first_bad != SIZE_MAX || drp_sv_eq(drp_str_sv(&copy), sv));
    drp_str_release(&copy);
    return n;
}

static void check_cuts(struct drp_sv sv)
{
    for (size_t max = 0; max <= sv.len; max += 1 + sv.len / 64) {
        const size_t cut = drp_utf8_cut(sv, max);
        must(cut <= max);
        if (drp_utf8_invalid(sv) == SIZE_MAX)
            must(max - cut < 4 && drp_utf8_invalid(drp_sv_slice(sv, 0, cut)) == SIZE_MAX);
    }
}

static void check_words(struct drp_sv sv)
{
    struct drp_str once, twice;
    struct drp_sv rest = sv, word;
    drp_str_init(&once, SIZE_MAX / 4);
    drp_str_init(&twice, SIZE_MAX / 4);
    while (drp_utf8_word(&rest, &word)) {
        must(word.len > 0);
        for (size_t at = 0; at < word.len;)
            must(!drp_utf8_is_space(drp_utf8_next(word, &at)));
    }
    drp_utf8_collapse(&once, sv);
    drp_utf8_collapse(&twice, drp_str_sv(&once));
    must(once.len <= sv.len && drp_sv_eq(drp_str_sv(&once), drp_str_sv(&twice)));
    drp_str_release(&once);
    drp_str_release(&twice);
}

/* Code points backwards are those forwards. */
static void check_backwards(struct drp_sv sv)
{
    size_t at = sv.len;
    while (at > 0) {
        const size_t end = at;
        const uint32_t cp = drp_utf8_prev(sv, &at);
        size_t next = at;
        must(at < end && drp_utf8_next(sv, &next) == cp && next == end);
    }
    const struct drp_sv trimmed = drp_utf8_trim_end(sv);
    must(trimmed.len <= sv.len);
    for (at = trimmed.len; at < sv.len;)
        must(drp_utf8_is_space(drp_utf8_next(sv, &at)));
}

static void check_classes(struct drp_sv sv)
{
    for (size_t at = 0; at < sv.len;) {
        const uint32_t cp = drp_utf8_next(sv, &at);
        must(!drp_utf8_is_decimal(cp) ||
             (drp_utf8_is_alnum(cp) && drp_utf8_is_word_char(cp)));
        must(!drp_utf8_is_upper(cp) || !drp_utf8_is_lower(cp));
        must(!drp_utf8_is_white(cp) ||
             (drp_utf8_is_space(cp) && !drp_utf8_is_word_char(cp)));
    }
}

/* A capital I with a dot becomes two code points, all others one. */
static size_t lower_count(struct drp_sv sv)
{
    size_t n = 0;
    for (size_t at = 0; at < sv.len; n++)
        n += drp_utf8_next(sv, &at) == 0x130;
    return n;
}

static void check_lower(struct drp_sv sv, size_t n)
{
    struct drp_str lower;
    drp_str_init(&lower, SIZE_MAX / 4);
    drp_utf8_lower(&lower, sv);
    must(drp_utf8_invalid(drp_str_sv(&lower)) == SIZE_MAX);
    must(drp_utf8_count(drp_str_sv(&lower)) == lower_count(sv));
    must(drp_utf8_width(sv) <= 2 * n);
    drp_str_release(&lower);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv sv = {size ? (const char *)data : "", size};
    const size_t n = check_decoding(data, sv);
    check_cuts(sv);
    check_words(sv);
    check_backwards(sv);
    check_classes(sv);
    check_lower(sv, n);
    return 0;
}
