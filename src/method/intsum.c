/* IntSum: a summary of the user, made for the task, beside the retrieved texts. */
#include "method/table.h"

#include "base/base.h"
#include "base/rng.h"
#include "method/compose.h"
#include "method/stage.h"
#include "base/banned.h"

/* `n` texts of the history drawn without replacement, oldest first: the same ones for every target of the user. */
static struct drp_reviews draw_texts(const struct drp_sample *s, size_t n,
                                     struct drp_arena *arena)
{
    const struct drp_reviews from = s->profile;
    const struct drp_review **at = drp_arena_new(arena, const struct drp_review *, from.n);
    size_t n_drawn = 0;
    struct drp_rng rng;
    drp_rng_init(&rng, (uint32_t)drp_subject(s->user_id));
    n = DRP_MIN(n, from.n);
    for (size_t i = 0; i < from.n; i++)
        if (drp_rng_below(&rng, from.n - i) < n - n_drawn)
            at[n_drawn++] = from.at[i];
    return (struct drp_reviews){at, n_drawn};
}

/* Puts the texts to summarise into `m`. False when there is none. */
static bool put_source(const struct drp_method_ctx *x, const struct drp_sample *s,
                       struct drp_material *m)
{
    const size_t k = (size_t)x->set->intsum_k;
    switch (x->set->intsum_source) {
    case DRP_SOURCE_RECENT:
        return drp_compose_newest(s, k, m);
    case DRP_SOURCE_ALL:
        return drp_compose_newest(s, SIZE_MAX, m);
    case DRP_SOURCE_SAMPLE:
        m->own = draw_texts(s, k, x->arena);
        m->own_by_time = true;
        return m->own.n > 0;
    default:
        if (s->own.n == 0)
            return drp_compose_newest(s, k, m);
        m->own = (struct drp_reviews){s->own.at, DRP_MIN(k, s->own.n)};
        return true;
    }
}

static int profile(struct drp_method_ctx *x, const struct drp_sample *s,
                   struct drp_profile *out, struct drp_err *err)
{
    int rc = 0;
    *out = (struct drp_profile){0};

    /* Step 1: the texts; the retrieved ones are in the sample. */
    struct drp_material known = {0};
    if (!put_source(x, s, &known)) {
        out->fallback = DRP_FALLBACK_PLAIN;
        goto out;
    }

    /* Step 2: one summary of them. */
    struct drp_reply summary = {0};
    DRP_TRY(rc, drp_compose_ask(x, s, DRP_STAGE_SUMMARIZE, "intsum/summarize", &known,
                                &summary, err));
    out->summary = summary.text;
    if (!out->summary.len)
        out->fallback = DRP_FALLBACK_OWN;
out:
    return rc;
}

const struct drp_method drp_method_intsum = {
    .name = "intsum",
    .title = "IntSum",
    .source =
        "Integrating Summarization and Retrieval for Enhanced Personalization via Large "
        "Language Models (Richardson et al., 2023)",
    .steps = "summarise past texts, write from summary and retrieved texts",
    .calls = "2",
    .inferred =
        "the summary is of the retrieved texts, so that it is made anew for each target; "
        "its length; k = 8 for both steps",
    .profile = profile,
    .write = drp_compose_from_profile, /* step 3: the text, from the retrieved texts and the summary */
};
