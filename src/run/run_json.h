/* What an earlier run.json says of where things are, and of whom. */
#ifndef DRP_RUN_RUN_JSON_H
#define DRP_RUN_RUN_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "io/json.h"

/** Where a run has its things. Absent: not said. */
struct drp_run_places {
    struct drp_sv dataset; /* folder */
    struct drp_sv journal; /* given by --journal; else it is journal.db in the folder */
    struct drp_sv prompts; /* folder of --prompts */
};

/** Whether a folder is that of a run: run.json or journal.db is there. */
bool drp_run_is_folder(const char *dir);

/** Reads and parses it; `*out` NULL where there is none. **Owns**: caller, drp_json_free(). **Errors**: DRP_EIO, DRP_EINPUT. */
int drp_run_json_read(const char *dir, struct drp_json **out,
                      struct drp_err *err) DRP_CHECKED;

/** Reads them; all absent without run.json. **Owns**: `arena`. **Errors**: DRP_EIO, DRP_EINPUT. */
int drp_run_places_read(const char *dir, struct drp_arena *arena,
                        struct drp_run_places *out, struct drp_err *err) DRP_CHECKED;

/**
 * The journal of what a command was given: a file or URL as it is, of a run's folder its own.
 * **Owns**: `arena`. **Errors**: DRP_ENOTFOUND (no run, no journal), DRP_EIO, DRP_EINPUT.
 */
int drp_run_find_journal(struct drp_sv given, struct drp_arena *arena, struct drp_sv *out,
                         struct drp_err *err) DRP_CHECKED;

/** Whether run.json lists the user among those that the run is about. **Errors**: DRP_EIO, DRP_EINPUT. */
int drp_run_lists_user(const char *dir, struct drp_sv user, bool *out,
                       struct drp_err *err) DRP_CHECKED;

/**
 * Takes a user off that list. A list that gets empty becomes null: nobody, where an empty one stands for all.
 * **Errors**: DRP_EIO, DRP_EINPUT.
 */
int drp_run_drop_user(const char *dir, struct drp_sv user, struct drp_err *err) DRP_CHECKED;

#endif
