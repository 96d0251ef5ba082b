/* What struct drp_upkeep needs of a kind of store: one const table of functions for each. */
#ifndef DRP_ENGINE_KEEPER_H
#define DRP_ENGINE_KEEPER_H

#include "engine/upkeep.h"

/** A kind of store. `self` is what open() made. All but `json` and `close` as the functions of upkeep.h. */
struct drp_keeper {
    int (*open)(const char *where, bool alone, void **self, struct drp_err *err);
    void (*close)(void *self);
    int (*overview)(void *self, struct drp_arena *arena, struct drp_overview *out,
                    struct drp_err *err);
    int (*each)(void *self, const uint64_t *subject, const struct drp_call_reader *reader,
                struct drp_err *err);
    int (*next)(void *self, const struct drp_sha256 *after,
                const struct drp_call_reader *reader, struct drp_err *err);
    int (*knows)(void *self, uint64_t subject, bool *out, struct drp_err *err);
    int (*forget)(void *self, uint64_t subject, const struct drp_quotes *quotes,
                  struct drp_erased *out, struct drp_err *err);
    int (*vacuum)(void *self, struct drp_erased *out, struct drp_err *err);
};

/** One SQLite file. */
extern const struct drp_keeper drp_keeper_sqlite;
/** A PostgreSQL database. */
extern const struct drp_keeper drp_keeper_postgres;

/** A reference to a text within a stored conversation. */
struct drp_kept_ref {
    struct drp_sv role;
    int64_t body;
};

/** Reads `[["system",1],["user",7]]`. **Owns**: `arena`. **Errors**: DRP_EDB naming the journal. */
int drp_kept_refs(struct drp_sv messages, const char *where, struct drp_arena *arena,
                  struct drp_kept_ref **out, size_t *n, struct drp_err *err) DRP_CHECKED;

/** A subject in the tables: a number with sign. */
static inline int64_t drp_subject_column(uint64_t subject)
{
    return (int64_t)subject;
}

#endif
