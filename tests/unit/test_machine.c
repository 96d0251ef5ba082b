/* What the machine has: plausible figures, and places that are not there yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/machine.h"
#include "support/temp.h"

#include "base/banned.h"

static void figures_are_plausible(void **state)
{
    (void)state;
    assert_true(drp_machine_memory() > 16 << 20);
    assert_true(drp_machine_cores() >= 1);
    assert_false(drp_machine_has("no-such-instruction"));
    assert_false(drp_machine_has(""));
}

static void a_place_that_is_not_there_is_that_above_it(void **state)
{
    const char *dir = *state;
    const char *below = drp_temp_path(dir, "a/b/c");
    assert_true(drp_machine_writable(below));
    assert_true(drp_machine_disk(below) > 0);
    assert_true(drp_machine_disk(below) < UINT64_MAX);
    assert_true(drp_machine_disk("no/such/folder") < UINT64_MAX);
    assert_true(drp_machine_disk("/no/such/folder") < UINT64_MAX);
    assert_int_equal(drp_machine_disk("/proc/self"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_plausible),
        cmocka_unit_test_setup_teardown(a_place_that_is_not_there_is_that_above_it,
                                        drp_temp_setup, drp_temp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
