#include "cli/one.h"

#include <stdio.h>

#include "run/cells.h"

#include "base/banned.h"

static void show_asked(void *ctx, const char *stage, size_t n)
{
    struct drp_one *one = ctx;
    char note[64];
    snprintf(note, sizeof note, "%s: %zu under way", stage, n);
    drp_progress_set(one->progress, one->n_asked, drp_sv_from(note));
    one->n_asked += n;
}

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
    x.on_ask = one->progress ? show_asked : NULL;
    x.on_ask_ctx = one;
    one->method = grid.methods[0];
    DRP_TRY(rc, drp_method_predict(&x, one->method, &one->sample, &one->profile,
                                   &one->prediction, err));
out:
    return rc;
}
