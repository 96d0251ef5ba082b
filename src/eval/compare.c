#include "eval/compare.h"

#include <math.h>

#include "base/base.h"

#include "base/banned.h"

/* The groups of all systems in rows, a row a system, a column a temperature. */
struct grid {
    const struct drp_group **at; /* (n_systems, n_layers); NULL: that system lacks the temperature */
    size_t n_systems, n_layers;
};

static bool same_temperature(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Systems and temperatures in the order of appearance. */
static struct grid grid_of(const struct drp_groups *groups, struct drp_arena *arena,
                           struct drp_comparison *out)
{
    struct grid grid = {0};
    const struct drp_group **systems =
        drp_arena_new(arena, const struct drp_group *, groups->n);
    size_t *system_of = drp_arena_new(arena, size_t, groups->n);
    size_t *layer_of = drp_arena_new(arena, size_t, groups->n);
    out->temperatures = drp_arena_new(arena, double, groups->n);
    for (size_t i = 0; i < groups->n; i++) {
        const struct drp_group *group = &groups->at[i];
        size_t s = 0, t = 0;
        while (s < grid.n_systems && !drp_group_same_system(systems[s], group))
            s++;
        while (t < grid.n_layers &&
               !same_temperature(out->temperatures[t], group->temperature))
            t++;
        systems[s] = group;
        out->temperatures[t] = group->temperature;
        grid.n_systems = DRP_MAX(grid.n_systems, s + 1);
        grid.n_layers = DRP_MAX(grid.n_layers, t + 1);
        system_of[i] = s;
        layer_of[i] = t;
    }
    grid.at = drp_arena_new(arena, const struct drp_group *,
                            drp_size_mul(grid.n_systems, grid.n_layers));
    for (size_t i = 0; i < groups->n; i++)
        grid.at[system_of[i] * grid.n_layers + layer_of[i]] = &groups->at[i];
    return grid;
}

static bool all_have_layer(const struct grid *grid, size_t layer)
{
    for (size_t s = 0; s < grid->n_systems; s++)
        if (!grid->at[s * grid->n_layers + layer])
            return false;
    return true;
}

/* Keeps the temperatures that every system has. */
static void keep_common_layers(struct grid *grid, struct drp_arena *arena,
                               struct drp_comparison *out)
{
    size_t *kept = drp_arena_new(arena, size_t, grid->n_layers);
    size_t n = 0;
    for (size_t t = 0; t < grid->n_layers; t++)
        if (all_have_layer(grid, t))
            kept[n++] = t;
    for (size_t s = 0; s < grid->n_systems; s++)
        for (size_t t = 0; t < n; t++)
            grid->at[s * n + t] = grid->at[s * grid->n_layers + kept[t]];
    for (size_t t = 0; t < n; t++)
        out->temperatures[t] = out->temperatures[kept[t]];
    grid->n_layers = out->n_temperatures = n;
}

/* The row that `name` stands for: a method, or a source by its number. */
static int find_baseline(const struct grid *grid, struct drp_sv name, size_t *row,
                         struct drp_err *err)
{
    int64_t source = 0;
    const bool is_number = drp_sv_int(name, &source);
    *row = 0;
    if (!name.ptr)
        return 0;
    for (size_t s = 0; s < grid->n_systems; s++) {
        const struct drp_group *group = grid->at[s * grid->n_layers];
        if (is_number ? group->source + 1 == (size_t)source
                      : drp_sv_eq(group->method, name)) {
            *row = s;
            return 0;
        }
    }
    return drp_fail(err, DRP_EUSAGE,
                    "no baseline '%.*s': it is a method of the runs, or the number of a run or "
                    "file, from 1",
                    DRP_SV_ARG(name));
}

static void swap_rows(struct grid *grid, size_t row)
{
    for (size_t t = 0; t < grid->n_layers && row > 0; t++) {
        const struct drp_group *baseline = grid->at[row * grid->n_layers + t];
        for (size_t s = row; s > 0; s--)
            grid->at[s * grid->n_layers + t] = grid->at[(s - 1) * grid->n_layers + t];
        grid->at[t] = baseline;
    }
}

/* Holm's correction, metric by metric, over all systems but the baseline. */
static void correct(struct drp_comparison *c, struct drp_arena *arena)
{
    const size_t n = c->n - 1;
    double *p = drp_arena_new(arena, double, n);
    for (size_t m = 0; m < DRP_N_METRICS; m++) {
        for (size_t i = 0; i < n; i++)
            p[i] = c->systems[i + 1].tests[m].p_bootstrap;
        drp_holm(p, n);
        for (size_t i = 0; i < n; i++) {
            c->systems[i + 1].holm_bootstrap[m] = p[i];
            p[i] = c->systems[i + 1].tests[m].p_randomisation;
        }
        drp_holm(p, n);
        for (size_t i = 0; i < n; i++)
            c->systems[i + 1].holm_randomisation[m] = p[i];
    }
}

static void test_systems(const struct grid *grid, const struct drp_unit *units,
                         const struct drp_resample_opts *opts, struct drp_comparison *out)
{
    const size_t row_units = grid->n_layers * out->n_samples;
    const struct drp_system baseline = {units, grid->n_layers, out->n_samples};
    for (size_t s = 0; s < grid->n_systems; s++) {
        const struct drp_group *group = grid->at[s * grid->n_layers];
        const struct drp_system system = {units + s * row_units, grid->n_layers,
                                          out->n_samples};
        struct drp_compared *c = &out->systems[s];
        c->source = group->source;
        c->method = group->method;
        c->model = group->model;
        drp_system_scores(&system, c->scores);
        if (s == 0) {
            drp_bootstrap(&system, opts, c->intervals);
            continue;
        }
        drp_paired_test(&baseline, &system, opts, c->tests);
        for (size_t m = 0; m < DRP_N_METRICS; m++)
            c->intervals[m] = c->tests[m].interval;
    }
}

static size_t most_samples(const struct grid *grid)
{
    size_t most = 0;
    for (size_t i = 0; i < grid->n_systems * grid->n_layers; i++)
        most = DRP_MAX(most, drp_group_n_samples(grid->at[i]));
    return most;
}

int drp_compare(const struct drp_groups *groups, struct drp_sv baseline,
                const struct drp_resample_opts *opts, struct drp_arena *arena,
                struct drp_comparison *out, struct drp_err *err)
{
    int rc = 0;
    size_t row;
    *out = (struct drp_comparison){0};
    struct grid grid = grid_of(groups, arena, out);
    if (grid.n_systems < 2)
        return drp_fail(err, DRP_EINPUT,
                        "nothing to compare: a run with two methods, or two runs or files, "
                        "are needed");
    keep_common_layers(&grid, arena, out);
    if (grid.n_layers == 0)
        return drp_fail(err, DRP_EINPUT,
                        "nothing to compare: the systems have no temperature in common");
    DRP_TRY(rc, find_baseline(&grid, baseline, &row, err));
    swap_rows(&grid, row);
    const struct drp_unit *units =
        drp_groups_align(grid.at, grid.n_systems * grid.n_layers, arena, &out->n_samples);
    if (out->n_samples == 0)
        return drp_fail(err, DRP_EINPUT,
                        "nothing to compare: the systems have no sample in common");
    out->n_left_out = most_samples(&grid) - out->n_samples;
    out->n = grid.n_systems;
    out->systems = drp_arena_new(arena, struct drp_compared, out->n);
    test_systems(&grid, units, opts, out);
    correct(out, arena);
out:
    return rc;
}
