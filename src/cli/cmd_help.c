/* `drp man` and `drp completion`: what the tables of commands and options say, for other programs. */
#include "base/base.h"
#include "cli/cmd.h"
#include "cli/completion.h"
#include "cli/help.h"

#include "base/banned.h"

enum { MAX_BYTES = 1 << 20 };

int drp_cmd_man(struct drp_cli *cli, struct drp_err *err)
{
    (void)cli;
    struct drp_str page;
    drp_str_init(&page, MAX_BYTES);
    drp_help_manual(&page);
    const int rc = drp_cli_print(drp_str_sv(&page), err);
    drp_str_release(&page);
    return rc;
}

int drp_cmd_completion(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_str script;
    drp_str_init(&script, MAX_BYTES);
    int rc = drp_completion_write(cli->options->args.at[0], &script, err);
    if (rc == 0)
        rc = drp_cli_print(drp_str_sv(&script), err);
    drp_str_release(&script);
    return rc;
}
