/* Vectors kept on disk, by the SHA-256 of their text and the fingerprint of the model that made them. */
#ifndef DRP_SELECT_VECTOR_CACHE_H
#define DRP_SELECT_VECTOR_CACHE_H

#include "base/err.h"
#include "base/hash.h"

/** An open cache of one model's vectors. One thread at a time; other processes may use the file too. */
struct drp_vector_cache;

/**
 * Opens or creates a cache file (SQLite, mode 0600). **Owns**: caller, drp_vector_cache_free().
 * **Errors**: DRP_EDB (also when a newer drp made the file).
 */
int drp_vector_cache_open(const char *path, const struct drp_sha256 *model, size_t dim,
                          struct drp_vector_cache **out, struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. */
void drp_vector_cache_free(struct drp_vector_cache *cache);

/**
 * Copies the vector of a text to `out`. Gives 1, or 0 when there is none. **Shapes**: out (dim).
 * **Errors**: DRP_EDB (also a vector of another length).
 */
int drp_vector_cache_find(struct drp_vector_cache *cache, const struct drp_sha256 *text,
                          float *out, struct drp_err *err) DRP_CHECKED;

/** Keeps `n` vectors, all or none. **Shapes**: texts (n), vectors (n, dim). **Errors**: DRP_EDB. */
int drp_vector_cache_put(struct drp_vector_cache *cache, const struct drp_sha256 *texts,
                         size_t n, const float *vectors, struct drp_err *err) DRP_CHECKED;

/**
 * Leaves only the vectors of some texts in the cache at `path`, of whatever model, and writes it anew, so that no byte
 * of the others is left. Nobody else may have it open. `texts` in the order of their bytes; `*n_removed` gets how many
 * went. No error when there is no cache. **Errors**: DRP_EDB (in use).
 */
int drp_vector_cache_retain(const char *path, const struct drp_sha256 *texts, size_t n,
                            uint64_t *n_removed, struct drp_err *err) DRP_CHECKED;

#endif
