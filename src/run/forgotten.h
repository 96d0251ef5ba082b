/* What was taken out of a run or a dataset, and what both ways of doing it share. */
#ifndef DRP_RUN_FORGOTTEN_H
#define DRP_RUN_FORGOTTEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/** What went from one place. */
struct drp_forgotten_part {
    struct drp_sv place; /* "predictions.jsonl", a journal */
    const char *unit;    /* of the counts: one of them, e.g. "line" */
    uint64_t own;        /* of the person */
    uint64_t quoting;    /* of others, because they held words of the person */
};

/** Places that are told at most. */
enum { DRP_FORGOTTEN_PARTS = 16 };

/** What went, and where the person still is. Strings live in the arena. */
struct drp_forgotten {
    struct drp_forgotten_part parts[DRP_FORGOTTEN_PARTS]; /* (n_parts) */
    size_t n_parts;
    struct drp_sv dataset; /* of a run, where it still has the person; else absent */
    const struct drp_sv *sources; /* (n_sources) files that a dataset was made from */
    size_t n_sources;
    bool guessed; /* the dataset does not hold the texts any more: see drp_forget_run() */
};

/** Whom, where. */
struct drp_forget_opts {
    const char *dir;
    struct drp_sv user;
    struct drp_sv journal; /* instead of the one that the run names; absent: that one */
};

/** Notes what went from a place. `place` and `unit` are borrowed. */
void drp_forgotten_add(struct drp_forgotten *out, struct drp_sv place, const char *unit,
                       uint64_t own, uint64_t quoting);

/** Removes what killed writers left, and notes it. **Errors**: DRP_EIO. */
int drp_forgotten_sweep(const char *dir, struct drp_forgotten *out,
                        struct drp_err *err) DRP_CHECKED;

/** Warns of files that are not ours: nobody looked into them. **Errors**: DRP_EIO. */
int drp_forgotten_warn(const char *dir, const char *const *known, size_t n,
                       struct drp_err *err) DRP_CHECKED;

#endif
