#include "base/base.h"
#include "cli/cmd.h"
#include "cli/scoring.h"
#include "eval/collect.h"
#include "eval/comparison_show.h"

#include "base/banned.h"

static int collect_all(const struct drp_cli *cli, const struct drp_scoring *s,
                       struct drp_groups *groups, struct drp_err *err)
{
    const struct drp_collector collector = {
        .scorer = s->scorer,
        .by_id = true,
        .cancel = cli->cancel,
    };
    int rc = 0;
    for (size_t i = 0; i < s->n_sources && rc == 0; i++) {
        struct drp_pairs *pairs = NULL;
        rc = drp_pairs_open(&s->sources[i], &pairs, err);
        if (rc == 0)
            rc = drp_collect(&collector, pairs, i, groups, err);
        drp_pairs_free(pairs);
    }
    return rc;
}

static int print_comparison(const struct drp_cli *cli, const struct drp_scoring *s,
                            const struct drp_comparison *c, const struct drp_duel *duels,
                            struct drp_err *err)
{
    const struct drp_show show = drp_scoring_show(s);
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    if (cli->options->json) {
        struct drp_jw w;
        drp_jw_init(&w, &text, 0);
        drp_comparison_json(&show, c, duels, &w);
        drp_str_addc(&text, '\n');
    } else {
        drp_comparison_text(&show, c, duels, &text);
    }
    const int rc = drp_cli_print(drp_str_sv(&text), err);
    drp_str_release(&text);
    return rc;
}

int drp_cmd_compare(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_scoring s;
    struct drp_groups groups;
    struct drp_comparison comparison;
    struct drp_duel *duels = NULL;
    int rc = 0;
    drp_groups_init(&groups);
    DRP_TRY(rc, drp_scoring_open(cli, &s, err));
    DRP_TRY(rc, collect_all(cli, &s, &groups, err));
    DRP_TRY(rc, drp_compare(&groups, cli->options->baseline, &s.resample, cli->arena,
                            &comparison, err));
    if (s.judge.model) {
        duels = drp_arena_new(cli->arena, struct drp_duel, comparison.n);
        DRP_TRY(rc, drp_duels(&s.judge, s.sources, s.n_sources, &comparison, duels, err));
    }
    DRP_TRY(rc, print_comparison(cli, &s, &comparison, duels, err));
    rc = drp_scoring_check(&s, err);
out:
    rc = drp_session_end(&s.session, rc, err);
    drp_groups_release(&groups);
    drp_scoring_release(&s);
    return rc;
}
