#include "cli/scoring.h"

#include "base/base.h"
#include "base/fs.h"

#include "base/banned.h"

static int find_sources(const struct drp_cli *cli, struct drp_scoring *s,
                        struct drp_err *err)
{
    const struct drp_options *o = cli->options;
    s->sources = drp_arena_new(cli->arena, struct drp_source, o->args.n + o->pairs.n);
    for (size_t i = 0; i < o->args.n; i++)
        s->sources[s->n_sources++] = (struct drp_source){o->args.at[i].ptr, true};
    for (size_t i = 0; i < o->pairs.n; i++)
        s->sources[s->n_sources++] = (struct drp_source){o->pairs.at[i].ptr, false};
    if (s->n_sources == 0)
        return drp_fail(err, DRP_EUSAGE, "nothing to score: give a run, or --pairs FILE");
    return 0;
}

static int open_judge(const struct drp_cli *cli, struct drp_scoring *s, struct drp_err *err)
{
    const struct drp_options *o = cli->options;
    struct drp_str path;
    drp_str_init(&path, 1 << 16);
    int rc = 0;
    if (o->judge_repeats % 2 == 0)
        DRP_TRY(rc, drp_fail(err, DRP_EUSAGE,
                             "--judge-repeats %lld: an odd number is needed, so that there is a "
                             "median",
                             (long long)o->judge_repeats));
    const char *journal = o->journal.ptr;
    if (!journal && s->sources[0].is_run)
        journal = drp_fs_join(&path, s->sources[0].path, "journal.db");
    DRP_TRY(rc, drp_session_open_judge(&s->session, journal, err));
    s->judge = (struct drp_judge){
        .model = s->session.models[DRP_JUDGE_MODEL],
        .prompts = s->session.prompts,
        .n_repeats = (uint32_t)o->judge_repeats,
        .seed = (uint64_t)o->seeds.at[0],
        .cancel = cli->cancel,
    };
out:
    drp_str_release(&path);
    return rc;
}

int drp_scoring_open(const struct drp_cli *cli, struct drp_scoring *s, struct drp_err *err)
{
    const struct drp_options *o = cli->options;
    const struct drp_scorer_opts tools = {
        .punkt = o->punkt.ptr,
        .wordnet = o->wordnet.ptr,
        .no_synonyms = o->no_synonyms,
    };
    int rc = 0;
    *s = (struct drp_scoring){
        .session = {.options = o, .cancel = cli->cancel},
        .resample = {.seed = (uint64_t)o->bootstrap_seed,
                     .n_resamples = (uint32_t)o->resamples,
                     .n_trials = (uint32_t)o->trials},
    };
    DRP_TRY(rc, find_sources(cli, s, err));
    DRP_TRY(rc, drp_scorer_open(&tools, &s->scorer, err));
    if (o->judge.ptr)
        DRP_TRY(rc, open_judge(cli, s, err));
out:
    return rc;
}

void drp_scoring_release(struct drp_scoring *s)
{
    drp_scorer_free(s->scorer);
    drp_session_release(&s->session);
}

struct drp_show drp_scoring_show(const struct drp_scoring *s)
{
    return (struct drp_show){
        .scorer = s->scorer,
        .judge = s->judge.model ? &s->judge : NULL,
        .resample = &s->resample,
        .sources = s->sources,
    };
}

int drp_scoring_check(const struct drp_scoring *s, struct drp_err *err)
{
    const struct drp_err *missing = drp_scorer_missing(s->scorer);
    if (!missing)
        return 0;
    *err = *missing;
    return drp_err_prefix(err, "no METEOR");
}
