/* How sure a score is: bootstrap intervals, and paired tests between systems. What is resampled are units (samples
 * of a run, pairs of a file); each holds sums that can be added up, so that no text is needed. */
#ifndef DRP_METRIC_RESAMPLE_H
#define DRP_METRIC_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "drp/scores.h"
#include "metric/bleu.h"

/** The sums of one unit, nothing but doubles: 144 bytes. `{0}` is a unit without any text. */
struct drp_unit {
    struct drp_bleu_counts bleu;
    double sum[DRP_N_METRICS]; /* of the values of each mean; [DRP_BLEU] is not used     */
    double n, n_judged; /* texts, and those of them that have a judge's score     */
};

/** Adds the sums of `one`. */
void drp_unit_add(struct drp_unit *sum, const struct drp_unit *one);

/** Every metric of sums; NAN where there is no text, or none with a judge's score. BLEU 0 to 100. */
void drp_unit_scores(const struct drp_unit *sum, double scores[DRP_N_METRICS]);

/**
 * One system: layers of units (the temperatures of a grid; most often one). Its score is the mean over
 * layers of the layer's score, NAN layers left out. Unit u is the same sample in every layer and in every
 * system compared.
 * **Shapes**: units (n_layers, n_units), row-major, n_units < 2^32; borrowed.
 */
struct drp_system {
    const struct drp_unit *units;
    size_t n_layers, n_units;
};

/** The score of every metric. */
void drp_system_scores(const struct drp_system *s, double scores[DRP_N_METRICS]);

/** How resampling is done. */
struct drp_resample_opts {
    uint64_t seed;        /* 12345, as sacreBLEU's                           */
    uint32_t n_resamples; /* of the bootstrap, 1 to 1e6; 1000                */
    uint32_t n_trials;    /* of approximate randomisation, 1 to 1e6; 10000   */
};

/** A score with its spread over resamples. Those in which it is NAN are left out. */
struct drp_interval {
    double mean;      /* over the resamples                                  */
    double low, high; /* the middle 95 % of them: sacreBLEU's 1/40 from each end */
};

/**
 * Bootstrap of one system, every metric from the same draws. Nothing to resample (no unit): all NAN.
 * Memory: n_resamples scores of each metric.
 * **Source**: sacrebleu 2.6.0, significance._bootstrap_resample and estimate_ci. With one layer of one
 * text a unit, BLEU's figures are the package's on numpy 1; on numpy 2, which makes it divide in single
 * precision, they are 1e-7 apart (relative).
 */
void drp_bootstrap(const struct drp_system *s, const struct drp_resample_opts *opts,
                   struct drp_interval out[DRP_N_METRICS]);

/** A system held against a baseline, for one metric. All NAN when the metric of either is. */
struct drp_paired {
    double difference; /* score of the system minus the baseline's              */
    struct drp_interval interval; /* of the system's score, as drp_bootstrap()             */
    struct drp_interval delta; /* of the difference                                     */
    double p_bootstrap;        /* two-sided, paired bootstrap                           */
    double p_randomisation;    /* two-sided, approximate randomisation                  */
    double detectable;         /* smallest difference that this many samples show in four
                                   * of five repetitions at the level 0.05: 2.80 times the
                                   * standard deviation of the resampled difference        */
};

/**
 * Both paired tests, every metric from the same draws. The systems have equal shapes.
 * As in the package, chance counts only where it leads further apart than the systems are: systems
 * without any difference get the smallest p-value there is. Look at the difference first.
 * **Source**: sacrebleu 2.6.0, significance._paired_bs_test and _paired_ar_test, whose p-values BLEU's
 * equal with one layer of one text a unit.
 */
void drp_paired_test(const struct drp_system *baseline, const struct drp_system *system,
                     const struct drp_resample_opts *opts,
                     struct drp_paired out[DRP_N_METRICS]);

/**
 * Holm's correction: p-values of `n` comparisons become ones that keep the chance of any false finding at
 * the level. NAN stays and does not count.
 * **Source**: Holm (1979); statsmodels multipletests(method="holm").
 */
void drp_holm(double *p, size_t n);

#endif
