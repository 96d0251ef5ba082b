#include "base/base.h"
#include "cli/cmd.h"
#include "run/plan.h"
#include "run/plan_show.h"

#include "base/banned.h"

int drp_cmd_plan(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_plan plan;
    struct drp_str text;
    struct drp_jw w;
    int rc = 0;
    drp_str_init(&text, 1 << 20);
    DRP_TRY(rc, drp_plan_make(cli->options, cli->cancel, cli->arena, &plan, err));
    if (cli->options->json) {
        drp_jw_init(&w, &text, 0);
        drp_plan_json(&plan, &w);
        drp_str_addc(&text, '\n');
    } else {
        drp_plan_text(&plan, &text);
    }
    DRP_TRY(rc, drp_cli_print(drp_str_sv(&text), err));
out:
    drp_str_release(&text);
    return rc;
}
