/* LLM-TRSR: the history in blocks, summarised one after another or side by side. Departs from the original, which
 * recommends: no model is trained, and the summary is of writing and preferences. */
#include "method/table.h"

#include "base/base.h"
#include "method/compose.h"
#include "method/draft.h"
#include "base/banned.h"

/* What the rounds of one sample have come to. */
struct rounds {
    struct drp_sv summary; /* the newest there is                                  */
    size_t n_asked, n_failed;
    struct drp_err why; /* of the first that failed                             */
};

/* Past texts that are in `picks`, oldest first. */
static struct drp_reviews by_time(const struct drp_sample *s, struct drp_reviews picks,
                                  struct drp_arena *arena)
{
    const struct drp_review **at =
        drp_arena_new(arena, const struct drp_review *, s->profile.n);
    size_t n = 0;
    for (size_t i = 0; i < s->profile.n; i++)
        for (size_t k = 0; k < picks.n; k++)
            if (picks.at[k] == s->profile.at[i]) {
                at[n++] = s->profile.at[i];
                break;
            }
    return (struct drp_reviews){at, n};
}

/* The texts to summarise, oldest first, as many as the blocks hold. */
static struct drp_reviews history(const struct drp_method_ctx *x,
                                  const struct drp_sample *s)
{
    const size_t most = (size_t)(x->set->trsr_block * x->set->trsr_max_blocks);
    if (x->set->trsr_select == DRP_TRSR_RETRIEVED && s->own.n > 0) {
        const struct drp_reviews best = {s->own.at, DRP_MIN(s->own.n, most)};
        return by_time(s, best, x->arena);
    }
    const size_t n = DRP_MIN(s->profile.n, most);
    return (struct drp_reviews){s->profile.at + (s->profile.n - n), n};
}

/* One material a block; each call is about the newest item of its block. **Shapes**: (n_blocks). */
static struct drp_material *cut_blocks(const struct drp_method_ctx *x,
                                       struct drp_reviews texts, size_t *n_blocks)
{
    const size_t size = (size_t)x->set->trsr_block;
    const size_t n = (texts.n + size - 1) / size;
    struct drp_material *blocks = drp_arena_new(x->arena, struct drp_material, n);
    for (size_t b = 0; b < n; b++) {
        const size_t first = b * size;
        const struct drp_reviews own = {texts.at + first, DRP_MIN(size, texts.n - first)};
        blocks[b].own = own;
        blocks[b].own_by_time = true;
        blocks[b].about = drp_dataset_item(x->dataset, own.at[own.n - 1]->item);
    }
    *n_blocks = n;
    return blocks;
}

/* Asks for the next summary. A call that fails or says nothing leaves the former one. */
static int next_summary(struct drp_method_ctx *x, const struct drp_sample *s,
                        const char *prompt, const struct drp_material *m,
                        struct rounds *r, struct drp_err *err)
{
    struct drp_reply reply = {0};
    struct drp_err why = {0};
    const int rc = drp_compose_ask(x, s, DRP_STAGE_SUMMARIZE, prompt, m, &reply, &why);
    const bool only_this_call = rc == reply.status && rc != DRP_ECANCELLED && rc != DRP_EDB;
    if (rc < 0 && !only_this_call) {
        if (err)
            *err = why;
        return rc;
    }
    if (rc < 0 && r->n_failed++ == 0)
        r->why = why;
    if (rc == 0 && reply.text.len)
        r->summary = reply.text;
    r->n_asked++;
    return 0;
}

/* Step 2, recurrent: each block is read with the summary of those before it. */
static int summarize_in_turn(struct drp_method_ctx *x, const struct drp_sample *s,
                             struct drp_material *blocks, size_t n, struct rounds *r,
                             struct drp_err *err)
{
    int rc = 0;
    for (size_t b = 0; b < n; b++) {
        blocks[b].profile = r->summary;
        DRP_TRY(rc, next_summary(x, s, "trsr/summarize", &blocks[b], r, err));
    }
    if (n > 0 && r->n_failed == r->n_asked) {
        rc = r->why.code;
        if (err)
            *err = r->why;
    }
out:
    return rc;
}

/* Step 2, hierarchical: each block by itself, then one summary of all, in the order of time. */
static int summarize_and_merge(struct drp_method_ctx *x, const struct drp_sample *s,
                               struct drp_material *blocks, size_t n, struct rounds *r,
                               struct drp_err *err)
{
    int rc = 0;
    struct drp_draft *drafts = drp_arena_new(x->arena, struct drp_draft, n);
    struct drp_reply *replies = drp_arena_new(x->arena, struct drp_reply, n);
    struct drp_material_text *said = drp_arena_new(x->arena, struct drp_material_text, n);
    size_t n_said = 0;
    for (size_t b = 0; b < n; b++)
        DRP_TRY(rc, drp_draft_open(x, DRP_STAGE_SUMMARIZE, "trsr/summarize", &blocks[b],
                                   &drafts[b], err));
    DRP_TRY(rc, drp_draft_ask(x, s, drafts, n, replies, err));
    for (size_t b = 0; b < n; b++) {
        const struct drp_sv text = drp_compose_strip(replies[b].text);
        if (drp_answered(&replies[b]) && text.len)
            said[n_said++].text = text;
    }
    if (n_said == 0)
        goto out;
    r->summary = said[n_said - 1].text;
    struct drp_material all = {0};
    all.lists[DRP_LIST_SUMMARIES] = (struct drp_material_list){said, n_said};
    DRP_TRY(rc, next_summary(x, s, "trsr/merge", &all, r, err));
out:
    return rc;
}

static int profile(struct drp_method_ctx *x, const struct drp_sample *s,
                   struct drp_profile *out, struct drp_err *err)
{
    int rc = 0;
    struct rounds r = {0};
    *out = (struct drp_profile){0};

    /* Step 1: the newest texts, oldest first, in blocks; the last may be short. */
    size_t n = 0;
    struct drp_material *blocks = cut_blocks(x, history(x, s), &n);

    /* Step 2: one summary of them. */
    if (x->set->trsr_mode == DRP_TRSR_HIERARCHICAL)
        DRP_TRY(rc, summarize_and_merge(x, s, blocks, n, &r, err));
    else
        DRP_TRY(rc, summarize_in_turn(x, s, blocks, n, &r, err));
    out->summary = r.summary;
    if (!out->summary.len)
        out->fallback = n ? DRP_FALLBACK_OWN : DRP_FALLBACK_PLAIN;
out:
    return rc;
}

/* Step 3: the text, from the summary (long term) and raw texts (short term). */
static int write_text(struct drp_method_ctx *x, const struct drp_sample *s,
                      const struct drp_profile *found, struct drp_prediction *out,
                      struct drp_err *err)
{
    struct drp_material known = {.profile = found->summary};
    if (found->fallback || x->set->trsr_raw == DRP_TRSR_OWN)
        drp_compose_own(s, &known);
    else if (x->set->trsr_raw == DRP_TRSR_RECENT)
        drp_compose_newest(s, (size_t)x->set->trsr_recent, &known);
    *out = (struct drp_prediction){.fallback = found->fallback};
    return drp_compose_text(x, s, "shared/generate", &known, out, err);
}

const struct drp_method drp_method_trsr = {
    .name = "trsr",
    .title = "LLM-TRSR",
    .source =
        "Harnessing Large Language Models for Text-Rich Sequential Recommendation (Zheng "
        "et al., WWW 2024)",
    .steps = "summarise past texts block by block, write from summary and past texts",
    .calls = "b + 1 for b blocks, or b + 2 with trsr.mode=hierarchical: at most 6 or 7",
    .inferred =
        "recurrent by default; the newest texts are summarised, for writing habits and "
        "preferences; the retrieved texts stand for the recent ones",
    .profile = profile,
    .write = write_text,
};
