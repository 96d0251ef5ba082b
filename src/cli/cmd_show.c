#include "base/base.h"
#include "cli/cmd.h"
#include "cli/pager.h"
#include "cli/shown.h"
#include "run/cells.h"
#include "run/replay.h"

#include "base/banned.h"

/* The user's row: the first, or the one about --item. */
static int find_row(const struct drp_session *s, size_t *row, struct drp_err *err)
{
    const struct drp_options *o = s->options;
    int rc = 0;
    DRP_TRY(rc, drp_dataset_find_user(s->dataset, o->users.at[0], row, err));
    if (!o->item.ptr)
        goto out;
    const uint32_t user = drp_dataset_row(s->dataset, *row)->user;
    for (size_t i = *row; i < drp_dataset_n_rows(s->dataset); i++) {
        const struct drp_row *r = drp_dataset_row(s->dataset, i);
        if (r->user != user)
            break;
        *row = i;
        if (drp_sv_eq(drp_dataset_item(s->dataset, r->target->item)->asin, o->item))
            goto out;
    }
    rc = drp_fail(err, DRP_ENOTFOUND, "user '%.*s' has no text about '%.*s' in split '%s'",
                  DRP_SV_ARG(o->users.at[0]), DRP_SV_ARG(o->item), o->split.ptr);
out:
    return rc;
}

/* Every method and cell of the sample, from the journal. */
static int replay_all(const struct drp_cli *cli, const struct drp_session *s,
                      const struct drp_former *f, struct drp_shown *shown,
                      struct drp_err *err)
{
    struct drp_grid grid;
    size_t n_calls = 0, n_missing = 0;
    int rc = 0;
    DRP_TRY(rc, drp_grid_make(s->options, cli->arena, &grid, err));
    struct drp_replayed *all = drp_arena_new(cli->arena, struct drp_replayed,
                                             drp_size_mul(grid.n_methods, grid.n_cells));
    for (size_t m = 0; m < grid.n_methods; m++)
        for (size_t c = 0; c < grid.n_cells; c++) {
            struct drp_replayed *r = &all[shown->n++];
            r->method = grid.methods[m];
            r->cell = &grid.cells[c];
            DRP_TRY(rc, drp_replay(s, shown->sample, cli->arena, r, err));
            n_calls += r->n_calls;
            n_missing += r->n_missing;
        }
    shown->all = all;
    if (n_calls == n_missing)
        rc = drp_fail(err, DRP_ENOTFOUND,
                      "journal '%s' has no answer for user '%.*s': the run did not get so "
                      "far, did not take this user, or they were forgotten",
                      f->journal, DRP_SV_ARG(shown->sample->user_id));
out:
    return rc;
}

static void mask_all(const struct drp_cli *cli, const struct drp_session *s,
                     struct drp_shown *shown)
{
    struct drp_replayed *masked = drp_arena_new(cli->arena, struct drp_replayed, shown->n);
    struct drp_veil *q = drp_veil_new();
    drp_replay_hide(s, shown->sample, shown->all, shown->n, q);
    for (size_t i = 0; i < shown->n; i++)
        masked[i] = drp_shown_mask(&shown->all[i], q, cli->arena);
    shown->all = masked;
    drp_veil_free(q);
}

static int print_shown(const struct drp_cli *cli, const struct drp_shown *shown,
                       struct drp_err *err)
{
    struct drp_str out;
    drp_str_init(&out, SIZE_MAX / 4);
    struct drp_view view = drp_cli_view(cli, &out);
    if (cli->options->json) {
        struct drp_jw w;
        drp_jw_init(&w, &out, 0);
        drp_shown_json(shown, &w);
        drp_str_addc(&out, '\n');
    } else {
        drp_shown_text(shown, &view);
    }
    const int rc = cli->options->json ? drp_cli_print(drp_str_sv(&out), err)
                                      : drp_pager_print(drp_str_sv(&out), err);
    drp_str_release(&out);
    return rc;
}

int drp_cmd_show(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_options *o = cli->options;
    struct drp_session s = {.options = o, .cancel = cli->cancel};
    struct drp_former f = {0};
    struct drp_sample sample;
    struct drp_shown shown = {.session = &s, .sample = &sample};
    size_t row = 0;
    int rc = 0;
    if (o->users.n != 1)
        return drp_fail(err, DRP_EUSAGE, "one --user is needed: whose text is shown");
    DRP_TRY(rc, drp_former_open(o, cli->arena, &f, err));
    DRP_TRY(rc, drp_former_check_grid(&f, o, err));
    DRP_TRY(rc, drp_replay_open(&f, &s, err));
    DRP_TRY(rc, find_row(&s, &row, err));
    DRP_TRY(rc, drp_selector_fill(s.selector, row, NULL, cli->arena, &sample, err));
    DRP_TRY(rc, replay_all(cli, &s, &f, &shown, err));
    if (!o->include_peers)
        mask_all(cli, &s, &shown);
    rc = print_shown(cli, &shown, err);
out:
    drp_session_release(&s);
    drp_former_release(&f);
    return rc;
}
