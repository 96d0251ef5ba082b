/* DRP: Difference-aware Reasoning Personalization. */
#ifndef DRP_METHOD_DRP_H
#define DRP_METHOD_DRP_H

#include "method/method.h"

/**
 * Steps 1 to 3a: 2 n + 1 calls for n comparisons. Departs from the paper where the released code or thin data make it:
 * comparisons are those of the sample, be they items or users; each validation continues its extraction.
 * **Errors**: as struct drp_method says.
 * **Source**: "Unveiling Inference Scaling for Difference-Aware User Modeling in LLM Personalization", §2.2.
 */
int drp_drp_profile(struct drp_method_ctx *x, const struct drp_sample *s,
                    struct drp_profile *out, struct drp_err *err) DRP_CHECKED;

/** Step 3b: one call. **Errors**: as struct drp_method says. */
int drp_drp_write(struct drp_method_ctx *x, const struct drp_sample *s,
                  const struct drp_profile *profile, struct drp_prediction *out,
                  struct drp_err *err) DRP_CHECKED;

#endif
