/* The judge: answers are read strictly, the median counts, both orders must agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "eval/judge.h"
#include "support/stub.h"
#include "base/banned.h"

static void scores_are_read_strictly(void **state)
{
    static const struct {
        const char *answer;
        double score; /* NAN: cannot be read */
    } rows[] = {
        {"{\"score\":7}", 7},
        {"{\"score\": 7.5}", 7.5},
        {"{\"score\":0}", 0},
        {"{\"score\":10}", 10},
        {"{\"score\":11}", NAN},
        {"{\"score\":-1}", NAN},
        {"{\"score\":\"7\"}", NAN},
        {"{\"score\":7,\"why\":\"\"}", NAN},
        {"{\"score\":7} because", NAN},
        {"Score: 7", NAN},
        {"7", NAN},
        {"", NAN},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        double score = NAN;
        const bool read = drp_judge_read_score(drp_sv_from(rows[i].answer), &score);
        if (read != !isnan(rows[i].score) || (read && score != rows[i].score))
            fail_msg("'%s' read as %g", rows[i].answer, score);
    }
}

static void choices_are_read_strictly(void **state)
{
    static const struct {
        const char *answer;
        bool read;
        int better;
    } rows[] = {
        {"{\"better\":\"first\"}", true, 1},   {"{\"better\":\"second\"}", true, -1},
        {"{\"better\":\"neither\"}", true, 0}, {"{\"better\":\"First\"}", false, 0},
        {"{\"better\":1}", false, 0},          {"first", false, 0},
        {"{\"better\":\"both\"}", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        int better = 0;
        assert_int_equal(drp_judge_read_choice(drp_sv_from(rows[i].answer), &better),
                         rows[i].read);
        assert_int_equal(better, rows[i].better);
    }
}

/* A judge with a will of its own: it likes texts that hold GOOD, scores by repeat, and mumbles about MUMBLE. */
static void answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    static const char *const by_repeat[] = {"{\"score\":2}", "{\"score\":9}",
                                            "{\"score\":5}"};
    const struct drp_sv text = call->messages[call->n_messages - 1].text;
    const size_t good = drp_sv_find(text, DRP_SV("GOOD"), 0);
    const size_t second = drp_sv_find(text, DRP_SV("[Second text"), 0);
    (void)ctx;
    job->finish = DRP_FINISH_STOP;
    if (drp_sv_find(text, DRP_SV("MUMBLE"), 0) != SIZE_MAX)
        drp_str_addz(&job->text, "well, you know");
    else if (second == SIZE_MAX)
        drp_str_addz(&job->text, by_repeat[call->repeat]);
    else if (drp_sv_find(text, DRP_SV("SAME"), 0) != SIZE_MAX)
        drp_str_addz(&job->text, "{\"better\":\"first\"}"); /* whatever stands first */
    else
        drp_str_addf(&job->text, "{\"better\":\"%s\"}", good < second ? "first" : "second");
}

struct court {
    struct drp_stub *stub;
    struct drp_model *model;
    struct drp_prompts *prompts;
    struct drp_judge judge;
};

static void court_init(struct court *c)
{
    struct drp_err err = {0};
    c->stub = drp_stub_new(&(struct drp_stub_opts){.answer = answer});
    if (drp_model_open(&(struct drp_model_opts){.spec = "stub:"}, &c->model, &err) < 0 ||
        drp_prompts_open(NULL, &c->prompts, &err) < 0)
        fail_msg("%s", err.text);
    c->judge = (struct drp_judge){
        .model = c->model, .prompts = c->prompts, .n_repeats = 3, .seed = 42};
}

static void court_release(struct court *c)
{
    drp_model_free(c->model);
    drp_stub_free(c->stub);
    drp_prompts_free(c->prompts);
}

static void the_median_of_repeats_counts(void **state)
{
    struct court c;
    struct drp_err err = {0};
    struct drp_judgement judgements[] = {
        {.candidate = DRP_SV("some text"), .reference = DRP_SV("a reference")},
        {.candidate = DRP_SV("MUMBLE"), .reference = DRP_SV("a reference")},
    };
    (void)state;
    court_init(&c);
    assert_int_equal(drp_judge_score(&c.judge, judgements, DRP_LEN(judgements), &err), 0);
    assert_true(judgements[0].score == 5);
    assert_true(isnan(judgements[1].score));
    assert_int_equal(c.judge.n_asked, 6);
    assert_int_equal(c.judge.n_unread, 3);
    court_release(&c);
}

static void both_orders_must_agree(void **state)
{
    struct court c;
    struct drp_err err = {0};
    struct drp_choice choices[] = {
        {.a = DRP_SV("GOOD"), .b = DRP_SV("bad"), .reference = DRP_SV("r")},
        {.a = DRP_SV("bad"), .b = DRP_SV("GOOD"), .reference = DRP_SV("r")},
        {.a = DRP_SV("SAME"), .b = DRP_SV("SAME"), .reference = DRP_SV("r")},
        {.a = DRP_SV("MUMBLE"), .b = DRP_SV("GOOD"), .reference = DRP_SV("r")},
    };
    (void)state;
    court_init(&c);
    assert_int_equal(drp_judge_choose(&c.judge, choices, DRP_LEN(choices), &err), 0);
    assert_true(choices[0].read && choices[0].better == 1);
    assert_true(choices[1].read && choices[1].better == -1);
    assert_true(choices[2].read && choices[2].better == 0);
    assert_true(!choices[3].read);
    assert_int_equal(c.judge.n_unread, 2);
    court_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_read_strictly),
        cmocka_unit_test(choices_are_read_strictly),
        cmocka_unit_test(the_median_of_repeats_counts),
        cmocka_unit_test(both_orders_must_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
