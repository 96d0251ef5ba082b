/* How many threads compute a pass. Threads of a pass spin while they wait for each
 * other, so one that loses its core to another program holds up all: with 2 threads on
 * 2 cores that others use too, a token takes a hundred times as long as with 1. So
 * threads are given up where the processor time shows that they do not run, and tried
 * again now and then. Their number changes no result. */
#ifndef DRP_ENGINE_PACE_H
#define DRP_ENGINE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/** The number of threads in force. Start with drp_pace_init(). */
struct drp_pace {
    uint32_t most, now;
    int64_t retry_at_us; /* when more are tried again                       */
    int64_t wait_us;     /* until the try after the next that goes wrong    */
};

/** Starts with `most` threads, at least 1. */
void drp_pace_init(struct drp_pace *p, uint32_t most);

/**
 * Threads for the pass that starts at `now_us`; with `may_try` false (a long pass) none
 * are tried anew.
 */
uint32_t drp_pace_threads(const struct drp_pace *p, int64_t now_us, bool may_try);

/**
 * Takes note of a pass of `threads` threads that ended at `now_us` after `wall_us`, in
 * which the process had `cpu_us` of processor time.
 */
void drp_pace_note(struct drp_pace *p, uint32_t threads, int64_t wall_us, int64_t cpu_us,
                   int64_t now_us);

#endif
