#include "run/option_table.h"

#include <stddef.h>

#include "base/base.h"

#include "base/banned.h"

#define AT(field) offsetof(struct drp_options, field)
#define ALL       (DRP_VERB_DEMO | MOST)
#define MOST                                                                             \
    (DRP_VERB_PREPARE | DRP_VERB_STATS | DRP_VERB_SELECT | DRP_VERB_RUN |                \
     DRP_VERB_WRITE | DRP_VERB_METHODS | SCORE | WORKER)
#define PREPARE   DRP_VERB_PREPARE
#define WORKER    DRP_VERB_WORKER
#define SHARED    (DRP_VERB_WORKER | DRP_SHARED)
#define LOOK      (DRP_VERB_SELECT | DRP_VERB_RUN | DRP_VERB_WRITE | SHARED)
#define MAKE      (DRP_VERB_RUN | DRP_VERB_WRITE | SHARED)
#define MAKE_HERE (DRP_VERB_RUN | DRP_VERB_WRITE)
#define ANY_MODEL (MAKE | DRP_VERB_DEMO)
#define ASK       (LOOK | SCORE | DRP_VERB_DEMO)
#define SCORE     (DRP_VERB_EVAL | DRP_VERB_COMPARE)
#define RUN       DRP_VERB_RUN
#define WRITE     DRP_VERB_WRITE
#define BIG       1e15

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
         "texts: Amazon 2014, 2018 or 2023 or own JSON lines; plain, gzip or zstd"),
    LIST("meta", DRP_OPT_STRS, meta, NULL, 0, 0, "FILE", FREE, PREPARE,
         "titles and descriptions of the items"),
    TEXT("questions", questions, NULL, NULL, "FILE", FREE, PREPARE,
         "instead of texts: LaMP or LongLaMP questions with profiles; no thresholds"),
    TEXT("golds", golds, NULL, NULL, "FILE", FREE, PREPARE,
         "outputs of the questions, when these do not have them"),
    TEXT("output-field", output_field, NULL, NULL, "NAME", FREE, PREPARE,
         "what the user wrote of a profile entry; default: by its fields"),
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
        "last texts of a user that are targets; the last one is the test"),
    INT("min-profile", min_profile, "8", 1, BIG, "N", FREE, PREPARE,
        "texts a user needs before the held-out ones"),
    INT("min-profile-item", min_profile_item, "5", 1, BIG, "N", FREE, PREPARE,
        "users an item needs among those"),
    INT("skip-bad", skip_bad, "0", 0, BIG, "N", FREE, PREPARE, "bad records to tolerate"),
    TEXT("out", out, NULL, NULL, "DIR", FREE, PREPARE | RUN, "folder to write"),

    LIST("method", DRP_OPT_NAMES, methods, "drp", 0, 0, "NAME", GRID, MAKE,
         "methods, or all (drp methods lists them)"),
    TEXT("split", split, "test", "train|val|test", "NAME", FIXED, LOOK, "rows to predict"),
    INT("limit", limit, "0", 0, BIG, "N", FREE, DRP_VERB_SELECT | RUN,
        "first N rows; 0: all"),
    LIST("user", DRP_OPT_NAMES, users, NULL, 0, 0, "ID", FREE,
         DRP_VERB_SELECT | MAKE_HERE | DRP_VERB_DEMO, "these users only"),
    INT("items", items, "8", 1, 64, "N", FIXED, LOOK,
        "past texts shown, and items compared"),
    INT("peers", peers, "4", 1, 32, "M", FIXED, LOOK, "other users compared with, per item"),
    TEXT("select", select, "item", "item|user", "LEVEL", FIXED, LOOK,
         "cluster the reviews of an item, or whole users"),
    FLAG("peers-before-target", peers_before_target, FIXED, LOOK,
         "compare with texts older than the target only"),
    FLAG("include-peers", include_peers, FREE,
         DRP_VERB_SELECT | MAKE_HERE | DRP_VERB_DEMO, "show other users' texts"),

    TEXT("model", model, NULL, NULL, "SPEC", FREE, ANY_MODEL,
         "llama:PATH.gguf[?ctx=N&slots=N&threads=N&gpu_layers=N] or "
         "openai:URL#MODEL[?concurrency=N&ctx=N&revision=NAME]; default: the small one"),
    TEXT("extractor", extractor, NULL, NULL, "SPEC", FREE, MAKE,
         "finds differences; --model"),
    TEXT("validator", validator, NULL, NULL, "SPEC", FREE, MAKE, "checks them; --extractor"),
    TEXT("summarizer", summarizer, NULL, NULL, "SPEC", FREE, MAKE,
         "writes profiles; --model"),
    TEXT("generator", generator, NULL, NULL, "SPEC", FREE, MAKE, "writes texts; --model"),
    TEXT("embedder", embedder, NULL, NULL, "SPEC", FREE, LOOK | DRP_VERB_DEMO,
         "text vectors: llama:PATH.gguf, openai:URL#MODEL or file:VECTORS.jsonl"),
    TEXT("prompts", prompts, NULL, NULL, "DIR", FREE, MAKE | SCORE,
         "prompt files to use before ours"),

    LIST("temperature", DRP_OPT_NUMS, temperatures, "0", 0, 2, "T", GRID, MAKE,
         "0 is greedy; several make a grid"),
    NUM("top-p", top_p, "0.95", 0, 1, "P", FIXED, MAKE, "nucleus; not used when greedy"),
    LIST("seed", DRP_OPT_NUMS, seeds, "42", 0, 4294967295.0, "N", GRID, MAKE,
         "of sampling; several make a grid"),
    INT("repeats", repeats, "1", 1, 1000, "N", FREE, RUN | SHARED,
        "predictions of each cell"),
    INT("max-tokens", max_tokens, "0", 0, 1e6, "N", FIXED, MAKE,
        "of every answer; 0: each stage's own cap"),
    INT("workers", workers, "0", 0, 1024, "N", FREE, RUN | WORKER,
        "samples at once; 0: by the model's slots"),
    FLAG("strict", strict, FIXED, MAKE, "one at a time, nothing reused: the reference"),
    TEXT("fidelity", fidelity, NULL, "paper|released", "READING", FREE, MAKE,
         "as the paper's text or the authors' code has it; sets several options"),
    TEXT("validate", validate, NULL, "continue|fresh", "HOW", FREE, MAKE,
         "in the conversation of the extraction, or in one of its own"),
    TEXT("evidence", evidence, "on", "on|check|off", "HOW", FIXED, MAKE,
         "count what can be counted: check claims and add strong differences"),
    TEXT("task", task, "review", "review|generic", "TASK", FIXED, LOOK,
         "reviews of items, or any input and output (then --select user)"),
    LIST("set", DRP_OPT_STRS, set, NULL, 0, 0, "KEY=VALUE", FREE, MAKE,
         "a setting of a method (drp methods lists them)"),
    TEXT("journal", journal, NULL, NULL, "FILE|URL", FREE, MAKE_HERE | SCORE | WORKER,
         "calls kept: a file, or postgresql://…; default: journal.db of the run"),
    TEXT("name", run_name, NULL, NULL, "NAME", FREE, RUN | WORKER,
         "of a run in PostgreSQL; default: the folder of --out, the newest unfinished run"),
    INT("lease", lease, "60", 3, 86400, "S", FREE, RUN | WORKER,
        "seconds until others take the samples of a process that fell silent"),
    INT("wait", wait, "60", 0, 86400, "S", FREE, WORKER,
        "seconds to wait for the run to begin"),
    TEXT("api-key-file", api_key_file, NULL, NULL, "FILE", FREE, ASK,
         "key of servers, in a file of mode 0600; default: $OPENAI_API_KEY"),
    NUM("give-up-after", give_up_after, "1800", 0, 1e7, "SECONDS", FREE, ASK,
        "how long a call to a server that fails is tried again, at least 8 times"),
    NUM("stall-timeout", stall_timeout, "300", 0.001, 1e6, "SECONDS", FREE, ASK,
        "longest wait for the next piece of a server's answer"),
    INT("max-tokens-total", max_tokens_total, "0", 0, BIG, "N", FREE, MAKE | SCORE,
        "ask nothing more when prompts and answers have so many; 0: no limit"),
    NUM("max-cost", max_cost, "0", 0, BIG, "X", FREE, MAKE | SCORE,
        "ask nothing more when calls have cost so much, by the models' prices; 0: no limit"),
    FLAG("dry-run", dry_run, FREE, RUN, "show the prompts of the first sample, ask nothing"),
    FLAG("keep-going", keep_going, FREE, RUN | SHARED,
         "a failed sample does not end the run"),

    TEXT("item", item, NULL, NULL, "ID", FREE, WRITE, "what to write about"),
    TEXT("item-title", item_title, NULL, NULL, "TEXT", FREE, WRITE,
         "of an item not in the dataset"),
    TEXT("item-description", item_description, NULL, NULL, "TEXT", FREE, WRITE,
         "of an item not in the dataset"),
    NUM("rating", rating, NULL, 0, 100, "R", FREE, WRITE, "rating to write for"),
    TEXT("title", title, NULL, NULL, "TEXT", FREE, WRITE, "title of the text to write"),
    FLAG("explain", explain, FREE, WRITE, "show history, peers, features and profile too"),

    LIST("pairs", DRP_OPT_STRS, pairs, NULL, 0, 0, "FILE", FREE, SCORE,
         "JSON lines {\"id\", \"hypothesis\", \"reference\"} instead of a run"),
    FLAG("per-sample", per_sample, FREE, DRP_VERB_EVAL, "a line for each text instead"),
    TEXT("baseline", baseline, NULL, NULL, "NAME", FREE, DRP_VERB_COMPARE,
         "method, or number of a run or file, to compare with; default: the first"),
    TEXT("punkt", punkt, NULL, NULL, "DIR", FREE, SCORE,
         "Punkt's parameters in NLTK's layout; default: $NLTK_DATA and its like, else ours"),
    TEXT("wordnet", wordnet, NULL, NULL, "DIR", FREE, SCORE,
         "WordNet 3.0; default: $WNHOME, /usr/share/wordnet"),
    FLAG("no-synonyms", no_synonyms, FREE, SCORE, "METEOR without WordNet"),
    INT("resamples", resamples, "1000", 1, 1e6, "N", FREE, SCORE, "of the bootstrap"),
    INT("trials", trials, "10000", 1, 1e6, "N", FREE, DRP_VERB_COMPARE,
        "of approximate randomisation"),
    INT("bootstrap-seed", bootstrap_seed, "12345", 0, BIG, "N", FREE, SCORE,
        "of resamples and trials"),
    TEXT("judge", judge, NULL, NULL, "SPEC", FREE, SCORE,
         "a model that scores texts (eval), or chooses between two (compare)"),
    INT("judge-repeats", judge_repeats, "3", 1, 99, "N", FREE, DRP_VERB_EVAL,
        "scores of each text, an odd number; the median counts"),

    FLAG("json", json, FREE, ALL, "JSON on stdout"),
    TEXT("config", config, NULL, NULL, "FILE", FREE, ALL,
         "options as JSON, comments allowed"),
    TEXT("color", color, "auto", "auto|always|never", "WHEN", FREE, ALL, "colours"),
    FLAG("quiet", quiet, FREE, ALL, "warnings and errors only"),
    FLAG("verbose", verbose, FREE, ALL, "say more"),
    FLAG("help", help, FREE, ALL, "this page"),
};

const struct drp_option *drp_options_table(size_t *n)
{
    *n = DRP_LEN(table);
    return table;
}
