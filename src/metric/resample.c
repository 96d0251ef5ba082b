/* A resample is a weight for each unit, and its scores are functions of the weighted sum of their rows: summing is
 * where the time goes (weighted.h), and the texts are not needed. In the bootstrap a weight says how often the unit
 * was drawn; in approximate randomisation whether it swaps sides, and its row holds by how much that changes the sum. */
#include "metric/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/pcg64.h"
#include "metric/weighted.h"

#include "base/banned.h"

/* Two-sided level 0.05 (1.96 standard deviations) and power 0.8 (0.84 more). */
static const double DETECTABLE = 2.80;

/* Means that are equal in exact arithmetic may differ by this. BLEU comes from whole numbers, whose sums are exact. */
static const double ROUNDING = 1e-12;

enum { N_SUMS = sizeof(struct drp_unit) / sizeof(double) };

_Static_assert(sizeof(struct drp_unit) == 18 * sizeof(double),
               "a unit is a row of doubles");

static const struct {
    const char *name, *title;
} METRICS[DRP_N_METRICS] = {
    [DRP_BLEU] = {"bleu", "BLEU"},         [DRP_METEOR] = {"meteor", "METEOR"},
    [DRP_ROUGE1] = {"rouge1", "ROUGE-1"},  [DRP_ROUGE2] = {"rouge2", "ROUGE-2"},
    [DRP_ROUGE_L] = {"rougeL", "ROUGE-L"}, [DRP_JUDGE] = {"judge", "judge"},
};

const char *drp_metric_name(enum drp_metric metric)
{
    return METRICS[metric].name;
}

const char *drp_metric_title(enum drp_metric metric)
{
    return METRICS[metric].title;
}

/* A unit as the row of numbers that it is. */
static const double *row(const struct drp_unit *unit)
{
    return (const double *)unit;
}

/* The same, to write. */
static double *sums(struct drp_unit *unit)
{
    return (double *)unit;
}

void drp_unit_add(struct drp_unit *sum, const struct drp_unit *one)
{
    drp_bleu_add(&sum->bleu, &one->bleu);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        sum->sum[m] += one->sum[m];
    sum->n += one->n;
    sum->n_judged += one->n_judged;
}

void drp_unit_scores(const struct drp_unit *sum, double scores[DRP_N_METRICS])
{
    for (size_t m = 0; m < DRP_N_METRICS; m++) {
        const double n = m == DRP_JUDGE ? sum->n_judged : sum->n;
        scores[m] = n > 0 ? sum->sum[m] / n : NAN;
    }
    if (sum->n > 0)
        scores[DRP_BLEU] = drp_bleu_compute(&sum->bleu, false).score;
}

/* The mean over layers of one metric each, those that are NAN left out. */
struct layer_mean {
    double sum[DRP_N_METRICS], n[DRP_N_METRICS];
};

static void add_layer(struct layer_mean *mean, const struct drp_unit *sum)
{
    double scores[DRP_N_METRICS];
    drp_unit_scores(sum, scores);
    for (size_t m = 0; m < DRP_N_METRICS; m++) {
        if (isnan(scores[m]))
            continue;
        mean->sum[m] += scores[m];
        mean->n[m]++;
    }
}

static void finish_mean(const struct layer_mean *mean, double scores[DRP_N_METRICS])
{
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        scores[m] = mean->n[m] > 0 ? mean->sum[m] / mean->n[m] : NAN;
}

static struct drp_unit sum_of_layer(const struct drp_system *s, size_t layer)
{
    struct drp_unit sum = {0};
    for (size_t u = 0; u < s->n_units; u++)
        drp_unit_add(&sum, &s->units[layer * s->n_units + u]);
    return sum;
}

void drp_system_scores(const struct drp_system *s, double scores[DRP_N_METRICS])
{
    struct layer_mean mean = {0};
    for (size_t layer = 0; layer < s->n_layers; layer++) {
        const struct drp_unit sum = sum_of_layer(s, layer);
        add_layer(&mean, &sum);
    }
    finish_mean(&mean, scores);
}

/* The scores of a system of which the sums of each layer are known. */
static void scores_of_layers(const struct drp_unit *layers, size_t n_layers,
                             double scores[DRP_N_METRICS])
{
    struct layer_mean mean = {0};
    for (size_t layer = 0; layer < n_layers; layer++)
        add_layer(&mean, &layers[layer]);
    finish_mean(&mean, scores);
}

/* Adds the sums of a layer as columns, less those of another system where there is one. */
static void add_columns(struct drp_weighted *w, const struct drp_system *s,
                        const struct drp_system *less, size_t layer)
{
    const size_t n = s->n_units;
    for (size_t k = 0; k < N_SUMS; k++) {
        double *column = drp_weighted_column(w);
        for (size_t u = 0; u < n; u++)
            column[u] = row(&s->units[layer * n + u])[k];
        for (size_t u = 0; less && u < n; u++)
            column[u] -= row(&less->units[layer * n + u])[k];
        drp_weighted_add(w);
    }
}

/* How often each unit is drawn when, with replacement, as many are drawn as there are. That one is drawn 2^15 times
 * has a chance below 10^-130000. */
static void draw_units(struct drp_pcg64 *g, int16_t *weights, size_t n)
{
    memset(weights, 0, n * sizeof *weights);
    drp_pcg64_count_below(g, (uint32_t)n, n, weights);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Moves the values that are numbers to the front and counts them: a resample may have no judged text at all. */
static size_t keep_numbers(double *values, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            values[kept++] = values[i];
    return kept;
}

static double mean_of(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return n ? sum / (double)n : NAN;
}

/* Moves the value at the top of a heap, largest first, down to where it belongs. */
static void sift_down(double *heap, size_t n, size_t at)
{
    const double value = heap[at];
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && heap[child + 1] > heap[child];
        if (!(heap[child] > value))
            break;
        heap[at] = heap[child];
    }
    heap[at] = value;
}

/* What would stand at `rank` if the values were sorted. Moves values. The smallest so far are kept in a heap: for
 * ranks near the end that is much faster than sorting. */
static double value_at_rank(double *values, size_t n, size_t rank)
{
    const size_t size = rank + 1;
    for (size_t i = size / 2; i-- > 0;)
        sift_down(values, size, i);
    for (size_t i = size; i < n; i++) {
        if (!(values[i] < values[0]))
            continue;
        const double largest = values[0];
        values[0] = values[i];
        values[i] = largest;
        sift_down(values, size, 0);
    }
    return values[0];
}

/* Changes the values. */
static struct drp_interval interval_of(double *values, size_t n)
{
    if (n == 0)
        return (struct drp_interval){NAN, NAN, NAN};
    struct drp_interval out = {.mean = mean_of(values, n)};
    out.low = value_at_rank(values, n, n / 40);
    for (size_t i = 0; i < n; i++)
        values[i] = -values[i];
    out.high = -value_at_rank(values, n, n / 40);
    return out;
}

/* Fills the scores of every resample. **Shapes**: systems (n_systems), of equal shapes;
 * values (n_systems, DRP_N_METRICS, n_resamples). */
static void resample(const struct drp_system *systems, size_t n_systems,
                     const struct drp_resample_opts *opts, double *values)
{
    const size_t n = opts->n_resamples, n_layers = systems->n_layers;
    struct drp_weighted *w =
        drp_weighted_new(systems->n_units, drp_size_mul(n_systems * N_SUMS, n_layers));
    struct drp_unit *rows =
        drp_calloc(drp_size_mul(DRP_WEIGHTED_BATCH * n_systems, n_layers), sizeof *rows);
    struct drp_pcg64 g;
    drp_pcg64_init(&g, opts->seed);
    for (size_t i = 0; i < n_systems * n_layers; i++)
        add_columns(w, &systems[i / n_layers], NULL, i % n_layers);
    for (size_t from = 0; from < n; from += DRP_WEIGHTED_BATCH) {
        const size_t n_drawn = DRP_MIN(n - from, (size_t)DRP_WEIGHTED_BATCH);
        for (size_t i = 0; i < n_drawn; i++)
            draw_units(&g, drp_weighted_weights(w, i), systems->n_units);
        drp_weighted_sum(w, sums(rows));
        for (size_t i = 0; i < n_drawn * n_systems; i++) {
            double scores[DRP_N_METRICS];
            scores_of_layers(rows + i * n_layers, n_layers, scores);
            for (size_t m = 0; m < DRP_N_METRICS; m++)
                values[(i % n_systems * DRP_N_METRICS + m) * n + from + i / n_systems] =
                    scores[m];
        }
    }
    drp_weighted_free(w);
    free(rows);
}

void drp_bootstrap(const struct drp_system *s, const struct drp_resample_opts *opts,
                   struct drp_interval out[DRP_N_METRICS])
{
    const size_t n = s->n_units ? opts->n_resamples : 0;
    double *values = drp_calloc(n, DRP_N_METRICS * sizeof *values);
    if (n)
        resample(s, 1, opts, values);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        out[m] = interval_of(values + m * n, keep_numbers(values + m * n, n));
    free(values);
}

/* What approximate randomisation needs: with some units swapped, the baseline's sums are those of the system plus the
 * gains of these units, and the system's are the baseline's minus them. */
struct swaps {
    struct drp_weighted *gains;         /* baseline - system: all sums of all layers */
    struct drp_unit *baseline, *system; /* (n_layers) sums                           */
    size_t n_layers, n_units;
};

static void prepare_swaps(struct swaps *w, const struct drp_system *baseline,
                          const struct drp_system *system)
{
    const size_t n_layers = baseline->n_layers, n_units = baseline->n_units;
    w->n_layers = n_layers;
    w->n_units = n_units;
    w->gains = drp_weighted_new(n_units, drp_size_mul(N_SUMS, n_layers));
    w->baseline = drp_calloc(n_layers, sizeof *w->baseline);
    w->system = drp_calloc(n_layers, sizeof *w->system);
    for (size_t i = 0; i < n_layers; i++) {
        add_columns(w->gains, baseline, system, i);
        w->baseline[i] = sum_of_layer(baseline, i);
        w->system[i] = sum_of_layer(system, i);
    }
}

static void release_swaps(struct swaps *w)
{
    drp_weighted_free(w->gains);
    free(w->baseline);
    free(w->system);
}

/* The distance between the two pseudo-systems that arise by swaps with these gains. **Shapes**: gains (n_layers). */
static void swapped_distance(const struct swaps *w, const struct drp_unit *gains,
                             double distance[DRP_N_METRICS])
{
    struct layer_mean a = {0}, b = {0};
    double scores_a[DRP_N_METRICS], scores_b[DRP_N_METRICS];
    for (size_t layer = 0; layer < w->n_layers; layer++) {
        struct drp_unit x, y;
        for (size_t k = 0; k < N_SUMS; k++) {
            sums(&x)[k] = row(&w->system[layer])[k] + row(&gains[layer])[k];
            sums(&y)[k] = row(&w->baseline[layer])[k] - row(&gains[layer])[k];
        }
        add_layer(&a, &x);
        add_layer(&b, &y);
    }
    finish_mean(&a, scores_a);
    finish_mean(&b, scores_b);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        distance[m] = fabs(scores_a[m] - scores_b[m]);
}

/* Sums the gains of the next trials, a batch of them. Each unit swaps sides by a fair bit. **Shapes**:
 * gains (DRP_WEIGHTED_BATCH, n_layers). */
static void sum_swaps(const struct swaps *w, struct drp_pcg64 *g, struct drp_unit *gains)
{
    for (size_t i = 0; i < DRP_WEIGHTED_BATCH; i++)
        for (size_t from = 0; from < w->n_units; from += 32) {
            const size_t n = DRP_MIN(w->n_units - from, (size_t)32);
            drp_weighted_set_bits(w->gains, i, from, drp_pcg64_bits(g, (uint32_t)n));
        }
    drp_weighted_sum(w->gains, sums(gains));
}

static double p_value(size_t n_beyond, size_t n)
{
    return (double)(n_beyond + 1) / (double)(n + 1);
}

/* **Shapes**: p (DRP_N_METRICS). */
static void randomise(const struct swaps *w, const struct drp_resample_opts *opts,
                      double *p)
{
    double real[DRP_N_METRICS], distance[DRP_N_METRICS];
    size_t n_beyond[DRP_N_METRICS] = {0}, n[DRP_N_METRICS] = {0};
    struct drp_unit *gains =
        drp_calloc(drp_size_mul(DRP_WEIGHTED_BATCH, w->n_layers), sizeof *gains);
    struct drp_pcg64 g;
    drp_pcg64_init(&g, opts->seed);
    swapped_distance(w, gains, real);
    for (uint32_t t = 0; t < opts->n_trials; t++) {
        const uint32_t in_batch = t % DRP_WEIGHTED_BATCH;
        if (in_batch == 0)
            sum_swaps(w, &g, gains);
        swapped_distance(w, gains + in_batch * w->n_layers, distance);
        for (size_t m = 0; m < DRP_N_METRICS; m++) {
            n[m] += isnan(distance[m]) ? 0 : 1;
            n_beyond[m] += distance[m] > real[m] + (m == DRP_BLEU ? 0 : ROUNDING);
        }
    }
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        p[m] = p_value(n_beyond[m], n[m]);
    free(gains);
}

/* The differences in the resamples, moved so that their mean is 0, are what chance does to one. */
static double bootstrap_p(const double *deltas, size_t n, double difference)
{
    double mean = 0;
    size_t n_beyond = 0;
    for (size_t i = 0; i < n; i++)
        mean += fabs(deltas[i]);
    mean /= (double)DRP_MAX(n, (size_t)1);
    for (size_t i = 0; i < n; i++)
        n_beyond += fabs(deltas[i]) - mean > fabs(difference);
    return p_value(n_beyond, n);
}

static double deviation_of(const double *values, size_t n)
{
    const double mean = mean_of(values, n);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return n > 1 ? sqrt(sum / (double)(n - 1)) : NAN;
}

/* One metric. `baseline` and `system` are the scores of the `n` resamples; both are changed. */
static struct drp_paired compare(double difference, double p_randomisation,
                                 double *baseline, double *system, size_t n)
{
    if (isnan(difference))
        return (struct drp_paired){NAN, {NAN, NAN, NAN}, {NAN, NAN, NAN}, NAN, NAN, NAN};
    double *deltas = baseline;
    for (size_t i = 0; i < n; i++)
        deltas[i] = system[i] - baseline[i];
    const size_t n_deltas = keep_numbers(deltas, n);
    struct drp_paired out = {.difference = difference, .p_randomisation = p_randomisation};
    out.p_bootstrap = bootstrap_p(deltas, n_deltas, difference);
    out.detectable = DETECTABLE * deviation_of(deltas, n_deltas);
    out.delta = interval_of(deltas, n_deltas);
    out.interval = interval_of(system, keep_numbers(system, n));
    return out;
}

void drp_paired_test(const struct drp_system *baseline, const struct drp_system *system,
                     const struct drp_resample_opts *opts,
                     struct drp_paired out[DRP_N_METRICS])
{
    const struct drp_system systems[] = {*baseline, *system};
    const size_t n = opts->n_resamples, size = DRP_N_METRICS * n;
    double scores[2][DRP_N_METRICS], p[DRP_N_METRICS];
    double *values = drp_calloc(drp_size_mul(2, size), sizeof *values);
    struct swaps swaps;

    drp_system_scores(baseline, scores[0]);
    drp_system_scores(system, scores[1]);
    if (baseline->n_units)
        resample(systems, 2, opts, values);
    prepare_swaps(&swaps, baseline, system);
    randomise(&swaps, opts, p);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        out[m] = compare(scores[1][m] - scores[0][m], p[m], values + m * n,
                         values + size + m * n, n);
    release_swaps(&swaps);
    free(values);
}

struct ranked {
    double p;
    size_t at;
};

static int compare_ranked(const void *a, const void *b)
{
    return compare_doubles(&((const struct ranked *)a)->p, &((const struct ranked *)b)->p);
}

void drp_holm(double *p, size_t n)
{
    struct ranked *ranked = drp_calloc(n, sizeof *ranked);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i]))
            ranked[count++] = (struct ranked){p[i], i};
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    double least = 0;
    for (size_t i = 0; i < count; i++) {
        least = fmax(least, (double)(count - i) * ranked[i].p);
        p[ranked[i].at] = fmin(least, 1);
    }
    free(ranked);
}
