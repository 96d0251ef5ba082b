#include "select/users.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/progress.h"

#include "base/banned.h"

void drp_users_init(struct drp_users *users, const struct drp_dataset *ds)
{
    const size_t n_rows = drp_dataset_n_rows(ds);
    users->n = 0;
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

void drp_users_release(struct drp_users *users)
{
    free(users->row);
    free(users->user);
    *users = (struct drp_users){0};
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

int drp_users_means(const struct drp_users *users, const struct drp_dataset *ds,
                    struct drp_vectors *vectors, float **out, struct drp_err *err)
{
    int rc = 0;
    const size_t dim = drp_vectors_dim(vectors);
    struct drp_progress *progress = drp_progress_new("users embedded", users->n);
    float *means = drp_malloc(drp_size_mul(drp_size_mul(users->n, dim), sizeof *means));
    for (size_t u = 0; u < users->n; u++) {
        DRP_TRY(rc, mean_vector(drp_dataset_row(ds, users->row[u])->profile, vectors,
                                means + u * dim, err));
        drp_progress_set(progress, u + 1, (struct drp_sv){0});
    }
out:
    drp_progress_free(progress);
    if (rc < 0) {
        free(means);
        means = NULL;
    }
    *out = means;
    return rc;
}
