/* Memory: sizes that overflow and memory that runs out end in the handler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/banned.h"

static void leave(size_t bytes)
{
    _exit(bytes == SIZE_MAX ? 42 : 43);
}

static void overflow_product(void)
{
    (void)drp_size_mul(SIZE_MAX / 2, 3);
}

static void overflow_calloc(void)
{
    free(drp_calloc(SIZE_MAX / 2, 3));
}

static void overflow_realloc(void)
{
    free(drp_realloc(NULL, SIZE_MAX / 2, 3));
}

/* The exit status of a process that only calls `run`. */
static int status_of(void (*run)(void), drp_oom_handler *handler)
{
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        drp_set_oom_handler(handler);
        if (!handler)
            close(STDERR_FILENO);
        run();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void overflows_end_in_the_handler(void **state)
{
    static void (*const runs[])(void) = {overflow_product, overflow_calloc,
                                         overflow_realloc};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(runs); i++) {
        assert_int_equal(status_of(runs[i], leave), 42);
        assert_int_equal(status_of(runs[i], NULL), 70);
    }
}

static void no_bytes_are_a_valid_piece(void **state)
{
    (void)state;
    void *p = drp_malloc(0);
    assert_non_null(p);
    p = drp_realloc(p, 0, 8);
    assert_non_null(p);
    free(p);
    const int *const zeroed = drp_calloc(3, sizeof *zeroed);
    assert_int_equal(zeroed[0] | zeroed[1] | zeroed[2], 0);
    free((void *)zeroed);
    assert_int_equal(drp_size_mul(3, 5), 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overflows_end_in_the_handler),
        cmocka_unit_test(no_bytes_are_a_valid_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
