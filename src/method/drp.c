#include "method/drp.h"

#include "base/base.h"
#include "method/compose.h"
#include "method/draft.h"
#include "base/banned.h"

/* Steps 1 and 2 of one sample, comparison by comparison. */
struct comparing {
    size_t n;                      /* comparisons                                */
    struct drp_material *material; /* (n)                                        */
    struct drp_draft *extract;     /* (n)                                        */
    struct drp_reply *found;       /* (n)                                        */
    size_t n_validate;             /* of them, those that were answered          */
    size_t *of;                    /* (n_validate) which comparison              */
    struct drp_draft *validate;    /* (n_validate)                               */
    struct drp_reply *confirmed;   /* (n_validate)                               */
};

static struct comparing comparing_new(const struct drp_sample *s, struct drp_arena *arena)
{
    const size_t n = s->n_contrasts;
    struct comparing c = {
        .n = n,
        .material = drp_arena_new(arena, struct drp_material, n),
        .extract = drp_arena_new(arena, struct drp_draft, n),
        .found = drp_arena_new(arena, struct drp_reply, n),
        .of = drp_arena_new(arena, size_t, n),
        .validate = drp_arena_new(arena, struct drp_draft, n),
        .confirmed = drp_arena_new(arena, struct drp_reply, n),
    };
    for (size_t i = 0; i < n; i++)
        c.material[i].contrast = &s->contrasts[i];
    return c;
}

/* Keeps the raw texts and reads the features out of them. */
static void collect_features(struct drp_method_ctx *x, const struct comparing *c,
                             struct drp_profile *out)
{
    struct drp_sv *extracted = drp_arena_new(x->arena, struct drp_sv, c->n);
    struct drp_sv *validated = drp_arena_new(x->arena, struct drp_sv, c->n);
    for (size_t i = 0; i < c->n; i++)
        if (drp_answered(&c->found[i]))
            extracted[i] = c->found[i].text;
    for (size_t v = 0; v < c->n_validate; v++)
        if (drp_answered(&c->confirmed[v]))
            validated[c->of[v]] = c->confirmed[v].text;

    struct drp_feature_counts counts;
    drp_features_collect(extracted, validated, c->n, x->arena, &out->features, &counts);
    out->extracted = extracted;
    out->validated = validated;
    out->n_differences = c->n;
    x->account->contrasts_lost += c->n - c->n_validate;
    x->account->features_kept += counts.kept;
    x->account->features_dropped += counts.dropped;
    for (size_t i = 0; i < out->features.n; i++)
        if (!out->features.at[i].kept)
            drp_tally_add(x->account->dropped_for, out->features.at[i].reason, 1);
    x->account->features_unparsed += counts.unparsed;
}

static bool any_kept(const struct drp_features *features)
{
    for (size_t i = 0; i < features->n; i++)
        if (features->at[i].kept)
            return true;
    return false;
}

/* Paper §2.2, steps 1 to 3a. Step 0, the choice of what to compare with, is in the sample. */
int drp_drp_profile(struct drp_method_ctx *x, const struct drp_sample *s,
                    struct drp_profile *out, struct drp_err *err)
{
    int rc = 0;
    *out = (struct drp_profile){0};
    struct comparing c = comparing_new(s, x->arena);

    /* Step 1: one extraction per comparison. */
    for (size_t i = 0; i < c.n; i++)
        DRP_TRY(rc, drp_draft_open(x, DRP_STAGE_EXTRACT, "drp/extract", &c.material[i],
                                   &c.extract[i], err));
    DRP_TRY(rc, drp_draft_ask(x, s, c.extract, c.n, c.found, err));

    /* Step 2: each continues its extraction; a lost answer costs its comparison only. */
    for (size_t i = 0; i < c.n; i++)
        if (drp_answered(&c.found[i])) {
            const size_t v = c.n_validate++;
            c.of[v] = i;
            DRP_TRY(rc, drp_draft_continue(x, "drp/validate", &c.extract[i], &c.found[i],
                                           &c.validate[v], err));
        }
    DRP_TRY(rc, drp_draft_ask(x, s, c.validate, c.n_validate, c.confirmed, err));
    collect_features(x, &c, out);

    /* Step 3a: one summary of the features and the user's own texts. */
    struct drp_material known = {.features = &out->features};
    if (drp_compose_own(s, &known) || any_kept(&out->features))
        DRP_TRY(rc, drp_compose_summary(x, s, &known, &out->summary, err));
    if (!any_kept(&out->features) || !out->summary.len)
        out->fallback = known.own.n ? DRP_FALLBACK_OWN : DRP_FALLBACK_PLAIN;
out:
    return rc;
}

/* Paper §2.2, step 3b. */
int drp_drp_write(struct drp_method_ctx *x, const struct drp_sample *s,
                  const struct drp_profile *profile, struct drp_prediction *out,
                  struct drp_err *err)
{
    struct drp_material known = {.profile = profile->summary};
    drp_compose_own(s, &known);
    *out = (struct drp_prediction){.fallback = profile->fallback};
    return drp_compose_text(x, s, &known, out, err);
}
