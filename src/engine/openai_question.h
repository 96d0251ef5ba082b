/* Requests whose answer is one JSON object and is waited for: the list of models,
 * embeddings. */
#ifndef DRP_ENGINE_OPENAI_QUESTION_H
#define DRP_ENGINE_OPENAI_QUESTION_H

#include "engine/openai_pool.h"
#include "io/json.h"

/** One question with its answer. */
struct drp_question {
    struct drp_exchange x; /* is_get, body, cancel: the caller's to fill */
    struct drp_json *doc;  /* the answer; the caller frees it */
    struct drp_str reply;
    struct asking *asking; /* those who wait */
};

/** Starts a question to `path`, which is borrowed. */
void drp_question_init(struct drp_question *q, const char *path);

/** Frees it with its answer. */
void drp_question_release(struct drp_question *q);

/**
 * Asks `n` questions at once and waits for all. **Errors**: the first one's x.status and
 * x.error.
 */
int drp_questions_ask(struct drp_pool *p, struct drp_question *qs, size_t n,
                      struct drp_err *err) DRP_CHECKED;

#endif
