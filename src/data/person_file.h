/* A person from files: what they wrote, what others wrote, what the items are. */
#ifndef DRP_DATA_PERSON_FILE_H
#define DRP_DATA_PERSON_FILE_H

#include "base/arena.h"
#include "base/err.h"
#include "drp/person.h"

/** Files of JSON lines in the formats of drp_reader_review() and drp_reader_item(), plain, gzip or zstd. */
struct drp_person_files {
    const char *history;     /* texts of the person; user and item may be missing */
    const char *others;      /* texts of others; NULL: none                       */
    const char *const *meta; /* (n_meta) titles and descriptions of items         */
    size_t n_meta;
    struct drp_sv user; /* whose texts of the history count; absent: all, which are one person's */
};

/**
 * Reads them into `out`: the person has the id given, else that of the first text that has one. All in `arena`.
 * **Errors**: DRP_EINPUT naming file, line and field (also for an empty history, or one of several people),
 * DRP_ENOTFOUND, DRP_EIO.
 */
int drp_person_from_files(const struct drp_person_files *files, struct drp_arena *arena,
                          struct drp_person *out, struct drp_err *err) DRP_CHECKED;

#endif
