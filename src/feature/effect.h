/* How far apart two groups of numbers are, and how sure that is. */
#ifndef DRP_FEATURE_EFFECT_H
#define DRP_FEATURE_EFFECT_H

#include <stddef.h>

/** Cliff's delta below which a difference is negligible, and from which it is large (Romano et al. 2006). */
#define DRP_DELTA_NEGLIGIBLE 0.147
#define DRP_DELTA_LARGE      0.474

/** Numbers, each with a weight. */
struct drp_weighted {
    const double *at;
    const double *weight; /* (n) positive; NULL: all the same */
    size_t n;
};

/** What comparing two groups gives. */
struct drp_effect {
    double mean_a, mean_b;
    double delta;    /* Cliff's: P(a > b) − P(a < b), −1 to 1                    */
    double n_a, n_b; /* numbers that the weights are worth (Kish): (Σw)² ÷ Σw²   */
};

/**
 * Compares two groups, neither of them empty. Ranks, not means, decide: rates in short texts are mostly zeros with a
 * few large values, which no normal distribution describes. **Threads**: pure; n log n.
 * **Source**: Cliff 1993, "Dominance statistics".
 */
void drp_effect_compare(struct drp_weighted a, struct drp_weighted b,
                        struct drp_effect *out);

/**
 * The interval of a delta at `z` standard errors. It never shrinks to nothing: full separation of a handful of numbers
 * still leaves a wide one.
 * **Source**: Newcombe 2006, Statistics in Medicine 25, 559–573, method 5 (a score interval of θ = (δ + 1) ÷ 2 with the
 * Hanley-McNeil variance, both sample sizes replaced by their mean in its middle term).
 */
void drp_effect_interval(const struct drp_effect *e, double z, double *low, double *high);

#endif
