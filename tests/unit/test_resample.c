/* Resampling beside sacrebleu 2.6.0 (numpy 2.4.6), and beside a plain version of its own with layers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/pcg64.h"
#include "base/rng.h"
#include "metric/resample.h"

#include "base/banned.h"

/* numpy 2 makes the package divide in float32 within resamples; its p-values and ours are equal all the same. */
static const double SINGLE = 1e-6, DOUBLE = 1e-12, TIGHT = 1e-13;

enum { N_UNITS = 60 };

static void assert_close(double a, double b, double tolerance)
{
    assert_true(isnan(a) == isnan(b));
    assert_true(isnan(a) || fabs(a - b) <= tolerance * fmax(1, fabs(b)));
}

/* Units made by a formula, so that Python can make them too. */
static void make_units(struct drp_unit *units, size_t n, size_t c)
{
    for (size_t u = 0; u < n; u++) {
        const size_t len = 20 + (u * 7 + c) % 13;
        struct drp_unit unit = {.n = 1, .n_judged = (u + c) % 3 != 0};
        unit.bleu.sys_len = (double)len;
        unit.bleu.ref_len = (double)(20 + u * 5 % 17);
        for (size_t k = 0; k < DRP_BLEU_ORDER; k++) {
            unit.bleu.total[k] = (double)(len - k);
            unit.bleu.correct[k] =
                (double)((u * (3 + k) + c * u / 4) % ((len - k) / (k + 1) + 1));
        }
        for (size_t m = 1; m < DRP_N_METRICS; m++)
            unit.sum[m] = (double)((u * m * 37 + c * 11) % 101) / 101;
        unit.sum[DRP_JUDGE] *= unit.n_judged;
        units[u] = unit;
    }
}

/* BLEU by significance.PairedTest (half a width for each interval), METEOR and the judge by the same formulas
 * in numpy. */
static const struct {
    size_t n_units, baseline, system;
    uint32_t n_resamples, n_trials;
    double scores[2], means[2], halves[2];
    struct drp_paired bleu, meteor, judge;
} SYSTEMS[] = {
    {N_UNITS,
     1,
     2,
     1000,
     10000,
     {20.44129134443376, 19.789840090933446},
     {20.36813806003951, 19.7179252956069},
     {2.1028361599505416, 2.3576598270501297},
     {.p_bootstrap = 0.22377622377622378, .p_randomisation = 0.6395360463953604},
     {-0.007755775577557855,
      {0.4919580858085809, 0.4171617161716171, 0.5635313531353136},
      {-0.007205775577557757, -0.09108910891089111, 0.05891089108910902},
      0.32167832167832167,
      0.8641135886411359,
      0.1160123486652201},
     {0.024752475247524663,
      {0.5014903136790122, 0.4250518075063321, 0.5868811881188118},
      {0.02406587174894454, -0.07599678886807615, 0.11281917665450758},
      0.22077922077922077,
      0.5975402459754025,
      0.13176106385936445}},
    /* So few units that one of the resamples has no judged text: it is left out. */
    {7,
     3,
     5,
     200,
     3000,
     {20.836818471008932, 16.93417998331605},
     {20.14272608639788, 16.263283147208497},
     {5.408379268408945, 5.79247485838224},
     {.p_bootstrap = 0.10945273631840796, .p_randomisation = 0.2262579140286571},
     {0.07496463932107489,
      {0.49205091937765205, 0.2814710042432815, 0.6817538896746818},
      {0.06353606789250354, -0.2107496463932108, 0.2178217821782179},
      0.38308457711442784,
      0.6621126291236255,
      0.37907053744891467},
     {-0.16584158415841577,
      {0.3905912305516266, 0.20544554455445546, 0.6039603960396039},
      {-0.19256501744934007, -0.613861386138614, 0.23316831683168315},
      0.175,
      0.5418193935354881,
      0.5987220629544643}},
    /* One unit cannot differ by chance. */
    {1,
     1,
     2,
     50,
     50,
     {0, 0},
     {0, 0},
     {0, 0},
     {.p_bootstrap = 1 / 51.0, .p_randomisation = 1 / 51.0},
     {0.10891089108910891,
      {0.21782178217821785, 0.21782178217821785, 0.21782178217821785},
      {0.10891089108910892, 0.10891089108910892, 0.10891089108910892},
      1 / 51.0,
      1 / 51.0,
      0},
     {0.10891089108910891,
      {0.21782178217821785, 0.21782178217821785, 0.21782178217821785},
      {0.10891089108910892, 0.10891089108910892, 0.10891089108910892},
      1 / 51.0,
      1 / 51.0,
      0}},
    /* A system against itself. */
    {33,
     4,
     4,
     100,
     100,
     {17.1424442742527, 17.1424442742527},
     {17.031179268987554, 17.031179268987554},
     {3.0215707506323586, 3.0215707506323586},
     {.p_bootstrap = 1 / 101.0, .p_randomisation = 1 / 101.0},
     {0,
      {0.4761386138613861, 0.38073807380738073, 0.5628562856285629},
      {0, 0, 0},
      1 / 101.0,
      1 / 101.0,
      0},
     {0,
      {0.5471371983506058, 0.4265676567656766, 0.6552655265526552},
      {0, 0, 0},
      1 / 101.0,
      1 / 101.0,
      0}},
};

static void assert_interval(const struct drp_interval *a, const struct drp_interval *b,
                            double tolerance)
{
    assert_close(a->mean, b->mean, tolerance);
    assert_close(a->low, b->low, tolerance);
    assert_close(a->high, b->high, tolerance);
}

static void assert_paired(const struct drp_paired *a, const struct drp_paired *b,
                          double tolerance)
{
    assert_close(a->difference, b->difference, tolerance);
    assert_interval(&a->interval, &b->interval, tolerance);
    assert_interval(&a->delta, &b->delta, tolerance);
    assert_close(a->p_bootstrap, b->p_bootstrap, tolerance);
    assert_close(a->p_randomisation, b->p_randomisation, tolerance);
    assert_close(a->detectable, b->detectable, tolerance);
}

static void equals_sacrebleu(void **state)
{
    (void)state;
    struct drp_unit units[2][N_UNITS];
    for (size_t i = 0; i < DRP_LEN(SYSTEMS); i++) {
        const size_t n = SYSTEMS[i].n_units;
        const struct drp_system systems[] = {{units[0], 1, n}, {units[1], 1, n}};
        const struct drp_resample_opts opts = {12345, SYSTEMS[i].n_resamples,
                                               SYSTEMS[i].n_trials};
        struct drp_paired out[DRP_N_METRICS];
        make_units(units[0], n, SYSTEMS[i].baseline);
        make_units(units[1], n, SYSTEMS[i].system);
        for (size_t s = 0; s < 2; s++) {
            double scores[DRP_N_METRICS];
            struct drp_interval intervals[DRP_N_METRICS];
            drp_system_scores(&systems[s], scores);
            drp_bootstrap(&systems[s], &opts, intervals);
            const struct drp_interval bleu = intervals[DRP_BLEU];
            assert_close(scores[DRP_BLEU], SYSTEMS[i].scores[s], DOUBLE);
            assert_close(bleu.mean, SYSTEMS[i].means[s], SINGLE);
            assert_close((bleu.high - bleu.low) / 2, SYSTEMS[i].halves[s], SINGLE);
        }
        drp_paired_test(&systems[0], &systems[1], &opts, out);
        assert_close(out[DRP_BLEU].p_bootstrap, SYSTEMS[i].bleu.p_bootstrap, DOUBLE);
        assert_close(out[DRP_BLEU].p_randomisation, SYSTEMS[i].bleu.p_randomisation,
                     DOUBLE);
        assert_close(out[DRP_BLEU].interval.mean, SYSTEMS[i].means[1], SINGLE);
        assert_paired(&out[DRP_METEOR], &SYSTEMS[i].meteor, DOUBLE);
        assert_paired(&out[DRP_JUDGE], &SYSTEMS[i].judge, DOUBLE);
    }
}

/* A plain version of it all: units are added one by one, as often as they are drawn. */
struct plain {
    const struct drp_system *baseline, *system;
    const struct drp_resample_opts *opts;
    size_t *times;  /* (n_units) how often each unit is drawn      */
    bool *swap;     /* (n_units) whether it changes sides          */
    double *values; /* (2, n_resamples) of the system, differences */
};

/* The mean over layers of the scores of `a`, its units replaced by those of `b` where they swap. */
static void plain_scores(const struct plain *p, const struct drp_system *a,
                         const struct drp_system *b, double *scores)
{
    double n[DRP_N_METRICS] = {0};
    memset(scores, 0, DRP_N_METRICS * sizeof *scores);
    for (size_t layer = 0; layer < a->n_layers; layer++) {
        struct drp_unit sum = {0};
        double one[DRP_N_METRICS];
        for (size_t u = 0; u < a->n_units; u++)
            for (size_t t = 0; t < p->times[u]; t++)
                drp_unit_add(&sum, &(p->swap[u] ? b : a)->units[layer * a->n_units + u]);
        drp_unit_scores(&sum, one);
        for (size_t m = 0; m < DRP_N_METRICS; m++) {
            scores[m] += isnan(one[m]) ? 0 : one[m];
            n[m] += isnan(one[m]) ? 0 : 1;
        }
    }
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        scores[m] = n[m] > 0 ? scores[m] / n[m] : NAN;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct drp_interval plain_interval(double *values, size_t n)
{
    struct drp_interval out = {NAN, NAN, NAN};
    if (n == 0)
        return out;
    qsort(values, n, sizeof *values, compare_doubles);
    out = (struct drp_interval){0, values[n / 40], values[n - n / 40 - 1]};
    for (size_t i = 0; i < n; i++)
        out.mean += values[i] / (double)n;
    return out;
}

/* What follows from the scores in the resamples. */
static void plain_bootstrap_results(double *values, double *deltas, size_t n_values,
                                    size_t n, struct drp_paired *out)
{
    double spread = 0, variance = 0, n_beyond = 0;
    out->interval = plain_interval(values, n_values);
    out->delta = plain_interval(deltas, n);
    for (size_t i = 0; i < n; i++) {
        spread += fabs(deltas[i]) / (double)n;
        variance += pow(deltas[i] - out->delta.mean, 2) / ((double)n - 1);
    }
    for (size_t i = 0; i < n; i++)
        n_beyond += fabs(deltas[i]) - spread > fabs(out->difference) + 1e-13;
    out->p_bootstrap = (n_beyond + 1) / ((double)n + 1);
    out->detectable = n > 1 ? 2.8 * sqrt(variance) : NAN;
}

static void plain_bootstrap(struct plain *p, size_t m, struct drp_paired *out)
{
    const size_t n_units = p->baseline->n_units;
    double *deltas = p->values + p->opts->n_resamples;
    size_t n_values = 0, n_deltas = 0;
    struct drp_pcg64 g;
    drp_pcg64_init(&g, p->opts->seed);
    memset(p->swap, 0, n_units * sizeof *p->swap);
    for (size_t r = 0; r < p->opts->n_resamples; r++) {
        double a[DRP_N_METRICS], b[DRP_N_METRICS];
        memset(p->times, 0, n_units * sizeof *p->times);
        for (size_t i = 0; i < n_units; i++)
            p->times[drp_pcg64_below(&g, n_units)]++;
        plain_scores(p, p->baseline, p->system, a);
        plain_scores(p, p->system, p->baseline, b);
        if (!isnan(b[m]))
            p->values[n_values++] = b[m];
        if (!isnan(b[m] - a[m]))
            deltas[n_deltas++] = b[m] - a[m];
    }
    plain_bootstrap_results(p->values, deltas, n_values, n_deltas, out);
}

static void plain_randomisation(struct plain *p, struct drp_paired *out)
{
    double n_beyond[DRP_N_METRICS] = {0}, n[DRP_N_METRICS] = {0};
    struct drp_pcg64 g;
    drp_pcg64_init(&g, p->opts->seed);
    for (size_t u = 0; u < p->baseline->n_units; u++)
        p->times[u] = 1;
    for (size_t t = 0; t < p->opts->n_trials; t++) {
        double a[DRP_N_METRICS], b[DRP_N_METRICS];
        for (size_t u = 0; u < p->baseline->n_units; u++)
            p->swap[u] = drp_pcg64_bit(&g);
        plain_scores(p, p->baseline, p->system, a);
        plain_scores(p, p->system, p->baseline, b);
        for (size_t m = 0; m < DRP_N_METRICS; m++) {
            n[m] += isnan(a[m] - b[m]) ? 0 : 1;
            n_beyond[m] +=
                fabs(a[m] - b[m]) > fabs(out[m].difference) + (m == DRP_BLEU ? 0 : 1e-12);
        }
    }
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        out[m].p_randomisation = (n_beyond[m] + 1) / (n[m] + 1);
}

static void plain_paired_test(const struct drp_system *baseline,
                              const struct drp_system *system,
                              const struct drp_resample_opts *opts, struct drp_paired *out)
{
    struct drp_arena arena = {0};
    struct plain p = {
        .baseline = baseline,
        .system = system,
        .opts = opts,
        .times = drp_arena_new(&arena, size_t, baseline->n_units),
        .swap = drp_arena_new(&arena, bool, baseline->n_units),
        .values = drp_arena_new(&arena, double, (size_t)2 * opts->n_resamples),
    };
    double a[DRP_N_METRICS], b[DRP_N_METRICS];
    for (size_t u = 0; u < baseline->n_units; u++)
        p.times[u] = 1;
    plain_scores(&p, baseline, system, a);
    plain_scores(&p, system, baseline, b);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        out[m].difference = b[m] - a[m];
    plain_randomisation(&p, out);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        plain_bootstrap(&p, m, &out[m]);
    drp_arena_release(&arena);
}

static void assert_all_nan(const struct drp_paired *p)
{
    const double all[] = {p->difference,    p->interval.mean, p->interval.low,
                          p->interval.high, p->delta.mean,    p->delta.low,
                          p->delta.high,    p->p_bootstrap,   p->p_randomisation,
                          p->detectable};
    for (size_t i = 0; i < DRP_LEN(all); i++)
        assert_true(isnan(all[i]));
}

/* What makes units differ. */
struct shape {
    size_t n_layers, n_units;
    uint64_t max_texts;  /* in a unit; some have none                          */
    uint64_t max_tokens; /* in a text                                          */
    size_t empty_layer;  /* one without text                                   */
    size_t judged_every; /* that so-manieth unit has a judge's score; 0: none  */
};

/* BLEU's counts of the texts of a unit, with few matches so that some of its orders have none. */
static void random_counts(struct drp_bleu_counts *counts, uint64_t max_tokens,
                          struct drp_rng *rng)
{
    counts->sys_len = (double)drp_rng_below(rng, max_tokens + 1);
    counts->ref_len = (double)drp_rng_below(rng, max_tokens + 1);
    for (size_t k = 0; k < DRP_BLEU_ORDER; k++) {
        counts->total[k] = fmax(counts->sys_len - (double)k, 0);
        counts->correct[k] =
            (double)drp_rng_below(rng,
                                  (uint64_t)(counts->total[k] / (double)(2 * k + 2)) + 1);
    }
}

static struct drp_unit *random_units(const struct shape *shape, struct drp_rng *rng,
                                     struct drp_arena *arena)
{
    const size_t n = shape->n_layers * shape->n_units;
    struct drp_unit *units = drp_arena_new(arena, struct drp_unit, n);
    for (size_t i = 0; i < n; i++) {
        struct drp_unit *unit = &units[i];
        unit->n =
            (double)(shape->max_texts == 1 ? 1 : drp_rng_below(rng, shape->max_texts + 1));
        if (i / shape->n_units == shape->empty_layer || unit->n == 0) {
            unit->n = 0;
            continue;
        }
        random_counts(&unit->bleu, shape->max_tokens, rng);
        for (size_t m = DRP_BLEU + 1; m < DRP_JUDGE; m++)
            unit->sum[m] = unit->n * drp_rng_double(rng);
        if (shape->judged_every && i % shape->judged_every == 0) {
            unit->n_judged = unit->n;
            unit->sum[DRP_JUDGE] = unit->n * (double)(1 + drp_rng_below(rng, 5));
        }
    }
    return units;
}

static void assert_same(double a, double b)
{
    assert_true(a == b || (isnan(a) && isnan(b)));
}

/* BLEU is equal to the last digit but for means, whose sums depend on the order. */
static void assert_equals_plain(const struct drp_system *a, const struct drp_system *b,
                                const struct drp_resample_opts *opts)
{
    struct drp_paired fast[DRP_N_METRICS], plain[DRP_N_METRICS];
    struct drp_interval intervals[DRP_N_METRICS];
    drp_paired_test(a, b, opts, fast);
    drp_bootstrap(b, opts, intervals);
    plain_paired_test(a, b, opts, plain);
    for (size_t m = 0; m < DRP_N_METRICS; m++) {
        if (isnan(plain[m].difference)) {
            assert_all_nan(&fast[m]);
            continue;
        }
        assert_paired(&fast[m], &plain[m], TIGHT);
        assert_memory_equal(&intervals[m], &fast[m].interval, sizeof intervals[m]);
    }
    assert_same(fast[DRP_BLEU].interval.low, plain[DRP_BLEU].interval.low);
    assert_same(fast[DRP_BLEU].interval.high, plain[DRP_BLEU].interval.high);
    assert_same(fast[DRP_BLEU].delta.low, plain[DRP_BLEU].delta.low);
    assert_same(fast[DRP_BLEU].delta.high, plain[DRP_BLEU].delta.high);
}

static void equals_a_plain_version(void **state)
{
    (void)state;
    enum { NO_LAYER = 99 };
    static const struct {
        struct shape shape;
        uint32_t n_resamples, n_trials;
    } CASES[] = {
        {{1, 1, 1, 60, NO_LAYER, 1}, 9, 9},
        {{1, 2, 1, 60, NO_LAYER, 2}, 39, 50},
        {{1, 7, 3, 30, NO_LAYER, 3}, 40, 50},
        {{1, 60, 1, 80, NO_LAYER, 0}, 81, 101},
        {{1, 60, 4, 5, NO_LAYER, 2}, 81, 101},
        {{2, 130, 2, 100, NO_LAYER, 50}, 42, 43},
        {{3, 37, 1, 60, 1, 5}, 80, 80},
        {{3, 37, 2, 60, 0, 40}, 80, 80},
        {{2, 20, 1, 1, NO_LAYER, 7}, 100, 3},
        /* Counts that 16 bits do not hold. */
        {{1, 90, 1, 50000, NO_LAYER, 1}, 41, 41},
        {{1, 40, 2, UINT64_C(1) << 40, NO_LAYER, 1}, 20, 20},
        {{1, 600, 1, 100, NO_LAYER, 1}, 13, 10},
        {{1, 1100, 1, 40000, NO_LAYER, 10}, 6, 7},
    };
    for (size_t i = 0; i < 5 * DRP_LEN(CASES); i++) {
        const struct shape *shape = &CASES[i / 5].shape;
        const struct drp_resample_opts opts = {i, CASES[i / 5].n_resamples,
                                               CASES[i / 5].n_trials};
        struct drp_rng rng;
        struct drp_arena arena = {0};
        drp_rng_init(&rng, (uint32_t)i);
        const struct drp_system a = {random_units(shape, &rng, &arena), shape->n_layers,
                                     shape->n_units};
        const struct drp_system b = {random_units(shape, &rng, &arena), shape->n_layers,
                                     shape->n_units};
        assert_equals_plain(&a, &b, &opts);
        assert_equals_plain(&b, &b, &opts);
        drp_arena_release(&arena);
    }
}

static void what_is_not_measured_is_nan(void **state)
{
    (void)state;
    struct drp_unit units[2][N_UNITS];
    const struct drp_system a = {units[0], 1, N_UNITS}, b = {units[1], 1, N_UNITS};
    const struct drp_system nothing = {NULL, 1, 0};
    const struct drp_resample_opts opts = {12345, 20, 20};
    struct drp_paired out[DRP_N_METRICS];
    struct drp_interval intervals[DRP_N_METRICS];
    make_units(units[0], N_UNITS, 1);
    make_units(units[1], N_UNITS, 2);
    for (size_t u = 0; u < N_UNITS; u++)
        units[1][u].sum[DRP_JUDGE] = units[1][u].n_judged = 0;
    drp_paired_test(&a, &b, &opts, out);
    assert_all_nan(&out[DRP_JUDGE]);
    assert_true(!isnan(out[DRP_BLEU].p_bootstrap));
    drp_bootstrap(&b, &opts, intervals);
    assert_true(isnan(intervals[DRP_JUDGE].mean) && isnan(intervals[DRP_JUDGE].low));
    assert_true(!isnan(intervals[DRP_METEOR].mean));

    drp_paired_test(&nothing, &nothing, &opts, out);
    drp_bootstrap(&nothing, &opts, intervals);
    for (size_t m = 0; m < DRP_N_METRICS; m++) {
        assert_all_nan(&out[m]);
        assert_true(isnan(intervals[m].mean) && isnan(intervals[m].high));
    }
}

/* Values that no binary fraction holds; equal in both systems but for three units that all differ by as much. No
 * swaps lead further apart than the systems are, and rounding must not either. */
static void ties_are_not_broken_by_rounding(void **state)
{
    (void)state;
    struct drp_unit units[2][N_UNITS] = {0};
    const struct drp_system a = {units[0], 1, N_UNITS}, b = {units[1], 1, N_UNITS};
    const struct drp_resample_opts opts = {12345, 10, 2000};
    struct drp_paired out[DRP_N_METRICS];
    for (size_t u = 0; u < N_UNITS; u++)
        for (size_t s = 0; s < 2; s++) {
            units[s][u].n = 1;
            units[s][u].sum[DRP_ROUGE1] = 1.0 / (double)(3 + u % 7);
            units[s][u].sum[DRP_ROUGE2] = s && u % 20 == 3 ? 0.1 : 0.7;
        }
    drp_paired_test(&a, &b, &opts, out);
    assert_close(out[DRP_ROUGE1].p_randomisation, 1 / 2001.0, DOUBLE);
    assert_close(out[DRP_ROUGE2].p_randomisation, 1 / 2001.0, DOUBLE);
}

static void sums_are_added_and_divided(void **state)
{
    (void)state;
    struct drp_unit sum = {0};
    const struct drp_unit one = {.bleu = {3, 4, {3, 2, 1, 0}, {3, 2, 1, 0}},
                                 .sum = {[DRP_METEOR] = 1, [DRP_JUDGE] = 4},
                                 .n = 2,
                                 .n_judged = 1};
    double scores[DRP_N_METRICS];
    drp_unit_scores(&sum, scores);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        assert_true(isnan(scores[m]));
    drp_unit_add(&sum, &one);
    drp_unit_add(&sum, &one);
    drp_unit_scores(&sum, scores);
    assert_true(sum.bleu.ref_len == 8 && sum.bleu.correct[1] == 4 && sum.n == 4);
    assert_true(scores[DRP_METEOR] == 0.5 && scores[DRP_JUDGE] == 4);
    assert_true(scores[DRP_BLEU] == 0 && scores[DRP_ROUGE1] == 0);
}

/* Holm by hand: the smallest times n, the next times n - 1 …, never less than the one before, at most 1. */
static void holm_corrects(void **state)
{
    (void)state;
    static const struct {
        double p[6], expected[6];
        size_t n;
    } CASES[] = {
        {{0.03}, {0.03}, 1},
        {{0.01, 0.04, 0.03}, {0.03, 0.06, 0.06}, 3},
        {{0.01, 0.011, 0.9, 0.5}, {0.04, 0.04, 1, 1}, 4},
        {{0.02, 0.02}, {0.04, 0.04}, 2},
        {{NAN, 0.03, NAN, 0.01}, {NAN, 0.03, NAN, 0.02}, 4},
        {{NAN}, {NAN}, 1},
        {{0}, {0}, 0},
    };
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        double p[6];
        memcpy(p, CASES[i].p, sizeof p);
        drp_holm(p, CASES[i].n);
        for (size_t k = 0; k < CASES[i].n; k++)
            assert_close(p[k], CASES[i].expected[k], DOUBLE);
    }
}

static void metrics_have_names(void **state)
{
    (void)state;
    assert_string_equal(drp_metric_name(DRP_ROUGE_L), "rougeL");
    assert_string_equal(drp_metric_title(DRP_ROUGE_L), "ROUGE-L");
    for (enum drp_metric m = DRP_BLEU; m < DRP_N_METRICS; m++)
        assert_true(drp_metric_name(m) && drp_metric_title(m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_sacrebleu),
        cmocka_unit_test(equals_a_plain_version),
        cmocka_unit_test(what_is_not_measured_is_nan),
        cmocka_unit_test(ties_are_not_broken_by_rounding),
        cmocka_unit_test(sums_are_added_and_divided),
        cmocka_unit_test(holm_corrects),
        cmocka_unit_test(metrics_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
