#include "select/neighbours.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/thread.h"
#include "select/similar.h"
#include "select/users.h"

#include "base/banned.h"

struct drp_neighbours {
    const struct drp_dataset *ds; /* borrowed */
    struct drp_vectors *vectors;  /* borrowed */
    struct drp_users users;
    struct drp_mutex lock; /* guards `means` until it is set; it never changes afterwards */
    float *means; /* (users.n, dim); NULL: not asked for yet                     */
};

struct drp_neighbours *drp_neighbours_new(const struct drp_dataset *ds,
                                          struct drp_vectors *vectors)
{
    struct drp_neighbours *nb = drp_calloc(1, sizeof *nb);
    nb->ds = ds;
    nb->vectors = vectors;
    drp_users_init(&nb->users, ds);
    drp_mutex_init(&nb->lock);
    return nb;
}

void drp_neighbours_free(struct drp_neighbours *nb)
{
    if (!nb)
        return;
    drp_mutex_release(&nb->lock);
    drp_users_release(&nb->users);
    free(nb->means);
    free(nb);
}

/* The means of all users; others wait while the first one has them computed. */
static int get_means(struct drp_neighbours *nb, const float **out, struct drp_err *err)
{
    int rc = 0;
    drp_mutex_lock(&nb->lock);
    if (!nb->means)
        rc = drp_users_means(&nb->users, nb->ds, nb->vectors, &nb->means, err);
    *out = nb->means;
    drp_mutex_unlock(&nb->lock);
    return rc;
}

/* The other users with texts, by user id: places in nb->users. **Shapes**: others (users.n). */
static size_t list_others(const struct drp_neighbours *nb, size_t self, uint32_t *others)
{
    size_t n = 0;
    for (size_t u = 0; u < nb->users.n; u++)
        if (u != self && drp_dataset_row(nb->ds, nb->users.row[u])->profile.n > 0)
            others[n++] = (uint32_t)u;
    return n;
}

/* Puts the `k` others nearest to `self` in front. */
static int nearest_first(struct drp_neighbours *nb, size_t self, uint32_t *others,
                         size_t n, size_t k, struct drp_err *err)
{
    int rc = 0;
    const size_t dim = drp_vectors_dim(nb->vectors);
    const float *means = NULL;
    double *scores = drp_malloc(drp_size_mul(n, sizeof *scores));
    uint32_t *best = drp_malloc(drp_size_mul(k, sizeof *best));
    DRP_TRY(rc, get_means(nb, &means, err));
    for (size_t i = 0; i < n; i++)
        scores[i] = drp_similar_cosine(means + self * dim, means + others[i] * dim, dim);
    drp_similar_top(scores, n, k, best);
    for (size_t i = 0; i < k; i++)
        best[i] = others[best[i]];
    for (size_t i = 0; i < k; i++)
        others[i] = best[i];
out:
    free(best);
    free(scores);
    return rc;
}

int drp_neighbours_of(struct drp_neighbours *nb, size_t row, size_t k,
                      struct drp_arena *arena, struct drp_near *out, struct drp_err *err)
{
    int rc = 0;
    const size_t self = nb->users.user[row];
    uint32_t *others = drp_malloc(drp_size_mul(nb->users.n, sizeof *others));
    const size_t n = list_others(nb, self, others);
    const size_t n_near = k == 0 || k > n ? n : k;
    if (n_near < n)
        DRP_TRY(rc, nearest_first(nb, self, others, n, n_near, err));
    size_t *rows = drp_arena_new(arena, size_t, n_near);
    for (size_t i = 0; i < n_near; i++)
        rows[i] = nb->users.row[others[i]];
    *out = (struct drp_near){rows, n_near};
out:
    free(others);
    return rc;
}
