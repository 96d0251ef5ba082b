#include "base/rng.h"

#include "base/banned.h"

enum { N = 624, M = 397 };

void drp_rng_init(struct drp_rng *r, uint32_t seed)
{
    r->state[0] = seed;
    for (uint32_t i = 1; i < N; i++) {
        const uint32_t before = r->state[i - 1];
        r->state[i] = 1812433253u * (before ^ before >> 30) + i;
    }
    r->at = N;
}

static void twist(struct drp_rng *r)
{
    uint32_t *s = r->state;
    for (size_t i = 0; i < N; i++) {
        const uint32_t y = (s[i] & 0x80000000u) | (s[(i + 1) % N] & 0x7fffffffu);
        s[i] = s[(i + M) % N] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
    }
    r->at = 0;
}

uint32_t drp_rng_u32(struct drp_rng *r)
{
    if (r->at == N)
        twist(r);
    uint32_t y = r->state[r->at++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

double drp_rng_double(struct drp_rng *r)
{
    const uint32_t high = drp_rng_u32(r) >> 5, low = drp_rng_u32(r) >> 6;
    return ((double)high * 67108864.0 + (double)low) / 9007199254740992.0;
}

uint64_t drp_rng_below(struct drp_rng *r, uint64_t n)
{
    const uint64_t fair = UINT64_MAX - UINT64_MAX % n;
    uint64_t bits;
    do {
        bits = (uint64_t)drp_rng_u32(r) << 32;
        bits |= drp_rng_u32(r);
    } while (bits >= fair);
    return bits % n;
}
