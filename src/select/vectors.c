/* Whoever finds texts without a vector has them embedded while holding the lock: two threads never embed the same
 * text, and a model gets its texts in full batches. A file's vectors never change and need no lock. */
#include "select/vectors.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "select/vector_cache.h"
#include "select/vector_file.h"
#include "select/vector_map.h"

#include "base/banned.h"

/* Texts embedded, and kept, at once: what a killed run loses. */
enum { BATCH_TEXTS = 64 };

struct drp_vectors {
    struct drp_mutex lock;
    size_t dim;
    struct drp_model *embedder;     /* borrowed; NULL: all vectors are in `map`        */
    struct drp_vector_cache *cache; /* NULL: in `map`                                  */
    struct drp_vector_map map;
    char *path; /* of the file with all vectors, or NULL                               */
};

/* Texts without a vector: each once, although it may be wanted several times. */
struct misses {
    struct drp_vector_map found; /* their vectors, once they are there                  */
    DRP_VEC(struct drp_sv) texts;
    DRP_VEC(struct drp_sha256) keys;
    struct drp_intern seen; /* bytes of keys                                            */
};

static struct drp_vectors *new_vectors(size_t dim)
{
    struct drp_vectors *v = drp_calloc(1, sizeof *v);
    drp_mutex_init(&v->lock);
    v->dim = v->map.dim = dim;
    return v;
}

int drp_vectors_open_model(struct drp_model *embedder, const char *cache_path,
                           struct drp_vectors **out, struct drp_err *err)
{
    int rc = 0;
    const struct drp_model_info *info = drp_model_info(embedder);
    struct drp_vectors *v = new_vectors(info->dimension);
    *out = NULL;
    v->embedder = embedder;
    if (v->dim == 0) {
        rc = drp_fail(err, DRP_EUSAGE,
                      "cannot embed with '%.*s': it makes no vectors; name an embedding "
                      "model",
                      DRP_SV_ARG(info->spec));
        goto out;
    }
    if (cache_path)
        DRP_TRY(rc, drp_vector_cache_open(cache_path, &info->fingerprint, v->dim,
                                          &v->cache, err));
    *out = v;
    v = NULL;
out:
    drp_vectors_free(v);
    return rc;
}

int drp_vectors_open_file(const char *path, struct drp_vectors **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_vectors *v = new_vectors(0);
    *out = NULL;
    const size_t size = strlen(path) + 1;
    v->path = memcpy(drp_malloc(size), path, size);
    DRP_TRY(rc, drp_vector_file_read(path, &v->map, err));
    v->dim = v->map.dim;
    *out = v;
    v = NULL;
out:
    drp_vectors_free(v);
    return rc;
}

void drp_vectors_free(struct drp_vectors *v)
{
    if (!v)
        return;
    drp_vector_cache_free(v->cache);
    drp_vector_map_release(&v->map);
    drp_mutex_release(&v->lock);
    free(v->path);
    free(v);
}

size_t drp_vectors_dim(const struct drp_vectors *v)
{
    return v->dim;
}

bool drp_vectors_can_embed(const struct drp_vectors *v)
{
    return v->embedder != NULL;
}

/* 1 and the vector in `out`, or 0. */
static int find(struct drp_vectors *v, const struct drp_sha256 *key, float *out,
                struct drp_err *err)
{
    if (v->cache)
        return drp_vector_cache_find(v->cache, key, out, err);
    const float *vector = drp_vector_map_find(&v->map, key);
    if (vector)
        memcpy(out, vector, v->dim * sizeof *out);
    return vector != NULL;
}

static void add_miss(struct misses *m, const struct drp_sha256 *key, struct drp_sv text)
{
    const struct drp_sv bytes = {(const char *)key->bytes, sizeof key->bytes};
    if (drp_intern_add(&m->seen, bytes) < m->texts.n)
        return;
    drp_vec_add(&m->texts, text);
    drp_vec_add(&m->keys, *key);
}

static void release_misses(struct misses *m)
{
    drp_vector_map_release(&m->found);
    drp_vec_release(&m->texts);
    drp_vec_release(&m->keys);
    drp_intern_release(&m->seen);
}

static int fail_missing(const struct drp_vectors *v, const struct misses *m,
                        struct drp_err *err)
{
    char hex[65];
    drp_sha256_hex(&m->keys.at[0], hex);
    return drp_fail(err, DRP_ENOTFOUND,
                    "no vector for %zu texts in '%s', the first with text_sha256 '%s': add "
                    "a line for each",
                    m->texts.n, v->path, hex);
}

static int keep(struct drp_vectors *v, const struct drp_sha256 *keys, size_t n,
                const float *vectors, struct drp_err *err)
{
    if (v->cache)
        return drp_vector_cache_put(v->cache, keys, n, vectors, err);
    for (size_t i = 0; i < n; i++)
        drp_vector_map_add(&v->map, &keys[i], vectors + i * v->dim);
    return 0;
}

/* Embeds and keeps what is missing, batch by batch. */
static int embed(struct drp_vectors *v, struct misses *m, struct drp_err *err)
{
    int rc = 0;
    float *vectors = drp_malloc(drp_size_mul(BATCH_TEXTS * v->dim, sizeof *vectors));
    m->found.dim = v->dim;
    for (size_t at = 0; at < m->texts.n; at += BATCH_TEXTS) {
        const size_t n = DRP_MIN(m->texts.n - at, (size_t)BATCH_TEXTS);
        DRP_TRY(rc, drp_embed(v->embedder, m->texts.at + at, n, vectors, err));
        DRP_TRY(rc, keep(v, m->keys.at + at, n, vectors, err));
        for (size_t i = 0; i < n; i++)
            drp_vector_map_add(&m->found, &m->keys.at[at + i], vectors + i * v->dim);
    }
out:
    free(vectors);
    return rc;
}

static int get(struct drp_vectors *v, const struct drp_sv *texts,
               const struct drp_sha256 *keys, size_t n, float *out, struct drp_err *err)
{
    int rc = 0;
    struct misses m = {0};
    for (size_t i = 0; i < n; i++) {
        DRP_TRY(rc, find(v, &keys[i], out + i * v->dim, err));
        if (rc == 0)
            add_miss(&m, &keys[i], texts[i]);
    }
    rc = 0;
    if (m.texts.n == 0)
        goto out;
    if (!v->embedder) {
        rc = fail_missing(v, &m, err);
        goto out;
    }
    DRP_TRY(rc, embed(v, &m, err));
    for (size_t i = 0; i < n; i++) {
        const float *vector = drp_vector_map_find(&m.found, &keys[i]);
        if (vector)
            memcpy(out + i * v->dim, vector, v->dim * sizeof *out);
    }
out:
    release_misses(&m);
    return rc;
}

int drp_vectors_get(struct drp_vectors *v, const struct drp_sv *texts, size_t n,
                    float *out, struct drp_err *err)
{
    struct drp_sha256 *keys = drp_malloc(drp_size_mul(n, sizeof *keys));
    for (size_t i = 0; i < n; i++)
        keys[i] = drp_sha256(texts[i]);
    if (v->embedder)
        drp_mutex_lock(&v->lock);
    const int rc = get(v, texts, keys, n, out, err);
    if (v->embedder)
        drp_mutex_unlock(&v->lock);
    free(keys);
    return rc;
}
