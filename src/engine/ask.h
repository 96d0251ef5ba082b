/* How calls become jobs and answers replies: journal, coalescing, waiting, cancelling.
 * The inner side of drp_ask(), the same for every back-end.
 *
 * A *flight* is one question on its way. The thread that brings it up first leads it:
 * looks into the journal, puts it to the back-end, keeps the answer. Other threads with
 * the same question follow and copy the answer when the flight has landed. A thread takes
 * its seat before it looks into the journal, and an answer is in the journal before the
 * flight leaves the table: so no question is ever put twice. */
#ifndef DRP_ENGINE_ASK_H
#define DRP_ENGINE_ASK_H

#include "engine/backend.h"
#include "engine/budget.h"
#include "engine/journal.h"

struct drp_flight;

/**
 * Everything that asking needs. One a model. **Threads**: any, after drp_asker_init().
 */
struct drp_asker {
    const struct drp_backend *backend;
    void *self; /* the back-end's */
    struct drp_model_info info;
    struct drp_journal *journal; /* may be NULL */
    bool strict;
    struct drp_budget *budget; /* may be NULL */
    struct drp_price price;

    struct drp_mutex lock; /* guards what follows, and the shared fields of flights */
    struct drp_model_stats stats;
    struct drp_flight *table[1024]; /* questions in flight, chained by key */
};

/** Starts the lock and the table; the fields before them are the caller's to fill. */
void drp_asker_init(struct drp_asker *a);

/** Ends them. Nobody may be asking. */
void drp_asker_release(struct drp_asker *a);

/** As drp_ask(). */
int drp_asker_ask(struct drp_asker *a, const struct drp_call *calls, size_t n,
                  struct drp_reply *replies, struct drp_arena *arena,
                  struct drp_err *err) DRP_CHECKED;

#endif
