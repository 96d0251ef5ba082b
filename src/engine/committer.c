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

/* Puts in the order in which they came, linked by `next`. */
struct puts {
    struct put *first, *last;
};

struct drp_committer {
    const struct drp_store *store;
    void *self; /* the store's */

    struct drp_thread writer, syncer;
    size_t n_threads;
    struct drp_mutex lock; /* guards what follows */
    struct drp_cond work, written_more;
    struct puts waiting, written; /* written: not yet durable */
    size_t n_waiting;  /* puts in that list                                   */
    size_t n_expected; /* putters seen around the last transaction            */
    uint64_t n_transactions;
    bool closing, ended; /* ended: nothing more will be written */
};

static void append(struct puts *list, struct puts more)
{
    if (list->last)
        list->last->next = more.first;
    else
        list->first = more.first;
    list->last = more.last;
}

static struct puts take_all(struct puts *list)
{
    const struct puts all = *list;
    *list = (struct puts){0};
    return all;
}

/* The next group. Those who were just served are back in a moment if they are busy: waiting up to a
 * millisecond for them is cheap beside a sync of the disk, and doubles the group. */
static struct puts wait_for_work(struct drp_committer *c)
{
    drp_mutex_lock(&c->lock);
    while (!c->waiting.first && !c->closing)
        drp_cond_wait(&c->work, &c->lock);
    const int64_t end_ms = drp_clock_ms() + 1;
    bool in_time = true;
    while (c->n_waiting < c->n_expected && !c->closing && in_time)
        in_time = drp_cond_wait_until(&c->work, &c->lock, end_ms);
    const struct puts group = take_all(&c->waiting);
    c->n_expected = c->n_waiting;
    c->n_waiting = 0;
    drp_mutex_unlock(&c->lock);
    return group;
}

/* An owner may go on, and its put be gone, as soon as it is told. */
static void finish(struct puts group, int rc, const struct drp_err *err)
{
    for (struct put *p = group.first, *next; p; p = next) {
        next = p->next;
        p->rc = rc;
        p->err = *err;
        drp_event_happen(&p->finished);
    }
}

/* Hands a group that was written to the thread that syncs. */
static void hand_over(struct drp_committer *c, struct puts group)
{
    drp_mutex_lock(&c->lock);
    append(&c->written, group);
    drp_mutex_unlock(&c->lock);
    drp_cond_signal(&c->written_more);
}

static void write_groups(void *ctx)
{
    struct drp_committer *c = ctx;
    for (struct puts group; group = wait_for_work(c), group.first;) {
        struct drp_err err = {0};
        const int rc = c->store->write(c->self, &group.first->batch, &err);
        drp_mutex_lock(&c->lock);
        c->n_expected += c->n_waiting;
        c->n_transactions += rc == 0;
        drp_mutex_unlock(&c->lock);
        if (rc == 0 && c->store->sync)
            hand_over(c, group);
        else
            finish(group, rc, &err);
    }
    drp_mutex_lock(&c->lock);
    c->ended = true;
    drp_mutex_unlock(&c->lock);
    drp_cond_signal(&c->written_more);
}

static struct puts wait_for_written(struct drp_committer *c)
{
    drp_mutex_lock(&c->lock);
    while (!c->written.first && !c->ended)
        drp_cond_wait(&c->written_more, &c->lock);
    const struct puts groups = take_all(&c->written);
    drp_mutex_unlock(&c->lock);
    return groups;
}

/* One sync serves all groups written meanwhile. */
static void sync_groups(void *ctx)
{
    struct drp_committer *c = ctx;
    for (struct puts groups; groups = wait_for_written(c), groups.first;) {
        struct drp_err err = {0};
        finish(groups, c->store->sync(c->self, &err), &err);
    }
}

int drp_committer_new(const struct drp_store *store, void *self,
                      struct drp_committer **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_committer *c = drp_calloc(1, sizeof *c);
    c->store = store;
    c->self = self;
    drp_mutex_init(&c->lock);
    drp_cond_init(&c->work);
    drp_cond_init(&c->written_more);
    DRP_TRY(rc, drp_thread_start(&c->writer, write_groups, c, 0, err));
    c->n_threads++;
    DRP_TRY(rc, drp_thread_start(&c->syncer, sync_groups, c, 0, err));
    c->n_threads++;
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
    if (c->n_threads > 0)
        drp_thread_join(&c->writer);
    if (c->n_threads > 1)
        drp_thread_join(&c->syncer);
    drp_cond_release(&c->work);
    drp_cond_release(&c->written_more);
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
    if (c->waiting.last)
        c->waiting.last->batch.next = &p.batch;
    append(&c->waiting, (struct puts){&p, &p});
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
