/* Pieces of 24 bytes: found wherever they stand, but for those that stand elsewhere too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "text/quote.h"

#include "base/banned.h"

static const char theirs[] = "the kettle sings before it boils, and then it is silent";

static void what_repeats_is_found(void **state)
{
    static const struct {
        const char *text, *except;
        bool found;
    } rows[] = {
        {theirs, NULL, true},
        {"they say the kettle sings before it boils", NULL, true},
        {"the kettle sings before", NULL, false},           /* 23 bytes */
        {"the kettle sings before ", NULL, true},           /* 24 bytes */
        {"THE KETTLE SINGS BEFORE IT BOILS", NULL, false},  /* other bytes */
        {"the kettle sings  before it boils", NULL, false}, /* no piece of 24 is whole */
        {"the kettle sings before ", "the kettle sings before ", false},
        {"the kettle sings before it", "the kettle sings before ", true}, /* "he kettle …" */
        {theirs, theirs, false},
        {"", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_quotes q = {0};
        drp_quotes_add(&q, drp_sv_from(theirs));
        if (rows[i].except)
            drp_quotes_except(&q, drp_sv_from(rows[i].except));
        if (drp_quotes_found(&q, drp_sv_from(rows[i].text)) != rows[i].found)
            fail_msg("row %zu: '%s'", i, rows[i].text);
        drp_quotes_release(&q);
    }
}

static void nothing_is_found_of_nobody(void **state)
{
    struct drp_quotes q = {0};
    (void)state;
    drp_quotes_add(&q, (struct drp_sv){NULL, 0});
    drp_quotes_except(&q, drp_sv_from(theirs));
    assert_false(drp_quotes_found(&q, drp_sv_from(theirs)));
    drp_quotes_release(&q);
}

/* Every piece of a long text is found alone, whatever the table had to grow. */
static void every_piece_counts(void **state)
{
    enum { LENGTH = 20000 };
    struct drp_quotes q = {0};
    struct drp_str s;
    (void)state;
    drp_str_init(&s, LENGTH + 16);
    for (unsigned i = 0; s.len < LENGTH; i++)
        drp_str_addf(&s, "%u ", i * i);
    drp_quotes_add(&q, drp_str_sv(&s));
    for (size_t at = 0; at + DRP_QUOTE_BYTES <= s.len; at++)
        assert_true(
            drp_quotes_found(&q, drp_sv_slice(drp_str_sv(&s), at, at + DRP_QUOTE_BYTES)));
    drp_quotes_release(&q);
    drp_str_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_repeats_is_found),
        cmocka_unit_test(nothing_is_found_of_nobody),
        cmocka_unit_test(every_piece_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
