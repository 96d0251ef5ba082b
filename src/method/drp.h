/* DRP: Difference-aware Reasoning Personalization. */
#ifndef DRP_METHOD_DRP_H
#define DRP_METHOD_DRP_H

#include "method/method.h"

/**
 * The method of the paper: 2 n + 2 calls for n comparisons. Departs from it where the released code or
 * thin data make it: comparisons are those of the sample, be they items or users; validation continues its extraction.
 * **Source**: "Unveiling Inference Scaling for Difference-Aware User Modeling in LLM Personalization", §2.2.
 */
extern const struct drp_method drp_method_drp;

#endif
