/* From messages to tokens by the model's chat template. Only the local_* files see this
 * header. */
#ifndef DRP_ENGINE_LOCAL_CHAT_H
#define DRP_ENGINE_LOCAL_CHAT_H

#include "engine/cache.h"
#include "engine/local_model.h"

/**
 * Tokens of a call's conversation, the opening of the reply included. Template marks
 * become special tokens; texts of messages never do: the template is applied to
 * placeholders, and what stands between them is tokenised apart from the texts.
 * **Errors**: DRP_EENGINE (the template does not take these turns). **Threads**: any.
 */
int drp_local_chat_tokens(const struct drp_local_model *m, const struct drp_call *call,
                          struct drp_token_vec *out, struct drp_err *err) DRP_CHECKED;

/** True when libllama knows the template (a name or a text). */
bool drp_local_chat_known(const char *chat_template);

/** Appends the tokens of `text`; with `special`, template marks in it count as such. */
void drp_local_chat_tokenize(const struct drp_local_model *m, struct drp_sv text,
                             bool special, struct drp_token_vec *out);

#endif
