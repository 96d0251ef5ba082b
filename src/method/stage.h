/* The kinds of calls that methods are made of: which model answers, how long, from which seed. */
#ifndef DRP_METHOD_STAGE_H
#define DRP_METHOD_STAGE_H

#include "method/method.h"

/** A kind of call. A method of its own kind of step adds a row to the table in stage.c. */
enum drp_stage {
    DRP_STAGE_EXTRACT,   /* find features; the validation may continue it            */
    DRP_STAGE_VALIDATE,  /* confirm features                                         */
    DRP_STAGE_COMPARE,   /* say in free text how the user differs                    */
    DRP_STAGE_ANALYSE,   /* say what to do and what to avoid                         */
    DRP_STAGE_COUNTER,   /* write as anybody would, to hold the user's text against */
    DRP_STAGE_DISTIL,    /* read facts about a user out of texts                     */
    DRP_STAGE_INDUCE,    /* find what lies behind such facts; continues that         */
    DRP_STAGE_REPAIR,    /* put an answer into the form that was asked for           */
    DRP_STAGE_STUDY,     /* whatever a program's own method wants to know            */
    DRP_STAGE_SUMMARIZE, /* put what is known about a user into one text             */
    DRP_STAGE_WRITE,     /* write the text                                           */
    DRP_N_STAGES,
};

/** The name of a stage, e.g. "extract". Part of every seed, so it never changes. Static storage. */
const char *drp_stage_name(enum drp_stage stage);

/** The stage that continues the conversations of this one; DRP_N_STAGES: none. */
enum drp_stage drp_stage_next(enum drp_stage stage);

/** The model that answers a stage. Borrowed. */
struct drp_model *drp_stage_model(const struct drp_method_ctx *x, enum drp_stage stage);

/** How a context is shared out between a prompt and what comes after it. All in tokens. */
struct drp_room {
    size_t prompt;   /* that the prompt may have; SIZE_MAX: the model tells no limit   */
    uint32_t answer; /* max_tokens                                                     */
    uint32_t thoughts; /* think_budget; 0: the model does not think                      */
};

/**
 * The room of a stage: cell->max_tokens or the stage's own cap for the answer, the rest for the prompt. A stage
 * that another one continues leaves room for it. Answers and thoughts never get
 * more than half of a context together: in a small one they shrink in proportion.
 */
struct drp_room drp_stage_room(enum drp_stage stage, const struct drp_cell *cell,
                               const struct drp_model_info *model);

/**
 * Tokens that an answer of the stage is expected to have, thoughts included: the mean of what x->former counted,
 * else what its prompt asks for; at most its room.
 */
uint32_t drp_stage_expected(const struct drp_method_ctx *x, enum drp_stage stage,
                            struct drp_room room);

/**
 * The grammar of a stage, NULL when its answers are free. **Owns**: `arena`.
 * **Errors**: DRP_ENOTFOUND, a prompt folder without it.
 */
int drp_stage_grammar(const struct drp_method_ctx *x, enum drp_stage stage,
                      const struct drp_grammar **out, struct drp_err *err) DRP_CHECKED;

/** Strings that end a stage's answer, (n); a description that repeats a review of the prompt is none. Static storage. */
const struct drp_sv *drp_stage_stops(enum drp_stage stage, size_t *n);

/**
 * The seed of a call, by what it is about and never by a counter: order, limits and resuming change nothing.
 * `about`: the item of the comparison or of the text. **Source**: first 8 bytes of a SHA-256.
 */
uint64_t drp_stage_seed(uint64_t seed, struct drp_sv user_id, struct drp_sv about,
                        enum drp_stage stage, uint32_t repeat);

/** The name of the prompt that stands for `name`: the pack's, where it has one. Borrowed from the context's arena. */
const char *drp_stage_prompt(const struct drp_method_ctx *x, const char *name);

/** What stands for a user in drp_call.subjects. **Source**: first 8 bytes of the id's SHA-256. */
uint64_t drp_subject(struct drp_sv user_id);

#endif
