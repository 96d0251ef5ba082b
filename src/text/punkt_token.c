/* The package cuts each line with one regular expression, tried at each place that is no white space:
 *
 *   1. a run of hyphens or of full stops (two or more), or ". . ." with any white space but a line's end
 *   2. if the character may begin a word: it and all up to the first of white space, punctuation,
 *      1., and a comma before any of these
 *   3. one character
 */
#include "text/punkt_token.h"

#include "base/utf8.h"

#include "base/banned.h"

enum {
    W = DRP_PUNKT_WHITE,
    N = DRP_PUNKT_NON_WORD,
    S = DRP_PUNKT_NO_START,
    L = DRP_PUNKT_LOOK,
    M = DRP_PUNKT_MARK,
    C = DRP_PUNKT_CLOSER,
    U = DRP_PUNKT_SEPARATOR,
};

static const unsigned char ascii[128] = {
    ['\t'] = W,     ['\n'] = W,        ['\v'] = W,        ['\f'] = W,
    ['\r'] = W,     [' '] = W,         [0x1c] = U,        [0x1d] = U,
    [0x1e] = U,     [0x1f] = U,        ['!'] = N | M,     ['?'] = N | M,
    ['.'] = L | M,  [','] = L | S,     ['-'] = L | S,     ['"'] = N | S | C,
    ['\''] = N | C, [')'] = N | S | C, [']'] = N | S | C, ['}'] = N | S | C,
    ['('] = N | S,  ['['] = N | S,     ['{'] = N | S,     [';'] = N | S,
    [':'] = N | S,  ['*'] = N | S,     ['@'] = N | S,     ['`'] = S,
    ['&'] = S,      ['#'] = S,
};

static bool is_curly_or_angled_quote(uint32_t cp)
{
    return cp == 0x2018 || cp == 0x2019 || cp == 0x201c || cp == 0x201d || cp == 0xab ||
           cp == 0xbb;
}

unsigned drp_punkt_class(struct drp_sv text, size_t *at)
{
    const unsigned char first = (unsigned char)text.ptr[*at];
    if (first < 0x80) {
        ++*at;
        return ascii[first];
    }
    const uint32_t cp = drp_utf8_next(text, at);
    if (is_curly_or_angled_quote(cp))
        return N | C;
    return drp_utf8_is_white(cp) ? W : 0;
}

static bool holds(struct drp_sv text, size_t at, char c)
{
    return at < text.len && text.ptr[at] == c;
}

/* Length of the run of `c` at `at`, 0 for less than two. */
static size_t run_len(struct drp_sv text, size_t at, char c)
{
    size_t end = at;
    while (holds(text, end, c))
        end++;
    return end - at > 1 ? end - at : 0;
}

/* Length of the longest ". . ." (three full stops or more, one white space after each but the last), else 0. */
static size_t spaced_stops_len(struct drp_sv text, size_t at)
{
    size_t end = at, next = at;
    for (size_t n = 1; holds(text, next, '.'); n++) {
        next++;
        if (n >= 3)
            end = next;
        if (next == text.len || text.ptr[next] == '\n' ||
            !(drp_punkt_class(text, &next) & W))
            break;
    }
    return end - at;
}

/* Length of the punctuation of several characters at `at`, 0 when there is none. */
static size_t multi_len(struct drp_sv text, size_t at)
{
    if (holds(text, at, '-'))
        return run_len(text, at, '-');
    const size_t len = run_len(text, at, '.');
    return len ? len : spaced_stops_len(text, at);
}

/* Whether a word ends before a hyphen, full stop or comma at `at`. */
static bool ends_before(struct drp_sv text, size_t at)
{
    if (text.ptr[at] != ',')
        return multi_len(text, at) > 0;
    size_t next = at + 1;
    return next == text.len || drp_punkt_class(text, &next) & (W | N) ||
           multi_len(text, at + 1) > 0;
}

static size_t word_len(struct drp_sv text, size_t at)
{
    const size_t len = multi_len(text, at);
    if (len)
        return len;
    size_t end = at;
    if (drp_punkt_class(text, &end) & S)
        return end - at;
    while (end < text.len) {
        size_t next = end;
        const unsigned class = drp_punkt_class(text, &next);
        if (class & (W | N) || (class & L && ends_before(text, end)))
            break;
        end = next;
    }
    return end - at;
}

/* The package drops a line that str.strip() empties; its words could be separators, U+001C-001F. */
static bool line_is_blank(struct drp_sv text, size_t at)
{
    while (at < text.len && text.ptr[at] != '\n')
        if (!(drp_punkt_class(text, &at) & (W | U)))
            return false;
    return true;
}

bool drp_punkt_next(struct drp_punkt_words *words, struct drp_sv *word)
{
    const struct drp_sv text = words->text;
    bool drop = false;
    while (words->at < text.len) {
        size_t next = words->at;
        const unsigned class = drp_punkt_class(text, &next);
        if (text.ptr[words->at] == '\n')
            words->in_line = drop = false;
        if (!(class & W) && !drop) {
            drop = !words->in_line && line_is_blank(text, words->at);
            words->in_line = true;
        }
        if (!(class & W) && !drop) {
            *word = drp_sv_slice(text, words->at, words->at + word_len(text, words->at));
            words->at += word->len;
            return true;
        }
        words->at = next;
    }
    return false;
}

bool drp_punkt_is_number(struct drp_sv word)
{
    size_t at = holds(word, 0, '-');
    at += holds(word, at, '.') || holds(word, at, ',');
    if (at == word.len || !drp_utf8_is_decimal(drp_utf8_next(word, &at)))
        return false;
    while (at < word.len) {
        const uint32_t cp = drp_utf8_next(word, &at);
        if (cp != ',' && cp != '.' && cp != '-' && !drp_utf8_is_decimal(cp))
            return false;
    }
    return true;
}

bool drp_punkt_is_initial(struct drp_sv word)
{
    size_t at = 0;
    const uint32_t cp = drp_utf8_next(word, &at);
    return at + 1 == word.len && word.ptr[at] == '.' && drp_utf8_is_word_char(cp) &&
           !drp_utf8_is_decimal(cp);
}

bool drp_punkt_is_ellipsis(struct drp_sv word)
{
    return word.len > 1 && run_len(word, 0, '.') == word.len;
}
