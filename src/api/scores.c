#include "drp/scores.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"
#include "eval/scorer.h"

#include "base/banned.h"

enum { SIGNATURE_BYTES = 1024 };

struct drp_scores {
    struct drp_scorer *scorer;
    struct drp_unit sum;
    struct drp_str signatures[DRP_N_METRICS];
};

int drp_scores_open(const struct drp_scorer_opts *opts, struct drp_scores **out,
                    struct drp_err *err)
{
    const struct drp_scorer_opts defaults = {0};
    struct drp_scores *s = drp_calloc(1, sizeof *s);
    int rc = 0;
    *out = NULL;
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        drp_str_init(&s->signatures[m], SIGNATURE_BYTES);
    DRP_TRY(rc, drp_scorer_open(opts ? opts : &defaults, &s->scorer, err));
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        drp_scorer_signature(s->scorer, (enum drp_metric)m, &s->signatures[m]);
    *out = s;
    s = NULL;
out:
    drp_scores_close(s);
    return rc;
}

void drp_scores_close(struct drp_scores *s)
{
    if (!s)
        return;
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        drp_str_release(&s->signatures[m]);
    drp_scorer_free(s->scorer);
    free(s);
}

static int check_text(const char *which, struct drp_sv text, struct drp_err *err)
{
    const size_t bad = drp_utf8_invalid(text);
    if (bad == SIZE_MAX)
        return 0;
    drp_fail(err, DRP_EINPUT,
             "cannot score the %s: byte %zu is not UTF-8; convert it first", which,
             bad + 1);
    if (err)
        err->offset = (int64_t)bad;
    return DRP_EINPUT;
}

int drp_scores_add(struct drp_scores *s, struct drp_sv hypothesis,
                   struct drp_sv reference, double *values, struct drp_err *err)
{
    struct drp_pair_scores scores;
    int rc = 0;
    DRP_TRY(rc, check_text("hypothesis", hypothesis, err));
    DRP_TRY(rc, check_text("reference", reference, err));
    drp_scorer_score(s->scorer, hypothesis, reference, &scores);
    const struct drp_unit unit = drp_scorer_unit(&scores);
    drp_unit_add(&s->sum, &unit);
    for (size_t m = 0; values && m < DRP_N_METRICS; m++)
        values[m] = scores.value[m];
out:
    return rc;
}

int drp_scores_get(const struct drp_scores *s, enum drp_metric metric, double *value,
                   struct drp_err *err)
{
    double scores[DRP_N_METRICS];
    if ((unsigned)metric >= DRP_N_METRICS || metric == DRP_JUDGE)
        return drp_fail(err, DRP_EUSAGE,
                        "no such score: %d is computed by no function here", (int)metric);
    if (metric == DRP_METEOR && drp_scorer_missing(s->scorer))
        return drp_fail(err, DRP_ENOTFOUND, "%s", drp_scorer_missing(s->scorer)->text);
    if (s->sum.n == 0)
        return drp_fail(err, DRP_ENOTFOUND, "no score: no pair was added yet");
    drp_unit_scores(&s->sum, scores);
    *value = scores[metric];
    return 0;
}

const char *drp_scores_signature(const struct drp_scores *s, enum drp_metric metric)
{
    return (unsigned)metric < DRP_N_METRICS ? s->signatures[metric].ptr : "";
}
