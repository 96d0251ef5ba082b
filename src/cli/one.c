#include "cli/one.h"

#include "run/cells.h"

#include "base/banned.h"

int drp_one_make(const struct drp_session *s, const struct drp_cancel *cancel,
                 struct drp_arena *arena, struct drp_one *one, struct drp_err *err)
{
    struct drp_method_ctx x = drp_session_ctx(s);
    struct drp_grid grid;
    int rc = 0;
    DRP_TRY(rc, drp_grid_make(s->options, arena, &grid, err));
    x.arena = arena;
    x.account = &one->account;
    x.cell = &grid.cells[0];
    x.cancel = cancel;
    x.on_text = one->on_text;
    x.on_text_ctx = one->on_text_ctx;
    one->method = grid.methods[0];
    DRP_TRY(rc, drp_method_predict(&x, one->method, &one->sample, &one->profile,
                                   &one->prediction, err));
out:
    return rc;
}
