/* How a text of a run came out as it did, for people and for programs. */
#ifndef DRP_CLI_SHOWN_H
#define DRP_CLI_SHOWN_H

#include "cli/view.h"
#include "run/replay.h"

/** What is shown: the predictions of one sample. All borrowed. */
struct drp_shown {
    const struct drp_session *session;
    const struct drp_sample *sample;
    const struct drp_replayed *all; /* (n) */
    size_t n;
};

/**
 * Makes a copy of `r` in which all that models were asked and answered is without other users' texts. **Owns**: `arena`.
 */
struct drp_replayed drp_shown_mask(const struct drp_replayed *r, struct drp_veil *q,
                                   struct drp_arena *arena);

/** Appends the page: method by method, cell by cell, call by call. */
void drp_shown_text(const struct drp_shown *shown, struct drp_view *v);

/** Writes the same as one object. */
void drp_shown_json(const struct drp_shown *shown, struct drp_jw *w);

#endif
