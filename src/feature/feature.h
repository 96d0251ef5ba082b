/* Features: what sets a user apart, as a model claims it and a validator confirms it. */
#ifndef DRP_FEATURE_FEATURE_H
#define DRP_FEATURE_FEATURE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "engine/engine.h"

/** Where a feature comes from. */
enum drp_feature_source { DRP_FEATURE_CLAIMED, DRP_FEATURE_MEASURED };

/** One way in which the user differs. Strings live in the arena they were parsed into. */
struct drp_feature {
    struct drp_sv name;        /* the dimension, e.g. "sentence length"      */
    struct drp_sv definition;  /* what the dimension is                      */
    struct drp_sv description; /* how the user differs on it                 */
    uint32_t contrast;         /* index of the comparison it comes from      */
    uint32_t rank;             /* place within that comparison, from 0       */
    enum drp_feature_source source;
    bool kept;
    const char *reason; /* why it was dropped; NULL when kept. Static storage */
};

/** Features in order of contrast and rank. */
struct drp_features {
    struct drp_feature *at;
    size_t n;
};

#endif
