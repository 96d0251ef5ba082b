#include "feature/evidence.h"

#include "base/base.h"
#include "feature/claim.h"
#include "base/banned.h"

static const char *const CONTRADICTED = "contradicted by the counts";

/* ---- evidence ---- */

/* Puts the texts that have most of the trait, or least, and that stand beyond the others' mean. */
static void cite(const struct drp_standings *all, struct drp_arena *arena,
                 struct drp_evidence *e)
{
    size_t *best = drp_arena_new(arena, size_t, DRP_EVIDENCE_MAX_TEXTS);
    for (size_t i = 0; i < all->n_user; i++) {
        const struct drp_measures *m = &all->user[i];
        const double value = m->of[e->trait] * e->direction;
        if (!drp_measures_know(m, e->trait) || value <= e->others * e->direction)
            continue;
        size_t place = e->n_texts;
        while (place > 0 && all->user[best[place - 1]].of[e->trait] * e->direction < value)
            place--;
        if (place == DRP_EVIDENCE_MAX_TEXTS)
            continue;
        e->n_texts = DRP_MIN(e->n_texts + 1, (size_t)DRP_EVIDENCE_MAX_TEXTS);
        for (size_t k = e->n_texts - 1; k > place; k--)
            best[k] = best[k - 1];
        best[place] = i;
    }
    e->texts = best;
}

static const struct drp_evidence *evidence_new(const struct drp_standings *all,
                                               enum drp_trait_id trait, int direction,
                                               struct drp_arena *arena)
{
    const struct drp_standing *s = &all->of[trait];
    struct drp_evidence *e = drp_arena_new(arena, struct drp_evidence, 1);
    *e = (struct drp_evidence){
        .trait = trait,
        .direction = direction,
        .user = s->effect.mean_a,
        .others = s->effect.mean_b,
        .effect = s->effect.delta,
        .verdict = drp_standing_judge(s, drp_trait_get(trait), direction),
    };
    drp_standing_interval(s, &e->low, &e->high);
    cite(all, arena, e);
    return e;
}

/* ---- claims ---- */

/* The claim of a feature that decides: a contradicted one, else a supported one, else any; false: none. */
static bool find_claim(const struct drp_standings *all, const struct drp_feature *f,
                       struct drp_claim *out)
{
    struct drp_claim claims[DRP_MAX_CLAIMS];
    const size_t n = drp_claim_read(f, claims);
    int best = -1;
    for (size_t i = 0; i < n; i++) {
        const struct drp_standing *s = &all->of[claims[i].trait];
        if (!s->known)
            continue;
        const int weight = (int)drp_standing_judge(s, drp_trait_get(claims[i].trait),
                                                   claims[i].direction);
        if (weight > best) {
            best = weight;
            *out = claims[i];
        }
    }
    return best >= 0;
}

static void check_claims(const struct drp_standings *all, struct drp_arena *arena,
                         struct drp_features *features, struct drp_feature_counts *counts)
{
    for (size_t i = 0; i < features->n; i++) {
        struct drp_feature *f = &features->at[i];
        struct drp_claim claim;
        if (!find_claim(all, f, &claim))
            continue;
        f->evidence = evidence_new(all, claim.trait, claim.direction, arena);
        if (f->kept && f->evidence->verdict == DRP_CONTRADICTED) {
            f->kept = false;
            f->reason = CONTRADICTED;
            counts->kept--;
            counts->dropped++;
        }
    }
}

/* ---- what nobody claimed ---- */

/* The surest trait whose kin is not told yet; DRP_N_TRAITS when there is none. */
static enum drp_trait_id surest(const struct drp_standings *all,
                                const bool told[DRP_N_TRAITS])
{
    enum drp_trait_id best = DRP_N_TRAITS;
    double most = 0;
    for (size_t t = 0; t < DRP_N_TRAITS; t++) {
        const enum drp_trait_id trait = (enum drp_trait_id)t;
        const double sure = drp_standing_strength(&all->of[t], drp_trait_get(trait));
        if (!told[drp_trait_get(trait)->kin] && sure > most) {
            most = sure;
            best = trait;
        }
    }
    return best;
}

static void add_number(struct drp_str *out, double value)
{
    const int digits = value == 0 || value >= 100 ? 0 : value < 0.095 ? 2 : 1;
    drp_str_addf(out, "%.*f", digits, value);
}

static struct drp_sv describe(const struct drp_evidence *e, struct drp_arena *arena)
{
    const struct drp_trait *trait = drp_trait_get(e->trait);
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    drp_str_addf(&s, "%s (", e->direction > 0 ? trait->more : trait->less);
    add_number(&s, e->user);
    drp_str_addf(&s, " %s, the others ", trait->rate);
    add_number(&s, e->others);
    drp_str_addc(&s, ')');
    const struct drp_sv out = drp_arena_sv(arena, drp_str_sv(&s));
    drp_str_release(&s);
    return out;
}

static struct drp_feature measured(const struct drp_standings *all,
                                   enum drp_trait_id trait, struct drp_arena *arena)
{
    const int direction = all->of[trait].effect.delta > 0 ? 1 : -1;
    const struct drp_evidence *e = evidence_new(all, trait, direction, arena);
    return (struct drp_feature){
        .name = drp_sv_from(drp_trait_get(trait)->name),
        .definition = drp_sv_from(drp_trait_get(trait)->definition),
        .description = describe(e, arena),
        .contrast = DRP_NO_CONTRAST,
        .source = DRP_FEATURE_MEASURED,
        .kept = true,
        .evidence = e,
    };
}

/* They come first: they are the surest, and a prompt that is too long loses its last features. */
static void add_measured(const struct drp_standings *all, struct drp_arena *arena,
                         struct drp_features *features, struct drp_feature_counts *counts)
{
    bool told[DRP_N_TRAITS] = {false};
    struct drp_feature *at =
        drp_arena_new(arena, struct drp_feature, features->n + DRP_EVIDENCE_MAX_MEASURED);
    for (size_t i = 0; i < features->n; i++) {
        const struct drp_feature *f = &features->at[i];
        if (f->kept && f->evidence && f->evidence->verdict == DRP_SUPPORTED)
            told[drp_trait_get(f->evidence->trait)->kin] = true;
    }
    size_t n = 0;
    for (; n < DRP_EVIDENCE_MAX_MEASURED; n++) {
        const enum drp_trait_id trait = surest(all, told);
        if (trait == DRP_N_TRAITS)
            break;
        told[drp_trait_get(trait)->kin] = true;
        at[n] = measured(all, trait, arena);
        at[n].rank = (uint32_t)n;
    }
    counts->kept += n;
    counts->measured += n;
    for (size_t i = 0; i < features->n; i++)
        at[n + i] = features->at[i];
    *features = (struct drp_features){at, n + features->n};
}

void drp_evidence_weigh(const struct drp_sample *s, const struct drp_lexicon *lexicon,
                        enum drp_evidence_mode mode, struct drp_arena *arena,
                        struct drp_features *features, struct drp_feature_counts *counts)
{
    struct drp_standings all;
    if (mode == DRP_EVIDENCE_OFF)
        return;
    drp_standings_count(s, lexicon, arena, &all);
    check_claims(&all, arena, features, counts);
    if (mode == DRP_EVIDENCE_ON)
        add_measured(&all, arena, features, counts);
}

/* ---- showing ---- */

void drp_evidence_show(const struct drp_evidence *e, struct drp_str *out)
{
    add_number(out, e->user);
    drp_str_addf(out, " %s, others ", drp_trait_get(e->trait)->unit);
    add_number(out, e->others);
    drp_str_addf(out, ": %s", drp_verdict_name(e->verdict));
}
