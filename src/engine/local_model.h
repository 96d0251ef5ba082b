/* Opening a GGUF file: options, memory, identity. Only the local_* files see this
 * header. */
#ifndef DRP_ENGINE_LOCAL_MODEL_H
#define DRP_ENGINE_LOCAL_MODEL_H

#include "engine/engine.h"
#include "engine/pace.h"
#include "engine/think.h"

struct llama_model;
struct llama_vocab;
struct llama_context;
struct llama_batch;

/** A loaded model and its context. */
struct drp_local_model {
    struct llama_model *llama;
    const struct llama_vocab *vocab; /* the model's                                     */
    struct llama_context *context;
    struct drp_arena arena;    /* strings of this struct and of the info          */
    uint32_t context_size;     /* tokens a sequence may have                       */
    uint32_t dimension;        /* of its vectors                                   */
    const char *chat_template; /* name or text for llama_chat_apply_template()    */
    bool no_system_turn;       /* instructions go before the first user turn      */
    bool reasoning;
    struct drp_think_tags tags;
    bool reuses; /* sequences can be shortened, and may be: the prefix of one is reusable */
    bool strict, embedding;
    struct drp_pace pace; /* of whoever computes with the context */
};

/**
 * Loads the model of `opts->spec` and makes its context: one stream a slot, so that a
 * sequence's numbers do not depend on its neighbours.
 * **Owns**: caller, drp_local_model_free(). **Errors**: DRP_EUSAGE, DRP_ENOTFOUND,
 * DRP_EENGINE, DRP_ELIMIT.
 */
int drp_local_model_open(const struct drp_model_opts *opts, struct drp_local_model **out,
                         struct drp_model_info *info, struct drp_err *err) DRP_CHECKED;

/**
 * Computes a batch and gives libllama's status, 0 when all is well. With `is_short` it
 * may be used to find out how many threads really run. **Threads**: one at a time.
 */
int32_t drp_local_model_pass(struct drp_local_model *m, const struct llama_batch *batch,
                             bool is_short) DRP_CHECKED;

/** Frees context and model. NULL is allowed. */
void drp_local_model_free(struct drp_local_model *m);

#endif
