/* Two systems before a judge, sample by sample. */
#ifndef DRP_EVAL_DUEL_H
#define DRP_EVAL_DUEL_H

#include "eval/compare.h"
#include "eval/judge.h"

/** Wins, losses and ties of one system against the baseline, as a judge sees them. */
struct drp_duel {
    size_t wins, losses, ties;
    size_t unread; /* without a verdict that could be read; in none of the others */
};

/** Share of wins, a tie counting half; NAN without any verdict. */
double drp_duel_rate(const struct drp_duel *d);

/** Two-sided sign test over wins and losses. **Source**: the exact binomial test with p = 1/2. */
double drp_duel_p(const struct drp_duel *d);

/**
 * Lets the judge choose between each system of a comparison and its baseline, for every text that both have (at the
 * temperatures compared). Reads the sources again and holds their texts meanwhile.
 * **Shapes**: sources by their number, duels (c->n), of which the first stays empty.
 * **Errors**: those of drp_pairs_next() and drp_judge_choose().
 */
int drp_duels(struct drp_judge *judge, const struct drp_source *sources, size_t n_sources,
              const struct drp_comparison *c, struct drp_duel *duels,
              struct drp_err *err) DRP_CHECKED;

#endif
