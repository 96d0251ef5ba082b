#include "base/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/banned.h"

/* What drp_cancel promises to signal handlers. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "an atomic int must not need a lock");

/* Ends the process when a primitive fails: no caller could go on, and no lock can be trusted. */
static void must(int errnum, const char *what)
{
    if (errnum == 0)
        return;
    fprintf(stderr, "drp: bug: %s: error %d\n", what, errnum);
    _exit(drp_exit_status(DRP_EBUG));
}

void drp_mutex_init(struct drp_mutex *m)
{
    must(pthread_mutex_init(&m->raw, NULL), "mutex init");
}

void drp_mutex_release(struct drp_mutex *m)
{
    must(pthread_mutex_destroy(&m->raw), "mutex release");
}

void drp_mutex_lock(struct drp_mutex *m)
{
    must(pthread_mutex_lock(&m->raw), "mutex lock");
}

void drp_mutex_unlock(struct drp_mutex *m)
{
    must(pthread_mutex_unlock(&m->raw), "mutex unlock");
}

void drp_cond_init(struct drp_cond *c)
{
    pthread_condattr_t attr;
    must(pthread_condattr_init(&attr), "condition attributes");
    must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), "condition clock");
    must(pthread_cond_init(&c->raw, &attr), "condition init");
    pthread_condattr_destroy(&attr);
}

void drp_cond_release(struct drp_cond *c)
{
    must(pthread_cond_destroy(&c->raw), "condition release");
}

void drp_cond_wait(struct drp_cond *c, struct drp_mutex *m)
{
    must(pthread_cond_wait(&c->raw, &m->raw), "condition wait");
}

bool drp_cond_wait_until(struct drp_cond *c, struct drp_mutex *m, int64_t deadline_ms)
{
    if (deadline_ms < 0)
        deadline_ms = 0;
    const struct timespec end = {.tv_sec = (time_t)(deadline_ms / 1000),
                                 .tv_nsec = (long)(deadline_ms % 1000) * 1000000};
    const int rc = pthread_cond_timedwait(&c->raw, &m->raw, &end);
    if (rc == ETIMEDOUT)
        return false;
    must(rc, "condition wait");
    return true;
}

void drp_cond_signal(struct drp_cond *c)
{
    must(pthread_cond_signal(&c->raw), "condition signal");
}

void drp_cond_broadcast(struct drp_cond *c)
{
    must(pthread_cond_broadcast(&c->raw), "condition broadcast");
}

void drp_once_do(struct drp_once *once, void (*what)(void))
{
    must(pthread_once(&once->raw, what), "once");
}

void drp_event_init(struct drp_event *e)
{
    must(sem_init(&e->raw, 0, 0) ? errno : 0, "event init");
}

void drp_event_release(struct drp_event *e)
{
    must(sem_destroy(&e->raw) ? errno : 0, "event release");
}

void drp_event_wait(struct drp_event *e)
{
    int rc;
    while ((rc = sem_wait(&e->raw)) != 0 && errno == EINTR)
        ;
    must(rc ? errno : 0, "event wait");
}

void drp_event_happen(struct drp_event *e)
{
    must(sem_post(&e->raw) ? errno : 0, "event");
}

/* What a new thread starts with; it frees it. */
struct start {
    void (*run)(void *);
    void *ctx;
};

static void *start_thread(void *arg)
{
    const struct start start = *(struct start *)arg;
    free(arg);
    start.run(start.ctx);
    return NULL;
}

/* pthread_create() with every signal blocked, which the new thread inherits. */
static int create_blocked(pthread_t *raw, const pthread_attr_t *attr, struct start *start)
{
    sigset_t all, before;
    sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &before), "signal mask");
    const int rc = pthread_create(raw, attr, start_thread, start);
    must(pthread_sigmask(SIG_SETMASK, &before, NULL), "signal mask");
    return rc;
}

int drp_thread_start(struct drp_thread *t, void (*run)(void *), void *ctx,
                     size_t stack_bytes, struct drp_err *err)
{
    struct start *const start = drp_malloc(sizeof *start);
    *start = (struct start){run, ctx};

    pthread_attr_t attr;
    must(pthread_attr_init(&attr), "thread attributes");
    const size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN);
    if (stack_bytes)
        must(pthread_attr_setstacksize(&attr, stack_bytes < least ? least : stack_bytes),
             "thread stack");
    const int rc = create_blocked(&t->raw, &attr, start);
    pthread_attr_destroy(&attr);
    if (rc == 0)
        return 0;
    free(start);
    return drp_fail(err, DRP_EBUG,
                    "cannot start a thread: system error %d; allow more processes (ulimit -u) "
                    "or use fewer workers",
                    rc);
}

void drp_thread_join(struct drp_thread *t)
{
    must(pthread_join(t->raw, NULL), "thread join");
}

void drp_thread_name(const char *name)
{
    char cut[16]; /* the kernel's limit, with the terminator */
    snprintf(cut, sizeof cut, "%s", name);
    pthread_setname_np(pthread_self(), cut);
}

int drp_cancel_level(const struct drp_cancel *c)
{
    return c ? atomic_load(&c->level) : 0;
}

void drp_cancel_raise(struct drp_cancel *c, int level)
{
    int now = atomic_load(&c->level);
    while (now < level && !atomic_compare_exchange_weak(&c->level, &now, level))
        ;
}
