/* Other users' texts for methods that choose among them by themselves. */
#ifndef DRP_METHOD_OTHERS_H
#define DRP_METHOD_OTHERS_H

#include "method/method.h"

/**
 * What others wrote about an item, as it may stand in a prompt: drp_selector_others(), in its order, without text and
 * title where x->mask_peers is set. **Owns**: the context's arena.
 */
struct drp_reviews drp_method_others(const struct drp_method_ctx *x,
                                     const struct drp_sample *s, uint32_t item);

#endif
