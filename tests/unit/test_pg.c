/* PostgreSQL: values there and back, errors that say what to do, connections that break. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/log.h"
#include "base/thread.h"
#include "io/pg.h"
#include "support/postgres.h"

#include "base/banned.h"

static struct drp_pg *open_pg(void)
{
    struct drp_pg *pg = NULL;
    struct drp_err err = {0};
    if (!drp_postgres_url())
        skip();
    if (drp_pg_open(drp_postgres_url(), &pg, &err) < 0)
        fail_msg("%s", err.text);
    return pg;
}

static void must(int rc, const struct drp_err *err)
{
    if (rc < 0)
        fail_msg("%s", err->text);
}

static int64_t number(struct drp_pg *pg, const char *sql)
{
    struct drp_err err = {0};
    struct drp_pg_rows *rows = NULL;
    must(drp_pg_query(pg, sql, NULL, 0, &rows, &err), &err);
    const int64_t value = drp_pg_get_int(rows, 0, 0);
    drp_pg_rows_free(rows);
    return value;
}

static int prepare(void **state)
{
    (void)state;
    if (drp_postgres_url())
        drp_postgres_clear();
    return 0;
}

/* ---- values ------------------------------------------------------------------------------- */

static void urls(void **state)
{
    (void)state;
    assert_true(drp_pg_is_url(DRP_SV("postgresql:///x")));
    assert_true(drp_pg_is_url(DRP_SV("postgres://u@h/x")));
    assert_false(drp_pg_is_url(DRP_SV("postgresql.db")));
    assert_false(drp_pg_is_url(DRP_SV("/a/postgresql://x")));
}

static void values_come_back(void **state)
{
    struct drp_pg *pg = open_pg();
    struct drp_err err = {0};
    struct drp_pg_rows *rows = NULL;
    const struct drp_pg_arg args[] = {
        drp_pg_int(INT64_MIN),
        drp_pg_text(DRP_SV("a ' \\ \xf0\x9f\x98\x80")),
        drp_pg_bytes((struct drp_sv){"\0\xff", 2}),
        drp_pg_text((struct drp_sv){NULL, 0}),
        drp_pg_text(DRP_SV("")),
    };
    (void)state;
    must(drp_pg_query(pg,
                      "SELECT $1::bigint, $2::text, $3::bytea, $4::text, $5::text, 7::int,"
                      " -7::smallint, true, 1.5::float8",
                      args, DRP_LEN(args), &rows, &err),
         &err);
    assert_int_equal(drp_pg_n_rows(rows), 1);
    assert_true(drp_pg_get_int(rows, 0, 0) == INT64_MIN);
    assert_true(drp_sv_is(drp_pg_get(rows, 0, 1), "a ' \\ \xf0\x9f\x98\x80"));
    assert_true(drp_sv_eq(drp_pg_get(rows, 0, 2), (struct drp_sv){"\0\xff", 2}));
    assert_null(drp_pg_get(rows, 0, 3).ptr);
    assert_non_null(drp_pg_get(rows, 0, 4).ptr);
    assert_int_equal(drp_pg_get_int(rows, 0, 5), 7);
    assert_int_equal(drp_pg_get_int(rows, 0, 6), -7);
    assert_int_equal(drp_pg_get_int(rows, 0, 7), 1);
    assert_true(drp_pg_read_double(drp_pg_get(rows, 0, 8)) == 1.5);
    drp_pg_rows_free(rows);
    drp_pg_free(pg);
}

static void columns_come_back(void **state)
{
    struct drp_pg *pg = open_pg();
    struct drp_err err = {0};
    struct drp_pg_rows *rows = NULL;
    struct drp_pg_column columns[4];
    struct drp_pg_arg args[4];
    static const enum drp_pg_type types[] = {DRP_PG_INT, DRP_PG_DOUBLE, DRP_PG_TEXT,
                                             DRP_PG_BYTES};
    (void)state;
    for (size_t n = 0; n <= 1000; n += 500) {
        for (size_t i = 0; i < 4; i++)
            drp_pg_column_init(&columns[i], types[i]);
        for (size_t i = 0; i < n; i++) {
            drp_pg_column_int(&columns[0], (int64_t)i - 5);
            drp_pg_column_double(&columns[1], (double)i / 4);
            drp_pg_column_add(&columns[2],
                              i % 3 == 0 ? (struct drp_sv){NULL, 0} : DRP_SV("{,\"}"));
            drp_pg_column_add(&columns[3], DRP_SV("\xff"));
        }
        for (size_t i = 0; i < 4; i++)
            args[i] = drp_pg_column_arg(&columns[i]);
        must(drp_pg_query(pg,
                          "SELECT count(*), coalesce(sum(a), 0)::bigint, coalesce(sum(b), 0),"
                          " count(c), count(*) FILTER (WHERE c = '{,\"}' AND d = '\\xff')"
                          " FROM unnest($1, $2, $3, $4) AS t (a, b, c, d)",
                          args, 4, &rows, &err),
             &err);
        const int64_t m = (int64_t)n, thirds = (m + 2) / 3;
        assert_int_equal(drp_pg_get_int(rows, 0, 0), m);
        assert_int_equal(drp_pg_get_int(rows, 0, 1), m * (m - 1) / 2 - 5 * m);
        assert_true(drp_pg_read_double(drp_pg_get(rows, 0, 2)) == (double)(m * (m - 1)) / 8);
        assert_int_equal(drp_pg_get_int(rows, 0, 3), m - thirds);
        assert_int_equal(drp_pg_get_int(rows, 0, 4), m - thirds);
        drp_pg_rows_free(rows);
        for (size_t i = 0; i < 4; i++)
            drp_pg_column_release(&columns[i]);
    }
    drp_pg_free(pg);
}

/* ---- errors ------------------------------------------------------------------------------- */

static void errors_name_what_to_do(void **state)
{
    static const struct {
        const char *url;
        int code;
        const char *words;
    } rows[] = {
        {"postgresql://u:secret@h/x", DRP_EUSAGE, "PGPASSWORD"},
        {"postgresql:///x?password=secret", DRP_EUSAGE, "PGPASSWORD"},
        {"postgresql://[::1", DRP_EUSAGE, "postgresql://USER@HOST"},
        {"postgresql:///x?host=/nowhere", DRP_EDB, "check that the server runs"},
    };
    struct drp_pg *pg = NULL;
    struct drp_err err = {0};
    (void)state;
    if (!drp_postgres_url())
        skip();
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        assert_int_equal(drp_pg_open(rows[i].url, &pg, &err), rows[i].code);
        assert_non_null(strstr(err.text, rows[i].words));
        assert_null(strstr(err.text, "secret"));
    }
    char url[4096];
    snprintf(url, sizeof url, "%s&dbname=nothere", drp_postgres_url());
    assert_int_equal(drp_pg_open(url, &pg, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "does not exist"));

    pg = open_pg();
    assert_int_equal(drp_pg_exec(pg, "SELECT nonsense", &err), DRP_EDB);
    assert_non_null(strstr(err.text, "nonsense"));
    must(drp_pg_exec(pg, "SELECT 1", &err), &err);
    drp_pg_free(pg);
}

static const struct drp_pg_schema schema = {"test", 1, "CREATE TABLE t (x bigint)"};

static void make_schema(void *ctx)
{
    int *rc = ctx;
    struct drp_pg *pg = NULL;
    struct drp_err err = {0};
    *rc = drp_pg_open(drp_postgres_url(), &pg, &err);
    if (*rc == 0)
        *rc = drp_pg_make_schema(pg, &schema, &err);
    drp_pg_free(pg);
}

static void schemas(void **state)
{
    struct drp_pg *pg = open_pg();
    struct drp_err err = {0};
    struct drp_thread threads[4];
    int rcs[4];
    struct drp_pg_schema older = schema, clash = {"other", 1, "CREATE TABLE t (y text)"};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        must(drp_thread_start(&threads[i], make_schema, &rcs[i], 0, &err), &err);
    for (size_t i = 0; i < 4; i++) {
        drp_thread_join(&threads[i]);
        assert_int_equal(rcs[i], 0);
    }
    older.version = 0;
    assert_int_equal(drp_pg_make_schema(pg, &older, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "version 1"));
    assert_int_equal(drp_pg_make_schema(pg, &clash, &err), DRP_EDB);
    assert_non_null(strstr(err.text, "a database of its own"));
    assert_int_equal(number(pg, "SELECT count(*) FROM schema_versions"), 1);
    drp_pg_free(pg);
}

/* ---- broken connections ------------------------------------------------------------------- */

/* The same rows however often it is done. */
static int add_rows(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    int *n_done = ctx;
    int rc = 0;
    ++*n_done;
    DRP_TRY(rc, drp_pg_exec(pg, "INSERT INTO k VALUES (1, 1) ON CONFLICT DO NOTHING", err));
    DRP_TRY(rc, drp_pg_exec(pg, "INSERT INTO k VALUES (2, 2) ON CONFLICT DO NOTHING", err));
out:
    return rc;
}

static void a_cut_connection_is_made_again(void **state)
{
    struct drp_pg *pg = open_pg();
    struct drp_err err = {0};
    (void)state;
    must(drp_pg_exec(pg, "CREATE TABLE k (id int PRIMARY KEY, v int)", &err), &err);
    for (int after = 0; after < 2; after++)
        for (int nth = 1; nth <= 4; nth++) { /* BEGIN, two rows, COMMIT */
            int n_done = 0;
            must(drp_pg_exec(pg, "TRUNCATE k", &err), &err);
            drp_pg_cut_nth(nth, after);
            must(drp_pg_transact(pg, add_rows, &n_done, &err), &err);
            drp_pg_cut_nth(0, false);
            assert_int_equal(n_done, nth == 1 ? 1 : 2);
            assert_int_equal(number(pg, "SELECT sum(v) FROM k"), 3);
        }
    drp_pg_free(pg);
}

static void a_crashed_server_is_waited_for(void **state)
{
    struct drp_pg *pg = open_pg();
    struct drp_err err = {0};
    int n_done = 0;
    (void)state;
    must(drp_pg_exec(pg, "CREATE TABLE k (id int PRIMARY KEY, v int)", &err), &err);
    drp_postgres_crash();
    must(drp_pg_transact(pg, add_rows, &n_done, &err), &err);
    assert_int_equal(number(pg, "SELECT sum(v) FROM k"), 3);
    drp_pg_free(pg);
}

static int wrong(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    int *n_done = ctx;
    ++*n_done;
    const int rc = drp_pg_exec(pg, "INSERT INTO k VALUES (1, 1)", err);
    return rc < 0 ? rc : drp_pg_exec(pg, "SELECT nonsense", err);
}

static void what_fails_for_good_leaves_nothing(void **state)
{
    struct drp_pg *pg = open_pg();
    struct drp_err err = {0};
    int n_done = 0;
    (void)state;
    must(drp_pg_exec(pg, "CREATE TABLE k (id int PRIMARY KEY, v int)", &err), &err);
    assert_int_equal(drp_pg_transact(pg, wrong, &n_done, &err), DRP_EDB);
    assert_int_equal(n_done, 1);
    assert_int_equal(number(pg, "SELECT count(*) FROM k"), 0);
    drp_pg_free(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls),
        cmocka_unit_test_setup(values_come_back, prepare),
        cmocka_unit_test_setup(columns_come_back, prepare),
        cmocka_unit_test_setup(errors_name_what_to_do, prepare),
        cmocka_unit_test_setup(schemas, prepare),
        cmocka_unit_test_setup(a_cut_connection_is_made_again, prepare),
        cmocka_unit_test_setup(a_crashed_server_is_waited_for, prepare),
        cmocka_unit_test_setup(what_fails_for_good_leaves_nothing, prepare),
    };
    drp_log_set_level(DRP_LOG_ERROR);
    drp_postgres_start();
    const int n_failed = cmocka_run_group_tests(tests, NULL, NULL);
    drp_postgres_stop();
    return n_failed;
}
