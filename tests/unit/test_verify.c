/* Calls of a journal asked again: which of them can be compared, what counts as the same, and how many are drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "engine/journal.h"
#include "engine/key_set.h"
#include "run/verify.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

#define QUESTION DRP_SV("Is the kettle on?") /* which the stub answers with itself */

struct stage {
    const char *journal;
    struct drp_stub *stub;
    struct drp_options options;
    struct drp_session session;
    struct drp_arena arena;
    struct drp_verification found;
    struct drp_err err;
};

static void begin(struct stage *t, const char *dir, struct drp_model_info info)
{
    *t = (struct stage){.journal = drp_temp_path(dir, "journal.db")};
    t->stub = drp_stub_new(&(struct drp_stub_opts){.info = info});
    t->session = (struct drp_session){.options = &t->options};
    const struct drp_model_opts opts = {.spec = "stub:"};
    if (drp_model_open(&opts, &t->session.opened[t->session.n_opened++], &t->err) < 0)
        fail_msg("%s", t->err.text);
}

static void end(struct stage *t)
{
    drp_model_free(t->session.opened[0]);
    drp_stub_free(t->stub);
    drp_arena_release(&t->arena);
}

static const struct drp_model_info *info_of(const struct stage *t)
{
    return drp_model_info(t->session.opened[0]);
}

static void keep(const struct stage *t, const struct drp_entry *entries, size_t n)
{
    struct drp_journal *j = NULL;
    struct drp_err err = {0};
    assert_int_equal(drp_journal_open(t->journal, &j, &err), 0);
    if (drp_journal_put_many(j, entries, n, &err) < 0)
        fail_msg("%s", err.text);
    drp_journal_free(j);
}

static int verify(struct stage *t, size_t n_calls)
{
    const struct drp_former f = {.journal = t->journal};
    const struct drp_verify_opts opts = {.n_calls = n_calls, .draw = 1};
    return drp_verify(&f, &t->session, &opts, &t->arena, &t->found, &t->err);
}

/* ---- one call ----------------------------------------------------------------------------- */

/* A call as it was kept, and the engine as it is now. `{0}`: greedy, the same answer. */
struct kept {
    const char *name;
    double temperature;
    bool is_repeatable, was_strict, is_strict;
    bool other_model, other_build, other_question;
    const char *answer; /* NULL: that of the stub */
    const char *thoughts;
    enum drp_finish finish;
    enum drp_verdict_of_call verdict;
    const char *reason;
    size_t at;
};

/* clang-format off */
static const struct kept kept[] = {
    {.name = "greedy, of an engine that promises nothing"},
    {.name = "greedy", .is_repeatable = true},
    {.name = "sampled", .temperature = 0.8, .is_repeatable = true},
    {.name = "sampled, of an engine that promises nothing", .temperature = 0.8,
     .verdict = DRP_CALL_OPEN, .reason = "sampled, and this engine does not promise the same again"},
    {.name = "another answer", .answer = "Is the kettle off?",
     .verdict = DRP_CALL_DIFFERENT, .reason = "another answer", .at = 15},
    {.name = "a longer answer", .answer = "Is the kettle on? Yes",
     .verdict = DRP_CALL_DIFFERENT, .reason = "another answer", .at = 17},
    {.name = "other thoughts", .thoughts = "Hm.",
     .verdict = DRP_CALL_DIFFERENT, .reason = "other thoughts"},
    {.name = "another end", .finish = DRP_FINISH_LENGTH,
     .verdict = DRP_CALL_DIFFERENT, .reason = "the answer ended in another way"},
    {.name = "another build", .other_build = true},
    {.name = "strict", .was_strict = true, .is_strict = true},
    {.name = "strict, another build", .was_strict = true, .is_strict = true, .other_build = true,
     .verdict = DRP_CALL_OPEN, .reason = "asked with --strict of another build"},
    {.name = "strict then", .was_strict = true,
     .verdict = DRP_CALL_OPEN, .reason = "asked with another --strict"},
    {.name = "strict now", .is_strict = true,
     .verdict = DRP_CALL_OPEN, .reason = "asked with another --strict"},
    {.name = "another model", .other_model = true,
     .verdict = DRP_CALL_OPEN, .reason = "asked of a model that is none of the run's four"},
    {.name = "another question", .other_question = true, .verdict = DRP_CALL_DIFFERENT,
     .reason = "the question in the journal is not the one that was asked"},
};
/* clang-format on */

static void keep_one(const struct stage *t, const struct kept *k)
{
    struct drp_model_info was = *info_of(t);
    const struct drp_message turns[] = {{DRP_ROLE_USER, QUESTION},
                                        {DRP_ROLE_USER, DRP_SV("another")}};
    const struct drp_sampling sampling = {.temperature = k->temperature, .max_tokens = 64};
    const struct drp_call call = {.messages = turns,
                                  .n_messages = 1,
                                  .sampling = drp_sampling_resolve(sampling, &was)};
    const struct drp_call asked = {.messages = turns + k->other_question,
                                   .n_messages = 1,
                                   .sampling = call.sampling};
    const struct drp_reply reply = {
        .text = k->answer ? drp_sv_from(k->answer) : QUESTION,
        .reasoning = drp_sv_from(k->thoughts ? k->thoughts : ""),
        .finish = k->finish,
    };
    if (k->other_model)
        was.fingerprint.bytes[0] ^= 1;
    if (k->other_build)
        was.build = DRP_SV("stub 0");
    const struct drp_key key = drp_journal_key(&was, &asked, k->was_strict);
    keep(t, &(struct drp_entry){key, &was, k->was_strict, &call, &reply}, 1);
}

static void check_one(const struct stage *t, const struct kept *k)
{
    const struct drp_verification *v = &t->found;
    const bool is_compared = k->verdict != DRP_CALL_OPEN && !k->other_question;
    for (size_t verdict = 0; verdict < DRP_N_CALL_VERDICTS; verdict++)
        if (v->counts[verdict] != (verdict == k->verdict))
            fail_msg("%s: %zu of verdict %zu", k->name, v->counts[verdict], verdict);
    if (v->n_other_build != (k->other_build && is_compared))
        fail_msg("%s: %zu of another build", k->name, v->n_other_build);
    if (drp_stub_n_calls(t->stub) != is_compared)
        fail_msg("%s: %zu calls asked", k->name, drp_stub_n_calls(t->stub));
    assert_int_equal(v->n, k->verdict != DRP_CALL_EQUAL);
    if (v->n == 0)
        return;
    assert_int_equal(v->calls[0].verdict, k->verdict);
    assert_string_equal(v->calls[0].reason, k->reason);
    assert_int_equal(v->calls[0].at, k->at);
    assert_true(drp_sv_is(v->calls[0].model, "stub"));
}

static void what_can_be_compared_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRP_LEN(kept); i++) {
        void *dir;
        struct stage t;
        assert_int_equal(drp_temp_setup(&dir), 0);
        begin(&t, dir, (struct drp_model_info){.is_repeatable = kept[i].is_repeatable});
        t.options.strict = kept[i].is_strict;
        keep_one(&t, &kept[i]);
        if (verify(&t, 0) < 0)
            fail_msg("%s: %s", kept[i].name, t.err.text);
        check_one(&t, &kept[i]);
        end(&t);
        assert_int_equal(drp_temp_teardown(&dir), 0);
    }
}

/* ---- many --------------------------------------------------------------------------------- */

/* Calls that differ in their repeat, of a model that is not there. */
static void keep_many(const struct stage *t, size_t n)
{
    struct drp_arena arena = {0};
    struct drp_model_info other = *info_of(t);
    const struct drp_message turn = {DRP_ROLE_USER, QUESTION};
    const struct drp_reply reply = {.text = QUESTION};
    struct drp_entry *entries = drp_arena_new(&arena, struct drp_entry, n);
    other.fingerprint.bytes[0] ^= 1;
    for (size_t i = 0; i < n; i++) {
        struct drp_call *call = drp_arena_new(&arena, struct drp_call, 1);
        *call =
            (struct drp_call){.messages = &turn, .n_messages = 1, .repeat = (uint32_t)i};
        entries[i] = (struct drp_entry){drp_journal_key(&other, call, false), &other,
                                        false, call, &reply};
    }
    keep(t, entries, n);
    drp_arena_release(&arena);
}

static void as_many_are_drawn_as_are_wanted(void **state)
{
    enum { CALLS = 150 };
    static const struct {
        size_t wanted, drawn;
    } rows[] = {{1, 1},     {3, 3},     {64, 64},   {65, 65},  {149, 149},
                {150, 150}, {151, 150}, {999, 150}, {0, CALLS}};
    struct stage t;
    begin(&t, *state, (struct drp_model_info){0});
    keep_many(&t, CALLS);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_key_set keys = {0};
        assert_int_equal(verify(&t, rows[i].wanted), 0);
        assert_int_equal(t.found.counts[DRP_CALL_OPEN], rows[i].drawn);
        for (size_t k = 0; k < t.found.n; k++)
            assert_true(drp_key_set_add(&keys, &t.found.calls[k].key.hash));
        assert_int_equal(keys.n, rows[i].drawn);
        drp_key_set_release(&keys);
    }
    end(&t);
}

/* What is not equal takes the room of itself, however many batches there were. */
static void many_take_no_more_than_their_room(void **state)
{
    enum { CALLS = 2000 };
    struct stage t;
    begin(&t, *state, (struct drp_model_info){0});
    keep_many(&t, CALLS);
    assert_int_equal(verify(&t, 0), 0);
    assert_int_equal(t.found.n, CALLS);
    assert_true(t.arena.n_bytes <= 2 * CALLS * sizeof(struct drp_verified));
    end(&t);
}

static void an_empty_journal_is_told(void **state)
{
    struct stage t;
    begin(&t, *state, (struct drp_model_info){0});
    keep(&t, NULL, 0);
    assert_int_equal(verify(&t, 20), DRP_ENOTFOUND);
    assert_int_equal(verify(&t, 0), DRP_ENOTFOUND);
    end(&t);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_compared_is),
        IN_FOLDER(as_many_are_drawn_as_are_wanted),
        IN_FOLDER(many_take_no_more_than_their_room),
        IN_FOLDER(an_empty_journal_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
