/* DPL: Difference-aware Personalization Learning, where DRP comes from. Departs from the released code where it says "four
 * others": comparisons and peers are as many as the sample has. */
#include "method/table.h"

#include "base/base.h"
#include "method/compose.h"
#include "method/draft.h"
#include "base/banned.h"

/* Keeps what was said about each comparison; a lost answer costs its comparison only. */
static void keep_differences(struct drp_method_ctx *x, const struct drp_reply *said,
                             size_t n, struct drp_profile *out)
{
    struct drp_sv *texts = drp_arena_new(x->arena, struct drp_sv, n);
    for (size_t i = 0; i < n; i++) {
        if (drp_answered(&said[i]))
            texts[i] = said[i].text;
        else
            x->account->contrasts_lost++;
    }
    out->extracted = texts;
    out->n_differences = n;
}

/* Steps 1 and 2, what to compare with, are in the sample: retrieved texts, and of each item the representatives of the
 * clusters that the user is not in. */
static int profile(struct drp_method_ctx *x, const struct drp_sample *s,
                   struct drp_profile *out, struct drp_err *err)
{
    int rc = 0;
    const size_t n = s->n_contrasts;
    *out = (struct drp_profile){0};

    /* Step 3: one call a comparison says how the user differs on three fixed axes. */
    struct drp_material *compared = drp_arena_new(x->arena, struct drp_material, n);
    struct drp_draft *compare = drp_arena_new(x->arena, struct drp_draft, n);
    struct drp_reply *said = drp_arena_new(x->arena, struct drp_reply, n);
    for (size_t i = 0; i < n; i++) {
        compared[i].contrast = &s->contrasts[i];
        DRP_TRY(rc, drp_draft_open(x, DRP_STAGE_COMPARE, "dpl/compare", &compared[i],
                                   &compare[i], err));
    }
    DRP_TRY(rc, drp_draft_ask(x, s, compare, n, said, err));
    keep_differences(x, said, n, out);

    /* Step 4: one summary of the differences and the user's own texts. */
    struct drp_material known = {0};
    drp_compose_differences(s, out->extracted, x->arena, &known);
    const bool differs = known.lists[DRP_LIST_DIFFERENCES].n > 0;
    DRP_TRY(rc, drp_compose_summary(x, s, &known, differs, out, err));
out:
    return rc;
}

const struct drp_method drp_method_dpl = {
    .name = "dpl",
    .title = "DPL",
    .source =
        "Measuring What Makes You Unique: Difference-Aware User Modeling for Enhancing LLM "
        "Personalization (Qiu et al., ACL Findings 2025), released code",
    .steps = "say how the user differs on three axes, summarise, write",
    .calls = "n + 2 for n comparisons: 10, or 6 with --select user",
    .profile = profile,
    .write = drp_compose_from_profile, /* step 5: the text, from the retrieved texts and the summary */
};
