/* The tables of a journal in a SQLite file: made, and recognised. */
#ifndef DRP_ENGINE_SQLITE_TABLES_H
#define DRP_ENGINE_SQLITE_TABLES_H

#include "io/db.h"

/**
 * Makes the tables in a new file; in another one checks them. `path` is for messages.
 * **Errors**: DRP_EDB (another database, newer version).
 */
int drp_sqlite_make_tables(struct drp_db *db, const char *path,
                           struct drp_err *err) DRP_CHECKED;

/** Checks that they are there. **Errors**: DRP_EDB (another database, an empty one, newer version). */
int drp_sqlite_check_tables(struct drp_db *db, const char *path,
                            struct drp_err *err) DRP_CHECKED;

#endif
