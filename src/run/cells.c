#include "run/cells.h"

#include "base/base.h"

#include "base/banned.h"

static int find_methods(const struct drp_options *o, struct drp_arena *arena,
                        struct drp_grid *out, struct drp_err *err)
{
    size_t n_all;
    const struct drp_method *const *all = drp_methods(&n_all);
    out->methods = drp_arena_new(arena, const struct drp_method *, n_all + o->methods.n);
    for (size_t i = 0; i < o->methods.n; i++) {
        if (drp_sv_is(o->methods.at[i], "all")) {
            out->n_methods = 0;
            for (size_t m = 0; m < n_all; m++)
                out->methods[out->n_methods++] = all[m];
            return 0;
        }
        const int rc =
            drp_method_find(o->methods.at[i], &out->methods[out->n_methods], err);
        if (rc < 0)
            return rc;
        out->n_methods++;
    }
    return 0;
}

int drp_grid_make(const struct drp_options *o, struct drp_arena *arena,
                  struct drp_grid *out, struct drp_err *err)
{
    const size_t repeats = o->repeats > 0 ? (size_t)o->repeats : 1;
    *out = (struct drp_grid){0};
    out->cells =
        drp_arena_new(arena, struct drp_cell, o->temperatures.n * o->seeds.n * repeats);
    for (size_t t = 0; t < o->temperatures.n; t++)
        for (size_t s = 0; s < o->seeds.n; s++)
            for (size_t r = 0; r < repeats; r++)
                out->cells[out->n_cells++] = (struct drp_cell){
                    .temperature = o->temperatures.at[t],
                    .top_p = o->top_p,
                    .seed = (uint64_t)o->seeds.at[s],
                    .repeat = (uint32_t)r,
                    .max_tokens = (uint32_t)o->max_tokens,
                };
    return find_methods(o, arena, out, err);
}
