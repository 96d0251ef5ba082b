/* What is shown of a text while it is made: never anything that is not in the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "method/compose.h"
#include "method/preview.h"

#include "base/banned.h"

struct row {
    const char *answer;
    const char *early; /* shown before the end, when the answer comes by characters */
    bool goes_on;      /* what was shown is the beginning of the text */
};

static const struct row rows[] = {
    {"I like it.", "I like it.", true},
    {"  \n I like it. \n", "I like it.", true},
    {"one\n\ntwo", "one\n\ntwo", true},
    {"one [sic] two", "one", true}, /* a bracket may open a label */
    {"one [sic] two\nthree", "one [sic] two\nthree", true},
    {"good\n[Item]: kettle\nmore", "good", true},
    {"[Review]: I like it.", "", true},
    {"\"I like it.\"", "", true},
    {"**I like it.**", "", true},
    {"```\ncode\n```", "", true},
    {"\xE2\x80\x9CI like it.\xE2\x80\x9D", "", true},
    {"Sure, here it is\n[Review]: I like it.", "Sure, here it is", false},
    {"   ", "", true},
};

static void shows_what_is_sure(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv answer = drp_sv_from(rows[i].answer);
        struct drp_preview p;
        struct drp_str early;
        struct drp_sv rest;
        drp_str_init(&early, 1000);
        drp_preview_init(&p);
        for (size_t b = 0, end; b < answer.len; b = end) {
            for (end = b + 1; (answer.ptr[end] & 0xC0) == 0x80; end++)
                continue;
            drp_str_add(&early, drp_preview_feed(&p, drp_sv_slice(answer, b, end)));
        }
        const struct drp_sv text = drp_compose_strip(answer);
        const bool goes_on = drp_preview_end(&p, text, &rest);
        if (!drp_sv_is(drp_str_sv(&early), rows[i].early) || goes_on != rows[i].goes_on)
            fail_msg("row %zu: shown early '%s', goes on: %d", i, early.ptr, goes_on);
        if (goes_on)
            drp_str_add(&early, rest);
        else
            assert_true(drp_sv_eq(rest, text));
        if (goes_on && !drp_sv_eq(drp_str_sv(&early), text))
            fail_msg("row %zu: '%s' is not the text", i, early.ptr);
        drp_preview_release(&p);
        drp_str_release(&early);
    }
}

/* After an answer that came to nothing another one is asked, or a title stands for the text. */
static void another_text(void **state)
{
    (void)state;
    struct drp_preview p;
    struct drp_sv rest;
    drp_preview_init(&p);
    assert_int_equal(drp_preview_feed(&p, DRP_SV("[Item]: none\n")).len, 0);
    assert_int_equal(drp_preview_feed(&p, DRP_SV("A fine tent.")).len, 0);
    assert_int_equal(drp_preview_feed(&p, (struct drp_sv){0}).len, 0);
    assert_true(drp_sv_is(drp_preview_feed(&p, DRP_SV("A dry")), "A dry"));
    assert_true(drp_preview_end(&p, DRP_SV("A dry tent."), &rest));
    assert_true(drp_sv_is(rest, " tent."));

    assert_int_equal(drp_preview_feed(&p, (struct drp_sv){0}).len, 0);
    assert_int_equal(drp_preview_feed(&p, DRP_SV("Another")).len, 0);
    assert_false(drp_preview_end(&p, DRP_SV("Another"), &rest));
    assert_true(drp_sv_is(rest, "Another"));
    drp_preview_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_is_sure),
        cmocka_unit_test(another_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
