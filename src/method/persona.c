#include "method/persona.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

/* Where a category stands besides the whole persona. */
enum use {
    PROFILE, /* in the structured profile                      */
    CACHE,   /* there, and in what users are compared by       */
    ITEMS,   /* its values are items                           */
};

static const struct category {
    const char *word;
    const char *others; /* "a|b": what models call it as well */
    enum use use;
} categories[DRP_N_PERSONA_KEYS] = {
    // clang-format off
    [DRP_PERSONA_VALUES]     = {"values", "value|personal values|core values", CACHE},
    [DRP_PERSONA_TOPICS]     = {"topics", "topic|favourite topics|favorite topics|interests|genres", CACHE},
    [DRP_PERSONA_BACKGROUND] = {"background", "role|roles|occupation|profession|experience", CACHE},
    [DRP_PERSONA_OWNS]       = {"owns", "own|owned|possessions|things owned|uses", PROFILE},
    [DRP_PERSONA_ATTITUDES]  = {"attitudes", "attitude|opinions|views|likes|dislikes|entities", ITEMS},
    [DRP_PERSONA_THEMES]     = {"themes", "theme|recurring themes|issues", ITEMS},
    [DRP_PERSONA_WRITING]    = {"writing", "writing style|style|writing pattern", PROFILE},
    [DRP_PERSONA_EMOTION]    = {"emotion", "emotions|emotional|tone|emotional pattern", PROFILE},
    [DRP_PERSONA_ENGAGEMENT] = {"engagement", "engagement pattern|behaviour|behavior", PROFILE},
    [DRP_PERSONA_OTHER]      = {"other", "others|notes|other notes|note", PROFILE},
    // clang-format on
};

const char *drp_persona_word(enum drp_persona_key key)
{
    return categories[key].word;
}

/* ---- words ---- */

static bool is_one_of(struct drp_sv word, const char *words)
{
    struct drp_sv rest = drp_sv_from(words);
    while (rest.ptr) {
        const size_t bar = drp_sv_find(rest, DRP_SV("|"), 0);
        if (drp_sv_eq(word, drp_sv_slice(rest, 0, bar)))
            return true;
        rest = bar == SIZE_MAX ? (struct drp_sv){0} : drp_sv_slice(rest, bar + 1, rest.len);
    }
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Longest phrase that is looked up: a category or a way to say "nothing". */
enum { PHRASE_BYTES = 40 };

/* ASCII letters in lower case, all between them as one space, into `buffer` of PHRASE_BYTES; empty when it is longer. */
static struct drp_sv phrase(struct drp_sv sv, char *buffer)
{
    size_t n = 0;
    bool gap = false;
    for (size_t i = 0; i < sv.len; i++) {
        if (!is_letter(sv.ptr[i])) {
            gap = n > 0;
            continue;
        }
        if (n + 2 > PHRASE_BYTES)
            return DRP_SV("");
        if (gap)
            buffer[n++] = ' ';
        gap = false;
        buffer[n++] = (char)(sv.ptr[i] | 0x20);
    }
    return (struct drp_sv){buffer, n};
}

static int find_category(struct drp_sv words)
{
    char buffer[PHRASE_BYTES];
    const struct drp_sv word = phrase(words, buffer);
    for (int i = 0; word.len && i < DRP_N_PERSONA_KEYS; i++)
        if (drp_sv_is(word, categories[i].word) || is_one_of(word, categories[i].others))
            return i;
    return -1;
}

/* Whether a value says that nothing is known, alone or as the beginning of a remark about it. */
static bool says_nothing(struct drp_sv value)
{
    static const char *const beginnings[] = {
        "None",       "N/A",           "Not mentioned", "Not specified",
        "Not stated", "Not available", "No mention",    "No information",
    };
    char buffer[PHRASE_BYTES];
    for (size_t i = 0; i < DRP_LEN(beginnings); i++) {
        const struct drp_sv begin = drp_sv_from(beginnings[i]);
        if (drp_sv_find_nocase(drp_sv_slice(value, 0, begin.len), begin, 0) == 0 &&
            (value.len == begin.len || !is_letter(value.ptr[begin.len])))
            return true;
    }
    return is_one_of(phrase(value, buffer),
                     "na|unknown|unspecified|unclear|nothing|null|nil|not applicable");
}

/* ---- values ---- */

static bool same_text(struct drp_sv a, struct drp_sv b)
{
    return a.len == b.len && drp_sv_find_nocase(a, b, 0) == 0;
}

static bool has_value(const struct drp_persona *p, size_t key, struct drp_sv value)
{
    for (size_t i = 0; i < p->of[key].n; i++)
        if (same_text(p->of[key].at[i], value))
            return true;
    return false;
}

static void add_value(struct drp_persona *p, size_t key, struct drp_sv value)
{
    if (p->of[key].n == DRP_PERSONA_MAX_VALUES || has_value(p, key, value))
        return;
    p->of[key].at[p->of[key].n++] = value;
    p->n++;
}

/* Without what surrounds a value in lists, JSON and Markdown, and without a full stop. */
static struct drp_sv bare(struct drp_sv value)
{
    static const char around[] = " \t\"'`*_[]{}<>,.";
    while (value.len && strchr(around, value.ptr[0]))
        value = drp_sv_slice(value, 1, value.len);
    while (value.len && strchr(around, value.ptr[value.len - 1]))
        value.len--;
    return value;
}

/* Whether a text says anything: a letter or a digit of any script. */
static bool has_words(struct drp_sv text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_letter(text.ptr[i]) || (text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
            (unsigned char)text.ptr[i] >= 0x80)
            return true;
    return false;
}

/* A value on one line and not too long; empty when it says nothing. Borrowed from `scratch`. */
static struct drp_sv tidy(struct drp_sv value, struct drp_str *scratch)
{
    drp_str_clear(scratch);
    drp_utf8_collapse(scratch, bare(value));
    struct drp_sv whole = drp_str_sv(scratch);
    whole.len = drp_utf8_cut(whole, DRP_PERSONA_VALUE_BYTES);
    whole = bare(whole);
    return has_words(whole) && !says_nothing(whole) ? whole : DRP_SV("");
}

static void add_values(struct drp_persona *p, size_t key, struct drp_sv values,
                       struct drp_arena *arena)
{
    struct drp_str scratch;
    drp_str_init(&scratch, SIZE_MAX / 4);
    struct drp_sv rest = values;
    while (rest.len) {
        const size_t end = DRP_MIN(drp_sv_find(rest, DRP_SV(";"), 0), rest.len);
        const struct drp_sv value = tidy(drp_sv_slice(rest, 0, end), &scratch);
        if (value.len)
            add_value(p, key, drp_arena_sv(arena, value));
        rest = drp_sv_slice(rest, end + 1, rest.len);
    }
    drp_str_release(&scratch);
}

void drp_persona_add(struct drp_persona *p, const struct drp_persona *more)
{
    for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++)
        for (size_t i = 0; i < more->of[key].n; i++)
            add_value(p, key, more->of[key].at[i]);
}

void drp_persona_remove(struct drp_persona *p, const struct drp_persona *other)
{
    for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++) {
        size_t n = 0;
        for (size_t i = 0; i < p->of[key].n; i++)
            if (!has_value(other, key, p->of[key].at[i]))
                p->of[key].at[n++] = p->of[key].at[i];
        p->n -= p->of[key].n - n;
        p->of[key].n = n;
    }
}

/* ---- lines ---- */

/* Cuts the mark of a list entry off: "-", "*", a bullet, "3.", "3)". False when there is none. */
static bool cut_bullet(struct drp_sv *line)
{
    static const char *const bullets[] = {"- ", "* ", "+ ", "\xE2\x80\xA2",
                                          "\xE2\x80\x93 "};
    for (size_t i = 0; i < DRP_LEN(bullets); i++) {
        const struct drp_sv bullet = drp_sv_from(bullets[i]);
        if (drp_sv_starts(*line, bullet)) {
            *line = drp_sv_slice(*line, bullet.len, line->len);
            return true;
        }
    }
    size_t n = 0;
    while (n < line->len && line->ptr[n] >= '0' && line->ptr[n] <= '9')
        n++;
    if (n == 0 || n == line->len || (line->ptr[n] != '.' && line->ptr[n] != ')'))
        return false;
    *line = drp_sv_slice(*line, n + 1, line->len);
    return true;
}

/* One line: a category opens, a list entry or the line below an empty category belongs to what is open, anything
 * else closes it. `open` is a category or -1; `*waits`: it has no value yet. */
static int read_line(struct drp_persona *p, struct drp_sv line, int open, bool *waits,
                     struct drp_arena *arena)
{
    line = drp_sv_trim(line);
    if (!line.len)
        return open;
    const bool is_entry = cut_bullet(&line);
    const size_t colon = drp_sv_find(line, DRP_SV(":"), 0);
    const int key = colon == SIZE_MAX ? -1 : find_category(drp_sv_slice(line, 0, colon));
    if (key >= 0) {
        const struct drp_sv values = drp_sv_slice(line, colon + 1, line.len);
        add_values(p, (size_t)key, values, arena);
        *waits = !has_words(values);
        return key;
    }
    if (open < 0 || !(is_entry || *waits))
        return -1;
    add_values(p, (size_t)open, line, arena);
    *waits = false;
    return open;
}

/* Up to the end of the last value that was not cut. */
static struct drp_sv without_cut_end(struct drp_sv answer)
{
    size_t n = answer.len;
    while (n > 0 && answer.ptr[n - 1] != '\n' && answer.ptr[n - 1] != ';')
        n--;
    return drp_sv_slice(answer, 0, n);
}

bool drp_persona_parse(struct drp_sv answer, bool cut, struct drp_arena *arena,
                       struct drp_persona *out)
{
    struct drp_sv rest = cut ? without_cut_end(answer) : answer;
    struct drp_sv line;
    bool any = false, waits = false;
    int open = -1;
    *out = (struct drp_persona){0};
    while (drp_sv_line(&rest, &line)) {
        open = read_line(out, line, open, &waits, arena);
        any |= open >= 0;
    }
    return any;
}

/* ---- texts ---- */

static void add_line(struct drp_str *out, const struct drp_persona *p, size_t key)
{
    if (p->of[key].n == 0)
        return;
    drp_str_addf(out, "%s%s: ", out->len ? "\n" : "", categories[key].word);
    for (size_t i = 0; i < p->of[key].n; i++) {
        drp_str_addz(out, i > 0 ? "; " : "");
        drp_str_add(out, p->of[key].at[i]);
    }
}

static struct drp_sv take_text(struct drp_str *text, struct drp_arena *arena)
{
    const struct drp_sv copy = drp_arena_sv(arena, drp_str_sv(text));
    drp_str_release(text);
    return copy;
}

struct drp_sv drp_persona_text(const struct drp_persona *p, struct drp_arena *arena)
{
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++)
        add_line(&text, p, key);
    return take_text(&text, arena);
}

struct drp_sv drp_persona_cache(const struct drp_persona *p, struct drp_arena *arena)
{
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++)
        if (categories[key].use == CACHE)
            add_line(&text, p, key);
    return take_text(&text, arena);
}

struct drp_material_list drp_persona_facts(const struct drp_persona *p,
                                           struct drp_arena *arena)
{
    struct drp_material_text *at =
        drp_arena_new(arena, struct drp_material_text, DRP_N_PERSONA_KEYS);
    size_t n = 0;
    for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++) {
        if (categories[key].use == ITEMS || p->of[key].n == 0)
            continue;
        struct drp_str line;
        drp_str_init(&line, SIZE_MAX / 4);
        add_line(&line, p, key);
        at[n++].text = take_text(&line, arena);
    }
    return (struct drp_material_list){at, n};
}

struct drp_texts drp_persona_items(const struct drp_persona *p, struct drp_arena *arena)
{
    struct drp_sv *at = drp_arena_new(arena, struct drp_sv, p->n);
    size_t n = 0;
    for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++)
        for (size_t i = 0; categories[key].use == ITEMS && i < p->of[key].n; i++)
            at[n++] = p->of[key].at[i];
    return (struct drp_texts){at, n};
}
