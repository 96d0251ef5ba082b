/* DRP: Difference-aware Reasoning Personalization. Departs from the paper where the released code or thin data make it:
 * comparisons are those of the sample, be they items or users. */
#include "method/table.h"

#include "base/base.h"
#include "method/compose.h"
#include "method/draft.h"
#include "base/banned.h"

/* Steps 1 and 2 of one sample, comparison by comparison. */
struct comparing {
    size_t n;                      /* comparisons                                */
    struct drp_material *material; /* (n)                                        */
    struct drp_material *check;    /* (n) with what was claimed, for a fresh validation */
    struct drp_draft *extract;     /* (n)                                        */
    struct drp_reply *found;       /* (n)                                        */
    size_t n_validate;             /* of them, those that were answered          */
    size_t *of;                    /* (n_validate) which comparison              */
    struct drp_draft *validate;    /* (n_validate)                               */
    struct drp_reply *confirmed;   /* (n_validate)                               */
};

static struct comparing comparing_new(const struct drp_method_ctx *x,
                                      const struct drp_sample *s)
{
    struct drp_arena *arena = x->arena;
    const size_t n = s->n_contrasts;
    struct comparing c = {
        .n = n,
        .material = drp_arena_new(arena, struct drp_material, n),
        .check = drp_arena_new(arena, struct drp_material, n),
        .extract = drp_arena_new(arena, struct drp_draft, n),
        .found = drp_arena_new(arena, struct drp_reply, n),
        .of = drp_arena_new(arena, size_t, n),
        .validate = drp_arena_new(arena, struct drp_draft, n),
        .confirmed = drp_arena_new(arena, struct drp_reply, n),
    };
    for (size_t i = 0; i < n; i++) {
        c.material[i].contrast = &s->contrasts[i];
        c.material[i].open_dimensions = x->set->drp_dimensions == DRP_DIMENSIONS_OPEN;
    }
    return c;
}

/* Keeps the raw texts and reads the features out of them. */
static void collect_features(const struct drp_method_ctx *x, const struct comparing *c,
                             struct drp_profile *out, struct drp_feature_counts *counts)
{
    struct drp_sv *extracted = drp_arena_new(x->arena, struct drp_sv, c->n);
    struct drp_sv *validated = drp_arena_new(x->arena, struct drp_sv, c->n);
    for (size_t i = 0; i < c->n; i++)
        if (drp_answered(&c->found[i]))
            extracted[i] = c->found[i].text;
    for (size_t v = 0; v < c->n_validate; v++)
        if (drp_answered(&c->confirmed[v]))
            validated[c->of[v]] = c->confirmed[v].text;

    drp_features_collect(extracted, validated, c->n, x->arena, &out->features, counts);
    if (x->set->drp_features == DRP_FEATURES_RAW)
        drp_features_keep_unconfirmed(&out->features, counts);
    out->extracted = extracted;
    out->validated = validated;
    out->n_differences = c->n;
}

static void account_for(const struct comparing *c, const struct drp_features *features,
                        const struct drp_feature_counts *counts,
                        struct drp_account *account)
{
    account->contrasts_lost += c->n - c->n_validate;
    account->features_kept += counts->kept;
    account->features_dropped += counts->dropped;
    account->features_measured += counts->measured;
    account->features_unparsed += counts->unparsed;
    for (size_t i = 0; i < features->n; i++)
        if (!features->at[i].kept)
            drp_tally_add(account->dropped_for, features->at[i].reason, 1);
}

static bool any_kept(const struct drp_features *features)
{
    for (size_t i = 0; i < features->n; i++)
        if (features->at[i].kept)
            return true;
    return false;
}

/* Step 2 for one answered extraction: in its conversation, or in one of its own that shows what was claimed. */
static int open_validation(struct drp_method_ctx *x, struct comparing *c, size_t i,
                           size_t v, struct drp_err *err)
{
    if (x->set->drp_validate == DRP_VALIDATE_CONTINUE)
        return drp_draft_continue(x, "drp/validate", &c->extract[i], &c->found[i],
                                  &c->validate[v], err);
    struct drp_material_text *claimed =
        drp_arena_new(x->arena, struct drp_material_text, 1);
    claimed->text = c->found[i].text;
    c->check[i] = c->material[i];
    c->check[i].lists[DRP_LIST_CLAIMED] = (struct drp_material_list){claimed, 1};
    return drp_draft_open(x, DRP_STAGE_VALIDATE, "drp/check", &c->check[i],
                          &c->validate[v], err);
}

/* Beside the answers as they came stands one more: what was counted. */
static void add_measured(const struct drp_features *features, struct drp_arena *arena,
                         struct drp_material *known)
{
    struct drp_material_list *list = &known->lists[DRP_LIST_DIFFERENCES];
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    for (size_t i = 0; i < features->n; i++)
        if (features->at[i].source == DRP_FEATURE_MEASURED)
            drp_str_addf(&s, "%s%.*s.", s.len ? "\n" : "",
                         DRP_SV_ARG(features->at[i].description));
    if (s.len > 0) {
        struct drp_material_text *at =
            drp_arena_new(arena, struct drp_material_text, list->n + 1);
        for (size_t i = 0; i < list->n; i++)
            at[i] = list->at[i];
        at[list->n].text = drp_arena_sv(arena, drp_str_sv(&s));
        *list = (struct drp_material_list){at, list->n + 1};
    }
    drp_str_release(&s);
}

/* What the summary is made from: features that were read, or the answers as they came. */
static void pass_on(const struct drp_method_ctx *x, const struct drp_sample *s,
                    const struct drp_profile *found, struct drp_material *known)
{
    if (x->set->drp_pass == DRP_PASS_FEATURES) {
        known->features = &found->features;
        return;
    }
    const struct drp_sv *texts =
        x->set->drp_features == DRP_FEATURES_RAW ? found->extracted : found->validated;
    drp_compose_differences(s, texts, x->arena, known);
    add_measured(&found->features, x->arena, known);
}

/* Paper §2.2, steps 1 to 3a. Step 0, the choice of what to compare with, is in the sample. */
static int profile(struct drp_method_ctx *x, const struct drp_sample *s,
                   struct drp_profile *out, struct drp_err *err)
{
    int rc = 0;
    *out = (struct drp_profile){0};
    struct comparing c = comparing_new(x, s);

    /* Step 1: one extraction per comparison. */
    for (size_t i = 0; i < c.n; i++)
        DRP_TRY(rc, drp_draft_open(x, DRP_STAGE_EXTRACT, "drp/extract", &c.material[i],
                                   &c.extract[i], err));
    DRP_TRY(rc, drp_draft_ask(x, s, c.extract, c.n, c.found, err));

    /* Step 2: each is validated; a lost answer costs its comparison only. */
    for (size_t i = 0; i < c.n; i++)
        if (drp_answered(&c.found[i])) {
            c.of[c.n_validate] = i;
            DRP_TRY(rc, open_validation(x, &c, i, c.n_validate++, err));
        }
    DRP_TRY(rc, drp_draft_ask(x, s, c.validate, c.n_validate, c.confirmed, err));

    /* What can be counted: it drops claims, and adds what nobody claimed. */
    struct drp_feature_counts counts;
    collect_features(x, &c, out, &counts);
    drp_evidence_weigh(s, x->lexicon, x->evidence, x->arena, &out->features, &counts);
    account_for(&c, &out->features, &counts, x->account);

    /* Step 3a: one summary of the differences and the user's own texts. */
    struct drp_material known = {0};
    pass_on(x, s, out, &known);
    const bool found_any = any_kept(&out->features) || known.lists[DRP_LIST_DIFFERENCES].n;
    DRP_TRY(rc, drp_compose_summary(x, s, &known, found_any, out, err));
out:
    return rc;
}

const struct drp_method drp_method_drp = {
    .name = "drp",
    .title = "DRP",
    .source = "Unveiling Inference Scaling for Difference-Aware User Modeling, §2.2",
    .steps = "extract differences, validate each, summarise, write",
    .calls = "2 n + 2 for n comparisons: 18, or 10 with --select user",
    .profile = profile,
    .write = drp_compose_from_profile, /* step 3b: the text */
};
