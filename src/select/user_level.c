#include "select/user_level.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/progress.h"
#include "select/kmeans.h"
#include "select/representatives.h"

#include "base/banned.h"

/* One point a user, in the order of their first rows. */
struct users {
    size_t n;
    size_t *row;  /* (n) first row of each                      */
    size_t *user; /* (n_rows) which of the users a row is of     */
    float *means; /* (n, dim)                                    */
};

static void list_users(struct users *users, const struct drp_dataset *ds)
{
    const size_t n_rows = drp_dataset_n_rows(ds);
    users->row = drp_calloc(n_rows, sizeof *users->row);
    users->user = drp_calloc(n_rows, sizeof *users->user);
    for (size_t r = 0; r < n_rows; r++) {
        const bool again =
            r > 0 && drp_dataset_row(ds, r)->user == drp_dataset_row(ds, r - 1)->user;
        if (!again)
            users->row[users->n++] = r;
        users->user[r] = users->n - 1;
    }
}

/* The mean of the vectors of a history; zeros for an empty one. */
static int mean_vector(struct drp_reviews history, struct drp_vectors *vectors,
                       float *mean, struct drp_err *err)
{
    const size_t dim = drp_vectors_dim(vectors);
    struct drp_sv *texts = drp_malloc(drp_size_mul(history.n, sizeof *texts));
    float *all = drp_malloc(drp_size_mul(drp_size_mul(history.n, dim), sizeof *all));
    for (size_t i = 0; i < history.n; i++)
        texts[i] = history.at[i]->text;
    const int rc = drp_vectors_get(vectors, texts, history.n, all, err);
    for (size_t c = 0; rc == 0 && c < dim; c++) {
        double sum = 0;
        for (size_t i = 0; i < history.n; i++)
            sum += all[i * dim + c];
        mean[c] = history.n > 0 ? (float)(sum / (double)history.n) : 0;
    }
    free(all);
    free(texts);
    return rc;
}

static int mean_vectors(struct users *users, const struct drp_dataset *ds,
                        struct drp_vectors *vectors, struct drp_err *err)
{
    int rc = 0;
    const size_t dim = drp_vectors_dim(vectors);
    struct drp_progress *progress = drp_progress_new("users embedded", users->n);
    users->means = drp_malloc(drp_size_mul(drp_size_mul(users->n, dim), sizeof(float)));
    for (size_t u = 0; u < users->n; u++) {
        DRP_TRY(rc, mean_vector(drp_dataset_row(ds, users->row[u])->profile, vectors,
                                users->means + u * dim, err));
        drp_progress_set(progress, u + 1, (struct drp_sv){0});
    }
out:
    drp_progress_free(progress);
    return rc;
}

int drp_user_clusters_init(struct drp_user_clusters *clusters,
                           const struct drp_dataset *ds, struct drp_vectors *vectors,
                           size_t n, uint32_t seed, struct drp_err *err)
{
    int rc = 0;
    struct drp_arena arena = {0};
    struct users users = {0};
    struct drp_kmeans found;
    *clusters = (struct drp_user_clusters){0};
    list_users(&users, ds);
    if (users.n < n)
        goto out;
    DRP_TRY(rc, mean_vectors(&users, ds, vectors, err));
    const struct drp_points points = {users.means, users.n, drp_vectors_dim(vectors)};
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
    free(users.row);
    free(users.user);
    free(users.means);
    drp_arena_release(&arena);
    return rc;
}

void drp_user_clusters_release(struct drp_user_clusters *clusters)
{
    free(clusters->cluster_of_row);
    free(clusters->representative);
    *clusters = (struct drp_user_clusters){0};
}
