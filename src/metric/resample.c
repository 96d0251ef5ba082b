/* A resample is a list of units, and its scores are functions of the sum of their rows: adding rows up is where
 * the time goes, and the texts are not needed. Bootstrap lists the units drawn; approximate randomisation lists the
 * units that swap sides, whose rows hold by how much a swap changes the sum. */
#include "metric/resample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/pcg64.h"

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

/* The sum of the listed rows. The order of additions is part of the code, so that every processor gives the same
 * digits. The columns are independent, so that a compiler can use vectors; four rows at a time, so that an addition
 * seldom waits for the one before. Without the pragma gcc -O2 keeps the sums in memory and is half as fast. */
static void sum_listed(const struct drp_unit *units, const uint32_t *list, size_t n,
                       struct drp_unit *sum)
{
    double s[N_SUMS] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const double *a = row(&units[list[i]]), *b = row(&units[list[i + 1]]);
        const double *c = row(&units[list[i + 2]]), *d = row(&units[list[i + 3]]);
#pragma GCC unroll 18
        for (size_t k = 0; k < N_SUMS; k++)
            s[k] += (a[k] + b[k]) + (c[k] + d[k]);
    }
    for (; i < n; i++)
        for (size_t k = 0; k < N_SUMS; k++)
            s[k] += row(&units[list[i]])[k];
    memcpy(sum, s, sizeof s);
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

void drp_system_scores(const struct drp_system *s, double scores[DRP_N_METRICS])
{
    struct layer_mean mean = {0};
    for (size_t layer = 0; layer < s->n_layers; layer++) {
        struct drp_unit sum = {0};
        for (size_t u = 0; u < s->n_units; u++)
            drp_unit_add(&sum, &s->units[layer * s->n_units + u]);
        add_layer(&mean, &sum);
    }
    finish_mean(&mean, scores);
}

/* The scores of a system in one resample. */
static void listed_scores(const struct drp_system *s, const uint32_t *list,
                          double scores[DRP_N_METRICS])
{
    struct layer_mean mean = {0};
    for (size_t layer = 0; layer < s->n_layers; layer++) {
        struct drp_unit sum;
        sum_listed(s->units + layer * s->n_units, list, s->n_units, &sum);
        add_layer(&mean, &sum);
    }
    finish_mean(&mean, scores);
}

/* Units drawn with replacement, as many as there are. */
static void draw_units(struct drp_pcg64 *g, uint32_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        list[i] = (uint32_t)drp_pcg64_below(g, n);
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

/* Sorts the values. */
static struct drp_interval interval_of(double *values, size_t n)
{
    if (n == 0)
        return (struct drp_interval){NAN, NAN, NAN};
    qsort(values, n, sizeof *values, compare_doubles);
    return (struct drp_interval){mean_of(values, n), values[n / 40],
                                 values[n - n / 40 - 1]};
}

/* Fills the scores of every resample. **Shapes**: systems (n_systems), of equal shapes; list (n_units), for use
 * here; values (n_systems, DRP_N_METRICS, n_resamples). */
static void resample(const struct drp_system *systems, size_t n_systems,
                     const struct drp_resample_opts *opts, uint32_t *list, double *values)
{
    const size_t n = opts->n_resamples;
    struct drp_pcg64 g;
    drp_pcg64_init(&g, opts->seed);
    for (size_t r = 0; r < n; r++) {
        draw_units(&g, list, systems->n_units);
        for (size_t s = 0; s < n_systems; s++) {
            double scores[DRP_N_METRICS];
            listed_scores(&systems[s], list, scores);
            for (size_t m = 0; m < DRP_N_METRICS; m++)
                values[(s * DRP_N_METRICS + m) * n + r] = scores[m];
        }
    }
}

void drp_bootstrap(const struct drp_system *s, const struct drp_resample_opts *opts,
                   struct drp_interval out[DRP_N_METRICS])
{
    const size_t n = s->n_units ? opts->n_resamples : 0;
    double *values = drp_calloc(n, DRP_N_METRICS * sizeof *values);
    uint32_t *list = drp_calloc(s->n_units, sizeof *list);
    if (n)
        resample(s, 1, opts, list, values);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        out[m] = interval_of(values + m * n, keep_numbers(values + m * n, n));
    free(list);
    free(values);
}

/* What approximate randomisation needs: with the units of a list swapped, the baseline's sums are those of the
 * system plus the gains of these units, and the system's are the baseline's minus them. */
struct swaps {
    struct drp_unit *gains;             /* (n_layers, n_units) baseline - system */
    struct drp_unit *baseline, *system; /* (n_layers) sums                       */
    size_t n_layers, n_units;
};

static void prepare_swaps(struct swaps *w, const struct drp_system *baseline,
                          const struct drp_system *system)
{
    w->n_layers = baseline->n_layers;
    w->n_units = baseline->n_units;
    w->gains = drp_calloc(drp_size_mul(w->n_layers, w->n_units), sizeof *w->gains);
    w->baseline = drp_calloc(w->n_layers, sizeof *w->baseline);
    w->system = drp_calloc(w->n_layers, sizeof *w->system);
    for (size_t i = 0; i < w->n_layers * w->n_units; i++) {
        const struct drp_unit *a = &baseline->units[i], *b = &system->units[i];
        for (size_t k = 0; k < N_SUMS; k++)
            sums(&w->gains[i])[k] = row(a)[k] - row(b)[k];
        drp_unit_add(&w->baseline[i / w->n_units], a);
        drp_unit_add(&w->system[i / w->n_units], b);
    }
}

static void release_swaps(struct swaps *w)
{
    free(w->gains);
    free(w->baseline);
    free(w->system);
}

/* The distance between the two pseudo-systems that arise when the `n` listed units are swapped. */
static void swapped_distance(const struct swaps *w, const uint32_t *list, size_t n,
                             double distance[DRP_N_METRICS])
{
    struct layer_mean a = {0}, b = {0};
    double scores_a[DRP_N_METRICS], scores_b[DRP_N_METRICS];
    for (size_t layer = 0; layer < w->n_layers; layer++) {
        struct drp_unit gain, x, y;
        sum_listed(w->gains + layer * w->n_units, list, n, &gain);
        for (size_t k = 0; k < N_SUMS; k++) {
            sums(&x)[k] = row(&w->system[layer])[k] + row(&gain)[k];
            sums(&y)[k] = row(&w->baseline[layer])[k] - row(&gain)[k];
        }
        add_layer(&a, &x);
        add_layer(&b, &y);
    }
    finish_mean(&a, scores_a);
    finish_mean(&b, scores_b);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        distance[m] = fabs(scores_a[m] - scores_b[m]);
}

/* Each unit swaps sides by a fair bit; gives the number of those that do. */
static size_t draw_swaps(struct drp_pcg64 *g, uint32_t *list, size_t n_units)
{
    size_t n = 0;
    for (size_t from = 0; from < n_units; from += 32) {
        uint32_t bits = drp_pcg64_bits(g, (uint32_t)DRP_MIN(n_units - from, (size_t)32));
        for (; bits; bits &= bits - 1)
            list[n++] = (uint32_t)from + (uint32_t)__builtin_ctz(bits);
    }
    return n;
}

static double p_value(size_t n_beyond, size_t n)
{
    return (double)(n_beyond + 1) / (double)(n + 1);
}

/* **Shapes**: list (n_units), for use here; p (DRP_N_METRICS). */
static void randomise(const struct swaps *w, const struct drp_resample_opts *opts,
                      uint32_t *list, double *p)
{
    double real[DRP_N_METRICS], distance[DRP_N_METRICS];
    size_t n_beyond[DRP_N_METRICS] = {0}, n[DRP_N_METRICS] = {0};
    struct drp_pcg64 g;
    drp_pcg64_init(&g, opts->seed);
    swapped_distance(w, list, 0, real);
    for (uint32_t t = 0; t < opts->n_trials; t++) {
        swapped_distance(w, list, draw_swaps(&g, list, w->n_units), distance);
        for (size_t m = 0; m < DRP_N_METRICS; m++) {
            n[m] += isnan(distance[m]) ? 0 : 1;
            n_beyond[m] += distance[m] > real[m] + (m == DRP_BLEU ? 0 : ROUNDING);
        }
    }
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        p[m] = p_value(n_beyond[m], n[m]);
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
    uint32_t *list = drp_calloc(baseline->n_units, sizeof *list);
    struct swaps swaps;

    drp_system_scores(baseline, scores[0]);
    drp_system_scores(system, scores[1]);
    if (baseline->n_units)
        resample(systems, 2, opts, list, values);
    prepare_swaps(&swaps, baseline, system);
    randomise(&swaps, opts, list, p);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        out[m] = compare(scores[1][m] - scores[0][m], p[m], values + m * n,
                         values + size + m * n, n);
    release_swaps(&swaps);
    free(list);
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
