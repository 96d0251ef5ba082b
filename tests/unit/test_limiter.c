/* The limit finds what a server can take; a failing server is left alone; waits grow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "base/rng.h"
#include "engine/limiter.h"

#include "base/banned.h"

/* A server that takes `capacity` calls at a time, refuses what is beyond `refuses`, and makes
 * the rest queue. Each round the client puts as many as the limiter lets it. */
struct model {
    size_t capacity, refuses;
    int64_t now_ms;
    size_t n_refused;
};

static void round_of_calls(struct model *m, struct drp_limiter *l)
{
    enum { SERVICE_MS = 200 };
    const size_t n = drp_limiter_slots(l);
    const int64_t started = m->now_ms;
    m->now_ms += SERVICE_MS;
    for (size_t i = 0; i < n; i++) {
        const int64_t wait = (int64_t)(i / m->capacity) * SERVICE_MS + 50;
        const struct drp_limiter_call call = {started, m->now_ms + wait, wait, n};
        m->n_refused += i >= m->refuses;
        if (i >= m->refuses)
            drp_limiter_throttled(l, &call);
        else
            drp_limiter_good(l, &call);
    }
}

static void the_limit_finds_the_server(void **state)
{
    static const struct {
        const char *what;
        size_t ceiling, capacity, refuses;
        size_t least, most; /* of the limit, after it has settled */
    } rows[] = {
        {"the ceiling holds", 4, 1000, 1000, 4, 4},
        {"nothing stops it", 64, 1000, 1000, 64, 64},
        {"refusals stop it", 256, 1000, 20, 9, 21},
        {"one at a time", 256, 1000, 1, 1, 2},
        {"delays stop it", 256, 10, 1000, 10, 150},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_limiter l;
        struct model m = {.capacity = rows[i].capacity, .refuses = rows[i].refuses};
        m.now_ms = 1000;
        drp_limiter_init(&l, rows[i].ceiling);
        for (int k = 0; k < 300; k++)
            round_of_calls(&m, &l);
        m.n_refused = 0;
        for (int k = 0; k < 100; k++) {
            round_of_calls(&m, &l);
            if (drp_limiter_slots(&l) < rows[i].least ||
                drp_limiter_slots(&l) > rows[i].most)
                fail_msg("%s: %zu", rows[i].what, drp_limiter_slots(&l));
        }
        assert_true(m.n_refused < 100); /* it learns: far fewer than one a round */
    }
}

static void an_idle_limit_does_not_grow(void **state)
{
    struct drp_limiter l;
    (void)state;
    drp_limiter_init(&l, 100);
    for (int i = 0; i < 1000; i++)
        drp_limiter_good(&l, &(struct drp_limiter_call){i, i + 1, 1, 2});
    assert_int_equal(drp_limiter_slots(&l), 8);
}

/* Ten refusals of one burst are one reason to slow down. */
static void one_burst_is_one_cut(void **state)
{
    struct drp_limiter l;
    (void)state;
    drp_limiter_init(&l, 100);
    for (int i = 0; i < 8; i++)
        drp_limiter_throttled(&l, &(struct drp_limiter_call){10, 20 + i, -1, 8});
    assert_int_equal(drp_limiter_slots(&l), 4);
    for (int i = 0; i < 50; i++)
        drp_limiter_throttled(&l, &(struct drp_limiter_call){30 + i, 30 + i, -1, 8});
    assert_int_equal(drp_limiter_slots(&l), 1);
}

static void a_failing_server_is_left_alone(void **state)
{
    struct drp_breaker b;
    int64_t now = 1000;
    (void)state;
    drp_breaker_init(&b, 100, 1000);
    for (int i = 0; i < 5; i++) {
        assert_true(drp_breaker_allows(&b, now));
        drp_breaker_begin(&b);
        assert_int_equal(drp_breaker_end(&b, DRP_HEALTH_BAD, now, 0), i == 4);
    }
    assert_false(drp_breaker_allows(&b, now + 100));
    int64_t waited = 0;
    for (int i = 0; i < 6; i++) { /* each that tries in vain doubles the wait */
        assert_true(drp_breaker_next_ms(&b) - now >= DRP_MIN(waited * 2, 1000));
        waited = drp_breaker_next_ms(&b) - now - 1;
        now = drp_breaker_next_ms(&b);
        assert_true(drp_breaker_allows(&b, now));
        drp_breaker_begin(&b);
        assert_false(drp_breaker_allows(&b, now)); /* one only */
        assert_int_equal(drp_breaker_next_ms(&b), INT64_MAX);
        assert_false(drp_breaker_end(&b, DRP_HEALTH_BAD, now, 0));
    }
    assert_int_equal(waited, 1000);
    now = drp_breaker_next_ms(&b);
    drp_breaker_begin(&b);
    assert_false(drp_breaker_end(&b, DRP_HEALTH_UNKNOWN, now, 0));
    assert_true(drp_breaker_allows(&b, now)); /* the next may try instead */
    drp_breaker_begin(&b);
    assert_true(drp_breaker_end(&b, DRP_HEALTH_GOOD, now, 0));
    drp_breaker_begin(&b);
    assert_true(drp_breaker_allows(&b, now));
}

static void single_failures_open_nothing(void **state)
{
    struct drp_breaker b;
    (void)state;
    drp_breaker_init(&b, 100, 1000);
    for (int i = 0; i < 100; i++) {
        drp_breaker_begin(&b);
        drp_breaker_end(&b, i % 5 == 4 ? DRP_HEALTH_GOOD : DRP_HEALTH_BAD, i, 0);
        assert_true(drp_breaker_allows(&b, i));
    }
}

/* Calls that were started before it opened end while it is open: they change nothing. */
static void late_failures_do_not_prolong(void **state)
{
    struct drp_breaker b;
    (void)state;
    drp_breaker_init(&b, 100, 1000);
    for (int i = 0; i < 20; i++)
        drp_breaker_begin(&b);
    for (int i = 0; i < 20; i++)
        drp_breaker_end(&b, DRP_HEALTH_BAD, 0, 0);
    assert_int_equal(drp_breaker_next_ms(&b), 101);
}

static void waits_grow_and_differ(void **state)
{
    struct drp_rng rng;
    (void)state;
    drp_rng_init(&rng, 6);
    int64_t whole = 500;
    for (unsigned n = 1; n < 80; n++) {
        for (int i = 0; i < 20; i++) {
            const int64_t wait = drp_backoff_ms(500, 60000, n, drp_rng_double(&rng));
            assert_in_range(wait, whole / 2, whole);
        }
        assert_int_equal(drp_backoff_ms(500, 60000, n, 0), whole);
        whole = DRP_MIN(whole * 2, 60000);
    }
    assert_int_equal(drp_backoff_ms(500, 100, 1, 0), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_finds_the_server),
        cmocka_unit_test(an_idle_limit_does_not_grow),
        cmocka_unit_test(one_burst_is_one_cut),
        cmocka_unit_test(a_failing_server_is_left_alone),
        cmocka_unit_test(single_failures_open_nothing),
        cmocka_unit_test(late_failures_do_not_prolong),
        cmocka_unit_test(waits_grow_and_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
