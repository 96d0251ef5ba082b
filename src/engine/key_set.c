#include "engine/key_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#include "base/banned.h"

enum { FIRST_SLOTS = 1024 };

/* The slot of a value, or the free one where it belongs. */
static uint64_t *slot_of(const struct drp_key_set *s, const uint64_t half[2])
{
    size_t i = half[0] & (s->n_slots - 1);
    while ((s->slots[i][0] || s->slots[i][1]) &&
           memcmp(s->slots[i], half, sizeof s->slots[i]) != 0)
        i = (i + 1) & (s->n_slots - 1);
    return s->slots[i];
}

static void grow(struct drp_key_set *s)
{
    const struct drp_key_set old = *s;
    s->n_slots = DRP_MAX(2 * old.n_slots, (size_t)FIRST_SLOTS);
    s->slots = drp_calloc(s->n_slots, sizeof *s->slots);
    for (size_t i = 0; i < old.n_slots; i++)
        memcpy(slot_of(s, old.slots[i]), old.slots[i], sizeof old.slots[i]);
    free(old.slots);
}

bool drp_key_set_add(struct drp_key_set *s, const struct drp_sha256 *hash)
{
    uint64_t half[2];
    memcpy(half, hash->bytes, sizeof half);
    if (2 * (s->n + 1) > s->n_slots)
        grow(s);
    uint64_t *slot = slot_of(s, half);
    if (memcmp(slot, half, sizeof half) == 0)
        return false;
    memcpy(slot, half, sizeof half);
    s->n++;
    return true;
}

void drp_key_set_release(struct drp_key_set *s)
{
    free(s->slots);
    *s = (struct drp_key_set){0};
}
