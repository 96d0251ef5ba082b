/* A scale: what is put is weighed and forgotten, what is taken comes from the journal under it. One reader, so that all
 * is under one lock. */
#include <stdlib.h>

#include "base/base.h"
#include "base/thread.h"
#include "engine/key_set.h"
#include "engine/store.h"

#include "base/banned.h"

struct scale {
    struct drp_mutex lock;
    const struct drp_store *under; /* NULL: none */
    void *under_self;
    struct drp_key_set calls, texts;
    uint64_t text_bytes;
};

struct reader {
    struct scale *scale;
    void *under; /* the reader of scale->under */
};

static void close_scale(void *self)
{
    struct scale *s = self;
    if (s->under_self)
        s->under->close(s->under_self);
    drp_key_set_release(&s->calls);
    drp_key_set_release(&s->texts);
    drp_mutex_release(&s->lock);
    free(s);
}

static int open_scale(const char *under, void **self, struct drp_err *err)
{
    struct scale *s = drp_calloc(1, sizeof *s);
    drp_mutex_init(&s->lock);
    s->under = under ? &drp_store_sqlite : NULL;
    const int rc = under ? s->under->open(under, &s->under_self, err) : 0;
    if (rc < 0)
        close_scale(s);
    else
        *self = s;
    return rc;
}

/* Weighs one entry; its hashes are at `hash`. */
static void weigh(struct scale *s, const struct drp_entry *e, const struct drp_sha256 *hash)
{
    drp_key_set_add(&s->calls, &e->key.hash);
    for (size_t k = 0; k < drp_entry_n_texts(e); k++) {
        const struct drp_sv text = drp_entry_text(e, k);
        if (text.ptr && drp_key_set_add(&s->texts, &hash[k]))
            s->text_bytes += text.len;
    }
}

static int write_scale(void *self, const struct drp_batch *first, struct drp_err *err)
{
    struct scale *s = self;
    (void)err;
    drp_mutex_lock(&s->lock);
    for (const struct drp_batch *b = first; b; b = b->next) {
        const struct drp_sha256 *hash = b->hashes;
        for (size_t i = 0; i < b->n; i++) {
            weigh(s, &b->entries[i], hash);
            hash += drp_entry_n_texts(&b->entries[i]);
        }
    }
    drp_mutex_unlock(&s->lock);
    return 0;
}

static int open_reader(void *self, void **out, struct drp_err *err)
{
    struct reader *r = drp_calloc(1, sizeof *r);
    const struct scale *s = r->scale = self;
    const int rc = s->under ? s->under->reader_open(s->under_self, &r->under, err) : 0;
    if (rc < 0)
        free(r);
    else
        *out = r;
    return rc;
}

static void close_reader(void *self)
{
    struct reader *r = self;
    if (r->under)
        r->scale->under->reader_close(r->under);
    free(r);
}

static int take(void *self, struct drp_lookup *lookups, size_t n, struct drp_arena *arena,
                struct drp_err *err)
{
    const struct reader *r = self;
    for (size_t i = 0; i < n; i++)
        lookups[i].found = false;
    return r->under ? r->scale->under->take(r->under, lookups, n, arena, err) : 0;
}

static int get_stats(void *self, struct drp_journal_stats *out, struct drp_err *err)
{
    const struct reader *r = self;
    struct scale *s = r->scale;
    (void)err;
    drp_mutex_lock(&s->lock);
    *out = (struct drp_journal_stats){.calls = s->calls.n,
                                      .bodies = s->texts.n,
                                      .body_bytes = s->text_bytes};
    drp_mutex_unlock(&s->lock);
    return 0;
}

const struct drp_store drp_store_scale = {
    .n_readers = 1,
    .open = open_scale,
    .close = close_scale,
    .write = write_scale,
    .reader_open = open_reader,
    .reader_close = close_reader,
    .take = take,
    .stats = get_stats,
};
