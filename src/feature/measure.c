/* A scanner hands on words, marks and spaces; each adds to counts. A mark that may end a sentence is kept in mind
 * (`ending`) until what follows decides. */
#include "feature/measure.h"

#include <math.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "feature/glyph.h"
#include "base/banned.h"

enum {
    NEGATED_WORDS = 3,    /* whose sense a negation turns: "isn't a very good" */
    MAX_ITEM_NUMBER = 99, /* of a numbered list */
};

/* Why a sentence may have ended. */
enum ending {
    GOES_ON,
    MAY_END,     /* when a space or, behind a small letter, a capital follows */
    MAY_TRAIL,   /* after an ellipsis: when a space and no small letter follow */
    ENDS_ANYWAY, /* marks of scripts without spaces */
};

/* The scanner, and what was counted so far. */
struct counter {
    const struct drp_lexicon *lexicon;
    struct drp_sv text;
    size_t at;
    uint32_t before;    /* the character before, joiners left out; a space at the start */
    bool after_word;    /* it belongs to a word                                         */
    uint32_t joiner;    /* the invisible one right before; 0: none                      */
    size_t run;         /* equal marks in a row so far, `before` the last               */
    bool line_start;    /* nothing but space in this line so far                        */
    size_t line_breaks; /* since the last character that is no space                    */
    bool half_flag;
    /* the sentence */
    enum ending ending;
    bool ending_spaced; /* a space came after that mark */
    bool abbreviated;   /* the last word is an abbreviation */
    size_t sentence_words;
    double sum, sum_of_squares; /* words of ended sentences */
    /* the words */
    struct drp_str word, previous, phrase; /* lower case */
    size_t negated;                        /* words that the last negation still turns */
    long item_number;                      /* the last number that may belong to a list */
    uint64_t window[DRP_VOCABULARY_WINDOW]; /* hashes of the last words, a ring */
    size_t window_types;
    double types; /* sum of window_types over all full windows */
    /* what comes out */
    size_t n_words, n_sentences, n_paragraphs;
    bool has_lines;
    double n[DRP_N_TRAITS];
};

/* The character at `at`; a line break behind the end. */
static uint32_t peek(const struct counter *c, size_t at)
{
    return at < c->text.len ? drp_utf8_next(c->text, &at) : '\n';
}

static bool is_small(uint32_t cp)
{
    return cp >= 'a' && cp <= 'z';
}

static bool is_capital(uint32_t cp)
{
    return cp >= 'A' && cp <= 'Z';
}

/* ---- sentences ---- */

static void end_sentence(struct counter *c)
{
    if (c->sentence_words > 0) {
        const double n = (double)c->sentence_words;
        c->n_sentences++;
        c->sum += n;
        c->sum_of_squares += n * n;
    }
    c->sentence_words = 0;
    c->negated = 0;
    c->ending = GOES_ON;
    drp_str_clear(&c->previous);
}

/* A word begins with `first`: whether it is the next sentence's. */
static void settle_ending(struct counter *c, uint32_t first)
{
    bool ends = false;
    switch (c->ending) {
    case GOES_ON:
        return;
    case MAY_END:
        ends = c->ending_spaced || is_capital(first);
        break;
    case MAY_TRAIL:
        ends = c->ending_spaced && !is_small(first);
        break;
    case ENDS_ANYWAY:
        ends = true;
        break;
    }
    if (ends)
        end_sentence(c);
    c->ending = GOES_ON;
}

static void may_end(struct counter *c, enum ending ending)
{
    c->ending = ending;
    c->ending_spaced = false;
}

/* ---- words ---- */

/* True when the character at `at` goes on a word whose last character is `last`. */
static bool goes_on(const struct counter *c, uint32_t last, size_t at, size_t *next)
{
    *next = at;
    if (at == c->text.len)
        return false;
    const uint32_t cp = drp_utf8_next(c->text, next);
    switch (drp_glyph_of(cp)) {
    case DRP_GLYPH_LETTER:
    case DRP_GLYPH_DIGIT:
    case DRP_GLYPH_INVISIBLE:
        return true;
    default:
        break;
    }
    const enum drp_glyph behind = drp_glyph_of(peek(c, *next));
    if (cp == '\'' || cp == 0x2019)
        return drp_glyph_of(last) == DRP_GLYPH_LETTER && behind == DRP_GLYPH_LETTER;
    return (cp == '.' || cp == ',' || cp == ':' || cp == '/') &&
           drp_glyph_of(last) == DRP_GLYPH_DIGIT && behind == DRP_GLYPH_DIGIT;
}

/* Reads the word that begins at `start` with `first`, which has been read. */
static struct drp_sv read_word(struct counter *c, size_t start, uint32_t first)
{
    uint32_t last = first;
    for (size_t next;
         drp_glyph_of(first) != DRP_GLYPH_IDEOGRAPH && goes_on(c, last, c->at, &next);
         c->at = next)
        last = peek(c, c->at);
    c->before = last;
    return drp_sv_slice(c->text, start, c->at);
}

/* Fills c->word: small letters, with the ASCII apostrophe. */
static void lower_word(struct counter *c, struct drp_sv word)
{
    static const struct drp_sv curly = {"\xE2\x80\x99", 3};
    unsigned char high = 0;
    drp_str_clear(&c->word);
    drp_str_add(&c->word, word);
    for (size_t i = 0; i < word.len; i++) {
        high |= (unsigned char)word.ptr[i];
        if (is_capital((unsigned char)word.ptr[i]))
            c->word.ptr[i] = (char)(word.ptr[i] | 0x20);
    }
    if (high < 0x80)
        return;
    drp_str_clear(&c->word);
    drp_utf8_lower(&c->word, word);
    for (size_t at = 0; (at = drp_sv_find(drp_str_sv(&c->word), curly, at)) != SIZE_MAX;)
        drp_str_splice(&c->word, at, curly.len, DRP_SV("'"));
}

/* Two letters or more, each of them changed by c->word. */
static bool is_in_capitals(const struct counter *c, struct drp_sv word)
{
    const struct drp_sv lower = drp_str_sv(&c->word);
    size_t letters = 0;
    for (size_t a = 0, b = 0; a < word.len && b < lower.len;) {
        const uint32_t given = drp_utf8_next(word, &a);
        const uint32_t small = drp_utf8_next(lower, &b);
        if (given == '\'' || given == 0x2019)
            continue;
        if (given == small)
            return false;
        letters++;
    }
    return letters >= 2;
}

/* The classes of c->word, alone and with the word before it. */
static unsigned classes(struct counter *c)
{
    const struct drp_sv word = drp_str_sv(&c->word);
    unsigned found = drp_lexicon_get(c->lexicon, word);
    const size_t apostrophe = drp_sv_find(word, DRP_SV("'"), 0);
    if (apostrophe != SIZE_MAX) {
        found |= drp_lexicon_get(c->lexicon, drp_sv_slice(word, 0, apostrophe)) &
                 (DRP_WORD_FIRST_PERSON | DRP_WORD_SECOND_PERSON);
        if (drp_sv_ends(word, DRP_SV("n't")))
            found |= DRP_WORD_NEGATION;
    }
    if ((found & DRP_WORD_PHRASE_END) && c->previous.len > 0) {
        drp_str_clear(&c->phrase);
        drp_str_add(&c->phrase, drp_str_sv(&c->previous));
        drp_str_addc(&c->phrase, ' ');
        drp_str_add(&c->phrase, word);
        found |= drp_lexicon_get(c->lexicon, drp_str_sv(&c->phrase));
    }
    return found;
}

static void count_classes(struct counter *c, unsigned found, bool in_capitals)
{
    /* "US" is a country. */
    if (!(in_capitals && drp_sv_is(drp_str_sv(&c->word), "us")))
        c->n[DRP_TRAIT_FIRST_PERSON] += (found & DRP_WORD_FIRST_PERSON) != 0;
    c->n[DRP_TRAIT_SECOND_PERSON] += (found & DRP_WORD_SECOND_PERSON) != 0;
    c->n[DRP_TRAIT_HEDGES] += (found & DRP_WORD_HEDGE) != 0;
    c->n[DRP_TRAIT_INTENSIFIERS] += (found & DRP_WORD_INTENSIFIER) != 0;
    const bool turned = c->negated > 0;
    c->n[turned ? DRP_TRAIT_NEGATIVE : DRP_TRAIT_POSITIVE] +=
        (found & DRP_WORD_POSITIVE) != 0;
    c->n[turned ? DRP_TRAIT_POSITIVE : DRP_TRAIT_NEGATIVE] +=
        (found & DRP_WORD_NEGATIVE) != 0;
    if (found & DRP_WORD_NEGATION)
        c->negated = NEGATED_WORDS;
    else if (turned)
        c->negated--;
}

/* Number of hashes of the window that equal `hash`; entries not yet filled are not looked at. */
static size_t count_in_window(const struct counter *c, uint64_t hash)
{
    const size_t n = DRP_MIN(c->n_words, (size_t)DRP_VOCABULARY_WINDOW);
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += c->window[i] == hash;
    return found;
}

/* c->word enters the window; n_words does not count it yet. */
static void slide_window(struct counter *c)
{
    const uint64_t hash = drp_hash64(drp_str_sv(&c->word));
    uint64_t *oldest = &c->window[c->n_words % DRP_VOCABULARY_WINDOW];
    if (c->n_words >= DRP_VOCABULARY_WINDOW && *oldest != hash)
        c->window_types -= count_in_window(c, *oldest) == 1;
    c->window_types += count_in_window(c, hash) == 0;
    *oldest = hash;
    if (c->n_words + 1 >= DRP_VOCABULARY_WINDOW)
        c->types += (double)c->window_types;
}

/* "1." and "2)" that follow each other are points of a list, wherever they stand. */
static void count_numbered_item(struct counter *c, struct drp_sv word, bool after_space)
{
    const uint32_t mark = peek(c, c->at);
    int64_t number = 0;
    if (!after_space || (mark != '.' && mark != ')') || word.len > 2 ||
        drp_glyph_of(peek(c, c->at + 1)) != DRP_GLYPH_SPACE ||
        !drp_sv_int(word, &number) || number < 1 || number > MAX_ITEM_NUMBER)
        return;
    if (number > 1 && number == c->item_number + 1)
        c->n[DRP_TRAIT_LISTS] += number == 2 ? 2 : 1;
    c->item_number = (long)number;
}

/* One letter, as in "J. Smith" and "e.g."; "I" ends sentences. */
static bool is_initial(struct drp_sv word)
{
    return word.len == 1 && drp_glyph_of((unsigned char)word.ptr[0]) == DRP_GLYPH_LETTER &&
           word.ptr[0] != 'I' && word.ptr[0] != 'i';
}

static void on_word(struct counter *c, size_t start, uint32_t first)
{
    const bool after_space = drp_glyph_of(c->before) == DRP_GLYPH_SPACE;
    settle_ending(c, first);
    const struct drp_sv word = read_word(c, start, first);
    lower_word(c, word);
    const bool in_capitals = is_in_capitals(c, word);
    const unsigned found = classes(c);
    count_classes(c, found, in_capitals);
    slide_window(c);
    c->n[DRP_TRAIT_CAPITALS] += in_capitals;
    if (drp_glyph_of(first) == DRP_GLYPH_DIGIT) {
        c->n[DRP_TRAIT_NUMBERS]++;
        count_numbered_item(c, word, after_space);
    }
    c->n_words++;
    c->sentence_words++;
    c->after_word = true;
    c->abbreviated = (found & DRP_WORD_ABBREVIATION) || is_initial(word);
    drp_str_clear(&c->previous);
    drp_str_add(&c->previous, drp_str_sv(&c->word));
}

/* ---- marks ---- */

/* Bytes of the emoticon at `start`, such as ":-)" and "<3"; 0 when there is none. */
static size_t emoticon(const struct counter *c, size_t start)
{
    const struct drp_sv rest = drp_sv_slice(c->text, start, start + 4);
    if (c->after_word || rest.len < 2)
        return 0;
    if (drp_sv_starts(rest, DRP_SV("<3")))
        return drp_glyph_of(peek(c, start + 2)) == DRP_GLYPH_DIGIT ? 0 : 2;
    if (rest.ptr[0] != ':' && rest.ptr[0] != ';' && rest.ptr[0] != '=')
        return 0;
    const size_t mouth = rest.ptr[1] == '-' ? 2 : 1;
    if (mouth >= rest.len)
        return 0;
    const uint32_t behind = peek(c, start + mouth + 1);
    switch (rest.ptr[mouth]) {
    case ')':
    case '(':
    case ']':
    case '[':
    case '|':
        return mouth + 1;
    case '/':
        return behind == '/' ? 0 : mouth + 1;
    case 'D':
    case 'P':
    case 'p':
        return is_small(behind) ? 0 : mouth + 1;
    default:
        return 0;
    }
}

/* A bullet: at the start of a line, or in a text without lines with a capital behind it. */
static bool is_bullet(const struct counter *c, uint32_t cp)
{
    if (cp != '-' && cp != '*' && cp != 0x2013 && cp != 0x2022 && cp != 0x2023)
        return false;
    const bool apart = drp_glyph_of(c->before) == DRP_GLYPH_SPACE && peek(c, c->at) == ' ';
    const uint32_t next = peek(c, c->at + 1);
    const bool is_i = next == 'I' && drp_glyph_of(peek(c, c->at + 2)) != DRP_GLYPH_LETTER;
    return apart && (c->line_start || cp >= 0x2022 || (is_capital(next) && !is_i));
}

static bool is_dash(const struct counter *c, uint32_t cp)
{
    const bool apart = drp_glyph_of(c->before) == DRP_GLYPH_SPACE &&
                       drp_glyph_of(peek(c, c->at)) == DRP_GLYPH_SPACE;
    switch (cp) {
    case '-':
        return apart || c->run == 2;
    case 0x2013:
        return drp_glyph_of(c->before) != DRP_GLYPH_DIGIT;
    case 0x2014:
    case 0x2015:
        return c->run == 1;
    default:
        return false;
    }
}

static void on_dot(struct counter *c)
{
    if (c->run >= 2)
        may_end(c, MAY_TRAIL);
    else if (!(c->after_word && c->abbreviated))
        may_end(c, MAY_END);
    c->n[DRP_TRAIT_ELLIPSES] += c->run == 2;
}

/* Marks that say something by themselves. */
static void count_mark(struct counter *c, uint32_t cp)
{
    switch (cp) {
    case '!':
    case 0xFF01:
        c->n[DRP_TRAIT_EXCLAMATIONS]++;
        may_end(c, cp == '!' ? MAY_END : ENDS_ANYWAY);
        break;
    case 0x203C: /* double exclamation mark */
        c->n[DRP_TRAIT_EXCLAMATIONS] += 2;
        may_end(c, MAY_END);
        break;
    case '?':
    case 0xFF1F:
    case 0x061F:
        c->n[DRP_TRAIT_QUESTIONS]++;
        may_end(c, cp == 0xFF1F ? ENDS_ANYWAY : MAY_END);
        break;
    case 0x2047: /* double question mark */
        c->n[DRP_TRAIT_QUESTIONS] += 2;
        may_end(c, MAY_END);
        break;
    case 0x2048: /* question exclamation mark and its reverse */
    case 0x2049:
        c->n[DRP_TRAIT_QUESTIONS]++;
        c->n[DRP_TRAIT_EXCLAMATIONS]++;
        may_end(c, MAY_END);
        break;
    case '.':
        on_dot(c);
        break;
    case 0x2026:
        c->n[DRP_TRAIT_ELLIPSES] += c->run == 1;
        may_end(c, MAY_TRAIL);
        break;
    case 0x3002: /* ideographic full stop */
        may_end(c, ENDS_ANYWAY);
        break;
    case 0x0964: /* danda */
        may_end(c, MAY_END);
        break;
    case '"':
        /* Behind a digit it stands for inches. */
        c->n[DRP_TRAIT_QUOTES] += drp_glyph_of(c->before) == DRP_GLYPH_DIGIT ? 0 : 0.5;
        break;
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x00AB:
    case 0x00BB:
    case 0x300C:
    case 0x300D:
        c->n[DRP_TRAIT_QUOTES] += 0.5;
        break;
    case ',':
    case ';':
    case ':':
        if (!c->ending_spaced)
            c->ending = GOES_ON;
        break;
    default:
        break;
    }
}

static void on_mark(struct counter *c, size_t start, uint32_t cp)
{
    const size_t n = emoticon(c, start);
    c->run = cp == c->before && c->run > 0 ? c->run + 1 : 1;
    if (n > 0) {
        c->n[DRP_TRAIT_EMOJI]++;
        c->at = start + n;
    } else if (is_bullet(c, cp)) {
        end_sentence(c);
        c->n[DRP_TRAIT_LISTS]++;
    } else {
        c->n[DRP_TRAIT_DASHES] += is_dash(c, cp);
        count_mark(c, cp);
    }
}

static void on_space(struct counter *c, uint32_t cp)
{
    c->ending_spaced = true;
    if (cp == '\n' || cp == 0x2028 || cp == 0x2029) {
        end_sentence(c);
        c->line_start = true;
        c->line_breaks++;
    }
}

/* ---- the whole ---- */

static void on_emoji(struct counter *c, enum drp_glyph glyph)
{
    if (glyph == DRP_GLYPH_FLAG)
        c->half_flag = !c->half_flag;
    c->n[DRP_TRAIT_EMOJI] += c->joiner != 0x200D && !c->half_flag;
}

/* A character that is no space: a paragraph goes on or begins. */
static void on_content(struct counter *c)
{
    if (c->n_paragraphs > 0 && c->line_breaks > 0)
        c->has_lines = true;
    c->n_paragraphs += c->n_paragraphs == 0 || c->line_breaks >= 2;
    c->line_breaks = 0;
}

static void scan(struct counter *c)
{
    while (c->at < c->text.len) {
        const size_t start = c->at;
        const uint32_t cp = drp_utf8_next(c->text, &c->at);
        const enum drp_glyph glyph = drp_glyph_of(cp);
        if (glyph == DRP_GLYPH_INVISIBLE) {
            c->joiner = cp;
            continue;
        }
        c->half_flag = c->half_flag && glyph == DRP_GLYPH_FLAG;
        if (glyph != DRP_GLYPH_SPACE)
            on_content(c);
        if (glyph == DRP_GLYPH_SPACE)
            on_space(c, cp);
        else if (glyph == DRP_GLYPH_MARK)
            on_mark(c, start, cp);
        else if (glyph == DRP_GLYPH_EMOJI || glyph == DRP_GLYPH_FLAG)
            on_emoji(c, glyph);
        else
            on_word(c, start, cp);
        c->joiner = 0;
        if (glyph != DRP_GLYPH_MARK)
            c->run = 0;
        c->after_word = glyph == DRP_GLYPH_LETTER || glyph == DRP_GLYPH_DIGIT ||
                        glyph == DRP_GLYPH_IDEOGRAPH;
        if (!c->after_word)
            c->before = cp;
        c->line_start = c->line_start && glyph == DRP_GLYPH_SPACE;
    }
    end_sentence(c);
}

static void set(struct drp_measures *out, enum drp_trait_id trait, double value)
{
    out->of[trait] = value;
    out->known |= UINT32_C(1) << trait;
}

static void finish(const struct counter *c, struct drp_measures *out)
{
    const double words = (double)c->n_words;
    const double sentences = (double)c->n_sentences;
    *out = (struct drp_measures){.n_words = c->n_words,
                                 .n_sentences = c->n_sentences,
                                 .has_lines = c->has_lines};
    set(out, DRP_TRAIT_WORDS, words);
    if (c->n_words == 0)
        return;
    for (size_t t = 0; t < DRP_N_TRAITS; t++)
        if (t != DRP_TRAIT_WORDS && t != DRP_TRAIT_SENTENCE_SPREAD &&
            t != DRP_TRAIT_VOCABULARY)
            set(out, (enum drp_trait_id)t, 100 * c->n[t] / words);
    set(out, DRP_TRAIT_SENTENCE_LENGTH, c->sum / sentences);
    set(out, DRP_TRAIT_PARAGRAPHS, (double)c->n_paragraphs);
    if (c->n_sentences >= 2) {
        const double squares = c->sum_of_squares - c->sum * c->sum / sentences;
        set(out, DRP_TRAIT_SENTENCE_SPREAD, sqrt(DRP_MAX(squares, 0) / (sentences - 1)));
    }
    if (c->n_words >= DRP_VOCABULARY_WINDOW)
        set(out, DRP_TRAIT_VOCABULARY, c->types / (words - DRP_VOCABULARY_WINDOW + 1));
}

void drp_measure(const struct drp_lexicon *lexicon, struct drp_sv text,
                 struct drp_measures *out)
{
    struct counter c = {.lexicon = lexicon, .text = text, .before = ' ', .line_start = true};
    drp_str_init(&c.word, SIZE_MAX / 4);
    drp_str_init(&c.previous, SIZE_MAX / 4);
    drp_str_init(&c.phrase, SIZE_MAX / 4);
    scan(&c);
    finish(&c, out);
    drp_str_release(&c.word);
    drp_str_release(&c.previous);
    drp_str_release(&c.phrase);
}

bool drp_measures_know(const struct drp_measures *m, enum drp_trait_id trait)
{
    return m->known >> trait & 1;
}
