/* A set of SHA-256 values, half of each kept: two that differ by accident are not met. */
#ifndef DRP_ENGINE_KEY_SET_H
#define DRP_ENGINE_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/** A set; `{0}` is empty. One thread. Between 32 and 64 bytes a value. */
struct drp_key_set {
    uint64_t (*slots)[2]; /* (n_slots) a power of two, at most half filled; zeros: free */
    size_t n, n_slots;
};

/** Adds a value. False when it was there. */
bool drp_key_set_add(struct drp_key_set *s, const struct drp_sha256 *hash);

/** Frees it. */
void drp_key_set_release(struct drp_key_set *s);

#endif
