/* Who stands for a cluster: the point nearest to its centre. */
#ifndef DRP_SELECT_REPRESENTATIVES_H
#define DRP_SELECT_REPRESENTATIVES_H

#include "select/kmeans.h"

/** What stands for a cluster that holds nothing. */
#define DRP_NO_POINT SIZE_MAX

/**
 * For each cluster the point of it nearest to its centre; points that are as near within 1e-6 are equal, and
 * the lowest counts: two points alone in a cluster are always equally near to their mean.
 * **Shapes**: nearest (clusters->k), DRP_NO_POINT where a cluster is empty.
 * **Source**: DRP's released code, where rounding decides between equal ones.
 */
void drp_representatives(const struct drp_kmeans *clusters, size_t *nearest);

#endif
