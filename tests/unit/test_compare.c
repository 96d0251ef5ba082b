/* Groups, their averages, and comparisons: which texts go together, and what is left out. The statistics are
 * test_resample's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "eval/compare.h"
#include "eval/duel.h"
#include "eval/evaluate.h"
#include "base/banned.h"

static const struct drp_resample_opts few = {.seed = 12345,
                                             .n_resamples = 200,
                                             .n_trials = 200};

/* Adds one text with the METEOR value given. */
static void add(struct drp_groups *g, size_t source, const char *method,
                double temperature, size_t sample, double meteor)
{
    const struct drp_pair pair = {
        .method = drp_sv_from(method),
        .model = DRP_SV("m"),
        .temperature = temperature,
    };
    struct drp_unit unit = {
        .bleu = {.sys_len = 4, .ref_len = 4, .correct = {4, 3, 2, 1}, .total = {4, 3, 2, 1}},
        .n = 1,
    };
    unit.sum[DRP_METEOR] = meteor;
    drp_groups_add(g, source, &pair, sample, &unit);
}

static void rows_are_by_temperature_and_averages_over_them(void **state)
{
    struct drp_groups g;
    struct drp_arena arena = {0};
    struct drp_evaluation e;
    (void)state;
    drp_groups_init(&g);
    for (size_t i = 0; i < 10; i++) {
        add(&g, 0, "rag", 0, i, 0.2);
        add(&g, 0, "rag", 0.8, i, 0.4);
        add(&g, 0, "drp", 0, i, 0.5);
        add(&g, 0, "drp", 0, i, 0.7); /* another seed: the same row */
    }
    drp_evaluate(&g, &few, &arena, &e);
    assert_int_equal(e.n_rows, 3);
    assert_true(e.rows[0].n == 10 && fabs(e.rows[0].scores[DRP_METEOR] - 0.2) < 1e-12);
    assert_true(e.rows[2].n == 20 && fabs(e.rows[2].scores[DRP_METEOR] - 0.6) < 1e-12);
    assert_true(fabs(e.rows[2].intervals[DRP_METEOR].low - 0.6) < 1e-12); /* nothing varies */
    assert_int_equal(e.n_averaged, 2);
    assert_int_equal(e.averaged[0].n_layers, 2);
    assert_true(fabs(e.averaged[0].scores[DRP_METEOR] - 0.3) < 1e-12);
    assert_true(e.averaged[0].n == 20 && isnan(e.averaged[0].temperature));
    assert_true(fabs(e.averaged[0].scores[DRP_BLEU] - 100) < 1e-9);
    assert_true(isnan(e.rows[0].scores[DRP_JUDGE]));
    drp_arena_release(&arena);
    drp_groups_release(&g);
}

static void what_not_all_have_is_left_out(void **state)
{
    struct drp_groups g;
    struct drp_arena arena = {0};
    struct drp_comparison c;
    struct drp_err err = {0};
    (void)state;
    drp_groups_init(&g);
    for (size_t i = 0; i < 20; i++) {
        add(&g, 0, "rag", 0, i, 0.2 + 0.01 * (double)i);
        add(&g, 0, "rag", 0.8, i, 0.9); /* a temperature that drp lacks */
        if (i != 3)
            add(&g, 0, "drp", 0, i, 0.3 + 0.01 * (double)i);
    }
    assert_int_equal(drp_compare(&g, (struct drp_sv){0}, &few, &arena, &c, &err), 0);
    assert_int_equal(c.n, 2);
    assert_int_equal(c.n_temperatures, 1);
    assert_true(c.temperatures[0] == 0);
    assert_int_equal(c.n_samples, 19);
    assert_int_equal(c.n_left_out, 1);
    assert_true(drp_sv_is(c.systems[0].method, "rag"));
    assert_true(fabs(c.systems[1].tests[DRP_METEOR].difference - 0.1) < 1e-9);
    assert_true(c.systems[1].tests[DRP_METEOR].p_randomisation < 0.01);
    assert_true(c.systems[1].tests[DRP_BLEU].difference == 0);
    assert_int_equal(drp_compare(&g, DRP_SV("drp"), &few, &arena, &c, &err), 0);
    assert_true(drp_sv_is(c.systems[0].method, "drp"));
    assert_true(fabs(c.systems[1].tests[DRP_METEOR].difference + 0.1) < 1e-9);
    drp_arena_release(&arena);
    drp_groups_release(&g);
}

static void nothing_to_compare_is_told(void **state)
{
    struct drp_groups g;
    struct drp_arena arena = {0};
    struct drp_comparison c;
    struct drp_err err = {0};
    (void)state;
    drp_groups_init(&g);
    add(&g, 0, "rag", 0, 0, 0.2);
    assert_int_equal(drp_compare(&g, (struct drp_sv){0}, &few, &arena, &c, &err),
                     DRP_EINPUT);
    assert_non_null(strstr(err.text, "two methods"));
    add(&g, 0, "drp", 0.8, 0, 0.2);
    assert_int_equal(drp_compare(&g, (struct drp_sv){0}, &few, &arena, &c, &err),
                     DRP_EINPUT);
    assert_non_null(strstr(err.text, "temperature"));
    add(&g, 0, "drp", 0, 1, 0.2);
    add(&g, 0, "rag", 0.8, 0, 0.2);
    assert_int_equal(drp_compare(&g, (struct drp_sv){0}, &few, &arena, &c, &err),
                     DRP_EINPUT);
    assert_non_null(strstr(err.text, "sample"));
    assert_int_equal(drp_compare(&g, DRP_SV("foo"), &few, &arena, &c, &err), DRP_EUSAGE);
    assert_non_null(strstr(err.text, "'foo'"));
    drp_arena_release(&arena);
    drp_groups_release(&g);
}

/* Source: scipy.stats.binomtest(wins, wins + losses).pvalue */
static void the_sign_test_is_exact(void **state)
{
    static const struct {
        struct drp_duel duel;
        double rate, p;
    } rows[] = {
        {{.wins = 9, .losses = 1, .ties = 2}, 10.0 / 12, 0.021484375},
        {{.wins = 5, .losses = 5}, 0.5, 1},
        {{.wins = 0, .losses = 8}, 0, 0.0078125},
        {{.ties = 3}, 0.5, 1},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        assert_true(fabs(drp_duel_rate(&rows[i].duel) - rows[i].rate) < 1e-12);
        assert_true(fabs(drp_duel_p(&rows[i].duel) - rows[i].p) < 1e-9);
    }
    assert_true(isnan(drp_duel_rate(&(struct drp_duel){.unread = 2})));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_by_temperature_and_averages_over_them),
        cmocka_unit_test(what_not_all_have_is_left_out),
        cmocka_unit_test(nothing_to_compare_is_told),
        cmocka_unit_test(the_sign_test_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
