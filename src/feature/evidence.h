/* Counted evidence: what can be measured is measured, and a claim that the numbers contradict is dropped, whatever a
 * model says. Who is compared, and how: feature/standing.h.
 *
 * **What nobody claimed** joins the features when the difference is large and sure beyond doubt (drp_standing_strength()): at
 * most DRP_EVIDENCE_MAX_MEASURED, the surest first, of traits that say much the same only one. */
#ifndef DRP_FEATURE_EVIDENCE_H
#define DRP_FEATURE_EVIDENCE_H

#include "data/sample.h"
#include "feature/feature.h"
#include "feature/standing.h"

/** What is done with counts. */
enum drp_evidence_mode {
    DRP_EVIDENCE_OFF,   /* nothing is counted                           */
    DRP_EVIDENCE_CHECK, /* claims are checked                           */
    DRP_EVIDENCE_ON,    /* and strong differences that nobody claimed added */
};

/** Limits of what is told. */
enum {
    DRP_EVIDENCE_MAX_MEASURED = 3, /* features added                  */
    DRP_EVIDENCE_MAX_TEXTS = 3,    /* cited for a feature             */
};

/** What was counted about one feature. It holds figures about others, none of their words. */
struct drp_evidence {
    enum drp_trait_id trait;
    int direction;       /* claimed: 1 the user has more, -1 less               */
    double user, others; /* means, in the trait's unit                          */
    double effect;       /* Cliff's delta: above 0 the user has more            */
    double low, high;    /* its interval at 95 %                                */
    enum drp_verdict verdict;
    const size_t *texts; /* (n_texts) places in the profile of those that show it best, best first */
    size_t n_texts;
};

/**
 * Counts, gives each feature that claims something countable its evidence, drops kept ones that the numbers contradict, and
 * with DRP_EVIDENCE_ON puts what nobody claimed before them. Of several claims in one feature the contradicted one counts, else a
 * supported one. `counts` follows. Without texts of both sides nothing happens.
 * **Owns**: `arena`; the list may be a new one.
 */
void drp_evidence_weigh(const struct drp_sample *s, const struct drp_lexicon *lexicon,
                        enum drp_evidence_mode mode, struct drp_arena *arena,
                        struct drp_features *features, struct drp_feature_counts *counts);

/** Appends one line: "3.1 exclamation marks per 100 words, others 0.4: supported". */
void drp_evidence_show(const struct drp_evidence *e, struct drp_str *out);

#endif
