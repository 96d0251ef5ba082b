/* Works on centred rows. Few points in many dimensions are first turned into as few dimensions as they
 * span: k-means knows only distances, and those stay. */
#include "select/kmeans.h"

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/rng.h"

#include "base/banned.h"

enum { DEFAULT_MAX_ROUNDS = 300 };
static const double DEFAULT_TOLERANCE = 1e-4;

/* Up to so many points the matrix of their products is cheaper than the distances to candidates and centres. */
enum { MAX_REDUCED_POINTS = 64 };

/* Sums that differ by less, relatively, are equal but for rounding: which of two rows that are each other's
 * nearest is taken leaves the same sum. */
static const double EQUAL_SUMS = 1e-9;

/* Squared distances below this part of the points' variance are rounding. */
static const double ZERO_DISTANCE = 1e-24;

struct work {
    size_t n, k;
    struct drp_rows x;       /* (n) centred                                     */
    struct drp_rows centres; /* (k)                                             */
    struct drp_rows next;    /* (k) centres being made                          */
    int32_t *labels;         /* (n) of this round                               */
    int32_t *before;         /* (n) of the round before                         */
    double *distances;       /* (n) squared, to the nearest centre              */
    int32_t *owner_of;       /* (n) cluster whose mean the row went into        */
    size_t *n_owned;         /* (k) rows that went into the mean                */
    double variance;         /* summed over columns                             */
    uint32_t n_rounds;
};

static double to_row(const struct work *w, size_t i, const double *centre)
{
    return drp_squared_distance(drp_rows_at(w->x, i), centre, w->x.width);
}

/* The first row whose running sum reaches `value`; the last one when rounding hides it. */
static size_t find_running_sum(const double *parts, size_t n, double value)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        sum += parts[i];
        if (sum >= value)
            return i;
    }
    return n - 1;
}

/* What the nearest distances become with row `candidate` as a further centre; gives their sum. */
static double try_centre(const struct work *w, size_t candidate, const double *nearest,
                         double *after)
{
    const double *row = drp_rows_at(w->x, candidate);
    double sum = 0;
    for (size_t i = 0; i < w->n; i++) {
        after[i] = fmin(nearest[i], to_row(w, i, row));
        sum += after[i];
    }
    return sum;
}

/* One round of k-means++: of a few candidates drawn by their distance, the one that leaves least. All
 * are drawn before any is tried, and the same number always, as numpy's vector of draws is. */
static size_t draw_centre(struct work *w, struct drp_rng *rng, double *potential,
                          double *after[2])
{
    enum { MAX_TRIALS = 32 };
    size_t candidates[MAX_TRIALS], chosen = 0;
    const size_t n_trials = 2 + (size_t)log((double)w->k);
    for (size_t t = 0; t < n_trials; t++)
        candidates[t] =
            find_running_sum(w->distances, w->n, drp_rng_double(rng) * *potential);

    double best = INFINITY;
    for (size_t t = 0; t < n_trials; t++) {
        const double sum = try_centre(w, candidates[t], w->distances, after[0]);
        if (t > 0 && !(sum < best * (1 - EQUAL_SUMS)))
            continue;
        double *const swap = after[0];
        after[0] = after[1];
        after[1] = swap;
        best = sum;
        chosen = candidates[t];
    }
    memcpy(w->distances, after[1], w->n * sizeof *w->distances);
    *potential = best;
    return chosen;
}

static void set_centre(struct work *w, size_t c, size_t row)
{
    memcpy(drp_rows_at(w->centres, c), drp_rows_at(w->x, row), w->x.width * sizeof(double));
}

/* Greedy k-means++. */
static void choose_centres(struct work *w, uint32_t seed, struct drp_arena *scratch)
{
    struct drp_rng rng;
    drp_rng_init(&rng, seed);
    double *after[2] = {drp_arena_new(scratch, double, w->n),
                        drp_arena_new(scratch, double, w->n)};
    const size_t first = (size_t)(drp_rng_double(&rng) * (double)w->n);
    set_centre(w, 0, first);
    for (size_t i = 0; i < w->n; i++)
        w->distances[i] = INFINITY;
    double potential = try_centre(w, first, w->distances, after[0]);
    memcpy(w->distances, after[0], w->n * sizeof *w->distances);
    for (size_t c = 1; c < w->k; c++)
        set_centre(w, c, draw_centre(w, &rng, &potential, after));
}

/* Labels every row with its nearest centre, the lowest number on ties. */
static void assign(struct work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        size_t nearest = 0;
        double least = to_row(w, i, drp_rows_at(w->centres, 0));
        for (size_t c = 1; c < w->k; c++) {
            const double distance = to_row(w, i, drp_rows_at(w->centres, c));
            if (distance < least) {
                least = distance;
                nearest = c;
            }
        }
        w->labels[i] = (int32_t)nearest;
        w->distances[i] = least;
    }
}

/* The row farthest from the centre it was just assigned to that was not moved yet. */
static size_t farthest_row(const struct work *w)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < w->n; i++) {
        const bool moved = w->owner_of[i] != w->labels[i];
        if (!moved && (best == SIZE_MAX || w->distances[i] > w->distances[best]))
            best = i;
    }
    return best;
}

/* Each empty cluster, in order, takes the farthest row into its mean; labels stay for this round. Empty are those
 * that were so before any row moved. */
static void fill_empty_clusters(struct work *w)
{
    size_t n_empty = 0;
    double largest = 0;
    for (size_t c = 0; c < w->k; c++)
        n_empty += w->n_owned[c] == 0;
    for (size_t i = 0; i < w->n; i++)
        largest = fmax(largest, w->distances[i]);
    if (n_empty == 0 || largest <= ZERO_DISTANCE * w->variance)
        return;

    for (size_t c = 0, left = n_empty; left > 0; c++) {
        bool was_empty = true;
        for (size_t i = 0; i < w->n && was_empty; i++)
            was_empty = w->labels[i] != (int32_t)c;
        if (!was_empty)
            continue;
        const size_t row = farthest_row(w);
        w->n_owned[w->owner_of[row]]--;
        w->owner_of[row] = (int32_t)c;
        w->n_owned[c] = 1;
        left--;
    }
}

static size_t fullest_cluster(const struct work *w)
{
    size_t best = 0;
    for (size_t c = 1; c < w->k; c++) {
        if (w->n_owned[c] > w->n_owned[best])
            best = c;
    }
    return best;
}

/* Means of the rows by owner into `next`; a cluster that is empty still gets that of the fullest. */
static void average(struct work *w)
{
    const size_t row_bytes = w->x.width * sizeof(double);
    memset(w->next.at, 0, w->k * row_bytes);
    for (size_t i = 0; i < w->n; i++)
        drp_row_add(drp_rows_at(w->next, (size_t)w->owner_of[i]), drp_rows_at(w->x, i),
                    w->x.width);
    for (size_t c = 0; c < w->k; c++) {
        double *mean = drp_rows_at(w->next, c);
        for (size_t j = 0; j < w->x.width && w->n_owned[c] > 0; j++)
            mean[j] /= (double)w->n_owned[c];
    }
    const size_t fullest = fullest_cluster(w);
    for (size_t c = 0; c < w->k; c++) {
        if (w->n_owned[c] == 0)
            memcpy(drp_rows_at(w->next, c), drp_rows_at(w->next, fullest), row_bytes);
    }
}

/* Moves the centres to the means of their rows; gives the sum of the squared shifts. */
static double update(struct work *w)
{
    memset(w->n_owned, 0, w->k * sizeof *w->n_owned);
    memcpy(w->owner_of, w->labels, w->n * sizeof *w->owner_of);
    for (size_t i = 0; i < w->n; i++)
        w->n_owned[w->labels[i]]++;
    fill_empty_clusters(w);
    average(w);
    double shift = 0;
    for (size_t c = 0; c < w->k; c++)
        shift += drp_squared_distance(drp_rows_at(w->centres, c), drp_rows_at(w->next, c),
                                      w->x.width);
    const struct drp_rows swap = w->centres;
    w->centres = w->next;
    w->next = swap;
    return shift;
}

/* Lloyd's rounds. Labels that stay the same end them at once; when the centres hardly move, or after the last
 * round, the labels are brought up to date with them. */
static void run_rounds(struct work *w, uint32_t max_rounds, double tolerance)
{
    for (size_t i = 0; i < w->n; i++)
        w->before[i] = -1;
    for (w->n_rounds = 1;; w->n_rounds++) {
        assign(w);
        const double shift = update(w);
        if (memcmp(w->labels, w->before, w->n * sizeof *w->labels) == 0)
            return;
        if (shift <= tolerance || w->n_rounds == max_rounds)
            break;
        memcpy(w->before, w->labels, w->n * sizeof *w->labels);
    }
    assign(w);
}

/* Columns of finite floats have finite means; others have not. */
static int check_means(const double *means, struct drp_points points, struct drp_err *err)
{
    for (size_t c = 0; c < points.d; c++) {
        size_t i = 0;
        if (isfinite(means[c]))
            continue;
        while (isfinite(points.at[i * points.d + c]))
            i++;
        return drp_fail(err, DRP_EINPUT,
                        "cannot cluster points: value %zu of point %zu is not finite", c,
                        i);
    }
    return 0;
}

static int check_counts(size_t n, size_t k, struct drp_err *err)
{
    if (k == 0 || k > INT32_MAX)
        return drp_fail(err, DRP_EINPUT, "cannot make %zu clusters: at least 1 is needed",
                        k);
    if (n < k)
        return drp_fail(
            err, DRP_EINPUT,
            "cannot make %zu clusters of %zu points: at least as many points are needed",
            k, n);
    return 0;
}

/* Centred rows, their variance, and centres where the caller gave some. */
static int prepare(struct work *w, struct drp_points points, const float *start,
                   struct drp_arena *scratch, struct drp_err *err)
{
    double *means;
    w->x = drp_rows_centred(points, scratch, &means);
    const int rc = check_means(means, points, err);
    if (rc < 0)
        return rc;
    if (!start && w->n < points.d && w->n <= MAX_REDUCED_POINTS)
        w->x = drp_rows_reduce(w->x, scratch);
    for (size_t i = 0; i < w->n; i++)
        w->variance += drp_squared_length(drp_rows_at(w->x, i), w->x.width);
    w->variance /= (double)w->n;

    w->centres = drp_rows_new(scratch, w->k, w->x.width);
    w->next = drp_rows_new(scratch, w->k, w->x.width);
    for (size_t i = 0; start && i < w->k * points.d; i++) {
        const size_t c = i % points.d;
        drp_rows_at(w->centres, i / points.d)[c] = start[i] - means[c];
    }
    w->labels = drp_arena_new(scratch, int32_t, w->n);
    w->before = drp_arena_new(scratch, int32_t, w->n);
    w->distances = drp_arena_new(scratch, double, w->n);
    w->owner_of = drp_arena_new(scratch, int32_t, w->n);
    w->n_owned = drp_arena_new(scratch, size_t, w->k);
    return 0;
}

/* Labels and distances for the caller: to the last centres, even when labels are of the round before. */
static void give(const struct work *w, struct drp_arena *arena, struct drp_kmeans *out)
{
    *out = (struct drp_kmeans){.n = w->n, .k = w->k, .n_rounds = w->n_rounds};
    out->labels = drp_arena_new(arena, int32_t, w->n);
    memcpy(out->labels, w->labels, w->n * sizeof *w->labels);
    out->distances = drp_arena_new(arena, double, w->n);
    for (size_t i = 0; i < w->n; i++) {
        const double squared = to_row(w, i, drp_rows_at(w->centres, (size_t)w->labels[i]));
        out->inertia += squared;
        out->distances[i] = sqrt(squared);
    }
}

int drp_kmeans_fit(struct drp_points points, size_t k, const struct drp_kmeans_opts *opts,
                   struct drp_arena *arena, struct drp_kmeans *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_arena scratch = {0};
    struct work w = {.n = points.n, .k = k};
    DRP_TRY(rc, check_counts(points.n, k, err));
    DRP_TRY(rc, prepare(&w, points, opts->start, &scratch, err));
    if (!opts->start)
        choose_centres(&w, opts->seed, &scratch);
    const double tolerance = opts->tolerance > 0 ? opts->tolerance : DEFAULT_TOLERANCE;
    run_rounds(&w, opts->max_rounds ? opts->max_rounds : DEFAULT_MAX_ROUNDS,
               tolerance * w.variance / (double)points.d);
    give(&w, arena, out);
out:
    drp_arena_release(&scratch);
    return rc;
}
