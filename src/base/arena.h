/* Arenas: many pieces, one lifetime, freed whole. One per process, dataset, sample or call; never
 * shared between threads. With DRP_DEBUG each piece is a malloc of its own, so that sanitizers see
 * every overrun. */
#ifndef DRP_BASE_ARENA_H
#define DRP_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

/** Chunked memory. Start with drp_arena_init() or `{0}`. One owner, one thread. */
struct drp_arena {
    struct drp_arena_chunk *head; /* newest chunk, NULL while empty */
    size_t n_bytes;               /* handed out so far              */
};

/** Starts an empty arena. */
void drp_arena_init(struct drp_arena *a);

/** Frees everything that was handed out; the arena is empty and usable again. */
void drp_arena_release(struct drp_arena *a);

/** `n` elements of `size` bytes, zeroed, aligned for any type, valid until release. Never NULL. */
void *drp_arena_calloc(struct drp_arena *a, size_t n, size_t size);

/** `n` zeroed elements of a type. */
#define drp_arena_new(a, T, n) ((T *)drp_arena_calloc((a), (n), sizeof(T)))

/** A terminated copy of `sv` in the arena. The absent sv stays absent. */
struct drp_sv drp_arena_sv(struct drp_arena *a, struct drp_sv sv);

/** A formatted, terminated string in the arena. */
struct drp_sv drp_arena_f(struct drp_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
