#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/assets.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "cli/cmd.h"
#include "cli/one.h"
#include "cli/view.h"
#include "data/prepare.h"
#include "eval/scorer.h"

#include "base/banned.h"

enum { DEMO_ITEMS = 4, DEMO_PEERS = 3, DEMO_TOKENS = 200 };

/* Where the demo works: a folder of the cache, so that a second one finds its calls answered. */
struct places {
    struct drp_str dir, reviews, meta, dataset, journal;
};

static int find_places(struct places *p, struct drp_err *err)
{
    struct drp_str *const all[] = {&p->dir, &p->reviews, &p->meta, &p->dataset,
                                   &p->journal};
    static const char *const names[] = {NULL, "reviews.jsonl", "meta.jsonl", "dataset",
                                        "journal.db"};
    for (size_t i = 0; i < DRP_LEN(all); i++)
        drp_str_init(all[i], 1 << 16);
    int rc = drp_fs_cache_dir(&p->dir, err);
    if (rc < 0)
        return rc;
    drp_str_addz(&p->dir, "/demo");
    for (size_t i = 1; i < DRP_LEN(all); i++)
        drp_fs_join(all[i], p->dir.ptr, names[i]);
    return drp_fs_mkdir(p->dir.ptr, true, err);
}

static void release_places(struct places *p)
{
    drp_str_release(&p->dir);
    drp_str_release(&p->reviews);
    drp_str_release(&p->meta);
    drp_str_release(&p->dataset);
    drp_str_release(&p->journal);
}

static int prepare_sample(const struct places *p, struct drp_prepare_summary *summary,
                          struct drp_err *err)
{
    const char *const reviews[] = {p->reviews.ptr}, *const meta[] = {p->meta.ptr};
    const struct drp_prepare_opts opts = {
        .reviews = reviews,
        .n_reviews = 1,
        .meta = meta,
        .n_meta = 1,
        .out = p->dataset.ptr,
        .thresholds =
            {
                .min_text = 200,
                .min_desc = 100,
                .max_desc = 2000,
                .min_item = DEMO_PEERS + 1,
                .min_user = 5,
                .max_user = 500,
                .holdout = 1,
                .min_profile = 4,
                .min_profile_item = 2,
            },
    };
    int rc = 0;
    DRP_TRY(rc, drp_fs_write(p->reviews.ptr, true,
                             drp_asset_get("share/sample/reviews.jsonl"), err));
    DRP_TRY(rc, drp_fs_write(p->meta.ptr, true, drp_asset_get("share/sample/meta.jsonl"),
                             err));
    DRP_TRY(rc, drp_prepare(&opts, summary, err));
out:
    return rc;
}

/* The demo is `drp write` with these settings; a model, an embedder and a user may be given. */
static void demo_options(struct drp_options *o)
{
    static struct drp_sv method = {"drp", 3};
    static double temperature = 0, seed = 42;
    o->split = DRP_SV("test");
    o->select = DRP_SV("item");
    o->evidence = DRP_SV("on");
    o->methods = (struct drp_strings){&method, 1};
    o->temperatures = (struct drp_numbers){&temperature, 1};
    o->seeds = (struct drp_numbers){&seed, 1};
    o->items = DEMO_ITEMS;
    o->peers = DEMO_PEERS;
    o->max_tokens = DEMO_TOKENS;
    o->repeats = 1;
    o->top_p = 0.95;
}

static void show_start(const struct drp_session *s,
                       const struct drp_prepare_summary *summary,
                       const struct drp_sample *sample)
{
    const struct drp_model_info *model = drp_model_info(s->models[DRP_GENERATOR]);
    drp_log(DRP_LOG_INFO, "sample corpus: %llu users, %llu items, %llu texts",
            (unsigned long long)summary->kept.users,
            (unsigned long long)summary->kept.items, (unsigned long long)summary->n_texts);
    drp_log(DRP_LOG_INFO, "%.*s writes as %.*s would: %zu comparisons, %zu calls …",
            DRP_SV_ARG(model->name), DRP_SV_ARG(sample->user_id), sample->n_contrasts,
            2 * sample->n_contrasts + 2);
}

/* How near the text comes to the real one. */
static int add_scores(struct drp_view *view, const struct drp_one *one, struct drp_err *err)
{
    struct drp_scorer *scorer = NULL;
    struct drp_pair_scores scores;
    const int rc = drp_scorer_open(&(struct drp_scorer_opts){0}, &scorer, err);
    if (rc < 0)
        return rc;
    drp_scorer_score(scorer, one->prediction.text, one->sample.reference, &scores);
    drp_view_heading(view, "Scores",
                     DRP_SV("against the real text; drp eval scores a run"));
    drp_str_addz(view->out, "   ");
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        if (!isnan(scores.value[m]))
            drp_str_addf(view->out, " %s %.*f ", drp_metric_title((enum drp_metric)m),
                         m == DRP_BLEU ? 1 : 3, scores.value[m]);
    drp_str_truncate(view->out, view->out->len - 1);
    drp_str_addc(view->out, '\n');
    drp_scorer_free(scorer);
    return 0;
}

static void add_account(struct drp_str *out, const struct drp_session *s, int64_t run_ms)
{
    struct drp_model_stats stats;
    drp_model_get_stats(s->models[DRP_GENERATOR], &stats);
    drp_str_addf(out,
                 "\n%llu calls (%llu from the journal), %llu prompt tokens of which %llu were "
                 "computed before,\n%llu answer tokens, %.1f s\n",
                 (unsigned long long)stats.calls, (unsigned long long)stats.from_journal,
                 (unsigned long long)stats.prompt_tokens,
                 (unsigned long long)stats.cached_tokens,
                 (unsigned long long)stats.answer_tokens, (double)run_ms / 1000.0);
    drp_str_addz(
        out,
        "\nYour own texts: drp prepare, then drp run or drp write (drp help shows how)\n");
}

static int demonstrate(struct drp_cli *cli, struct drp_session *s,
                       const struct drp_prepare_summary *summary, struct drp_err *err)
{
    struct drp_one one = {.progress = drp_progress_new("calls answered", 0)};
    struct drp_str out;
    size_t row = 0;
    const int64_t started_ms = drp_clock_ms();
    int rc = 0;
    drp_str_init(&out, SIZE_MAX / 4);
    const struct drp_sv user =
        cli->options->users.n > 0 ? cli->options->users.at[0] : DRP_SV("cleo");
    DRP_TRY(rc, drp_dataset_find_user(s->dataset, user, &row, err));
    DRP_TRY(rc, drp_selector_fill(s->selector, row, NULL, cli->arena, &one.sample, err));
    show_start(s, summary, &one.sample);
    DRP_TRY(rc, drp_one_make(s, cli->cancel, cli->arena, &one, err));
    drp_progress_wipe();
    struct drp_view view = drp_cli_view(cli, &out);
    drp_view_explain(&view, s->dataset, &one.sample, &one.profile, &one.prediction);
    DRP_TRY(rc, add_scores(&view, &one, err));
    add_account(&out, s, drp_clock_ms() - started_ms);
    DRP_TRY(rc, drp_cli_print(drp_str_sv(&out), err));
out:
    drp_progress_free(one.progress);
    drp_str_release(&out);
    return rc;
}

int drp_cmd_demo(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_session s = {.options = cli->options, .cancel = cli->cancel};
    struct drp_prepare_summary summary = {0};
    struct places places;
    int rc = 0;
    demo_options(cli->options);
    DRP_TRY(rc, find_places(&places, err));
    DRP_TRY(rc, prepare_sample(&places, &summary, err));
    DRP_TRY(rc, drp_session_open_data(&s, places.dataset.ptr, err));
    DRP_TRY(rc, drp_session_open_models(&s, places.journal.ptr, err));
    DRP_TRY(rc, drp_session_open_selector(&s, places.dataset.ptr, err));
    DRP_TRY(rc, demonstrate(cli, &s, &summary, err));
out:
    drp_session_release(&s);
    release_places(&places);
    return rc;
}
