#include "engine/pace.h"

#include "base/base.h"

#include "base/banned.h"

#define FIRST_WAIT_US   ((int64_t)2000000)
#define LONGEST_WAIT_US ((int64_t)60000000)
/* Shorter passes say nothing: clocks are too coarse. */
#define MIN_PASS_US 1000
/* A thread that ran for less than this part of a pass had lost its core. */
#define MIN_SHARE 0.6

void drp_pace_init(struct drp_pace *p, uint32_t most)
{
    most = DRP_MAX(most, 1u);
    *p = (struct drp_pace){.most = most, .now = most, .wait_us = FIRST_WAIT_US};
}

uint32_t drp_pace_threads(const struct drp_pace *p, int64_t now_us, bool may_try)
{
    if (p->now == p->most || !may_try || now_us < p->retry_at_us)
        return p->now;
    return p->now > p->most / 2 ? p->most : p->now * 2;
}

void drp_pace_note(struct drp_pace *p, uint32_t threads, int64_t wall_us, int64_t cpu_us,
                   int64_t now_us)
{
    if (wall_us < MIN_PASS_US)
        return;
    const double running = (double)cpu_us / (double)wall_us;
    if (threads > 1 && running < MIN_SHARE * threads) {
        p->now = DRP_MAX((uint32_t)running, 1u);
        p->retry_at_us = now_us + p->wait_us;
        p->wait_us = DRP_MIN(p->wait_us * 2, LONGEST_WAIT_US);
    } else if (threads > p->now) {
        p->now = threads;
        if (p->now == p->most)
            p->wait_us = FIRST_WAIT_US;
    }
}
