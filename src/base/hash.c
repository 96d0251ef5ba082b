#include "base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Version 3 of the library looks the algorithm up by name at each EVP_DigestInit_ex() and takes locks for that,
 * which costs more than hashing a short text; the older functions, deprecated by it, do not. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/fs.h"
#include "base/mem.h"

#include "base/banned.h"

struct drp_hasher {
    SHA256_CTX ctx;
};

/* libcrypto never fails here: it only computes. */
static void must(int ok)
{
    if (ok != 1)
        abort();
}

struct drp_hasher *drp_hasher_new(void)
{
    struct drp_hasher *h = drp_malloc(sizeof *h);
    must(SHA256_Init(&h->ctx));
    return h;
}

void drp_hasher_add(struct drp_hasher *h, struct drp_sv sv)
{
    if (sv.len > 0)
        must(SHA256_Update(&h->ctx, sv.ptr, sv.len));
}

void drp_hasher_u64(struct drp_hasher *h, uint64_t value)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(value >> (8 * i) & 0xff);
    drp_hasher_add(h, (struct drp_sv){bytes, sizeof bytes});
}

void drp_hasher_field(struct drp_hasher *h, struct drp_sv sv)
{
    drp_hasher_u64(h, sv.len);
    drp_hasher_add(h, sv);
}

void drp_hasher_double(struct drp_hasher *h, double value)
{
    const double plain = value == 0.0 ? 0.0 : value;
    uint64_t bits;
    memcpy(&bits, &plain, sizeof bits);
    drp_hasher_u64(h, bits);
}

struct drp_sha256 drp_hasher_finish(struct drp_hasher *h)
{
    struct drp_sha256 hash;
    must(SHA256_Final(hash.bytes, &h->ctx));
    free(h);
    return hash;
}

struct drp_sha256 drp_sha256(struct drp_sv sv)
{
    struct drp_hasher *h = drp_hasher_new();
    drp_hasher_add(h, sv);
    return drp_hasher_finish(h);
}

int drp_sha256_file(const char *path, struct drp_sha256 *out, struct drp_err *err)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return drp_fs_fail(err, errno, "open", path);
    enum { BLOCK = 1 << 16 };
    char *block = drp_malloc(BLOCK);
    struct drp_hasher *h = drp_hasher_new();
    size_t n;
    while ((n = fread(block, 1, BLOCK, f)) > 0)
        drp_hasher_add(h, (struct drp_sv){block, n});
    *out = drp_hasher_finish(h);
    free(block);
    int rc = 0;
    if (ferror(f))
        rc = drp_fs_fail(err, errno, "read", path);
    fclose(f);
    return rc;
}

void drp_sha256_hex(const struct drp_sha256 *hash, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof hash->bytes; i++) {
        hex[2 * i] = digits[hash->bytes[i] >> 4];
        hex[2 * i + 1] = digits[hash->bytes[i] & 15];
    }
    hex[64] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool drp_sha256_from_hex(struct drp_sv hex, struct drp_sha256 *out)
{
    if (hex.len != 2 * sizeof out->bytes)
        return false;
    for (size_t i = 0; i < sizeof out->bytes; i++) {
        const int high = hex_value(hex.ptr[2 * i]), low = hex_value(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out->bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

uint64_t drp_hash64(struct drp_sv sv)
{
    return XXH3_64bits(sv.len ? sv.ptr : "", sv.len);
}

uint64_t drp_hash_mix(uint64_t a, uint64_t b)
{
    const uint64_t pair[2] = {a, b};
    return XXH3_64bits(pair, sizeof pair);
}
