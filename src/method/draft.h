/* Calls of a method on their way: rendered, fitted to the context, asked, asked once more when empty. */
#ifndef DRP_METHOD_DRAFT_H
#define DRP_METHOD_DRAFT_H

#include "method/material.h"
#include "method/stage.h"

/** A conversation that is ready to be asked. Everything lives in the context's arena. */
struct drp_draft {
    enum drp_stage stage;
    const char *prompt; /* of its first turns                                */
    const struct drp_material *material; /* of its first turns; borrowed                      */
    size_t step; /* by which the material was shortened; 0: whole     */
    /* Whom it is about when not the sample that it is asked for: seed and subject are theirs, so that all samples
     * ask the same. Set after drp_draft_open(); NULL: the sample. */
    const struct drp_sample *of;
    const struct drp_message *tail; /* (n_tail) turns after those of `prompt`            */
    size_t n_tail;
    const struct drp_message *messages; /* (n_messages) the whole conversation               */
    size_t n_messages;
};

/**
 * Starts a conversation by rendering `prompt`, shortened until it fits the context of the stage's model; counts it
 * in the account when it had to be. `out` keeps `m`.
 * **Errors**: DRP_ELIMIT when not even the shortest fits; DRP_ENOTFOUND, DRP_EINPUT (prompt); DRP_EENGINE.
 */
int drp_draft_open(struct drp_method_ctx *x, enum drp_stage stage, const char *prompt,
                   const struct drp_material *m, struct drp_draft *out,
                   struct drp_err *err) DRP_CHECKED;

/**
 * Continues a conversation, in the stage that follows its own, with its answer and the turns of `prompt`. When
 * there is room, which `before` took care of, its turns stay as they are, so that a model continues where it was.
 * **Errors**: as drp_draft_open().
 */
int drp_draft_continue(struct drp_method_ctx *x, const char *prompt,
                       const struct drp_draft *before, const struct drp_reply *reply,
                       struct drp_draft *out, struct drp_err *err) DRP_CHECKED;

/**
 * Asks drafts of one stage at once and waits. An empty answer, or thoughts that did not end, is asked once more as
 * the next repetition, not quite greedily and with the thoughts forced shut.
 * **Shapes**: drafts (n), replies (n); look at drp_answered() of each.
 * **Errors**: DRP_ECANCELLED; the error of the first reply when every one failed; those of drp_ask().
 */
int drp_draft_ask(struct drp_method_ctx *x, const struct drp_sample *s,
                  const struct drp_draft *drafts, size_t n, struct drp_reply *replies,
                  struct drp_err *err) DRP_CHECKED;

#endif
