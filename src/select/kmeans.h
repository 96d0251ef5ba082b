/* K-means that chooses as scikit-learn does: k-means++ with numpy's random numbers, then Lloyd's rounds. */
#ifndef DRP_SELECT_KMEANS_H
#define DRP_SELECT_KMEANS_H

#include <stdint.h>

#include "base/err.h"
#include "select/points.h"

/** The seed of the released code. */
enum { DRP_KMEANS_SEED = 42 };

/** How to cluster. `{.seed = DRP_KMEANS_SEED}` is scikit-learn's default with random_state 42. */
struct drp_kmeans_opts {
    uint32_t seed; /* of MT19937                                                   */
    uint32_t max_rounds; /* 0: 300                                                       */
    double tolerance;    /* of the summed squared shifts, in mean column variances;
                          * 0: 1e-4                                                      */
    const float *start; /* (k, d) centres to begin with; NULL: k-means++                */
};

/** A clustering. Arrays are the arena's. */
struct drp_kmeans {
    size_t n, k;
    int32_t *labels; /* (n) 0 … k - 1; fewer are used when fewer points are distinct   */
    double *distances; /* (n) of each point to the centre of its cluster, not squared    */
    double *centres; /* (k, d) after the last update                                   */
    double inertia;  /* sum of the squared distances                                   */
    uint32_t n_rounds; /* the one that stopped included                                  */
};

/**
 * Clusters points into k groups, in double precision: the same bits on every processor.
 * **Errors**: DRP_EINPUT (k is 0, fewer points than k, a value that is not finite).
 * **Source**: scikit-learn 1.9.1, KMeans(n_clusters=k, random_state=seed).fit(X), which computes in float32: labels,
 * rounds and inertia agree, cluster numbers may differ where two candidates are equally good.
 */
int drp_kmeans_fit(struct drp_points points, size_t k, const struct drp_kmeans_opts *opts,
                   struct drp_arena *arena, struct drp_kmeans *out,
                   struct drp_err *err) DRP_CHECKED;

#endif
