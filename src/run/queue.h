/* The work queue of a run in PostgreSQL: any number of processes claim samples, work on them and leave their lines
 * there; one of them, the run itself, fills the queue and writes the files. A process that falls silent loses its
 * claims when its lease ends. */
#ifndef DRP_RUN_QUEUE_H
#define DRP_RUN_QUEUE_H

#include "base/arena.h"
#include "base/intern.h"
#include "engine/engine.h"
#include "run/output.h"

/** A run as the database describes it to workers; JSON texts but for name and dataset. */
struct drp_queue_run {
    struct drp_sv name, dataset; /* dataset: its folder, as an absolute path         */
    struct drp_sv fixed;   /* what must be equal in every process                    */
    struct drp_sv shape;   /* what lines a sample has: methods and cells             */
    struct drp_sv options; /* what a worker takes where it is given nothing else     */
};

/** A process's place at the queue. **Threads**: any. */
struct drp_queue;

/** What drp_queue_claim() found. */
enum drp_queue_claim {
    DRP_QUEUE_CLAIMED,
    DRP_QUEUE_WAIT, /* all that is left is claimed by others, who may die */
    DRP_QUEUE_DONE, /* nothing is left                                    */
};

/** A sample that ended. Texts live until the callback returns. */
struct drp_queue_result {
    size_t row;
    bool is_done; /* else it failed */
    struct drp_sv lines[DRP_N_RUN_FILES], account, error;
};

/** Gets results. */
struct drp_queue_reader {
    void (*on_result)(void *ctx, const struct drp_queue_result *result);
    void *ctx;
};

/** Connects, makes the tables. **Owns**: caller, drp_queue_free(). **Errors**: DRP_EDB, DRP_EUSAGE. */
int drp_queue_open(const char *url, int64_t lease_s, struct drp_queue **out,
                   struct drp_err *err) DRP_CHECKED;

/** Gives back what was claimed, leaves. NULL is allowed. */
void drp_queue_free(struct drp_queue *q);

/** The run of a name; without a name the newest with samples left. **Errors**: DRP_ENOTFOUND, DRP_EDB. */
int drp_queue_find(struct drp_queue *q, struct drp_sv name, struct drp_arena *arena,
                   struct drp_queue_run *out, struct drp_err *err) DRP_CHECKED;

/** Makes the run, or renews its description: where its shape changed, all samples wait again. **Errors**: DRP_EDB. */
int drp_queue_announce(struct drp_queue *q, const struct drp_queue_run *run,
                       struct drp_err *err) DRP_CHECKED;

/** Takes a place at a run that was announced. **Errors**: DRP_ENOTFOUND, DRP_EDB. */
int drp_queue_join(struct drp_queue *q, struct drp_sv name, struct drp_err *err) DRP_CHECKED;

/** Adds samples, those that failed wait again. **Shapes**: rows (n), of the split. **Errors**: DRP_EDB. */
int drp_queue_fill(struct drp_queue *q, const size_t *rows, size_t n,
                   struct drp_err *err) DRP_CHECKED;

/** Claims the first sample that waits. **Errors**: DRP_EDB. */
int drp_queue_claim(struct drp_queue *q, size_t *row, enum drp_queue_claim *out,
                    struct drp_err *err) DRP_CHECKED;

/** Leaves the lines of a claimed sample; the first to finish counts. Durable on return. **Errors**: DRP_EDB. */
int drp_queue_finish(struct drp_queue *q, size_t row, const struct drp_sample_lines *lines,
                     struct drp_sv account, struct drp_err *err) DRP_CHECKED;

/** Ends a claim: with `error` the sample has failed, without (absent) it waits again. **Errors**: DRP_EDB. */
int drp_queue_give_up(struct drp_queue *q, size_t row, struct drp_sv error,
                      struct drp_err *err) DRP_CHECKED;

/**
 * When a third of the lease has passed, or ten seconds, or `now`: renews it and leaves this process's counts.
 * **Errors**: DRP_EEXISTS when the run was changed; unless `keep_going`, DRP_EENGINE with the error of a sample that
 * failed anywhere; DRP_EDB.
 */
int drp_queue_beat(struct drp_queue *q, const struct drp_model_stats *stats, bool now,
                   bool keep_going, struct drp_err *err) DRP_CHECKED;

/**
 * Calls back, in order, for those of `rows` (ascending) that ended and that no unfinished sample precedes; `all`:
 * for those behind one too. **Errors**: DRP_EDB.
 */
int drp_queue_collect(struct drp_queue *q, const size_t *rows, size_t n, bool all,
                      const struct drp_queue_reader *reader,
                      struct drp_err *err) DRP_CHECKED;

/** Where reasons in accounts of other processes are kept, as long as the queue. The main thread's. */
struct drp_intern *drp_queue_words(struct drp_queue *q);

/** Sums the counts of all processes that worked at the run since this one joined. **Errors**: DRP_EDB. */
int drp_queue_get_stats(struct drp_queue *q, struct drp_model_stats *out,
                        struct drp_err *err) DRP_CHECKED;

#endif
