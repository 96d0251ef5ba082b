/* What the sequences of the engine's cache hold, and which of it a prompt can reuse.
 * Bookkeeping only: tokens are numbers, and the caller does to the real cache what is
 * decided here.
 *
 * The invariant that makes reuse invisible: of a sequence only whole blocks of
 * DRP_CACHE_BLOCK tokens that were computed as a prompt are reused. The last, partial
 * block of a prompt and generated tokens are computed again, because kernels for one
 * row and for many rows round differently; so the numbers behind a prefix depend on the
 * prefix alone, never on who computed it, when, or beside whom. */
#ifndef DRP_ENGINE_CACHE_H
#define DRP_ENGINE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Tokens in a block: reuse ends at a multiple of it. */
#define DRP_CACHE_BLOCK 64

/** No slot. */
#define DRP_CACHE_NONE SIZE_MAX

/** Slots and what they hold. One thread. */
struct drp_cache;

/** A prompt's tokens. Borrowed. */
struct drp_tokens {
    const int32_t *at; /* (n) */
    size_t n;
};

/** Tokens of a prompt. Owned: drp_vec_release(). */
struct drp_token_vec {
    int32_t *at;
    size_t n, cap;
};

/** `n_slots` empty sequences. **Owns**: caller, drp_cache_free(). */
struct drp_cache *drp_cache_new(size_t n_slots);

/** Frees the bookkeeping. NULL is allowed. */
void drp_cache_free(struct drp_cache *c);

/**
 * Tokens of `prompt` that slot `slot` could spare: whole blocks, never the last two.
 */
size_t drp_cache_match(const struct drp_cache *c, size_t slot, struct drp_tokens prompt);

/**
 * The free slot where `prompt` fits best: the longest match, unless another sequence
 * could give as much by a copy; then an unpinned one before a pinned one, then the one
 * unused for longest. DRP_CACHE_NONE: all are taken.
 */
size_t drp_cache_pick(const struct drp_cache *c, struct drp_tokens prompt);

/**
 * The other slot, busy or not, whose match is longest and longer than that of `slot`;
 * else DRP_CACHE_NONE.
 */
size_t drp_cache_source(const struct drp_cache *c, size_t slot, struct drp_tokens prompt);

/**
 * True when a free slot was pinned for a continuation and `prompt` is that, but for the
 * opening of the reply.
 */
bool drp_cache_continues(const struct drp_cache *c, struct drp_tokens prompt);

/** Takes a free slot. Its pin is gone. */
void drp_cache_take(struct drp_cache *c, size_t slot);

/**
 * Frees a taken slot; `pinned` when a continuation of its prompt is expected. What it
 * holds stays.
 */
void drp_cache_give(struct drp_cache *c, size_t slot, bool pinned);

/**
 * Slot `slot` now holds what `from` can spare of `n` tokens (a copy of its first `n`).
 * n is at most its match.
 */
void drp_cache_copy(struct drp_cache *c, size_t from, size_t slot, size_t n);

/** Slot `slot` now holds only its first `n` tokens. */
void drp_cache_trim(struct drp_cache *c, size_t slot, size_t n);

/** Slot `slot` has computed further prompt tokens. */
void drp_cache_extend(struct drp_cache *c, size_t slot, struct drp_tokens more);

#endif
