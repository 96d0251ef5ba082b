#include "method/settings.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/nearest.h"

#include "base/banned.h"

// clang-format off
#define AT(field) offsetof(struct drp_settings, field)
#define WORD(key, field, words, value, paper, released, inferred, help) \
    {key, DRP_SET_WORD, AT(field), words, value, paper, released, 0, 0, inferred, help}
#define INT(key, field, value, min, max, inferred, help) \
    {key, DRP_SET_INT, AT(field), NULL, value, NULL, NULL, min, max, inferred, help}
#define NUM(key, field, value, min, max, inferred, help) \
    {key, DRP_SET_NUM, AT(field), NULL, value, NULL, NULL, min, max, inferred, help}

static const struct drp_setting table[] = {
    WORD("engine.penalty", engine_penalty, "on|off", "on", "off", "off", false,
         "repetition penalty of greedy answers, for models that ask for one"),
    WORD("engine.unclosed", engine_unclosed, "drop|keep", "drop", NULL, "keep", false,
         "thoughts that do not end are no answer, or are taken for it"),
    WORD("prompt.order", prompt_order, "shared|released", "shared", NULL, "released", false,
         "material first, or the instruction first"),

    WORD("drp.features", drp_features, "validated|raw", "validated", NULL, "raw", false,
         "features that are used"),
    WORD("drp.dimensions", drp_dimensions, "seeded|open", "seeded", "open", NULL, false,
         "three dimensions are named first, or none"),
    WORD("drp.validate", drp_validate, "continue|fresh", "continue", "fresh", "fresh", false,
         "in the conversation of the extraction, or in one of its own; also --validate"),
    WORD("drp.pass", drp_pass, "features|texts", "features", NULL, "texts", false,
         "what the summary sees: features that were read, or the raw answers"),
    WORD("drp.grammar", drp_grammar, "on|off", "on", "off", "off", false,
         "features are held to a grammar, or free text is read"),

    WORD("intsum.source", intsum_source, "retrieved|recent|sample|all", "retrieved", NULL, NULL, true,
         "texts that are summarised"),
    INT("intsum.k", intsum_k, "8", 1, 500, true, "of them, at most; all: as many as fit"),

    WORD("trsr.mode", trsr_mode, "recurrent|hierarchical", "recurrent", NULL, NULL, true,
         "each summary takes up the former one, or all are summarised again"),
    WORD("trsr.select", trsr_select, "newest|retrieved", "newest", NULL, NULL, true,
         "texts that are summarised"),
    WORD("trsr.raw", trsr_raw, "own|recent|none", "own", NULL, NULL, true,
         "texts shown beside the summary"),
    INT("trsr.recent", trsr_recent, "3", 1, 64, true, "of them, with trsr.raw=recent"),
    INT("trsr.block", trsr_block, "5", 1, 64, false, "texts of a block"),
    INT("trsr.max_blocks", trsr_max_blocks, "5", 1, 64, false, "blocks"),

    WORD("cicl.neg", cicl_neg, "peer_random|peer_dissimilar|peer_center|llm_default", "peer_random",
         NULL, NULL, true, "the undesired side of a pair"),
    WORD("cicl.show", cicl_show, "pairs|positives", "pairs", NULL, NULL, true,
         "what the text is written from, beside the analysis"),
    WORD("cicl.calls", cicl_calls, "split|merged", "split", NULL, NULL, true,
         "analysis and text in two calls, or in one"),

    INT("pdb.pool", pdb_pool, "20", 0, 1e6, true,
        "nearest users among whom collaborators are looked for; 0: all"),
    INT("pdb.collaborators", pdb_collaborators, "3", 0, 64, false, "users whose personas are joined"),
    INT("pdb.r", pdb_r, "8", 1, 500, true, "items retrieved; the original has 40"),
    NUM("pdb.x", pdb_x, "0.25", 0, 1, false, "share of them that is the collaborators'"),
    INT("pdb.history", pdb_history, "100", 1, 500, false, "newest texts a persona is made from"),
};
// clang-format on

const struct drp_setting *drp_settings_table(size_t *n)
{
    *n = DRP_LEN(table);
    return table;
}

static void *value_of(const struct drp_setting *row, struct drp_settings *s)
{
    return (char *)s + row->offset;
}

/* Place of a word in "a|b|c", -1 when it is none. */
static int place_of(const char *words, struct drp_sv word)
{
    struct drp_sv rest = drp_sv_from(words);
    for (int place = 0; rest.ptr; place++) {
        const size_t bar = drp_sv_find(rest, DRP_SV("|"), 0);
        if (drp_sv_eq(drp_sv_slice(rest, 0, bar), word))
            return place;
        rest = bar == SIZE_MAX ? (struct drp_sv){0} : drp_sv_slice(rest, bar + 1, rest.len);
    }
    return -1;
}

static struct drp_sv word_at(const char *words, int place)
{
    struct drp_sv rest = drp_sv_from(words);
    for (; place > 0; place--)
        rest = drp_sv_slice(rest, drp_sv_find(rest, DRP_SV("|"), 0) + 1, rest.len);
    return drp_sv_slice(rest, 0, drp_sv_find(rest, DRP_SV("|"), 0));
}

static int set_number(const struct drp_setting *row, struct drp_settings *s,
                      struct drp_sv text, struct drp_err *err)
{
    int64_t whole = 0;
    double number = 0;
    const bool is_number = row->type == DRP_SET_INT ? drp_sv_int(text, &whole)
                                                    : drp_sv_double(text, &number);
    if (row->type == DRP_SET_INT)
        number = (double)whole;
    if (!is_number || !(number >= row->min && number <= row->max))
        return drp_fail(err, DRP_EUSAGE, "cannot set '%s' to '%.*s': the range is %g to %g",
                        row->key, DRP_SV_ARG(text), row->min, row->max);
    if (row->type == DRP_SET_INT)
        *(int64_t *)value_of(row, s) = whole;
    else
        *(double *)value_of(row, s) = number;
    return 0;
}

static int set_row(const struct drp_setting *row, struct drp_settings *s,
                   struct drp_sv text, struct drp_err *err)
{
    if (row->type != DRP_SET_WORD)
        return set_number(row, s, text, err);
    const int place = place_of(row->words, text);
    if (place < 0)
        return drp_fail(err, DRP_EUSAGE, "cannot set '%s' to '%.*s': it is one of %s",
                        row->key, DRP_SV_ARG(text), row->words);
    *(int *)value_of(row, s) = place;
    return 0;
}

void drp_settings_init(struct drp_settings *s, enum drp_fidelity fidelity)
{
    for (size_t i = 0; i < DRP_LEN(table); i++) {
        const char *preset = fidelity == DRP_FIDELITY_PAPER      ? table[i].paper
                             : fidelity == DRP_FIDELITY_RELEASED ? table[i].released
                                                                 : NULL;
        if (set_row(&table[i], s, drp_sv_from(preset ? preset : table[i].value), NULL) < 0)
            abort(); /* a row of the table contradicts itself */
    }
}

int drp_settings_set(struct drp_settings *s, struct drp_sv assignment, struct drp_err *err)
{
    const size_t equals = drp_sv_find(assignment, DRP_SV("="), 0);
    if (equals == SIZE_MAX)
        return drp_fail(err, DRP_EUSAGE, "cannot set '%.*s': KEY=VALUE is needed",
                        DRP_SV_ARG(assignment));
    const struct drp_sv key = drp_sv_slice(assignment, 0, equals);
    struct drp_nearest near = drp_nearest_start(key);
    for (size_t i = 0; i < DRP_LEN(table); i++) {
        if (drp_sv_is(key, table[i].key))
            return set_row(&table[i], s,
                           drp_sv_slice(assignment, equals + 1, assignment.len), err);
        drp_nearest_offer(&near, drp_sv_from(table[i].key));
    }
    if (!drp_nearest_is_likely(&near))
        return drp_fail(err, DRP_EUSAGE, "unknown setting '%.*s': drp methods lists all",
                        DRP_SV_ARG(key));
    return drp_fail(err, DRP_EUSAGE,
                    "unknown setting '%.*s': did you mean '%.*s'? drp methods lists all",
                    DRP_SV_ARG(key), DRP_SV_ARG(near.best));
}

void drp_setting_add_value(const struct drp_setting *row, const struct drp_settings *s,
                           struct drp_str *out)
{
    const void *value = (const char *)s + row->offset;
    switch (row->type) {
    case DRP_SET_WORD:
        drp_str_add(out, word_at(row->words, *(const int *)value));
        break;
    case DRP_SET_INT:
        drp_str_addf(out, "%lld", (long long)*(const int64_t *)value);
        break;
    case DRP_SET_NUM:
        drp_str_addf(out, "%g", *(const double *)value);
        break;
    }
}

void drp_settings_write(const struct drp_settings *s, struct drp_jw *w)
{
    struct drp_str text;
    drp_str_init(&text, 256);
    for (size_t i = 0; i < DRP_LEN(table); i++) {
        drp_str_clear(&text);
        drp_setting_add_value(&table[i], s, &text);
        drp_jw_key_str(w, table[i].key, drp_str_sv(&text));
    }
    drp_str_release(&text);
}
