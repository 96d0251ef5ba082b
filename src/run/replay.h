/* A sample made once more from the journal alone: nothing is asked, and every call is known with its stage. */
#ifndef DRP_RUN_REPLAY_H
#define DRP_RUN_REPLAY_H

#include "base/vec.h"
#include "run/former.h"
#include "select/veil.h"

/** A prediction as a run made it. Strings live in the arena it was made in. */
struct drp_replayed {
    const struct drp_method *method;
    const struct drp_cell *cell;
    struct drp_profile profile;
    struct drp_prediction prediction; /* text absent: the journal does not lead that far */
    struct drp_account account;
    struct drp_exchange *calls; /* (n_calls) in the order in which they were put */
    size_t n_calls;
    size_t n_missing; /* of them, not in the journal: they failed, or were never asked */
};

/**
 * Opens a former run's data, models, journal and selector so that models answer from the journal only. A model
 * itself is opened when a prompt has to be counted, or a text has no vector yet. `f` outlives the session.
 * **Threads**: one. **Errors**: DRP_ENOTFOUND, DRP_EINPUT (another dataset, other prompts), DRP_EDB.
 */
int drp_replay_open(struct drp_former *f, struct drp_session *s,
                    struct drp_err *err) DRP_CHECKED;

/**
 * Makes a prediction of `sample` once more: out->method and out->cell are filled by the caller. Calls that the
 * journal lacks are counted, no error.
 */
int drp_replay(const struct drp_session *s, const struct drp_sample *sample,
               struct drp_arena *arena, struct drp_replayed *out,
               struct drp_err *err) DRP_CHECKED;

/**
 * Fills `q` so that it hides what others than the sample's user wrote of all that stands in the calls, by the number
 * of the other in order of appearance, and allows what is the user's own. Texts are borrowed from the dataset.
 */
void drp_replay_hide(const struct drp_session *s, const struct drp_sample *sample,
                     const struct drp_replayed *all, size_t n, struct drp_veil *q);

#endif
