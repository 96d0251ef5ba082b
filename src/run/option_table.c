#include "run/option_table.h"

#include <stddef.h>

#include "base/base.h"

#include "base/banned.h"

#define AT(field) offsetof(struct drp_options, field)
#define ALL       (DRP_SHARED - 1)
#define TABLES    (ALL & ~(DRP_VERB_DEMO | DRP_VERB_MAN | DRP_VERB_COMPLETION))
#define DOCTOR    DRP_VERB_DOCTOR
#define PREPARE   DRP_VERB_PREPARE
#define WORKER    DRP_VERB_WORKER
#define SHARED    (DRP_VERB_WORKER | DRP_SHARED)
#define LOOK      (DRP_VERB_SELECT | RUN | DRP_VERB_WRITE | SHARED)
#define MAKE      (RUN | DRP_VERB_WRITE | SHARED)
#define MAKE_HERE (RUN | DRP_VERB_WRITE)
#define ANY_MODEL (MAKE | DRP_VERB_DEMO | VERIFY)
#define ASK       (LOOK | SCORE | DRP_VERB_DEMO | SHOW | VERIFY)
#define SCORE     (DRP_VERB_EVAL | DRP_VERB_COMPARE)
#define RUN       (DRP_VERB_RUN | PLAN) /* a plan takes what its run would */
#define PLAN      DRP_VERB_PLAN
#define SHOW      DRP_VERB_SHOW
#define VERIFY    DRP_VERB_VERIFY
#define WRITE     DRP_VERB_WRITE
#define BIG       DRP_OPT_BIG

// clang-format off
#define FLAG(name, field, rule, verbs, help) \
    {name, DRP_OPT_FLAG, AT(field), NULL, 0, 0, NULL, NULL, help, rule, verbs}
#define INT(name, field, fallback, min, max, value, rule, verbs, help) \
    {name, DRP_OPT_INT, AT(field), fallback, min, max, NULL, value, help, rule, verbs}
#define NUM(name, field, fallback, min, max, value, rule, verbs, help) \
    {name, DRP_OPT_NUM, AT(field), fallback, min, max, NULL, value, help, rule, verbs}
#define TEXT(name, field, fallback, choices, value, rule, verbs, help) \
    {name, DRP_OPT_STR, AT(field), fallback, 0, 0, choices, value, help, rule, verbs}
#define LIST(name, type, field, fallback, min, max, value, rule, verbs, help) \
    {name, type, AT(field), fallback, min, max, NULL, value, help, rule, verbs}
// clang-format on

#define FREE  DRP_RULE_FREE
#define FIXED DRP_RULE_FIXED
#define GRID  DRP_RULE_GRID

static const struct drp_option table[] = {
    LIST("reviews", DRP_OPT_STRS, reviews, NULL, 0, 0, "FILE", FREE, PREPARE,
         "texts: Amazon dumps or own JSON lines; plain, gzip or zstd"),
    LIST("meta", DRP_OPT_STRS, meta, NULL, 0, 0, "FILE", FREE, PREPARE | WRITE,
         "titles and descriptions of the items"),
    TEXT("questions", questions, NULL, NULL, "FILE", FREE, PREPARE,
         "LaMP or LongLaMP questions instead of texts"),
    TEXT("golds", golds, NULL, NULL, "FILE", FREE, PREPARE,
         "outputs of the questions, when these have none"),
    TEXT("output-field", output_field, NULL, NULL, "NAME", FREE, PREPARE,
         "what the user wrote of a profile entry"),
    INT("min-text", min_text, "200", 0, BIG, "N", FREE, PREPARE,
        "shortest text, in characters"),
    INT("min-desc", min_desc, "100", 0, BIG, "N", FREE, PREPARE,
        "shortest item description"),
    INT("max-desc", max_desc, "2000", 0, BIG, "N", FREE, PREPARE,
        "longest item description"),
    INT("min-item", min_item, "8", 1, BIG, "N", FREE, PREPARE, "users an item needs"),
    INT("min-user", min_user, "18", 1, BIG, "N", FREE, PREPARE, "texts a user needs"),
    INT("max-user", max_user, "500", 1, BIG, "N", FREE, PREPARE, "texts a user may have"),
    INT("holdout", holdout, "10", 1, 1000, "N", FREE, PREPARE,
        "last texts of a user that are targets"),
    INT("min-profile", min_profile, "8", 1, BIG, "N", FREE, PREPARE,
        "texts a user needs before those"),
    INT("min-profile-item", min_profile_item, "5", 1, BIG, "N", FREE, PREPARE,
        "users an item needs among those"),
    INT("skip-bad", skip_bad, "0", 0, BIG, "N", FREE, PREPARE, "bad records to tolerate"),

    TEXT("out", out, NULL, NULL, "DIR", FREE, PREPARE | RUN | DOCTOR | DRP_VERB_JOURNAL,
         "folder to write; of journal export: the file"),
    TEXT("journal", journal, NULL, NULL, "FILE|URL", FREE,
         MAKE_HERE | SCORE | WORKER | DOCTOR | DRP_VERB_FORGET | SHOW | VERIFY,
         "calls kept: a file (journal.db of the run), or postgresql://…"),

    LIST("method", DRP_OPT_NAMES, methods, "drp", 0, 0, "NAME", GRID, MAKE | SHOW,
         "methods, or all (drp methods lists them)"),
    TEXT("split", split, "test", "train|val|test", "NAME", FIXED, LOOK, "rows to predict"),
    INT("limit", limit, "0", 0, BIG, "N", FREE, DRP_VERB_SELECT | RUN,
        "first N rows; 0: all"),
    LIST("user", DRP_OPT_NAMES, users, NULL, 0, 0, "ID", FREE,
         DRP_VERB_SELECT | MAKE_HERE | DRP_VERB_DEMO | DRP_VERB_FORGET | SHOW,
         "these users"),
    INT("items", items, "8", 1, 64, "N", FIXED, LOOK,
        "past texts shown, and items compared"),
    INT("peers", peers, "4", 1, 32, "M", FIXED, LOOK, "other users compared with, per item"),
    TEXT("select", select, "item", "item|user", "LEVEL", FIXED, LOOK,
         "cluster reviews of an item, or whole users"),
    FLAG("peers-before-target", peers_before_target, FIXED, LOOK,
         "compare with texts older than the target only"),
    FLAG("include-peers", include_peers, FREE,
         DRP_VERB_SELECT | MAKE_HERE | DRP_VERB_DEMO | SHOW, "show other users' texts"),

    TEXT("model", model, NULL, NULL, "SPEC", FREE, ANY_MODEL | DOCTOR,
         "llama:FILE.gguf or openai:URL#MODEL, for all tasks"),
    TEXT("extractor", extractor, NULL, NULL, "SPEC", FREE, MAKE | DOCTOR | VERIFY,
         "finds differences; --model"),
    TEXT("validator", validator, NULL, NULL, "SPEC", FREE, MAKE | DOCTOR | VERIFY,
         "checks them; --extractor"),
    TEXT("summarizer", summarizer, NULL, NULL, "SPEC", FREE, MAKE | DOCTOR | VERIFY,
         "writes profiles; --model"),
    TEXT("generator", generator, NULL, NULL, "SPEC", FREE, MAKE | DOCTOR | VERIFY,
         "writes texts; --model"),
    TEXT("embedder", embedder, NULL, NULL, "SPEC", FREE, LOOK | DRP_VERB_DEMO | DOCTOR,
         "text vectors; also file:VECTORS.jsonl"),
    TEXT("prompts", prompts, NULL, NULL, "DIR", FREE, MAKE | SCORE | DOCTOR,
         "prompt files to use before ours"),

    LIST("temperature", DRP_OPT_NUMS, temperatures, "0", 0, 2, "T", GRID, MAKE | SHOW,
         "0 is greedy; several make a grid"),
    NUM("top-p", top_p, "0.95", 0, 1, "P", FIXED, MAKE, "nucleus; not used when greedy"),
    LIST("seed", DRP_OPT_INTS, seeds, "42", 0, 4294967295.0, "N", GRID, MAKE | SHOW,
         "of sampling; several make a grid"),
    INT("repeats", repeats, "1", 1, 1000, "N", FREE, RUN | SHARED,
        "predictions of each cell"),
    INT("max-tokens", max_tokens, "0", 0, 1e6, "N", FIXED, MAKE,
        "of every answer; 0: each stage's own cap"),
    FLAG("strict", strict, FIXED, MAKE, "one at a time, nothing reused: the reference"),
    TEXT("fidelity", fidelity, NULL, "paper|released", "READING", FREE, MAKE,
         "the paper's text, or its code"),
    TEXT("validate", validate, NULL, "continue|fresh", "HOW", FREE, MAKE,
         "go on with the extraction, or ask anew"),
    TEXT("evidence", evidence, "on", "on|check|off", "HOW", FIXED, MAKE,
         "count: check claims and add differences"),
    TEXT("task", task, "review", "review|generic", "TASK", FIXED, LOOK,
         "reviews of items, or any input and output"),
    LIST("set", DRP_OPT_STRS, set, NULL, 0, 0, "KEY=VALUE", FREE, MAKE,
         "a setting of a method (drp methods lists them)"),

    INT("workers", workers, "0", 0, 1024, "N", FREE, RUN | WORKER,
        "samples at once; 0: by the model's slots"),
    FLAG("dry-run", dry_run, FREE, DRP_VERB_RUN,
         "show the first sample's prompts, ask nothing"),
    FLAG("keep-going", keep_going, FREE, RUN | SHARED,
         "a failed sample does not end the run"),
    TEXT("name", run_name, NULL, NULL, "NAME", FREE, RUN | WORKER,
         "of a run in PostgreSQL (--out's; the newest)"),
    INT("lease", lease, "60", 3, 86400, "S", FREE, RUN | WORKER,
        "seconds until a silent process loses its samples"),
    INT("wait", wait, "60", 0, 86400, "S", FREE, WORKER,
        "seconds to wait for the run to begin"),
    INT("probe", probe, "30", 0, 3600, "S", FREE, PLAN,
        "seconds of calls that time the models; 0: none, and no time is told"),
    FLAG("exact", exact, FREE, PLAN, "look at every sample, not at 200 of them"),
    INT("calls", calls, "20", 0, BIG, "N", FREE, VERIFY,
        "calls of the journal asked again; 0: all"),
    INT("draw", draw, "1", 0, BIG, "N", FREE, VERIFY, "another number takes other calls"),

    TEXT("api-key-file", api_key_file, NULL, NULL, "FILE", FREE, ASK | DOCTOR,
         "key of servers, mode 0600; or $OPENAI_API_KEY"),
    NUM("give-up-after", give_up_after, "1800", 0, 1e7, "S", FREE, ASK | DOCTOR,
        "seconds a failing call is tried again"),
    NUM("stall-timeout", stall_timeout, "300", 0.001, 1e6, "S", FREE, ASK | DOCTOR,
        "seconds to wait for more of an answer"),
    INT("max-tokens-total", max_tokens_total, "0", 0, BIG, "N", FREE, MAKE | SCORE,
        "end when all calls had so many; 0: no limit"),
    NUM("max-cost", max_cost, "0", 0, BIG, "X", FREE, MAKE | SCORE,
        "end when all calls cost so much; 0: no limit"),

    TEXT("history", history, NULL, NULL, "FILE", FREE, WRITE,
         "texts of the person, instead of a dataset"),
    TEXT("others", others, NULL, NULL, "FILE", FREE, WRITE,
         "texts of other people, to compare with"),
    TEXT("item", item, NULL, NULL, "ID", FREE, WRITE | SHOW, "what to write about"),
    TEXT("item-title", item_title, NULL, NULL, "TEXT", FREE, WRITE,
         "of an item not in the dataset"),
    TEXT("item-description", item_description, NULL, NULL, "TEXT", FREE, WRITE,
         "of an item not in the dataset"),
    NUM("rating", rating, NULL, 0, 100, "R", FREE, WRITE, "rating to write for"),
    TEXT("title", title, NULL, NULL, "TEXT", FREE, WRITE, "title of the text to write"),
    FLAG("explain", explain, FREE, WRITE, "show history, peers, features and profile too"),

    LIST("pairs", DRP_OPT_STRS, pairs, NULL, 0, 0, "FILE", FREE, SCORE,
         "lines {\"id\",\"hypothesis\",\"reference\"}, no run"),
    FLAG("per-sample", per_sample, FREE, DRP_VERB_EVAL, "a line for each text instead"),
    TEXT("baseline", baseline, NULL, NULL, "NAME", FREE, DRP_VERB_COMPARE,
         "method, or number of a run or file; the first"),
    TEXT("punkt", punkt, NULL, NULL, "DIR", FREE, SCORE | DOCTOR,
         "Punkt's parameters; $NLTK_DATA and its like"),
    TEXT("wordnet", wordnet, NULL, NULL, "DIR", FREE, SCORE | DOCTOR,
         "WordNet 3.0; $WNHOME, /usr/share/wordnet"),
    FLAG("no-synonyms", no_synonyms, FREE, SCORE | DOCTOR, "METEOR without WordNet"),
    INT("resamples", resamples, "1000", 1, 1e6, "N", FREE, SCORE, "of the bootstrap"),
    INT("trials", trials, "10000", 1, 1e6, "N", FREE, DRP_VERB_COMPARE,
        "of approximate randomisation"),
    INT("bootstrap-seed", bootstrap_seed, "12345", 0, BIG, "N", FREE, SCORE,
        "of resamples and trials"),
    TEXT("judge", judge, NULL, NULL, "SPEC", FREE, SCORE | DOCTOR,
         "a model that scores (eval) or chooses (compare)"),
    INT("judge-repeats", judge_repeats, "3", 1, 99, "N", FREE, DRP_VERB_EVAL,
        "scores of each text, odd; the median counts"),

    FLAG("json", json, FREE, TABLES, "JSON on stdout"),
    TEXT("config", config, NULL, NULL, "FILE", FREE, ALL,
         "options as JSON, comments allowed"),
    FLAG("show-config", show_config, FREE, ALL, "each option's value and where it is from"),
    TEXT("color", color, "auto", "auto|always|never", "WHEN", FREE, ALL, "colours"),
    FLAG("quiet", quiet, FREE, ALL, "warnings and errors only"),
    FLAG("verbose", verbose, FREE, ALL, "say more"),
    FLAG("help", help, FREE, ALL, "one screen; drp help COMMAND shows everything"),
};

static const struct drp_option_group groups[] = {
    {"Input", "reviews"},          {"Files", "out"},
    {"Samples", "method"},         {"Models", "model"},
    {"Generation", "temperature"}, {"Work", "workers"},
    {"Servers", "api-key-file"},   {"The text", "history"},
    {"Scores", "pairs"},           {"All commands", "json"},
};

const struct drp_option *drp_options_table(size_t *n)
{
    *n = DRP_LEN(table);
    return table;
}

const struct drp_option_group *drp_option_groups(size_t *n)
{
    *n = DRP_LEN(groups);
    return groups;
}
