#include "engine/cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"

#include "base/banned.h"

/* Tokens at a prompt's end that need not come back in its continuation: the opening of
 * the reply, which may hold an opened think tag that an earlier turn is shown without. */
#define MAX_OPENING 8

struct slot {
    DRP_VEC(int32_t) tokens; /* computed as a prompt; generated ones are not counted */
    bool taken, pinned;
    uint64_t used; /* when it was last given back, on the cache's own clock    */
};

struct drp_cache {
    struct slot *slots; /* (n) */
    size_t n;
    uint64_t clock;
};

struct drp_cache *drp_cache_new(size_t n_slots)
{
    struct drp_cache *c = drp_calloc(1, sizeof *c);
    c->slots = drp_calloc(n_slots, sizeof *c->slots);
    c->n = n_slots;
    return c;
}

void drp_cache_free(struct drp_cache *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        drp_vec_release(&c->slots[i].tokens);
    free(c->slots);
    free(c);
}

static size_t common_prefix(const struct slot *s, struct drp_tokens prompt)
{
    const size_t most = DRP_MIN(s->tokens.n, prompt.n);
    size_t n = 0;
    while (n < most && s->tokens.at[n] == prompt.at[n])
        n++;
    return n;
}

/* Is the slot kept for the continuation of a prompt, and is `prompt` that? */
static bool is_continued(const struct slot *s, struct drp_tokens prompt)
{
    return !s->taken && s->pinned && s->tokens.n > MAX_OPENING &&
           common_prefix(s, prompt) + MAX_OPENING >= s->tokens.n;
}

static size_t whole_blocks(size_t n)
{
    return n - n % DRP_CACHE_BLOCK;
}

size_t drp_cache_match(const struct drp_cache *c, size_t slot, struct drp_tokens prompt)
{
    if (prompt.n < 2)
        return 0;
    const size_t n = common_prefix(&c->slots[slot], prompt);
    /* The last token gives the logits, and has another before it (drp_batch_chunk_end). */
    return whole_blocks(DRP_MIN(n, prompt.n - 2));
}

/* Is `a` the better place than `b` for a prompt of which they hold match_a and match_b?
 */
static bool is_better(const struct slot *a, size_t match_a, const struct slot *b,
                      size_t match_b)
{
    if (match_a != match_b)
        return match_a > match_b;
    if (a->pinned != b->pinned)
        return !a->pinned;
    return a->used < b->used;
}

size_t drp_cache_pick(const struct drp_cache *c, struct drp_tokens prompt)
{
    size_t best = DRP_CACHE_NONE, best_match = 0, most_elsewhere = 0;
    for (size_t i = 0; i < c->n; i++)
        if (c->slots[i].taken || c->slots[i].pinned)
            most_elsewhere = DRP_MAX(most_elsewhere, drp_cache_match(c, i, prompt));
    for (size_t i = 0; i < c->n; i++) {
        const struct slot *s = &c->slots[i];
        if (s->taken)
            continue;
        size_t match = drp_cache_match(c, i, prompt);
        if (!is_continued(s, prompt) && match <= most_elsewhere)
            match = 0; /* a copy gives as much, and what this slot holds is kept */
        if (best == DRP_CACHE_NONE || is_better(s, match, &c->slots[best], best_match)) {
            best = i;
            best_match = match;
        }
    }
    return best;
}

size_t drp_cache_source(const struct drp_cache *c, size_t slot, struct drp_tokens prompt)
{
    size_t best = DRP_CACHE_NONE, most = drp_cache_match(c, slot, prompt);
    for (size_t i = 0; i < c->n; i++) {
        const size_t match = i == slot ? 0 : drp_cache_match(c, i, prompt);
        if (match > most) {
            most = match;
            best = i;
        }
    }
    return best;
}

bool drp_cache_continues(const struct drp_cache *c, struct drp_tokens prompt)
{
    for (size_t i = 0; i < c->n; i++)
        if (is_continued(&c->slots[i], prompt))
            return true;
    return false;
}

void drp_cache_take(struct drp_cache *c, size_t slot)
{
    c->slots[slot].taken = true;
    c->slots[slot].pinned = false;
}

void drp_cache_give(struct drp_cache *c, size_t slot, bool pinned)
{
    c->slots[slot].taken = false;
    c->slots[slot].pinned = pinned;
    c->slots[slot].used = ++c->clock;
}

void drp_cache_copy(struct drp_cache *c, size_t from, size_t slot, size_t n)
{
    drp_cache_trim(c, slot, 0);
    drp_cache_extend(c, slot, (struct drp_tokens){c->slots[from].tokens.at, n});
}

void drp_cache_trim(struct drp_cache *c, size_t slot, size_t n)
{
    struct slot *s = &c->slots[slot];
    s->tokens.n = DRP_MIN(s->tokens.n, n);
}

void drp_cache_extend(struct drp_cache *c, size_t slot, struct drp_tokens more)
{
    struct slot *s = &c->slots[slot];
    if (more.n == 0)
        return;
    drp_vec_reserve(&s->tokens, s->tokens.n + more.n);
    memcpy(s->tokens.at + s->tokens.n, more.at, more.n * sizeof *more.at);
    s->tokens.n += more.n;
}
