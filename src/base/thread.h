/* Threads: thin names over pthreads. A failing primitive is a bug and ends the process. */
#ifndef DRP_BASE_THREAD_H
#define DRP_BASE_THREAD_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** A mutual exclusion lock. */
struct drp_mutex {
    pthread_mutex_t raw;
};

/** A condition to wait for; always used with one mutex. */
struct drp_cond {
    pthread_cond_t raw;
};

/** Something that happens once and that one thread waits for; unlike a condition it needs no lock. */
struct drp_event {
    sem_t raw;
};

/** Something that is done once in a process, by whoever needs it first. Start with DRP_ONCE. */
struct drp_once {
    pthread_once_t raw;
};

/** Not done yet. */
#define DRP_ONCE                                                                         \
    {                                                                                    \
        PTHREAD_ONCE_INIT                                                                \
    }

/** A running thread. */
struct drp_thread {
    pthread_t raw;
};

/** Starts an unlocked mutex. */
void drp_mutex_init(struct drp_mutex *m);
/** Frees an unlocked mutex. */
void drp_mutex_release(struct drp_mutex *m);
/** Takes the lock. */
void drp_mutex_lock(struct drp_mutex *m);
/** Gives the lock back. */
void drp_mutex_unlock(struct drp_mutex *m);

/** Starts a condition (its clock is the one of drp_clock_ms). */
void drp_cond_init(struct drp_cond *c);
/** Frees a condition nobody waits for. */
void drp_cond_release(struct drp_cond *c);
/** Waits with `m` held; it is given back meanwhile. */
void drp_cond_wait(struct drp_cond *c, struct drp_mutex *m);
/** Waits until drp_clock_ms() reaches `deadline_ms`. False when that came first. */
bool drp_cond_wait_until(struct drp_cond *c, struct drp_mutex *m, int64_t deadline_ms);
/** Wakes one waiter. */
void drp_cond_signal(struct drp_cond *c);
/** Wakes all waiters. */
void drp_cond_broadcast(struct drp_cond *c);

/** Calls `what` unless that was done; returns when it is done. */
void drp_once_do(struct drp_once *once, void (*what)(void));

/** Starts an event that has not happened. */
void drp_event_init(struct drp_event *e);
/** Frees it. Safe as soon as drp_event_wait() has returned. */
void drp_event_release(struct drp_event *e);
/** Waits until it has happened. */
void drp_event_wait(struct drp_event *e);
/** Makes it happen; the waiter may free it from here on. */
void drp_event_happen(struct drp_event *e);

/**
 * Runs `run(ctx)` in a new thread of `stack_bytes` (0: the system's default). It takes no signals:
 * they go to the thread that has not been started here. **Errors**: DRP_EBUG when none can be had.
 */
int drp_thread_start(struct drp_thread *t, void (*run)(void *), void *ctx,
                     size_t stack_bytes, struct drp_err *err) DRP_CHECKED;
/** Waits for its end. */
void drp_thread_join(struct drp_thread *t);
/** Names the calling thread for debuggers and `top -H`; cut to 15 bytes. */
void drp_thread_name(const char *name);

/** A flag that asks running work to stop; any thread or signal handler may set it. */
struct drp_cancel {
    _Atomic int level; /* 0 go on, 1 finish what is in flight, 2 stop at once */
};

/** The level asked for so far; 0 for a NULL flag. */
int drp_cancel_level(const struct drp_cancel *c);

/** Raises the level to `level`; never lowers it. Safe in a signal handler. */
void drp_cancel_raise(struct drp_cancel *c, int level);

#endif
