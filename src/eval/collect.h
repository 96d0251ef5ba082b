/* From texts to units: reads pairs, scores them, has them judged, adds them to their groups. */
#ifndef DRP_EVAL_COLLECT_H
#define DRP_EVAL_COLLECT_H

#include "base/thread.h"
#include "eval/groups.h"
#include "eval/judge.h"
#include "eval/scorer.h"

/** Told of each pair, in the order of the file. Everything is borrowed. */
typedef void drp_on_pair(void *ctx, const struct drp_pair *pair,
                         const struct drp_pair_scores *scores);

/** What a collection works with. */
struct drp_collector {
    struct drp_scorer *scorer;
    struct drp_judge *judge; /* NULL: nobody is asked                              */
    bool by_id;              /* pairs: a sample is an id; else every line is one   */
    drp_on_pair *on_pair;    /* may be NULL */
    void *ctx;               /* for on_pair */
    const struct drp_cancel *cancel; /* may be NULL */
};

/**
 * Reads `pairs` to its end into `groups`, as source number `source`. No text is kept.
 * **Errors**: DRP_EINPUT (a bad line; an id or a prediction that comes twice; no line at all), DRP_ECANCELLED, what the judge
 * says.
 */
int drp_collect(const struct drp_collector *c, struct drp_pairs *pairs, size_t source,
                struct drp_groups *groups, struct drp_err *err) DRP_CHECKED;

#endif
