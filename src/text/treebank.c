/* The package rewrites a sentence by thirty regular expressions, each over the whole of it, which put spaces around
 * what they find, and splits it at white space in the end. One pass does the same: each character that an
 * expression looks for is decided where it stands, and what lies between is a field, a slice of the sentence.
 *
 * That holds because the expressions only add spaces and turn double quotes into `` or '', so what one has done
 * shows to the later ones as a space or not at all; the functions below say where that matters. Two expressions
 * have no counterpart: the second one for the final full stop finds only what the first has found, and \s+ prepares
 * for split().
 */
#include "text/treebank.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "text/contraction.h"

#include "base/banned.h"

struct drp_treebank {
    const struct drp_punkt *punkt;
    struct drp_spans sentences;
};

/* What a character is to the rules. */
enum kind {
    PLAIN,
    WHITE,      /* the regex package's \s                      */
    SINGLE,     /* always a token of its own                   */
    LATE,       /* so too, but only after ([^'])' has run      */
    OPENING,    /* SINGLE; a straight quote behind it opens    */
    STOP,       /* .                                           */
    COLON,      /* : and ,                                     */
    HYPHEN,     /* two are a token                             */
    DOUBLE,     /* straight double quote                       */
    APOSTROPHE, /* so is two of these                          */
    BACKTICK,
};

static const unsigned char ascii[128] = {
    ['\t'] = WHITE, ['\n'] = WHITE, ['\v'] = WHITE, ['\f'] = WHITE,      ['\r'] = WHITE,
    [' '] = WHITE,  ['?'] = SINGLE, ['!'] = SINGLE, [';'] = SINGLE,      ['@'] = SINGLE,
    ['#'] = SINGLE, ['$'] = SINGLE, ['%'] = SINGLE, ['&'] = SINGLE,      ['*'] = LATE,
    ['('] = LATE,   [')'] = LATE,   ['['] = LATE,   [']'] = LATE,        ['{'] = LATE,
    ['}'] = LATE,   ['<'] = LATE,   ['>'] = LATE,   ['.'] = STOP,        [':'] = COLON,
    [','] = COLON,  ['-'] = HYPHEN, ['"'] = DOUBLE, ['\''] = APOSTROPHE, ['`'] = BACKTICK,
};

static enum kind kind_beyond_ascii(uint32_t cp)
{
    switch (cp) {
    case 0xab: /* quotation marks: double angle, single and double curly, double low */
    case 0x2018:
    case 0x201c:
    case 0x201e:
        return OPENING;
    case 0xbb:
    case 0x2019:
    case 0x201d:
        return LATE;
    case 0x2012: /* dashes: figure, en, em, horizontal bar */
    case 0x2013:
    case 0x2014:
    case 0x2015:
        return SINGLE;
    default:
        return drp_utf8_is_white(cp) ? WHITE : PLAIN;
    }
}

/* The kind of the character at `*at`, which moves behind it. */
static enum kind kind_of(struct drp_sv text, size_t *at)
{
    const unsigned char first = (unsigned char)text.ptr[*at];
    if (first >= 0x80)
        return kind_beyond_ascii(drp_utf8_next(text, at));
    ++*at;
    return ascii[first];
}

/* One sentence on its way. */
struct pass {
    struct drp_sv text;
    struct drp_tokens *out;
    size_t field;      /* where the current field begins                           */
    size_t final_stop; /* the full stop that ends the sentence, SIZE_MAX: none     */
    size_t used;       /* the character that a colon or comma before it has used up */
};

static bool holds(const struct pass *pass, size_t at, char c)
{
    return at < pass->text.len && pass->text.ptr[at] == c;
}

/* Ends the field before `end`; `next`: where another may begin. `is_spaced`: see drp_contraction_split(). */
static void end_field(struct pass *pass, size_t end, size_t next, bool is_spaced)
{
    if (end > pass->field)
        drp_contraction_split(drp_sv_slice(pass->text, pass->field, end), is_spaced,
                              pass->out);
    pass->field = next;
}

/* What stands at [at, end) becomes a token of its own. Gives `end`. */
static size_t put(struct pass *pass, size_t at, size_t end, bool is_spaced)
{
    end_field(pass, at, end, is_spaced);
    drp_tokens_add(pass->out, drp_sv_slice(pass->text, at, end));
    return end;
}

/* ---- quotes ------------------------------------------------------------------------------- */

/* Whether a straight quote at `at` follows what makes it an opening one. The rules before have put spaces around
 * opening quotes of other kinds and backticks, and turned a double quote at the start into two of these. */
static bool is_opening(struct drp_sv text, size_t at)
{
    if (at == 0)
        return false;
    switch (text.ptr[at - 1]) {
    case ' ':
    case '(':
    case '[':
    case '{':
    case '<':
    case '`':
        return true;
    case '"':
        return at == 1;
    default:
        return (unsigned char)text.ptr[at - 1] >= 0x80 &&
               kind_beyond_ascii(drp_utf8_prev(text, &at)) == OPENING;
    }
}

static size_t put_quote(struct pass *pass, size_t at, size_t end, bool opening)
{
    end_field(pass, at, end, false);
    drp_tokens_add(pass->out, opening ? DRP_SV("``") : DRP_SV("''"));
    return end;
}

/* Whether an apostrophe is split from the word it begins: 'em, but not 's. */
static bool is_before_word(struct drp_sv text, size_t at)
{
    size_t next = at + 1, before = at;
    if (next == text.len || !drp_utf8_is_word_char(drp_utf8_next(text, &next)))
        return false;
    if (at > 0 && drp_utf8_is_word_char(drp_utf8_prev(text, &before)))
        return false;
    return !drp_contraction_is_clitic(drp_sv_slice(text, at + 1, text.len));
}

static size_t take_apostrophe(struct pass *pass, size_t at)
{
    if (holds(pass, at + 1, '\''))
        return put_quote(pass, at, at + 2, is_opening(pass->text, at));
    if (is_before_word(pass->text, at))
        end_field(pass, at + 1, at + 1, false);
    return at + 1;
}

/* A run makes tokens of two, and of one that is left. */
static size_t take_backticks(struct pass *pass, size_t at)
{
    return put(pass, at, at + 1 + holds(pass, at + 1, '`'), true);
}

/* ---- punctuation -------------------------------------------------------------------------- */

static bool may_follow_final_stop(struct drp_sv text, size_t at, size_t end)
{
    if (end - at == 1)
        return memchr(" ])}>\"'", text.ptr[at], 7);
    const uint32_t cp = drp_utf8_next(text, &at);
    return cp == 0xbb || cp == 0x201d || cp == 0x2019;
}

/*
 * The full stop that only closing punctuation and spaces follow, then other white space; SIZE_MAX when there is
 * none. No full stop may stand before it. Opening quotes have become backticks by now and are in the way.
 */
static size_t find_final_stop(struct drp_sv text)
{
    const char *const last = memrchr(text.ptr, '.', text.len);
    if (!last || last == text.ptr || last[-1] == '.')
        return SIZE_MAX;
    bool in_white = false;
    for (size_t at = (size_t)(last - text.ptr) + 1, next = at; at < text.len; at = next) {
        const enum kind kind = kind_of(text, &next);
        if (!in_white && may_follow_final_stop(text, at, next)) {
            const bool is_quote =
                kind == DOUBLE ||
                (kind == APOSTROPHE && next < text.len && text.ptr[next] == '\'');
            if (is_quote && is_opening(text, at))
                return SIZE_MAX;
            continue;
        }
        in_white = true;
        if (kind != WHITE)
            return SIZE_MAX;
    }
    return (size_t)(last - text.ptr);
}

static size_t take_stop(struct pass *pass, size_t at)
{
    size_t end = at + 1;
    while (holds(pass, end, '.'))
        end++;
    return end > at + 1 || at == pass->final_stop ? put(pass, at, end, true) : end;
}

/* Split unless a digit follows, or it has been used up: the expression takes the character behind with it, and of
 * ",," finds the first alone. */
static size_t take_colon(struct pass *pass, size_t at)
{
    size_t next = at + 1;
    if (next < pass->text.len) {
        if (at == pass->used || drp_utf8_is_decimal(drp_utf8_next(pass->text, &next)))
            return at + 1;
        pass->used = at + 1;
    }
    return put(pass, at, at + 1, true);
}

/* ---- the pass ----------------------------------------------------------------------------- */

/* Gives the offset to go on at; `next` is behind the character. */
static size_t take(struct pass *pass, enum kind kind, size_t at, size_t next)
{
    switch (kind) {
    case PLAIN:
        break;
    case WHITE:
        end_field(pass, at, next, pass->text.ptr[at] == ' ');
        break;
    case SINGLE:
    case OPENING:
        return put(pass, at, next, true);
    case LATE:
        return put(pass, at, next, false);
    case STOP:
        return take_stop(pass, at);
    case COLON:
        return take_colon(pass, at);
    case HYPHEN:
        return holds(pass, next, '-') ? put(pass, at, at + 2, false) : next;
    case DOUBLE:
        return put_quote(pass, at, next, at == 0 || is_opening(pass->text, at));
    case APOSTROPHE:
        return take_apostrophe(pass, at);
    case BACKTICK:
        return take_backticks(pass, at);
    }
    return next;
}

static void add_sentence(struct drp_sv text, struct drp_tokens *out)
{
    struct pass pass = {text, out, 0, find_final_stop(text), SIZE_MAX};
    for (size_t at = 0; at < text.len;) {
        size_t next = at;
        const enum kind kind = kind_of(text, &next);
        at = kind == PLAIN ? next : take(&pass, kind, at, next);
    }
    end_field(&pass, text.len, text.len, false);
}

struct drp_treebank *drp_treebank_new(const struct drp_punkt *punkt)
{
    struct drp_treebank *t = drp_calloc(1, sizeof *t);
    t->punkt = punkt;
    return t;
}

void drp_treebank_free(struct drp_treebank *t)
{
    if (!t)
        return;
    drp_vec_release(&t->sentences);
    free(t);
}

void drp_treebank_words(struct drp_treebank *t, struct drp_sv text, struct drp_tokens *out)
{
    t->sentences.n = 0;
    drp_punkt_sentences(t->punkt, text, &t->sentences);
    for (size_t i = 0; i < t->sentences.n; i++) {
        const struct drp_span at = t->sentences.at[i];
        add_sentence(drp_sv_slice(text, at.at, at.at + at.len), out);
    }
}
