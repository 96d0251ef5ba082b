/* One call to a server: an exchange of the pool around a job. */
#ifndef DRP_ENGINE_OPENAI_CHAT_H
#define DRP_ENGINE_OPENAI_CHAT_H

#include "engine/backend.h"
#include "engine/openai_pool.h"
#include "engine/openai_request.h"

/**
 * The exchange of a job, which gets done() at its end; then the exchange frees itself.
 * `m` is borrowed until then.
 */
struct drp_exchange *drp_openai_chat_new(const struct drp_openai_model *m,
                                         struct drp_job *job);

/**
 * Whether a reply of `told` may be one of the model `asked`: equal, one with the other as
 * its beginning ("gpt-4o-2024-08-06") or behind a folder ("org/model").
 */
bool drp_openai_same_model(struct drp_sv asked, struct drp_sv told);

#endif
