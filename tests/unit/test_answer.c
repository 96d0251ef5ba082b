/* A model's bytes: torn and broken UTF-8, stop strings across pieces, what is told when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "base/utf8.h"
#include "engine/answer.h"

#include "base/banned.h"

#define BAD "\xef\xbf\xbd"

static const struct drp_think_tags usual = {{"<think>", 7}, {"</think>", 8}};

/* What on_text has seen; each piece must be whole UTF-8. */
static void hear(void *ctx, struct drp_sv piece)
{
    assert_true(piece.len > 0);
    assert_int_equal(drp_utf8_invalid(piece), SIZE_MAX);
    drp_str_add(ctx, piece);
}

struct row {
    const char *bytes;
    const char *stop[2];
    const char *text;
    bool stopped;
};

static const struct row rows[] = {
    {"plain", {NULL}, "plain", false},
    {"caf\xc3\xa9 \xf0\x9f\x8e\xb8!", {NULL}, "caf\xc3\xa9 \xf0\x9f\x8e\xb8!", false},
    {"a\xff"
     "b",
     {NULL},
     "a" BAD "b",
     false},
    {"a\xc3(", {NULL}, "a" BAD "(", false},
    {"torn \xf0\x9f\x8e", {NULL}, "torn ", false},
    {"\xed\xa0\x80", {NULL}, BAD BAD BAD, false},
    {"one END two", {"END"}, "one ", true},
    {"one EN two", {"END"}, "one EN two", false},
    {"one EN", {"END"}, "one EN", false},
    {"aab", {"ab"}, "a", true},
    {"x\n\ny", {"zz", "\n\n"}, "x", true},
    {"first second", {"second", "first"}, "", true},
    {"\xc3\xa9\xc3\xa9", {"\xc3\xa9\xc3\xa9"}, "", true},
    {"<think>END</think>a END", {"END"}, "a ", true},
};

static void check(const struct row *row, size_t piece)
{
    struct drp_sv stop[2];
    struct drp_str told;
    drp_str_init(&told, 1000);
    struct drp_call call = {.on_text = hear, .ctx = &told};
    for (; call.sampling.n_stop < 2 && row->stop[call.sampling.n_stop];
         call.sampling.n_stop++)
        stop[call.sampling.n_stop] = drp_sv_from(row->stop[call.sampling.n_stop]);
    call.sampling.stop = stop;
    struct drp_job job = {.call = &call};
    drp_str_init(&job.text, 1000);
    drp_str_init(&job.reasoning, 1000);
    struct drp_answer a;
    drp_answer_init(&a, &job, usual, false);
    const struct drp_sv bytes = drp_sv_from(row->bytes);
    bool going = true;
    for (size_t at = 0; at < bytes.len && going; at += piece)
        going = drp_answer_feed(&a, drp_sv_slice(bytes, at, at + piece));
    assert_true(drp_answer_end(&a));
    assert_int_equal(!going, row->stopped);
    assert_string_equal(job.text.ptr, row->text);
    assert_string_equal(told.ptr, row->text);
    drp_answer_release(&a);
    drp_str_release(&job.reasoning);
    drp_str_release(&job.text);
    drp_str_release(&told);
}

static void bytes_become_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        for (size_t piece = 1; piece < 30; piece++)
            check(&rows[i], piece);
}

static void thoughts_without_end_leave_no_answer(void **state)
{
    (void)state;
    const struct drp_call call = {0};
    struct drp_job job = {.call = &call};
    drp_str_init(&job.text, 100);
    drp_str_init(&job.reasoning, 100);
    struct drp_answer a;
    drp_answer_init(&a, &job, usual, true);
    assert_true(drp_answer_thinks(&a));
    assert_true(drp_answer_feed(&a, DRP_SV("on and on")));
    assert_false(drp_answer_end(&a));
    assert_string_equal(job.text.ptr, "");
    assert_string_equal(job.reasoning.ptr, "on and on");
    drp_answer_release(&a);
    drp_str_release(&job.reasoning);
    drp_str_release(&job.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_text),
        cmocka_unit_test(thoughts_without_end_leave_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
