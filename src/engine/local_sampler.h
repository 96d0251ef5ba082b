/* Choosing the next token. Only the local_* files see this header. */
#ifndef DRP_ENGINE_LOCAL_SAMPLER_H
#define DRP_ENGINE_LOCAL_SAMPLER_H

#include "engine/local_model.h"

/** The state of one reply's choices. */
struct drp_local_sampler;

/**
 * A sampler for a call with resolved sampling. The grammar binds from the first token
 * given to drp_local_sampler_accept() with `answer` set.
 * **Owns**: caller, drp_local_sampler_free(). **Errors**: DRP_EUSAGE (the grammar is no
 * GBNF).
 */
int drp_local_sampler_new(const struct drp_local_model *m, const struct drp_call *call,
                          struct drp_local_sampler **out, struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. */
void drp_local_sampler_free(struct drp_local_sampler *s);

/**
 * The next token. `logits` (vocabulary) are changed. With `answer` the grammar holds,
 * without it thoughts are free. The repetition penalty looks at the tokens of this
 * reply only: those of the prompt are the user's words.
 */
int32_t drp_local_sampler_next(struct drp_local_sampler *s, float *logits, bool answer);

/** Takes note of a token that now stands in the reply; `answer` as when it was chosen. */
void drp_local_sampler_accept(struct drp_local_sampler *s, int32_t token, bool answer);

#endif
