/* Several processes at one run in PostgreSQL, with a scripted model that counts what it is asked: nothing is lost and
 * nothing is asked twice, but what was in flight when a process was killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "io/pg.h"
#include "run/run.h"
#include "run/share.h"
#include "support/line.h"
#include "support/postgres.h"
#include "support/small.h"
#include "support/temp.h"

#include "base/banned.h"

enum { USERS = 24, N_CALLS = USERS * SMALL_CALLS, MAX_WORDS = 32, THREADS = 2 };

/* What one process is told. */
struct part {
    const char *dataset, *out; /* out NULL: a worker */
    const char *options;
    int asked_fd; /* gets a byte for each question to the model; -1: nobody counts */
    int pause_ms; /* of each answer                                                */
    bool user3_fails;
};

/* ---- one process -------------------------------------------------------------------------- */

static void answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    struct part *part = ctx;
    if (part->asked_fd >= 0 && write(part->asked_fd, "?", 1) != 1)
        abort();
    drp_clock_sleep_ms(part->pause_ms);
    small_answer(&part->user3_fails, call, job);
}

static int open_session(const struct part *part, struct drp_session *s, struct drp_err *err)
{
    const char *own = drp_temp_path(part->dataset, "journal.db");
    const char *journal = s->options->journal.ptr ? s->options->journal.ptr : own;
    int rc = 0;
    DRP_TRY(rc, drp_session_open_data(s, part->dataset, err));
    DRP_TRY(rc, drp_prompts_open(NULL, &s->prompts, err));
    DRP_TRY(rc, drp_journal_open(journal, &s->journal, err));
    const struct drp_model_opts opts = {.spec = "stub:", .journal = s->journal};
    DRP_TRY(rc, drp_model_open(&opts, &s->opened[0], err));
    s->n_opened = 1;
    for (size_t task = 0; task < DRP_EMBEDDER; task++)
        s->models[task] = s->opened[0];
    DRP_TRY(rc, drp_session_open_selector(s, part->dataset, err));
out:
    return rc;
}

static int parse(const struct part *part, struct drp_arena *arena, struct drp_options *o,
                 struct drp_err *err)
{
    char *argv[MAX_WORDS + 1];
    const struct drp_sv line =
        drp_arena_f(arena, "%s --workers %d %s", part->out ? "run" : "worker",
                    (int)THREADS, part->options);
    const int argc = drp_line_split(line.ptr, arena, argv, MAX_WORDS);
    return drp_options_parse(part->out ? DRP_VERB_RUN : DRP_VERB_WORKER, argc, argv,
                             arena, o, err);
}

/* As the verbs run and worker do it. */
static int take_part(struct part *part, struct drp_run_result *result, struct drp_err *err)
{
    struct drp_arena arena = {0};
    struct drp_options options;
    struct drp_session s = {.options = &options};
    struct drp_queue_run run;
    struct drp_cancel cancel = {0};
    const struct drp_share_place place = {part->dataset, part->out};
    struct drp_stub *stub = drp_stub_new(
        &(struct drp_stub_opts){.answer = answer, .ctx = part, .forgets = true});
    int rc = 0;
    DRP_TRY(rc, parse(part, &arena, &options, err));
    if (!part->out)
        DRP_TRY(rc, drp_share_find(&s, &options, &cancel, &arena, &run, err));
    DRP_TRY(rc, open_session(part, &s, err));
    if (!part->out)
        DRP_TRY(rc, drp_share_join(&s, &run, &arena, err));
    else if (options.journal.ptr)
        DRP_TRY(rc, drp_share_offer(&s, &place, &arena, err));
    DRP_TRY(rc, drp_run(&s, NULL, part->out, &cancel, result, err));
out:
    drp_session_release(&s);
    drp_stub_free(stub);
    drp_arena_release(&arena);
    return rc;
}

static pid_t start(struct part *part)
{
    const pid_t child = fork();
    if (child != 0)
        return child;
    struct drp_run_result result;
    struct drp_err err = {0};
    const int rc = take_part(part, &result, &err);
    if (rc < 0)
        fprintf(stderr, "process %ld: %s\n", (long)getpid(), err.text);
    _exit(rc < 0 ? drp_exit_status(rc) : 0);
}

static int end_of(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* ---- what is seen from outside ------------------------------------------------------------ */

static void wait_until(const char *sql, int64_t at_least)
{
    const int64_t end_ms = drp_clock_ms() + 60000;
    while (drp_postgres_int(sql) < at_least && drp_clock_ms() < end_ms)
        drp_clock_sleep_ms(5);
    assert_true(drp_postgres_int(sql) >= at_least);
}

static void same_file(const char *a, const char *b, const char *name)
{
    struct drp_str x, y;
    struct drp_err err = {0};
    drp_str_init(&x, 1 << 24);
    drp_str_init(&y, 1 << 24);
    assert_int_equal(drp_fs_read(drp_temp_path(a, name), &x, &err), 0);
    assert_int_equal(drp_fs_read(drp_temp_path(b, name), &y, &err), 0);
    assert_true(x.len > 0);
    assert_true(drp_sv_eq(drp_str_sv(&x), drp_str_sv(&y)));
    drp_str_release(&x);
    drp_str_release(&y);
}

static void same_run(const char *a, const char *b)
{
    same_file(a, b, "predictions.jsonl");
    same_file(a, b, "features.jsonl");
    same_file(a, b, "differences.jsonl");
}

/* ---- the stage ---------------------------------------------------------------------------- */

struct stage {
    char dataset[4096], whole[4096], out[4096], own[256], shared[8192], counts[4096];
};

static int fd_of(const struct stage *t)
{
    const int fd = open(t->counts, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static size_t n_asked(int fd)
{
    return (size_t)lseek(fd, 0, SEEK_END);
}

/* A dataset and the files of an undisturbed run with SQLite. */
static void begin(struct stage *t, const char *dir)
{
    struct drp_err err = {0};
    if (!drp_postgres_url())
        skip();
    drp_postgres_clear();
    snprintf(t->dataset, sizeof t->dataset, "%s", dir);
    snprintf(t->whole, sizeof t->whole, "%s/whole", dir);
    snprintf(t->out, sizeof t->out, "%s/out", dir);
    snprintf(t->counts, sizeof t->counts, "%s/asked", dir);
    snprintf(t->own, sizeof t->own, "--peers=2 --embedder=file:%s/vectors.jsonl", dir);
    snprintf(t->shared, sizeof t->shared, "%s --lease 3 --journal %s", t->own,
             drp_postgres_url());
    small_write(dir, USERS);
    assert_int_equal(drp_fs_mkdir(t->whole, true, &err), 0);
    assert_int_equal(drp_fs_mkdir(t->out, true, &err), 0);
    struct part alone = {t->dataset, t->whole, t->own, -1, 0, false};
    assert_int_equal(end_of(start(&alone)), 0);
}

/* ---- tests -------------------------------------------------------------------------------- */

static void several_write_what_one_would(void **state)
{
    struct stage t;
    begin(&t, *state);
    const int fd = fd_of(&t);
    char worker_options[8192];
    snprintf(worker_options, sizeof worker_options, "--lease 3 --wait 60 --journal %s",
             drp_postgres_url());
    struct part first = {t.dataset, t.out, t.shared, fd, 20, false};
    struct part other = {t.dataset, NULL, worker_options, fd, 20, false};
    pid_t workers[3];
    for (size_t i = 0; i < DRP_LEN(workers); i++)
        workers[i] = start(&other);
    assert_int_equal(end_of(start(&first)), 0);
    for (size_t i = 0; i < DRP_LEN(workers); i++)
        assert_int_equal(end_of(workers[i]), 0);
    same_run(t.whole, t.out);
    assert_int_equal(n_asked(fd), N_CALLS);
    assert_int_equal(drp_postgres_int("SELECT count(*) FROM calls"), N_CALLS);
    assert_true(drp_postgres_int("SELECT count(DISTINCT worker) FROM samples") > 1);
    assert_int_equal(drp_postgres_int("SELECT sum(calls)::bigint FROM workers"), N_CALLS);
    close(fd);
}

/* The scripted model answers one call of a process after the other, so few are in flight; what a killed process had
 * asked and not kept is at most what its threads had asked at once. */
static void a_killed_worker_loses_nothing(void **state)
{
    struct stage t;
    begin(&t, *state);
    const int fd = fd_of(&t);
    struct part first = {t.dataset, t.out, t.shared, fd, 10, false};
    struct part other = {t.dataset, NULL, t.shared, fd, 10, false};
    const pid_t run = start(&first);
    const pid_t workers[] = {start(&other), start(&other), start(&other)};
    char holds[256];
    snprintf(holds, sizeof holds,
             "SELECT count(*) FROM samples WHERE state = 1 AND worker LIKE '%%/%ld/%%'",
             (long)workers[1]);
    wait_until("SELECT count(*) FROM samples WHERE state = 2", 4);
    wait_until(holds, 1);
    kill(workers[1], SIGKILL);
    assert_int_equal(end_of(workers[1]), -SIGKILL);
    assert_int_equal(end_of(run), 0);
    assert_int_equal(end_of(workers[0]), 0);
    assert_int_equal(end_of(workers[2]), 0);
    same_run(t.whole, t.out);
    assert_int_equal(drp_postgres_int("SELECT count(*) FROM calls"), N_CALLS);
    assert_true(n_asked(fd) >= N_CALLS);
    assert_true(n_asked(fd) <= N_CALLS + THREADS * SMALL_ITEMS);
    close(fd);
}

/* The run itself may be killed too: given again, it goes on with what the workers did meanwhile. */
static void a_killed_run_goes_on(void **state)
{
    struct stage t;
    begin(&t, *state);
    const int fd = fd_of(&t);
    struct part first = {t.dataset, t.out, t.shared, fd, 5, false};
    struct part other = {t.dataset, NULL, t.shared, fd, 5, false};
    const pid_t run = start(&first);
    wait_until("SELECT count(*) FROM samples WHERE state = 2", 2);
    const pid_t worker = start(&other);
    kill(run, SIGKILL);
    assert_int_equal(end_of(run), -SIGKILL);
    assert_int_equal(end_of(worker), 0);
    const size_t before = n_asked(fd);
    assert_int_equal(end_of(start(&first)), 0);
    assert_int_equal(n_asked(fd), before);
    same_run(t.whole, t.out);
    assert_true(before <= N_CALLS + THREADS * SMALL_ITEMS);
    close(fd);
}

static void others_are_told_of_a_failure(void **state)
{
    struct stage t;
    begin(&t, *state);
    struct part first = {t.dataset, t.out, t.shared, -1, 20, false};
    struct part other = {t.dataset, NULL, t.shared, -1, 20, true};
    const pid_t worker = start(&other);
    const int status = end_of(start(&first));
    const int worker_status = end_of(worker);
    const int64_t n_failed =
        drp_postgres_int("SELECT count(*) FROM samples WHERE state = 3");
    /* user3 fell to the one or to the other */
    assert_int_equal(status, n_failed > 0 ? 4 : 0);
    assert_int_equal(worker_status, n_failed > 0 ? 4 : 0);
    assert_int_equal(end_of(start(&first)), 0); /* failed ones are tried again */
    same_run(t.whole, t.out);
}

static void another_run_is_refused(void **state)
{
    struct stage t;
    char more[16384];
    begin(&t, *state);
    struct part first = {t.dataset, t.out, t.shared, -1, 0, false};
    assert_int_equal(end_of(start(&first)), 0);
    struct part other = {t.dataset, NULL, more, -1, 0, false};
    struct drp_run_result result;
    struct drp_err err = {0};
    snprintf(more, sizeof more, "%s --name out --items 2", t.shared);
    assert_int_equal(take_part(&other, &result, &err), DRP_EEXISTS);
    assert_non_null(strstr(err.text, "'items' was 8 and is 2"));
    snprintf(more, sizeof more, "%s --name out --seed 7", t.shared);
    assert_int_equal(take_part(&other, &result, &err), DRP_EEXISTS);
    assert_non_null(strstr(err.text, "methods or cells"));
    snprintf(more, sizeof more, "%s --name nothing --wait 0", t.shared);
    assert_int_equal(take_part(&other, &result, &err), DRP_ENOTFOUND);
    snprintf(more, sizeof more, "%s --name out", t.shared);
    assert_int_equal(take_part(&other, &result, &err), 0);
    assert_int_equal(result.n_done, 0);
}

/* More cells: every sample is due again, and the calls that are there are not asked again. */
static void more_cells_are_added(void **state)
{
    struct stage t;
    char more[16384];
    begin(&t, *state);
    const int fd = fd_of(&t);
    struct part first = {t.dataset, t.out, t.shared, fd, 0, false};
    assert_int_equal(end_of(start(&first)), 0);
    snprintf(more, sizeof more, "%s --temperature 0,0.5", t.shared);
    first.options = more;
    assert_int_equal(end_of(start(&first)), 0);
    assert_int_equal(drp_postgres_int("SELECT count(*) FROM samples WHERE state = 2"),
                     USERS);
    assert_int_equal(
        drp_postgres_int(
            "SELECT sum(length(predictions) - length(replace(predictions, '\n', '')))::bigint FROM samples"),
        2 * USERS);
    assert_true(n_asked(fd) < 2 * N_CALLS + 1);
    close(fd);
}

/* The connection of a process is cut at its n-th statement: the run's files are those of an undisturbed one. */
static void cut_connections_lose_nothing(void **state)
{
    struct stage t;
    begin(&t, *state);
    const int fd = fd_of(&t);
    for (int nth = 3; nth < 300; nth += 37) {
        struct part first = {t.dataset, t.out, t.shared, fd, 0, false};
        struct drp_run_result result = {0};
        struct drp_err err = {0};
        drp_postgres_clear();
        const size_t before = n_asked(fd);
        drp_pg_cut_nth(nth, nth % 2);
        if (take_part(&first, &result, &err) < 0)
            fail_msg("statement %d: %s", nth, err.text);
        drp_pg_cut_nth(0, false);
        assert_int_equal(result.n_done, USERS);
        assert_int_equal(result.account.predictions, USERS);
        assert_int_equal(n_asked(fd), before + N_CALLS);
        same_run(t.whole, t.out);
    }
    close(fd);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(several_write_what_one_would), IN_FOLDER(a_killed_worker_loses_nothing),
        IN_FOLDER(a_killed_run_goes_on),         IN_FOLDER(others_are_told_of_a_failure),
        IN_FOLDER(more_cells_are_added),         IN_FOLDER(another_run_is_refused),
        IN_FOLDER(cut_connections_lose_nothing),
    };
    drp_log_set_level(DRP_LOG_ERROR);
    drp_postgres_start();
    const int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
    drp_postgres_stop();
    return n_failed;
}
