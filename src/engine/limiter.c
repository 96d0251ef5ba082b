#include "engine/limiter.h"

#include "base/base.h"

#include "base/banned.h"

enum {
    FIRST_LIMIT = 8,
    BREAK_AFTER = 5, /* failures in a row */
    SLACK_MS = 1000, /* later than usual by so much says nothing yet */
};

static const double cut_throttled = 0.5, cut_slow = 0.9; /* what is left of the limit */
static const double slow_factor = 3;                     /* times the usual delay     */
static const double smoothing = 0.125, forgetting = 1.0001;

void drp_limiter_init(struct drp_limiter *l, size_t ceiling)
{
    *l = (struct drp_limiter){.ceiling = (double)ceiling, .starting = true};
    l->limit = DRP_MIN(l->ceiling, FIRST_LIMIT);
}

size_t drp_limiter_slots(const struct drp_limiter *l)
{
    return l->limit < 1 ? 1 : (size_t)l->limit;
}

static void cut(struct drp_limiter *l, double part, const struct drp_limiter_call *call)
{
    if (call->started_ms < l->last_cut_ms)
        return; /* it was under way when the limit was cut */
    l->limit = DRP_MAX(l->limit * part, 1);
    l->last_cut_ms = call->now_ms;
    l->starting = false;
}

/* True when answers begin much later than they used to: calls queue at the server. */
static bool note_delay(struct drp_limiter *l, double delay_ms)
{
    l->recent_ms =
        l->usual_ms > 0 ? l->recent_ms + smoothing * (delay_ms - l->recent_ms) : delay_ms;
    const double risen = l->usual_ms * forgetting;
    l->usual_ms = l->usual_ms > 0 ? DRP_MIN(risen, l->recent_ms) : l->recent_ms;
    return l->recent_ms > slow_factor * l->usual_ms + SLACK_MS;
}

void drp_limiter_good(struct drp_limiter *l, const struct drp_limiter_call *call)
{
    const bool slow =
        call->first_byte_ms >= 0 && note_delay(l, (double)call->first_byte_ms + 1);
    if (slow) {
        cut(l, cut_slow, call);
        return;
    }
    if (call->n_active < drp_limiter_slots(l))
        return; /* the limit was not what held calls back */
    l->limit += l->starting ? 1 : 1 / l->limit;
    l->limit = DRP_MIN(l->limit, l->ceiling);
}

void drp_limiter_throttled(struct drp_limiter *l, const struct drp_limiter_call *call)
{
    cut(l, cut_throttled, call);
}

void drp_breaker_init(struct drp_breaker *b, int64_t base_ms, int64_t max_ms)
{
    *b = (struct drp_breaker){.base_ms = base_ms, .max_ms = max_ms};
}

bool drp_breaker_allows(const struct drp_breaker *b, int64_t now_ms)
{
    return !b->trying && now_ms >= b->open_until_ms;
}

int64_t drp_breaker_next_ms(const struct drp_breaker *b)
{
    return b->trying ? INT64_MAX : b->open_until_ms;
}

void drp_breaker_begin(struct drp_breaker *b)
{
    b->trying = b->open_until_ms != 0;
}

bool drp_breaker_end(struct drp_breaker *b, enum drp_health health, int64_t now_ms,
                     double chance)
{
    const bool was_open = b->open_until_ms != 0;
    if (health == DRP_HEALTH_UNKNOWN) {
        b->trying = false;
        return false;
    }
    if (health == DRP_HEALTH_GOOD) {
        b->n_failed = b->n_opened = 0;
        b->open_until_ms = 0;
        b->trying = false;
        return was_open;
    }
    b->n_failed++;
    /* While it is open only the one that tries has a say: others started before. */
    if (was_open ? !b->trying : b->n_failed < BREAK_AFTER)
        return false;
    b->trying = false;
    b->n_opened++;
    b->open_until_ms =
        now_ms + 1 + drp_backoff_ms(b->base_ms, b->max_ms, b->n_opened, chance);
    return !was_open;
}

int64_t drp_backoff_ms(int64_t base_ms, int64_t max_ms, unsigned n, double chance)
{
    int64_t wait = DRP_MIN(base_ms, max_ms);
    for (unsigned i = 1; i < n && wait < max_ms; i++)
        wait = DRP_MIN(wait * 2, max_ms);
    return wait - (int64_t)((double)wait / 2 * chance);
}
