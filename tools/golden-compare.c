/*
 * golden-compare DIR [PUNKT]: compares what drp computes with the answers of other programs that lie in DIR
 * (tools/golden.py writes some). One line a file; exit status 1 when an answer differs, 2 or 3 when nothing could
 * be compared. PUNKT, the parameters of a sentence splitter, has no use yet.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "io/json.h"
#include "io/jsonl.h"
#include "select/bm25.h"
#include "select/kmeans.h"
#include "select/representatives.h"

#include "base/banned.h"

/* What came out of one file. */
struct report {
    size_t n_cases, n_wrong;
    double largest;          /* difference of a number seen so far       */
    const char *wrong;       /* what differs in the first wrong case     */
    int64_t wrong_line;      /* its line, from 1                         */
    struct drp_arena *arena; /* of the case                              */
};

/* Compares the case in one line: 1 equal, 0 differs (report->wrong says in what), or a negative code. */
typedef int compare_fn(const struct drp_json_val *line, struct report *report,
                       struct drp_err *err);

/* An array of numbers in the arena. */
static int read_numbers(const struct drp_json_val *line, const char *key,
                        struct drp_arena *arena, double **at, size_t *n,
                        struct drp_err *err)
{
    const struct drp_json_val *array = drp_json_get(line, key);
    if (drp_json_type(array) != DRP_JSON_ARR)
        return drp_fail(err, DRP_EINPUT, "cannot read '%s': expected an array, found %s",
                        key, drp_json_type_words(drp_json_type(array)));
    *n = drp_json_len(array);
    *at = drp_arena_new(arena, double, *n);
    struct drp_json_iter it = {0};
    for (size_t i = 0; i < *n; i++)
        (*at)[i] = drp_json_num(drp_json_next(array, &it, NULL), NAN);
    return 0;
}

static bool near(double ours, double theirs, double tolerance, struct report *report)
{
    const double difference = fabs(ours - theirs);
    report->largest = fmax(report->largest, difference);
    return difference <= tolerance;
}

static int differs(struct report *report, const char *what)
{
    report->wrong = what;
    return 0;
}

/* {"documents", "query", "scores", "top8"} */
static int compare_bm25(const struct drp_json_val *line, struct report *report,
                        struct drp_err *err)
{
    int rc = 1;
    double *scores, *top;
    size_t n, n_top;
    struct drp_arena *arena = report->arena;
    struct drp_intern words = {0};
    struct drp_bm25 *index = NULL;
    DRP_TRY(rc, read_numbers(line, "scores", arena, &scores, &n, err));
    DRP_TRY(rc, read_numbers(line, "top8", arena, &top, &n_top, err));

    struct drp_bm25_text *documents = drp_arena_new(arena, struct drp_bm25_text, n);
    const struct drp_json_val *array = drp_json_get(line, "documents");
    struct drp_json_iter it = {0};
    for (size_t d = 0; d < n; d++)
        documents[d].head =
            drp_terms_add(&words, drp_json_str(drp_json_next(array, &it, NULL)), arena);
    const struct drp_bm25_text query = {
        .head = drp_terms_find(&words, drp_json_str(drp_json_get(line, "query")), arena)};
    index = drp_bm25_new(documents, n);
    double *ours = drp_arena_new(arena, double, n);
    drp_bm25_scores(index, query, ours);
    rc = 1;
    for (size_t d = 0; d < n && rc; d++)
        rc = near(ours[d], scores[d], 1e-9, report) || differs(report, "scores");

    uint32_t best[8];
    const size_t n_best = drp_bm25_top(index, query, DRP_LEN(best), best);
    if (rc && n_best != n_top)
        rc = differs(report, "top8");
    for (size_t i = 0; i < n_best && rc; i++)
        rc = (double)best[i] == top[i] || differs(report, "top8");
out:
    drp_bm25_free(index);
    drp_intern_release(&words);
    return rc;
}

/* True when one numbering can be turned into the other. */
static bool same_partition(const int32_t *ours, const double *theirs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            if ((ours[i] == ours[j]) != (theirs[i] == theirs[j]))
                return false;
        }
    }
    return true;
}

static bool holds(const struct drp_json_val *array, size_t row)
{
    struct drp_json_iter it = {0};
    for (const struct drp_json_val *v; (v = drp_json_next(array, &it, NULL));) {
        if (drp_json_num(v, -1) == (double)row)
            return true;
    }
    return false;
}

/* One of ours for each of theirs, in any order; theirs list all rows that are equally near. A row is in one cluster,
 * so it can be in one list only. */
static bool same_representatives(const struct drp_kmeans *found, size_t target,
                                 const struct drp_json_val *expected,
                                 struct drp_arena *arena)
{
    size_t *nearest = drp_arena_new(arena, size_t, found->k), n_ours = 0, n_found = 0;
    drp_representatives(found, nearest);
    for (size_t k = 0; k < found->k; k++) {
        if (nearest[k] == DRP_NO_POINT || (int32_t)k == found->labels[target])
            continue;
        n_ours++;
        struct drp_json_iter it = {0};
        for (const struct drp_json_val *v; (v = drp_json_next(expected, &it, NULL));)
            n_found += holds(v, nearest[k]);
    }
    return n_ours == drp_json_len(expected) && n_found == n_ours;
}

static int read_points(const struct drp_json_val *array, struct drp_arena *arena,
                       struct drp_points *out, struct drp_err *err)
{
    const size_t n = drp_json_len(array), d = drp_json_len(drp_json_at(array, 0));
    float *values = drp_arena_new(arena, float, drp_size_mul(n, d));
    struct drp_json_iter rows = {0};
    for (size_t i = 0; i < n; i++) {
        const struct drp_json_val *row = drp_json_next(array, &rows, NULL);
        struct drp_json_iter it = {0};
        if (drp_json_len(row) != d)
            return drp_fail(err, DRP_EINPUT, "cannot read 'points': lengths differ");
        for (size_t c = 0; c < d; c++)
            values[i * d + c] = (float)drp_json_num(drp_json_next(row, &it, NULL), NAN);
    }
    *out = (struct drp_points){values, n, d};
    return 0;
}

/* A smaller sum of squared distances of unit vectors is rounding in the float32 of the package. */
static const double LEAST_INERTIA = 1e-2;

/* {"k", "seed", "points", "labels", "inertia", "iterations", "target", "representatives"} */
static int compare_kmeans(const struct drp_json_val *line, struct report *report,
                          struct drp_err *err)
{
    int rc = 0;
    struct drp_points points = {0};
    double *labels = NULL;
    size_t n_labels = 0;
    int64_t k = 0, seed = 0, target = 0, n_rounds = 0;
    drp_json_int(drp_json_get(line, "k"), &k);
    drp_json_int(drp_json_get(line, "seed"), &seed);
    drp_json_int(drp_json_get(line, "target"), &target);
    drp_json_int(drp_json_get(line, "iterations"), &n_rounds);
    const double inertia = drp_json_num(drp_json_get(line, "inertia"), NAN);
    struct drp_arena *arena = report->arena;
    DRP_TRY(rc, read_points(drp_json_get(line, "points"), arena, &points, err));
    DRP_TRY(rc, read_numbers(line, "labels", arena, &labels, &n_labels, err));
    if (n_labels != points.n || target < 0 || (size_t)target >= points.n || k < 0 ||
        seed < 0 || seed > UINT32_MAX)
        return drp_fail(err, DRP_EINPUT, "cannot use the case: its fields do not fit");

    const struct drp_kmeans_opts opts = {.seed = (uint32_t)seed};
    struct drp_kmeans found;
    DRP_TRY(rc, drp_kmeans_fit(points, (size_t)k, &opts, arena, &found, err));
    const double scale = fmax(inertia, LEAST_INERTIA);
    if (!same_partition(found.labels, labels, points.n))
        return differs(report, "labels");
    if (found.n_rounds != n_rounds)
        return differs(report, "iterations");
    if (!near(found.inertia / scale, inertia / scale, 1e-6, report))
        return differs(report, "inertia");
    if (!same_representatives(&found, (size_t)target,
                              drp_json_get(line, "representatives"), arena))
        return differs(report, "representatives");
    return 1;
out:
    return rc;
}

/* Every file that golden.py writes. NULL: what it is about is not built yet. */
static const struct golden {
    const char *file;
    compare_fn *compare;
    const char *largest_of; /* what the difference that is printed is of */
} GOLDEN[] = {
    {"bm25.jsonl", compare_bm25, "scores"},
    {"kmeans.jsonl", compare_kmeans, "inertia, relative"},
    {"metrics_corpus.json", NULL, NULL},
    {"metrics_per_pair.jsonl", NULL, NULL},
    {"pairs.jsonl", NULL, NULL},
    {"porter.jsonl", NULL, NULL},
    {"tokens.jsonl", NULL, NULL},
    {"uvq_reference.jsonl", NULL, NULL},
};

static const struct golden *find_golden(const char *file)
{
    for (size_t i = 0; i < DRP_LEN(GOLDEN); i++) {
        if (strcmp(GOLDEN[i].file, file) == 0)
            return &GOLDEN[i];
    }
    return NULL;
}

/* Compares all lines of a file. */
static int compare_lines(const char *path, compare_fn *compare, struct report *report,
                         struct drp_err *err)
{
    int rc = 0;
    struct drp_jsonl *lines = NULL;
    const struct drp_json_val *line;
    struct drp_arena arena = {0};
    report->arena = &arena;
    DRP_TRY(rc, drp_jsonl_open(path, 0, &lines, err));
    for (;;) {
        DRP_TRY(rc, drp_jsonl_next(lines, &line, err));
        if (rc == 0)
            break;
        const char *const first = report->wrong;
        rc = compare(line, report, err);
        if (rc < 0) {
            drp_err_prefix(err, "%s line %lld", path, (long long)drp_jsonl_line(lines));
            goto out;
        }
        report->n_cases++;
        report->n_wrong += rc == 0;
        if (rc == 0 && report->n_wrong == 1)
            report->wrong_line = drp_jsonl_line(lines);
        if (first)
            report->wrong = first;
        drp_arena_release(&arena);
    }
    if (report->n_cases == 0)
        rc = drp_fail(err, DRP_EINPUT, "cannot compare '%s': it holds no case", path);
out:
    report->arena = NULL;
    drp_arena_release(&arena);
    drp_jsonl_free(lines);
    return rc;
}

static int compare_file(const char *dir, const struct golden *golden, struct drp_err *err)
{
    int rc = 0;
    struct report report = {0};
    struct drp_str path;
    drp_str_init(&path, 4096);
    if (!golden->compare) {
        printf("%-24s not compared\n", golden->file);
        goto out;
    }
    DRP_TRY(rc, compare_lines(drp_fs_join(&path, dir, golden->file), golden->compare,
                              &report, err));
    printf("%-24s %4zu cases, largest difference %.1e (%s)", golden->file, report.n_cases,
           report.largest, golden->largest_of);
    if (report.n_wrong > 0)
        printf(", %zu DIFFER, first in line %lld: %s", report.n_wrong,
               (long long)report.wrong_line, report.wrong);
    putchar('\n');
    rc = report.n_wrong > 0 ? DRP_ENEGATIVE : 0;
out:
    drp_str_release(&path);
    return rc;
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
static int compare_folder(const char *dir)
{
    struct dirent **entries = NULL;
    const int n = scandir(dir, &entries, is_shown, by_name);
    int status = 0, n_known = 0;
    for (int i = 0; i < n; i++) {
        struct drp_err err = {0};
        const struct golden *golden = find_golden(entries[i]->d_name);
        if (!golden)
            printf("%-24s not known\n", entries[i]->d_name);
        n_known += golden != NULL;
        const int rc = golden ? compare_file(dir, golden, &err) : 0;
        if (rc < 0 && rc != DRP_ENEGATIVE)
            fprintf(stderr, "golden: %s\n", err.text);
        status = DRP_MAX(status, drp_exit_status(rc));
        free(entries[i]);
    }
    free(entries);
    if (n_known == 0) {
        fprintf(stderr, "golden: cannot compare '%s': no known file there\n", dir);
        return drp_exit_status(DRP_ENOTFOUND);
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3) {
        fputs("usage: golden-compare DIR [PUNKT]\n", stderr);
        return drp_exit_status(DRP_EUSAGE);
    }
    return compare_folder(argv[1]);
}
