/* How fast a model is: what a probe asks, what it makes of failures, and what a step of several answers takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/thread.h"
#include "run/probe.h"
#include "support/stub.h"

#include "base/banned.h"

static void a_step_lies_between_one_and_all(void **state)
{
    static const struct {
        struct drp_probe p;
        double n, seconds;
    } rows[] = {
        {{.n_side_by_side = 5, .alone_rate = 10, .answer_rate = 25}, 1, 0.1},
        {{.n_side_by_side = 5, .alone_rate = 10, .answer_rate = 25}, 3, 0.15},
        {{.n_side_by_side = 5, .alone_rate = 10, .answer_rate = 25}, 5, 0.2},
        {{.n_side_by_side = 5, .alone_rate = 10, .answer_rate = 25}, 50, 0.2},
        {{.n_side_by_side = 5, .alone_rate = 10, .answer_rate = 25}, 0.5, 0.1},
        {{.n_side_by_side = 1, .alone_rate = 10, .answer_rate = 8}, 1, 0.125},
        {{.n_side_by_side = 5, .alone_rate = 0, .answer_rate = 25}, 3, 0},
        {{.n_side_by_side = 5, .alone_rate = 10, .answer_rate = 0}, 3, 0},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const double seconds = drp_probe_step_s(&rows[i].p, rows[i].n);
        if (fabs(seconds - rows[i].seconds) > 1e-12)
            fail_msg("row %zu: %g", i, seconds);
    }
}

/* Probes a stub of eight slots. */
static int probe(const struct drp_stub_rule *rules, size_t n_rules,
                 const struct drp_probe_opts *opts, struct drp_probe *out, size_t *n_calls)
{
    struct drp_stub *stub =
        drp_stub_new(&(struct drp_stub_opts){.rules = rules, .n_rules = n_rules});
    struct drp_model *m = NULL;
    struct drp_err err = {0};
    const struct drp_model_opts model = {.spec = "stub:"};
    assert_int_equal(drp_model_open(&model, &m, &err), 0);
    const int rc = drp_probe_run(m, opts, out, &err);
    *n_calls = drp_stub_n_calls(stub);
    drp_model_free(m);
    drp_stub_free(stub);
    return rc;
}

static void one_then_all_twice(void **state)
{
    static const struct {
        uint32_t max_calls;
        size_t n_side_by_side, n_calls;
    } rows[] = {{1, 1, 3}, {3, 3, 7}, {8, 8, 17}, {64, 8, 17}};
    static const struct drp_stub_rule talks[] = {{.text = "a day of some person with work"}};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_probe_opts opts = {.limit_ms = 60000,
                                            .prompt_tokens = 100,
                                            .max_calls = rows[i].max_calls};
        struct drp_probe p;
        size_t n_calls;
        assert_int_equal(probe(talks, 1, &opts, &p, &n_calls), 0);
        assert_int_equal(p.n_side_by_side, rows[i].n_side_by_side);
        assert_int_equal(n_calls, rows[i].n_calls);
        assert_string_equal(p.problem, "");
        assert_true(p.alone_rate > 0 && p.answer_rate > 0 && p.prompt_rate > 0);
    }
}

static void a_failure_is_told(void **state)
{
    static const struct drp_stub_rule fails[] = {
        {.status = DRP_ENET, .error = "the server is gone", .max_uses = 1},
        {.status = DRP_ENET, .error = "it is still gone"},
    };
    const struct drp_probe_opts opts = {.limit_ms = 60000,
                                        .prompt_tokens = 10,
                                        .max_calls = 4};
    struct drp_probe p;
    size_t n_calls;
    (void)state;
    assert_int_equal(probe(fails, DRP_LEN(fails), &opts, &p, &n_calls), 0);
    assert_non_null(strstr(p.problem, "the server is gone"));
    assert_true(p.alone_rate == 0 && p.answer_rate == 0 && p.prompt_rate == 0);
}

static void an_interruption_ends_it(void **state)
{
    struct drp_cancel cancel = {0};
    const struct drp_probe_opts opts = {
        .limit_ms = 60000, .prompt_tokens = 10, .max_calls = 4, .cancel = &cancel};
    struct drp_probe p;
    size_t n_calls;
    (void)state;
    drp_cancel_raise(&cancel, 1);
    assert_int_equal(probe(NULL, 0, &opts, &p, &n_calls), DRP_ECANCELLED);
    assert_true(n_calls <= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_lies_between_one_and_all),
        cmocka_unit_test(one_then_all_twice),
        cmocka_unit_test(a_failure_is_told),
        cmocka_unit_test(an_interruption_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
