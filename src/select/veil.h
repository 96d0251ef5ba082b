/* Other users' texts inside texts that hold pieces of them: prompts, answers that repeat them. What the prompts show
 * with `[review by peer 3, 412 chars]` is found here by its bytes, whole, cut or quoted in part. */
#ifndef DRP_SELECT_VEIL_H
#define DRP_SELECT_VEIL_H

#include "base/arena.h"
#include "base/str.h"
#include "text/quote.h"

/** Texts to hide, and texts that may be seen. Filled first, then used. One thread at a time. */
struct drp_veil;

/** An empty set. **Owns**: caller, drp_veil_free(). */
struct drp_veil *drp_veil_new(void);

/** Frees it. NULL is allowed. */
void drp_veil_free(struct drp_veil *q);

/**
 * Adds a text to hide (borrowed): `what` it is, e.g. "review", by which `peer`, counted from 1. One shorter than
 * DRP_QUOTE_BYTES is hidden where it is all that stands on a line, or behind a label.
 */
void drp_veil_hide(struct drp_veil *q, const char *what, size_t peer, struct drp_sv text);

/** Adds a text (borrowed) whose pieces may be seen, whoever else wrote them too. */
void drp_veil_allow(struct drp_veil *q, struct drp_sv text);

/**
 * `text` with every piece of a text to hide replaced by `[review by peer 3, 412 chars]`, or for a part of one by
 * `[57 chars of a review by peer 3]`. White space of any kind counts as equal. **Owns**: `arena`.
 */
struct drp_sv drp_veil_mask(struct drp_veil *q, struct drp_sv text,
                            struct drp_arena *arena);

#endif
