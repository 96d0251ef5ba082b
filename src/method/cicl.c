/* CICL: contrastive in-context learning. What the user wrote stands against what somebody else wrote about the same item;
 * a model says what sets the two sides apart, and the text is written from both. */
#include "method/table.h"

#include <math.h>

#include "base/base.h"
#include "base/rng.h"
#include "method/compose.h"
#include "method/draft.h"
#include "method/others.h"
#include "base/banned.h"

/* Of the draw of undesired texts. It is not the cell's, so that all cells see the same pairs. */
enum { DRAW_SEED = 42 };

/* ---- the undesired side ------------------------------------------------------------------- */

/* Any of the others, the same in every run. */
static size_t draw(const struct drp_method_ctx *x, const struct drp_sample *s,
                   const struct drp_review *own, size_t n)
{
    const struct drp_item *item = drp_dataset_item(x->dataset, own->item);
    struct drp_rng rng;
    drp_rng_init(&rng, (uint32_t)drp_stage_seed(DRAW_SEED, s->user_id, item->asin,
                                                DRP_STAGE_ANALYSE, 0));
    return drp_rng_below(&rng, n);
}

static double cosine(const float *a, const float *b, size_t dim)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t k = 0; k < dim; k++) {
        ab += (double)a[k] * (double)b[k];
        aa += (double)a[k] * (double)a[k];
        bb += (double)b[k] * (double)b[k];
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/* The one whose text is least like the user's. Masked texts have no vectors, so it takes the true ones, which
 * come in the same order. */
static int find_least_like(const struct drp_method_ctx *x, const struct drp_sample *s,
                           const struct drp_review *own, size_t *least, struct drp_err *err)
{
    const struct drp_reviews others =
        drp_selector_others(x->selector, s, own->item, x->arena);
    const size_t dim = drp_vectors_dim(x->vectors);
    struct drp_sv *texts = drp_arena_new(x->arena, struct drp_sv, 1 + others.n);
    float *vectors = drp_arena_new(x->arena, float, drp_size_mul(1 + others.n, dim));
    texts[0] = own->text;
    for (size_t i = 0; i < others.n; i++)
        texts[1 + i] = others.at[i]->text;
    const int rc = drp_vectors_get(x->vectors, texts, 1 + others.n, vectors, err);
    double lowest = INFINITY;
    for (size_t i = 0; rc == 0 && i < others.n; i++) {
        const double likeness = cosine(vectors, vectors + (1 + i) * dim, dim);
        if (likeness < lowest) {
            lowest = likeness;
            *least = i;
        }
    }
    return rc;
}

/* Another user's text about the item of the i-th own text; NULL: there is none. */
static int choose_other(const struct drp_method_ctx *x, const struct drp_sample *s,
                        size_t i, const struct drp_review *own,
                        const struct drp_review **out, struct drp_err *err)
{
    const bool by_item = i < s->n_contrasts && s->contrasts[i].item;
    const struct drp_reviews others = drp_method_others(x, s, own->item);
    size_t at = 0;
    int rc = 0;
    *out = NULL;
    if (others.n == 0)
        return 0;
    if (x->set->cicl_neg == DRP_NEG_CENTER && by_item && s->contrasts[i].peers.n) {
        *out = s->contrasts[i].peers.at[0];
        return 0;
    }
    if (x->set->cicl_neg == DRP_NEG_DISSIMILAR)
        rc = find_least_like(x, s, own, &at, err);
    else
        at = draw(x, s, own, others.n);
    if (rc == 0)
        *out = others.at[at];
    return rc;
}

/* ---- pairs -------------------------------------------------------------------------------- */

static void add_pair(const struct drp_method_ctx *x, const struct drp_review *own,
                     const struct drp_review *other, struct drp_material *known,
                     struct drp_contrast *pairs)
{
    const struct drp_review **sides = drp_arena_new(x->arena, const struct drp_review *, 2);
    sides[0] = own;
    sides[1] = other;
    pairs[known->n_pairs++] =
        (struct drp_contrast){.item = drp_dataset_item(x->dataset, own->item),
                              .own = {&sides[0], 1},
                              .peers = {&sides[1], 1}};
    known->pairs = pairs;
}

/* Pairs each own text with another user's; one that nobody can be set against is left out. */
static int pair_with_others(const struct drp_method_ctx *x, const struct drp_sample *s,
                            struct drp_reviews own, struct drp_material *known,
                            struct drp_err *err)
{
    int rc = 0;
    struct drp_contrast *pairs = drp_arena_new(x->arena, struct drp_contrast, own.n);
    for (size_t i = 0; i < own.n; i++) {
        const struct drp_review *other;
        DRP_TRY(rc, choose_other(x, s, i, own.at[i], &other, err));
        if (other)
            add_pair(x, own.at[i], other, known, pairs);
    }
out:
    return rc;
}

/* Pairs each own text with what the model writes about the item without knowing the user. */
static int pair_with_model(struct drp_method_ctx *x, const struct drp_sample *s,
                           struct drp_reviews own, struct drp_material *known,
                           struct drp_err *err)
{
    int rc = 0;
    struct drp_contrast *pairs = drp_arena_new(x->arena, struct drp_contrast, own.n);
    struct drp_material *asked = drp_arena_new(x->arena, struct drp_material, own.n);
    struct drp_draft *drafts = drp_arena_new(x->arena, struct drp_draft, own.n);
    struct drp_reply *replies = drp_arena_new(x->arena, struct drp_reply, own.n);
    for (size_t i = 0; i < own.n; i++) {
        const struct drp_item *item = drp_dataset_item(x->dataset, own.at[i]->item);
        asked[i] = (struct drp_material){.item = item,
                                         .about = item,
                                         .rating = own.at[i]->rating,
                                         .title = own.at[i]->title};
        DRP_TRY(rc, drp_draft_open(x, DRP_STAGE_COUNTER, "nonp/generate", &asked[i],
                                   &drafts[i], err));
    }
    DRP_TRY(rc, drp_draft_ask(x, s, drafts, own.n, replies, err));
    for (size_t i = 0; i < own.n; i++) {
        const struct drp_sv text = drp_compose_strip(replies[i].text);
        if (!drp_answered(&replies[i]) || !text.len)
            continue;
        struct drp_review *made = drp_arena_new(x->arena, struct drp_review, 1);
        *made = *own.at[i];
        made->text = text;
        add_pair(x, own.at[i], made, known, pairs);
    }
out:
    return rc;
}

/* The user's texts about the items on which the sample compares; between whole histories, or where
 * it compares nothing, the retrieved ones. */
static struct drp_reviews desired_texts(const struct drp_method_ctx *x,
                                        const struct drp_sample *s)
{
    if (s->n_contrasts == 0 || !s->contrasts[0].item) {
        struct drp_material known = {0};
        drp_compose_own(s, &known);
        return known.own;
    }
    const struct drp_review **at =
        drp_arena_new(x->arena, const struct drp_review *, s->n_contrasts);
    for (size_t i = 0; i < s->n_contrasts; i++)
        at[i] = s->contrasts[i].own.at[0];
    return (struct drp_reviews){at, s->n_contrasts};
}

/* ---- the method --------------------------------------------------------------------------- */

static int profile(struct drp_method_ctx *x, const struct drp_sample *s,
                   struct drp_profile *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_material *known = drp_arena_new(x->arena, struct drp_material, 1);
    *out = (struct drp_profile){.known = known};

    /* Step 1: the desired side. */
    const struct drp_reviews own = desired_texts(x, s);

    /* Step 2: the undesired side, of the same items; a model's where nobody else's can be had. */
    if (x->set->cicl_neg != DRP_NEG_MODEL && s->n_contrasts > 0)
        DRP_TRY(rc, pair_with_others(x, s, own, known, err));
    if (known->n_pairs == 0)
        DRP_TRY(rc, pair_with_model(x, s, own, known, err));
    if (known->n_pairs == 0)
        out->fallback = own.n ? DRP_FALLBACK_OWN : DRP_FALLBACK_PLAIN;
    if (known->n_pairs == 0 || x->set->cicl_calls == DRP_MERGED)
        goto out;

    /* Step 3: what marks the desired texts, and what to avoid. */
    struct drp_reply analysis = {0};
    DRP_TRY(rc, drp_compose_ask(x, s, DRP_STAGE_ANALYSE, "cicl/analyse", known, &analysis,
                                err));
    out->summary = analysis.text;
    out->drawn = known->pairs;
    out->n_drawn = known->n_pairs;
    if (!out->summary.len)
        out->fallback = DRP_FALLBACK_OWN;
out:
    return rc;
}

/* Puts the pairs into `m`, or their desired sides alone. */
static void put_pairs(const struct drp_method_ctx *x, const struct drp_profile *found,
                      struct drp_material *m)
{
    if (x->set->cicl_show == DRP_SHOW_PAIRS || x->set->cicl_calls == DRP_MERGED) {
        m->pairs = found->known->pairs;
        m->n_pairs = found->known->n_pairs;
        return;
    }
    const struct drp_review **at =
        drp_arena_new(x->arena, const struct drp_review *, found->known->n_pairs);
    for (size_t i = 0; i < found->known->n_pairs; i++)
        at[i] = found->known->pairs[i].own.at[0];
    m->own = (struct drp_reviews){at, found->known->n_pairs};
}

/* Step 4: the text, from the pairs and the analysis; merged with step 3, the text stands behind the analysis. */
static int write_text(struct drp_method_ctx *x, const struct drp_sample *s,
                      const struct drp_profile *found, struct drp_prediction *out,
                      struct drp_err *err)
{
    struct drp_material known = {.profile = found->summary,
                                 .drawn = found->drawn,
                                 .n_drawn = found->n_drawn};
    *out = (struct drp_prediction){.fallback = found->fallback};
    if (found->fallback) {
        drp_compose_own(s, &known);
        return drp_compose_text(x, s, "shared/generate", &known, out, err);
    }
    put_pairs(x, found, &known);
    const bool merged = x->set->cicl_calls == DRP_MERGED;
    return drp_compose_text(x, s, merged ? "cicl/merged" : "cicl/generate", &known, out,
                            err);
}

const struct drp_method drp_method_cicl = {
    .name = "cicl",
    .title = "CICL",
    .source =
        "Customizing Language Model Responses with Contrastive In-Context Learning (Gao "
        "and Das, AAAI 2024)",
    .steps = "set past texts against others' about the same items, analyse, write",
    .calls =
        "2, or 1 with cicl.calls=merged; one more a pair with cicl.neg=llm_default or where "
        "nothing can be compared",
    .inferred =
        "another user's text about the same item as the undesired side, one a pair, as many "
        "pairs as comparisons; peer_center takes the first representative, since the sizes "
        "of clusters are not kept, and any text with --select user; the model's own text "
        "where nothing can be compared",
    .profile = profile,
    .write = write_text,
};
