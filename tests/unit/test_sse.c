/* Server-sent events: the same whatever pieces they come in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "io/sse.h"

#include "base/banned.h"

struct seen {
    struct drp_str text; /* events, each in brackets */
    size_t n, most;      /* most: after so many no more is wanted; 0: all are */
};

static bool on_event(void *ctx, struct drp_sv data)
{
    struct seen *s = ctx;
    drp_str_addf(&s->text, "[%.*s]", DRP_SV_ARG(data));
    return ++s->n != s->most;
}

/* Feeds `bytes` in pieces of `step`; what feed or end gave last. */
static bool parse(struct drp_sv bytes, size_t step, size_t limit, struct seen *out)
{
    struct drp_sse s;
    bool go_on = true;
    *out = (struct seen){.most = out->most};
    drp_str_init(&out->text, 1 << 16);
    drp_sse_init(&s, limit);
    for (size_t at = 0; go_on && at < bytes.len; at += step)
        go_on = drp_sse_feed(&s, drp_sv_slice(bytes, at, at + step), on_event, out);
    go_on = go_on && drp_sse_end(&s, on_event, out);
    drp_sse_release(&s);
    return go_on;
}

static void events(void **state)
{
    static const struct {
        const char *bytes, *seen;
    } rows[] = {
        {"", ""},
        {"data: a\n\n", "[a]"},
        {"data:a\n\ndata:  b\n\n", "[a][ b]"},
        {"data: a\r\n\r\ndata: b\r\rdata: c\n\n", "[a][b][c]"},
        {"data: a\ndata: b\n\n", "[a\nb]"},
        {": ping\n\nevent: x\nid: 1\nretry: 2\ndata: a\n\n", "[a]"},
        {"data\n\n", "[]"},
        {"data: a: b\n\n", "[a: b]"},
        {"\n\n\ndata: a\n\n\n\n", "[a]"},
        {"data: a", "[a]"},
        {"data: a\n", "[a]"},
        {"\xef\xbb\xbf"
         "data: a\n\n",
         "[a]"},
        {"datum: a\n\nDATA: b\n\n", ""},
        {"data: \xf0\x9f\x8e\xb8\n\n", "[\xf0\x9f\x8e\xb8]"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        for (size_t step = 1; step < 12; step++) {
            struct seen seen = {0};
            assert_true(parse(drp_sv_from(rows[i].bytes), step, 1000, &seen));
            assert_string_equal(seen.text.ptr, rows[i].seen);
            drp_str_release(&seen.text);
        }
}

static void limits(void **state)
{
    static const struct {
        const char *bytes;
        size_t limit;
        bool good;
    } rows[] = {
        {"data: 12345\n\n", 11, true},
        {"data: 123456\n\n", 11, false},
        {"data: 1234\ndata: 1234\ndata: 1\n\n", 11, true},
        {"data: 1234\ndata: 1234\ndata: 123\n\n", 11, false},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        for (size_t step = 1; step < 5; step++) {
            struct seen seen = {0};
            assert_int_equal(parse(drp_sv_from(rows[i].bytes), step, rows[i].limit, &seen),
                             rows[i].good);
            assert_int_equal(seen.n, rows[i].good);
            drp_str_release(&seen.text);
        }
}

static void no_more_is_wanted(void **state)
{
    struct seen seen = {.most = 2};
    (void)state;
    assert_false(parse(DRP_SV("data: 1\n\ndata: 2\n\ndata: 3\n\n"), 100, 100, &seen));
    assert_string_equal(seen.text.ptr, "[1][2]");
    drp_str_release(&seen.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),
        cmocka_unit_test(limits),
        cmocka_unit_test(no_more_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
