/* A run and three workers with one PostgreSQL journal and one scripted HTTP server, one of them killed (kill -9): the
 * server's requests are counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/hash.h"
#include "support/postgres.h"
#include "support/program.h"
#include "support/server.h"
#include "support/temp.h"

#include "base/banned.h"

/* Calls that one process may have on the wire, and how long the server takes for each. */
enum { CONCURRENCY = 3, DELAY_MS = 60, N_WORKERS = 3, MAX_REQUESTS = 4096 };

static void slowly(void *ctx, const struct drp_server_request *request,
                   struct drp_server_reply *reply)
{
    (void)ctx;
    program_serve(request, reply);
    reply->delay_ms = DELAY_MS;
}

/* The processes of one run. */
struct stage {
    struct drp_arena arena;
    const char *dir, *drp;
    struct drp_str said;
    pid_t workers[N_WORKERS];
};

/* A process of its own, so that kill -9 hits it and nothing between. */
static pid_t start(struct stage *t, const char *log, const char *line)
{
    const pid_t child = fork();
    if (child != 0)
        return child;
    const char *whole = drp_arena_f(&t->arena, "cd '%s' && exec >%s 2>&1 '%s' %s", t->dir,
                                    log, t->drp, line)
                            .ptr;
    execl("/bin/sh", "sh", "-c", whole, (char *)NULL);
    _exit(127);
}

/* What follows "drp" for a process whose models are at `server`. */
static const char *line(struct stage *t, const char *verb, struct drp_server *server,
                        const char *more)
{
    const char *url = drp_server_url(server);
    return drp_arena_f(&t->arena,
                       "%s data --workers 2 --model 'openai:%s#m?concurrency=%d' "
                       "--embedder 'openai:%s#m' %s",
                       verb, url, CONCURRENCY, url, more)
        .ptr;
}

/* 0 and more: exit status; less: the signal that ended it. */
static int end_of(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Waits until a worker holds a sample and has answers in the journal; which one. */
static size_t busy_worker(struct stage *t)
{
    const int64_t end_ms = drp_clock_ms() + 60000;
    while (drp_clock_ms() < end_ms) {
        for (size_t i = 0; i < N_WORKERS; i++) {
            const struct drp_sv sql = drp_arena_f(
                &t->arena,
                "SELECT count(*) FROM samples WHERE state = 1 AND worker LIKE '%%/%ld/%%'",
                (long)t->workers[i]);
            if (drp_postgres_int(sql.ptr) > 0 &&
                drp_postgres_int("SELECT count(*) FROM calls") > 4)
                return i;
        }
        drp_clock_sleep_ms(5);
    }
    fail_msg("no worker ever held a sample");
    return 0;
}

/* Chats the server got, and how many different ones. */
static void count_chats(struct drp_server *server, size_t *n_all, size_t *n_different)
{
    static struct drp_sha256 seen[MAX_REQUESTS];
    *n_all = *n_different = 0;
    for (size_t i = 0; i < drp_server_n(server, NULL); i++) {
        const struct drp_server_request request = drp_server_get(server, i);
        if (!drp_sv_ends(request.path, DRP_SV("/chat/completions")))
            continue;
        const struct drp_sha256 hash = drp_sha256(request.body);
        size_t at = 0;
        while (at < *n_different && memcmp(&seen[at], &hash, sizeof hash) != 0)
            at++;
        if (at == *n_different) {
            assert_true(*n_different < MAX_REQUESTS);
            seen[(*n_different)++] = hash;
        }
        (*n_all)++;
    }
}

static void same_files(struct stage *t)
{
    static const char *const names[] = {"predictions.jsonl", "features.jsonl",
                                        "differences.jsonl"};
    for (size_t i = 0; i < DRP_LEN(names); i++)
        if (program_shell(t->dir, &t->said, "test -s alone/%s && cmp alone/%s shared/%s",
                          names[i], names[i], names[i]) != 0)
            fail_msg("%s", t->said.ptr);
}

static void a_killed_worker_costs_what_it_had_in_flight(void **state)
{
    struct stage t = {.dir = *state};
    size_t n_alone, n_all, n_different;
    if (!drp_postgres_url())
        skip();
    drp_str_init(&t.said, 1 << 22);
    t.drp = program_path(&t.arena);
    program_prepare(t.dir, &t.said);
    struct drp_server *alone = drp_server_new(slowly, NULL);
    struct drp_server *server = drp_server_new(slowly, NULL);
    const pid_t only = start(&t, "alone.log", line(&t, "run", alone, "--out alone"));
    assert_int_equal(end_of(only), 0);
    count_chats(alone, &n_alone, &n_different);
    assert_int_equal(n_alone, n_different);

    const char *share =
        drp_arena_f(&t.arena, "--lease 3 --journal '%s'", drp_postgres_url()).ptr;
    const pid_t runner =
        start(&t, "run.log",
              line(&t, "run", server, drp_arena_f(&t.arena, "--out shared %s", share).ptr));
    for (size_t i = 0; i < N_WORKERS; i++)
        t.workers[i] = start(&t, drp_arena_f(&t.arena, "worker%zu.log", i).ptr,
                             line(&t, "worker", server, share));
    const size_t killed = busy_worker(&t);
    assert_int_equal(kill(t.workers[killed], SIGKILL), 0);
    for (size_t i = 0; i < N_WORKERS; i++)
        assert_int_equal(end_of(t.workers[i]), i == killed ? -SIGKILL : 0);
    assert_int_equal(end_of(runner), 0);

    same_files(&t);
    count_chats(server, &n_all, &n_different);
    assert_int_equal(n_different, n_alone);
    assert_int_equal(drp_postgres_int("SELECT count(*) FROM calls"), n_alone);
    assert_true(n_all <= n_different + CONCURRENCY);
    print_message("%zu calls, %zu requests\n", n_different, n_all);
    drp_server_free(alone);
    drp_server_free(server);
    drp_str_release(&t.said);
    drp_arena_release(&t.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_killed_worker_costs_what_it_had_in_flight,
                                        drp_temp_setup, drp_temp_teardown),
    };
    drp_postgres_start();
    const int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
    drp_postgres_stop();
    return n_failed;
}
