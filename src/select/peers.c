/* Two passes over the profiles: count, then fill. Rows stand by user id, so that each item's list comes out
 * sorted, and a user who was added to it already is its last entry. */
#include "select/peers.h"

#include <stdlib.h>

#include "base/base.h"

#include "base/banned.h"

struct drp_peers {
    const struct drp_review **reviews; /* by item, by user              */
    size_t *first;                     /* (n_items) in reviews          */
    size_t *n;                         /* (n_items)                     */
};

static void count_all(struct drp_peers *peers, const struct drp_dataset *ds)
{
    for (size_t r = 0; r < drp_dataset_n_rows(ds); r++) {
        const struct drp_reviews profile = drp_dataset_row(ds, r)->profile;
        for (size_t i = 0; i < profile.n; i++)
            peers->n[profile.at[i]->item]++;
    }
}

static void add(struct drp_peers *peers, const struct drp_review *review)
{
    const size_t first = peers->first[review->item], n = peers->n[review->item];
    if (n > 0 && peers->reviews[first + n - 1]->user == review->user)
        return;
    peers->reviews[first + n] = review;
    peers->n[review->item]++;
}

struct drp_peers *drp_peers_new(const struct drp_dataset *ds)
{
    struct drp_peers *peers = drp_calloc(1, sizeof *peers);
    const size_t n_items = drp_dataset_n_items(ds);
    peers->n = drp_calloc(n_items, sizeof *peers->n);
    peers->first = drp_calloc(n_items, sizeof *peers->first);
    count_all(peers, ds);
    size_t n_reviews = 0;
    for (size_t i = 0; i < n_items; i++) {
        peers->first[i] = n_reviews;
        n_reviews += peers->n[i];
        peers->n[i] = 0;
    }
    peers->reviews = drp_calloc(n_reviews, sizeof *peers->reviews);
    for (size_t r = 0; r < drp_dataset_n_rows(ds); r++) {
        const struct drp_reviews profile = drp_dataset_row(ds, r)->profile;
        for (size_t i = 0; i < profile.n; i++)
            add(peers, profile.at[i]);
    }
    return peers;
}

void drp_peers_free(struct drp_peers *peers)
{
    if (!peers)
        return;
    free(peers->reviews);
    free(peers->first);
    free(peers->n);
    free(peers);
}

struct drp_reviews drp_peers_of(const struct drp_peers *peers, uint32_t item)
{
    return (struct drp_reviews){peers->reviews + peers->first[item], peers->n[item]};
}
