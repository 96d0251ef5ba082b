/* Tables: columns as wide as their widest cell, wide characters counted as such. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/columns.h"
#include "base/banned.h"

static void columns_align(void **state)
{
    struct drp_columns c;
    struct drp_str out;
    (void)state;
    drp_columns_init(&c, "lrl");
    drp_str_init(&out, 1 << 16);
    drp_columns_add(&c, DRP_SV("name"));
    drp_columns_add(&c, DRP_SV("n"));
    drp_columns_add(&c, DRP_SV(""));
    drp_columns_add(&c, DRP_SV("\xe4\xb8\xad")); /* two columns wide */
    drp_columns_addf(&c, "%d", 123);
    drp_columns_add(&c, DRP_SV("a\033b"));
    drp_columns_add(&c, DRP_SV("x"));
    drp_columns_end_row(&c);
    drp_columns_write(&c, &out);
    assert_string_equal(out.ptr, "name    n\n"
                                 "\xe4\xb8\xad    123  a?b\n"
                                 "x\n");
    drp_str_release(&out);
    drp_columns_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns_align)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
