/* Who else wrote about an item: from the profiles of one split, never from what is to be predicted. */
#ifndef DRP_SELECT_PEERS_H
#define DRP_SELECT_PEERS_H

#include "data/dataset.h"

/** Reviews by item. **Threads**: any may read. */
struct drp_peers;

/** Indexes all profiles of the split. **Owns**: caller, drp_peers_free(). The dataset is borrowed. */
struct drp_peers *drp_peers_new(const struct drp_dataset *ds);

/** Frees it. NULL is allowed. */
void drp_peers_free(struct drp_peers *peers);

/** Reviews of an item, one a user (the first of the user's first row), by user id in code point order. Borrowed. */
struct drp_reviews drp_peers_of(const struct drp_peers *peers, uint32_t item);

#endif
