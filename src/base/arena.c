/* Invariants: chunks form a list, newest first; only the newest has room left. Every piece is aligned
 * for max_align_t. A piece larger than a chunk gets one of its own. With DRP_DEBUG every piece does. */
#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "base/banned.h"

struct drp_arena_chunk {
    struct drp_arena_chunk *next;
    size_t used, size;
    max_align_t bytes[];
};

enum { ALIGN = sizeof(max_align_t) };

#ifdef DRP_DEBUG
static const size_t chunk_bytes = 1;
#else
static const size_t chunk_bytes = 32 * 1024;
#endif

void drp_arena_init(struct drp_arena *a)
{
    *a = (struct drp_arena){0};
}

void drp_arena_release(struct drp_arena *a)
{
    while (a->head) {
        struct drp_arena_chunk *next = a->head->next;
        free(a->head);
        a->head = next;
    }
    a->n_bytes = 0;
}

static struct drp_arena_chunk *add_chunk(struct drp_arena *a, size_t size)
{
    struct drp_arena_chunk *chunk = drp_calloc(drp_size_add(sizeof *chunk, size), 1);
    chunk->size = size;
    /* A large piece goes behind the chunk that still has room. */
    if (a->head && size > chunk_bytes && a->head->used < a->head->size) {
        chunk->next = a->head->next;
        a->head->next = chunk;
    } else {
        chunk->next = a->head;
        a->head = chunk;
    }
    return chunk;
}

void *drp_arena_calloc(struct drp_arena *a, size_t n, size_t size)
{
    const size_t exact = drp_size_mul(n, size);
#ifdef DRP_DEBUG
    const size_t bytes = exact ? exact : 1;
#else
    const size_t bytes =
        drp_size_mul(exact / ALIGN + (exact % ALIGN != 0 || exact == 0), ALIGN);
#endif
    struct drp_arena_chunk *chunk = a->head;
    if (!chunk || bytes > chunk->size - chunk->used)
        chunk = add_chunk(a, bytes > chunk_bytes ? bytes : chunk_bytes);
    void *piece = (char *)chunk->bytes + chunk->used;
    chunk->used += bytes;
    a->n_bytes += exact;
    return piece;
}

struct drp_sv drp_arena_sv(struct drp_arena *a, struct drp_sv sv)
{
    if (!sv.ptr)
        return sv;
    char *copy = drp_arena_calloc(a, sv.len + 1, 1);
    memcpy(copy, sv.ptr, sv.len);
    return (struct drp_sv){copy, sv.len};
}

struct drp_sv drp_arena_f(struct drp_arena *a, const char *fmt, ...)
{
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX / 4);
    va_list args;
    va_start(args, fmt);
    drp_str_vaddf(&s, fmt, args);
    va_end(args);
    const struct drp_sv copy = drp_arena_sv(a, drp_str_sv(&s));
    drp_str_release(&s);
    return copy;
}
