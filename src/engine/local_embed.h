/* Vectors of texts. Only the local_* files see this header. */
#ifndef DRP_ENGINE_LOCAL_EMBED_H
#define DRP_ENGINE_LOCAL_EMBED_H

#include "engine/local_model.h"

/**
 * Vectors of unit length. Each text is a pass of its own, so that its vector depends on
 * nothing else.
 * **Shapes**: vectors (n, dimension). **Threads**: one at a time. **Errors**:
 * DRP_EENGINE.
 */
int drp_local_embed(struct drp_local_model *m, const struct drp_sv *texts, size_t n,
                    float *vectors, struct drp_err *err) DRP_CHECKED;

#endif
