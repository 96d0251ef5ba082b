/* A model that is rehearsed with: what is counted as reused, as a repeat, as held by a journal; answers in the form that
 * is asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "base/str.h"
#include "engine/journal.h"
#include "engine/key_set.h"
#include "engine/rehearsal.h"
#include "feature/parse.h"
#include "method/persona.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

struct stage {
    struct drp_rehearsal rehearsal;
    struct drp_stub *stub;
    struct drp_journal *journal;
    struct drp_model *model;
    struct drp_arena arena;
    struct drp_err err;
};

static void begin(struct stage *t, struct drp_rehearsal rehearsal)
{
    *t = (struct stage){.rehearsal = rehearsal};
    t->stub = drp_stub_new(&(struct drp_stub_opts){0});
    drp_rehearsal_register(&t->rehearsal);
    if (drp_journal_open_scale(NULL, &t->journal, &t->err) < 0)
        fail_msg("%s", t->err.text);
    const struct drp_model_opts opts = {.spec = "rehearsal:stub:", .journal = t->journal};
    if (drp_model_open(&opts, &t->model, &t->err) < 0)
        fail_msg("%s", t->err.text);
}

static void end(struct stage *t)
{
    assert_int_equal(t->rehearsal.asks ? 0 : drp_stub_n_calls(t->stub), 0);
    drp_model_free(t->model);
    drp_journal_free(t->journal);
    drp_stub_free(t->stub);
    drp_arena_release(&t->arena);
}

/* A text of `n` bytes `c`. */
static struct drp_sv run_of(struct stage *t, char c, size_t n)
{
    char *at = drp_arena_new(&t->arena, char, n + 1);
    memset(at, c, n);
    return (struct drp_sv){at, n};
}

static struct drp_reply ask(struct stage *t, struct drp_call call)
{
    struct drp_reply reply;
    if (drp_ask(t->model, &call, 1, &reply, &t->arena, &t->err) < 0 || reply.status < 0)
        fail_msg("%s", t->err.text);
    return reply;
}

static void beginnings_are_shared_in_blocks(void **state)
{
    static const struct {
        size_t n_same, n_other; /* bytes of a text that begins as the first one's 1024 */
        uint32_t prompt, cached;
    } cases[] = {
        {1024, 1, 256, 255},
        {512, 512, 256, 128},
        {500, 524, 256, 64},
        {100, 924, 256, 0},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct stage t;
        begin(&t, (struct drp_rehearsal){.measures = true});
        const struct drp_message first = {DRP_ROLE_USER, run_of(&t, 'a', 1024)};
        struct drp_call call = {.messages = &first, .n_messages = 1, .expected_tokens = 50};
        struct drp_reply r = ask(&t, call);
        assert_int_equal(r.usage.prompt_tokens, 256);
        assert_int_equal(r.usage.cached_tokens, 0);
        assert_int_equal(r.usage.answer_tokens, 50);
        const struct drp_message second = {
            DRP_ROLE_USER, drp_arena_f(&t.arena, "%.*s%.*s",
                                       DRP_SV_ARG(run_of(&t, 'a', cases[i].n_same)),
                                       DRP_SV_ARG(run_of(&t, 'b', cases[i].n_other)))};
        call.messages = &second;
        r = ask(&t, call);
        assert_int_equal(r.usage.prompt_tokens, cases[i].prompt);
        assert_int_equal(r.usage.cached_tokens, cases[i].cached);
        end(&t);
    }
}

static void an_equal_question_costs_nothing(void **state)
{
    struct stage t;
    struct drp_model_stats stats;
    struct drp_journal_stats held;
    (void)state;
    begin(&t, (struct drp_rehearsal){.measures = true});
    const struct drp_message message = {DRP_ROLE_USER, DRP_SV("who is there?")};
    struct drp_call call = {.messages = &message, .n_messages = 1, .expected_tokens = 9};
    const struct drp_reply one = ask(&t, call), two = ask(&t, call);
    assert_false(one.from_journal);
    assert_true(two.from_journal);
    assert_true(drp_sv_eq(one.text, two.text));
    call.repeat = 1;
    assert_false(ask(&t, call).from_journal);
    drp_model_get_stats(t.model, &stats);
    assert_int_equal(stats.calls, 3);
    assert_int_equal(stats.from_journal, 1);
    assert_int_equal(stats.answer_tokens, 18);
    assert_int_equal(t.rehearsal.models[0].steps[1], 18);
    /* Two calls with one question and one answer. */
    assert_int_equal(drp_journal_get_stats(t.journal, &held, &t.err), 0);
    assert_int_equal(held.calls, 2);
    assert_int_equal(held.bodies, 2);
    assert_int_equal(held.body_bytes, message.text.len + one.text.len);
    end(&t);
}

static void answers_have_the_form_that_is_asked_for(void **state)
{
    static const struct drp_grammar grammar = {.gbnf = {"root", 4}};
    static const struct drp_message turns[] = {
        {DRP_ROLE_USER, {"what do you know of a?", 22}},
        {DRP_ROLE_ASSISTANT, {"values: thrift\ntopics: tools", 28}},
        {DRP_ROLE_USER, {"and of b?", 9}},
    };
    static const uint32_t lengths[] = {0, 1, 24, 320};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(lengths); i++) {
        struct stage t;
        struct drp_features features;
        struct drp_persona persona;
        begin(&t, (struct drp_rehearsal){.measures = lengths[i] > 0});
        struct drp_call call = {.messages = turns,
                                .n_messages = 1,
                                .grammar = &grammar,
                                .expected_tokens = lengths[i]};
        assert_true(drp_features_parse(ask(&t, call).text, &t.arena, &features));
        assert_int_equal(features.n, lengths[i] == 320 ? 4 : 1);
        call.grammar = NULL;
        call.n_messages = 3;
        assert_true(drp_persona_parse(ask(&t, call).text, false, &t.arena, &persona));
        assert_int_equal(persona.n, 2);
        end(&t);
    }
}

static void show(void *ctx, const struct drp_call *call, size_t n_tokens, const char *error)
{
    assert_null(error);
    assert_int_equal(call->n_messages, 1);
    *(size_t *)ctx += n_tokens;
}

static void calls_are_shown_or_asked(void **state)
{
    struct stage t;
    size_t n_shown = 0;
    (void)state;
    begin(&t, (struct drp_rehearsal){.show = show, .ctx = &n_shown});
    const struct drp_message message = {DRP_ROLE_USER, DRP_SV("who is there?")};
    struct drp_call call = {.messages = &message, .n_messages = 1};
    ask(&t, call);
    assert_int_equal(n_shown, message.text.len / 4);
    t.rehearsal.asks = true;
    call.repeat = 1;
    assert_true(drp_sv_eq(ask(&t, call).text, message.text)); /* the stub's echo */
    assert_int_equal(drp_stub_n_calls(t.stub), 1);
    end(&t);
}

static void an_unknown_engine_is_named(void **state)
{
    struct drp_rehearsal rehearsal = {.measures = true};
    struct drp_model *model = NULL;
    struct drp_err err = {0};
    (void)state;
    drp_rehearsal_register(&rehearsal);
    const struct drp_model_opts opts = {.spec = "rehearsal:lama:x"};
    assert_int_equal(drp_model_open(&opts, &model, &err), DRP_EUSAGE);
    assert_non_null(strstr(err.text, "unknown engine 'lama'"));
}

/* What is put on a scale is forgotten; what is under it is found. */
static void a_scale_takes_from_what_is_under_it(void **state)
{
    const char *path = drp_temp_path(*state, "journal.db");
    const struct drp_model_info model = {.name = DRP_SV("m"), .build = DRP_SV("b")};
    const struct drp_message messages[] = {{DRP_ROLE_USER, DRP_SV("one")},
                                           {DRP_ROLE_USER, DRP_SV("two")}};
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    for (size_t i = 0; i < 2; i++) {
        struct drp_journal *j = NULL;
        struct drp_journal_stats held;
        struct drp_reply got;
        const struct drp_call call = {.messages = &messages[i], .n_messages = 1};
        const struct drp_reply reply = {.text = DRP_SV("said"),
                                        .reasoning = DRP_SV(""),
                                        .error = DRP_SV("")};
        const struct drp_entry entry = {drp_journal_key(&model, &call, false), &model,
                                        false, &call, &reply};
        assert_int_equal(i == 0 ? drp_journal_open(path, &j, &err)
                                : drp_journal_open_scale(path, &j, &err),
                         0);
        assert_int_equal(drp_journal_put_many(j, &entry, 1, &err), 0);
        assert_int_equal(drp_journal_get_stats(j, &held, &err), 0);
        assert_int_equal(held.calls, 1);
        assert_int_equal(held.bodies, 2);
        assert_int_equal(held.body_bytes, 7);
        const struct drp_call first = {.messages = &messages[0], .n_messages = 1};
        const struct drp_key key = drp_journal_key(&model, &first, false);
        struct drp_reply put = {0};
        struct drp_lookup lookups[] = {{.key = &entry.key, .reply = &put},
                                       {.key = &key, .reply = &got}};
        assert_int_equal(drp_journal_take(j, lookups, 2, &arena, &err), 0);
        assert_true(lookups[0].found == (i == 0));
        assert_true(lookups[1].found);
        assert_true(drp_sv_is(got.text, "said"));
        drp_journal_free(j);
    }
    drp_arena_release(&arena);
}

static void a_set_has_each_value_once(void **state)
{
    enum { N = 5000 };
    struct drp_key_set set = {0};
    (void)state;
    for (size_t round = 0; round < 2; round++)
        for (uint64_t i = 0; i < N; i++) {
            const struct drp_sha256 hash =
                drp_sha256((struct drp_sv){(const char *)&i, sizeof i});
            assert_int_equal(drp_key_set_add(&set, &hash), round == 0);
        }
    assert_int_equal(set.n, N);
    assert_true(set.n_slots >= 2 * N);
    drp_key_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beginnings_are_shared_in_blocks),
        cmocka_unit_test(an_equal_question_costs_nothing),
        cmocka_unit_test(answers_have_the_form_that_is_asked_for),
        cmocka_unit_test(calls_are_shown_or_asked),
        cmocka_unit_test(an_unknown_engine_is_named),
        cmocka_unit_test_setup_teardown(a_scale_takes_from_what_is_under_it,
                                        drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test(a_set_has_each_value_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
