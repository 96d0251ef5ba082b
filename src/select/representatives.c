#include "select/representatives.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"

#include "base/banned.h"

/* Real ties lie below 2e-7 even in float32, real gaps above 2e-5. */
static const double EQUAL_DISTANCES = 1e-6;

static double distance(const float *point, const double *centre, size_t d)
{
    double sum = 0;
    for (size_t c = 0; c < d; c++)
        sum += (point[c] - centre[c]) * (point[c] - centre[c]);
    return sqrt(sum);
}

void drp_representatives(struct drp_points points, const struct drp_kmeans *clusters,
                         size_t *nearest)
{
    double *distances = drp_malloc(drp_size_mul(points.n, sizeof *distances));
    double *least = drp_malloc(drp_size_mul(clusters->k, sizeof *least));
    for (size_t k = 0; k < clusters->k; k++) {
        nearest[k] = DRP_NO_POINT;
        least[k] = INFINITY;
    }
    for (size_t i = 0; i < points.n; i++) {
        const size_t k = (size_t)clusters->labels[i];
        distances[i] =
            distance(points.at + i * points.d, clusters->centres + k * points.d, points.d);
        least[k] = fmin(least[k], distances[i]);
    }
    for (size_t i = points.n; i-- > 0;) {
        const size_t k = (size_t)clusters->labels[i];
        if (distances[i] <= least[k] + EQUAL_DISTANCES)
            nearest[k] = i;
    }
    free(least);
    free(distances);
}
