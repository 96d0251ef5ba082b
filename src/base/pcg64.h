/* numpy's default generator, so that resampling draws what Python's tools draw. */
#ifndef DRP_BASE_PCG64_H
#define DRP_BASE_PCG64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** PCG64 (XSL-RR, 128-bit state). One owner. **Source**: numpy.random.default_rng(seed). */
struct drp_pcg64 {
    uint64_t state[2], increment[2]; /* high word, low word                            */
    uint32_t half;                   /* upper half of the last 64 bits, while has_half */
    bool has_half;
    uint32_t bits;   /* what drp_pcg64_bit() has not handed out, the next one lowest */
    uint32_t n_bits; /* of these, 0 to 31                                            */
};

/** Seeds as numpy.random.default_rng(seed) does (SeedSequence of one integer). */
void drp_pcg64_init(struct drp_pcg64 *g, uint64_t seed);

/** The next 64 random bits. */
uint64_t drp_pcg64_u64(struct drp_pcg64 *g);

/** The next 32 random bits: the lower half of 64, at the next call the upper half. */
uint32_t drp_pcg64_u32(struct drp_pcg64 *g);

/**
 * A uniform integer in [0, n), n ≥ 1, without bias.
 * **Source**: Generator.choice(n, size, replace=True) and Generator.integers(n, size=size), dtype int64
 * (uint64 beyond its range), one element after another.
 */
uint64_t drp_pcg64_below(struct drp_pcg64 *g, uint64_t n);

/**
 * Adds 1 to counts[i] for each i among the next `n_draws` of drp_pcg64_below(g, n), in half the time. Beyond
 * INT16_MAX a count wraps.
 * **Shapes**: counts (n).
 */
void drp_pcg64_count_below(struct drp_pcg64 *g, uint32_t n, size_t n_draws,
                           int16_t *counts);

/**
 * A fair bit. Set g->n_bits = 0 where a new call of numpy's would begin.
 * **Source**: Generator.integers(2, size=size, dtype=bool), one element after another.
 */
bool drp_pcg64_bit(struct drp_pcg64 *g);

/** The next n ≤ 32 of drp_pcg64_bit() at once, the first one lowest. */
uint32_t drp_pcg64_bits(struct drp_pcg64 *g, uint32_t n);

#endif
