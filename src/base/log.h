/* Messages for people, on stderr. Never prompts, never texts of users. */
#ifndef DRP_BASE_LOG_H
#define DRP_BASE_LOG_H

#include "base/str.h"
#include "drp/library.h"

/** The level in force. It is the one mutable global beside the out-of-memory handler. */
enum drp_log_level drp_log_get_level(void);

/**
 * One line `drp: text` (warnings and errors say which they are). A progress line on the terminal is
 * wiped first. **Threads**: any; lines never mix.
 */
void drp_log(enum drp_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Appends text from outside so that it cannot steer a terminal: control characters are shown as `?`,
 * bytes that are no UTF-8 as U+FFFD.
 */
void drp_log_add_printable(struct drp_str *out, struct drp_sv sv);

#endif
