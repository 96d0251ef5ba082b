/* Invariants: slots holds id + 1 for every id, in a table of a power of two that is at most two thirds
 * full; a string sits at or after the slot of its hash with no free slot between. */
#include "base/intern.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

#include "base/banned.h"

void drp_intern_init(struct drp_intern *t)
{
    *t = (struct drp_intern){0};
}

void drp_intern_release(struct drp_intern *t)
{
    free(t->names);
    free(t->slots);
    drp_arena_release(&t->arena);
    drp_intern_init(t);
}

/* The slot that holds `sv`, or the free one where it belongs. */
static size_t find_slot(const struct drp_intern *t, struct drp_sv sv)
{
    size_t at = (size_t)drp_hash64(sv) & (t->n_slots - 1);
    while (t->slots[at] && !drp_sv_eq(t->names[t->slots[at] - 1], sv))
        at = (at + 1) & (t->n_slots - 1);
    return at;
}

static void grow(struct drp_intern *t)
{
    free(t->slots);
    t->n_slots = t->n_slots ? drp_size_mul(t->n_slots, 2) : 64;
    t->slots = drp_calloc(t->n_slots, sizeof *t->slots);
    for (uint32_t id = 0; id < t->n; id++)
        t->slots[find_slot(t, t->names[id])] = id + 1;
}

uint32_t drp_intern_find(const struct drp_intern *t, struct drp_sv sv)
{
    if (t->n == 0)
        return DRP_NO_ID;
    const uint32_t held = t->slots[find_slot(t, sv)];
    return held ? held - 1 : DRP_NO_ID;
}

uint32_t drp_intern_add(struct drp_intern *t, struct drp_sv sv)
{
    if (3 * ((size_t)t->n + 1) > 2 * t->n_slots)
        grow(t);
    const size_t slot = find_slot(t, sv);
    if (t->slots[slot])
        return t->slots[slot] - 1;
    if (t->n == DRP_NO_ID - 1)
        abort();
    if (t->n == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 32;
        t->names = drp_realloc(t->names, t->cap, sizeof *t->names);
    }
    const struct drp_sv name = sv.ptr ? sv : DRP_SV("");
    t->names[t->n] = drp_arena_sv(&t->arena, name);
    t->slots[slot] = t->n + 1;
    return t->n++;
}

struct drp_sv drp_intern_get(const struct drp_intern *t, uint32_t id)
{
    return t->names[id];
}
