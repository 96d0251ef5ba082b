/* All metrics of a pair of texts at once, with the tools that they need. */
#ifndef DRP_EVAL_SCORER_H
#define DRP_EVAL_SCORER_H

#include "base/err.h"
#include "drp/scores.h"
#include "metric/resample.h"

/** Tokenisers, WordNet, buffers. One owner, one thread. */
struct drp_scorer;

/** The values of one pair. METEOR, ROUGE 0 to 1, BLEU 0 to 100 with the effective order. */
struct drp_pair_scores {
    struct drp_bleu_counts counts;
    double value[DRP_N_METRICS]; /* NAN: not there; [DRP_JUDGE] always */
};

/**
 * Opens them. A missing WordNet is no error but has no METEOR, see drp_scorer_missing().
 * **Owns**: caller, drp_scorer_free(). **Errors**: DRP_ENOTFOUND (a folder that was given), DRP_EINPUT, DRP_EIO.
 */
int drp_scorer_open(const struct drp_scorer_opts *opts, struct drp_scorer **out,
                    struct drp_err *err) DRP_CHECKED;

/** Frees them. NULL is allowed. */
void drp_scorer_free(struct drp_scorer *s);

/** Why there is no METEOR, with the line that mends it; NULL when there is. Borrowed. */
const struct drp_err *drp_scorer_missing(const struct drp_scorer *s);

/** Scores one pair of texts, well-formed UTF-8. */
void drp_scorer_score(struct drp_scorer *s, struct drp_sv hypothesis,
                      struct drp_sv reference, struct drp_pair_scores *out);

/** The unit of one pair. */
struct drp_unit drp_scorer_unit(const struct drp_pair_scores *scores);

/**
 * Appends the signature of a metric, `key:value|key:value`: what was computed, by which tools, and the version of the
 * Python package whose number it equals. Nothing for a metric that is not computed here.
 */
void drp_scorer_signature(const struct drp_scorer *s, enum drp_metric metric,
                          struct drp_str *out);

/** Appends the signature of intervals and tests; `with_trials`: approximate randomisation too. */
void drp_resample_signature(const struct drp_resample_opts *opts, bool with_trials,
                            struct drp_str *out);

#endif
