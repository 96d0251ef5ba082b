/* Features: what sets a user apart, as an extractor claims it and a validator confirms it. The texts of the
 * models stay the canonical artefact; these records are what could be read out of them. */
#ifndef DRP_FEATURE_FEATURE_H
#define DRP_FEATURE_FEATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/** Where a feature comes from. */
enum drp_feature_source { DRP_FEATURE_CLAIMED, DRP_FEATURE_MEASURED };

/** What was counted about a feature: feature/evidence.h. */
struct drp_evidence;

/** The comparison of a feature that comes from none: it was measured over all texts. */
#define DRP_NO_CONTRAST UINT32_MAX

/** One way in which the user differs. Strings live in the arena they were parsed into. */
struct drp_feature {
    struct drp_sv name;        /* the dimension, e.g. "sentence length"      */
    struct drp_sv definition;  /* what the dimension is; may be empty        */
    struct drp_sv description; /* how the user differs on it                 */
    uint32_t contrast;         /* index of the comparison, or DRP_NO_CONTRAST */
    uint32_t rank; /* place within that comparison, or among the measured ones, from 0 */
    enum drp_feature_source source;
    bool kept;
    const char *reason; /* why it was dropped; NULL when kept. Static storage */
    const struct drp_evidence *evidence; /* NULL: it says nothing that was counted */
};

/** Measured features, then those of each contrast, each in order of rank. */
struct drp_features {
    struct drp_feature *at;
    size_t n;
};

/** Features that one text gives at most; what follows is not looked at. */
#define DRP_MAX_FEATURES 32

/** The word that files use: "claimed" or "measured". */
const char *drp_feature_source_name(enum drp_feature_source source);

/** What drp_features_collect() saw. */
struct drp_feature_counts {
    size_t kept, dropped;
    size_t unparsed; /* answers, of either step, in which no list of features was found */
    size_t measured; /* of the kept ones, those that nobody claimed                     */
};

/**
 * Merges what was claimed and what was confirmed, comparison by comparison. A claim is kept when the answer
 * to its validation names it again; names are compared without case, space and punctuation, and the
 * validator's wording wins. What is dropped keeps its reason: claimed twice, without a description or
 * with one that only repeats name or definition, not confirmed, or without a validation that can be read. A confirmed name that nobody claimed is dropped too:
 * validation filters, it does not find. Comparisons are not merged: that is the summariser's work.
 * **Shapes**: extracted (n), validated (n), raw texts; an absent one is a lost answer.
 * **Owns**: records and strings are the arena's.
 */
void drp_features_collect(const struct drp_sv *extracted, const struct drp_sv *validated,
                          size_t n, struct drp_arena *arena, struct drp_features *out,
                          struct drp_feature_counts *counts);

/** Keeps the claims that were dropped only because no validation confirmed them; counts them anew. */
void drp_features_keep_unconfirmed(struct drp_features *features,
                                   struct drp_feature_counts *counts);

#endif
