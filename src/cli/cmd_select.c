#include <stdlib.h>

#include "base/base.h"
#include "cli/cmd.h"
#include "run/run.h"
#include "run/session.h"
#include "select/select_show.h"

#include "base/banned.h"

/* A line, or some lines, a sample; printed as they come, so that a large split shows progress. */
static int show_row(const struct drp_cli *cli, const struct drp_session *s, size_t row,
                    struct drp_err *err)
{
    struct drp_arena arena;
    struct drp_sample sample;
    struct drp_str out;
    struct drp_jw w;
    int rc = 0;
    drp_arena_init(&arena);
    drp_str_init(&out, SIZE_MAX / 4);
    DRP_TRY(rc, drp_selector_fill(s->selector, row, NULL, &arena, &sample, err));
    if (cli->options->json) {
        drp_jw_init(&w, &out, 0);
        drp_select_write_json(s->dataset, &sample, &w);
        drp_str_addc(&out, '\n');
    } else {
        drp_select_write_text(s->dataset, &sample, cli->options->include_peers, &out);
    }
    DRP_TRY(rc, drp_cli_print(drp_str_sv(&out), err));
out:
    drp_str_release(&out);
    drp_arena_release(&arena);
    return rc;
}

int drp_cmd_select(struct drp_cli *cli, struct drp_err *err)
{
    const char *dataset_dir = cli->options->args.at[0].ptr;
    struct drp_session s = {.options = cli->options, .cancel = cli->cancel};
    struct drp_rows rows = {0};
    int rc = 0;
    DRP_TRY(rc, drp_session_open_data(&s, dataset_dir, err));
    DRP_TRY(rc, drp_rows_find(&s, &rows, err));
    DRP_TRY(rc, drp_session_open_selector(&s, dataset_dir, err));
    for (size_t i = 0; i < rows.n; i++) {
        if (drp_cancel_level(cli->cancel) > 0)
            DRP_TRY(rc, drp_fail(err, DRP_ECANCELLED, "interrupted"));
        DRP_TRY(rc, show_row(cli, &s, rows.at[i], err));
    }
out:
    free(rows.at);
    drp_session_release(&s);
    return rc;
}
