#include "engine/local_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <llama.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/machine.h"

#include "base/banned.h"

#define MIB ((uint64_t)1 << 20)
/* Working memory of libllama for passes of 512 tokens, and of ourselves. */
#define OVERHEAD_BYTES (384 * MIB)

/* ---- what a file needs ----------------------------------------------------------- */

/* An integer of the file's metadata under "ARCH.key"; the largest of an array; 0 when
 * there is none. */
static uint64_t meta_int(const struct gguf_context *g, const char *arch, const char *key)
{
    char name[160];
    snprintf(name, sizeof name, "%s.%s", arch, key);
    const int64_t id = gguf_find_key(g, name);
    if (id < 0)
        return 0;
    const enum gguf_type type = gguf_get_kv_type(g, id);
    if (type == GGUF_TYPE_UINT32)
        return gguf_get_val_u32(g, id);
    if (type == GGUF_TYPE_UINT64)
        return gguf_get_val_u64(g, id);
    if (type != GGUF_TYPE_ARRAY || (gguf_get_arr_type(g, id) != GGUF_TYPE_UINT32 &&
                                    gguf_get_arr_type(g, id) != GGUF_TYPE_INT32))
        return 0;
    const uint32_t *all = gguf_get_arr_data(g, id);
    uint64_t most = 0;
    for (size_t i = 0; i < gguf_get_arr_n(g, id); i++)
        most = DRP_MAX(most, all[i]);
    return most;
}

static void read_need(const struct gguf_context *g, const char *arch,
                      struct drp_local_need *need)
{
    const uint64_t layers = meta_int(g, arch, "block_count");
    const uint64_t width = meta_int(g, arch, "embedding_length");
    const uint64_t heads_said = meta_int(g, arch, "attention.head_count");
    const uint64_t heads = heads_said > 0 ? heads_said : 1;
    uint64_t kv_heads = meta_int(g, arch, "attention.head_count_kv");
    uint64_t key = meta_int(g, arch, "attention.key_length");
    uint64_t value = meta_int(g, arch, "attention.value_length");
    kv_heads = kv_heads > 0 ? kv_heads : heads;
    key = key > 0 ? key : width / heads;
    value = value > 0 ? value : width / heads;
    need->context = meta_int(g, arch, "context_length");
    need->cache_bytes_per_token = layers * kv_heads * (key + value) * 2;
}

int drp_local_memory_read(const char *path, struct drp_local_need *need, struct drp_err *err)
{
    int rc = 0;
    struct stat st;
    *need = (struct drp_local_need){0};
    struct gguf_context *g =
        gguf_init_from_file(path, (struct gguf_init_params){.no_alloc = true});
    const int64_t id = g ? gguf_find_key(g, "general.architecture") : -1;
    if (id < 0 || gguf_get_kv_type(g, id) != GGUF_TYPE_STRING || stat(path, &st) != 0) {
        rc = drp_fail(err, DRP_EENGINE,
                      "cannot read model '%s': it is no GGUF file, or broken: get it anew",
                      path);
        goto out;
    }
    need->weight_bytes = (uint64_t)st.st_size;
    read_need(g, gguf_get_val_str(g, id), need);
out:
    if (g)
        gguf_free(g);
    return rc;
}

/* ---- what there is --------------------------------------------------------------- */

int drp_local_memory_fit(const struct drp_local_need *need, const char *path,
                         uint64_t context, int64_t most, int64_t *slots,
                         struct drp_err *err)
{
    const uint64_t available = drp_machine_memory();
    const uint64_t usable = available / 10 * 9;
    const uint64_t base = need->weight_bytes + OVERHEAD_BYTES;
    const uint64_t a_slot = need->cache_bytes_per_token * context;
    int64_t n = *slots > 0 ? *slots : most;
    while (*slots == 0 && n > 1 && base + a_slot * (uint64_t)n > usable)
        n--;
    const uint64_t wanted = base + a_slot * (uint64_t)n;
    if (wanted > usable)
        return drp_fail(
            err, DRP_ELIMIT,
            "not enough memory for model '%s': weights %llu MiB, cache %llu MiB a "
            "slot of %llu tokens, %lld slots, %llu MiB beside: %llu MiB in all, and "
            "%llu MiB are available: use ?ctx= or ?slots= for less, or a smaller model",
            path, (unsigned long long)(need->weight_bytes / MIB),
            (unsigned long long)(a_slot / MIB), (unsigned long long)context, (long long)n,
            (unsigned long long)(OVERHEAD_BYTES / MIB),
            (unsigned long long)(wanted / MIB), (unsigned long long)(available / MIB));
    *slots = n;
    return 0;
}

/* ---- its hash -------------------------------------------------------------------- */

/* Where the hash of the file in its present state is remembered. */
static int remembered_path(const char *path, struct drp_str *out, struct drp_err *err)
{
    int rc = 0;
    struct stat st;
    struct drp_str dir;
    drp_str_init(&dir, 4096);
    char hex[65];
    char *whole = realpath(path, NULL);
    if (!whole || stat(path, &st) != 0) {
        rc = drp_fail(err, DRP_ENOTFOUND, "cannot open model '%s': no such file", path);
        goto out;
    }
    DRP_TRY(rc, drp_fs_cache_dir(&dir, err));
    drp_str_addz(&dir, "/hashes");
    DRP_TRY(rc, drp_fs_mkdir(dir.ptr, true, err));
    struct drp_hasher *h = drp_hasher_new();
    drp_hasher_field(h, drp_sv_from(whole));
    drp_hasher_u64(h, (uint64_t)st.st_size);
    drp_hasher_u64(h, (uint64_t)st.st_ino);
    drp_hasher_u64(h, (uint64_t)st.st_mtim.tv_sec);
    drp_hasher_u64(h, (uint64_t)st.st_mtim.tv_nsec);
    drp_hasher_u64(h, (uint64_t)st.st_ctim.tv_sec);
    drp_hasher_u64(h, (uint64_t)st.st_ctim.tv_nsec);
    const struct drp_sha256 key = drp_hasher_finish(h);
    drp_sha256_hex(&key, hex);
    drp_fs_join(out, dir.ptr, hex);
out:
    free(whole);
    drp_str_release(&dir);
    return rc;
}

int drp_local_memory_hash(const char *path, struct drp_sha256 *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_str file, text;
    char hex[65];
    drp_str_init(&file, 4096);
    drp_str_init(&text, 128);
    /* Without a place to remember it in, the hash is made each time. */
    const bool remembers = remembered_path(path, &file, NULL) == 0;
    if (remembers && drp_fs_read(file.ptr, &text, NULL) == 0 &&
        drp_sha256_from_hex(drp_sv_trim(drp_str_sv(&text)), out))
        goto out;
    DRP_TRY(rc, drp_sha256_file(path, out, err));
    drp_sha256_hex(out, hex);
    if (remembers && drp_fs_write(file.ptr, true, drp_sv_from(hex), NULL) < 0)
        rc = 0; /* made again next time */
out:
    drp_str_release(&text);
    drp_str_release(&file);
    return rc;
}
