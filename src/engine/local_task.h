/* One reply under way in the local engine: its prompt, its sampler, its text. Only the
 * local_* files see this header. */
#ifndef DRP_ENGINE_LOCAL_TASK_H
#define DRP_ENGINE_LOCAL_TASK_H

#include "engine/answer.h"
#include "engine/batch.h"
#include "engine/local_chat.h"
#include "engine/local_sampler.h"

/** A job from its submission to its end. One thread at a time, but for `cancelled`. */
struct drp_local_task {
    struct drp_job *job;
    struct drp_token_vec prompt;
    struct drp_waiting waiting; /* while it waits for a slot                          */
    bool cancelled;             /* guarded by the engine's lock                       */
    uint64_t order;             /* of admission: prompts are computed in this order   */
    int64_t submitted_ms, started_ms;
    bool started;    /* the slot's sequence has been made ready                      */
    size_t n_held;   /* tokens of it that the slot's sequence holds                  */
    int32_t pending; /* the token to be computed next, once the prompt is            */
    struct drp_local_sampler *sampler;
    struct drp_answer answer;
    struct drp_token_vec forced; /* closing tag and what follows, once the budget is spent */
    size_t n_forced;             /* of these, already in the reply                    */
};

/** The task that `waiting` stands in. */
struct drp_local_task *drp_local_task_of(struct drp_waiting *waiting);

/**
 * Takes a job and makes its prompt. A prompt that leaves no room for an answer is
 * DRP_ELIMIT.
 * **Owns**: caller, drp_local_task_end(). **Errors**: also DRP_EENGINE, DRP_EUSAGE
 * (grammar).
 */
int drp_local_task_new(const struct drp_local_model *m, struct drp_job *job,
                       struct drp_local_task **out, struct drp_err *err) DRP_CHECKED;

/**
 * Chooses the next token from `logits` (changed) and adds it to the reply. False when
 * the reply ended: the job's finish says how.
 */
bool drp_local_task_next(const struct drp_local_model *m, struct drp_local_task *t,
                         float *logits);

/**
 * Fills the job's status, text and usage, frees the task and calls done(). `err` NULL:
 * it ended well or early.
 */
void drp_local_task_end(struct drp_local_task *t, const struct drp_err *err);

#endif
