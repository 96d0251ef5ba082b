/* Messages: levels, prefixes, nothing that steers a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/thread.h"
#include "support/temp.h"
#include "base/banned.h"

/* Sends stderr into a file of `dir`; gives what restore() needs. */
static int redirect(const char *dir)
{
    const int kept = dup(STDERR_FILENO);
    const int fd =
        open(drp_temp_path(dir, "stderr"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600);
    dup2(fd, STDERR_FILENO);
    close(fd);
    return kept;
}

/* Puts stderr back and gives what was written meanwhile; free() it. */
static char *restore(const char *dir, int kept)
{
    struct drp_str s;
    dup2(kept, STDERR_FILENO);
    close(kept);
    drp_str_init(&s, 1 << 20);
    assert_int_equal(drp_fs_read(drp_temp_path(dir, "stderr"), &s, NULL), 0);
    return drp_str_take(&s, NULL);
}

static void log_all(void)
{
    drp_log(DRP_LOG_ERROR, "%d", 1);
    drp_log(DRP_LOG_WARN, "%d", 2);
    drp_log(DRP_LOG_INFO, "%d", 3);
    drp_log(DRP_LOG_DEBUG, "%d", 4);
}

static void levels_and_prefixes(void **state)
{
    static const struct {
        enum drp_log_level level;
        const char *text;
    } rows[] = {
        {DRP_LOG_ERROR, "drp: error: 1\n"},
        {DRP_LOG_WARN, "drp: error: 1\ndrp: warning: 2\n"},
        {DRP_LOG_INFO, "drp: error: 1\ndrp: warning: 2\ndrp: 3\n"},
        {DRP_LOG_DEBUG, "drp: error: 1\ndrp: warning: 2\ndrp: 3\ndrp: debug: 4\n"},
    };
    assert_int_equal(drp_log_get_level(), DRP_LOG_WARN);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        drp_log_set_level(rows[i].level);
        assert_int_equal(drp_log_get_level(), rows[i].level);
        const int kept = redirect(*state);
        log_all();
        char *const got = restore(*state, kept);
        assert_string_equal(got, rows[i].text);
        free(got);
    }
    drp_log_set_level(DRP_LOG_INFO);
}

static void messages_are_one_printable_line(void **state)
{
    char *const text = calloc(20001, 1);
    memset(text, 'x', 20000);
    const int kept = redirect(*state);
    drp_log(DRP_LOG_INFO, "%s",
            "a\nb\033[2Jc\xc2\x9b"
            "d\xff"
            "e caf\xc3\xa9");
    drp_log(DRP_LOG_INFO, "%s", text);
    char *const got = restore(*state, kept);
    static const char first[] = "drp: a?b?[2Jc?d\xef\xbf\xbd"
                                "e caf\xc3\xa9\ndrp: xxx";
    assert_memory_equal(got, first, sizeof first - 1);
    assert_in_range(strlen(got), 8192, 8192 + 100); /* cut, but still a line */
    assert_int_equal(got[strlen(got) - 1], '\n');
    free(got);
    free(text);
}

static void log_often(void *ctx)
{
    for (int i = 0; i < 100; i++)
        drp_log(DRP_LOG_INFO, "%s", (const char *)ctx);
}

static void lines_of_threads_do_not_mix(void **state)
{
    static char names[4][61];
    struct drp_thread threads[4];
    const int kept = redirect(*state);
    for (size_t i = 0; i < 4; i++) {
        memset(names[i], 'a' + (int)i, 60);
        assert_int_equal(drp_thread_start(&threads[i], log_often, names[i], 0, NULL), 0);
    }
    for (size_t i = 0; i < 4; i++)
        drp_thread_join(&threads[i]);
    char *const got = restore(*state, kept);
    struct drp_sv rest = drp_sv_from(got), line;
    size_t n = 0;
    for (; drp_sv_line(&rest, &line); n++) {
        const struct drp_sv text = drp_sv_slice(line, 5, line.len);
        assert_in_range(text.ptr[0], 'a', 'd');
        assert_true(drp_sv_is(text, names[text.ptr[0] - 'a']));
    }
    assert_int_equal(n, 400);
    free(got);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(levels_and_prefixes),
        IN_FOLDER(messages_are_one_printable_line),
        IN_FOLDER(lines_of_threads_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
