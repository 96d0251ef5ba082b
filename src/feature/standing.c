#include "feature/standing.h"

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "feature/lexicon.h"
#include "base/banned.h"

/* Standard errors of the two intervals: 95 % for one claim, 95 % for all traits together. */
static const double Z_CLAIM = 1.959964;
static const double Z_ALL_TRAITS =
    3.023341; /* 1 - 0.05 / (2 * 20) of the normal distribution */

_Static_assert(DRP_N_TRAITS == 20, "Z_ALL_TRAITS is made for 20 traits");

/* ---- counting ---- */

/* The texts of the representatives, each once, with their authors numbered. */
struct others {
    const struct drp_review **at;
    size_t *author;
    struct drp_measures *measures;
    size_t n, n_authors;
};

static bool is_in(const struct others *o, const struct drp_review *r)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->at[i] == r || (o->at[i]->user == r->user && o->at[i]->item == r->item &&
                              drp_sv_eq(o->at[i]->text, r->text)))
            return true;
    return false;
}

static size_t author_of(struct others *o, const struct drp_review *r)
{
    for (size_t i = 0; i < o->n; i++)
        if (o->at[i]->user == r->user)
            return o->author[i];
    return o->n_authors++;
}

static struct others find_others(const struct drp_sample *s, struct drp_arena *arena)
{
    size_t most = 0;
    for (size_t c = 0; c < s->n_contrasts; c++)
        most += s->contrasts[c].peers.n;
    struct others o = {
        .at = drp_arena_new(arena, const struct drp_review *, most),
        .author = drp_arena_new(arena, size_t, most),
        .measures = drp_arena_new(arena, struct drp_measures, most),
    };
    for (size_t c = 0; c < s->n_contrasts; c++)
        for (size_t p = 0; p < s->contrasts[c].peers.n; p++) {
            const struct drp_review *r = s->contrasts[c].peers.at[p];
            if (r->user == s->user || is_in(&o, r))
                continue;
            o.author[o.n] = author_of(&o, r);
            o.at[o.n++] = r;
        }
    return o;
}

/* Values of one trait, with room for every text. */
struct values {
    double *at, *weight;
    size_t n;
    bool any; /* one is above 0 */
};

static struct values values_new(size_t most, struct drp_arena *arena)
{
    return (struct values){.at = drp_arena_new(arena, double, most),
                           .weight = drp_arena_new(arena, double, most)};
}

static void add_value(struct values *v, double value, double weight)
{
    v->at[v->n] = value;
    v->weight[v->n++] = weight;
    v->any = v->any || value > 0;
}

/* Each author weighs 1, shared by those of her texts that have a value. */
static void add_others(const struct others *o, enum drp_trait_id trait,
                       size_t *n_of_author, struct values *v)
{
    memset(n_of_author, 0, o->n_authors * sizeof *n_of_author);
    for (size_t i = 0; i < o->n; i++)
        n_of_author[o->author[i]] += drp_measures_know(&o->measures[i], trait);
    for (size_t i = 0; i < o->n; i++)
        if (drp_measures_know(&o->measures[i], trait))
            add_value(v, o->measures[i].of[trait], 1.0 / (double)n_of_author[o->author[i]]);
}

/* Room for the values of a trait, used for one after another. */
struct groups {
    struct values mine, theirs;
    size_t n_user;
    size_t *n_of_author; /* texts with a value */
};

static bool any_has_lines(const struct drp_measures *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (m[i].has_lines)
            return true;
    return false;
}

static void compare(const struct drp_measures *user, const struct others *o,
                    enum drp_trait_id trait, struct groups *g, struct drp_standing *out)
{
    g->mine.n = g->theirs.n = 0;
    g->mine.any = g->theirs.any = false;
    for (size_t i = 0; i < g->n_user; i++)
        if (drp_measures_know(&user[i], trait))
            add_value(&g->mine, user[i].of[trait], 1);
    add_others(o, trait, g->n_of_author, &g->theirs);
    *out = (struct drp_standing){
        .known = g->mine.n > 0 && g->theirs.n > 0 &&
                 (g->mine.any || g->theirs.any || drp_trait_get(trait)->exact),
        .n_user = g->mine.n,
        .n_others = g->theirs.n,
        .absent = !g->mine.any,
    };
    if (out->known)
        drp_effect_compare((struct drp_weighted){g->mine.at, g->mine.weight, g->mine.n},
                           (struct drp_weighted){g->theirs.at, g->theirs.weight,
                                                 g->theirs.n},
                           &out->effect);
}

static void measure_all(const struct drp_sample *s, const struct drp_lexicon *lexicon,
                        const struct others *o, struct drp_measures *user)
{
    for (size_t i = 0; i < s->profile.n; i++)
        drp_measure(lexicon, s->profile.at[i]->text, &user[i]);
    for (size_t i = 0; i < o->n; i++)
        drp_measure(lexicon, o->at[i]->text, &o->measures[i]);
}

void drp_standings_count(const struct drp_sample *s, const struct drp_lexicon *lexicon,
                         struct drp_arena *arena, struct drp_standings *out)
{
    const size_t n_user = s->profile.n;
    const struct others o = find_others(s, arena);
    struct drp_measures *user = drp_arena_new(arena, struct drp_measures, n_user);
    struct groups groups = {.mine = values_new(n_user, arena),
                            .theirs = values_new(o.n, arena),
                            .n_user = n_user,
                            .n_of_author = drp_arena_new(arena, size_t, o.n_authors)};
    *out = (struct drp_standings){.user = user, .n_user = n_user};
    if (n_user == 0 || o.n == 0)
        return;
    measure_all(s, lexicon, &o, user);
    for (size_t t = 0; t < DRP_N_TRAITS; t++)
        compare(user, &o, (enum drp_trait_id)t, &groups, &out->of[t]);
    /* Where white space was collapsed each text has one paragraph, which says nothing. */
    if (!any_has_lines(user, n_user) && !any_has_lines(o.measures, o.n))
        out->of[DRP_TRAIT_PARAGRAPHS].known = false;
}

/* ---- judging ---- */

/* The interval at `z`, turned so that `direction` is up. */
static void interval(const struct drp_standing *s, double z, int direction, double *low,
                     double *high)
{
    double from;
    double to;
    drp_effect_interval(&s->effect, z, &from, &to);
    *low = direction > 0 ? from : -to;
    *high = direction > 0 ? to : -from;
}

static bool has_enough(const struct drp_standing *s)
{
    return s->known && s->n_user >= DRP_EVIDENCE_MIN_TEXTS &&
           s->n_others >= DRP_EVIDENCE_MIN_TEXTS;
}

enum drp_verdict drp_standing_judge(const struct drp_standing *s,
                                    const struct drp_trait *trait, int direction)
{
    double low;
    double high;
    if (!has_enough(s))
        return DRP_UNDECIDED;
    interval(s, Z_CLAIM, direction, &low, &high);
    const double ahead = (s->effect.mean_a - s->effect.mean_b) * direction;
    if (direction > 0 && trait->exact && s->absent)
        return DRP_CONTRADICTED;
    if (high < DRP_DELTA_NEGLIGIBLE && ahead <= 0)
        return DRP_CONTRADICTED;
    return low > 0 && ahead > 0 ? DRP_SUPPORTED : DRP_UNDECIDED;
}

void drp_standing_interval(const struct drp_standing *s, double *low, double *high)
{
    interval(s, Z_CLAIM, 1, low, high);
}

double drp_standing_strength(const struct drp_standing *s, const struct drp_trait *trait)
{
    double low;
    double high;
    if (!has_enough(s) || fabs(s->effect.delta) < DRP_DELTA_LARGE)
        return 0;
    const int direction = s->effect.delta > 0 ? 1 : -1;
    interval(s, Z_ALL_TRAITS, direction, &low, &high);
    const bool sure = low > DRP_DELTA_NEGLIGIBLE &&
                      drp_standing_judge(s, trait, direction) == DRP_SUPPORTED;
    return sure ? low : 0;
}

const char *drp_verdict_name(enum drp_verdict verdict)
{
    static const char *const names[] = {
        [DRP_UNDECIDED] = "undecided",
        [DRP_SUPPORTED] = "supported",
        [DRP_CONTRADICTED] = "contradicted",
    };
    return names[verdict];
}
