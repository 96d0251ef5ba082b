/* What a run may spend, in tokens and in money. All models of a run share one. */
#ifndef DRP_ENGINE_BUDGET_H
#define DRP_ENGINE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"

/** Limits. */
struct drp_budget_opts {
    uint64_t max_tokens; /* of prompts and answers, as the engines count; 0: no limit */
    double max_cost;     /* in the unit of the prices; 0: no limit */
};

/** What a million tokens of a model cost. */
struct drp_price {
    double in, out;
};

/** A snapshot. */
struct drp_budget_state {
    uint64_t tokens;
    double cost;
    uint64_t n_refused; /* calls that were not asked because it was spent */
};

/** Starts one. **Owns**: caller, drp_budget_free(), after the models that use it. */
struct drp_budget *drp_budget_new(const struct drp_budget_opts *opts);

/** NULL is allowed. */
void drp_budget_free(struct drp_budget *b);

/**
 * True when another call may be asked; else it is counted as refused. What is under way
 * is not known yet: a budget is exceeded by at most the calls in flight. NULL: always.
 * **Threads**: any, as for what follows.
 */
bool drp_budget_allows(struct drp_budget *b);

/** Notes what a call has used. NULL is allowed. */
void drp_budget_spend(struct drp_budget *b, const struct drp_usage *usage,
                      struct drp_price price);

/** What was spent. NULL gives zeros. */
struct drp_budget_state drp_budget_get(struct drp_budget *b);

#endif
