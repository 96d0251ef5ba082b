#include "base/clock.h"

#include <errno.h>
#include <time.h>

#include "base/banned.h"

static int64_t microseconds(clockid_t id)
{
    struct timespec now = {0};
    clock_gettime(id, &now); /* cannot fail for the two clocks used here */
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t drp_clock_ms(void)
{
    return microseconds(CLOCK_MONOTONIC) / 1000;
}

int64_t drp_clock_us(void)
{
    return microseconds(CLOCK_MONOTONIC);
}

int64_t drp_clock_wall_ms(void)
{
    return microseconds(CLOCK_REALTIME) / 1000;
}

void drp_clock_sleep_ms(int64_t ms)
{
    if (ms <= 0)
        return;
    /* An absolute end, so that signals do not make the sleep longer. */
    const int64_t end_us = microseconds(CLOCK_MONOTONIC) + ms * 1000;
    const struct timespec end = {.tv_sec = (time_t)(end_us / 1000000),
                                 .tv_nsec = (long)(end_us % 1000000) * 1000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
        ;
}
