/* A whole run over a small dataset with a scripted model: files, grid, failures, stopping, faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "io/db.h"
#include "run/run.h"
#include "support/line.h"
#include "support/small.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

enum { USERS = 6, ITEMS = SMALL_ITEMS, CALLS_A_SAMPLE = SMALL_CALLS, MAX_WORDS = 16 };

/* A run on stage. */
struct stage {
    const char *dir;
    struct drp_arena arena;
    struct drp_options options;
    struct drp_stub *stub;
    struct drp_session session;
    struct drp_cancel cancel;
    bool user3_fails;
    struct drp_run_result result;
    struct drp_err err;
};

static void parse_options(struct stage *t, const char *extra)
{
    char *argv[MAX_WORDS + 1];
    const struct drp_sv line =
        drp_arena_f(&t->arena, "run --peers=2 --embedder=file:%s%s%s",
                    drp_temp_path(t->dir, "vectors.jsonl"), *extra ? " " : "", extra);
    const int argc = drp_line_split(line.ptr, &t->arena, argv, MAX_WORDS);
    if (drp_options_parse(DRP_VERB_RUN, argc, argv, &t->arena, &t->options, &t->err) < 0)
        fail_msg("%s", t->err.text);
}

/* Opens everything; the code of the first that failed. */
static int open_session(struct stage *t)
{
    struct drp_session *s = &t->session;
    int rc = 0;
    *s = (struct drp_session){.options = &t->options};
    DRP_TRY(rc, drp_session_open_data(s, t->dir, &t->err));
    DRP_TRY(rc, drp_prompts_open(NULL, &s->prompts, &t->err));
    DRP_TRY(rc,
            drp_journal_open(drp_temp_path(t->dir, "journal.db"), &s->journal, &t->err));
    const struct drp_model_opts opts = {.spec = "stub:", .journal = s->journal};
    DRP_TRY(rc, drp_model_open(&opts, &s->opened[0], &t->err));
    s->n_opened = 1;
    for (size_t task = 0; task < DRP_EMBEDDER; task++)
        s->models[task] = s->opened[0];
    DRP_TRY(rc, drp_session_open_selector(s, t->dir, &t->err));
out:
    return rc;
}

static void begin(struct stage *t, const char *dir, const char *options)
{
    *t = (struct stage){.dir = dir};
    drp_log_set_level(DRP_LOG_ERROR);
    small_write(dir, USERS);
    parse_options(t, options);
    t->stub = drp_stub_new(
        &(struct drp_stub_opts){.answer = small_answer, .ctx = &t->user3_fails});
}

static void end(struct stage *t)
{
    drp_session_release(&t->session);
    drp_stub_free(t->stub);
    drp_arena_release(&t->arena);
}

static int run(struct stage *t)
{
    const int rc = open_session(t);
    return rc < 0 ? rc
                  : drp_run(&t->session, NULL, t->dir, &t->cancel, &t->result, &t->err);
}

static size_t n_lines(const char *dir, const char *name)
{
    struct drp_str s;
    struct drp_err err = {0};
    size_t n = 0;
    drp_str_init(&s, 1 << 24);
    if (drp_fs_read(drp_temp_path(dir, name), &s, &err) == 0)
        for (size_t i = 0; i < s.len; i++)
            n += s.ptr[i] == '\n';
    drp_str_release(&s);
    return n;
}

/* ---- tests -------------------------------------------------------------------------------- */

static void every_sample_is_predicted_once(void **state)
{
    struct stage t;
    begin(&t, *state, "--workers 3");
    if (run(&t) < 0)
        fail_msg("%s", t.err.text);
    assert_int_equal(t.result.n_done, USERS);
    assert_int_equal(t.result.account.predictions, USERS);
    assert_int_equal(t.result.account.features_kept, USERS * ITEMS);
    assert_int_equal(drp_stub_n_calls(t.stub), USERS * CALLS_A_SAMPLE);
    assert_int_equal(n_lines(*state, "predictions.jsonl"), USERS);
    assert_int_equal(n_lines(*state, "differences.jsonl"), USERS * ITEMS);
    assert_int_equal(n_lines(*state, "features.jsonl"), USERS * ITEMS);
    end(&t);
}

static void a_grid_has_a_line_for_each_cell(void **state)
{
    struct stage t;
    begin(&t, *state, "--temperature 0,0.8 --seed 1,2 --repeats 2 --limit 2");
    if (run(&t) < 0)
        fail_msg("%s", t.err.text);
    assert_int_equal(n_lines(*state, "predictions.jsonl"), 2 * 2 * 2 * 2);
    end(&t);
}

static void the_same_run_again_asks_nothing(void **state)
{
    struct stage t;
    begin(&t, *state, "");
    assert_int_equal(run(&t), 0);
    const size_t before = drp_stub_n_calls(t.stub);
    drp_session_release(&t.session);
    assert_int_equal(run(&t), 0);
    assert_int_equal(drp_stub_n_calls(t.stub), before);
    assert_int_equal(t.result.stats.from_journal, USERS * CALLS_A_SAMPLE);
    end(&t);
}

static void a_failed_sample_ends_the_run_or_is_counted(void **state)
{
    struct stage t;
    begin(&t, *state, "--workers 1");
    t.user3_fails = true;
    const int rc = run(&t);
    assert_int_equal(rc, DRP_EENGINE);
    assert_int_equal(t.result.account.failures, 1);
    assert_int_equal(n_lines(*state, "predictions.jsonl"), 3);
    end(&t);
    begin(&t, *state, "--workers 1 --keep-going");
    t.user3_fails = true;
    assert_int_equal(run(&t), 0);
    assert_int_equal(t.result.account.failures, 1);
    assert_int_equal(t.result.n_done, USERS - 1);
    assert_int_equal(n_lines(*state, "predictions.jsonl"), USERS - 1);
    end(&t);
}

static void stopping_keeps_what_is_done(void **state)
{
    struct stage t;
    begin(&t, *state, "--workers 1");
    drp_cancel_raise(&t.cancel, 1);
    assert_int_equal(run(&t), DRP_ECANCELLED);
    assert_true(t.result.interrupted);
    assert_int_equal(t.result.n_done, 0);
    drp_session_release(&t.session);
    t.cancel.level = 0;
    assert_int_equal(run(&t), 0);
    assert_int_equal(t.result.n_done, USERS);
    end(&t);
}

/* The n-th step of a database or file operation fails, n = 1, 2 …: the run says so with the right kind of
 * error, and the same run afterwards is whole and asks only what is not in the journal yet. */
static void faults_lose_nothing(void **state)
{
    static const struct {
        void (*fail_nth)(int64_t n);
        int64_t stride;
    } kinds[] = {{drp_db_fail_nth, 7}, {drp_fs_fail_nth, 2}};
    for (size_t k = 0; k < DRP_LEN(kinds); k++) {
        bool failed = true;
        for (int64_t n = 1; failed; n += kinds[k].stride) {
            struct stage t;
            assert_true(n < 20000);
            begin(&t, *state, "--workers 2 --limit 2");
            remove(drp_temp_path(*state, "journal.db"));
            remove(drp_temp_path(*state, "journal.db-wal"));
            remove(drp_temp_path(*state, "journal.db-shm"));
            kinds[k].fail_nth(n);
            const int rc = run(&t);
            drp_session_release(&t.session);
            kinds[k].fail_nth(0);
            failed = rc < 0;
            assert_true(!failed || drp_exit_status(rc) == 5 || drp_exit_status(rc) == 3);
            const size_t asked = drp_stub_n_calls(t.stub);
            if (run(&t) < 0)
                fail_msg("after fault %d: %s", (int)n, t.err.text);
            assert_int_equal(t.result.stats.from_journal + drp_stub_n_calls(t.stub) - asked,
                             2 * CALLS_A_SAMPLE);
            assert_int_equal(n_lines(*state, "predictions.jsonl"), 2);
            end(&t);
        }
    }
}

int main(void)
{
#define WITH_FOLDER(test)                                                                \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(every_sample_is_predicted_once),
        WITH_FOLDER(a_grid_has_a_line_for_each_cell),
        WITH_FOLDER(the_same_run_again_asks_nothing),
        WITH_FOLDER(a_failed_sample_ends_the_run_or_is_counted),
        WITH_FOLDER(stopping_keeps_what_is_done),
        WITH_FOLDER(faults_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
