#include "engine/committer.h"

#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"

#include "base/banned.h"

/* One put_many() that waits, on its caller's stack. */
struct put {
    struct drp_batch batch; /* its `next` is that of the next put */
    int rc;
    struct drp_event finished;
    struct drp_err err;
    struct put *next;
};

struct drp_committer {
    const struct drp_store *store;
    void *self; /* the store's */

    struct drp_thread thread;
    bool is_running;
    struct drp_mutex lock; /* guards what follows */
    struct drp_cond work;
    struct put *first, *last, **end;
    size_t n_waiting;  /* puts in the list                                    */
    size_t n_expected; /* putters seen around the last transaction            */
    uint64_t n_transactions;
    bool closing;
};

/* The next group. Those who were just served are back in a moment if they are busy: waiting up to a
 * millisecond for them is cheap beside a sync of the disk, and doubles the group. */
static struct put *wait_for_work(struct drp_committer *c)
{
    drp_mutex_lock(&c->lock);
    while (!c->first && !c->closing)
        drp_cond_wait(&c->work, &c->lock);
    const int64_t end_ms = drp_clock_ms() + 1;
    bool in_time = true;
    while (c->n_waiting < c->n_expected && !c->closing && in_time)
        in_time = drp_cond_wait_until(&c->work, &c->lock, end_ms);
    struct put *puts = c->first;
    c->n_expected = c->n_waiting;
    c->n_waiting = 0;
    c->first = c->last = NULL;
    c->end = &c->first;
    drp_mutex_unlock(&c->lock);
    return puts;
}

static void run(void *ctx)
{
    struct drp_committer *c = ctx;
    for (struct put *puts = wait_for_work(c); puts; puts = wait_for_work(c)) {
        struct drp_err err = {0};
        const int rc = c->store->write(c->self, &puts->batch, &err);
        drp_mutex_lock(&c->lock);
        c->n_expected += c->n_waiting;
        c->n_transactions += rc == 0;
        drp_mutex_unlock(&c->lock);
        while (puts) {
            struct put *next =
                puts->next; /* its owner may go on as soon as it is finished */
            puts->rc = rc;
            puts->err = err;
            drp_event_happen(&puts->finished);
            puts = next;
        }
    }
}

int drp_committer_new(const struct drp_store *store, void *self,
                      struct drp_committer **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_committer *c = drp_calloc(1, sizeof *c);
    c->store = store;
    c->self = self;
    c->end = &c->first;
    drp_mutex_init(&c->lock);
    drp_cond_init(&c->work);
    DRP_TRY(rc, drp_thread_start(&c->thread, run, c, 0, err));
    c->is_running = true;
    *out = c;
    c = NULL;
out:
    drp_committer_free(c);
    return rc;
}

void drp_committer_free(struct drp_committer *c)
{
    if (!c)
        return;
    drp_mutex_lock(&c->lock);
    c->closing = true;
    drp_cond_signal(&c->work);
    drp_mutex_unlock(&c->lock);
    if (c->is_running)
        drp_thread_join(&c->thread);
    drp_cond_release(&c->work);
    drp_mutex_release(&c->lock);
    free(c);
}

/* Hashes on the caller's thread: the committer has enough to do. */
static struct drp_sha256 *hash_texts(const struct drp_entry *entries, size_t n)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += drp_entry_n_texts(&entries[i]);
    struct drp_sha256 *const hashes = drp_calloc(total, sizeof *hashes);
    struct drp_sha256 *h = hashes;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < drp_entry_n_texts(&entries[i]); k++, h++) {
            const struct drp_sv text = drp_entry_text(&entries[i], k);
            if (text.ptr)
                *h = drp_sha256(text);
        }
    return hashes;
}

int drp_committer_put(struct drp_committer *c, const struct drp_entry *entries, size_t n,
                      struct drp_err *err)
{
    struct drp_sha256 *hashes = hash_texts(entries, n);
    struct put p = {.batch = {entries, n, hashes, drp_clock_wall_ms(), NULL}};
    drp_event_init(&p.finished);
    drp_mutex_lock(&c->lock);
    *c->end = &p;
    c->end = &p.next;
    if (c->last)
        c->last->batch.next = &p.batch;
    c->last = &p;
    c->n_waiting++;
    const bool is_due = c->n_waiting == 1 || c->n_waiting >= c->n_expected;
    drp_mutex_unlock(&c->lock);
    if (is_due)
        drp_cond_signal(&c->work);
    drp_event_wait(&p.finished);
    drp_event_release(&p.finished);
    free(hashes);
    if (p.rc < 0 && err)
        *err = p.err;
    return p.rc;
}

uint64_t drp_committer_n_transactions(struct drp_committer *c)
{
    drp_mutex_lock(&c->lock);
    const uint64_t n = c->n_transactions;
    drp_mutex_unlock(&c->lock);
    return n;
}
