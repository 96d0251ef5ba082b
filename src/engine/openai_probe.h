/* What a server says of itself: its models and their contexts. */
#ifndef DRP_ENGINE_OPENAI_PROBE_H
#define DRP_ENGINE_OPENAI_PROBE_H

#include "engine/openai_question.h"

/** What was found out. Strings live in the arena given. */
struct drp_openai_found {
    struct drp_sv name;   /* as the server calls it */
    uint32_t context;     /* tokens; 0: it does not say */
    bool is_llama_server; /* it says that it is llama.cpp's */
};

/**
 * Asks for the list of models and finds `wanted` in it; without one the only model there
 * is. A server that has no list is believed to have what is wanted.
 * **Errors**: DRP_EUSAGE (unknown model, or several to choose from: names them),
 * DRP_ENET, DRP_EENGINE, DRP_ECANCELLED.
 */
int drp_openai_probe(struct drp_pool *p, struct drp_sv wanted,
                     const struct drp_cancel *cancel, struct drp_arena *arena,
                     struct drp_openai_found *out, struct drp_err *err) DRP_CHECKED;

/**
 * Reads the list of models, `root`; as drp_openai_probe(). Apart, so that it can be
 * tested without a server.
 */
int drp_openai_choose(const struct drp_json_val *root, struct drp_sv wanted,
                      struct drp_arena *arena, struct drp_openai_found *out,
                      struct drp_err *err) DRP_CHECKED;

#endif
