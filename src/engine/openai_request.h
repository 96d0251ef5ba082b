/* Bodies of requests to an OpenAI-compatible server. */
#ifndef DRP_ENGINE_OPENAI_REQUEST_H
#define DRP_ENGINE_OPENAI_REQUEST_H

#include "engine/engine.h"
#include "engine/openai_fields.h"
#include "engine/think.h"

/** What of a model decides its requests. Borrowed. */
struct drp_openai_model {
    struct drp_sv name; /* as the server calls it */
    bool reasoning;
    bool no_system_turn; /* instructions go into the first user turn */
    bool strict;
    bool is_llama_server; /* it is asked for what the engine `llama` does itself */
    struct drp_think_tags tags;
};

/**
 * Writes the body of a chat completion into `out` (replacing it) without the fields of
 * `absent`, and gives the optional fields that it holds. Equal calls and equal `absent`
 * give equal bytes. Texts are neutralised (engine/neutral.h).
 */
uint32_t drp_openai_chat_body(const struct drp_openai_model *m, const struct drp_call *call,
                              uint32_t absent, struct drp_str *out);

/** Writes the body of an embeddings request for `n` texts into `out` (replacing it). */
void drp_openai_embed_body(struct drp_sv model, const struct drp_sv *texts, size_t n,
                           struct drp_str *out);

/**
 * About how many tokens the prompt of a call has, rather too many than too few: there is
 * no tokenizer here, and what is counted must not depend on the server's mood.
 */
size_t drp_openai_count(const struct drp_call *call);

#endif
