/* One person in a dataset directory: what is theirs, and taking it out. */
#ifndef DRP_DATA_REMOVAL_H
#define DRP_DATA_REMOVAL_H

#include "base/err.h"
#include "base/str.h"
#include "data/export.h"

/** A text of a dataset, or the words of an item. Borrowed until the callback returns. */
struct drp_person_text {
    bool is_own, is_item; /* is_own: of the person */
    struct drp_sv title, text;
};

/** Gets every text of all splits, those of several rows several times, and every item. */
struct drp_person_reader {
    void (*on_text)(void *ctx, const struct drp_person_text *text);
    void *ctx;
};

/** What is whose. */
struct drp_person_counts {
    uint64_t rows[DRP_N_SPLITS]; /* of the person */
    uint64_t items; /* of the person: in a dataset of questions, items are what was asked */
    struct drp_export_counts others; /* what is left without the person */
};

/** Whether a folder looks like a dataset directory: one of its four files is there. */
bool drp_person_is_dataset(const char *dir);

/**
 * Reads the files of a dataset directory that are there. `reader` may be NULL.
 * **Errors**: DRP_EINPUT (file, line, field), DRP_EIO.
 */
int drp_person_read(const char *dir, struct drp_sv user,
                    const struct drp_person_reader *reader, struct drp_person_counts *out,
                    struct drp_err *err) DRP_CHECKED;

/** True when any row is the person's. */
bool drp_person_is_there(const struct drp_person_counts *counts);

/** Fills `err` for a person that is not there, naming the nearest. Gives DRP_ENOTFOUND, or an error of reading. */
int drp_person_unknown(const char *dir, struct drp_sv user, struct drp_err *err);

/**
 * Rewrites the files without the person, `counts` being those of drp_person_read(): dataset.json first, rows last, so
 * that who was killed meanwhile finds the person again. All other lines stay byte for byte.
 * **Errors**: DRP_EIO, DRP_EINPUT.
 */
int drp_person_remove(const char *dir, struct drp_sv user,
                      const struct drp_person_counts *counts,
                      struct drp_err *err) DRP_CHECKED;

#endif
