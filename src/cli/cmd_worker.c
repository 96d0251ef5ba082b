#include "base/base.h"
#include "base/log.h"
#include "cli/cmd.h"
#include "run/run.h"
#include "run/share.h"

#include "base/banned.h"

static int open_all(struct drp_session *s, const char *dataset_dir, struct drp_err *err)
{
    int rc = 0;
    DRP_TRY(rc, drp_session_open_data(s, dataset_dir, err));
    DRP_TRY(rc, drp_session_open_models(s, s->options->journal.ptr, err));
    DRP_TRY(rc, drp_session_open_selector(s, dataset_dir, err));
out:
    return rc;
}

static int work(struct drp_cli *cli, struct drp_session *s, struct drp_err *err)
{
    struct drp_run_result result;
    struct drp_err other = {0};
    const int rc = drp_run(s, NULL, NULL, cli->cancel, &result, err);
    const int printed = drp_cli_print_result(cli, &result, rc < 0 ? &other : err);
    if (rc == DRP_ECANCELLED)
        drp_log(DRP_LOG_INFO, "interrupted: what was not done goes to the other workers");
    return rc < 0 ? rc : printed;
}

int drp_cmd_worker(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_options *o = cli->options;
    struct drp_session s = {.options = o};
    struct drp_queue_run run;
    int rc = 0;
    DRP_TRY(rc, drp_share_find(&s, o, cli->cancel, cli->arena, &run, err));
    const struct drp_sv dataset = o->args.n > 0 ? o->args.at[0] : run.dataset;
    drp_log(DRP_LOG_INFO, "works at run '%.*s' with dataset '%.*s'", DRP_SV_ARG(run.name),
            DRP_SV_ARG(dataset));
    DRP_TRY(rc, open_all(&s, dataset.ptr, err));
    DRP_TRY(rc, drp_share_join(&s, &run, cli->arena, err));
    DRP_TRY(rc, work(cli, &s, err));
out:
    drp_session_release(&s);
    return rc;
}
