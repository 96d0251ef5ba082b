#include "select/user_level.h"

#include <stdlib.h>

#include "base/base.h"
#include "select/kmeans.h"
#include "select/representatives.h"
#include "select/users.h"

#include "base/banned.h"

int drp_user_clusters_init(struct drp_user_clusters *clusters,
                           const struct drp_dataset *ds, struct drp_vectors *vectors,
                           size_t n, uint32_t seed, struct drp_err *err)
{
    int rc = 0;
    struct drp_arena arena = {0};
    struct drp_users users;
    float *means = NULL;
    struct drp_kmeans found;
    *clusters = (struct drp_user_clusters){0};
    drp_users_init(&users, ds);
    if (users.n < n)
        goto out;
    DRP_TRY(rc, drp_users_means(&users, ds, vectors, &means, err));
    const struct drp_points points = {means, users.n, drp_vectors_dim(vectors)};
    const struct drp_kmeans_opts opts = {.seed = seed};
    DRP_TRY(rc, drp_kmeans_fit(points, n, &opts, &arena, &found, err));

    const size_t n_rows = drp_dataset_n_rows(ds);
    clusters->n = n;
    clusters->representative = drp_calloc(n, sizeof *clusters->representative);
    drp_representatives(&found, clusters->representative);
    for (size_t c = 0; c < n; c++) {
        if (clusters->representative[c] != DRP_NO_POINT)
            clusters->representative[c] = users.row[clusters->representative[c]];
    }
    clusters->cluster_of_row = drp_calloc(n_rows, sizeof *clusters->cluster_of_row);
    for (size_t r = 0; r < n_rows; r++)
        clusters->cluster_of_row[r] = found.labels[users.user[r]];
out:
    free(means);
    drp_users_release(&users);
    drp_arena_release(&arena);
    return rc;
}

void drp_user_clusters_release(struct drp_user_clusters *clusters)
{
    free(clusters->cluster_of_row);
    free(clusters->representative);
    *clusters = (struct drp_user_clusters){0};
}
