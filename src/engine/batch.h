/* Who is computed next: the order of waiting prompts and the cutting of prompts into
 * chunks. */
#ifndef DRP_ENGINE_BATCH_H
#define DRP_ENGINE_BATCH_H

#include <stdint.h>

#include "engine/cache.h"

/** Most prompt tokens computed in one pass; a multiple of DRP_CACHE_BLOCK. */
#define DRP_BATCH_CHUNK 512

/** A prompt that waits for a slot; stands in its owner's struct. */
struct drp_waiting {
    struct drp_tokens prompt;
    uint64_t age; /* of its call: the lower one goes first */
    struct drp_waiting *next;
};

/** Prompts that wait. Start with `{0}`. The owner locks. */
struct drp_batch_queue {
    struct drp_waiting *first; /* by age, then by arrival */
};

/**
 * Adds `w`, whose prompt and age are set. It must stay where it is until it is removed.
 */
void drp_batch_add(struct drp_batch_queue *q, struct drp_waiting *w);

/** Removes `w`. False when it does not wait. */
bool drp_batch_remove(struct drp_batch_queue *q, const struct drp_waiting *w);

/**
 * Removes and gives the prompt that goes next: one whose beginning is kept for it in
 * `cache`, else the oldest. NULL when none waits.
 */
struct drp_waiting *drp_batch_next(struct drp_batch_queue *q,
                                   const struct drp_cache *cache);

/**
 * Where the pass that begins at token `at` of a prompt of `n` tokens ends: after whole
 * blocks, the rest of the prompt (never empty) in a pass of its own. So a block's rows
 * stand at the same places of a pass, and the rest has the same shape, whatever was
 * reused before.
 */
size_t drp_batch_chunk_end(size_t at, size_t n);

#endif
