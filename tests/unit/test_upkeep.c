/* Looking after a journal, of either store: what is counted is there, what is exported is what was put, what is removed is
 * what no call names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "engine/journal.h"
#include "engine/upkeep.h"
#include "io/db.h"
#include "io/json.h"
#include "support/postgres.h"
#include "support/temp.h"

#include "base/banned.h"

enum { CALLS = 70 }; /* more than one page of a server's */

static const struct drp_model_info model = {.name = {"tester", 6},
                                            .build = {"build 1", 7},
                                            .fingerprint = {{7}}};

static const char *where_of(const char *dir)
{
    return drp_postgres_url() ? drp_postgres_url() : drp_temp_path(dir, "journal.db");
}

/* Call i: a turn that all share, one of its own, with subjects 1 and i + 10. */
static void put_calls(const char *where)
{
    struct drp_journal *j = NULL;
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    const struct drp_grammar grammar = {DRP_SV("root ::= \"a\""), DRP_SV("{}")};
    if (drp_journal_open(where, &j, &err) < 0)
        fail_msg("%s", err.text);
    for (unsigned i = 0; i < CALLS; i++) {
        const struct drp_message turns[] = {{DRP_ROLE_SYSTEM, DRP_SV("shared by all")},
                                            {DRP_ROLE_USER,
                                             drp_arena_f(&arena, "question \"%u\"", i)}};
        const uint64_t subjects[] = {1, i + 10};
        const struct drp_sv stop = DRP_SV("###");
        const struct drp_call call = {
            .messages = turns,
            .n_messages = 2,
            .grammar = i == 0 ? &grammar : NULL,
            .sampling = {.temperature = 0.5, .seed = 42, .stop = &stop, .n_stop = 1},
            .subjects = subjects,
            .n_subjects = 2};
        const struct drp_reply reply = {
            .text = drp_arena_f(&arena, "answer %u", i),
            .reasoning = i == 1 ? DRP_SV("it follows") : (struct drp_sv){0},
            .usage = {.prompt_tokens = 10, .cached_tokens = 4, .answer_tokens = 2}};
        const struct drp_entry entry = {drp_journal_key(&model, &call, false), &model,
                                        false, &call, &reply};
        if (drp_journal_put_many(j, &entry, 1, &err) < 0)
            fail_msg("%s", err.text);
    }
    drp_journal_free(j);
    drp_arena_release(&arena);
}

static struct drp_upkeep *open_upkeep(const char *where, bool alone)
{
    struct drp_upkeep *u = NULL;
    struct drp_err err = {0};
    if (drp_upkeep_open(where, alone, &u, &err) < 0)
        fail_msg("%s", err.text);
    return u;
}

static void what_is_there_is_counted(void **state)
{
    struct drp_overview v;
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    put_calls(where_of(*state));
    struct drp_upkeep *u = open_upkeep(where_of(*state), false);
    assert_int_equal(drp_upkeep_overview(u, &arena, &v, &err), 0);
    assert_int_equal(v.calls, CALLS);
    assert_int_equal(v.bodies, 1 + 2 * CALLS + 2 + 1);
    assert_int_equal(v.shared_bodies, 1);
    assert_int_equal(v.subjects, 1 + CALLS);
    assert_true(v.body_bytes > CALLS * strlen("question 1answer 1"));
    assert_true(v.disk_bytes > v.body_bytes);
    assert_true(v.oldest_ms > 0 && v.newest_ms >= v.oldest_ms);
    assert_int_equal(v.n_models, 1);
    assert_true(drp_sv_is(v.models[0].name, "tester"));
    assert_int_equal(v.models[0].prompt_tokens, 10 * CALLS);
    assert_int_equal(v.models[0].cached_tokens, 4 * CALLS);
    assert_int_equal(v.models[0].answer_tokens, 2 * CALLS);
    drp_upkeep_free(u);
    drp_arena_release(&arena);
}

/* ---- export ------------------------------------------------------------------------------- */

struct seen {
    size_t n;
    struct drp_str lines;
};

static int collect(void *ctx, const struct drp_kept_call *call, struct drp_err *err)
{
    struct seen *seen = ctx;
    (void)err;
    seen->n++;
    drp_kept_call_json(call, &seen->lines);
    return 0;
}

static int stop_at_two(void *ctx, const struct drp_kept_call *call, struct drp_err *err)
{
    size_t *n = ctx;
    (void)call;
    return ++*n == 2 ? drp_fail(err, DRP_ECANCELLED, "enough") : 0;
}

static void check_line(struct drp_sv line, unsigned i)
{
    struct drp_json *doc = NULL;
    struct drp_err err = {0};
    char text[64];
    if (drp_json_parse(line, DRP_JSON_STRICT, &doc, &err) < 0)
        fail_msg("%s", err.text);
    const struct drp_json_val *call = drp_json_root(doc);
    const struct drp_json_val *turns = drp_json_get(call, "messages");
    snprintf(text, sizeof text, "question \"%u\"", i);
    assert_int_equal(drp_json_len(turns), 2);
    assert_true(
        drp_sv_is(drp_json_str(drp_json_get(drp_json_at(turns, 0), "role")), "system"));
    assert_true(
        drp_sv_is(drp_json_str(drp_json_get(drp_json_at(turns, 1), "content")), text));
    snprintf(text, sizeof text, "answer %u", i);
    assert_true(drp_sv_is(drp_json_str(drp_json_get(call, "answer")), text));
    assert_int_equal(drp_json_str(drp_json_get(call, "grammar")).len > 0, i == 0);
    assert_int_equal(drp_json_str(drp_json_get(call, "reasoning")).len > 0, i == 1);
    assert_true(drp_sv_is(drp_json_str(drp_json_at(drp_json_get(call, "stop"), 0)), "###"));
    assert_true(drp_json_num(drp_json_get(call, "temperature"), 0) == 0.5);
    assert_true(drp_json_num(drp_json_get(call, "seed"), 0) == 42);
    assert_true(drp_json_num(drp_json_get(call, "cached_tokens"), 0) == 4);
    assert_true(drp_sv_is(drp_json_str(drp_json_get(call, "model")), "tester"));
    assert_true(drp_sv_is(drp_json_str(drp_json_get(call, "finish")), "stop"));
    assert_int_equal(drp_json_str(drp_json_get(call, "key")).len, 64);
    drp_json_free(doc);
}

static void every_call_comes_in_full(void **state)
{
    struct seen seen = {0};
    struct drp_err err = {0};
    const uint64_t subject = 11;
    size_t n = 0;
    const struct drp_call_reader all = {collect, &seen}, few = {stop_at_two, &n};
    put_calls(where_of(*state));
    struct drp_upkeep *u = open_upkeep(where_of(*state), false);
    drp_str_init(&seen.lines, 1 << 20);
    assert_int_equal(drp_upkeep_each(u, NULL, &all, &err), 0);
    assert_int_equal(seen.n, CALLS);
    struct drp_sv rest = drp_str_sv(&seen.lines), line;
    for (unsigned i = 0; drp_sv_line(&rest, &line); i++)
        check_line(line, i);
    seen.n = 0;
    drp_str_clear(&seen.lines);
    assert_int_equal(drp_upkeep_each(u, &subject, &all, &err), 0);
    assert_int_equal(seen.n, 1);
    check_line(drp_str_sv(&seen.lines), 1);
    assert_int_equal(drp_upkeep_each(u, NULL, &few, &err), DRP_ECANCELLED);
    drp_str_release(&seen.lines);
    drp_upkeep_free(u);
}

/* ---- changing ----------------------------------------------------------------------------- */

static void what_no_call_names_goes(void **state)
{
    static const struct drp_quotes none;
    struct drp_quotes quotes = {0};
    struct drp_erased erased = {0};
    struct drp_overview v;
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    bool known = false;
    put_calls(where_of(*state));
    struct drp_upkeep *u = open_upkeep(where_of(*state), true);

    /* One call, its question and its answer; what all share stays. */
    assert_int_equal(drp_upkeep_forget(u, 12, &none, &erased, &err), 0);
    assert_int_equal(erased.calls, 1);
    assert_int_equal(erased.quoting, 0);
    assert_int_equal(erased.bodies, 2);

    /* Until it is written anew it remembers that something was begun. */
    assert_int_equal(drp_upkeep_knows(u, 12, &known, &err), 0);
    assert_true(known);
    assert_int_equal(drp_upkeep_vacuum(u, &erased, &err), 0);
    assert_int_equal(drp_upkeep_knows(u, 12, &known, &err), 0);
    assert_false(known);
    assert_true(erased.bytes_before >= erased.bytes_after && erased.bytes_after > 0);

    /* A subject that no call names, and a text that quotes. */
    drp_quotes_add(&quotes, DRP_SV("root ::= \"a\" and much more, but in no text"));
    drp_quotes_add(&quotes, DRP_SV("too short"));
    erased = (struct drp_erased){0};
    assert_int_equal(drp_upkeep_forget(u, 5, &quotes, &erased, &err), 0);
    assert_int_equal(erased.calls + erased.quoting + erased.bodies, 0);
    assert_int_equal(drp_upkeep_vacuum(u, &erased, &err), 0);
    assert_int_equal(drp_upkeep_overview(u, &arena, &v, &err), 0);
    assert_int_equal(v.calls, CALLS - 1);
    drp_quotes_release(&quotes);
    drp_upkeep_free(u);
    drp_arena_release(&arena);
}

/* A run goes on in a journal that was looked after. */
static void it_is_a_journal_as_before(void **state)
{
    struct drp_erased erased = {0};
    struct drp_err err = {0};
    struct drp_journal *j = NULL;
    struct drp_journal_stats stats;
    put_calls(where_of(*state));
    struct drp_upkeep *u = open_upkeep(where_of(*state), true);
    assert_int_equal(drp_upkeep_vacuum(u, &erased, &err), 0);
    assert_int_equal(erased.bodies, 0);
    drp_upkeep_free(u);
    put_calls(where_of(*state));
    assert_int_equal(drp_journal_open(where_of(*state), &j, &err), 0);
    assert_int_equal(drp_journal_get_stats(j, &stats, &err), 0);
    assert_int_equal(stats.calls, CALLS);
    drp_journal_free(j);
}

static void what_is_no_journal_is_told(void **state)
{
    struct drp_upkeep *u = NULL;
    struct drp_db *db = NULL;
    struct drp_err err = {0};
    const char *other = drp_temp_path(*state, "other.db");
    assert_int_equal(drp_db_open(other, false, &db, &err), 0);
    assert_int_equal(drp_db_exec(db, "CREATE TABLE t (x)", &err), 0);
    drp_db_free(db);
    drp_temp_write(*state, "text", DRP_SV("no database at all, but some words\n"));
    const struct {
        const char *path;
        int rc;
        const char *says;
    } rows[] = {
        {drp_temp_path(*state, "nothing"), DRP_ENOTFOUND, "no such file"},
        {other, DRP_EDB, "no journal"},
        {drp_temp_path(*state, "text"), DRP_EDB, "something else"},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        for (int alone = 0; alone < 2; alone++) {
            assert_int_equal(drp_upkeep_open(rows[i].path, alone, &u, &err), rows[i].rc);
            if (!strstr(err.text, rows[i].says))
                fail_msg("%s", err.text);
        }
    assert_int_equal(drp_fs_kind(rows[0].path), DRP_FS_NONE);
}

static void an_empty_database_holds_no_journal(void **state)
{
    struct drp_upkeep *u = NULL;
    struct drp_err err = {0};
    (void)state;
    assert_int_equal(drp_upkeep_open(drp_postgres_url(), false, &u, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "holds no journal"));
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
#define IN_SERVER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_postgres_setup, drp_temp_teardown)
#define OF_BOTH(X)                                                                       \
    X(what_is_there_is_counted), X(every_call_comes_in_full),                            \
        X(what_no_call_names_goes), X(it_is_a_journal_as_before)
    const struct CMUnitTest in_files[] = {
        OF_BOTH(IN_FOLDER),
        IN_FOLDER(what_is_no_journal_is_told),
    };
    const struct CMUnitTest in_servers[] = {
        OF_BOTH(IN_SERVER),
        IN_SERVER(an_empty_database_holds_no_journal),
    };
    drp_log_set_level(DRP_LOG_ERROR);
    int n_failed = cmocka_run_group_tests(in_files, NULL, NULL);
    if (drp_postgres_start())
        n_failed += cmocka_run_group_tests(in_servers, NULL, NULL);
    drp_postgres_stop();
    return n_failed;
}
