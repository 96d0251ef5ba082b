/* Clocks: durations do not jump, sleeping is not too short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "base/clock.h"
#include "base/banned.h"

static void time_goes_forward(void **state)
{
    (void)state;
    const int64_t us = drp_clock_us(), ms = drp_clock_ms();
    assert_true(us > 0 && ms >= us / 1000 && ms - us / 1000 < 10000);
    int64_t before = us;
    for (int i = 0; i < 1000; i++) {
        const int64_t now = drp_clock_us();
        assert_true(now >= before);
        before = now;
    }
}

static void wall_time_is_in_milliseconds(void **state)
{
    (void)state;
    const int64_t seconds = drp_clock_wall_ms() / 1000, expected = (int64_t)time(NULL);
    assert_in_range(seconds, expected - 2, expected + 2);
}

static void ignore_alarm(int number)
{
    (void)number;
}

static void sleeping_lasts_through_signals(void **state)
{
    (void)state;
    struct sigaction on_alarm = {.sa_handler = ignore_alarm}, before;
    const struct itimerval every_ms = {{0, 1000}, {0, 1000}}, never = {0};
    sigaction(SIGALRM, &on_alarm, &before);
    setitimer(ITIMER_REAL, &every_ms, NULL);
    const int64_t start = drp_clock_us();
    drp_clock_sleep_ms(30);
    const int64_t slept = drp_clock_us() - start;
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_in_range(slept, 30000, 5000000);

    drp_clock_sleep_ms(0);
    drp_clock_sleep_ms(-5);
    assert_true(drp_clock_us() - start < 5000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_goes_forward),
        cmocka_unit_test(wall_time_is_in_milliseconds),
        cmocka_unit_test(sleeping_lasts_through_signals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
