#include "engine/journal.h"

#include <string.h>

#include "base/base.h"
#include "base/thread.h"
#include "engine/committer.h"
#include "engine/store.h"
#include "io/pg.h"

#include "base/banned.h"

struct reader {
    void *self; /* the store's, opened when first needed */
    bool busy;
};

struct drp_journal {
    const struct drp_store *store;
    void *self; /* the store's */
    struct drp_committer *committer;
    struct drp_mutex lock; /* guards `busy` of the readers */
    struct drp_cond freed;
    struct reader readers[DRP_MAX_READERS];
};

/* ---- key -------------------------------------------------------------------------------- */

static void hash_sampling(struct drp_hasher *h, const struct drp_sampling *s)
{
    drp_hasher_double(h, s->temperature);
    drp_hasher_double(h, s->top_p);
    drp_hasher_double(h, s->repeat_penalty);
    drp_hasher_u64(h, s->repeat_last_n);
    drp_hasher_u64(h, s->seed);
    drp_hasher_u64(h, s->max_tokens);
    drp_hasher_u64(h, s->think_budget);
    drp_hasher_u64(h, s->n_stop);
    for (size_t i = 0; i < s->n_stop; i++)
        drp_hasher_field(h, s->stop[i]);
}

struct drp_key drp_journal_key(const struct drp_model_info *model,
                               const struct drp_call *call, bool strict)
{
    const struct drp_sampling sampling = drp_sampling_resolve(call->sampling, model);
    const struct drp_sha256 *print = &model->fingerprint;
    struct drp_hasher *h = drp_hasher_new();
    drp_hasher_field(h, DRP_SV("drp call 1")); /* to be counted up when the fields change */
    drp_hasher_add(h, (struct drp_sv){(const char *)print->bytes, sizeof print->bytes});
    drp_hasher_u64(h, strict);
    drp_hasher_field(h, strict ? model->build : DRP_SV(""));
    drp_hasher_u64(h, call->n_messages);
    for (size_t i = 0; i < call->n_messages; i++) {
        drp_hasher_u64(h, call->messages[i].role);
        drp_hasher_field(h, call->messages[i].text);
    }
    hash_sampling(h, &sampling);
    drp_hasher_u64(h, call->grammar != NULL);
    if (call->grammar) {
        drp_hasher_field(h, call->grammar->gbnf);
        drp_hasher_field(h, call->grammar->json_schema);
    }
    drp_hasher_u64(h, call->repeat);
    return (struct drp_key){drp_hasher_finish(h)};
}

/* ---- opening ---------------------------------------------------------------------------- */

static int open_in(const struct drp_store *store, const char *where,
                   struct drp_journal **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_journal *j = drp_calloc(1, sizeof *j);
    j->store = store;
    drp_mutex_init(&j->lock);
    drp_cond_init(&j->freed);
    DRP_TRY(rc, j->store->open(where, &j->self, err));
    DRP_TRY(rc, drp_committer_new(j->store, j->self, &j->committer, err));
    *out = j;
    j = NULL;
out:
    drp_journal_free(j);
    return rc;
}

int drp_journal_open(const char *where, struct drp_journal **out, struct drp_err *err)
{
    const bool is_url = drp_pg_is_url(drp_sv_from(where));
    return open_in(is_url ? &drp_store_postgres : &drp_store_sqlite, where, out, err);
}

int drp_journal_open_scale(const char *under, struct drp_journal **out, struct drp_err *err)
{
    return open_in(&drp_store_scale, under, out, err);
}

void drp_journal_free(struct drp_journal *j)
{
    if (!j)
        return;
    /* The readers first: the last connection to close folds SQLite's log into the file, and only a writer
     * can. */
    for (size_t i = 0; i < j->store->n_readers; i++)
        if (j->readers[i].self)
            j->store->reader_close(j->readers[i].self);
    drp_committer_free(j->committer);
    if (j->self)
        j->store->close(j->self);
    drp_cond_release(&j->freed);
    drp_mutex_release(&j->lock);
    free(j);
}

/* ---- reading and writing ---------------------------------------------------------------- */

static struct reader *claim_reader(struct drp_journal *j)
{
    struct reader *found = NULL;
    drp_mutex_lock(&j->lock);
    while (!found) {
        for (size_t i = 0; i < j->store->n_readers && !found; i++)
            if (!j->readers[i].busy)
                found = &j->readers[i];
        if (!found)
            drp_cond_wait(&j->freed, &j->lock);
    }
    found->busy = true;
    drp_mutex_unlock(&j->lock);
    return found;
}

static void give_reader(struct drp_journal *j, struct reader *r)
{
    drp_mutex_lock(&j->lock);
    r->busy = false;
    drp_cond_signal(&j->freed);
    drp_mutex_unlock(&j->lock);
}

static int open_reader(struct drp_journal *j, struct reader *r, struct drp_err *err)
{
    return r->self ? 0 : j->store->reader_open(j->self, &r->self, err);
}

int drp_journal_take(struct drp_journal *j, struct drp_lookup *lookups, size_t n,
                     struct drp_arena *arena, struct drp_err *err)
{
    int rc = 0;
    struct reader *r = claim_reader(j);
    DRP_TRY(rc, open_reader(j, r, err));
    DRP_TRY(rc, j->store->take(r->self, lookups, n, arena, err));
out:
    give_reader(j, r);
    return rc;
}

int drp_journal_put_many(struct drp_journal *j, const struct drp_entry *entries, size_t n,
                         struct drp_err *err)
{
    return n == 0 ? 0 : drp_committer_put(j->committer, entries, n, err);
}

int drp_journal_get_stats(struct drp_journal *j, struct drp_journal_stats *out,
                          struct drp_err *err)
{
    int rc = 0;
    struct reader *r = claim_reader(j);
    DRP_TRY(rc, open_reader(j, r, err));
    DRP_TRY(rc, j->store->stats(r->self, out, err));
    out->transactions = drp_committer_n_transactions(j->committer);
out:
    give_reader(j, r);
    return rc;
}
