#include "text/quote.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/hash.h"

#include "base/banned.h"

enum { FIRST_SLOTS = 1024 };

/* Never 0, bit 0 clear. */
static uint64_t hash_at(struct drp_sv text, size_t at)
{
    const uint64_t hash = drp_hash64(drp_sv_slice(text, at, at + DRP_QUOTE_BYTES));
    return (hash | 2) & ~UINT64_C(1);
}

/* The slot of a piece, or the free one where it belongs. */
static uint64_t *slot_of(const struct drp_quotes *q, uint64_t hash)
{
    size_t i = (size_t)(hash >> 2) & (q->n_slots - 1);
    while (q->slots[i] != 0 && (q->slots[i] & ~UINT64_C(1)) != hash)
        i = (i + 1) & (q->n_slots - 1);
    return &q->slots[i];
}

static void grow(struct drp_quotes *q)
{
    const struct drp_quotes old = *q;
    q->n_slots = old.n_slots > 0 ? drp_size_mul(old.n_slots, 2) : FIRST_SLOTS;
    q->slots = drp_calloc(q->n_slots, sizeof *q->slots);
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.slots[i] != 0)
            *slot_of(q, old.slots[i] & ~UINT64_C(1)) = old.slots[i];
    free(old.slots);
}

void drp_quotes_release(struct drp_quotes *q)
{
    free(q->slots);
    *q = (struct drp_quotes){0};
}

void drp_quotes_add(struct drp_quotes *q, struct drp_sv text)
{
    for (size_t at = 0; at + DRP_QUOTE_BYTES <= text.len; at++) {
        if (2 * q->n >= q->n_slots)
            grow(q);
        const uint64_t hash = hash_at(text, at);
        uint64_t *const slot = slot_of(q, hash);
        q->n += *slot == 0;
        *slot |= hash;
    }
}

void drp_quotes_except(struct drp_quotes *q, struct drp_sv text)
{
    for (size_t at = 0; q->n > 0 && at + DRP_QUOTE_BYTES <= text.len; at++) {
        uint64_t *const slot = slot_of(q, hash_at(text, at));
        if (*slot != 0)
            *slot |= 1;
    }
}

bool drp_quotes_found(const struct drp_quotes *q, struct drp_sv text)
{
    for (size_t at = 0; q->n > 0 && at + DRP_QUOTE_BYTES <= text.len; at++) {
        const uint64_t hash = hash_at(text, at);
        if (*slot_of(q, hash) == hash)
            return true;
    }
    return false;
}
