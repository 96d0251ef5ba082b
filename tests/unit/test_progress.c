/* The progress line, on a terminal of its own: what it says, how often, how it is wiped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/banned.h"

/* A pseudo terminal that stands in for stderr. */
struct terminal {
    int master, kept;
};

static struct terminal open_terminal(unsigned short columns)
{
    const struct winsize size = {.ws_row = 24, .ws_col = columns};
    struct terminal t = {posix_openpt(O_RDWR | O_NOCTTY), dup(STDERR_FILENO)};
    assert_int_equal(grantpt(t.master) | unlockpt(t.master), 0);
    const int slave = open(ptsname(t.master), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0);
    ioctl(slave, TIOCSWINSZ, &size);
    dup2(slave, STDERR_FILENO);
    close(slave);
    return t;
}

/* Closes it and gives what was shown; free() it. */
static char *close_terminal(struct terminal t)
{
    enum { SIZE = 65536 };
    char *const shown = calloc(1, SIZE);
    size_t len = 0;
    dup2(t.kept, STDERR_FILENO); /* the last that held the other end: reading ends then */
    close(t.kept);
    for (ssize_t n; (n = read(t.master, shown + len, SIZE - 1 - len)) > 0;)
        len += (size_t)n;
    close(t.master);
    return shown;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)); text++)
        n++;
    return n;
}

static void says_how_far_and_how_long(void **state)
{
    (void)state;
    const struct terminal t = open_terminal(100);
    struct drp_progress *const p = drp_progress_new("samples", 1000);
    drp_progress_set(p, 100, DRP_SV("drp\n7B"));
    drp_clock_sleep_ms(600);
    drp_progress_set(p, 400, (struct drp_sv){NULL, 0});
    drp_progress_free(p);
    char *const shown = close_terminal(t);
    assert_non_null(strstr(shown, "\rsamples 100/1000 10.0%  drp?7B\033[K"));
    assert_non_null(strstr(shown, "\rsamples 400/1000 40.0%  "));
    assert_non_null(strstr(shown, "/s  "));
    assert_non_null(strstr(shown, "s left\033[K"));
    assert_true(drp_sv_ends(drp_sv_from(shown), DRP_SV("\r\033[K")));
    free(shown);
}

static void an_unknown_total_has_no_percentage(void **state)
{
    (void)state;
    const struct terminal t = open_terminal(100);
    struct drp_progress *const p = drp_progress_new("lines", 0);
    drp_progress_set(p, 7, (struct drp_sv){NULL, 0});
    drp_progress_free(p);
    char *const shown = close_terminal(t);
    assert_string_equal(shown, "\rlines 7\033[K\r\033[K");
    free(shown);
}

static void draws_at_most_ten_times_a_second(void **state)
{
    (void)state;
    const struct terminal t = open_terminal(100);
    struct drp_progress *const p = drp_progress_new("x", 0);
    const int64_t start = drp_clock_ms();
    int64_t now = start;
    for (uint64_t done = 0; now - start < 350; done++, now = drp_clock_ms())
        drp_progress_set(p, done, (struct drp_sv){NULL, 0});
    const size_t most = (size_t)(drp_clock_ms() - start) / 100 + 1;
    drp_progress_free(p);
    char *const shown = close_terminal(t);
    assert_in_range(count(shown, "\rx "), 2, most);
    free(shown);
}

static void a_message_wipes_it_first(void **state)
{
    (void)state;
    const struct terminal t = open_terminal(100);
    struct drp_progress *const p = drp_progress_new("x", 0);
    drp_progress_set(p, 1, (struct drp_sv){NULL, 0});
    drp_log(DRP_LOG_INFO, "hello");
    drp_log(DRP_LOG_INFO, "again");
    drp_progress_free(p);
    char *const shown = close_terminal(t);
    assert_string_equal(shown, "\rx 1\033[K\r\033[Kdrp: hello\r\ndrp: again\r\n");
    free(shown);
}

static void never_wraps(void **state)
{
    (void)state;
    const struct terminal t = open_terminal(12);
    struct drp_progress *const p = drp_progress_new("\xe6\xbc\xa2\xe5\xad\x97", 0);
    drp_progress_set(p, 1, DRP_SV("\xe6\xbc\xa2\xe5\xad\x97"));
    drp_progress_free(p);
    char *const shown = close_terminal(t);
    assert_string_equal(shown, "\r\xe6\xbc\xa2\xe5\xad\x97 1  \xe6\xbc\xa2\033[K\r\033[K");
    free(shown);
}

static void nothing_without_a_terminal(void **state)
{
    (void)state;
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    const int kept = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    struct drp_progress *const p = drp_progress_new("x", 10);
    drp_progress_set(p, 1, DRP_SV("note"));
    drp_progress_free(p);
    drp_progress_free(NULL);
    drp_progress_wipe();
    dup2(kept, STDERR_FILENO);
    close(kept);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

static void nothing_on_a_dumb_terminal(void **state)
{
    (void)state;
    const struct terminal t = open_terminal(80);
    setenv("TERM", "dumb", 1);
    struct drp_progress *const p = drp_progress_new("x", 10);
    drp_progress_set(p, 1, DRP_SV("note"));
    drp_progress_free(p);
    setenv("TERM", "xterm", 1);
    char *const shown = close_terminal(t);
    assert_string_equal(shown, "");
    free(shown);
}

static void is_not_shown_to_whoever_wants_warnings_only(void **state)
{
    (void)state;
    const struct terminal t = open_terminal(80);
    drp_log_set_level(DRP_LOG_WARN);
    struct drp_progress *const p = drp_progress_new("samples", 4);
    drp_progress_set(p, 4, (struct drp_sv){0});
    drp_progress_free(p);
    drp_log_set_level(DRP_LOG_INFO);
    char *const shown = close_terminal(t);
    assert_string_equal(shown, "");
    free(shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how_far_and_how_long),
        cmocka_unit_test(an_unknown_total_has_no_percentage),
        cmocka_unit_test(draws_at_most_ten_times_a_second),
        cmocka_unit_test(a_message_wipes_it_first),
        cmocka_unit_test(never_wraps),
        cmocka_unit_test(nothing_without_a_terminal),
        cmocka_unit_test(nothing_on_a_dumb_terminal),
        cmocka_unit_test(is_not_shown_to_whoever_wants_warnings_only),
    };
    setenv("TERM", "xterm", 1);
    drp_log_set_level(DRP_LOG_INFO);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
