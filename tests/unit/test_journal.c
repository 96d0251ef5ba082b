/* The journal: what is put can be taken, after any end of the process and any failure of the disk or the network.
 * Tests that are not about one kind of store run with both. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/journal.h"
#include "io/db.h"
#include "io/pg.h"
#include "support/postgres.h"
#include "support/temp.h"

#include "base/banned.h"

static const struct drp_model_info model = {
    .name = {"tester", 6},
    .build = {"build 1", 7},
    .repeat_penalty = 1.1,
    .fingerprint = {{7}},
};

static struct drp_journal *open_journal(const char *path)
{
    struct drp_journal *j = NULL;
    struct drp_err err = {0};
    if (drp_journal_open(path, &j, &err) < 0)
        fail_msg("%s", err.text);
    return j;
}

/* A question and its answer, both told apart by `id`; strings in the arena. */
struct sample {
    struct drp_message turns[2];
    struct drp_call call;
    struct drp_reply reply;
    struct drp_entry entry;
};

static void fill(struct sample *s, struct drp_arena *arena, unsigned id)
{
    s->turns[0] = (struct drp_message){DRP_ROLE_SYSTEM, DRP_SV("shared by all")};
    s->turns[1] =
        (struct drp_message){DRP_ROLE_USER, drp_arena_f(arena, "question %u", id)};
    s->call = (struct drp_call){.messages = s->turns, .n_messages = 2};
    s->reply = (struct drp_reply){.text = drp_arena_f(arena, "answer %u", id),
                                  .usage = {.answer_tokens = id}};
    s->entry = (struct drp_entry){drp_journal_key(&model, &s->call, false), &model, false,
                                  &s->call, &s->reply};
}

static int put(struct drp_journal *j, unsigned id, struct drp_err *err)
{
    struct drp_arena arena = {0};
    struct sample s;
    fill(&s, &arena, id);
    const int rc = drp_journal_put_many(j, &s.entry, 1, err);
    drp_arena_release(&arena);
    return rc;
}

/* 1 when the answer is there, 0 when not, or an error. */
static int take(struct drp_journal *j, const struct drp_key *key, struct drp_reply *reply,
                struct drp_arena *arena, struct drp_err *err)
{
    struct drp_lookup l = {.key = key, .reply = reply};
    const int rc = drp_journal_take(j, &l, 1, arena, err);
    return rc < 0 ? rc : l.found;
}

/* The answer to question `id` is there, and right. */
static bool has(struct drp_journal *j, unsigned id)
{
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_reply reply;
    struct sample s;
    fill(&s, &arena, id);
    const int rc = take(j, &s.entry.key, &reply, &arena, &err);
    if (rc < 0)
        fail_msg("%s", err.text);
    if (rc > 0) {
        assert_true(drp_sv_eq(reply.text, s.reply.text));
        assert_int_equal(reply.usage.answer_tokens, id);
        assert_true(reply.from_journal);
    }
    drp_arena_release(&arena);
    return rc > 0;
}

/* ---- stores ----------------------------------------------------------------------------- */

/* True while the tests run with PostgreSQL. */
static bool in_server = false;

/* An empty journal's place. */
static const char *place(void **state)
{
    return in_server ? drp_postgres_url() : drp_temp_path(*state, "j.db");
}

static int prepare_server(void **state)
{
    in_server = true;
    return drp_postgres_setup(state);
}

static int leave_server(void **state)
{
    in_server = false;
    return drp_temp_teardown(state);
}

static struct drp_pg *open_pg(const char *url)
{
    struct drp_pg *pg = NULL;
    struct drp_err err = {0};
    if (drp_pg_open(url, &pg, &err) < 0)
        fail_msg("%s", err.text);
    return pg;
}

static int64_t query_server(const char *url, const char *sql)
{
    struct drp_pg *pg = open_pg(url);
    struct drp_pg_rows *rows = NULL;
    struct drp_err err = {0};
    if (drp_pg_query(pg, sql, NULL, 0, &rows, &err) < 0)
        fail_msg("%s", err.text);
    const int64_t value = drp_pg_get_int(rows, 0, 0);
    drp_pg_rows_free(rows);
    drp_pg_free(pg);
    return value;
}

static int64_t query_file(const char *path, const char *sql)
{
    struct drp_db *db = NULL;
    struct drp_stmt *s = NULL;
    struct drp_err err = {0};
    if (drp_db_open(path, false, &db, &err) < 0 ||
        drp_db_prepare(db, sql, &s, &err) < 0 || drp_stmt_step(s, &err) < 0)
        fail_msg("%s", err.text);
    const int64_t value = drp_stmt_col_int(s, 0);
    drp_stmt_free(s);
    drp_db_free(db);
    return value;
}

/* The one number that a query gives. */
static int64_t query(const char *where, const char *sql)
{
    return in_server ? query_server(where, sql) : query_file(where, sql);
}

static void change(const char *where, const char *sql)
{
    struct drp_db *db = NULL;
    struct drp_err err = {0};
    int rc;
    if (in_server) {
        struct drp_pg *pg = open_pg(where);
        rc = drp_pg_exec(pg, sql, &err);
        drp_pg_free(pg);
    } else {
        rc = drp_db_open(where, false, &db, &err);
        rc = rc < 0 ? rc : drp_db_exec(db, sql, &err);
        drp_db_free(db);
    }
    if (rc < 0)
        fail_msg("%s", err.text);
}

/* ---- tests ------------------------------------------------------------------------------ */

static void everything_comes_back(void **state)
{
    const char *path = place(state);
    struct drp_journal *j = open_journal(path);
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_reply got;
    struct sample s;
    fill(&s, &arena, 1);
    static const char bytes[] = "nul \0 bad \xff\xfe utf-8 \xf0\x9f\x98\x80 \r\n\t";
    s.reply.text = (struct drp_sv){bytes, sizeof bytes};
    s.reply.reasoning = DRP_SV("because\0of");
    s.reply.finish = DRP_FINISH_LENGTH;
    s.reply.usage = (struct drp_usage){1, 2, 3, 4, 5, 6};
    const struct drp_sv stop[] = {DRP_SV("\n\n"), DRP_SV("\"")};
    const struct drp_grammar grammar = {DRP_SV("root ::= \"a\""), DRP_SV("{}")};
    const uint64_t subjects[] = {UINT64_MAX, 3, 3};
    s.call.sampling.stop = stop;
    s.call.sampling.n_stop = 2;
    s.call.grammar = &grammar;
    s.call.subjects = subjects;
    s.call.n_subjects = 3;
    assert_int_equal(take(j, &s.entry.key, &got, &arena, &err), 0);
    assert_int_equal(drp_journal_put_many(j, &s.entry, 1, &err), 0);
    assert_int_equal(take(j, &s.entry.key, &got, &arena, &err), 1);
    assert_true(drp_sv_eq(got.text, s.reply.text));
    assert_true(drp_sv_eq(got.reasoning, s.reply.reasoning));
    assert_int_equal(got.finish, DRP_FINISH_LENGTH);
    assert_memory_equal(&got.usage, &s.reply.usage, sizeof got.usage);
    assert_int_equal(got.status, 0);
    drp_journal_free(j);
    drp_arena_release(&arena);

    struct stat st;
    if (!in_server) {
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
    }
    assert_int_equal(query(path, "SELECT count(*) FROM call_subject WHERE call = 1"), 2);
    assert_int_equal(query(path, "SELECT count(*) FROM call_subject WHERE subject = -1"),
                     1);
    assert_int_equal(query(path, in_server ? "SELECT json_array_length(stop::json) FROM calls"
                                           : "SELECT json_array_length(stop) FROM calls"),
                     2);
    assert_int_equal(query(path, "SELECT count(*) FROM readable WHERE conversation = "
                                 "'=== system\nshared by all\n=== user\nquestion 1'"),
                     1);
}

/* Of many questions those that are there are found, each in its place, one asked twice both times. */
static void many_are_taken_at_once(void **state)
{
    enum { N = 9 };
    struct drp_journal *j = open_journal(place(state));
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct sample s[N];
    struct drp_reply replies[N];
    struct drp_lookup lookups[N];
    for (unsigned i = 0; i < N; i++) {
        fill(&s[i], &arena, i % (N - 1));
        lookups[i] = (struct drp_lookup){&s[i].entry.key, &replies[i], true};
    }
    assert_int_equal(drp_journal_take(j, lookups, N, &arena, &err), 0);
    for (unsigned i = 0; i < N; i++)
        assert_false(lookups[i].found);
    for (unsigned id = 0; id < N - 1; id += 2)
        assert_int_equal(put(j, id, &err), 0);
    assert_int_equal(drp_journal_take(j, lookups, N, &arena, &err), 0);
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(lookups[i].found, i % 2 == 0);
        if (lookups[i].found)
            assert_true(drp_sv_eq(replies[i].text, s[i].reply.text));
    }
    assert_int_equal(drp_journal_take(j, NULL, 0, &arena, &err), 0);
    drp_journal_free(j);
    drp_arena_release(&arena);
}

/* A back-end need not fill in everything, nor a reply have any text. */
static void absent_strings_are_empty(void **state)
{
    struct drp_journal *j = open_journal(place(state));
    static const struct drp_model_info nameless = {0};
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_reply got;
    struct sample s;
    for (unsigned id = 0; id < 2; id++) {
        fill(&s, &arena, id);
        s.entry.model = &nameless;
        s.turns[1].text = s.reply.text = (struct drp_sv){NULL, 0};
        assert_int_equal(drp_journal_put_many(j, &s.entry, 1, &err), 0);
        assert_int_equal(take(j, &s.entry.key, &got, &arena, &err), 1);
        assert_true(got.text.ptr && got.text.len == 0);
        assert_true(got.reasoning.ptr && got.reasoning.len == 0);
    }
    drp_journal_free(j);
    drp_arena_release(&arena);
}

static void texts_are_stored_once(void **state)
{
    const char *path = place(state);
    struct drp_err err = {0};
    struct drp_journal_stats stats;
    for (unsigned round = 0; round < 2;
         round++) { /* the second time from the file, not from memory */
        struct drp_journal *j = open_journal(path);
        for (unsigned i = 0; i < 10; i++)
            assert_int_equal(put(j, round * 5 + i, &err), 0);
        assert_int_equal(put(j, 0, &err), 0);
        assert_int_equal(drp_journal_get_stats(j, &stats, &err), 0);
        drp_journal_free(j);
    }
    assert_int_equal(stats.calls, 15);
    assert_int_equal(stats.bodies, 1 + 15 + 15);
    assert_int_equal(query(path, "SELECT count(DISTINCT text) FROM bodies"), 31);
    assert_int_equal(query(path, "SELECT sum(length(text)) FROM bodies"), stats.body_bytes);
    assert_int_equal(query(path, "SELECT count(*) FROM models"), 1);
}

/* Two texts with one short hash are told apart: the stored hash is falsified to make them
 * collide. */
static void equal_hashes_are_compared(void **state)
{
    const char *path = drp_temp_path(*state, "j.db");
    struct drp_err err = {0};
    struct drp_journal *j = open_journal(path);
    assert_int_equal(put(j, 1, &err), 0);
    drp_journal_free(j);
    change(path, "UPDATE bodies SET text = 'another' WHERE text = 'answer 1';"
                 "DELETE FROM calls");
    j = open_journal(path);
    assert_int_equal(put(j, 1, &err), 0);
    assert_true(has(j, 1));
    drp_journal_free(j);
    assert_int_equal(query(path, "SELECT count(*) FROM bodies WHERE text = 'another'"), 1);
}

/* What another process deletes must not be referred to from memory. */
static void erasure_by_others_is_seen(void **state)
{
    const char *path = place(state);
    struct drp_err err = {0};
    struct drp_journal *j = open_journal(path);
    assert_int_equal(put(j, 1, &err), 0);
    change(path, "DELETE FROM calls; DELETE FROM bodies; DELETE FROM models");
    assert_false(has(j, 1));
    assert_int_equal(put(j, 1, &err), 0);
    assert_true(has(j, 1));
    drp_journal_free(j);
    assert_int_equal(
        query(path, "SELECT count(*) FROM readable WHERE conversation IS NOT NULL"), 1);
}

static void refused_files(void **state)
{
    struct drp_journal *j = NULL;
    struct drp_err err = {0};
    const char *path = drp_temp_write(*state, "text",
                                      DRP_SV("this is not a database, it is long "
                                             "enough to be looked at as one ....."));
    assert_int_equal(drp_journal_open(path, &j, &err), DRP_EDB);

    path = drp_temp_path(*state, "other.db");
    change(path, "CREATE TABLE t (x)");
    assert_int_equal(drp_journal_open(path, &j, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "no journal"));
    assert_int_equal(query(path, "SELECT count(*) FROM sqlite_schema"), 1);
    change(path, "PRAGMA user_version = 1");
    assert_int_equal(drp_journal_open(path, &j, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "no journal"));

    path = drp_temp_path(*state, "newer.db");
    drp_journal_free(open_journal(path));
    change(path, "PRAGMA user_version = 7");
    assert_int_equal(drp_journal_open(path, &j, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "version 7"));
    assert_non_null(strstr(err.text, "version 1"));
    assert_int_equal(drp_journal_open(drp_temp_path(*state, "no/where.db"), &j, &err) < 0,
                     true);
}

/* ---- threads and processes -------------------------------------------------------------- */

struct writer {
    struct drp_thread thread;
    struct drp_journal *j;
    unsigned first;
    int n_failed;
};

static void write_hundred(void *ctx)
{
    struct writer *w = ctx;
    struct drp_err err;
    for (unsigned i = 0; i < 100; i++)
        w->n_failed += put(w->j, w->first + i, &err) < 0 || !has(w->j, w->first + i);
}

/* Threads of one process, half of them through a second connection as another process
 * would. */
static void many_write_at_once(void **state)
{
    const char *path = place(state);
    struct drp_err err = {0};
    struct writer writers[8] = {0};
    struct drp_journal *journals[] = {open_journal(path), open_journal(path)};
    for (unsigned i = 0; i < DRP_LEN(writers); i++) {
        writers[i].j = journals[i % 2];
        writers[i].first = i / 2 * 50; /* ranges overlap, also between the two */
        assert_int_equal(
            drp_thread_start(&writers[i].thread, write_hundred, &writers[i], 0, &err), 0);
    }
    for (size_t i = 0; i < DRP_LEN(writers); i++) {
        drp_thread_join(&writers[i].thread);
        assert_int_equal(writers[i].n_failed, 0);
    }
    drp_journal_free(journals[0]);
    drp_journal_free(journals[1]);
    assert_int_equal(query(path, "SELECT count(*) FROM calls"), 250);
    assert_int_equal(query(path, "SELECT count(*) FROM bodies"), 501);
}

static void write_one(void *ctx)
{
    struct writer *w = ctx;
    struct drp_err err;
    w->n_failed = put(w->j, w->first, &err) < 0;
}

/* Those who come while another process writes wait together: what they bring is one transaction. */
static void those_who_wait_share_a_transaction(void **state)
{
    const char *path = drp_temp_path(*state, "j.db");
    struct drp_journal *j = open_journal(path);
    struct drp_db *db = NULL;
    struct drp_err err = {0};
    struct drp_journal_stats stats;
    struct writer writers[8] = {0};
    assert_int_equal(put(j, 100, &err), 0);
    assert_int_equal(put(j, 101, &err), 0);
    assert_int_equal(drp_journal_get_stats(j, &stats, &err), 0);
    assert_int_equal(stats.transactions, 2);

    assert_int_equal(drp_db_open(path, false, &db, &err), 0);
    assert_int_equal(drp_db_exec(db, "BEGIN IMMEDIATE", &err), 0);
    for (unsigned i = 0; i < DRP_LEN(writers); i++) {
        writers[i] = (struct writer){.j = j, .first = i};
        assert_int_equal(
            drp_thread_start(&writers[i].thread, write_one, &writers[i], 0, &err), 0);
    }
    usleep(300 * 1000);
    assert_int_equal(drp_db_exec(db, "ROLLBACK", &err), 0);
    for (size_t i = 0; i < DRP_LEN(writers); i++) {
        drp_thread_join(&writers[i].thread);
        assert_int_equal(writers[i].n_failed, 0);
    }
    drp_db_free(db);
    assert_int_equal(drp_journal_get_stats(j, &stats, &err), 0);
    assert_int_equal(stats.calls, 2 + DRP_LEN(writers));
    assert_in_range(stats.transactions, 2 + 1, 2 + DRP_LEN(writers) - 1);
    drp_journal_free(j);
}

/* A child reports each answer that it was told is durable, until it is killed. */
static void put_until_killed(const char *path, int fd)
{
    struct drp_err err = {0};
    struct drp_journal *j = NULL;
    if (drp_journal_open(path, &j, &err) < 0)
        _exit(1);
    for (unsigned id = 0;; id++)
        if (put(j, id, &err) < 0 || write(fd, &id, sizeof id) != sizeof id)
            _exit(1);
}

static void killed_process_loses_nothing(void **state)
{
    const char *path = place(state);
    for (int round = 0; round < 3; round++) {
        int fds[2];
        unsigned id = 0, last = 0, n = 0;
        assert_int_equal(pipe(fds), 0);
        const pid_t child = fork();
        if (child == 0)
            put_until_killed(path, fds[1]);
        assert_true(child > 0);
        close(fds[1]);
        while (n < 20 && read(fds[0], &id, sizeof id) == sizeof id)
            n++, last = id;
        assert_int_equal(n, 20);
        kill(child, SIGKILL);
        while (read(fds[0], &id, sizeof id) == sizeof id)
            last = id;
        close(fds[0]);
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        struct drp_journal *j = open_journal(path);
        for (id = 0; id <= last; id++)
            assert_true(has(j, id));
        drp_journal_free(j);
    }
    if (!in_server)
        assert_int_equal(query(path, "SELECT count(*) FROM pragma_integrity_check WHERE"
                                     " integrity_check <> 'ok'"),
                         0);
}

/* ---- faults ----------------------------------------------------------------------------- */

/* A whole life of a journal; how many of its three answers it was told are durable. */
static unsigned live(const char *path, bool *failed)
{
    struct drp_err err = {0};
    struct drp_journal *j = NULL;
    struct drp_arena arena = {0};
    struct drp_reply reply;
    struct sample s;
    unsigned n = 0;
    *failed = false;
    if (drp_journal_open(path, &j, &err) < 0) {
        assert_true(err.text[0] != '\0');
        *failed = true;
        return 0;
    }
    while (n < 3 && put(j, n, &err) == 0)
        n++;
    *failed = n < 3;
    fill(&s, &arena, 0);
    const int rc = take(j, &s.entry.key, &reply, &arena, &err);
    *failed = *failed || rc < 0;
    assert_true(n == 0 || rc == 1 || rc == DRP_EDB);
    drp_arena_release(&arena);
    drp_journal_free(j);
    return n;
}

static void every_fault_is_clean(void **state)
{
    int64_t nth = 1;
    for (bool failed = true; failed; nth++) {
        char name[32];
        snprintf(name, sizeof name, "j%d.db", (int)nth);
        const char *path = drp_temp_path(*state, name);
        drp_db_fail_nth(nth);
        const unsigned n = live(path, &failed);
        drp_db_fail_nth(0);
        struct drp_journal *j = open_journal(path);
        struct drp_err err = {0};
        for (unsigned i = 0; i < n; i++)
            assert_true(has(j, i));
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(put(j, i, &err), 0);
        for (unsigned i = 0; i < 3; i++)
            assert_true(has(j, i));
        drp_journal_free(j);
    }
    assert_true(nth > 30); /* else the faults were not where the work is */
}

/* After a failed transaction the same open journal goes on, and remembers no id that was
 * rolled back. */
static void goes_on_after_a_fault(void **state)
{
    const char *path = drp_temp_path(*state, "j.db");
    struct drp_journal *j = open_journal(path);
    struct drp_err err = {0};
    assert_int_equal(put(j, 0, &err), 0);
    int n_failed = 0;
    for (int64_t nth = 1; nth <= 12; nth++) {
        drp_db_fail_nth(nth);
        n_failed += put(j, (unsigned)nth, &err) < 0;
        drp_db_fail_nth(0);
        assert_int_equal(put(j, (unsigned)nth, &err), 0);
        assert_true(has(j, (unsigned)nth));
    }
    assert_true(n_failed >= 8);
    drp_journal_free(j);
    assert_int_equal(query(path, "SELECT count(*) FROM readable WHERE conversation LIKE"
                                 " '%shared by all%question%'"),
                     13);
}

/* Opens a journal as a user who may only read it; the exit status says whether the error tells the remedy. */
static int open_as_reader(const char *path)
{
    struct drp_journal *j = NULL;
    struct drp_err err = {0};
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(2);
        const int rc = drp_journal_open(path, &j, &err);
        _exit(rc == DRP_EDB && strstr(err.text, "owner and mode") ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WEXITSTATUS(status);
}

static void read_only_journals_are_told(void **state)
{
    const char *path = drp_temp_path(*state, "j.db");
    struct drp_journal *j = open_journal(path);
    struct drp_err err = {0};
    assert_int_equal(put(j, 1, &err), 0);
    drp_journal_free(j);
    assert_int_equal(chmod(*state, 0755), 0);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(open_as_reader(path), 0);
    assert_int_equal(chmod(path, 0600), 0);
    j = open_journal(path);
    assert_true(has(j, 1));
    drp_journal_free(j);
}

/* Another process that holds the file for a while is waited for, in the middle of a run and when opening. */
static void hold_for_a_while(const char *path, int fd)
{
    struct drp_db *db = NULL;
    struct drp_err err = {0};
    if (drp_db_open(path, false, &db, &err) < 0 ||
        drp_db_exec(db, "BEGIN EXCLUSIVE", &err) < 0 || write(fd, "!", 1) != 1)
        _exit(1);
    usleep(300 * 1000);
    _exit(drp_db_exec(db, "COMMIT", &err) < 0);
}

static void a_held_journal_is_waited_for(void **state)
{
    const char *path = drp_temp_path(*state, "j.db");
    struct drp_journal *j = open_journal(path);
    struct drp_err err = {0};
    int fds[2], status = 0;
    char byte;
    assert_int_equal(put(j, 0, &err), 0);
    assert_int_equal(pipe(fds), 0);
    const pid_t child = fork();
    if (child == 0)
        hold_for_a_while(path, fds[1]);
    assert_int_equal(read(fds[0], &byte, 1), 1);
    struct drp_journal *other = open_journal(path);
    assert_int_equal(put(j, 1, &err), 0);
    assert_int_equal(put(other, 2, &err), 0);
    assert_true(has(j, 2) && has(other, 1));
    drp_journal_free(other);
    drp_journal_free(j);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(fds[0]);
    close(fds[1]);
}

/* ---- a server --------------------------------------------------------------------------- */

static void newer_servers_are_refused(void **state)
{
    struct drp_journal *j = NULL;
    struct drp_err err = {0};
    drp_journal_free(open_journal(place(state)));
    change(place(state), "UPDATE schema_versions SET version = 7");
    assert_int_equal(drp_journal_open(place(state), &j, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "version 7"));
    assert_non_null(strstr(err.text, "version 1"));
}

/* The connection is cut at every statement of a put, before it and after it: everything is kept, and once. */
static void cut_connections_lose_nothing(void **state)
{
    const char *where = place(state);
    struct drp_journal *j = open_journal(where);
    struct drp_err err = {0};
    enum { STATEMENTS = 12 };
    for (unsigned i = 0; i < 2 * STATEMENTS; i++) {
        drp_pg_cut_nth(1 + i / 2, i % 2);
        if (put(j, i, &err) < 0)
            fail_msg("%s", err.text);
        drp_pg_cut_nth(0, false);
        drp_pg_cut_nth(1, i % 2);
        assert_true(has(j, i));
        drp_pg_cut_nth(0, false);
    }
    drp_journal_free(j);
    assert_int_equal(query(where, "SELECT count(*) FROM calls"), 2 * STATEMENTS);
    assert_int_equal(query(where, "SELECT count(*) FROM bodies"), 1 + 4 * STATEMENTS);
    assert_int_equal(query(where, "SELECT count(*) FROM models"), 1);
}

/* A put that shares its texts and keys with itself. */
static void equal_entries_in_one_put(void **state)
{
    const char *where = place(state);
    struct drp_journal *j = open_journal(where);
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct sample samples[5];
    struct drp_entry entries[5];
    for (unsigned i = 0; i < 5; i++) {
        fill(&samples[i], &arena, i % 2);
        entries[i] = samples[i].entry;
    }
    samples[2].reply.text = DRP_SV("too late");
    assert_int_equal(drp_journal_put_many(j, entries, 5, &err), 0);
    assert_true(has(j, 0));
    assert_true(has(j, 1));
    drp_journal_free(j);
    drp_arena_release(&arena);
    assert_int_equal(query(where, "SELECT count(*) FROM calls"), 2);
    assert_int_equal(query(where, "SELECT count(*) FROM bodies"), 5);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
#define IN_SERVER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, prepare_server, leave_server)
#define OF_BOTH(X)                                                                       \
    X(everything_comes_back), X(many_are_taken_at_once), X(absent_strings_are_empty),    \
        X(texts_are_stored_once), X(erasure_by_others_is_seen),                          \
        X(killed_process_loses_nothing), X(many_write_at_once),                          \
        X(equal_entries_in_one_put)
    const struct CMUnitTest in_files[] = {
        OF_BOTH(IN_FOLDER),
        IN_FOLDER(equal_hashes_are_compared),
        IN_FOLDER(refused_files),
        IN_FOLDER(every_fault_is_clean),
        IN_FOLDER(goes_on_after_a_fault),
        IN_FOLDER(read_only_journals_are_told),
        IN_FOLDER(a_held_journal_is_waited_for),
        IN_FOLDER(those_who_wait_share_a_transaction),
    };
    const struct CMUnitTest in_servers[] = {
        OF_BOTH(IN_SERVER),
        IN_SERVER(newer_servers_are_refused),
        IN_SERVER(cut_connections_lose_nothing),
    };
    drp_log_set_level(DRP_LOG_ERROR);
    int n_failed = cmocka_run_group_tests(in_files, NULL, NULL);
    if (drp_postgres_start())
        n_failed += cmocka_run_group_tests(in_servers, NULL, NULL);
    drp_postgres_stop();
    return n_failed;
}
