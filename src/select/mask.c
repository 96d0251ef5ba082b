#include "select/mask.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

void drp_mask_add(struct drp_str *out, const struct drp_review *review, size_t peer)
{
    drp_str_addf(out, "[review by peer %zu, %zu chars]", peer,
                 drp_utf8_count(review->text));
}

struct drp_sv drp_mask_text(const struct drp_review *review, size_t peer,
                            struct drp_arena *arena)
{
    struct drp_str text;
    drp_str_init(&text, 128);
    drp_mask_add(&text, review, peer);
    const struct drp_sv copy = drp_arena_sv(arena, drp_str_sv(&text));
    drp_str_release(&text);
    return copy;
}

static const struct drp_review *mask_review(const struct drp_review *review, size_t peer,
                                            struct drp_arena *arena)
{
    struct drp_review *masked = drp_arena_new(arena, struct drp_review, 1);
    *masked = *review;
    masked->text = drp_mask_text(review, peer, arena);
    masked->title = DRP_SV("");
    return masked;
}

struct drp_reviews drp_mask_reviews(struct drp_reviews peers, struct drp_arena *arena)
{
    const struct drp_review **at = drp_arena_new(arena, const struct drp_review *, peers.n);
    for (size_t i = 0; i < peers.n; i++)
        at[i] = mask_review(peers.at[i], i + 1, arena);
    return (struct drp_reviews){at, peers.n};
}

struct drp_reviews drp_mask_history(struct drp_reviews history, size_t peer,
                                    struct drp_arena *arena)
{
    const struct drp_review **at =
        drp_arena_new(arena, const struct drp_review *, history.n);
    for (size_t i = 0; i < history.n; i++)
        at[i] = mask_review(history.at[i], peer, arena);
    return (struct drp_reviews){at, history.n};
}

struct drp_sample drp_mask_peers(const struct drp_sample *sample, struct drp_arena *arena)
{
    struct drp_sample masked = *sample;
    struct drp_contrast *contrasts =
        drp_arena_new(arena, struct drp_contrast, sample->n_contrasts);
    for (size_t i = 0; i < sample->n_contrasts; i++) {
        contrasts[i] = sample->contrasts[i];
        contrasts[i].peers = drp_mask_reviews(sample->contrasts[i].peers, arena);
    }
    masked.contrasts = contrasts;
    return masked;
}
