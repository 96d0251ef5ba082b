/* Hashes: SHA-256 for identities that are kept, XXH3 for tables. */
#ifndef DRP_BASE_HASH_H
#define DRP_BASE_HASH_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/** A SHA-256 value. */
struct drp_sha256 {
    unsigned char bytes[32];
};

/** A SHA-256 under construction. */
struct drp_hasher;

/** Starts a SHA-256. **Owns**: caller; ends by drp_hasher_finish(). */
struct drp_hasher *drp_hasher_new(void);

/** Adds bytes as they are. */
void drp_hasher_add(struct drp_hasher *h, struct drp_sv sv);

/** Adds the length (8 bytes, little endian), then the bytes: two fields never run together. */
void drp_hasher_field(struct drp_hasher *h, struct drp_sv sv);

/** Adds an integer as 8 bytes, little endian. */
void drp_hasher_u64(struct drp_hasher *h, uint64_t value);

/** Adds a double by its bits; -0 counts as 0. */
void drp_hasher_double(struct drp_hasher *h, double value);

/** Ends the hash and frees `h`. */
struct drp_sha256 drp_hasher_finish(struct drp_hasher *h);

/** SHA-256 of a run of bytes. */
struct drp_sha256 drp_sha256(struct drp_sv sv);

/** SHA-256 of a file's bytes. **Errors**: DRP_EIO, DRP_ENOTFOUND. */
int drp_sha256_file(const char *path, struct drp_sha256 *out,
                    struct drp_err *err) DRP_CHECKED;

/** Writes 64 lower-case hex digits and a terminator. */
void drp_sha256_hex(const struct drp_sha256 *hash, char hex[65]);

/** Reads 64 hex digits of either case. False when `hex` is not that. */
bool drp_sha256_from_hex(struct drp_sv hex, struct drp_sha256 *out);

/** 64-bit XXH3 of a run of bytes, for tables in memory; not kept on disk. */
uint64_t drp_hash64(struct drp_sv sv);

/** One well-mixed value from two. */
uint64_t drp_hash_mix(uint64_t a, uint64_t b);

#endif
