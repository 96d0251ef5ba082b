/* Microseconds of what selection does for each sample, on texts and vectors of the usual size:
 * BM25 index and query over a user's history (30 documents of 150 words, a query of 150 words), k-means over the
 * texts about one item (30 points in 1536 dimensions, 5 clusters).
 *
 *     bench_select [repeats] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/rng.h"
#include "select/bm25.h"
#include "select/kmeans.h"

#include "base/banned.h"

enum {
    DOCUMENTS = 30,
    WORDS = 150,
    VOCABULARY = 3000,
    POINTS = 30,
    DIM = 1536,
    CLUSTERS = 5
};

static void report(const char *what, int64_t started_us, int64_t repeats)
{
    const double us = (double)(drp_clock_us() - started_us);
    printf("%-24s %8.1f us\n", what, us / (double)repeats);
}

/* Words as frequent as in a language: the n-th has a share of about 1 / n. */
static void bench_bm25(struct drp_rng *rng, int64_t repeats)
{
    struct drp_arena arena = {0};
    struct drp_bm25_text texts[DOCUMENTS + 1] = {0};
    uint32_t best[8];
    for (size_t d = 0; d <= DOCUMENTS; d++) {
        uint32_t *ids = drp_arena_new(&arena, uint32_t, WORDS);
        for (size_t i = 0; i < WORDS; i++)
            ids[i] = (uint32_t)exp(drp_rng_double(rng) * log(VOCABULARY));
        texts[d].body = (struct drp_terms){ids, WORDS};
    }
    const int64_t started_us = drp_clock_us();
    for (int64_t r = 0; r < repeats; r++) {
        struct drp_bm25 *index = drp_bm25_new(texts, DOCUMENTS);
        if (drp_bm25_top(index, texts[DOCUMENTS], DRP_LEN(best), best) != DRP_LEN(best))
            abort();
        drp_bm25_free(index);
    }
    report("BM25 index and query", started_us, repeats);
    drp_arena_release(&arena);
}

static int bench_kmeans(struct drp_rng *rng, int64_t repeats, struct drp_err *err)
{
    int rc = 0;
    struct drp_arena arena = {0};
    float *values = drp_arena_new(&arena, float, POINTS *DIM);
    const struct drp_kmeans_opts opts = {.seed = DRP_KMEANS_SEED};
    for (size_t i = 0; i < POINTS * DIM; i++)
        values[i] = (float)(drp_rng_double(rng) - 0.5);
    const int64_t started_us = drp_clock_us();
    for (int64_t r = 0; r < repeats; r++) {
        struct drp_kmeans found;
        struct drp_arena result = {0};
        rc = drp_kmeans_fit((struct drp_points){values, POINTS, DIM}, CLUSTERS, &opts,
                            &result, &found, err);
        drp_arena_release(&result);
        if (rc < 0)
            goto out;
    }
    report("k-means", started_us, repeats);
out:
    drp_arena_release(&arena);
    return rc;
}

int main(int argc, char **argv)
{
    int64_t repeats = 1000;
    struct drp_rng rng;
    struct drp_err err = {0};
    if (argc > 2 ||
        (argc == 2 && (!drp_sv_int(drp_sv_from(argv[1]), &repeats) || repeats < 1))) {
        fputs("usage: bench_select [repeats]\n", stderr);
        return drp_exit_status(DRP_EUSAGE);
    }
    drp_rng_init(&rng, 1);
    bench_bm25(&rng, repeats);
    const int rc = bench_kmeans(&rng, repeats, &err);
    if (rc < 0)
        fprintf(stderr, "bench_select: %s\n", err.text);
    return drp_exit_status(rc);
}
