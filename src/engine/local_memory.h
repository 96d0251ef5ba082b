/* A model file before it is loaded: what it needs, what there is, and its hash. Only
 * the local_* files see this header. */
#ifndef DRP_ENGINE_LOCAL_MEMORY_H
#define DRP_ENGINE_LOCAL_MEMORY_H

#include "base/hash.h"

/** What a model will take. */
struct drp_local_need {
    uint64_t weight_bytes;          /* the file                                       */
    uint64_t cache_bytes_per_token; /* keys and values of 16 bits, all layers         */
    uint64_t context;               /* tokens it was trained for; 0: it does not say  */
};

/** Reads the header of a GGUF file. **Errors**: DRP_EENGINE (no GGUF, broken). */
int drp_local_memory_read(const char *path, struct drp_local_need *need,
                          struct drp_err *err) DRP_CHECKED;

/**
 * Checks that weights and the cache of `*slots` slots of `context` tokens fit into the
 * memory that is available; with *slots 0 it becomes the most that fit, at most `most`.
 * **Errors**: DRP_ELIMIT: what is needed, what there is, what to change.
 */
int drp_local_memory_fit(const struct drp_local_need *need, const char *path,
                         uint64_t context, int64_t most, int64_t *slots,
                         struct drp_err *err) DRP_CHECKED;

/**
 * SHA-256 of a model file; remembered in our cache folder by path, size, times and
 * inode, because hashing a large file takes longer than loading it. **Errors**:
 * DRP_EIO, DRP_ENOTFOUND.
 */
int drp_local_memory_hash(const char *path, struct drp_sha256 *out,
                          struct drp_err *err) DRP_CHECKED;

#endif
