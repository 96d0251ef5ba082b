#include "base/base.h"
#include "base/fs.h"
#include "cli/cmd.h"
#include "data/removal.h"
#include "run/forget.h"
#include "run/forget_dataset.h"
#include "run/run_json.h"

#include "base/banned.h"

/* What `drp forget` was asked and what came of it. */
struct outcome {
    const struct drp_forget_opts *opts;
    struct drp_forgotten forgotten;
    bool is_run;
};

/* ---- for people --------------------------------------------------------------------------- */

static void add_part(struct drp_str *out, const struct drp_forgotten_part *p)
{
    if (p->own + p->quoting == 0)
        return;
    drp_str_addf(out, "  %-20.*s %8llu %s%s", DRP_SV_ARG(p->place),
                 (unsigned long long)p->own, p->unit, p->own == 1 ? "" : "s");
    if (p->quoting > 0)
        drp_str_addf(out, ", and %llu of others that held their words",
                     (unsigned long long)p->quoting);
    drp_str_addc(out, '\n');
}

static void add_rest(struct drp_str *out, const struct outcome *o)
{
    const struct drp_forgotten *f = &o->forgotten;
    const struct drp_sv user = o->opts->user;
    if (o->is_run && f->guessed)
        drp_str_addz(out,
                     "the dataset does not have their texts: what stood in prompts with them "
                     "was taken for theirs\n");
    if (f->dataset.ptr)
        drp_str_addf(out,
                     "the dataset still has them, and a run given again would use them: "
                     "drp forget %.*s --user %.*s\n",
                     DRP_SV_ARG(f->dataset), DRP_SV_ARG(user));
    for (size_t i = 0; i < f->n_sources; i++)
        if (drp_fs_kind(f->sources[i].ptr) == DRP_FS_FILE)
            drp_str_addf(out, "'%.*s', which it was made from, still has them\n",
                         DRP_SV_ARG(f->sources[i]));
    if (!o->is_run)
        drp_str_addf(out,
                     "runs made of it have them too: drp forget RUN --user %.*s for each\n",
                     DRP_SV_ARG(user));
}

static void add_text(struct drp_str *out, const struct outcome *o)
{
    drp_str_addf(out, "user '%.*s' is forgotten in '%s'\n", DRP_SV_ARG(o->opts->user),
                 o->opts->dir);
    for (size_t i = 0; i < o->forgotten.n_parts; i++)
        add_part(out, &o->forgotten.parts[i]);
    add_rest(out, o);
}

/* ---- for programs ------------------------------------------------------------------------- */

static void add_json(struct drp_str *out, const struct outcome *o)
{
    const struct drp_forgotten *f = &o->forgotten;
    struct drp_jw w;
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    drp_jw_key_str(&w, "user", o->opts->user);
    drp_jw_key_strz(&w, "folder", o->opts->dir);
    drp_jw_key(&w, "removed");
    drp_jw_arr(&w);
    for (size_t i = 0; i < f->n_parts; i++) {
        drp_jw_obj(&w);
        drp_jw_key_str(&w, "place", f->parts[i].place);
        drp_jw_key_strz(&w, "unit", f->parts[i].unit);
        drp_jw_key_int(&w, "own", (int64_t)f->parts[i].own);
        drp_jw_key_int(&w, "quoting", (int64_t)f->parts[i].quoting);
        drp_jw_obj_end(&w);
    }
    drp_jw_arr_end(&w);
    drp_jw_key(&w, "still_in");
    drp_jw_arr(&w);
    if (f->dataset.ptr)
        drp_jw_str(&w, f->dataset);
    for (size_t i = 0; i < f->n_sources; i++)
        if (drp_fs_kind(f->sources[i].ptr) == DRP_FS_FILE)
            drp_jw_str(&w, f->sources[i]);
    drp_jw_arr_end(&w);
    drp_jw_key_bool(&w, "guessed", f->guessed);
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}

int drp_cmd_forget(struct drp_cli *cli, struct drp_err *err)
{
    const struct drp_options *o = cli->options;
    const struct drp_forget_opts opts = {
        .dir = o->args.at[0].ptr,
        .user = o->users.n > 0 ? o->users.at[0] : (struct drp_sv){0},
        .journal = o->journal,
    };
    struct outcome outcome = {.opts = &opts};
    struct drp_str out;
    int rc = 0;
    drp_str_init(&out, 1 << 20);
    if (o->users.n != 1)
        DRP_TRY(rc,
                drp_fail(err, DRP_EUSAGE, "one --user is needed: who shall be forgotten"));
    outcome.is_run = drp_run_is_folder(opts.dir);
    if (!outcome.is_run && !drp_person_is_dataset(opts.dir))
        DRP_TRY(rc, drp_fail(err, DRP_ENOTFOUND,
                             "no run or dataset '%s': the folder of one is needed",
                             opts.dir));
    DRP_TRY(rc, outcome.is_run
                    ? drp_forget_run(&opts, cli->arena, &outcome.forgotten, err)
                    : drp_forget_dataset(&opts, cli->arena, &outcome.forgotten, err));
    if (o->json)
        add_json(&out, &outcome);
    else
        add_text(&out, &outcome);
    rc = drp_cli_print(drp_str_sv(&out), err);
out:
    drp_str_release(&out);
    return rc;
}
