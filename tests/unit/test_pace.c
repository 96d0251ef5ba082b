/* Threads are given up when they do not run, and tried again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "engine/pace.h"

#include "base/banned.h"

#define SECOND ((int64_t)1000000)

static void idle_machines_keep_all(void **state)
{
    (void)state;
    struct drp_pace p;
    drp_pace_init(&p, 8);
    for (int64_t t = 0; t < 100; t++) {
        assert_int_equal(drp_pace_threads(&p, t * SECOND, true), 8);
        drp_pace_note(&p, 8, 10000, 76000, t * SECOND);
    }
}

static void lost_cores_are_given_up(void **state)
{
    static const struct {
        uint32_t most;
        int64_t wall_us, cpu_us;
        uint32_t left;
    } rows[] = {
        {2, 10000, 19000, 2}, /* both run                       */
        {2, 10000, 8000, 1},  /* one core for the two           */
        {64, 10000, 20000, 2} /* a container that is given two  */,
        {16, 10000, 1000, 1}, /* hardly anything                */
        {16, 500, 100, 16},   /* too short to say               */
        {1, 10000, 1000, 1},  /* nothing to give up             */
        {0, 10000, 1000, 1},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_pace p;
        drp_pace_init(&p, rows[i].most);
        const uint32_t threads = drp_pace_threads(&p, 0, true);
        drp_pace_note(&p, threads, rows[i].wall_us, rows[i].cpu_us, 0);
        assert_int_equal(drp_pace_threads(&p, 1, true), rows[i].left);
    }
}

static void they_come_back(void **state)
{
    (void)state;
    struct drp_pace p;
    drp_pace_init(&p, 4);
    drp_pace_note(&p, 4, 10000, 10000, 0);
    assert_int_equal(drp_pace_threads(&p, SECOND, true), 1);
    assert_int_equal(drp_pace_threads(&p, 3 * SECOND, false), 1); /* a long pass */
    assert_int_equal(drp_pace_threads(&p, 3 * SECOND, true), 2);
    drp_pace_note(&p, 2, 10000, 9000, 3 * SECOND); /* still no room: a longer wait */
    assert_int_equal(drp_pace_threads(&p, 6 * SECOND, true), 1);
    assert_int_equal(drp_pace_threads(&p, 8 * SECOND, true), 2);
    drp_pace_note(&p, 2, 10000, 19000, 8 * SECOND);
    assert_int_equal(drp_pace_threads(&p, 8 * SECOND, false), 2);
    drp_pace_note(&p, drp_pace_threads(&p, 9 * SECOND, true), 10000, 39000, 9 * SECOND);
    assert_int_equal(drp_pace_threads(&p, 9 * SECOND, false), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_machines_keep_all),
        cmocka_unit_test(lost_cores_are_given_up),
        cmocka_unit_test(they_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
