/* BM25 and k-means. */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "select/bm25.h"
#include "select/kmeans.h"
#include "select/representatives.h"

#include "golden_report.h"

#include "base/banned.h"

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

/* {"documents", "query", "scores", "top8"} */
int golden_bm25(const struct golden_folder *folder, const struct drp_json_val *line,
                struct golden_report *report, struct drp_err *err)
{
    (void)folder;
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
        rc = golden_near(ours[d], scores[d], 1e-9, report) ||
             golden_differs(report, "scores");

    uint32_t best[8];
    const size_t n_best = drp_bm25_top(index, query, DRP_LEN(best), best);
    if (rc && n_best != n_top)
        rc = golden_differs(report, "top8");
    for (size_t i = 0; i < n_best && rc; i++)
        rc = (double)best[i] == top[i] || golden_differs(report, "top8");
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
int golden_kmeans(const struct golden_folder *folder, const struct drp_json_val *line,
                  struct golden_report *report, struct drp_err *err)
{
    (void)folder;
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
        return golden_differs(report, "labels");
    if (found.n_rounds != n_rounds)
        return golden_differs(report, "iterations");
    if (!golden_near(found.inertia / scale, inertia / scale, 1e-6, report))
        return golden_differs(report, "inertia");
    if (!same_representatives(&found, (size_t)target,
                              drp_json_get(line, "representatives"), arena))
        return golden_differs(report, "representatives");
    return 1;
out:
    return rc;
}
