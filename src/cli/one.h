/* One prediction from beginning to end: what `write` and `demo` share. */
#ifndef DRP_CLI_ONE_H
#define DRP_CLI_ONE_H

#include "base/progress.h"
#include "cli/cmd.h"
#include "run/session.h"

/** One prediction with all that led to it. Strings live in the arena given to drp_one_make(). */
struct drp_one {
    struct drp_sample sample; /* filled by the caller                                  */
    drp_on_text *on_text; /* the text as it is made, filled by the caller; may be NULL */
    void *on_text_ctx;
    struct drp_progress *progress; /* shows which calls are under way; may be NULL       */
    size_t n_asked; /* calls so far                                       */
    const struct drp_method *method;
    struct drp_profile profile;
    struct drp_prediction prediction;
    struct drp_account account;
};

/** Predicts one->sample by one->method with the first cell of the options. */
int drp_one_make(const struct drp_session *s, const struct drp_cancel *cancel,
                 struct drp_arena *arena, struct drp_one *one,
                 struct drp_err *err) DRP_CHECKED;

#endif
