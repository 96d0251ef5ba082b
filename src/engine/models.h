/* Where the bundled models lie. */
#ifndef DRP_ENGINE_MODELS_H
#define DRP_ENGINE_MODELS_H

#include "base/err.h"
#include "base/str.h"

/** The language model that `--model` stands for when it is not given. */
#define DRP_MODEL_TEXT "smollm2-135m-instruct-q8_0.gguf"
/** The embedding model that `--embedder` stands for when it is not given. */
#define DRP_MODEL_EMBED "all-minilm-l6-v2-f16.gguf"

/**
 * The path of a bundled model, into `out` (replacing it): in the folder $DRP_MODELS, or
 * else in `models` of our cache folder. **Errors**: DRP_ENOTFOUND, with the command
 * that makes it.
 */
int drp_models_find(const char *name, struct drp_str *out, struct drp_err *err) DRP_CHECKED;

#endif
