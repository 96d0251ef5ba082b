/* Users clustered by their histories, and who stands for each cluster: the comparison of the paper's text. */
#ifndef DRP_SELECT_USER_LEVEL_H
#define DRP_SELECT_USER_LEVEL_H

#include "data/dataset.h"
#include "select/vectors.h"

/** The users of a split in clusters. **Threads**: any may read. */
struct drp_user_clusters {
    size_t n;                /* clusters; 0: there are fewer users than clusters        */
    int32_t *cluster_of_row; /* (n_rows)                                                */
    size_t *representative;  /* (n) row of the user nearest to the centre, SIZE_MAX where
                              * the cluster is empty                                    */
};

/**
 * Clusters the users of a split into `n` by the mean of the vectors of their texts; a user with several rows by the
 * first, which knows least of what is to be predicted.
 * **Owns**: caller, drp_user_clusters_release(). **Errors**: as drp_vectors_get().
 */
int drp_user_clusters_init(struct drp_user_clusters *clusters,
                           const struct drp_dataset *ds, struct drp_vectors *vectors,
                           size_t n, uint32_t seed, struct drp_err *err) DRP_CHECKED;

/** Frees the contents. */
void drp_user_clusters_release(struct drp_user_clusters *clusters);

#endif
