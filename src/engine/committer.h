/* The writing side of a journal: one thread, one transaction for all that wait. */
#ifndef DRP_ENGINE_COMMITTER_H
#define DRP_ENGINE_COMMITTER_H

#include "engine/store.h"

/** The thread and its queue. **Threads**: any may put. */
struct drp_committer;

/**
 * Starts the thread; from now on it alone writes to the store `self`, which it borrows. **Owns**: caller,
 * drp_committer_free().
 */
int drp_committer_new(const struct drp_store *store, void *self,
                      struct drp_committer **out, struct drp_err *err) DRP_CHECKED;

/** Writes what waits, ends the thread. NULL is allowed. */
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
