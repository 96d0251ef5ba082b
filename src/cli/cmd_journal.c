#include <string.h>
#include <time.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/nearest.h"
#include "cli/cmd.h"
#include "engine/upkeep.h"
#include "run/run_json.h"

#include "base/banned.h"

/* ---- stats -------------------------------------------------------------------------------- */

static void add_time(struct drp_str *out, const char *label, int64_t ms)
{
    const time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    char text[32] = "";
    if (gmtime_r(&seconds, &tm))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm);
    drp_str_addf(out, "%-16s %s\n", label, text);
}

static void add_overview(struct drp_str *out, const struct drp_overview *v)
{
    const struct {
        const char *label;
        uint64_t n;
    } rows[] = {
        {"calls", v->calls},
        {"texts", v->bodies},
        {"shared texts", v->shared_bodies},
        {"bytes of texts", v->body_bytes},
        {"bytes on disk", v->disk_bytes},
        {"people", v->subjects},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        drp_str_addf(out, "%-16s %12llu\n", rows[i].label, (unsigned long long)rows[i].n);
    if (v->calls > 0) {
        add_time(out, "oldest", v->oldest_ms);
        add_time(out, "newest", v->newest_ms);
        drp_str_addf(out, "\n%-32s %9s %12s %12s %12s\n", "model", "calls", "prompt",
                     "of it reused", "answer");
    }
    for (size_t i = 0; i < v->n_models; i++)
        drp_str_addf(out, "%-32.*s %9llu %12llu %12llu %12llu\n",
                     DRP_SV_ARG(v->models[i].name), (unsigned long long)v->models[i].calls,
                     (unsigned long long)v->models[i].prompt_tokens,
                     (unsigned long long)v->models[i].cached_tokens,
                     (unsigned long long)v->models[i].answer_tokens);
}

static void add_overview_json(struct drp_str *out, const struct drp_overview *v)
{
    struct drp_jw w;
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    drp_jw_key_int(&w, "calls", (int64_t)v->calls);
    drp_jw_key_int(&w, "texts", (int64_t)v->bodies);
    drp_jw_key_int(&w, "shared_texts", (int64_t)v->shared_bodies);
    drp_jw_key_int(&w, "text_bytes", (int64_t)v->body_bytes);
    drp_jw_key_int(&w, "disk_bytes", (int64_t)v->disk_bytes);
    drp_jw_key_int(&w, "people", (int64_t)v->subjects);
    drp_jw_key_int(&w, "oldest", v->oldest_ms);
    drp_jw_key_int(&w, "newest", v->newest_ms);
    drp_jw_key(&w, "models");
    drp_jw_arr(&w);
    for (size_t i = 0; i < v->n_models; i++) {
        const struct drp_model_tally *m = &v->models[i];
        drp_jw_obj(&w);
        drp_jw_key_str(&w, "name", m->name);
        drp_jw_key_str(&w, "build", m->build);
        drp_jw_key_int(&w, "calls", (int64_t)m->calls);
        drp_jw_key_int(&w, "prompt_tokens", (int64_t)m->prompt_tokens);
        drp_jw_key_int(&w, "cached_tokens", (int64_t)m->cached_tokens);
        drp_jw_key_int(&w, "answer_tokens", (int64_t)m->answer_tokens);
        drp_jw_key_int(&w, "reasoning_tokens", (int64_t)m->reasoning_tokens);
        drp_jw_obj_end(&w);
    }
    drp_jw_arr_end(&w);
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}

static int show_stats(struct drp_cli *cli, struct drp_upkeep *u, struct drp_err *err)
{
    struct drp_overview overview;
    struct drp_str out;
    int rc = 0;
    drp_str_init(&out, 1 << 20);
    DRP_TRY(rc, drp_upkeep_overview(u, cli->arena, &overview, err));
    if (cli->options->json)
        add_overview_json(&out, &overview);
    else
        add_overview(&out, &overview);
    rc = drp_cli_print(drp_str_sv(&out), err);
out:
    drp_str_release(&out);
    return rc;
}

/* ---- export ------------------------------------------------------------------------------- */

struct exporting {
    const struct drp_cancel *cancel;
    struct drp_outfile *file; /* NULL: stdout */
    struct drp_str line;
};

static int export_call(void *ctx, const struct drp_kept_call *call, struct drp_err *err)
{
    struct exporting *x = ctx;
    if (drp_cancel_level(x->cancel) > 0)
        return drp_fail(err, DRP_ECANCELLED, "interrupted");
    drp_str_clear(&x->line);
    drp_kept_call_json(call, &x->line);
    if (!x->file)
        return drp_cli_print(drp_str_sv(&x->line), err);
    drp_outfile_add(x->file, drp_str_sv(&x->line));
    return 0;
}

static int export_calls(struct drp_cli *cli, struct drp_upkeep *u, struct drp_err *err)
{
    struct exporting x = {.cancel = cli->cancel};
    const struct drp_call_reader reader = {export_call, &x};
    const char *path = cli->options->out.ptr;
    int rc = 0;
    drp_str_init(&x.line, SIZE_MAX / 4);
    if (path)
        DRP_TRY(rc, drp_outfile_open(path, true, &x.file, err));
    DRP_TRY(rc, drp_upkeep_each(u, NULL, &reader, err));
    if (x.file)
        rc = drp_outfile_commit(x.file, err);
    x.file = NULL;
out:
    drp_outfile_abort(x.file);
    drp_str_release(&x.line);
    return rc;
}

/* ---- vacuum ------------------------------------------------------------------------------- */

static int vacuum(struct drp_cli *cli, struct drp_upkeep *u, struct drp_err *err)
{
    struct drp_erased erased = {0};
    struct drp_str out;
    struct drp_jw w;
    int rc = 0;
    drp_str_init(&out, 1 << 16);
    DRP_TRY(rc, drp_upkeep_vacuum(u, &erased, err));
    if (cli->options->json) {
        drp_jw_init(&w, &out, 0);
        drp_jw_obj(&w);
        drp_jw_key_int(&w, "texts", (int64_t)erased.bodies);
        drp_jw_key_int(&w, "bytes_before", (int64_t)erased.bytes_before);
        drp_jw_key_int(&w, "bytes_after", (int64_t)erased.bytes_after);
        drp_jw_obj_end(&w);
        drp_str_addc(&out, '\n');
    } else {
        drp_str_addf(
            &out, "%llu texts that no call names removed; %llu bytes before, %llu after\n",
            (unsigned long long)erased.bodies, (unsigned long long)erased.bytes_before,
            (unsigned long long)erased.bytes_after);
    }
    rc = drp_cli_print(drp_str_sv(&out), err);
out:
    drp_str_release(&out);
    return rc;
}

/* ---- the command -------------------------------------------------------------------------- */

struct action {
    const char *name;
    bool changes;
    int (*run)(struct drp_cli *cli, struct drp_upkeep *u, struct drp_err *err);
};

static const struct action actions[] = {
    {"stats", false, show_stats},
    {"export", false, export_calls},
    {"vacuum", true, vacuum},
};

/* NULL with `err` filled when there is none of that name. */
static const struct action *find_action(struct drp_sv name, struct drp_err *err)
{
    struct drp_nearest near = drp_nearest_start(name);
    for (size_t i = 0; i < DRP_LEN(actions); i++) {
        if (drp_sv_is(name, actions[i].name))
            return &actions[i];
        drp_nearest_offer(&near, drp_sv_from(actions[i].name));
    }
    if (drp_nearest_is_likely(&near))
        drp_fail(err, DRP_EUSAGE,
                 "unknown action '%.*s' of a journal: did you mean '%.*s'?",
                 DRP_SV_ARG(name), DRP_SV_ARG(near.best));
    else
        drp_fail(err, DRP_EUSAGE,
                 "unknown action '%.*s' of a journal: it is stats, export or vacuum",
                 DRP_SV_ARG(name));
    return NULL;
}

int drp_cmd_journal(struct drp_cli *cli, struct drp_err *err)
{
    const struct drp_strings *args = &cli->options->args;
    struct drp_upkeep *u = NULL;
    struct drp_sv where;
    int rc = 0;
    if (args->n == 0)
        return drp_fail(err, DRP_EUSAGE,
                        "no action: drp journal stats|export|vacuum JOURNAL|RUN");
    const struct action *action = find_action(args->at[0], err);
    if (!action)
        return DRP_EUSAGE;
    if (args->n < 2)
        return drp_fail(err, DRP_EUSAGE, "missing argument: drp journal %s JOURNAL|RUN",
                        action->name);
    DRP_TRY(rc, drp_run_find_journal(args->at[1], cli->arena, &where, err));
    DRP_TRY(rc, drp_upkeep_open(where.ptr, action->changes, &u, err));
    DRP_TRY(rc, action->run(cli, u, err));
out:
    drp_upkeep_free(u);
    return rc;
}
