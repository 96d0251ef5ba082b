/* Comparing files of answers: what is compared with, and what came of it. */
#ifndef DRP_GOLDEN_REPORT_H
#define DRP_GOLDEN_REPORT_H

#include "base/arena.h"
#include "base/err.h"
#include "io/json.h"
#include "io/jsonl.h"

/** A folder of answers and the tools that find ours. */
struct golden_folder {
    const char *dir;
    struct drp_punkt *punkt;
    struct drp_treebank *treebank;
    const char *punkt_dir; /* or "builtin" */
};

/** What came out of one file. */
struct golden_report {
    size_t n_cases, n_wrong;
    double largest;          /* difference of a number seen so far       */
    const char *wrong;       /* what differs in the case looked at last  */
    const char *first_wrong; /* in the first wrong case                  */
    int64_t wrong_line;      /* its line, from 1                         */
    struct drp_arena *arena; /* of the case                              */
};

/** Compares the case in one line: 1 equal, 0 differs (report->wrong says in what), or a negative code. */
typedef int golden_line_fn(const struct golden_folder *folder,
                           const struct drp_json_val *line, struct golden_report *report,
                           struct drp_err *err);

/** Compares a whole file; counts its cases. */
typedef int golden_file_fn(const struct golden_folder *folder,
                           struct golden_report *report, struct drp_err *err);

/** Whether two numbers differ by at most `tolerance`; notes the largest difference. */
bool golden_near(double ours, double theirs, double tolerance,
                 struct golden_report *report);

/** Notes what differs; gives 0. */
int golden_differs(struct golden_report *report, const char *what);

/** Counts a case, `equal` or not. */
void golden_count(struct golden_report *report, int equal, int64_t line);

/** Compares every line of a file. **Errors**: those of reading; DRP_EINPUT, a case that cannot be used. */
int golden_lines(const struct golden_folder *folder, const char *file,
                 golden_line_fn *compare, struct golden_report *report,
                 struct drp_err *err) DRP_CHECKED;

/** bm25.jsonl: {"documents", "query", "scores", "top8"} */
golden_line_fn golden_bm25;
/** kmeans.jsonl: {"k", "seed", "points", "labels", "inertia", "iterations", "target", "representatives"} */
golden_line_fn golden_kmeans;
/** porter.jsonl: {"word", "stem"} */
golden_line_fn golden_porter;
/** tokens.jsonl: {"text", "sentences", "words", "bleu_13a"} */
golden_line_fn golden_tokens;
/** metrics_per_pair.jsonl: {"id", "rouge1", "rouge2", "rougeL", "meteor", "bleu"}, of the texts in pairs.jsonl */
golden_file_fn golden_per_pair;
/** metrics_corpus.json: {"bleu", …, "rouge1", "rouge2", "rougeL", "meteor"}, of all of them */
golden_file_fn golden_corpus;

#endif
