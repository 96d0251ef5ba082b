/* The writing side of a journal: one thread, one connection, one transaction for all that
 * wait. */
#ifndef DRP_ENGINE_COMMITTER_H
#define DRP_ENGINE_COMMITTER_H

#include "engine/journal.h"
#include "io/db.h"

/** The thread and its queue. **Threads**: any may put. */
struct drp_committer;

/**
 * Starts the thread on a connection to a journal whose tables are there. **Owns**: `db`
 * is the committer's from here on, on failure too; caller, drp_committer_free().
 * **Errors**: DRP_EDB.
 */
int drp_committer_new(struct drp_db *db, struct drp_committer **out,
                      struct drp_err *err) DRP_CHECKED;

/** Writes what waits, ends the thread, closes the connection. NULL is allowed. */
void drp_committer_free(struct drp_committer *c);

/**
 * As drp_journal_put_many(). When a transaction fails, all that shared it fail.
 * **Errors**: DRP_EDB.
 */
int drp_committer_put(struct drp_committer *c, const struct drp_entry *entries, size_t n,
                      struct drp_err *err) DRP_CHECKED;

#endif
