/*
 * The line is redrawn in place ("\r", text, erase to the end), at most every 100 ms, cut to the
 * width of the terminal. Whether one is on the screen is known once for the process, because there
 * is one terminal: the lock of stderr guards drawing and wiping, and log.c takes it as well.
 */
#include "base/progress.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "base/utf8.h"
#include "base/banned.h"

#define DRAW_EVERY_MS  100
#define MAX_LINE_BYTES 1024

struct drp_progress {
    struct drp_mutex lock;
    char *what;
    uint64_t total;      /* 0: unknown                                              */
    bool is_shown;       /* stderr is a terminal that can erase                     */
    bool has_first;      /* the two below are set                                   */
    uint64_t first_done; /* where it began: resumed steps took no time and count not */
    int64_t first_ms;
    int64_t drawn_ms; /* when the line was drawn last */
};

static _Atomic bool is_line_drawn = false;

/* Whoever wants to see no messages but warnings wants to see no progress either. */
static bool can_draw(void)
{
    const char *const term = getenv("TERM");
    return drp_log_get_level() >= DRP_LOG_INFO && isatty(STDERR_FILENO) &&
           !(term && strcmp(term, "dumb") == 0);
}

struct drp_progress *drp_progress_new(const char *what, uint64_t total)
{
    struct drp_progress *const p = drp_calloc(1, sizeof *p);
    const size_t size = strlen(what) + 1;
    drp_mutex_init(&p->lock);
    p->what = memcpy(drp_malloc(size), what, size);
    p->total = total;
    p->is_shown = can_draw();
    p->drawn_ms = INT64_MIN / 2;
    return p;
}

/* "2h05m", "3m07s" or "12s". */
static void add_duration(struct drp_str *s, double seconds)
{
    const uint64_t whole = seconds < 1e9 ? (uint64_t)(seconds + 0.5) : (uint64_t)1e9;
    const unsigned long long h = whole / 3600, m = whole / 60 % 60, sec = whole % 60;
    if (h)
        drp_str_addf(s, "%lluh%02llum", h, m);
    else if (m)
        drp_str_addf(s, "%llum%02llus", m, sec);
    else
        drp_str_addf(s, "%llus", sec);
}

/* Speed and time left, once there is something to compute them from. */
static void add_speed(struct drp_str *s, const struct drp_progress *p, uint64_t done,
                      int64_t now_ms)
{
    const double seconds = (double)(now_ms - p->first_ms) / 1000;
    if (seconds < 0.5 || done <= p->first_done)
        return;
    const double rate = (double)(done - p->first_done) / seconds;
    drp_str_addf(s, rate < 10 ? "  %.2f/s" : "  %.0f/s", rate);
    if (p->total > done) {
        drp_str_addz(s, "  ");
        add_duration(s, (double)(p->total - done) / rate);
        drp_str_addz(s, " left");
    }
}

static void compose(struct drp_str *s, const struct drp_progress *p, uint64_t done,
                    struct drp_sv note, int64_t now_ms)
{
    drp_log_add_printable(s, drp_sv_from(p->what));
    drp_str_addf(s, " %llu", (unsigned long long)done);
    if (p->total)
        drp_str_addf(s, "/%llu %.1f%%", (unsigned long long)p->total,
                     100.0 * (double)done / (double)p->total);
    add_speed(s, p, done, now_ms);
    if (note.len) {
        drp_str_addz(s, "  ");
        drp_log_add_printable(s, note);
    }
}

static size_t terminal_columns(void)
{
    struct winsize size = {0};
    const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}

/* The part of `line` that fits: a line that wraps could not be wiped. */
static struct drp_sv fit(struct drp_sv line, size_t columns)
{
    size_t at = 0, width = 0;
    while (at < line.len) {
        const size_t from = at;
        drp_utf8_next(line, &at);
        width += drp_utf8_width(drp_sv_slice(line, from, at));
        if (width >= columns)
            return drp_sv_slice(line, 0, from);
    }
    return line;
}

static void draw(struct drp_sv line)
{
    flockfile(stderr);
    fprintf(stderr, "\r%.*s\033[K", DRP_SV_ARG(line));
    atomic_store(&is_line_drawn, true);
    funlockfile(stderr);
}

void drp_progress_set(struct drp_progress *p, uint64_t done, struct drp_sv note)
{
    if (!p->is_shown)
        return;
    drp_mutex_lock(&p->lock);
    const int64_t now_ms = drp_clock_ms();
    if (!p->has_first) {
        p->has_first = true;
        p->first_done = done;
        p->first_ms = now_ms;
    }
    if (now_ms - p->drawn_ms >= DRAW_EVERY_MS) {
        p->drawn_ms = now_ms;
        struct drp_str line;
        drp_str_init(&line, MAX_LINE_BYTES);
        compose(&line, p, done, note, now_ms);
        draw(fit(drp_str_sv(&line), terminal_columns()));
        drp_str_release(&line);
    }
    drp_mutex_unlock(&p->lock);
}

void drp_progress_free(struct drp_progress *p)
{
    if (!p)
        return;
    if (p->is_shown)
        drp_progress_wipe();
    drp_mutex_release(&p->lock);
    free(p->what);
    free(p);
}

void drp_progress_wipe(void)
{
    flockfile(stderr);
    if (atomic_exchange(&is_line_drawn, false))
        fputs("\r\033[K", stderr);
    funlockfile(stderr);
}
