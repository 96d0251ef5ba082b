/* What a sentence about style claims, as far as it can be counted: "fewer exclamation marks than others". */
#ifndef DRP_FEATURE_CLAIM_H
#define DRP_FEATURE_CLAIM_H

#include "feature/feature.h"
#include "feature/trait.h"

/** The user has more (1) or less (-1) of a trait than others. */
struct drp_claim {
    enum drp_trait_id trait;
    int direction;
};

/** Claims that one feature gives at most. */
enum { DRP_MAX_CLAIMS = 4 };

/**
 * Reads the claims of a feature: clause by clause of its description, a statement about the others turned round
 * ("while others use longer ones"), negations counted. Of a description that names no trait: the claims of the name
 * ("Fewer exclamation marks"), else the description about the one trait in the name ("Sentence length": "longer than
 * others'"). What is unclear is no claim: a trait said to be both more and less, the same as others',
 * occasional, or without any direction. English. Returns their number, in the order of traits.
 * **Threads**: pure; linear.
 */
size_t drp_claim_read(const struct drp_feature *feature,
                      struct drp_claim out[DRP_MAX_CLAIMS]);

#endif
