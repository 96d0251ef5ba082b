#include "eval/groups.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"

#include "base/banned.h"

void drp_groups_init(struct drp_groups *g)
{
    *g = (struct drp_groups){0};
    drp_arena_init(&g->arena);
    drp_intern_init(&g->samples);
}

void drp_groups_release(struct drp_groups *g)
{
    for (size_t i = 0; i < g->n; i++)
        free(g->at[i].units);
    free(g->at);
    drp_intern_release(&g->samples);
    drp_arena_release(&g->arena);
}

static bool is_group_of(const struct drp_group *group, size_t source,
                        const struct drp_pair *pair)
{
    return group->source == source && drp_sv_eq(group->method, pair->method) &&
           drp_sv_eq(group->model, pair->model) &&
           (group->temperature == pair->temperature ||
            (isnan(group->temperature) && isnan(pair->temperature)));
}

static struct drp_group *find_group(struct drp_groups *g, size_t source,
                                    const struct drp_pair *pair)
{
    for (size_t i = 0; i < g->n; i++)
        if (is_group_of(&g->at[i], source, pair))
            return &g->at[i];
    if (g->n == g->cap)
        g->at = drp_vec_grow(g->at, &g->cap, g->n + 1, sizeof *g->at);
    g->at[g->n] = (struct drp_group){
        .source = source,
        .method = drp_arena_sv(&g->arena, pair->method),
        .model = drp_arena_sv(&g->arena, pair->model),
        .temperature = pair->temperature,
    };
    return &g->at[g->n++];
}

size_t drp_groups_sample(struct drp_groups *g, struct drp_sv name)
{
    return drp_intern_add(&g->samples, name);
}

void drp_groups_add(struct drp_groups *g, size_t source, const struct drp_pair *pair,
                    size_t sample, const struct drp_unit *unit)
{
    struct drp_group *group = find_group(g, source, pair);
    if (sample >= group->cap)
        group->units =
            drp_vec_grow(group->units, &group->cap, sample + 1, sizeof *group->units);
    while (group->n_units <= sample)
        group->units[group->n_units++] = (struct drp_unit){0};
    drp_unit_add(&group->units[sample], unit);
}

static bool has_sample(const struct drp_group *group, size_t i)
{
    return i < group->n_units && group->units[i].n > 0;
}

size_t drp_group_n_samples(const struct drp_group *group)
{
    size_t n = 0;
    for (size_t i = 0; i < group->n_units; i++)
        n += has_sample(group, i);
    return n;
}

static bool all_have_sample(const struct drp_group *const *groups, size_t n, size_t i)
{
    for (size_t g = 0; g < n; g++)
        if (!has_sample(groups[g], i))
            return false;
    return true;
}

const struct drp_unit *drp_groups_align(const struct drp_group *const *groups, size_t n,
                                        struct drp_arena *arena, size_t *n_units)
{
    const size_t n_samples = n > 0 ? groups[0]->n_units : 0;
    size_t kept = 0;
    for (size_t i = 0; i < n_samples; i++)
        kept += all_have_sample(groups, n, i);
    *n_units = kept;
    if (n == 1 && kept == n_samples)
        return groups[0]->units;
    struct drp_unit *units = drp_arena_new(arena, struct drp_unit, drp_size_mul(n, kept));
    size_t at = 0;
    for (size_t i = 0; i < n_samples; i++) {
        if (!all_have_sample(groups, n, i))
            continue;
        for (size_t g = 0; g < n; g++)
            units[g * kept + at] = groups[g]->units[i];
        at++;
    }
    return units;
}

bool drp_group_same_system(const struct drp_group *a, const struct drp_group *b)
{
    return a->source == b->source && drp_sv_eq(a->method, b->method) &&
           drp_sv_eq(a->model, b->model);
}
