/* A vector is a blob of its float32 values, little-endian, so that the file may move between machines. */
#include "select/vector_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "io/db.h"

#include "base/banned.h"

enum { SCHEMA_VERSION = 1, FLOAT_BYTES = 4 };

struct drp_vector_cache {
    struct drp_db *db;
    struct drp_stmt *find, *put;
    struct drp_sha256 model;
    size_t dim;
    unsigned char *blob; /* (dim * FLOAT_BYTES) being written */
};

static struct drp_sv bytes_of(const struct drp_sha256 *hash)
{
    return (struct drp_sv){(const char *)hash->bytes, sizeof hash->bytes};
}

static void to_blob(const float *vector, size_t dim, unsigned char *blob)
{
    for (size_t i = 0; i < dim; i++) {
        uint32_t bits;
        memcpy(&bits, &vector[i], sizeof bits);
        for (unsigned b = 0; b < FLOAT_BYTES; b++)
            blob[FLOAT_BYTES * i + b] = (unsigned char)(bits >> 8 * b);
    }
}

static void from_blob(const char *blob, size_t dim, float *vector)
{
    for (size_t i = 0; i < dim; i++) {
        uint32_t bits = 0;
        for (unsigned b = 0; b < FLOAT_BYTES; b++)
            bits |= (uint32_t)(unsigned char)blob[FLOAT_BYTES * i + b] << 8 * b;
        memcpy(&vector[i], &bits, sizeof bits);
    }
}

static int create_tables(struct drp_db *db, const char *path, struct drp_err *err)
{
    int64_t version;
    const int rc = drp_db_get_version(db, &version, err);
    if (rc < 0 || version == SCHEMA_VERSION)
        return rc;
    if (version != 0)
        return drp_fail(err, DRP_EDB,
                        "cannot use '%s': its version is %lld and this drp reads %d; move "
                        "it away to start a new one",
                        path, (long long)version, SCHEMA_VERSION);
    return drp_db_exec(db,
                       "BEGIN IMMEDIATE;"
                       "CREATE TABLE IF NOT EXISTS vector ("
                       "  text_sha256 BLOB NOT NULL, model_sha256 BLOB NOT NULL,"
                       "  vector BLOB NOT NULL,"
                       "  PRIMARY KEY (text_sha256, model_sha256)) STRICT;"
                       "PRAGMA user_version = 1;"
                       "COMMIT",
                       err);
}

int drp_vector_cache_open(const char *path, const struct drp_sha256 *model, size_t dim,
                          struct drp_vector_cache **out, struct drp_err *err)
{
    int rc = 0;
    struct drp_vector_cache *cache = drp_calloc(1, sizeof *cache);
    *out = NULL;
    cache->model = *model;
    cache->dim = dim;
    cache->blob = drp_malloc(drp_size_mul(dim, FLOAT_BYTES));
    DRP_TRY(rc, drp_db_open(path, false, &cache->db, err));
    DRP_TRY(rc, create_tables(cache->db, path, err));
    DRP_TRY(rc, drp_db_prepare(cache->db,
                               "SELECT vector FROM vector"
                               " WHERE text_sha256 = ?1 AND model_sha256 = ?2",
                               &cache->find, err));
    DRP_TRY(rc, drp_db_prepare(cache->db,
                               "INSERT OR IGNORE INTO vector"
                               " (text_sha256, model_sha256, vector) VALUES (?1, ?2, ?3)",
                               &cache->put, err));
    *out = cache;
    cache = NULL;
out:
    drp_vector_cache_free(cache);
    return rc;
}

void drp_vector_cache_free(struct drp_vector_cache *cache)
{
    if (!cache)
        return;
    drp_stmt_free(cache->find);
    drp_stmt_free(cache->put);
    drp_db_free(cache->db);
    free(cache->blob);
    free(cache);
}

int drp_vector_cache_find(struct drp_vector_cache *cache, const struct drp_sha256 *text,
                          float *out, struct drp_err *err)
{
    int rc = 0;
    drp_stmt_blob(cache->find, 1, bytes_of(text));
    drp_stmt_blob(cache->find, 2, bytes_of(&cache->model));
    DRP_TRY(rc, drp_stmt_step(cache->find, err));
    if (rc == 0)
        goto out;
    const struct drp_sv blob = drp_stmt_col(cache->find, 0);
    if (blob.len == cache->dim * FLOAT_BYTES)
        from_blob(blob.ptr, cache->dim, out);
    else
        rc = drp_fail(err, DRP_EDB,
                      "cannot use a cached vector of %zu bytes: the model's have %zu; "
                      "delete the vector cache",
                      blob.len, cache->dim * FLOAT_BYTES);
out:
    drp_stmt_reset(cache->find);
    return rc;
}

int drp_vector_cache_put(struct drp_vector_cache *cache, const struct drp_sha256 *texts,
                         size_t n, const float *vectors, struct drp_err *err)
{
    int rc = 0;
    bool is_open = false;
    DRP_TRY(rc, drp_db_exec(cache->db, "BEGIN IMMEDIATE", err));
    is_open = true;
    for (size_t i = 0; i < n; i++) {
        to_blob(vectors + i * cache->dim, cache->dim, cache->blob);
        drp_stmt_blob(cache->put, 1, bytes_of(&texts[i]));
        drp_stmt_blob(cache->put, 2, bytes_of(&cache->model));
        drp_stmt_blob(cache->put, 3,
                      (struct drp_sv){(const char *)cache->blob, cache->dim * FLOAT_BYTES});
        DRP_TRY(rc, drp_stmt_run(cache->put, err));
    }
    DRP_TRY(rc, drp_db_exec(cache->db, "COMMIT", err));
    is_open = false;
out:
    if (is_open) {
        drp_stmt_reset(cache->put);
        /* The first error is the one to report; without a transaction there is nothing to undo. */
        const int ignored = drp_db_exec(cache->db, "ROLLBACK", NULL);
        (void)ignored;
    }
    return rc;
}

/* ---- taking out --------------------------------------------------------------------------- */

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct drp_sha256));
}

/* Removes the row that `walk` stands at when its text is none of those that stay. */
static int remove_row(struct drp_stmt *walk, struct drp_stmt *remove,
                      const struct drp_sha256 *texts, size_t n, uint64_t *n_removed,
                      struct drp_err *err)
{
    const struct drp_sv hash = drp_stmt_col(walk, 1);
    if (hash.len == sizeof *texts && n > 0 &&
        bsearch(hash.ptr, texts, n, sizeof *texts, compare_hashes))
        return 0;
    drp_stmt_int(remove, 1, drp_stmt_col_int(walk, 0));
    ++*n_removed;
    return drp_stmt_run(remove, err);
}

int drp_vector_cache_retain(const char *path, const struct drp_sha256 *texts, size_t n,
                            uint64_t *n_removed, struct drp_err *err)
{
    struct drp_db *db = NULL;
    struct drp_stmt *walk = NULL, *remove = NULL;
    int rc = 0;
    *n_removed = 0;
    if (drp_fs_kind(path) == DRP_FS_NONE)
        return 0;
    DRP_TRY(rc, drp_db_open_alone(path, &db, err));
    DRP_TRY(rc, drp_db_exec(db, "BEGIN EXCLUSIVE", err));
    DRP_TRY(rc, drp_db_prepare(db, "SELECT rowid, text_sha256 FROM vector", &walk, err));
    DRP_TRY(rc, drp_db_prepare(db, "DELETE FROM vector WHERE rowid = ?1", &remove, err));
    while ((rc = drp_stmt_step(walk, err)) > 0)
        DRP_TRY(rc, remove_row(walk, remove, texts, n, n_removed, err));
    DRP_TRY(rc, rc);
    drp_stmt_reset(walk);
    DRP_TRY(rc, drp_db_exec(db, "COMMIT", err));
    DRP_TRY(rc, drp_db_exec(db, "VACUUM", err));
out:
    drp_stmt_free(walk);
    drp_stmt_free(remove);
    drp_db_free(db);
    return rc;
}
