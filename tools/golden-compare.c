/*
 * golden-compare DIR [PUNKT]: compares what drp computes with the answers of other programs that lie in DIR
 * (tools/golden.py writes some). One line a file; exit status 1 when an answer differs, 2 or 3 when nothing could
 * be compared. PUNKT: the folder of the sentence splitter's parameters that the answers were made with; without
 * it, the built-in ones.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "text/treebank.h"

#include "golden-lib/golden_report.h"

#include "base/banned.h"

/* Every file that golden.py writes. One of `line` and `file` compares it; neither: another file's input, or not built yet. */
static const struct golden {
    const char *name;
    golden_line_fn *line;
    golden_file_fn *file;
    const char *largest_of; /* what the difference that is printed is of; NULL: nothing has digits */
    const char *remark; /* why it is not compared */
} GOLDEN[] = {
    {"bm25.jsonl", golden_bm25, NULL, "scores", NULL},
    {"kmeans.jsonl", golden_kmeans, NULL, "inertia, relative", NULL},
    {"metrics_corpus.json", NULL, golden_corpus, "scores", NULL},
    {"metrics_per_pair.jsonl", NULL, golden_per_pair, "scores", NULL},
    {"pairs.jsonl", NULL, NULL, NULL, "texts of the two files above"},
    {"porter.jsonl", golden_porter, NULL, NULL, NULL},
    {"tokens.jsonl", golden_tokens, NULL, NULL, NULL},
    {"uvq_reference.jsonl", NULL, NULL, NULL, "not compared"},
};

static const struct golden *find_golden(const char *name)
{
    for (size_t i = 0; i < DRP_LEN(GOLDEN); i++) {
        if (strcmp(GOLDEN[i].name, name) == 0)
            return &GOLDEN[i];
    }
    return NULL;
}

static void print_report(const struct golden *golden, const struct golden_report *report)
{
    printf("%-24s %5zu case%s", golden->name, report->n_cases,
           report->n_cases == 1 ? "" : "s");
    if (golden->largest_of)
        printf(", largest difference %.1e (%s)", report->largest, golden->largest_of);
    if (report->n_wrong > 0)
        printf(", %zu DIFFER, first in line %lld: %s", report->n_wrong,
               (long long)report->wrong_line, report->first_wrong);
    putchar('\n');
}

static int compare_file(const struct golden_folder *folder, const struct golden *golden,
                        struct drp_err *err)
{
    struct golden_report report = {0};
    if (golden->remark) {
        printf("%-24s %s\n", golden->name, golden->remark);
        return 0;
    }
    const int rc = golden->file
                       ? golden->file(folder, &report, err)
                       : golden_lines(folder, golden->name, golden->line, &report, err);
    if (rc < 0)
        return rc;
    if (report.n_cases == 0)
        return drp_fail(err, DRP_EINPUT, "cannot compare '%s': it holds no case",
                        golden->name);
    print_report(golden, &report);
    return report.n_wrong > 0 ? DRP_ENEGATIVE : 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Compares each known file; gives the worst exit status. */
static int compare_folder(const struct golden_folder *folder)
{
    struct dirent **entries = NULL;
    const int n = scandir(folder->dir, &entries, is_shown, by_name);
    int status = 0, n_known = 0;
    for (int i = 0; i < n; i++) {
        struct drp_err err = {0};
        const struct golden *golden = find_golden(entries[i]->d_name);
        if (!golden)
            printf("%-24s not known\n", entries[i]->d_name);
        n_known += golden != NULL;
        const int rc = golden ? compare_file(folder, golden, &err) : 0;
        if (rc < 0 && rc != DRP_ENEGATIVE)
            fprintf(stderr, "golden: %s: %s\n", golden->name, err.text);
        status = DRP_MAX(status, drp_exit_status(rc));
        free(entries[i]);
    }
    free(entries);
    if (n_known == 0) {
        fprintf(stderr, "golden: cannot compare '%s': no known file there\n", folder->dir);
        return drp_exit_status(DRP_ENOTFOUND);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct drp_err err = {0};
    if (argc < 2 || argc > 3) {
        fputs("usage: golden-compare DIR [PUNKT]\n", stderr);
        return drp_exit_status(DRP_EUSAGE);
    }
    struct golden_folder folder = {.dir = argv[1],
                                   .punkt_dir = argc > 2 ? argv[2] : "builtin"};
    const int rc = drp_punkt_open(folder.punkt_dir, &folder.punkt, &err);
    if (rc < 0) {
        fprintf(stderr, "golden: %s\n", err.text);
        return drp_exit_status(rc);
    }
    folder.treebank = drp_treebank_new(folder.punkt);
    const int status = compare_folder(&folder);
    drp_treebank_free(folder.treebank);
    drp_punkt_free(folder.punkt);
    return status;
}
