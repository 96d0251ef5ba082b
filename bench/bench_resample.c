/* Milliseconds of processor time of a paired bootstrap of all metrics, 1,000 resamples, over as many units as given (2,000).
 *
 *     bench_resample [units] */
#include <stdio.h>
#include <time.h>

#include "base/base.h"
#include "base/rng.h"
#include "metric/resample.h"

#include "base/banned.h"

static struct drp_unit *random_units(size_t n, struct drp_rng *rng, struct drp_arena *arena)
{
    struct drp_unit *units = drp_arena_new(arena, struct drp_unit, n);
    for (size_t i = 0; i < n; i++) {
        struct drp_unit *u = &units[i];
        u->n = u->n_judged = 1;
        u->bleu.sys_len = 60 + (double)drp_rng_below(rng, 60);
        u->bleu.ref_len = 60 + (double)drp_rng_below(rng, 60);
        for (size_t k = 0; k < DRP_BLEU_ORDER; k++) {
            u->bleu.total[k] = u->bleu.sys_len - (double)k;
            u->bleu.correct[k] =
                (double)drp_rng_below(rng, (uint64_t)u->bleu.total[k] / (k + 1));
        }
        for (size_t m = 0; m < DRP_N_METRICS; m++)
            u->sum[m] = drp_rng_double(rng);
    }
    return units;
}

int main(int argc, char **argv)
{
    int64_t n = 2000;
    struct drp_rng rng;
    struct drp_arena arena = {0};
    struct drp_paired out[DRP_N_METRICS];
    const struct drp_resample_opts opts = {.seed = 12345, .n_resamples = 1000, .n_trials = 1};
    if (argc > 2 || (argc == 2 && (!drp_sv_int(drp_sv_from(argv[1]), &n) || n < 1))) {
        fputs("usage: bench_resample [units]\n", stderr);
        return drp_exit_status(DRP_EUSAGE);
    }
    drp_rng_init(&rng, 1);
    const struct drp_system a = {random_units((size_t)n, &rng, &arena), 1, (size_t)n};
    const struct drp_system b = {random_units((size_t)n, &rng, &arena), 1, (size_t)n};
    const clock_t started = clock();
    drp_paired_test(&a, &b, &opts, out);
    const double ms = 1000.0 * (double)(clock() - started) / CLOCKS_PER_SEC;
    printf("%.3f ms: paired bootstrap, %u resamples of %lld units\n", ms,
           opts.n_resamples, (long long)n);
    drp_arena_release(&arena);
    return 0;
}
