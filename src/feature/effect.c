#include "feature/effect.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/banned.h"

enum { BISECTIONS = 48 };

/* A number of either group, to be sorted with the others. */
struct entry {
    double value, weight;
    bool is_a;
};

static int compare_values(const void *x, const void *y)
{
    const double a = ((const struct entry *)x)->value;
    const double b = ((const struct entry *)y)->value;
    return (a > b) - (a < b);
}

static void add_entries(struct drp_weighted group, bool is_a, struct entry *out)
{
    for (size_t i = 0; i < group.n; i++)
        out[i] = (struct entry){group.at[i], group.weight ? group.weight[i] : 1, is_a};
}

/* Mean, total weight and effective number of a group. */
static double summarize(struct drp_weighted group, double *total, double *effective)
{
    double sum = 0;
    double squares = 0;
    *total = 0;
    for (size_t i = 0; i < group.n; i++) {
        const double w = group.weight ? group.weight[i] : 1;
        assert(w > 0);
        sum += w * group.at[i];
        squares += w * w;
        *total += w;
    }
    *effective = *total * *total / squares;
    return sum / *total;
}

/* Weight of the pairs in which a is larger less that of those in which b is. */
static double dominance(const struct entry *all, size_t n)
{
    double below_a = 0; /* weight of what is smaller than the entries looked at */
    double below_b = 0;
    double sum = 0;
    for (size_t i = 0; i < n;) {
        double a = 0;
        double b = 0;
        size_t k = i;
        for (; k < n && all[k].value == all[i].value; k++)
            *(all[k].is_a ? &a : &b) += all[k].weight;
        sum += a * below_b - b * below_a;
        below_a += a;
        below_b += b;
        i = k;
    }
    return sum;
}

void drp_effect_compare(struct drp_weighted a, struct drp_weighted b, struct drp_effect *out)
{
    assert(a.n > 0 && b.n > 0);
    const size_t n = a.n + b.n;
    double total_a;
    double total_b;
    struct entry *all = drp_calloc(n, sizeof *all);
    add_entries(a, true, all);
    add_entries(b, false, all + a.n);
    qsort(all, n, sizeof *all, compare_values);
    *out = (struct drp_effect){0};
    out->mean_a = summarize(a, &total_a, &out->n_a);
    out->mean_b = summarize(b, &total_b, &out->n_b);
    const double delta = dominance(all, n) / (total_a * total_b);
    out->delta = DRP_MAX(-1, DRP_MIN(delta, 1));
    free(all);
}

/* Variance that an estimate of θ would have, were `theta` true. */
static double variance(double theta, double m, double n)
{
    const double middle = (m + n) / 2 - 1;
    const double spread = (1 - theta) / (2 - theta) + theta / (1 + theta);
    return theta * (1 - theta) * (1 + middle * spread) / (m * n);
}

/* The end of the interval between `inside`, the estimate, and `outside`, 0 or 1. */
static double find_end(const struct drp_effect *e, double z, double inside, double outside)
{
    const double estimate = inside;
    for (int i = 0; i < BISECTIONS; i++) {
        const double at = (inside + outside) / 2;
        const double distance = estimate - at;
        if (distance * distance <= z * z * variance(at, e->n_a, e->n_b))
            inside = at;
        else
            outside = at;
    }
    return inside;
}

void drp_effect_interval(const struct drp_effect *e, double z, double *low, double *high)
{
    const double theta = (e->delta + 1) / 2;
    *low = 2 * find_end(e, z, theta, 0) - 1;
    *high = 2 * find_end(e, z, theta, 1) - 1;
}
