#include "select/representatives.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"

#include "base/banned.h"

/* Real ties lie below 2e-7 even in float32, real gaps above 2e-5. */
static const double EQUAL_DISTANCES = 1e-6;

void drp_representatives(const struct drp_kmeans *clusters, size_t *nearest)
{
    double *least = drp_malloc(drp_size_mul(clusters->k, sizeof *least));
    for (size_t k = 0; k < clusters->k; k++) {
        nearest[k] = DRP_NO_POINT;
        least[k] = INFINITY;
    }
    for (size_t i = 0; i < clusters->n; i++) {
        const size_t k = (size_t)clusters->labels[i];
        least[k] = fmin(least[k], clusters->distances[i]);
    }
    for (size_t i = clusters->n; i-- > 0;) {
        const size_t k = (size_t)clusters->labels[i];
        if (clusters->distances[i] <= least[k] + EQUAL_DISTANCES)
            nearest[k] = i;
    }
    free(least);
}
