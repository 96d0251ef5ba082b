/* Threads, waiting, and the flag that asks work to stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"
#include "base/banned.h"

/* A count that several threads raise, and one waits for. */
struct counter {
    struct drp_mutex lock;
    struct drp_cond changed;
    int value;
};

static void init(struct counter *c)
{
    *c = (struct counter){0};
    drp_mutex_init(&c->lock);
    drp_cond_init(&c->changed);
}

static void release(struct counter *c)
{
    drp_cond_release(&c->changed);
    drp_mutex_release(&c->lock);
}

static void raise_often(void *ctx)
{
    struct counter *const c = ctx;
    for (int i = 0; i < 1000; i++) {
        drp_mutex_lock(&c->lock);
        c->value++;
        drp_cond_signal(&c->changed);
        drp_mutex_unlock(&c->lock);
    }
}

static void many_threads_and_a_waiter(void **state)
{
    (void)state;
    struct counter c;
    struct drp_thread threads[4];
    init(&c);
    for (size_t i = 0; i < DRP_LEN(threads); i++)
        assert_int_equal(
            drp_thread_start(&threads[i], raise_often, &c, i % 2 ? 1 : 0, NULL), 0);
    drp_mutex_lock(&c.lock);
    while (c.value < 4000)
        drp_cond_wait(&c.changed, &c.lock);
    drp_mutex_unlock(&c.lock);
    for (size_t i = 0; i < DRP_LEN(threads); i++)
        drp_thread_join(&threads[i]);
    assert_int_equal(c.value, 4000);
    release(&c);
}

/* What is asked of another thread, on the asker's heap: freed as soon as it has happened. */
struct request {
    struct drp_event done;
    int square;
};

struct desk {
    struct counter c; /* its lock guards `next` */
    struct request *next;
};

enum { N_REQUESTS = 1000 };

static void square_requests(void *ctx)
{
    struct desk *const d = ctx;
    for (int i = 0; i < N_REQUESTS; i++) {
        drp_mutex_lock(&d->c.lock);
        while (!d->next)
            drp_cond_wait(&d->c.changed, &d->c.lock);
        struct request *r = d->next;
        d->next = NULL;
        drp_mutex_unlock(&d->c.lock);
        r->square *= r->square;
        drp_event_happen(&r->done);
    }
}

static void an_event_may_be_freed_at_once(void **state)
{
    (void)state;
    struct desk d = {0};
    struct drp_thread thread;
    init(&d.c);
    assert_int_equal(drp_thread_start(&thread, square_requests, &d, 0, NULL), 0);
    for (int i = 0; i < N_REQUESTS; i++) {
        struct request *r = drp_malloc(sizeof *r);
        r->square = i;
        drp_event_init(&r->done);
        drp_mutex_lock(&d.c.lock);
        d.next = r;
        drp_cond_signal(&d.c.changed);
        drp_mutex_unlock(&d.c.lock);
        drp_event_wait(&r->done);
        assert_int_equal(r->square, i * i);
        drp_event_release(&r->done);
        free(r);
    }
    drp_thread_join(&thread);
    release(&d.c);
}

static void waiting_ends_at_its_time(void **state)
{
    (void)state;
    struct counter c;
    init(&c);
    drp_mutex_lock(&c.lock);
    const int64_t start = drp_clock_ms();
    while (drp_cond_wait_until(&c.changed, &c.lock, start + 30))
        ;
    assert_in_range(drp_clock_ms() - start, 30, 5000);
    assert_false(drp_cond_wait_until(&c.changed, &c.lock, start - 1000));
    assert_false(drp_cond_wait_until(&c.changed, &c.lock, INT64_MIN));
    drp_mutex_unlock(&c.lock);
    release(&c);
}

static void wake(void *ctx)
{
    struct counter *const c = ctx;
    drp_mutex_lock(&c->lock);
    c->value = 1;
    drp_cond_broadcast(&c->changed);
    drp_mutex_unlock(&c->lock);
}

static void waiting_ends_when_woken(void **state)
{
    (void)state;
    struct counter c;
    struct drp_thread t;
    init(&c);
    const int64_t deadline_ms = drp_clock_ms() + 60000;
    assert_int_equal(drp_thread_start(&t, wake, &c, 0, NULL), 0);
    drp_mutex_lock(&c.lock);
    while (!c.value)
        assert_true(drp_cond_wait_until(&c.changed, &c.lock, deadline_ms));
    drp_mutex_unlock(&c.lock);
    drp_thread_join(&t);
    release(&c);
}

/* What a thread sees of itself. */
struct self {
    char name[32];
    sigset_t blocked;
};

static void look_at_self(void *ctx)
{
    struct self *const self = ctx;
    drp_thread_name("a-name-that-is-too-long");
    pthread_getname_np(pthread_self(), self->name, sizeof self->name);
    pthread_sigmask(SIG_SETMASK, NULL, &self->blocked);
}

static void threads_have_names_and_take_no_signals(void **state)
{
    (void)state;
    struct drp_thread t;
    struct self self;
    sigset_t blocked;
    assert_int_equal(drp_thread_start(&t, look_at_self, &self, 0, NULL), 0);
    drp_thread_join(&t);
    assert_string_equal(self.name, "a-name-that-is-");
    assert_true(sigismember(&self.blocked, SIGINT));
    assert_true(sigismember(&self.blocked, SIGTERM));
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    assert_false(sigismember(&blocked, SIGINT));
}

static struct drp_cancel from_signal;

static void on_signal(int number)
{
    (void)number;
    drp_cancel_raise(&from_signal, drp_cancel_level(&from_signal) + 1);
}

static void cancelling_only_rises(void **state)
{
    (void)state;
    struct drp_cancel c = {0};
    assert_int_equal(drp_cancel_level(NULL), 0);
    assert_int_equal(drp_cancel_level(&c), 0);
    drp_cancel_raise(&c, 2);
    drp_cancel_raise(&c, 1);
    assert_int_equal(drp_cancel_level(&c), 2);

    struct sigaction action = {.sa_handler = on_signal}, before;
    sigaction(SIGUSR1, &action, &before);
    raise(SIGUSR1);
    raise(SIGUSR1);
    sigaction(SIGUSR1, &before, NULL);
    assert_int_equal(drp_cancel_level(&from_signal), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_threads_and_a_waiter),
        cmocka_unit_test(an_event_may_be_freed_at_once),
        cmocka_unit_test(waiting_ends_at_its_time),
        cmocka_unit_test(waiting_ends_when_woken),
        cmocka_unit_test(threads_have_names_and_take_no_signals),
        cmocka_unit_test(cancelling_only_rises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
