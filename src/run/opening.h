/* From what the user gave for a task to what a model is opened with. */
#ifndef DRP_RUN_OPENING_H
#define DRP_RUN_OPENING_H

#include "run/session.h"

/** The options of one model and what they point to. The key is in no other place. */
struct drp_opening {
    struct drp_str spec, key;
    struct drp_server_opts server;
    struct drp_model_opts opts; /* for drp_model_open() */
};

/**
 * Fills `x` for a SPEC, a name of the models table, or the absent text: the bundled
 * model. **Owns**: caller, drp_opening_release(), after a failure too. **Errors**: DRP_EUSAGE (key),
 * DRP_ENOTFOUND, DRP_EIO.
 */
int drp_opening_init(struct drp_opening *x, const struct drp_session *s,
                     struct drp_sv given, bool embedding, struct drp_err *err) DRP_CHECKED;

/** Frees it. The model may live on. */
void drp_opening_release(struct drp_opening *x);

#endif
