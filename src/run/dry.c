#include "run/dry.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "engine/rehearsal.h"
#include "run/cells.h"
#include "run/run.h"
#include "select/mask.h"

#include "base/banned.h"

static void print_call(void *ctx, const struct drp_call *call, size_t n_tokens,
                       const char *error)
{
    size_t *n_calls = ctx;
    if (error)
        printf("==== call %zu: %s\n", ++*n_calls, error);
    else
        printf("==== call %zu: %zu tokens\n", ++*n_calls, n_tokens);
    for (size_t i = 0; i < call->n_messages; i++)
        printf("---- %s\n%.*s\n", drp_role_name(call->messages[i].role),
               DRP_SV_ARG(call->messages[i].text));
}

/* The methods of the grid over one sample, in its first cell. */
static int show_sample(const struct drp_session *s, const struct drp_grid *grid,
                       const struct drp_sample *sample, struct drp_arena *arena,
                       struct drp_err *err)
{
    struct drp_account account = {0};
    struct drp_method_ctx x = drp_session_ctx(s);
    int rc = 0;
    x.arena = arena;
    x.account = &account;
    x.cell = &grid->cells[0];
    x.mask_peers = !s->options->include_peers;
    for (size_t m = 0; m < grid->n_methods; m++) {
        struct drp_profile profile;
        struct drp_prediction prediction;
        printf("==== method %s, user %.*s\n", grid->methods[m]->name,
               DRP_SV_ARG(sample->user_id));
        DRP_TRY(rc, drp_method_predict(&x, grid->methods[m], sample, &profile,
                                       &prediction, err));
    }
out:
    return rc;
}

int drp_dry_run(const struct drp_options *o, const char *dataset_dir, struct drp_err *err)
{
    size_t n_calls = 0;
    struct drp_rehearsal rehearsal = {.show = print_call, .ctx = &n_calls};
    struct drp_session s = {.options = o, .rehearses = true};
    struct drp_arena arena;
    struct drp_grid grid;
    struct drp_rows rows = {0};
    struct drp_sample sample;
    int rc = 0;
    drp_arena_init(&arena);
    drp_rehearsal_register(&rehearsal);
    DRP_TRY(rc, drp_grid_make(o, &arena, &grid, err));
    DRP_TRY(rc, drp_session_open_data(&s, dataset_dir, err));
    DRP_TRY(rc, drp_rows_find(&s, &rows, err));
    if (rows.n == 0)
        DRP_TRY(rc, drp_fail(err, DRP_EINPUT, "no row in split '%s'", o->split.ptr));
    DRP_TRY(rc, drp_session_open_models(&s, NULL, err));
    DRP_TRY(rc, drp_session_open_selector(&s, dataset_dir, err));
    DRP_TRY(rc, drp_selector_fill(s.selector, rows.at[0], NULL, &arena, &sample, err));
    if (!o->include_peers)
        sample = drp_mask_peers(&sample, &arena);
    rc = show_sample(&s, &grid, &sample, &arena, err);
out:
    free(rows.at);
    drp_session_release(&s);
    drp_arena_release(&arena);
    return rc;
}
