/* Two readers in turn. The JSON one takes every object that parses and looks like a feature, wherever it
 * stands: fences, prose around it and a cut end need no case of their own. The other looks for the labels
 * "Definition:" and "Difference Description:" and takes what stands before, between and behind them. */
#include "feature/parse.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "io/json.h"
#include "base/banned.h"

enum {
    MAX_NAME_BYTES = 200,
    MAX_TEXT_BYTES = 2000,
    /* Each try costs the rest of the text: this keeps a text full of braces linear. */
    MAX_FAILED_TRIES = 256,
};

enum field { NAME, DEFINITION, DESCRIPTION, N_FIELDS, NO_FIELD = N_FIELDS };

/* What a list is read into. */
struct reading {
    struct drp_arena *arena;
    struct drp_feature at[DRP_MAX_FEATURES];
    size_t n;
    bool found; /* a list, be it empty */
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* `sv` without the bytes of `set` at its ends. */
static struct drp_sv strip(struct drp_sv sv, const char *set)
{
    while (sv.len && is_one_of(sv.ptr[0], set))
        sv = drp_sv_slice(sv, 1, sv.len);
    while (sv.len && is_one_of(sv.ptr[sv.len - 1], set))
        sv.len--;
    return sv;
}

/* Collapsed, without marks of emphasis at the ends, not too long. */
static struct drp_sv clean(struct drp_sv sv, size_t max, struct drp_arena *arena)
{
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    drp_utf8_collapse(&s, strip(drp_sv_trim(sv), "*_`"));
    struct drp_sv text = drp_str_sv(&s);
    text.len = drp_utf8_cut(text, max);
    const struct drp_sv out = drp_arena_sv(arena, drp_sv_trim(text));
    drp_str_release(&s);
    return out;
}

static void add(struct reading *r, const struct drp_sv field[N_FIELDS])
{
    const struct drp_sv name = clean(field[NAME], MAX_NAME_BYTES, r->arena);
    if (!name.len || r->n == DRP_MAX_FEATURES)
        return;
    r->at[r->n] = (struct drp_feature){
        .name = name,
        .definition = clean(field[DEFINITION], MAX_TEXT_BYTES, r->arena),
        .description = clean(field[DESCRIPTION], MAX_TEXT_BYTES, r->arena),
        .rank = (uint32_t)r->n,
        .kept = true,
    };
    r->n++;
    r->found = true;
}

/* ---- JSON ---- */

/* Keys that models use, without case and anything but letters. */
static enum field field_of_key(struct drp_sv key)
{
    static const struct {
        const char *key;
        enum field field;
    } keys[] = {
        {"name", NAME},
        {"feature", NAME},
        {"featurename", NAME},
        {"dimension", NAME},
        {"definition", DEFINITION},
        {"difference", DESCRIPTION},
        {"differencedescription", DESCRIPTION},
        {"description", DESCRIPTION},
    };
    char letters[32];
    size_t n = 0;
    for (size_t i = 0; i < key.len && n < sizeof letters; i++)
        if (is_letter(key.ptr[i]))
            letters[n++] = (char)(key.ptr[i] | 0x20);
    for (size_t i = 0; i < DRP_LEN(keys); i++)
        if (drp_sv_is((struct drp_sv){letters, n}, keys[i].key))
            return keys[i].field;
    return NO_FIELD;
}

/* The strings of an object by field; of several for one field the first that is not empty. */
static void read_fields(const struct drp_json_val *obj, struct drp_sv field[N_FIELDS])
{
    if (drp_json_type(obj) != DRP_JSON_OBJ)
        return;
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *v;
    while ((v = drp_json_next(obj, &it, &key))) {
        const enum field f = field_of_key(key);
        if (f != NO_FIELD && !field[f].len)
            field[f] = drp_json_str(v);
    }
}

/* An object that names a feature, or that holds a list of such or a map from names to such. */
static void read_object(struct reading *r, const struct drp_json_val *obj)
{
    struct drp_sv field[N_FIELDS] = {0};
    read_fields(obj, field);
    if (field[NAME].len) {
        add(r, field);
        return;
    }
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *v;
    while ((v = drp_json_next(obj, &it, &key))) {
        struct drp_json_iter inner = {0};
        const struct drp_json_val *element;
        if (drp_json_type(v) == DRP_JSON_ARR) {
            r->found = true;
            while ((element = drp_json_next(v, &inner, NULL))) {
                struct drp_sv of[N_FIELDS] = {0};
                read_fields(element, of);
                add(r, of);
            }
        } else if (drp_json_type(v) == DRP_JSON_OBJ) {
            struct drp_sv of[N_FIELDS] = {0};
            read_fields(v, of);
            of[NAME] = of[NAME].len ? of[NAME] : key;
            add(r, of);
        }
    }
}

static void read_json(struct reading *r, struct drp_sv text)
{
    int tries = MAX_FAILED_TRIES;
    for (size_t at = 0; at < text.len && tries > 0 && r->n < DRP_MAX_FEATURES;) {
        at = drp_sv_find(text, DRP_SV("{"), at);
        if (at == SIZE_MAX)
            return;
        struct drp_json *doc = NULL;
        const struct drp_sv rest = drp_sv_slice(text, at, text.len);
        if (drp_json_parse(rest, DRP_JSON_PREFIX, &doc, NULL) < 0) {
            at++;
            tries--;
            continue;
        }
        read_object(r, drp_json_root(doc));
        at += drp_json_end(doc);
        drp_json_free(doc);
    }
}

/* True when `[]` is all there is, but for fences and words around it. */
static bool holds_empty_list(struct drp_sv text)
{
    const size_t open = drp_sv_find(text, DRP_SV("["), 0);
    if (open == SIZE_MAX)
        return false;
    const struct drp_sv rest = drp_sv_trim(drp_sv_slice(text, open + 1, text.len));
    return drp_sv_starts(rest, DRP_SV("]"));
}

/* ---- blocks ---- */

/* A label such as "**Definition:** " with what surrounds it: bytes [start, end). */
struct mark {
    enum field field;
    size_t start, end;
};

/* True when a label of the table stands at `at`; then fills `m`. */
static bool label_at(struct drp_sv text, size_t at, struct mark *m)
{
    static const struct {
        const char *word;
        enum field field;
    } labels[] = {
        {"definition", DEFINITION},
        {"difference description", DESCRIPTION},
        {"difference", DESCRIPTION},
        {"description", DESCRIPTION},
    };
    for (size_t i = 0; i < DRP_LEN(labels); i++) {
        const struct drp_sv word = drp_sv_from(labels[i].word);
        const struct drp_sv here = drp_sv_slice(text, at, at + word.len);
        if (here.len != word.len || drp_sv_find_nocase(here, word, 0) != 0)
            continue;
        size_t end = at + word.len;
        while (end < text.len && is_one_of(text.ptr[end], "*_] \t"))
            end++;
        if (end == text.len || text.ptr[end] != ':')
            continue;
        end++;
        while (end < text.len && is_one_of(text.ptr[end], "*_ \t"))
            end++;
        size_t start = at;
        while (start > 0 && is_one_of(text.ptr[start - 1], "*_[ \t"))
            start--;
        *m = (struct mark){labels[i].field, start, end};
        return true;
    }
    return false;
}

/* The next label at or after `from` that begins a word. */
static bool next_mark(struct drp_sv text, size_t from, struct mark *m)
{
    for (size_t at = from; at < text.len; at++) {
        const bool begins = at == 0 || !is_letter(text.ptr[at - 1]);
        if (begins && is_letter(text.ptr[at]) && label_at(text, at, m)) {
            m->start = DRP_MAX(m->start, from);
            return true;
        }
    }
    return false;
}

/* `sv` up to a separator or a blank line, without the bullet of the label behind it. */
static struct drp_sv until_break(struct drp_sv sv)
{
    struct drp_sv text = drp_sv_trim(sv);
    const size_t rule = drp_sv_find(text, DRP_SV("---"), 0);
    const size_t blank = drp_sv_find(text, DRP_SV("\n\n"), 0);
    text = drp_sv_slice(text, 0, DRP_MIN(rule, blank));
    while (text.len && is_one_of(text.ptr[text.len - 1], "-*_[ \t\r\n"))
        text.len--;
    return text;
}

/* Offset behind the last `needle`, 0 when there is none. */
static size_t after_last(struct drp_sv sv, struct drp_sv needle)
{
    const size_t at = drp_sv_rfind(sv, needle);
    return at == SIZE_MAX ? 0 : at + needle.len;
}

/* Numbers, bullets, heading marks, quotes and the like before and behind a name. */
static struct drp_sv bare_name(struct drp_sv sv)
{
    static const char marks[] = "*_`#-:[]()\"' \t\r\n";
    struct drp_sv name = strip(sv, marks);
    size_t digits = 0;
    while (digits < name.len && name.ptr[digits] >= '0' && name.ptr[digits] <= '9')
        digits++;
    if (digits && digits < name.len && is_one_of(name.ptr[digits], ".)"))
        name = strip(drp_sv_slice(name, digits + 1, name.len), marks);
    static const char *const titles[] = {"feature name:", "feature:", "name:", "dimension:"};
    for (size_t i = 0; i < DRP_LEN(titles); i++) {
        const struct drp_sv title = drp_sv_from(titles[i]);
        if (drp_sv_find_nocase(drp_sv_slice(name, 0, title.len), title, 0) == 0)
            return strip(drp_sv_slice(name, title.len, name.len), marks);
    }
    return name;
}

/* Splits what stands between two blocks: the end of the first and the name of the second. */
static void split_name(struct drp_sv between, bool is_first, struct drp_sv *before,
                       struct drp_sv *name)
{
    while (between.len && is_one_of(between.ptr[between.len - 1], "*_:- \t\r\n("))
        between.len--;
    size_t at;
    if (between.len && between.ptr[between.len - 1] == ']')
        at = after_last(between, DRP_SV("["));
    else
        at = DRP_MAX(after_last(between, DRP_SV("\n")), after_last(between, DRP_SV("---")));
    if (at == 0 && !is_first)
        at = after_last(between, DRP_SV(". "));
    *before = drp_sv_slice(between, 0, at);
    *name = at == 0 && !is_first ? (struct drp_sv){0}
                                 : bare_name(drp_sv_slice(between, at, between.len));
}

static void read_blocks(struct reading *r, struct drp_sv text)
{
    struct drp_sv field[N_FIELDS] = {0};
    enum field open = NO_FIELD; /* the field that the text at `from` belongs to */
    size_t from = 0;
    struct mark m;
    while (r->n < DRP_MAX_FEATURES && next_mark(text, from, &m)) {
        const struct drp_sv between = drp_sv_slice(text, from, m.start);
        if (m.field == DESCRIPTION && open == DEFINITION) {
            field[DEFINITION] = until_break(between);
        } else {
            struct drp_sv before;
            struct drp_sv name;
            split_name(between, open == NO_FIELD, &before, &name);
            if (open != NO_FIELD) {
                field[open] = until_break(before);
                add(r, field);
            }
            memset(field, 0, sizeof field);
            field[NAME] = name;
        }
        open = m.field;
        from = m.end;
    }
    if (open != NO_FIELD) {
        field[open] = until_break(drp_sv_slice(text, from, text.len));
        add(r, field);
    }
}

bool drp_features_parse(struct drp_sv answer, struct drp_arena *arena,
                        struct drp_features *out)
{
    struct reading *r = drp_arena_new(arena, struct reading, 1);
    r->arena = arena;
    read_json(r, answer);
    if (!r->found)
        read_blocks(r, answer);
    *out = (struct drp_features){r->at, r->n};
    return r->found || holds_empty_list(answer);
}
