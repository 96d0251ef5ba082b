/* Suffixes are ASCII, so endings are compared as bytes. Where letters are counted or two of them compared, they
 * are code points. In each table the first suffix that fits the ending decides, also when its condition fails. */
#include "text/porter.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

/* What must hold of the word without the suffix. */
enum condition {
    MEASURE_1,       /* measure above 0                                      */
    MEASURE_2,       /* measure above 1                                      */
    MEASURE_2_S_T,   /* measure above 1, and it ends in s or t               */
    MEASURE_1_WITH_L /* measure above 0, where the suffix's l belongs to it  */
};

struct rule {
    char suffix[8], with[5];
    unsigned char suffix_len, with_len;
    unsigned char when; /* enum condition */
};

#define RULE(suffix, with, when)                                                         \
    {                                                                                    \
        suffix, with, sizeof(suffix) - 1, sizeof(with) - 1, when                         \
    }

static const struct rule step_2_rules[] = {
    RULE("ational", "ate", MEASURE_1),     RULE("tional", "tion", MEASURE_1),
    RULE("enci", "ence", MEASURE_1),       RULE("anci", "ance", MEASURE_1),
    RULE("izer", "ize", MEASURE_1),        RULE("bli", "ble", MEASURE_1),
    RULE("entli", "ent", MEASURE_1),       RULE("eli", "e", MEASURE_1),
    RULE("ousli", "ous", MEASURE_1),       RULE("ization", "ize", MEASURE_1),
    RULE("ation", "ate", MEASURE_1),       RULE("ator", "ate", MEASURE_1),
    RULE("alism", "al", MEASURE_1),        RULE("iveness", "ive", MEASURE_1),
    RULE("fulness", "ful", MEASURE_1),     RULE("ousness", "ous", MEASURE_1),
    RULE("aliti", "al", MEASURE_1),        RULE("iviti", "ive", MEASURE_1),
    RULE("biliti", "ble", MEASURE_1),      RULE("fulli", "ful", MEASURE_1),
    RULE("logi", "log", MEASURE_1_WITH_L),
};

static const struct rule step_3_rules[] = {
    RULE("icate", "ic", MEASURE_1), RULE("ative", "", MEASURE_1),
    RULE("alize", "al", MEASURE_1), RULE("iciti", "ic", MEASURE_1),
    RULE("ical", "ic", MEASURE_1),  RULE("ful", "", MEASURE_1),
    RULE("ness", "", MEASURE_1),
};

static const struct rule step_4_rules[] = {
    RULE("al", "", MEASURE_2),    RULE("ance", "", MEASURE_2),
    RULE("ence", "", MEASURE_2),  RULE("er", "", MEASURE_2),
    RULE("ic", "", MEASURE_2),    RULE("able", "", MEASURE_2),
    RULE("ible", "", MEASURE_2),  RULE("ant", "", MEASURE_2),
    RULE("ement", "", MEASURE_2), RULE("ment", "", MEASURE_2),
    RULE("ent", "", MEASURE_2),   RULE("ion", "", MEASURE_2_S_T),
    RULE("ou", "", MEASURE_2),    RULE("ism", "", MEASURE_2),
    RULE("ate", "", MEASURE_2),   RULE("iti", "", MEASURE_2),
    RULE("ous", "", MEASURE_2),   RULE("ive", "", MEASURE_2),
    RULE("ize", "", MEASURE_2),
};

static const struct {
    const char *word, *stem;
} irregular[] = {
    {"sky", "sky"},         {"skies", "sky"},        {"dying", "die"},
    {"lying", "lie"},       {"tying", "tie"},        {"news", "news"},
    {"innings", "inning"},  {"inning", "inning"},    {"outings", "outing"},
    {"outing", "outing"},   {"cannings", "canning"}, {"canning", "canning"},
    {"howe", "howe"},       {"proceed", "proceed"},  {"exceed", "exceed"},
    {"succeed", "succeed"},
};

/* The word as it is now: the bytes of `out` from `start` on. */
struct word {
    struct drp_str *out;
    size_t start;
};

/* The word without its last `cut` bytes. */
static struct drp_sv stem_of(const struct word *w, size_t cut)
{
    return (struct drp_sv){w->out->ptr + w->start, w->out->len - w->start - cut};
}

static bool ends(const struct word *w, const char *suffix)
{
    return drp_sv_ends(stem_of(w, 0), drp_sv_from(suffix));
}

static void replace(struct word *w, size_t cut, const char *with)
{
    drp_str_truncate(w->out, w->out->len - cut);
    drp_str_addz(w->out, with);
}

static bool is_plain_vowel(char c)
{
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/* Whether the letter that ends or begins at byte `at` is a consonant: y is one unless it follows one. */
static bool is_consonant(struct drp_sv word, size_t at)
{
    size_t n_y = 0;
    for (; at > 0 && word.ptr[at] == 'y'; at--)
        n_y++;
    return is_plain_vowel(word.ptr[at]) == (n_y % 2 == 1);
}

/* The number of changes from vowel to consonant; 2 stands for more, since no rule asks further. */
static unsigned measure(struct drp_sv stem)
{
    unsigned n = 0;
    bool is_vowel = false, is_y_vowel = false;
    for (size_t i = 0; i < stem.len && n < 2; i++) {
        const char c = stem.ptr[i];
        const bool is_next_vowel = c == 'y' ? is_y_vowel : is_plain_vowel(c);
        n += is_vowel && !is_next_vowel;
        is_vowel = is_next_vowel;
        is_y_vowel = !is_vowel;
    }
    return n;
}

static bool has_vowel(struct drp_sv stem)
{
    for (size_t i = 0; i < stem.len; i++)
        if (is_plain_vowel(stem.ptr[i]) || (stem.ptr[i] == 'y' && i > 0))
            return true; /* a y after no vowel follows a consonant */
    return false;
}

/* Where the code point that ends before byte `end` (> 0) begins. */
static size_t before(struct drp_sv word, size_t end)
{
    do
        end--;
    while (end > 0 && (word.ptr[end] & 0xc0) == 0x80);
    return end;
}

/* Consonant, vowel, and a consonant other than w, x, y; or just vowel and consonant. */
static bool ends_cvc(struct drp_sv stem)
{
    const size_t last = stem.len ? before(stem, stem.len) : 0;
    if (last == 0)
        return false;
    const size_t middle = before(stem, last);
    if (is_consonant(stem, middle) || !is_consonant(stem, last))
        return false;
    const char c = stem.ptr[last];
    return middle == 0 ||
           (is_consonant(stem, before(stem, middle)) && c != 'w' && c != 'x' && c != 'y');
}

/* The length in bytes of a consonant that stands twice at the end, or 0. */
static size_t doubled_len(struct drp_sv stem)
{
    const size_t last = stem.len ? before(stem, stem.len) : 0;
    const size_t len = stem.len - last;
    const bool is_doubled =
        last >= len && memcmp(stem.ptr + last - len, stem.ptr + last, len) == 0;
    return is_doubled && is_consonant(stem, last) ? len : 0;
}

static bool holds(const struct word *w, const struct rule *rule)
{
    const struct drp_sv stem = stem_of(w, rule->suffix_len);
    switch ((enum condition)rule->when) {
    case MEASURE_1:
        return measure(stem) > 0;
    case MEASURE_2:
        return measure(stem) > 1;
    case MEASURE_2_S_T:
        return measure(stem) > 1 &&
               (stem.ptr[stem.len - 1] == 's' || stem.ptr[stem.len - 1] == 't');
    case MEASURE_1_WITH_L:
        return measure(stem_of(w, rule->suffix_len - 1u)) > 0;
    }
    return false;
}

static void apply(struct word *w, const struct rule *rules, size_t n)
{
    const struct drp_sv whole = stem_of(w, 0);
    for (const struct rule *rule = rules; rule < rules + n; rule++) {
        if (!drp_sv_ends(whole, (struct drp_sv){rule->suffix, rule->suffix_len}))
            continue;
        if (holds(w, rule))
            replace(w, rule->suffix_len, rule->with);
        return;
    }
}

/* Plurals. */
static void step_1a(struct word *w)
{
    if (ends(w, "ies"))
        replace(w, 3, drp_utf8_count(stem_of(w, 3)) == 1 ? "ie" : "i");
    else if (ends(w, "sses"))
        replace(w, 4, "ss");
    else if (ends(w, "s") && !ends(w, "ss"))
        replace(w, 1, "");
}

/* After -ed or -ing: gives back the e, or takes one of two equal consonants. */
static void mend(struct word *w)
{
    const struct drp_sv stem = stem_of(w, 0);
    const size_t doubled = doubled_len(stem);
    const char last = stem.ptr[stem.len - 1];
    if (doubled && (last == 'l' || last == 's' || last == 'z'))
        return;
    if (doubled)
        drp_str_truncate(w->out, w->out->len - doubled);
    else if (ends(w, "*d"))
        replace(w, 2,
                "d"); /* the package takes its mark for double consonants as a suffix too */
    else if (ends(w, "at") || ends(w, "bl") || ends(w, "iz") ||
             (measure(stem) == 1 && ends_cvc(stem)))
        replace(w, 0, "e");
}

/* Past tenses and participles. */
static void step_1b(struct word *w)
{
    if (ends(w, "ied")) {
        replace(w, 3, drp_utf8_count(stem_of(w, 3)) == 1 ? "ie" : "i");
        return;
    }
    if (ends(w, "eed")) {
        if (measure(stem_of(w, 3)) > 0)
            replace(w, 3, "ee");
        return;
    }
    const size_t cut = ends(w, "ed") ? 2 : ends(w, "ing") ? 3 : 0;
    if (cut == 0 || !has_vowel(stem_of(w, cut)))
        return;
    replace(w, cut, "");
    mend(w);
}

static void step_1c(struct word *w)
{
    if (!ends(w, "y"))
        return;
    const struct drp_sv stem = stem_of(w, 1);
    if (stem.len > 0 && before(stem, stem.len) > 0 && is_consonant(stem, stem.len - 1))
        replace(w, 1, "i");
}

static void step_2(struct word *w)
{
    if (ends(w, "alli") && measure(stem_of(w, 4)) > 0)
        replace(w, 4, "al");
    apply(w, step_2_rules, DRP_LEN(step_2_rules));
}

static void step_5(struct word *w)
{
    if (ends(w, "e")) {
        const struct drp_sv stem = stem_of(w, 1);
        const unsigned m = measure(stem);
        if (m > 1 || (m == 1 && !ends_cvc(stem)))
            replace(w, 1, "");
    }
    if (ends(w, "ll") && measure(stem_of(w, 1)) > 1)
        replace(w, 1, "");
}

void drp_porter_stem(struct drp_sv word, struct drp_str *out)
{
    struct word w = {out, out->len};
    drp_utf8_lower(out, word);
    for (size_t i = 0; i < DRP_LEN(irregular); i++)
        if (drp_sv_is(stem_of(&w, 0), irregular[i].word)) {
            replace(&w, stem_of(&w, 0).len, irregular[i].stem);
            return;
        }
    if (drp_utf8_count(word) <= 2) /* as it came: lower case can be longer */
        return;
    step_1a(&w);
    step_1b(&w);
    step_1c(&w);
    step_2(&w);
    apply(&w, step_3_rules, DRP_LEN(step_3_rules));
    apply(&w, step_4_rules, DRP_LEN(step_4_rules));
    step_5(&w);
}
