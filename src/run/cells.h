/* The grid: methods and cells that the options ask for. */
#ifndef DRP_RUN_CELLS_H
#define DRP_RUN_CELLS_H

#include "method/method.h"
#include "run/options.h"

/** Methods and cells of a run, in the order of their lines. */
struct drp_grid {
    const struct drp_method **methods;
    size_t n_methods;
    struct drp_cell *cells; /* by temperature, seed, repeat */
    size_t n_cells;
};

/** Makes the grid. **Owns**: the arena. **Errors**: DRP_EUSAGE (no such method). */
int drp_grid_make(const struct drp_options *o, struct drp_arena *arena,
                  struct drp_grid *out, struct drp_err *err) DRP_CHECKED;

#endif
