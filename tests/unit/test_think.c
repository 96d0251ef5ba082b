/* Thoughts split from answers, whole and torn into pieces; models known by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "engine/think.h"

#include "base/banned.h"

static const struct drp_think_tags usual = {{"<think>", 7}, {"</think>", 8}};

struct row {
    const char *reply;
    bool opened;
    const char *thoughts, *answer;
    bool closed;
};

static const struct row rows[] = {
    {"just text", false, "", "just text", true},
    {"<think>a b</think>c", false, "a b", "c", true},
    {" \n<think>a</think>\n\nc", false, "a", "\n\nc", true},
    {"a</think>c", true, "a", "c", true},
    {"a b c", true, "a b c", "", false},
    {"<think>never closed", false, "never closed", "", false},
    {"<think>torn </thin", false, "torn </thin", "", false},
    {"text <think>x</think>", false, "", "text <think>x</think>", true},
    {"<think>a</think>b<think>c</think>d", false, "a", "b<think>c</think>d", true},
    {"<thin air", false, "", "<thin air", true},
    {"<thi", false, "", "<thi", true},
    {"a < b </ c </think>d", true, "a < b </ c ", "d", true},
    {"</think>only answer", true, "", "only answer", true},
    {"", false, "", "", true},
    {"", true, "", "", false},
    {"   ", false, "", "   ", true},
    {"<<think>a</think>", false, "", "<<think>a</think>", true},
    {"x<</think>y", true, "x<", "y", true},
};

static void check(const struct row *row, size_t piece)
{
    struct drp_think t;
    struct drp_str thoughts, answer;
    drp_str_init(&thoughts, 1000);
    drp_str_init(&answer, 1000);
    drp_think_init(&t, usual, row->opened);
    const struct drp_sv reply = drp_sv_from(row->reply);
    for (size_t at = 0; at < reply.len; at += piece)
        drp_think_feed(&t, drp_sv_slice(reply, at, at + piece), &thoughts, &answer);
    assert_int_equal(drp_think_end(&t, &thoughts, &answer), row->closed);
    assert_string_equal(thoughts.ptr, row->thoughts);
    assert_string_equal(answer.ptr, row->answer);
    drp_think_release(&t);
    drp_str_release(&answer);
    drp_str_release(&thoughts);
}

static void splits(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        for (size_t piece = 1; piece < 40; piece++)
            check(&rows[i], piece);
}

static void much_space_before_is_text(void **state)
{
    (void)state;
    struct drp_think t;
    struct drp_str thoughts, answer;
    drp_str_init(&thoughts, 100000);
    drp_str_init(&answer, 100000);
    drp_think_init(&t, usual, false);
    for (size_t i = 0; i < 5000; i++)
        drp_think_feed(&t, DRP_SV("  "), &thoughts, &answer);
    assert_true(drp_think_end(&t, &thoughts, &answer));
    assert_int_equal(answer.len, 10000);
    drp_think_release(&t);
    drp_str_release(&answer);
    drp_str_release(&thoughts);
}

static void without_tags_all_is_answer(void **state)
{
    (void)state;
    struct drp_think t;
    struct drp_str thoughts, answer;
    drp_str_init(&thoughts, 100);
    drp_str_init(&answer, 100);
    drp_think_init(&t, (struct drp_think_tags){{NULL, 0}, {NULL, 0}}, false);
    drp_think_feed(&t, DRP_SV("<think>x"), &thoughts, &answer);
    assert_true(drp_think_end(&t, &thoughts, &answer));
    assert_string_equal(answer.ptr, "<think>x");
    drp_think_release(&t);
    drp_str_release(&answer);
    drp_str_release(&thoughts);
}

static void tags_are_two_words(void **state)
{
    (void)state;
    struct drp_think_tags tags;
    assert_true(drp_think_tags_parse(DRP_SV("  [A]  [/A] "), &tags));
    assert_true(drp_sv_is(tags.open, "[A]") && drp_sv_is(tags.close, "[/A]"));
    assert_false(drp_think_tags_parse(DRP_SV("<think>"), &tags));
    assert_false(drp_think_tags_parse(DRP_SV(""), &tags));
    assert_false(drp_think_tags_parse(DRP_SV("a b c"), &tags));
}

static void known_by_name(void **state)
{
    static const struct {
        const char *name;
        bool reasoning, no_system_turn;
        const char *open;
    } names[] = {
        {"SmolLM2 135M Instruct", false, false, "<think>"},
        {"DeepSeek R1 Distill Qwen 1.5B", true, true, "<think>"},
        {"DeepSeek-R1-Distill-Llama-8B-Q4_K_M", true, true, "<think>"},
        {"Qwen3 4B", true, false, "<think>"},
        {"Qwen3-4B-Instruct-2507", false, false, "<think>"},
        {"Magistral_Small_2506", true, false, "[THINK]"},
        {"Seed-OSS-36B", true, false, "<seed:think>"},
        {"", false, false, "<think>"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(names); i++) {
        const struct drp_think_model m = drp_think_known(drp_sv_from(names[i].name));
        assert_int_equal(m.reasoning, names[i].reasoning);
        assert_int_equal(m.no_system_turn, names[i].no_system_turn);
        assert_true(drp_sv_is(m.tags.open, names[i].open));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits),
        cmocka_unit_test(much_space_before_is_text),
        cmocka_unit_test(without_tags_all_is_answer),
        cmocka_unit_test(tags_are_two_words),
        cmocka_unit_test(known_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
