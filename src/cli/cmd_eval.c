#include <math.h>

#include "base/base.h"
#include "base/fs.h"
#include "cli/cmd.h"
#include "cli/scoring.h"
#include "eval/evaluation_show.h"

#include "base/banned.h"

enum { PRINT_AT_BYTES = 1 << 16 };

/* Lines a text, printed as they come. */
struct printer {
    struct drp_str out;
    bool json;
    int rc;
    struct drp_err err; /* of the first line that could not be printed */
};

static void flush(struct printer *p)
{
    if (p->rc == 0)
        p->rc = drp_cli_print(drp_str_sv(&p->out), &p->err);
    drp_str_clear(&p->out);
}

static void add_line(struct printer *p, const struct drp_pair *pair,
                     const struct drp_pair_scores *scores)
{
    if (pair->method.ptr)
        drp_str_addf(&p->out, "%.*s\t%g\t%.*s\t%.*s", DRP_SV_ARG(pair->method),
                     pair->temperature, DRP_SV_ARG(pair->user_id), DRP_SV_ARG(pair->asin));
    else
        drp_str_add(&p->out, pair->id);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        if (!isnan(scores->value[m]))
            drp_str_addf(&p->out, "\t%s %.*f", drp_metric_name((enum drp_metric)m),
                         drp_show_digits(m), scores->value[m]);
    drp_str_addc(&p->out, '\n');
}

static void print_pair(void *ctx, const struct drp_pair *pair,
                       const struct drp_pair_scores *scores)
{
    struct printer *p = ctx;
    if (p->json) {
        struct drp_jw w;
        drp_jw_init(&w, &p->out, 0);
        drp_pair_json(pair, scores, &w);
        drp_str_addc(&p->out, '\n');
    } else {
        add_line(p, pair, scores);
    }
    if (p->out.len >= PRINT_AT_BYTES)
        flush(p);
}

/* Here the judge gives scores. */
static struct drp_show show_of(const struct drp_scoring *s)
{
    struct drp_show show = drp_scoring_show(s);
    show.judge_scored = show.judge;
    return show;
}

static int write_metrics(const struct drp_scoring *s, const struct drp_evaluation *e,
                         struct drp_err *err)
{
    const struct drp_show show = show_of(s);
    struct drp_str text, path;
    struct drp_jw w;
    drp_str_init(&text, SIZE_MAX / 4);
    drp_str_init(&path, 1 << 16);
    drp_jw_init(&w, &text, 2);
    drp_evaluation_json(&show, e, &w);
    drp_str_addc(&text, '\n');
    const int rc = drp_fs_write(drp_fs_join(&path, s->sources[0].path, "metrics.json"),
                                true, drp_str_sv(&text), err);
    drp_str_release(&path);
    drp_str_release(&text);
    return rc;
}

static int print_evaluation(const struct drp_scoring *s, const struct drp_evaluation *e,
                            bool json, struct drp_err *err)
{
    const struct drp_show show = show_of(s);
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    if (json) {
        struct drp_jw w;
        drp_jw_init(&w, &text, 0);
        drp_evaluation_json(&show, e, &w);
        drp_str_addc(&text, '\n');
    } else {
        drp_evaluation_text(&show, e, &text);
    }
    const int rc = drp_cli_print(drp_str_sv(&text), err);
    drp_str_release(&text);
    return rc;
}

/* Scores the only source; prints a line a text, or the tables. */
static int score(struct drp_cli *cli, struct drp_scoring *s, struct drp_groups *groups,
                 struct drp_err *err)
{
    const struct drp_options *o = cli->options;
    struct drp_pairs *pairs = NULL;
    struct drp_evaluation evaluation;
    struct printer printer = {.json = o->json};
    const struct drp_collector collector = {
        .scorer = s->scorer,
        .judge = s->judge.model ? &s->judge : NULL,
        .on_pair = o->per_sample ? print_pair : NULL,
        .ctx = &printer,
        .cancel = cli->cancel,
    };
    int rc = 0;
    drp_str_init(&printer.out, SIZE_MAX / 4);
    DRP_TRY(rc, drp_pairs_open(&s->sources[0], &pairs, err));
    DRP_TRY(rc, drp_collect(&collector, pairs, 0, groups, err));
    drp_evaluate(groups, &s->resample, cli->arena, &evaluation);
    if (s->sources[0].is_run)
        DRP_TRY(rc, write_metrics(s, &evaluation, err));
    if (!o->per_sample)
        DRP_TRY(rc, print_evaluation(s, &evaluation, o->json, err));
    flush(&printer);
    rc = printer.rc;
    if (rc < 0)
        *err = printer.err;
out:
    drp_str_release(&printer.out);
    drp_pairs_free(pairs);
    return rc;
}

int drp_cmd_eval(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_scoring s;
    struct drp_groups groups;
    int rc = 0;
    drp_groups_init(&groups);
    DRP_TRY(rc, drp_scoring_open(cli, &s, err));
    if (s.n_sources > 1)
        DRP_TRY(rc, drp_fail(err, DRP_EUSAGE,
                             "one run or one file at a time: drp compare takes several"));
    DRP_TRY(rc, score(cli, &s, &groups, err));
    rc = drp_scoring_check(&s, err);
out:
    rc = drp_session_end(&s.session, rc, err);
    drp_groups_release(&groups);
    drp_scoring_release(&s);
    return rc;
}
