/* What can be set about methods by name, apart from the options that all share: `--set trsr.mode=hierarchical`. A
 * key begins with the method it belongs to. Presets set several at once. */
#ifndef DRP_METHOD_SETTINGS_H
#define DRP_METHOD_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "io/json.h"

/** Places of the words of a setting, in the order in which its row of the table lists them. */
enum drp_word {
    DRP_FEATURES_VALIDATED =
        0,            /* drp.features: only what validation confirmed is used       */
    DRP_FEATURES_RAW, /* all claims are used, validated or not                       */
    DRP_DIMENSIONS_SEEDED =
        0,               /* drp.dimensions: three are named, then any                   */
    DRP_DIMENSIONS_OPEN, /* the model finds all of them                                 */
    DRP_VALIDATE_CONTINUE =
        0,              /* drp.validate: in the conversation of the extraction         */
    DRP_VALIDATE_FRESH, /* in one of its own                                           */
    DRP_PASS_FEATURES = 0, /* drp.pass: the summary sees features that were read          */
    DRP_PASS_TEXTS, /* the raw answers                                             */
    DRP_ON = 0,     /* drp.grammar, engine.penalty                                 */
    DRP_OFF,
    DRP_UNCLOSED_DROP =
        0, /* engine.unclosed: thoughts that do not end are no answer           */
    DRP_UNCLOSED_KEEP, /* they are taken for it                                             */
    DRP_ORDER_SHARED =
        0, /* prompt.order: material first, so that more is computed once       */
    DRP_ORDER_RELEASED, /* instruction first, as the released code has it                    */
    DRP_SOURCE_RETRIEVED =
        0, /* intsum.source: the texts most like the one to write            */
    DRP_SOURCE_RECENT, /* the newest                                                     */
    DRP_SOURCE_SAMPLE, /* some at random, the same for every target                      */
    DRP_SOURCE_ALL, /* all that fit                                                   */
    DRP_TRSR_RECURRENT = 0, /* trsr.mode */
    DRP_TRSR_HIERARCHICAL,
    DRP_TRSR_NEWEST =
        0, /* trsr.select: which texts are summarised block by block              */
    DRP_TRSR_RETRIEVED,
    DRP_TRSR_OWN =
        0, /* trsr.raw: raw texts beside the summary: those most like the one to write */
    DRP_TRSR_RECENT, /* the newest trsr.recent ones                                            */
    DRP_TRSR_NONE,
    DRP_NEG_RANDOM =
        0, /* cicl.neg: another user's text about the item: any                   */
    DRP_NEG_DISSIMILAR, /* the one least like the user's                                       */
    DRP_NEG_CENTER, /* the representative of the largest foreign cluster                   */
    DRP_NEG_MODEL, /* what the model writes without knowing the user; a call each         */
    DRP_SHOW_PAIRS =
        0, /* cicl.show: both sides of each pair                                  */
    DRP_SHOW_POSITIVES, /* the user's side only                                                */
    DRP_SPLIT = 0, /* cicl.calls: analysis and text in two calls                          */
    DRP_MERGED, /* in one                                                              */
};

/** A value for every key. Words are enum drp_word; the table says units, ranges and defaults. */
struct drp_settings {
    int drp_features, drp_dimensions, drp_validate, drp_pass, drp_grammar;
    int engine_penalty, engine_unclosed, prompt_order;
    int intsum_source;
    int64_t intsum_k;
    int trsr_mode, trsr_select, trsr_raw;
    int64_t trsr_block, trsr_max_blocks, trsr_recent;
    int cicl_neg, cicl_show, cicl_calls;
    int64_t pdb_pool, pdb_collaborators, pdb_r, pdb_history;
    double pdb_x;
};

/** Presets: the two readings of the paper. */
enum drp_fidelity {
    DRP_FIDELITY_OURS,
    DRP_FIDELITY_PAPER,    /* as the text has it           */
    DRP_FIDELITY_RELEASED, /* as the authors' code has it  */
};

/** One row of the table. */
struct drp_setting {
    const char *key; /* "trsr.mode" */
    enum { DRP_SET_WORD, DRP_SET_INT, DRP_SET_NUM } type;
    size_t offset; /* of its value in struct drp_settings                            */
    const char *words; /* "recurrent|hierarchical"; NULL: a number                       */
    const char *value; /* default, as it would be typed                                  */
    const char *paper; /* of that preset; NULL: the default                              */
    const char *released; /* likewise                                                       */
    double min, max;  /* of numbers                                                     */
    bool inferred;    /* the choice is ours: no source says how it was done             */
    const char *help; /* one line */
};

/** All settings, (n) by method. Static storage. */
const struct drp_setting *drp_settings_table(size_t *n);

/** Sets every key to its default or, where the preset has one, to that. */
void drp_settings_init(struct drp_settings *s, enum drp_fidelity fidelity);

/** Sets one from "key=value". **Errors**: DRP_EUSAGE naming key and words or range, with the nearest key. */
int drp_settings_set(struct drp_settings *s, struct drp_sv assignment,
                     struct drp_err *err) DRP_CHECKED;

/** Writes a member a key. */
void drp_settings_write(const struct drp_settings *s, struct drp_jw *w);

/** Appends a value as it would be typed. */
void drp_setting_add_value(const struct drp_setting *row, const struct drp_settings *s,
                           struct drp_str *out);

#endif
