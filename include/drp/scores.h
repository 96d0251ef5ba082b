/* How close texts come to what was really written: BLEU, METEOR and ROUGE, equal to sacreBLEU, NLTK and rouge-score.
 *
 *     struct drp_scores *scores;
 *     if (drp_scores_open(NULL, &scores, &err) == 0 && drp_scores_add(scores, mine, real, NULL, &err) == 0)
 *         drp_scores_get(scores, DRP_BLEU, &bleu, &err);
 *     drp_scores_close(scores); */
#ifndef DRP_SCORES_H
#define DRP_SCORES_H

#include <stdbool.h>

#include "drp/error.h"
#include "drp/sv.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is measured. All but BLEU are means over texts. */
enum drp_metric {
    DRP_BLEU, /* 0 to 100; the others 0 to 1 */
    DRP_METEOR,
    DRP_ROUGE1,
    DRP_ROUGE2,
    DRP_ROUGE_L,
    DRP_JUDGE, /* of drp eval --judge; never computed here */
    DRP_N_METRICS
};

/** The name of a metric in files, e.g. "rougeL". Static storage. */
const char *drp_metric_name(enum drp_metric metric);

/** The name of a metric in tables, e.g. "ROUGE-L". Static storage. */
const char *drp_metric_title(enum drp_metric metric);

/** What is used to score. `{0}`: what is installed. */
struct drp_scorer_opts {
    const char *punkt; /* folder of Punkt's parameters in NLTK's layout; NULL: where NLTK looks, else our own */
    const char *wordnet; /* folder of WordNet 3.0; NULL: $WNHOME, /usr/share/wordnet            */
    bool no_synonyms; /* METEOR without WordNet; else, when there is none, there is no METEOR */
};

/** Pairs scored so far, and the tools for it. One owner, one thread at a time; 200 bytes however many pairs. */
struct drp_scores;

/**
 * Opens the tools; `opts` may be NULL. A missing WordNet is no error here, see drp_scores_get().
 * **Owns**: caller, drp_scores_close(). **Errors**: DRP_ENOTFOUND (a folder that was given), DRP_EINPUT, DRP_EIO.
 */
int drp_scores_open(const struct drp_scorer_opts *opts, struct drp_scores **out,
                    struct drp_err *err) DRP_CHECKED;

/** Frees them. NULL is allowed. */
void drp_scores_close(struct drp_scores *s);

/**
 * Scores a pair of texts and adds it. `values` (DRP_N_METRICS), unless NULL, gets its own scores, BLEU with the
 * effective order; NAN where a metric is not computed. **Errors**: DRP_EINPUT (not UTF-8); nothing is added then.
 */
int drp_scores_add(struct drp_scores *s, struct drp_sv hypothesis, struct drp_sv reference,
                   double *values, struct drp_err *err) DRP_CHECKED;

/**
 * A metric over all pairs added: BLEU of the corpus, the mean of the others. **Errors**: DRP_ENOTFOUND (METEOR
 * without WordNet, with the line that mends it; no pair yet), DRP_EUSAGE (a metric that is not computed here).
 */
int drp_scores_get(const struct drp_scores *s, enum drp_metric metric, double *value,
                   struct drp_err *err) DRP_CHECKED;

/**
 * The signature of a metric, `key:value|key:value`: what was computed, by which tools, and the version of the Python
 * package whose number it equals; "" where it is not computed. Borrowed until drp_scores_close().
 */
const char *drp_scores_signature(const struct drp_scores *s, enum drp_metric metric);

#ifdef __cplusplus
}
#endif

#endif
