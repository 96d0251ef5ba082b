/* What `eval` and `compare` share: where the texts are, the tools that score them, the judge. */
#ifndef DRP_CLI_SCORING_H
#define DRP_CLI_SCORING_H

#include "cli/cmd.h"
#include "eval/judge.h"
#include "eval/scorer.h"
#include "eval/show.h"
#include "run/session.h"

/** Opened from options. Start with `{0}`; drp_scoring_release(). */
struct drp_scoring {
    struct drp_source *sources; /* (n_sources) runs, then files of pairs */
    size_t n_sources;
    struct drp_scorer *scorer;
    struct drp_resample_opts resample;
    struct drp_session session; /* of the judge */
    struct drp_judge judge;     /* judge.model is NULL when nobody judges */
};

/**
 * Opens sources, scorer and, with --judge, its model; its calls are journalled in the first run.
 * **Errors**: DRP_EUSAGE (no source, an even number of repeats), those of drp_scorer_open() and of the session.
 */
int drp_scoring_open(const struct drp_cli *cli, struct drp_scoring *s,
                     struct drp_err *err) DRP_CHECKED;

/** Releases what was opened. */
void drp_scoring_release(struct drp_scoring *s);

/** For tables. Borrowed from `s`. */
struct drp_show drp_scoring_show(const struct drp_scoring *s);

/** Fails when METEOR could not be computed, after all else was shown. **Errors**: DRP_ENOTFOUND with the line that mends it. */
int drp_scoring_check(const struct drp_scoring *s, struct drp_err *err) DRP_CHECKED;

#endif
