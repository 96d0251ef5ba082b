/* Where a journal's rows lie: one const table of functions for each kind of database. What a key is, how answers
 * are grouped and when they count is the journal's and its committer's, written once. */
#ifndef DRP_ENGINE_STORE_H
#define DRP_ENGINE_STORE_H

#include "engine/journal.h"

/** Entries that were put together. Borrowed. */
struct drp_batch {
    const struct drp_entry *entries;
    size_t n;
    const struct drp_sha256 *hashes; /* of their texts, drp_entry_n_texts() for each entry */
    int64_t created_ms;
    const struct drp_batch *next; /* of the same transaction */
};

/** Readers of one journal at most. */
enum { DRP_MAX_READERS = 4 };

/** A kind of store. `self` is what open() made, `reader` what reader_open() made. */
struct drp_store {
    size_t n_readers; /* that a journal may have open, at most DRP_MAX_READERS */
    /** Opens the store, makes its tables when they are not there. */
    int (*open)(const char *where, void **self, struct drp_err *err);
    /** Closes; all readers are closed before. */
    void (*close)(void *self);
    /**
     * Keeps all entries in one transaction; an entry whose key is there is passed over: the first answer stays.
     * On failure nothing is kept. Durable on return, or, where there is a sync(), after the next one. One thread at a time.
     */
    int (*write)(void *self, const struct drp_batch *first, struct drp_err *err);
    /** Makes durable what was written before, while another thread may be in write(). NULL: there is nothing to do. */
    int (*sync)(void *self, struct drp_err *err);
    /** Opens a reader, which one thread at a time uses, and which never waits for write(). */
    int (*reader_open)(void *self, void **reader, struct drp_err *err);
    void (*reader_close)(void *reader);
    /** As drp_journal_take(). */
    int (*take)(void *reader, struct drp_lookup *lookups, size_t n,
                struct drp_arena *arena, struct drp_err *err);
    /** As drp_journal_get_stats(), without the transactions. */
    int (*stats)(void *reader, struct drp_journal_stats *out, struct drp_err *err);
};

/** One SQLite file. */
extern const struct drp_store drp_store_sqlite;
/** Nowhere: what is put is weighed, see drp_journal_open_scale(). */
extern const struct drp_store drp_store_scale;
/** A PostgreSQL database. */
extern const struct drp_store drp_store_postgres;

/** The schema's version, the same in every kind of store. */
enum { DRP_JOURNAL_VERSION = 1 };

/** Texts of an entry beside its messages; those that are empty are not stored, but for the answer. */
enum drp_other_text {
    DRP_TEXT_ANSWER,
    DRP_TEXT_REASONING,
    DRP_TEXT_GRAMMAR,
    DRP_TEXT_SCHEMA,
    DRP_N_OTHER_TEXTS
};

/** Texts of an entry: its messages, then the others in the order of the enum. */
size_t drp_entry_n_texts(const struct drp_entry *e);
/** One of them; absent when it is not stored. */
struct drp_sv drp_entry_text(const struct drp_entry *e, size_t i);
/** One of the others. */
struct drp_sv drp_entry_other(const struct drp_entry *e, enum drp_other_text which);

/** A JSON list of the stop strings into `out`, which it is a view of; absent without any. */
struct drp_sv drp_stop_list(const struct drp_sampling *s, struct drp_str *out);

/** Bytes of a hash. */
struct drp_sv drp_hash_sv(const struct drp_sha256 *hash);

/** The columns of a kept answer; texts are copied into `arena`. */
struct drp_kept {
    struct drp_sv text, reasoning, finish;
    struct drp_usage usage;
};

/** The reply they stand for. **Errors**: DRP_EDB naming the journal at `where` when `finish` is no such word. */
int drp_kept_reply(const struct drp_kept *kept, const char *where, struct drp_reply *reply,
                   struct drp_arena *arena, struct drp_err *err) DRP_CHECKED;

#endif
