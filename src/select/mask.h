/* Other users' texts stay out of what is shown: `[review by peer 3, 412 chars]` stands for them. */
#ifndef DRP_SELECT_MASK_H
#define DRP_SELECT_MASK_H

#include "base/arena.h"
#include "data/sample.h"

/** Appends what stands for a peer's text; `peer` counts from 1. */
void drp_mask_add(struct drp_str *out, const struct drp_review *review, size_t peer);

/** The same as a string of its own. **Owns**: the arena. */
struct drp_sv drp_mask_text(const struct drp_review *review, size_t peer,
                            struct drp_arena *arena);

/** The texts of one peer, counted from 1, masked and without titles. **Owns**: the arena. */
struct drp_reviews drp_mask_history(struct drp_reviews history, size_t peer,
                                    struct drp_arena *arena);

/** Reviews with their texts masked, by place, and without titles; the rest is shared. **Owns**: the arena. */
struct drp_reviews drp_mask_reviews(struct drp_reviews peers, struct drp_arena *arena);

/** The sample with the texts and titles of all peers masked; the rest is shared. **Owns**: the arena. */
struct drp_sample drp_mask_peers(const struct drp_sample *sample, struct drp_arena *arena);

#endif
