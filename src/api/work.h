/* One text on its way: what drp_write() and methods of programs share. */
#ifndef DRP_API_WORK_H
#define DRP_API_WORK_H

#include "drp/own_method.h"
#include "method/method.h"
#include "run/session.h"

/** A sample, whoever writes for it, and what came of it. Strings live in x.arena. */
struct drp_work {
    struct drp_options options;
    struct drp_session session; /* what is the text's; all else is borrowed from the writer's */
    struct drp_account account;
    struct drp_method_ctx x;
    struct drp_sample sample;
    struct drp_profile profile;
    struct drp_prediction prediction;
    struct drp_text target;
};

/** Runs a program's method over a sample that is filled. **Errors**: its own; those of the ladder. */
int drp_work_run(struct drp_work *w, const struct drp_own_method *m,
                 struct drp_err *err) DRP_CHECKED;

#endif
