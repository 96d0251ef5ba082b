/* The generator is a 128-bit linear congruential one whose output is folded to 64 bits. Its seed is spread by
 * numpy's SeedSequence: the 32-bit words of the seed are hashed into a pool of four, each word of the pool is
 * mixed into each other, and the pool is hashed again into as many words as are wanted. */
#include "base/pcg64.h"

#include "base/base.h"

#include "base/banned.h"

__extension__ typedef unsigned __int128 uint128;

enum { POOL = 4, SEED_WORDS = 8 };

static const uint64_t MULTIPLIER[2] = {2549297995355413924u, 4865540595714422341u};

static uint128 join(const uint64_t words[2])
{
    return (uint128)words[0] << 64 | words[1];
}

static void split(uint128 value, uint64_t words[2])
{
    words[0] = (uint64_t)(value >> 64);
    words[1] = (uint64_t)value;
}

/* `key` changes with each word hashed, so that equal words get different hashes. */
static uint32_t hash_word(uint32_t word, uint32_t *key, uint32_t factor)
{
    word ^= *key;
    *key *= factor;
    word *= *key;
    return word ^ word >> 16;
}

static uint32_t mix_words(uint32_t a, uint32_t b)
{
    const uint32_t mixed = 0xca01f9ddu * a - 0x4973f715u * b;
    return mixed ^ mixed >> 16;
}

static void spread_seed(uint64_t seed, uint32_t out[SEED_WORDS])
{
    uint32_t pool[POOL] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t key = 0x43b0d7e5u;
    for (size_t i = 0; i < POOL; i++)
        pool[i] = hash_word(pool[i], &key, 0x931e8875u);
    for (size_t from = 0; from < POOL; from++)
        for (size_t to = 0; to < POOL; to++)
            if (from != to)
                pool[to] = mix_words(pool[to], hash_word(pool[from], &key, 0x931e8875u));
    key = 0x8b51f9ddu;
    for (size_t i = 0; i < SEED_WORDS; i++)
        out[i] = hash_word(pool[i % POOL], &key, 0x58f38dedu);
}

static uint64_t fold(uint128 state)
{
    const uint64_t folded = (uint64_t)(state >> 64) ^ (uint64_t)state;
    const unsigned turn = (unsigned)(state >> 122);
    return folded >> turn | folded << (-turn & 63);
}

static uint128 step(struct drp_pcg64 *g)
{
    const uint128 state = join(g->state) * join(MULTIPLIER) + join(g->increment);
    split(state, g->state);
    return state;
}

void drp_pcg64_init(struct drp_pcg64 *g, uint64_t seed)
{
    uint32_t words[SEED_WORDS];
    uint64_t start[2], stream[2];
    spread_seed(seed, words);
    for (size_t i = 0; i < 2; i++) {
        start[i] = words[2 * i] | (uint64_t)words[2 * i + 1] << 32;
        stream[i] = words[2 * i + 4] | (uint64_t)words[2 * i + 5] << 32;
    }
    *g = (struct drp_pcg64){0};
    split(join(stream) << 1 | 1, g->increment);
    split(join(start) + join(g->increment), g->state);
    step(g);
}

uint64_t drp_pcg64_u64(struct drp_pcg64 *g)
{
    return fold(step(g));
}

uint32_t drp_pcg64_u32(struct drp_pcg64 *g)
{
    if (g->has_half) {
        g->has_half = false;
        return g->half;
    }
    const uint64_t whole = drp_pcg64_u64(g);
    g->half = (uint32_t)(whole >> 32);
    g->has_half = true;
    return (uint32_t)whole;
}

/* Lemire's method, for 32 and for 64 bits: the upper half of draw * n is the result, unless the lower half falls
 * among the 2^bits mod n products that would favour some results. */
static uint32_t below_32(struct drp_pcg64 *g, uint32_t n)
{
    uint64_t product = (uint64_t)drp_pcg64_u32(g) * n;
    if ((uint32_t)product < n) {
        const uint32_t unfair = -n % n;
        while ((uint32_t)product < unfair)
            product = (uint64_t)drp_pcg64_u32(g) * n;
    }
    return (uint32_t)(product >> 32);
}

static uint64_t below_64(struct drp_pcg64 *g, uint64_t n)
{
    uint128 product = (uint128)drp_pcg64_u64(g) * n;
    if ((uint64_t)product < n) {
        const uint64_t unfair = -n % n;
        while ((uint64_t)product < unfair)
            product = (uint128)drp_pcg64_u64(g) * n;
    }
    return (uint64_t)(product >> 64);
}

uint64_t drp_pcg64_below(struct drp_pcg64 *g, uint64_t n)
{
    if (n <= 1)
        return 0; /* numpy draws nothing for it */
    if (n <= UINT32_MAX)
        return below_32(g, (uint32_t)n);
    return n == UINT64_C(1) << 32 ? drp_pcg64_u32(g) : below_64(g, n);
}

/* Counts pairs of numbers, each pair from one whole draw, with the state in registers. Stops before a draw that may
 * be unfair; gives how many numbers there were. */
static size_t count_pairs(struct drp_pcg64 *g, uint32_t n, size_t n_draws, int16_t *counts)
{
    const uint128 multiplier = join(MULTIPLIER), increment = join(g->increment);
    uint128 state = join(g->state);
    size_t i = 0;
    for (; i + 2 <= n_draws; i += 2) {
        const uint128 next = state * multiplier + increment;
        const uint64_t whole = fold(next);
        const uint64_t a = (uint64_t)(uint32_t)whole * n, b = (whole >> 32) * n;
        if (DRP_MIN((uint32_t)a, (uint32_t)b) < n)
            break;
        counts[a >> 32]++;
        counts[b >> 32]++;
        state = next;
    }
    split(state, g->state);
    return i;
}

void drp_pcg64_count_below(struct drp_pcg64 *g, uint32_t n, size_t n_draws, int16_t *counts)
{
    for (size_t i = 0; i < n_draws;) {
        if (n > 1 && !g->has_half)
            i += count_pairs(g, n, n_draws - i, counts);
        if (i < n_draws) {
            counts[drp_pcg64_below(g, n)]++;
            i++;
        }
    }
}

bool drp_pcg64_bit(struct drp_pcg64 *g)
{
    return drp_pcg64_bits(g, 1);
}

uint32_t drp_pcg64_bits(struct drp_pcg64 *g, uint32_t n)
{
    const uint64_t mask = (UINT64_C(1) << n) - 1;
    const uint64_t held = g->bits & ((UINT64_C(1) << g->n_bits) - 1);
    if (n <= g->n_bits) {
        g->bits = (uint32_t)(held >> n);
        g->n_bits -= n;
        return (uint32_t)(held & mask);
    }
    const uint64_t both = held | (uint64_t)drp_pcg64_u32(g) << g->n_bits;
    g->bits = (uint32_t)(both >> n);
    g->n_bits += 32 - n;
    return (uint32_t)(both & mask);
}
