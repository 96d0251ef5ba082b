/* What was asked and answered, once: plain tables of SQLite or PostgreSQL, readable with any tool of theirs. */
#ifndef DRP_ENGINE_JOURNAL_H
#define DRP_ENGINE_JOURNAL_H

#include "engine/engine.h"

/** The identity of a question to a model: SHA-256 over all that can change the reply. */
struct drp_key {
    struct drp_sha256 hash;
};

/** One question with its answer, to be kept. Borrowed. */
struct drp_entry {
    struct drp_key key;
    const struct drp_model_info *model;
    bool strict;
    const struct drp_call *call;
    const struct drp_reply *reply;
};

/** An open journal. **Threads**: any. */
struct drp_journal;

/**
 * Opens or makes a journal: a file (mode 0600), or `postgresql://…`. **Owns**: caller, drp_journal_free().
 * **Errors**: DRP_EDB (not a journal, newer version, damaged, locked, disk, server), DRP_EUSAGE (URL).
 */
int drp_journal_open(const char *where, struct drp_journal **out,
                     struct drp_err *err) DRP_CHECKED;

/**
 * Opens a journal that keeps nothing: it takes from the SQLite journal at `under` (NULL: from none), which stays as it
 * is, and of what is put it only counts what a journal would hold. About 100 bytes a call.
 * **Owns**: caller, drp_journal_free(). **Errors**: as drp_journal_open().
 */
int drp_journal_open_scale(const char *under, struct drp_journal **out,
                           struct drp_err *err) DRP_CHECKED;

/** Writes what waits and closes. NULL is allowed. */
void drp_journal_free(struct drp_journal *j);

/**
 * The key of a call: model fingerprint, messages, all sampling fields that matter (no
 * seed and top_p when greedy), grammar, repeat, strictness (then also the engine's
 * build).
 */
struct drp_key drp_journal_key(const struct drp_model_info *model,
                               const struct drp_call *call, bool strict);

/** A question to look up. */
struct drp_lookup {
    const struct drp_key *key; /* borrowed */
    struct drp_reply *reply;   /* to be filled when it is found */
    bool found;                /* out */
};

/**
 * The kept answers to `n` questions, all as of one moment, their strings copied into `arena`.
 * **Errors**: DRP_EDB; then no reply means anything.
 */
int drp_journal_take(struct drp_journal *j, struct drp_lookup *lookups, size_t n,
                     struct drp_arena *arena, struct drp_err *err) DRP_CHECKED;

/**
 * Keeps `n` answers; returns when they are durable. Waiting writers share one
 * transaction. **Errors**: DRP_EDB.
 */
int drp_journal_put_many(struct drp_journal *j, const struct drp_entry *entries, size_t n,
                         struct drp_err *err) DRP_CHECKED;

/** What is counted; of a scale, over what was put. */
struct drp_journal_stats {
    uint64_t calls, bodies, body_bytes; /* in the whole journal                            */
    uint64_t transactions; /* written through `j` since it was opened         */
};

/** Counts over the whole journal, and what was written through this one. **Errors**: DRP_EDB. */
int drp_journal_get_stats(struct drp_journal *j, struct drp_journal_stats *out,
                          struct drp_err *err) DRP_CHECKED;

#endif
