/* A plan beside the run that it is of, with a scripted model: counts, what is kept, samples left out, time and cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/log.h"
#include "run/plan.h"
#include "run/plan_show.h"
#include "run/run.h"
#include "support/line.h"
#include "support/small.h"
#include "support/temp.h"

#include "base/banned.h"

enum { MAX_WORDS = 24, PROMPT_TOKENS = 100, ANSWER_TOKENS = 10, RUN_MS = 10 };

struct stage {
    const char *dir, *out; /* out: of the run, in dir */
    struct drp_arena arena;
    struct drp_options options;
    struct drp_stub *stub;
    struct drp_err err;
};

/* As a model would: other words for another question, in the form that is asked for. */
static void say(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    uint64_t mark = 1;
    (void)ctx;
    for (size_t i = 0; i < call->n_messages; i++)
        mark = drp_hash_mix(mark, drp_hash64(call->messages[i].text));
    if (call->grammar)
        drp_str_addz(&job->text, "{\"features\":[{\"name\":\"tone\",\"definition\":\"how it "
                                 "sounds\",\"difference\":\"sounds calm and sure\"}]}");
    else if (call->n_messages > 2)
        drp_str_addf(&job->text, "values: thrift %llu\ntopics: tools\n",
                     (unsigned long long)mark);
    else
        drp_str_addf(&job->text, "An answer, %llu.", (unsigned long long)mark);
    job->usage = (struct drp_usage){.prompt_tokens = PROMPT_TOKENS,
                                    .answer_tokens = ANSWER_TOKENS,
                                    .run_ms = RUN_MS};
}

static void parse(struct stage *t, enum drp_verb verb, const char *extra)
{
    char *argv[MAX_WORDS + 1];
    const struct drp_sv line =
        drp_arena_f(&t->arena,
                    "verb %s --model stub: --peers 2 --embedder=file:%s --out %s%s%s",
                    t->dir, drp_temp_path(t->dir, "vectors.jsonl"),
                    drp_temp_path(t->dir, t->out), *extra ? " " : "", extra);
    const int argc = drp_line_split(line.ptr, &t->arena, argv, MAX_WORDS);
    if (drp_options_parse(verb, argc, argv, &t->arena, &t->options, &t->err) < 0)
        fail_msg("%s", t->err.text);
}

static void begin(struct stage *t, const char *dir, size_t n_users)
{
    *t = (struct stage){.dir = dir, .out = "run"};
    drp_log_set_level(DRP_LOG_ERROR);
    small_write(dir, n_users);
    t->stub = drp_stub_new(&(struct drp_stub_opts){.answer = say});
}

static void end(struct stage *t)
{
    drp_stub_free(t->stub);
    drp_arena_release(&t->arena);
}

static void plan(struct stage *t, const char *extra, struct drp_plan *out)
{
    *out = (struct drp_plan){0};
    parse(t, DRP_VERB_PLAN, extra);
    if (drp_plan_make(&t->options, NULL, &t->arena, out, &t->err) < 0)
        fail_msg("%s", t->err.text);
}

/* A real run in the folder that --out names. */
static void run(struct stage *t, const char *extra, struct drp_run_result *result)
{
    struct drp_session s = {.options = &t->options};
    struct drp_cancel cancel = {0};
    int rc = 0;
    *result = (struct drp_run_result){0};
    parse(t, DRP_VERB_RUN, extra);
    DRP_TRY(rc, drp_session_open_data(&s, t->dir, &t->err));
    DRP_TRY(rc, drp_fs_mkdir(t->options.out.ptr, true, &t->err));
    DRP_TRY(rc, drp_session_open_models(&s, drp_temp_path(t->options.out.ptr, "journal.db"),
                                        &t->err));
    DRP_TRY(rc, drp_session_open_selector(&s, t->dir, &t->err));
    DRP_TRY(rc, drp_run(&s, NULL, t->options.out.ptr, &cancel, result, &t->err));
    DRP_TRY(rc, drp_rundir_write(t->options.out.ptr, &s, &t->options, result, &t->err));
out:
    drp_session_release(&s);
    if (rc < 0)
        fail_msg("%s", t->err.text);
}

static uint64_t n_of(const struct drp_plan *p, const char *method, const char *stage)
{
    const struct drp_used *u = drp_used_find(p->used, method, stage);
    return u ? u->calls : 0;
}

static void counts_are_those_of_the_run(void **state)
{
    static const char *const lines[] = {
        "--method all",
        "--method drp,dpl --temperature 0,0.7 --repeats 2",
        "--method all --limit 3 --select user",
        "--method drp --set drp.validate=fresh",
        "--method nonp,nonp",
    };
    for (size_t i = 0; i < DRP_LEN(lines); i++) {
        struct stage t;
        struct drp_plan p;
        struct drp_run_result r;
        begin(&t, *state, 5);
        t.out = drp_arena_f(&t.arena, "run%zu", i).ptr;
        plan(&t, drp_arena_f(&t.arena, "--probe 0 %s", lines[i]).ptr, &p);
        assert_int_equal(drp_fs_kind(t.options.out.ptr), DRP_FS_NONE);
        assert_int_equal(drp_stub_n_calls(t.stub), 0);
        run(&t, lines[i], &r);
        for (size_t k = 0; k < DRP_MAX_USED && r.account.used[k].stage; k++) {
            const struct drp_used *u = &r.account.used[k];
            const struct drp_used *planned = drp_used_find(p.used, u->method, u->stage);
            if (!planned || planned->calls != u->calls || planned->kept != u->kept)
                fail_msg("%s: %s %s: %d calls, %d kept in the run; %d, %d in the plan",
                         lines[i], u->method, u->stage, (int)u->calls, (int)u->kept,
                         planned ? (int)planned->calls : -1,
                         planned ? (int)planned->kept : -1);
        }
        for (size_t k = 0; k < DRP_MAX_USED && p.used[k].stage; k++)
            assert_non_null(
                drp_used_find(r.account.used, p.used[k].method, p.used[k].stage));
        assert_int_equal(p.models[0].stats.calls, r.stats.calls);
        end(&t);
    }
}

static void what_the_journal_has_is_kept(void **state)
{
    struct stage t;
    struct drp_plan p;
    struct drp_run_result r;
    begin(&t, *state, 4);
    run(&t, "--method drp --limit 2", &r);
    const size_t asked = drp_stub_n_calls(t.stub);
    plan(&t, "--method drp --limit 2 --probe 0", &p);
    assert_int_equal(p.models[0].stats.from_journal, 2 * SMALL_CALLS);
    assert_int_equal(p.models[0].stats.prompt_tokens, 0);
    assert_int_equal(p.journal_bytes, 0);
    assert_true(p.learnt);
    plan(&t, "--method drp --limit 3 --probe 0", &p);
    assert_int_equal(p.models[0].stats.from_journal, 2 * SMALL_CALLS);
    assert_int_equal(p.models[0].stats.calls, 3 * SMALL_CALLS);
    /* Lengths of answers are those of the run. */
    assert_int_equal(p.models[0].stats.answer_tokens, SMALL_CALLS * ANSWER_TOKENS);
    assert_int_equal(drp_stub_n_calls(t.stub), asked);
    run(&t, "--method drp --limit 2", &r);
    assert_int_equal(r.stats.from_journal, 2 * SMALL_CALLS);
    end(&t);
}

static void another_run_in_the_folder_is_refused(void **state)
{
    struct stage t;
    struct drp_plan p;
    struct drp_run_result r;
    begin(&t, *state, 2);
    run(&t, "--method nonp", &r);
    parse(&t, DRP_VERB_PLAN, "--method nonp --items 3 --probe 0");
    assert_int_equal(drp_plan_make(&t.options, NULL, &t.arena, &p, &t.err), DRP_EEXISTS);
    assert_non_null(strstr(t.err.text, "'items' was 8 and is 3 now"));
    end(&t);
}

static void assert_near(uint64_t a, uint64_t b)
{
    if (a == 0 || fabs((double)a / (double)b - 1) > 0.05)
        fail_msg("%d and %d", (int)a, (int)b);
}

static void samples_left_out_are_reckoned(void **state)
{
    struct stage t;
    struct drp_plan some, all;
    begin(&t, *state, 250);
    plan(&t, "--method rag,drp --probe 0", &some);
    assert_int_equal(some.n_looked_at, 200);
    plan(&t, "--method rag,drp --probe 0 --exact", &all);
    assert_int_equal(all.n_looked_at, 250);
    assert_int_equal(n_of(&all, "drp", "extract"), 250 * SMALL_ITEMS);
    for (size_t i = 0; i < DRP_MAX_USED && all.used[i].stage; i++) {
        const struct drp_used *u =
            drp_used_find(some.used, all.used[i].method, all.used[i].stage);
        assert_non_null(u);
        assert_int_equal(u->calls, all.used[i].calls);
        assert_near(u->prompt_tokens, all.used[i].prompt_tokens);
    }
    assert_near(some.journal_bytes, all.journal_bytes);
    end(&t);
}

static void time_and_cost_follow_rates_and_prices(void **state)
{
    struct stage t;
    struct drp_plan p;
    begin(&t, *state, 3);
    drp_temp_write(*state, "config.json",
                   DRP_SV("{\"models\":{\"m\":{\"spec\":\"stub:\",\"price_in\":2,"
                          "\"price_out\":5}}}"));
    plan(&t,
         drp_arena_f(&t.arena, "--method drp --workers 1 --config %s --model m",
                     drp_temp_path(*state, "config.json"))
             .ptr,
         &p);
    const struct drp_plan_model *m = &p.models[0];
    const double slots = (double)m->probe.n_side_by_side;
    assert_true(slots > 1);
    assert_int_equal(drp_stub_n_calls(t.stub), 1 + 2 * (size_t)slots);
    assert_true(p.is_timed);
    assert_true(fabs(m->probe.alone_rate - 1000.0 * ANSWER_TOKENS / RUN_MS) < 1);
    assert_true(fabs(m->probe.prompt_rate - slots * 1000 * PROMPT_TOKENS / RUN_MS) < 1);
    /* All steps take the same time: the sum over a sample's groups of calls is what counts. */
    const double steps = 3 * (320 + 320 + 200 + 160);
    assert_true(fabs(m->answer_s - steps * RUN_MS / 1000 / ANSWER_TOKENS) < 0.01);
    assert_true(p.has_prices);
    assert_true(fabs(p.cost - 2e-6 * (double)m->stats.prompt_tokens -
                     5e-6 * (double)m->stats.answer_tokens) < 1e-9);
    end(&t);
}

static void a_failed_probe_is_told(void **state)
{
    static const struct drp_stub_rule broken[] = {
        {.status = DRP_EENGINE, .error = "no such model"}};
    struct stage t;
    struct drp_plan p;
    struct drp_str out;
    begin(&t, *state, 2);
    drp_stub_free(t.stub);
    t.stub = drp_stub_new(&(struct drp_stub_opts){.rules = broken, .n_rules = 1});
    plan(&t, "--method nonp --probe 1", &p);
    assert_false(p.is_timed);
    assert_string_equal(p.models[0].probe.problem, "no such model");
    drp_str_init(&out, 1 << 16);
    drp_plan_text(&p, &out);
    assert_non_null(strstr(out.ptr, "stub: the probe failed: no such model"));
    drp_str_release(&out);
    end(&t);
}

/* The first rounds are answered, the prompts of the third are not, nor `n_slow` shorter ones. */
static void probe_slowly(int n_slow, struct drp_probe *out)
{
    enum { SLOTS = 2 };
    const struct drp_stub_rule rules[] = {
        {.text = "An answer of some words.", .max_uses = 1 + SLOTS},
        {.delay_ms = 60000, .max_uses = SLOTS + n_slow},
        {.text = "So."},
    };
    struct drp_stub *stub =
        drp_stub_new(&(struct drp_stub_opts){.rules = rules, .n_rules = DRP_LEN(rules)});
    const struct drp_probe_opts opts = {.limit_ms = 300,
                                        .prompt_tokens = 64,
                                        .max_calls = SLOTS};
    struct drp_model *m = NULL;
    struct drp_err err = {0};
    if (drp_model_open(&(struct drp_model_opts){.spec = "stub:"}, &m, &err) < 0 ||
        drp_probe_run(m, &opts, out, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(drp_stub_n_calls(stub), 1 + 2 * SLOTS + DRP_MIN(n_slow + 1, 2));
    drp_model_free(m);
    drp_stub_free(stub);
}

static void shorter_prompts_are_tried_when_none_ends(void **state)
{
    (void)state;
    static const struct {
        int n_slow;
        bool is_seen;
        const char *problem;
    } cases[] = {
        {0, true, ""},
        {1, true, ""},
        {2, false, "no prompt was read within 0.1 s, not even a short one"},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct drp_probe probe = {0};
        probe_slowly(cases[i].n_slow, &probe);
        assert_int_equal(probe.prompt_rate > 0, cases[i].is_seen);
        assert_string_equal(probe.problem, cases[i].problem);
    }
}

static void steps_take_longer_side_by_side(void **state)
{
    (void)state;
    static const struct {
        struct drp_probe probe;
        double n, seconds;
    } cases[] = {
        {{.n_side_by_side = 8, .alone_rate = 10, .answer_rate = 40}, 1, 0.1},
        {{.n_side_by_side = 8, .alone_rate = 10, .answer_rate = 40}, 8, 0.2},
        {{.n_side_by_side = 8, .alone_rate = 10, .answer_rate = 40}, 4.5, 0.15},
        {{.n_side_by_side = 8, .alone_rate = 10, .answer_rate = 40}, 64, 0.2},
        {{.n_side_by_side = 1, .alone_rate = 10, .answer_rate = 10}, 3, 0.1},
        {{.n_side_by_side = 8, .alone_rate = 0, .answer_rate = 40}, 2, 0},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++)
        assert_true(
            fabs(drp_probe_step_s(&cases[i].probe, cases[i].n) - cases[i].seconds) < 1e-9);
}

int main(void)
{
#define WITH_FOLDER(test)                                                                \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(counts_are_those_of_the_run),
        WITH_FOLDER(what_the_journal_has_is_kept),
        WITH_FOLDER(another_run_in_the_folder_is_refused),
        WITH_FOLDER(samples_left_out_are_reckoned),
        WITH_FOLDER(time_and_cost_follow_rates_and_prices),
        WITH_FOLDER(a_failed_probe_is_told),
        cmocka_unit_test(shorter_prompts_are_tried_when_none_ends),
        cmocka_unit_test(steps_take_longer_side_by_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
