/* A failed statement says in pg->fate what a second attempt can do. */
#include "io/pg.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifdef DRP_HAVE_LIBPQ
#include <libpq-fe.h>
#endif

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"

#include "base/banned.h"

bool drp_pg_is_url(struct drp_sv where)
{
    return drp_sv_starts(where, DRP_SV("postgresql://")) ||
           drp_sv_starts(where, DRP_SV("postgres://"));
}

bool drp_pg_is_built(void)
{
#ifdef DRP_HAVE_LIBPQ
    return true;
#else
    return false;
#endif
}

#ifdef DRP_HAVE_LIBPQ

enum { FIRST_PAUSE_MS = 100, LONGEST_PAUSE_MS = 5000, GIVE_UP_MS = 60000, MAX_ARGS = 32 };

enum fate {
    FATE_FINAL, /* the same would happen again             */
    FATE_RETRY, /* rolled back because of another transaction */
    FATE_LOST,  /* the connection broke                    */
};

struct drp_pg {
    PGconn *raw;
    char *url;
    struct drp_str name;
    enum fate fate; /* of the last failure */
};

struct drp_pg_rows {
    PGresult *raw;
};

static _Atomic int64_t statements_to_cut = 0;
static _Atomic bool cuts_after = false;

void drp_pg_cut_nth(int64_t n, bool after)
{
    atomic_store(&cuts_after, after);
    atomic_store(&statements_to_cut, n);
}

static bool is_cut(void)
{
    return atomic_load(&statements_to_cut) > 0 &&
           atomic_fetch_sub(&statements_to_cut, 1) == 1;
}

/* ---- what went wrong ---------------------------------------------------------------------- */

/* How to mend what the server reports, and whether to try again; by the start of SQLSTATE. */
static const struct {
    const char *state;
    enum fate fate;
    const char *hint;
} kinds[] = {
    {"08", FATE_LOST, "check that the server runs and can be reached"},
    {"57P01", FATE_LOST, "the server was stopped"},
    {"57P02", FATE_LOST, "the server crashed"},
    {"57P03", FATE_LOST, "the server is starting or stopping: try again"},
    {"40001", FATE_RETRY, "another process changed the same rows"},
    {"40P01", FATE_RETRY, "another process changed the same rows"},
    {"53100", FATE_FINAL, "free some disk space at the server, then run again"},
    {"53300", FATE_FINAL, "raise max_connections, or run fewer workers"},
    {"25006", FATE_FINAL, "it is a read-only server: name the primary"},
    {"28", FATE_FINAL, "check user and password (PGPASSWORD, ~/.pgpass) and pg_hba.conf"},
    {"3D000", FATE_FINAL, "make it with createdb"},
    {"42501", FATE_FINAL, "grant the user what is missing"},
    {"42P07", FATE_FINAL, "it holds tables of something else: use a database of its own"},
};

static size_t kind_of(const char *state)
{
    size_t i = 0;
    while (i < DRP_LEN(kinds) && strncmp(state, kinds[i].state, strlen(kinds[i].state)) != 0)
        i++;
    return i;
}

/* libpq's words have several lines; the first says what it is. */
static struct drp_sv first_line(const char *words)
{
    struct drp_sv rest = drp_sv_from(words ? words : ""), line = DRP_SV("no reason given");
    (void)drp_sv_line(&rest, &line);
    return line;
}

/* Fills `err` from a result, or from the connection when there is none, and decides what comes next. */
static int fail_pg(struct drp_pg *pg, const char *verb, const PGresult *res,
                   struct drp_err *err)
{
    const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
    const char *words = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    /* What has no SQLSTATE did not come from the server: libpq could not talk with it. */
    const bool is_down = PQstatus(pg->raw) != CONNECTION_OK || !state;
    const size_t kind = kind_of(state ? state : "08");
    const struct drp_sv line = first_line(words ? words : PQerrorMessage(pg->raw));
    const bool is_known = kind < DRP_LEN(kinds);
    pg->fate = is_down ? FATE_LOST : is_known ? kinds[kind].fate : FATE_FINAL;
    return drp_fail(err, DRP_EDB, "cannot %s database '%s': %.*s%s%s", verb, pg->name.ptr,
                    DRP_SV_ARG(line), is_known ? "; " : "",
                    is_known ? kinds[kind].hint : "");
}

/* ---- connecting --------------------------------------------------------------------------- */

static const char *option_value(const PQconninfoOption *options, const char *name)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, name) == 0)
            return options->val && *options->val ? options->val : NULL;
    return NULL;
}

/* Checks the URL and makes the name that messages use: what may hold a secret is not in it. */
static int read_url(struct drp_pg *pg, struct drp_err *err)
{
    PQconninfoOption *options = PQconninfoParse(pg->url, NULL);
    int rc = 0;
    if (!options)
        return drp_fail(
            err, DRP_EUSAGE,
            "cannot read the URL of the database: write postgresql://USER@HOST:PORT/NAME");
    const char *host = option_value(options, "host"), *port = option_value(options, "port");
    const char *name = option_value(options, "dbname");
    drp_str_addf(&pg->name, "postgresql://%s%s%s/%s", host ? host : "", port ? ":" : "",
                 port ? port : "", name ? name : "");
    if (option_value(options, "password") || option_value(options, "sslpassword"))
        rc = drp_fail(err, DRP_EUSAGE,
                      "password in the URL of database '%s': others see command lines and run.json; "
                      "put it into PGPASSWORD or ~/.pgpass",
                      pg->name.ptr);
    PQconninfoFree(options);
    return rc;
}

static void ignore_notice(void *ctx, const PGresult *res)
{
    (void)ctx;
    (void)res;
}

/* A server that vanished without a word is noticed within a minute; the URL may say otherwise. */
static int connect_once(struct drp_pg *pg, struct drp_err *err)
{
    static const char *const keys[] = {
        "connect_timeout",  "keepalives_idle",  "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "application_name",
        "dbname",           "client_encoding",  NULL,
    };
    const char *const values[DRP_LEN(keys)] = {"10",    "30",  "10",    "3",
                                               "60000", "drp", pg->url, "UTF8"};
    PQfinish(pg->raw);
    pg->raw = PQconnectdbParams(keys, values, 1);
    if (PQstatus(pg->raw) != CONNECTION_OK)
        return fail_pg(pg, "reach", NULL, err);
    PQsetNoticeReceiver(pg->raw, ignore_notice, NULL);
    return 0;
}

int drp_pg_open(const char *url, struct drp_pg **out, struct drp_err *err)
{
    struct drp_pg *pg = drp_calloc(1, sizeof *pg);
    const size_t size = strlen(url) + 1;
    int rc = 0;
    pg->url = memcpy(drp_malloc(size), url, size);
    drp_str_init(&pg->name, 1 << 12);
    DRP_TRY(rc, read_url(pg, err));
    DRP_TRY(rc, connect_once(pg, err));
    *out = pg;
    pg = NULL;
out:
    drp_pg_free(pg);
    return rc;
}

void drp_pg_free(struct drp_pg *pg)
{
    if (!pg)
        return;
    PQfinish(pg->raw);
    drp_str_release(&pg->name);
    free(pg->url);
    free(pg);
}

const char *drp_pg_name(const struct drp_pg *pg)
{
    return pg->name.ptr;
}

/* ---- statements --------------------------------------------------------------------------- */

/* As a broken cable would: what is sent from here on, or is on its way back, never arrives. */
static void cut(struct drp_pg *pg)
{
    shutdown(PQsocket(pg->raw), SHUT_RDWR);
}

/* Looks at a result that ends a statement; a failed one is freed. */
static int check_result(struct drp_pg *pg, PGresult *res, bool cut_after,
                        struct drp_err *err)
{
    int rc = 0;
    if (cut_after) {
        cut(pg);
        pg->fate = FATE_LOST;
        rc = drp_fail(err, DRP_EDB, "cannot use database '%s': the connection was cut",
                      pg->name.ptr);
    } else if (PQresultStatus(res) != PGRES_COMMAND_OK &&
               PQresultStatus(res) != PGRES_TUPLES_OK) {
        rc = fail_pg(pg, "use", res, err);
    }
    if (rc < 0)
        PQclear(res);
    return rc;
}

int drp_pg_exec(struct drp_pg *pg, const char *sql, struct drp_err *err)
{
    const bool fault = is_cut(), after = atomic_load(&cuts_after);
    if (fault && !after)
        cut(pg);
    PGresult *res = PQexec(pg->raw, sql);
    const int rc = check_result(pg, res, fault && after, err);
    if (rc == 0)
        PQclear(res);
    return rc;
}

static PGresult *execute(struct drp_pg *pg, const char *sql,
                         const struct drp_pg_arg *args, size_t n)
{
    Oid types[MAX_ARGS];
    const char *values[MAX_ARGS];
    int lengths[MAX_ARGS], formats[MAX_ARGS];
    for (size_t i = 0; i < n; i++) {
        types[i] = args[i].type;
        values[i] = args[i].is_small ? (const char *)args[i].small : args[i].bytes.ptr;
        lengths[i] = args[i].is_small ? (int)sizeof args[i].small : (int)args[i].bytes.len;
        formats[i] = 1;
    }
    return PQexecParams(pg->raw, sql, (int)n, types, values, lengths, formats, 1);
}

int drp_pg_query(struct drp_pg *pg, const char *sql, const struct drp_pg_arg *args,
                 size_t n, struct drp_pg_rows **out, struct drp_err *err)
{
    const bool fault = is_cut(), after = atomic_load(&cuts_after);
    if (out)
        *out = NULL;
    for (size_t i = 0; i < n; i++)
        if (args[i].bytes.len >= ((size_t)1 << 30) - 1 || n > MAX_ARGS)
            return drp_fail(err, DRP_ELIMIT, "too much at once for database '%s'",
                            pg->name.ptr);
    if (fault && !after)
        cut(pg);
    PGresult *res = execute(pg, sql, args, n);
    const int rc = check_result(pg, res, fault && after, err);
    if (rc < 0)
        return rc;
    if (!out) {
        PQclear(res);
        return 0;
    }
    *out = drp_calloc(1, sizeof **out);
    (*out)->raw = res;
    return 0;
}

void drp_pg_rows_free(struct drp_pg_rows *rows)
{
    if (rows)
        PQclear(rows->raw);
    free(rows);
}

size_t drp_pg_n_rows(const struct drp_pg_rows *rows)
{
    return (size_t)PQntuples(rows->raw);
}

struct drp_sv drp_pg_get(const struct drp_pg_rows *rows, size_t row, int column)
{
    if (PQgetisnull(rows->raw, (int)row, column))
        return (struct drp_sv){NULL, 0};
    return (struct drp_sv){PQgetvalue(rows->raw, (int)row, column),
                           (size_t)PQgetlength(rows->raw, (int)row, column)};
}

int64_t drp_pg_get_int(const struct drp_pg_rows *rows, size_t row, int column)
{
    return drp_pg_read_int(drp_pg_get(rows, row, column));
}

/* ---- doing it again ----------------------------------------------------------------------- */

/* One attempt, on a connection that is made first when it is known to be broken. */
static int attempt(struct drp_pg *pg, drp_pg_work *work, void *ctx, struct drp_err *err)
{
    int rc = 0;
    pg->fate = FATE_FINAL;
    if (PQstatus(pg->raw) != CONNECTION_OK)
        rc = connect_once(pg, err);
    return rc < 0 ? rc : work(pg, ctx, err);
}

int drp_pg_run(struct drp_pg *pg, drp_pg_work *work, void *ctx, struct drp_err *err)
{
    const int64_t end_ms = drp_clock_ms() + GIVE_UP_MS;
    struct drp_err own = {0};
    int64_t pause_ms = FIRST_PAUSE_MS;
    int rc;
    while ((rc = attempt(pg, work, ctx, &own)) == DRP_EDB && pg->fate != FATE_FINAL &&
           drp_clock_ms() + pause_ms < end_ms) {
        if (pg->fate == FATE_LOST) {
            drp_log(DRP_LOG_WARN, "%s; trying again", own.text);
            PQfinish(pg->raw);
            pg->raw = NULL;
        }
        drp_clock_sleep_ms(pause_ms);
        pause_ms = DRP_MIN(2 * pause_ms, (int64_t)LONGEST_PAUSE_MS);
        own = (struct drp_err){0};
    }
    if (rc < 0 && err)
        *err = own;
    return rc;
}

struct transaction {
    drp_pg_work *work;
    void *ctx;
};

static int do_transaction(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    const struct transaction *t = ctx;
    int rc = 0;
    DRP_TRY(rc, drp_pg_exec(pg, "BEGIN", err));
    DRP_TRY(rc, t->work(pg, t->ctx, err));
    DRP_TRY(rc, drp_pg_exec(pg, "COMMIT", err));
out:
    if (rc < 0 && PQstatus(pg->raw) == CONNECTION_OK)
        PQclear(PQexec(pg->raw, "ROLLBACK")); /* the first error is the one to tell */
    return rc;
}

int drp_pg_transact(struct drp_pg *pg, drp_pg_work *work, void *ctx, struct drp_err *err)
{
    struct transaction t = {work, ctx};
    return drp_pg_run(pg, do_transaction, &t, err);
}

/* ---- schemas ------------------------------------------------------------------------------ */

/* The lock makes one process make the tables while the others wait; it ends with the transaction. */
static const char lock_sql[] =
    "SELECT pg_advisory_xact_lock(1685221482);"
    "CREATE TABLE IF NOT EXISTS schema_versions (name text PRIMARY KEY, version bigint NOT NULL)";

/* The version of the tables that are there, 0 for none. Looked at first without the lock, so that a user who may
 * make no tables can use those of another. */
static int find_version(struct drp_pg *pg, const char *name, int64_t *version,
                        struct drp_err *err)
{
    const struct drp_pg_arg arg = drp_pg_text(drp_sv_from(name));
    struct drp_pg_rows *rows = NULL;
    int rc = 0;
    *version = 0;
    DRP_TRY(rc, drp_pg_query(pg, "SELECT 1 WHERE to_regclass('schema_versions') IS NOT NULL",
                             NULL, 0, &rows, err));
    if (drp_pg_n_rows(rows) == 0)
        goto out;
    drp_pg_rows_free(rows);
    DRP_TRY(rc, drp_pg_query(pg, "SELECT version FROM schema_versions WHERE name = $1",
                             &arg, 1, &rows, err));
    if (drp_pg_n_rows(rows) > 0)
        *version = drp_pg_get_int(rows, 0, 0);
out:
    drp_pg_rows_free(rows);
    return rc;
}

static int add_schema(struct drp_pg *pg, const struct drp_pg_schema *schema,
                      struct drp_err *err)
{
    const struct drp_pg_arg args[] = {drp_pg_text(drp_sv_from(schema->name)),
                                      drp_pg_int(schema->version)};
    int rc = 0;
    DRP_TRY(rc, drp_pg_exec(pg, schema->sql, err));
    DRP_TRY(rc, drp_pg_query(pg, "INSERT INTO schema_versions VALUES ($1, $2)", args, 2,
                             NULL, err));
out:
    return rc;
}

static int make_schema(struct drp_pg *pg, void *ctx, struct drp_err *err)
{
    const struct drp_pg_schema *schema = ctx;
    int64_t version;
    int rc = 0;
    DRP_TRY(rc, find_version(pg, schema->name, &version, err));
    if (version == 0) {
        DRP_TRY(rc, drp_pg_exec(pg, lock_sql, err));
        DRP_TRY(rc, find_version(pg, schema->name, &version, err));
        if (version == 0)
            DRP_TRY(rc, add_schema(pg, schema, err));
    }
    if (version > schema->version) {
        pg->fate = FATE_FINAL;
        rc = drp_fail(err, DRP_EDB,
                      "%s in database '%s' has version %lld, this program knows version %d: use a "
                      "newer drp or another database",
                      schema->name, pg->name.ptr, (long long)version, schema->version);
    }
out:
    return rc;
}

int drp_pg_make_schema(struct drp_pg *pg, const struct drp_pg_schema *schema,
                       struct drp_err *err)
{
    struct drp_pg_schema copy = *schema;
    return drp_pg_transact(pg, make_schema, &copy, err);
}

#else /* built without libpq: nothing opens, so nothing else is reached */

int drp_pg_open(const char *url, struct drp_pg **out, struct drp_err *err)
{
    (void)url;
    *out = NULL;
    return drp_fail(
        err, DRP_EUSAGE,
        "this drp was built without PostgreSQL: install libpq-dev and build it again, or "
        "give --journal a file");
}

void drp_pg_free(struct drp_pg *pg)
{
    (void)pg;
}

const char *drp_pg_name(const struct drp_pg *pg)
{
    (void)pg;
    return "";
}

static int unreached(struct drp_err *err)
{
    return drp_fail(err, DRP_EBUG, "no connection to PostgreSQL");
}

int drp_pg_run(struct drp_pg *pg, drp_pg_work *work, void *ctx, struct drp_err *err)
{
    (void)pg, (void)work, (void)ctx;
    return unreached(err);
}

int drp_pg_transact(struct drp_pg *pg, drp_pg_work *work, void *ctx, struct drp_err *err)
{
    return drp_pg_run(pg, work, ctx, err);
}

int drp_pg_exec(struct drp_pg *pg, const char *sql, struct drp_err *err)
{
    (void)pg, (void)sql;
    return unreached(err);
}

int drp_pg_query(struct drp_pg *pg, const char *sql, const struct drp_pg_arg *args,
                 size_t n, struct drp_pg_rows **out, struct drp_err *err)
{
    (void)pg, (void)sql, (void)args, (void)n, (void)out;
    return unreached(err);
}

void drp_pg_rows_free(struct drp_pg_rows *rows)
{
    (void)rows;
}

size_t drp_pg_n_rows(const struct drp_pg_rows *rows)
{
    (void)rows;
    return 0;
}

struct drp_sv drp_pg_get(const struct drp_pg_rows *rows, size_t row, int column)
{
    (void)rows, (void)row, (void)column;
    return (struct drp_sv){NULL, 0};
}

int64_t drp_pg_get_int(const struct drp_pg_rows *rows, size_t row, int column)
{
    (void)rows, (void)row, (void)column;
    return 0;
}

int drp_pg_make_schema(struct drp_pg *pg, const struct drp_pg_schema *schema,
                       struct drp_err *err)
{
    (void)pg, (void)schema;
    return unreached(err);
}

void drp_pg_cut_nth(int64_t n, bool after)
{
    (void)n, (void)after;
}

#endif
