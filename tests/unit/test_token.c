/* Tokens: what was added comes back, also after the list grew and was cleared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "text/token.h"
#include "base/banned.h"

static void assert_token(const struct drp_tokens *t, size_t i, const char *expected)
{
    assert_true(drp_sv_is(drp_tokens_get(t, i), expected));
}

static void tokens_come_back(void **state)
{
    struct drp_tokens t;
    (void)state;
    drp_tokens_init(&t);
    drp_tokens_add(&t, DRP_SV("one"));
    drp_tokens_add(&t, DRP_SV(""));
    for (size_t i = 0; i < 1000; i++)
        drp_tokens_add(&t, DRP_SV("more"));
    assert_int_equal(t.spans.n, 1002);
    assert_token(&t, 0, "one");
    assert_token(&t, 1, "");
    assert_token(&t, 1001, "more");
    drp_tokens_clear(&t);
    assert_int_equal(t.spans.n, 0);
    drp_tokens_add(&t, DRP_SV("again"));
    assert_token(&t, 0, "again");
    drp_tokens_release(&t);
}

static void splitting_goes_by_unicode_space(void **state)
{
    struct drp_tokens t;
    (void)state;
    drp_tokens_init(&t);
    drp_tokens_split(&t, DRP_SV(" a\xc2\xa0"
                                "b\t\xe3\x80\x80 c\xe2\x80\x8b"
                                "d \n"));
    assert_int_equal(t.spans.n, 3);
    assert_token(&t, 0, "a");
    assert_token(&t, 1, "b");
    assert_token(&t, 2,
                 "c\xe2\x80\x8b"
                 "d"); /* U+200B is no space */
    drp_tokens_split(&t, DRP_SV("  "));
    assert_int_equal(t.spans.n, 3);
    drp_tokens_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_come_back),
        cmocka_unit_test(splitting_goes_by_unicode_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
