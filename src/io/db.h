/* SQLite behind few words. The only file that sees sqlite3.h is db.c. */
#ifndef DRP_IO_DB_H
#define DRP_IO_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/** A connection; one thread at a time. */
struct drp_db;
/** A prepared statement of a connection. */
struct drp_stmt;

/**
 * Opens or creates a database file (mode 0600) in WAL mode, synchronous FULL, foreign keys on,
 * waiting up to 10 s for another process. A read-only one must be there.
 * **Owns**: caller, drp_db_free(). **Errors**: DRP_EDB naming the file and what to do; DRP_ENOTFOUND.
 */
int drp_db_open(const char *path, bool read_only, struct drp_db **out,
                struct drp_err *err) DRP_CHECKED;

/**
 * Opens a database that is there without anybody else: its log is folded in and gone, and what is deleted is overwritten
 * with zeros. Waits up to 10 s for others to close it; who comes later waits in turn once a transaction is begun.
 * **Owns**: caller, drp_db_free(). **Errors**: DRP_EDB (in use, damaged), DRP_ENOTFOUND.
 */
int drp_db_open_alone(const char *path, struct drp_db **out,
                      struct drp_err *err) DRP_CHECKED;

/** From now on commits return before they are durable: drp_db_sync() makes them so. **Errors**: DRP_EDB. */
int drp_db_defer_sync(struct drp_db *db, struct drp_err *err) DRP_CHECKED;

/**
 * Makes durable all that was committed before. **Threads**: one at a time, also beside the one that uses the connection.
 * **Errors**: DRP_EDB; then what was committed since the last time may be lost when the machine stops.
 */
int drp_db_sync(struct drp_db *db, struct drp_err *err) DRP_CHECKED;

/** Closes; statements must be freed before. NULL is allowed. */
void drp_db_free(struct drp_db *db);

/** Runs SQL without results; several statements allowed. **Errors**: DRP_EDB. */
int drp_db_exec(struct drp_db *db, const char *sql, struct drp_err *err) DRP_CHECKED;

/** `PRAGMA user_version`, the schema's version. **Errors**: DRP_EDB. */
int drp_db_get_version(struct drp_db *db, int64_t *version, struct drp_err *err) DRP_CHECKED;

/** Prepares a statement. **Owns**: caller, drp_stmt_free(). **Errors**: DRP_EDB. */
int drp_db_prepare(struct drp_db *db, const char *sql, struct drp_stmt **out,
                   struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. */
void drp_stmt_free(struct drp_stmt *s);

/** Binds an integer to parameter `i`, from 1. */
void drp_stmt_int(struct drp_stmt *s, int i, int64_t value);
/** Binds a double. */
void drp_stmt_double(struct drp_stmt *s, int i, double value);
/** Binds text (borrowed until the next reset); absent is NULL. */
void drp_stmt_text(struct drp_stmt *s, int i, struct drp_sv sv);
/** Binds bytes (borrowed until the next reset); absent is NULL. */
void drp_stmt_blob(struct drp_stmt *s, int i, struct drp_sv sv);

/** One step: 1 a row, 0 done, negative code. A failed bind shows here. **Errors**: DRP_EDB. */
int drp_stmt_step(struct drp_stmt *s, struct drp_err *err) DRP_CHECKED;

/** Makes it ready to run again; bindings are cleared. */
void drp_stmt_reset(struct drp_stmt *s);

/** Step to the end of a statement without rows, then reset. **Errors**: DRP_EDB. */
int drp_stmt_run(struct drp_stmt *s, struct drp_err *err) DRP_CHECKED;

/** Column `i`, from 0, as an integer. */
int64_t drp_stmt_col_int(struct drp_stmt *s, int i);
/** Column as a double. */
double drp_stmt_col_double(struct drp_stmt *s, int i);
/** Column as text or bytes; absent for NULL. Borrowed until the next step or reset. */
struct drp_sv drp_stmt_col(struct drp_stmt *s, int i);

/**
 * Fails the n-th step or drp_db_exec() from now on as if the disk were full (1: the next), then works
 * again; 0: off. For tests of faults.
 */
void drp_db_fail_nth(int64_t n);

/** The library and its version, "SQLite 3.40.1". Static storage. */
const char *drp_db_library(void);

#endif
