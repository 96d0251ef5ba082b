#include "engine/budget.h"

#include "base/base.h"
#include "base/thread.h"

#include "base/banned.h"

struct drp_budget {
    struct drp_budget_opts opts;
    struct drp_mutex lock; /* guards the state */
    struct drp_budget_state state;
};

struct drp_budget *drp_budget_new(const struct drp_budget_opts *opts)
{
    struct drp_budget *b = drp_calloc(1, sizeof *b);
    b->opts = *opts;
    drp_mutex_init(&b->lock);
    return b;
}

void drp_budget_free(struct drp_budget *b)
{
    if (!b)
        return;
    drp_mutex_release(&b->lock);
    free(b);
}

bool drp_budget_allows(struct drp_budget *b)
{
    if (!b)
        return true;
    drp_mutex_lock(&b->lock);
    const bool spent = (b->opts.max_tokens > 0 && b->state.tokens >= b->opts.max_tokens) ||
                       (b->opts.max_cost > 0 && b->state.cost >= b->opts.max_cost);
    b->state.n_refused += spent;
    drp_mutex_unlock(&b->lock);
    return !spent;
}

void drp_budget_spend(struct drp_budget *b, const struct drp_usage *usage,
                      struct drp_price price)
{
    if (!b)
        return;
    drp_mutex_lock(&b->lock);
    b->state.tokens += (uint64_t)usage->prompt_tokens + usage->answer_tokens;
    b->state.cost +=
        usage->prompt_tokens * price.in / 1e6 + usage->answer_tokens * price.out / 1e6;
    drp_mutex_unlock(&b->lock);
}

struct drp_budget_state drp_budget_get(struct drp_budget *b)
{
    struct drp_budget_state state = {0};
    if (!b)
        return state;
    drp_mutex_lock(&b->lock);
    state = b->state;
    drp_mutex_unlock(&b->lock);
    return state;
}
