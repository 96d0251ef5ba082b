/* What tables and JSON of scores share: which metrics, with how many digits, and the signatures. */
#ifndef DRP_EVAL_SHOW_H
#define DRP_EVAL_SHOW_H

#include "base/columns.h"
#include "eval/judge.h"
#include "eval/pairs.h"
#include "eval/scorer.h"
#include "io/json.h"

/** What a table is about, beside its figures. Everything is borrowed. */
struct drp_show {
    const struct drp_scorer *scorer;
    const struct drp_judge *judge; /* NULL: nobody judged */
    bool judge_scored;             /* it gave scores, so that it is one of the metrics */
    const struct drp_resample_opts *resample;
    const struct drp_source *sources; /* by number; NULL when there is one only */
};

/** Whether a metric is shown: every one but the judge, who is shown when it gave scores. */
bool drp_show_has(const struct drp_show *show, size_t metric);

/** Digits behind the point of a metric's figures. */
int drp_show_digits(size_t metric);

/** Writes a member `[low, high]`. */
void drp_show_range(struct drp_jw *w, const char *key, const struct drp_interval *i);

/** Writes a member a metric. **Shapes**: scores (DRP_N_METRICS). */
void drp_show_scores(const struct drp_show *show, const double *scores, struct drp_jw *w);

/** Writes the member "intervals". **Shapes**: intervals (DRP_N_METRICS). */
void drp_show_intervals(const struct drp_show *show, const struct drp_interval *intervals,
                        struct drp_jw *w);

/** Writes the member "signatures"; `with_trials`: of paired tests. */
void drp_show_signatures(const struct drp_show *show, bool with_trials, struct drp_jw *w);

/** Writes how often the judge was asked and not understood, when there is one. */
void drp_show_judge(const struct drp_show *show, struct drp_jw *w);

/** Appends the signatures as lines, and what the judge's answers came to. */
void drp_show_notes(const struct drp_show *show, bool with_trials, struct drp_str *out);

/** Adds a cell with a metric's figure; a dash for NAN. */
void drp_columns_metric(struct drp_columns *c, size_t metric, double value);

/** Adds a cell with a p-value; a dash for NAN. */
void drp_columns_p(struct drp_columns *c, double p);

/** Adds a cell `[low, high]`; an empty one for NAN. */
void drp_columns_interval(struct drp_columns *c, size_t metric,
                          const struct drp_interval *i);

#endif
