#include "base/log.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/progress.h"
#include "base/utf8.h"
#include "base/banned.h"

/* Longer messages are cut: nobody reads more of one line. */
#define MAX_LINE_BYTES 8192

static _Atomic int log_level = DRP_LOG_WARN;

static const char *const prefixes[] = {
    [DRP_LOG_ERROR] = "drp: error: ",
    [DRP_LOG_WARN] = "drp: warning: ",
    [DRP_LOG_INFO] = "drp: ",
    [DRP_LOG_DEBUG] = "drp: debug: ",
};

void drp_log_set_level(enum drp_log_level level)
{
    atomic_store(&log_level, (int)level);
}

enum drp_log_level drp_log_get_level(void)
{
    return (enum drp_log_level)atomic_load(&log_level);
}

void drp_log_add_printable(struct drp_str *out, struct drp_sv sv)
{
    for (size_t at = 0; at < sv.len;) {
        const uint32_t cp = drp_utf8_next(sv, &at);
        const bool is_control = cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
        drp_utf8_add(out, is_control ? '?' : cp);
    }
}

void drp_log(enum drp_log_level level, const char *fmt, ...)
{
    if (level > drp_log_get_level())
        return;
    struct drp_str text, line;
    drp_str_init(&text, MAX_LINE_BYTES);
    drp_str_init(&line, MAX_LINE_BYTES + 32);

    va_list args;
    va_start(args, fmt);
    drp_str_vaddf(&text, fmt, args);
    va_end(args);
    drp_str_addz(&line, prefixes[level]);
    drp_log_add_printable(&line, drp_str_sv(&text));
    drp_str_addc(&line, '\n');

    /* The lock of stderr keeps lines and the progress line apart. */
    flockfile(stderr);
    drp_progress_wipe();
    fwrite(line.ptr, 1, line.len, stderr);
    funlockfile(stderr);

    drp_str_release(&line);
    drp_str_release(&text);
}
