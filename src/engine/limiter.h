/* How fast a server is asked: how many calls at a time, whether at all, and when again
 * after a failure. Pure rules over given times, without clock or network. */
#ifndef DRP_ENGINE_LIMITER_H
#define DRP_ENGINE_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * How many calls may be under way: grows while calls go well and fill it, falls when the
 * server says "too many" or answers begin much later than they used to. Doubling at
 * first, then additive increase and multiplicative decrease.
 */
struct drp_limiter {
    double limit, ceiling;
    bool starting;       /* nothing has gone wrong yet: doubles                       */
    int64_t last_cut_ms; /* what was started before says nothing new                  */
    double recent_ms;    /* smoothed time to the first byte                           */
    double usual_ms;     /* the smallest of these, slowly forgotten; 0: none yet      */
};

/** What is known of a call that ended. */
struct drp_limiter_call {
    int64_t started_ms, now_ms;
    int64_t first_byte_ms; /* from its start; negative: unknown */
    size_t n_active;       /* calls under way, this one included */
};

/** Starts; never more than `ceiling` (≥ 1) at a time. */
void drp_limiter_init(struct drp_limiter *l, size_t ceiling);

/** How many calls may be under way now, at least 1. */
size_t drp_limiter_slots(const struct drp_limiter *l);

/** A call that was answered. */
void drp_limiter_good(struct drp_limiter *l, const struct drp_limiter_call *call);

/** A call that was refused because there are too many. */
void drp_limiter_throttled(struct drp_limiter *l, const struct drp_limiter_call *call);

/** What an attempt says about its server. */
enum drp_health {
    DRP_HEALTH_GOOD,    /* it answers, be it with a refusal */
    DRP_HEALTH_BAD,     /* it failed */
    DRP_HEALTH_UNKNOWN, /* the attempt was given up by us */
};

/**
 * Keeps a server that fails from being asked: after some failures in a row it is left
 * alone for a while, then one call may try; that one decides.
 */
struct drp_breaker {
    int64_t base_ms, max_ms; /* of the while: doubles with each that did not help */
    unsigned n_failed;       /* in a row                              */
    unsigned n_opened;       /* since it was last good                */
    int64_t open_until_ms;   /* 0: closed                             */
    bool trying;             /* the one call is under way             */
};

/** Starts closed. */
void drp_breaker_init(struct drp_breaker *b, int64_t base_ms, int64_t max_ms);

/** True when a call may start now. */
bool drp_breaker_allows(const struct drp_breaker *b, int64_t now_ms);

/** When a call may start at the earliest; 0: now. INT64_MAX while one tries. */
int64_t drp_breaker_next_ms(const struct drp_breaker *b);

/** A call starts. */
void drp_breaker_begin(struct drp_breaker *b);

/**
 * A call ended. `chance` in [0, 1) spreads those that wait. True when this opened or
 * closed it.
 */
bool drp_breaker_end(struct drp_breaker *b, enum drp_health health, int64_t now_ms,
                     double chance);

/**
 * How long to wait before attempt `n` + 1 (n ≥ 1): base, doubling up to `max`, of which a
 * random half is taken off. `chance` in [0, 1). Between half of it and all of it.
 */
int64_t drp_backoff_ms(int64_t base_ms, int64_t max_ms, unsigned n, double chance);

#endif
