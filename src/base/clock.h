/* Time. */
#ifndef DRP_BASE_CLOCK_H
#define DRP_BASE_CLOCK_H

#include <stdint.h>

/** Milliseconds of a clock that never jumps, for durations. */
int64_t drp_clock_ms(void);

/** Microseconds of a clock that never jumps, for durations. */
int64_t drp_clock_us(void);

/** Milliseconds since 1970, for records. */
int64_t drp_clock_wall_ms(void);

/** Sleeps for `ms` milliseconds. */
void drp_clock_sleep_ms(int64_t ms);

#endif
