/* How many answers a second become durable: 8 threads that put 18 small ones at a time,
 * as samples do.
 *
 *     bench_journal [seconds [threads [folder or postgresql://…]]] */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"
#include "engine/journal.h"
#include "io/pg.h"

#include "base/banned.h"

enum { BATCH = 18, MAX_THREADS = 64 };

struct shared {
    struct drp_journal *journal;
    struct drp_model_info info;
    int64_t end_ms;
    _Atomic uint64_t n_put, n_taken;
    _Atomic int n_failed;
    _Atomic uint64_t next_thread;
    bool reads;
};

/* A question as methods ask it: a shared system text, material of its own. */
static void fill(struct drp_message turns[2], struct drp_call *call,
                 struct drp_reply *reply, struct drp_arena *arena, uint64_t id)
{
    turns[0] = (struct drp_message){DRP_ROLE_SYSTEM, DRP_SV("You compare two texts.")};
    turns[1] = (struct drp_message){DRP_ROLE_USER, drp_arena_f(arena, "texts number %llu",
                                                               (unsigned long long)id)};
    *call = (struct drp_call){.messages = turns, .n_messages = 2};
    *reply = (struct drp_reply){
        .text = drp_arena_f(arena, "answer %llu", (unsigned long long)id)};
}

static void work(void *ctx)
{
    struct shared *x = ctx;
    const uint64_t thread = atomic_fetch_add(&x->next_thread, 1);
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    for (uint64_t n = 0; drp_clock_ms() < x->end_ms; n++) {
        struct drp_message turns[BATCH][2];
        struct drp_call calls[BATCH];
        struct drp_reply replies[BATCH];
        struct drp_entry entries[BATCH];
        for (size_t i = 0; i < BATCH; i++) {
            fill(turns[i], &calls[i], &replies[i], &arena, thread << 40 | (n * BATCH + i));
            entries[i] = (struct drp_entry){drp_journal_key(&x->info, &calls[i], false),
                                            &x->info, false, &calls[i], &replies[i]};
        }
        struct drp_lookup lookups[BATCH];
        struct drp_reply taken[BATCH];
        for (size_t i = 0; i < BATCH; i++)
            lookups[i] = (struct drp_lookup){.key = &entries[i].key, .reply = &taken[i]};
        if (x->reads && drp_journal_take(x->journal, lookups, BATCH, &arena, &err) < 0)
            x->n_failed++;
        for (size_t i = 0; i < BATCH; i++)
            x->n_failed += lookups[i].found;
        if (drp_journal_put_many(x->journal, entries, BATCH, &err) < 0)
            x->n_failed++;
        x->n_put += BATCH;
        drp_arena_release(&arena);
    }
}

static int measure(const char *folder, int64_t seconds, int64_t n_threads, bool reads)
{
    int rc = 0;
    struct drp_err err = {0};
    struct drp_thread threads[MAX_THREADS];
    struct drp_str path;
    drp_str_init(&path, 4096);
    if (drp_pg_is_url(drp_sv_from(folder)))
        drp_str_addz(&path, folder);
    else
        drp_str_addf(&path, "%s/bench-%d-%d.db", folder, (int)getpid(), reads);
    struct shared x = {.reads = reads,
                       .next_thread =
                           reads ? MAX_THREADS : 0, /* other questions than before */
                       .info = {.name = DRP_SV("bench"), .build = DRP_SV("bench 1")}};
    DRP_TRY(rc, drp_journal_open(path.ptr, &x.journal, &err));
    const int64_t start_ms = drp_clock_ms();
    x.end_ms = start_ms + seconds * 1000;
    for (int64_t i = 0; i < n_threads; i++)
        DRP_TRY(rc, drp_thread_start(&threads[i], work, &x, 0, &err));
    for (int64_t i = 0; i < n_threads; i++)
        drp_thread_join(&threads[i]);
    const double spent_s = (double)(drp_clock_ms() - start_ms) / 1000;
    printf("%s: %.0f rows/s, %lld threads, %d failures\n",
           reads ? "looked up, then put" : "put", (double)x.n_put / spent_s,
           (long long)n_threads, x.n_failed);
    rc = x.n_failed > 0 ? DRP_EDB : 0;
out:
    drp_journal_free(x.journal);
    if (err.text[0])
        fprintf(stderr, "bench_journal: %s\n", err.text);
    unlink(path.ptr);
    drp_str_release(&path);
    return rc;
}

int main(int argc, char **argv)
{
    int64_t seconds = 3, n_threads = 8;
    if (argc > 1 && !drp_sv_int(drp_sv_from(argv[1]), &seconds))
        return drp_exit_status(DRP_EUSAGE);
    if (argc > 2 && !drp_sv_int(drp_sv_from(argv[2]), &n_threads))
        return drp_exit_status(DRP_EUSAGE);
    const char *folder = argc > 3 ? argv[3] : ".";
    n_threads = DRP_MAX(1, DRP_MIN(n_threads, MAX_THREADS));
    int rc = measure(folder, seconds, n_threads, false);
    if (rc == 0)
        rc = measure(folder, seconds, n_threads, true);
    return drp_exit_status(rc);
}
