#include "base/base.h"
#include "cli/cmd.h"
#include "data/prepare.h"
#include "data/summary.h"

#include "base/banned.h"

static const char *const *as_paths(const struct drp_strings *list, struct drp_arena *arena)
{
    const char **paths = drp_arena_new(arena, const char *, list->n);
    for (size_t i = 0; i < list->n; i++)
        paths[i] = list->at[i].ptr;
    return paths;
}

static struct drp_prepare_opts prepare_opts(const struct drp_cli *cli)
{
    const struct drp_options *o = cli->options;
    return (struct drp_prepare_opts){
        .reviews = as_paths(&o->reviews, cli->arena),
        .n_reviews = o->reviews.n,
        .meta = as_paths(&o->meta, cli->arena),
        .n_meta = o->meta.n,
        .questions = o->questions.ptr,
        .golds = o->golds.ptr,
        .output_field = o->output_field.ptr,
        .out = o->out.ptr,
        .thresholds =
            {
                .min_text = o->min_text,
                .min_desc = o->min_desc,
                .max_desc = o->max_desc,
                .min_item = o->min_item,
                .min_user = o->min_user,
                .max_user = o->max_user,
                .holdout = o->holdout,
                .min_profile = o->min_profile,
                .min_profile_item = o->min_profile_item,
            },
        .skip_bad = o->skip_bad,
        .cancel = cli->cancel,
    };
}

int drp_cmd_prepare(struct drp_cli *cli, struct drp_err *err)
{
    const struct drp_prepare_opts opts = prepare_opts(cli);
    struct drp_prepare_summary summary = {0};
    struct drp_str text;
    struct drp_err print_err = {0};
    if (opts.n_reviews == 0 && !opts.questions)
        return drp_fail(err, DRP_EUSAGE,
                        "no --reviews: a file with texts is needed, or --questions");
    if (!opts.out)
        return drp_fail(err, DRP_EUSAGE, "no --out: a folder for the dataset is needed");
    const int rc = drp_prepare(&opts, &summary, err);
    if (rc < 0 && !summary.is_empty)
        return rc;
    drp_str_init(&text, 1 << 20);
    if (cli->options->json)
        drp_summary_json(&text, &summary);
    else
        drp_summary_text(&text, &summary);
    const int printed = drp_cli_print(drp_str_sv(&text), rc < 0 ? &print_err : err);
    drp_str_release(&text);
    return rc < 0 ? rc : printed;
}
