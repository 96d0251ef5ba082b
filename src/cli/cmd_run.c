#include <stdlib.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "cli/cmd.h"
#include "io/pg.h"
#include "run/cells.h"
#include "run/dry.h"
#include "run/fidelity.h"
#include "run/run.h"
#include "run/run_json.h"
#include "run/share.h"

#include "base/banned.h"

/* A run goes into a new folder, or into one that an earlier run began. */
static int make_folder(const char *dir, struct drp_err *err)
{
    int rc = 0;
    bool is_empty = true;
    if (!drp_run_is_folder(dir) && drp_fs_kind(dir) == DRP_FS_FOLDER)
        DRP_TRY(rc, drp_fs_is_empty(dir, NULL, &is_empty, err));
    if (!is_empty)
        rc = drp_fail(err, DRP_EEXISTS,
                      "'%s' holds something that is no run: give --out a new folder", dir);
    else
        rc = drp_fs_mkdir(dir, true, err);
out:
    return rc;
}

static int open_all(struct drp_session *s, const char *dir, const char *dataset_dir,
                    struct drp_err *err)
{
    struct drp_str path;
    drp_str_init(&path, 1 << 16);
    const char *journal = s->options->journal.ptr ? s->options->journal.ptr
                                                  : drp_fs_join(&path, dir, "journal.db");
    struct drp_rows rows = {0};
    int rc = 0;
    DRP_TRY(rc, drp_session_open_data(s, dataset_dir, err));
    DRP_TRY(rc, drp_rows_find(s, &rows, err)); /* before anything is made */
    DRP_TRY(rc, make_folder(dir, err));
    DRP_TRY(rc, drp_session_open_models(s, journal, err));
    DRP_TRY(rc, drp_session_open_selector(s, dataset_dir, err));
out:
    free(rows.at);
    drp_str_release(&path);
    return rc;
}

int drp_cli_print_result(const struct drp_cli *cli, const struct drp_run_result *result,
                         struct drp_err *err)
{
    struct drp_str text;
    struct drp_jw w;
    int rc = 0;
    drp_str_init(&text, 1 << 20);
    if (cli->options->json) {
        drp_jw_init(&w, &text, 0);
        drp_run_result_json(result, &w);
        drp_str_addc(&text, '\n');
    } else {
        drp_run_result_text(result, &text);
    }
    rc = drp_cli_print(drp_str_sv(&text), err);
    drp_str_release(&text);
    return rc;
}

static int run_session(struct drp_cli *cli, struct drp_session *s, const char *dir,
                       struct drp_err *err)
{
    struct drp_run_result result;
    struct drp_err other = {0};
    int rc = 0;
    DRP_TRY(rc, drp_rundir_join(dir, s, cli->options, cli->arena, err));
    if (drp_pg_is_url(cli->options->journal)) {
        const struct drp_share_place place = {cli->options->args.at[0].ptr, dir};
        DRP_TRY(rc, drp_share_offer(s, &place, cli->arena, err));
    }
    DRP_TRY(rc, drp_rundir_write(dir, s, cli->options, NULL, err));
    rc = drp_run(s, NULL, dir, cli->cancel, &result, err);
    const int written =
        drp_rundir_write(dir, s, cli->options, &result, rc < 0 ? &other : err);
    const int printed =
        drp_cli_print_result(cli, &result, rc < 0 || written < 0 ? &other : err);
    if (rc == DRP_ECANCELLED)
        rc = drp_fail(err, DRP_ECANCELLED,
                      "interrupted: the same command goes on where this one ended");
    rc = rc < 0 ? rc : written < 0 ? written : printed;
out:
    return rc;
}

static void say_fidelity(const struct drp_options *o)
{
    struct drp_str text;
    struct drp_sv rest, line;
    drp_str_init(&text, 1 << 16);
    drp_fidelity_describe(o, &text);
    rest = drp_str_sv(&text);
    while (drp_sv_line(&rest, &line))
        drp_log(DRP_LOG_INFO, "%.*s", DRP_SV_ARG(line));
    drp_str_release(&text);
}

int drp_cmd_run(struct drp_cli *cli, struct drp_err *err)
{
    const struct drp_options *o = cli->options;
    const char *dataset_dir = o->args.at[0].ptr;
    struct drp_session s = {.options = o, .cancel = cli->cancel};
    struct drp_grid grid;
    int rc = 0;
    /* A method that is none must not get into run.json. */
    DRP_TRY(rc, drp_grid_make(o, cli->arena, &grid, err));
    say_fidelity(o);
    if (o->dry_run)
        return drp_dry_run(o, dataset_dir, err);
    if (!o->out.ptr)
        return drp_fail(err, DRP_EUSAGE, "no --out: a folder for the run is needed");
    DRP_TRY(rc, open_all(&s, o->out.ptr, dataset_dir, err));
    DRP_TRY(rc, run_session(cli, &s, o->out.ptr, err));
out:
    drp_session_release(&s);
    return rc;
}
