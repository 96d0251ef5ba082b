/* Random numbers that equal numpy's, and seeds derived from names instead of counters. */
#ifndef DRP_BASE_RNG_H
#define DRP_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/** MT19937, filled by the one-integer initialiser. **Source**: numpy.random.RandomState(seed). */
struct drp_rng {
    uint32_t state[624];
    size_t at; /* next word to hand out; 624: twist first */
};

/** Seeds as numpy.random.RandomState(seed) does. */
void drp_rng_init(struct drp_rng *r, uint32_t seed);

/** The next 32 random bits. */
uint32_t drp_rng_u32(struct drp_rng *r);

/** A uniform double in [0, 1) with 53 bits, from two outputs. **Source**: RandomState.random_sample. */
double drp_rng_double(struct drp_rng *r);

/** A uniform integer in [0, n), n ≥ 1, without bias (rejection). */
uint64_t drp_rng_below(struct drp_rng *r, uint64_t n);

#endif
