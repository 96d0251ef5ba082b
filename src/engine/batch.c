#include "engine/batch.h"

#include "base/base.h"

#include "base/banned.h"

void drp_batch_add(struct drp_batch_queue *q, struct drp_waiting *w)
{
    struct drp_waiting **at = &q->first;
    while (*at && (*at)->age <= w->age)
        at = &(*at)->next;
    w->next = *at;
    *at = w;
}

bool drp_batch_remove(struct drp_batch_queue *q, const struct drp_waiting *w)
{
    struct drp_waiting **at = &q->first;
    while (*at && *at != w)
        at = &(*at)->next;
    if (!*at)
        return false;
    *at = w->next;
    return true;
}

struct drp_waiting *drp_batch_next(struct drp_batch_queue *q, const struct drp_cache *cache)
{
    struct drp_waiting *next = q->first;
    for (struct drp_waiting *w = q->first; w; w = w->next)
        if (drp_cache_continues(cache, w->prompt)) {
            next = w;
            break;
        }
    if (next)
        drp_batch_remove(q, next);
    return next;
}

/* The last pass has two rows at least: one alone would be rounded otherwise than by those
 * who cut the prompt elsewhere, such as a server. */
size_t drp_batch_chunk_end(size_t at, size_t n)
{
    const size_t blocks_end = n > 1 ? (n - 2) - (n - 2) % DRP_CACHE_BLOCK : 0;
    return at >= blocks_end ? n : DRP_MIN(at + DRP_BATCH_CHUNK, blocks_end);
}
