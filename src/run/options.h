/* Options: one table drives command line, environment, config file, run.json and help.
 * Precedence: command line, environment (DRP_NAME), --config file, default. */
#ifndef DRP_RUN_OPTIONS_H
#define DRP_RUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "io/json.h"
#include "method/settings.h"

/** Verbs, as bits: which options a verb takes. */
enum drp_verb {
    DRP_VERB_DEMO = 1 << 0,
    DRP_VERB_PREPARE = 1 << 1,
    DRP_VERB_STATS = 1 << 2,
    DRP_VERB_SELECT = 1 << 3,
    DRP_VERB_RUN = 1 << 4,
    DRP_VERB_WRITE = 1 << 5,
    DRP_VERB_METHODS = 1 << 6,
    DRP_VERB_EVAL = 1 << 7,
    DRP_VERB_COMPARE = 1 << 8,
    DRP_VERB_WORKER = 1 << 9,
    DRP_VERB_PLAN = 1 << 10,
    DRP_VERB_SHOW = 1 << 11,
    DRP_VERB_DOCTOR = 1 << 12,
    DRP_VERB_FORGET = 1 << 13,
    DRP_VERB_JOURNAL = 1 << 14,
    DRP_VERB_VERIFY = 1 << 15,
    DRP_VERB_COMPLETION = 1 << 16,
    DRP_VERB_MAN = 1 << 17,
    DRP_SHARED =
        1 << 30, /* no verb: what a worker takes from the run where it is given nothing else */
};

/** Options that the table may have at most. */
enum { DRP_MAX_OPTIONS = 128 };

/** Where a value is from, weakest first. */
enum drp_option_source {
    DRP_FROM_DEFAULT, /* the table                           */
    DRP_FROM_PRESET,  /* --task or --fidelity                */
    DRP_FROM_RUN,     /* the run that a worker works at      */
    DRP_FROM_FILE,    /* --config                            */
    DRP_FROM_ENVIRONMENT,
    DRP_FROM_LINE,
};

/** Texts given by a repeatable option, in the order given. */
struct drp_strings {
    struct drp_sv *at;
    size_t n;
};

/** Numbers given by a repeatable option, in the order given. */
struct drp_numbers {
    double *at;
    size_t n;
};

/** A model of the config's `models` table. */
struct drp_model_entry {
    struct drp_sv name, spec, template_name, think_tags;
    int reasoning;           /* 1 yes, -1 no, 0 not said */
    const char *const *urls; /* (n_urls) servers besides that of the SPEC */
    size_t n_urls;
    struct drp_sv key_env;      /* variable that holds the servers' key */
    double price_in, price_out; /* of a million tokens */
    double repeat_penalty;      /* of greedy answers; 0: not said */
};

/** Every option's value. Strings live in the arena given to drp_options_parse(). Units, ranges and defaults: the table. */
struct drp_options {
    /* all verbs */
    bool help, json, quiet, verbose, show_config;
    struct drp_sv config, color;
    /* prepare */
    struct drp_strings reviews, meta;
    struct drp_sv questions, golds, output_field;
    int64_t min_text, min_desc, max_desc, min_item, min_user, max_user, holdout,
        min_profile, min_profile_item, skip_bad;
    /* prepare, run */
    struct drp_sv out;
    /* what is looked at */
    struct drp_sv split;
    struct drp_strings users;
    int64_t limit, items, peers;
    struct drp_sv select;
    bool peers_before_target, include_peers;
    /* models */
    struct drp_sv model, extractor, validator, summarizer, generator, embedder, prompts;
    /* what is made of it */
    struct drp_strings methods;
    struct drp_numbers temperatures, seeds;
    double top_p;
    int64_t repeats, max_tokens, workers;
    bool strict, dry_run, keep_going;
    struct drp_sv journal;
    /* plan */
    int64_t probe; /* seconds; 0: none */
    bool exact;
    /* servers */
    struct drp_sv api_key_file;
    double give_up_after, stall_timeout; /* seconds */
    int64_t max_tokens_total;
    double max_cost;
    /* several processes, one run */
    struct drp_sv run_name;
    int64_t lease, wait;
    /* how methods work */
    struct drp_sv fidelity, validate, evidence, task;
    struct drp_strings set;
    struct drp_settings settings; /* what these come to */
    /* verify */
    int64_t calls, draw;
    /* write */
    struct drp_sv history, others;
    struct drp_sv item, item_title, item_description, title;
    double rating; /* NAN: not given */
    bool explain;
    /* eval, compare */
    struct drp_strings pairs;
    bool per_sample, no_synonyms;
    struct drp_sv punkt, wordnet, baseline, judge;
    int64_t resamples, trials, bootstrap_seed, judge_repeats;

    struct drp_strings args;                   /* what is no option */
    const struct drp_model_entry *model_table; /* (n_models) of the config file */
    size_t n_models;
    enum drp_option_source from[DRP_MAX_OPTIONS]; /* by place in the table */
};

/** What an option's value is. */
enum drp_option_type {
    DRP_OPT_FLAG,
    DRP_OPT_INT,
    DRP_OPT_NUM,
    DRP_OPT_STR,
    DRP_OPT_STRS,  /* repeatable; not split */
    DRP_OPT_NAMES, /* repeatable; also split at commas */
    DRP_OPT_NUMS,  /* repeatable; also split at commas */
    DRP_OPT_INTS,  /* the same, of whole numbers       */
};

/** What a difference in an option means to a run that is continued. */
enum drp_option_rule {
    DRP_RULE_FREE,  /* may differ: does not change any prediction */
    DRP_RULE_FIXED, /* must be the same */
    DRP_RULE_GRID,  /* may have more values: they are added */
};

/** The largest value of a number that has no limit of its own. */
#define DRP_OPT_BIG 1e15

/** One option. */
struct drp_option {
    const char *name; /* without dashes */
    enum drp_option_type type;
    size_t offset;        /* of its value in struct drp_options */
    const char *fallback; /* default as it would be typed; NULL: none */
    double min, max;      /* of numbers */
    const char *choices;  /* "a|b" or NULL */
    const char *value;    /* placeholder in help, e.g. "FILE" */
    const char *help;     /* one line */
    enum drp_option_rule rule;
    unsigned verbs; /* enum drp_verb bits */
};

/**
 * Resolves the options of a verb. `argv[0]` is the verb; what is no option goes to out->args.
 * **Errors**: DRP_EUSAGE naming the option, what is wrong with it, and the nearest name or the range.
 */
int drp_options_parse(unsigned verb, int argc, char **argv, struct drp_arena *arena,
                      struct drp_options *out, struct drp_err *err) DRP_CHECKED;

/**
 * Sets what was not given from an object of options by name, as drp_options_write() makes it; null is passed over.
 * **Errors**: DRP_EUSAGE.
 */
int drp_options_take(struct drp_options *o, const struct drp_json_val *values,
                     struct drp_arena *arena, struct drp_err *err) DRP_CHECKED;

/** Options that belong together: from the one named `first` to the next group's. */
struct drp_option_group {
    const char *title, *first;
};

/** All defaults, for a program that sets options itself; drp_options_settle() comes last. **Errors**: DRP_EBUG. */
int drp_options_default(struct drp_options *out, struct drp_arena *arena,
                        struct drp_err *err) DRP_CHECKED;

/**
 * Sets one option from what would be typed. A value replaces the former one, also of a list that is split at commas; other
 * lists get it added. "config" reads the file. **Errors**: DRP_EUSAGE.
 */
int drp_options_set(struct drp_options *o, const struct drp_option *opt, struct drp_sv text,
                    struct drp_arena *arena, struct drp_err *err) DRP_CHECKED;

/** Applies presets to what was not given, and settings to methods. **Errors**: DRP_EUSAGE. */
int drp_options_settle(struct drp_options *o, struct drp_arena *arena,
                       struct drp_err *err) DRP_CHECKED;

/** The option of a name, NULL when there is none. */
const struct drp_option *drp_option_find(struct drp_sv name);

#endif
