#include "base/base.h"
#include "cli/cmd.h"
#include "data/stats.h"

#include "base/banned.h"

int drp_cmd_stats(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_stats stats;
    struct drp_str out;
    int rc = 0;
    drp_str_init(&out, 1 << 20);
    DRP_TRY(rc, drp_stats_collect(cli->options->args.at[0].ptr, &stats, err));
    if (cli->options->json)
        drp_stats_json(&out, &stats);
    else
        drp_stats_text(&out, &stats);
    rc = drp_cli_print(drp_str_sv(&out), err);
out:
    drp_str_release(&out);
    return rc;
}
