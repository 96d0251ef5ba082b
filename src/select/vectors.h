/* Text vectors by SHA-256 of the text: from an embedding model with a cache on disk, or from a file. */
#ifndef DRP_SELECT_VECTORS_H
#define DRP_SELECT_VECTORS_H

#include "base/err.h"
#include "base/str.h"
#include "engine/engine.h"

/** A source of vectors. **Threads**: any; a text is embedded once. */
struct drp_vectors;

/**
 * Vectors from an embedding model (borrowed), kept in the SQLite file `cache_path` by text hash and model
 * fingerprint; NULL: kept in memory only. **Owns**: caller, drp_vectors_free(). **Errors**: DRP_EDB,
 * DRP_EUSAGE (no embedding model).
 */
int drp_vectors_open_model(struct drp_model *embedder, const char *cache_path,
                           struct drp_vectors **out, struct drp_err *err) DRP_CHECKED;

/** Vectors from lines `{"text_sha256","vector"}`, used as given. **Errors**: DRP_ENOTFOUND, DRP_EINPUT (line; differing lengths). */
int drp_vectors_open_file(const char *path, struct drp_vectors **out,
                          struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. */
void drp_vectors_free(struct drp_vectors *v);

/** Length of the vectors. */
size_t drp_vectors_dim(const struct drp_vectors *v);

/** Whether any text gets a vector: a model makes them, a file has those that it has. */
bool drp_vectors_can_embed(const struct drp_vectors *v);

/**
 * Vectors of `n` texts, of which some may be equal. **Shapes**: out (n, dim), row-major.
 * **Errors**: DRP_ENOTFOUND (file source: names the hash), DRP_EENGINE, DRP_EDB.
 */
int drp_vectors_get(struct drp_vectors *v, const struct drp_sv *texts, size_t n,
                    float *out, struct drp_err *err) DRP_CHECKED;

#endif
