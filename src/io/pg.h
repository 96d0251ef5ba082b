/* PostgreSQL behind few words. The only file that sees libpq-fe.h is pg.c; where the program was built without
 * libpq, opening says so. */
#ifndef DRP_IO_PG_H
#define DRP_IO_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "io/pg_value.h"

/** A connection; one thread at a time. When it is lost, it is made again by drp_pg_run(). */
struct drp_pg;
/** The rows of a query. */
struct drp_pg_rows;

/** True for `postgresql://…` and `postgres://…`. */
bool drp_pg_is_url(struct drp_sv where);

/**
 * Connects. The URL holds no password: that comes from PGPASSWORD, ~/.pgpass or a service file.
 * **Owns**: caller, drp_pg_free(). **Errors**: DRP_EUSAGE (URL, no libpq), DRP_EDB (server).
 */
int drp_pg_open(const char *url, struct drp_pg **out, struct drp_err *err) DRP_CHECKED;

/** Closes; what is open is rolled back. NULL is allowed. */
void drp_pg_free(struct drp_pg *pg);

/** Where it is connected to, for messages. Borrowed. */
const char *drp_pg_name(const struct drp_pg *pg);

/** What drp_pg_run() does on a connection. May run several times: it starts anew each time. */
typedef int drp_pg_work(struct drp_pg *pg, void *ctx, struct drp_err *err);

/**
 * Does `work`; when the connection breaks meanwhile, makes it again with growing pauses, for a minute at most,
 * and does it again. **Errors**: those of `work`, DRP_EDB.
 */
int drp_pg_run(struct drp_pg *pg, drp_pg_work *work, void *ctx,
               struct drp_err *err) DRP_CHECKED;

/**
 * As drp_pg_run(), in one transaction: all of it is kept, or nothing. It runs again also when it was rolled
 * back because of another one, and when it is unknown whether the server kept it: `work` does no harm twice.
 */
int drp_pg_transact(struct drp_pg *pg, drp_pg_work *work, void *ctx,
                    struct drp_err *err) DRP_CHECKED;

/** Runs SQL without parameters and results; several statements allowed. **Errors**: DRP_EDB. */
int drp_pg_exec(struct drp_pg *pg, const char *sql, struct drp_err *err) DRP_CHECKED;

/**
 * Runs one statement with parameters $1 … $n. **Owns**: `*out` is the caller's, drp_pg_rows_free(); NULL when
 * rows are not wanted. **Errors**: DRP_EDB.
 */
int drp_pg_query(struct drp_pg *pg, const char *sql, const struct drp_pg_arg *args,
                 size_t n, struct drp_pg_rows **out, struct drp_err *err) DRP_CHECKED;

/** Frees them. NULL is allowed. */
void drp_pg_rows_free(struct drp_pg_rows *rows);
/** How many there are. */
size_t drp_pg_n_rows(const struct drp_pg_rows *rows);
/** A value, absent for NULL. Lives as long as the rows. */
struct drp_sv drp_pg_get(const struct drp_pg_rows *rows, size_t row, int column);
/** An integer or boolean; 0 for NULL. */
int64_t drp_pg_get_int(const struct drp_pg_rows *rows, size_t row, int column);

/** Tables that belong together, with a version. */
struct drp_pg_schema {
    const char *name; /* "journal" */
    int version;
    const char *sql; /* makes them */
};

/**
 * Makes the tables unless they are there; one process at a time does. **Errors**: DRP_EDB, also when they have
 * a newer version.
 */
int drp_pg_make_schema(struct drp_pg *pg, const struct drp_pg_schema *schema,
                       struct drp_err *err) DRP_CHECKED;

/**
 * Cuts the connection of the n-th statement from now on (1: the next): before it is sent, or, where
 * `after`, when the server has done it and the answer is on its way. 0: off. For tests of faults.
 */
void drp_pg_cut_nth(int64_t n, bool after);

/** False where the program was built without libpq; everything else fails then. */
bool drp_pg_is_built(void);

#endif
