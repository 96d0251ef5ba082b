/* Writes entries of a journal to its SQLite file. */
#ifndef DRP_ENGINE_SQLITE_WRITER_H
#define DRP_ENGINE_SQLITE_WRITER_H

#include "engine/store.h"
#include "io/db.h"

/** A connection with prepared statements and what it remembers of the tables. One thread at a time. */
struct drp_sqlite_writer;

/**
 * Prepares to write to a journal whose tables are there. **Owns**: `db` is the writer's from here on, on failure
 * too; caller, drp_sqlite_writer_free(). **Errors**: DRP_EDB.
 */
int drp_sqlite_writer_new(struct drp_db *db, struct drp_sqlite_writer **out,
                          struct drp_err *err) DRP_CHECKED;

/** Closes the connection. NULL is allowed. */
void drp_sqlite_writer_free(struct drp_sqlite_writer *c);

/** As write() of struct drp_store. **Errors**: DRP_EDB. */
int drp_sqlite_writer_write(struct drp_sqlite_writer *c, const struct drp_batch *first,
                            struct drp_err *err) DRP_CHECKED;

#endif
