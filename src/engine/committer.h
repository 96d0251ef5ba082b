/* The writing side of a journal: one thread that makes one transaction for all that wait and, where the store has a
 * sync of its own, a second that makes durable what was written while the next transaction is on its way. */
#ifndef DRP_ENGINE_COMMITTER_H
#define DRP_ENGINE_COMMITTER_H

#include "engine/store.h"

/** The threads and their queues. **Threads**: any may put. */
struct drp_committer;

/**
 * Starts them; from now on they alone write to the store `self`, which it borrows. **Owns**: caller,
 * drp_committer_free().
 */
int drp_committer_new(const struct drp_store *store, void *self,
                      struct drp_committer **out, struct drp_err *err) DRP_CHECKED;

/** Writes what waits, ends the threads. NULL is allowed. */
void drp_committer_free(struct drp_committer *c);

/**
 * As drp_journal_put_many(). When a transaction fails, all that shared it fail.
 * **Errors**: DRP_EDB.
 */
int drp_committer_put(struct drp_committer *c, const struct drp_entry *entries, size_t n,
                      struct drp_err *err) DRP_CHECKED;

/** Transactions that succeeded so far. */
uint64_t drp_committer_n_transactions(struct drp_committer *c);

#endif
