/* A mark (. ? !) with white space or closing punctuation behind it may end a sentence. Whether it does is judged
 * by its context alone: from the word before it to the word behind it. The steps and their order are those of the
 * package. */
#include "text/punkt.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "text/punkt_token.h"

#include "base/banned.h"

/* ---- judging ------------------------------------------------------------------------------ */

struct judge {
    const struct drp_punkt *punkt;
    struct drp_str type, next, scratch; /* room for word types */
};

struct word {
    struct drp_sv text;
    bool breaks; /* ends a sentence, as far as is known */
    bool is_abbreviation, is_ellipsis;
};

enum answer { NO, YES, UNKNOWN };

static bool ends_in_stop(struct drp_sv word)
{
    return word.ptr[word.len - 1] == '.';
}

static struct drp_sv lower(struct drp_sv word, struct drp_str *room)
{
    drp_str_clear(room);
    drp_utf8_lower(room, word);
    return drp_str_sv(room);
}

static bool is_known(const struct judge *judge, struct drp_sv type)
{
    return drp_punkt_facts(judge->punkt, type) & DRP_PUNKT_ABBREVIATION;
}

/* By its type without the full stop, or what of it follows the last hyphen. */
static bool is_abbreviation(struct judge *judge, struct drp_sv word)
{
    const struct drp_sv type = lower(drp_sv_slice(word, 0, word.len - 1), &judge->type);
    if (is_known(judge, type))
        return true;
    const char *const hyphen = memrchr(type.ptr, '-', type.len);
    if (!hyphen)
        return false;
    return is_known(judge, drp_sv_slice(type, (size_t)(hyphen - type.ptr) + 1, type.len));
}

/* First pass: what the word itself tells. */
static void classify(struct judge *judge, struct word *word)
{
    const struct drp_sv text = word->text;
    const bool is_mark = text.len == 1 && memchr(".?!", text.ptr[0], 3);
    word->is_ellipsis = drp_punkt_is_ellipsis(text);
    if (!is_mark && !word->is_ellipsis && ends_in_stop(text))
        word->is_abbreviation = is_abbreviation(judge, text);
    word->breaks =
        is_mark || (ends_in_stop(text) && !word->is_ellipsis && !word->is_abbreviation);
}

static bool read_word(struct judge *judge, struct drp_punkt_words *words, struct word *word)
{
    *word = (struct word){0};
    if (!drp_punkt_next(words, &word->text))
        return false;
    classify(judge, word);
    return true;
}

/* The lower-case form that the parameters list; all numbers are one type. */
static struct drp_sv type_of(struct drp_sv word, bool without_stop, struct drp_str *room)
{
    struct drp_sv type =
        drp_punkt_is_number(word) ? DRP_SV("##number##") : lower(word, room);
    if (without_stop && type.len > 1 && ends_in_stop(type))
        type.len--;
    return type;
}

static uint32_t first_character(struct drp_sv word)
{
    size_t at = 0;
    return drp_utf8_next(word, &at);
}

/* The orthographic heuristic: whether the case of a word tells that a sentence begins with it. */
static enum answer begins_sentence(struct drp_sv word, unsigned facts)
{
    if (word.len == 1 && memchr(";:,.!?", word.ptr[0], 6))
        return NO;
    const uint32_t first = first_character(word);
    if (drp_utf8_is_upper(first) && facts & DRP_PUNKT_LOWER &&
        !(facts & DRP_PUNKT_MIDDLE_UPPER))
        return YES;
    if (drp_utf8_is_lower(first) &&
        (facts & DRP_PUNKT_UPPER || !(facts & DRP_PUNKT_BEGIN_LOWER)))
        return NO;
    return UNKNOWN;
}

/* Second pass: what the next word tells about one that ends in a full stop. */
static void reconsider(struct judge *judge, struct word *word, const struct word *next)
{
    if (!ends_in_stop(word->text))
        return;
    const struct drp_sv type = type_of(word->text, true, &judge->type);
    const struct drp_sv next_type = type_of(next->text, next->breaks, &judge->next);
    if (drp_punkt_facts(judge->punkt, type) & DRP_PUNKT_COLLOCATES &&
        drp_punkt_collocated(judge->punkt, type, next_type, &judge->scratch)) {
        word->breaks = false;
        return;
    }
    const bool is_initial = drp_punkt_is_initial(word->text);
    const bool is_upper = drp_utf8_is_upper(first_character(next->text));
    const unsigned facts = drp_punkt_facts(judge->punkt, next_type);
    const enum answer begins = begins_sentence(next->text, facts);
    if ((word->is_abbreviation || word->is_ellipsis) && !is_initial &&
        (begins == YES || (is_upper && facts & DRP_PUNKT_STARTER))) {
        word->breaks = true;
        return;
    }
    if (!is_initial && !drp_sv_is(type, "##number##"))
        return;
    if (begins == NO ||
        (begins == UNKNOWN && is_initial && is_upper && !(facts & DRP_PUNKT_LOWER)))
        word->breaks = false;
}

/* Whether any word but the last ends a sentence. */
static bool holds_break(struct judge *judge, struct drp_sv context)
{
    struct drp_punkt_words words = {context, 0, false};
    struct word word, next;
    if (!read_word(judge, &words, &word))
        return false;
    while (read_word(judge, &words, &next)) {
        reconsider(judge, &word, &next);
        if (word.breaks)
            return true;
        word = next;
    }
    return false;
}

/* ---- marks -------------------------------------------------------------------------------- */

/* One mark that may end a sentence. */
struct mark {
    size_t at;
    size_t word; /* where its context begins                         */
    size_t next; /* the next word, or behind the mark when no white space is there */
};

static size_t skip(struct drp_sv text, size_t at, bool white)
{
    for (size_t next = at; next < text.len; at = next)
        if (((drp_punkt_class(text, &next) & DRP_PUNKT_WHITE) != 0) != white)
            return at;
    return at;
}

/* Finds the next mark at or after `from`; fills all but `word`. */
static bool find_mark(struct drp_sv text, size_t from, struct mark *mark)
{
    for (size_t at = from; at + 1 < text.len; at++) {
        const unsigned char c = (unsigned char)text.ptr[at];
        if (c != '.' && c != '?' && c != '!')
            continue;
        size_t behind = at + 1;
        const unsigned class = drp_punkt_class(text, &behind);
        if (class & DRP_PUNKT_NON_WORD) {
            *mark = (struct mark){.at = at, .next = at + 1};
            return true;
        }
        if (class & DRP_PUNKT_WHITE && (behind = skip(text, behind, true)) < text.len) {
            *mark = (struct mark){.at = at, .next = behind};
            return true;
        }
    }
    return false;
}

static bool is_ascii_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Where the word before the mark begins: behind the last ASCII white space since the mark before, else where that
 * one's word does. The package looks at index 0 as if nothing were there. */
static size_t word_before(struct drp_sv text, size_t mark, const struct mark *before)
{
    for (size_t at = mark; at > before->at + 1; at--)
        if (is_ascii_space(text.ptr[at - 1]))
            return at;
    return before->word;
}

static bool ends_sentence(struct judge *judge, struct drp_sv text, const struct mark *mark)
{
    size_t end = mark->next;
    if (end == mark->at + 1)
        drp_punkt_class(text, &end);
    else
        end = skip(text, end, false);
    return holds_break(judge, drp_sv_slice(text, mark->word, end));
}

/* ---- sentences ---------------------------------------------------------------------------- */

/* Sentences on their way out: closing quotes and brackets move from the start of one to the end of the one before,
 * which is held back for that. */
struct cutter {
    struct drp_sv text;
    struct drp_spans *out;
    size_t from, to; /* the one held back                                    */
    bool is_held;
};

/* Behind the closing characters that `sentence` begins with, 0 when they do not count: white space, two hyphens or
 * the end must follow. `*next`: behind that white space. */
static size_t closers_len(struct drp_sv sentence, size_t *next)
{
    size_t end = 0;
    for (size_t at = 0; at < sentence.len; end = at)
        if (!(drp_punkt_class(sentence, &at) & DRP_PUNKT_CLOSER))
            break;
    *next = skip(sentence, end, true);
    if (*next == end && end < sentence.len &&
        !drp_sv_starts(drp_sv_slice(sentence, end, sentence.len), DRP_SV("--")))
        return 0;
    return end;
}

static void release_held(struct cutter *cutter)
{
    if (cutter->is_held && cutter->from < cutter->to) {
        const struct drp_span span = {cutter->from, cutter->to - cutter->from};
        drp_vec_add(cutter->out, span);
    }
}

static void add_sentence(struct cutter *cutter, size_t from, size_t to)
{
    size_t next = 0, closers = 0;
    if (cutter->is_held && from < to)
        closers = closers_len(drp_sv_slice(cutter->text, from, to), &next);
    if (closers > 0) {
        cutter->to = from + closers;
        release_held(cutter);
        from += next;
    } else {
        release_held(cutter);
    }
    cutter->from = from;
    cutter->to = to;
    cutter->is_held = true;
}

static void init_judge(struct judge *judge, const struct drp_punkt *p)
{
    judge->punkt = p;
    drp_str_init(&judge->type, SIZE_MAX / 4);
    drp_str_init(&judge->next, SIZE_MAX / 4);
    drp_str_init(&judge->scratch, SIZE_MAX / 4);
}

static void release_judge(struct judge *judge)
{
    drp_str_release(&judge->type);
    drp_str_release(&judge->next);
    drp_str_release(&judge->scratch);
}

void drp_punkt_sentences(const struct drp_punkt *p, struct drp_sv text,
                         struct drp_spans *out)
{
    struct judge judge;
    init_judge(&judge, p);
    struct cutter cutter = {.text = text, .out = out};
    struct mark before = {0}, mark = {0};
    size_t start = 0;
    bool more = find_mark(text, 0, &mark);
    mark.word = word_before(text, mark.at, &before);
    while (more) {
        before = mark;
        more = find_mark(text, before.at + 1, &mark);
        if (more)
            mark.word = word_before(text, mark.at, &before);
        /* Of marks whose contexts overlap only the last counts. */
        if ((!more || before.at <= mark.word) && ends_sentence(&judge, text, &before)) {
            add_sentence(&cutter, start, before.at + 1);
            start = before.next;
        }
    }
    add_sentence(&cutter, start, drp_utf8_trim_end(text).len);
    release_held(&cutter);
    release_judge(&judge);
}
