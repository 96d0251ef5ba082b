#include "data/suggest.h"

#include <math.h>
#include <stddef.h>

#include "base/base.h"
#include "data/split.h"

#include "base/banned.h"

/* A threshold that can be given way on, from where it stands to `easiest`. */
struct knob {
    const char *option;
    size_t offset; /* in struct drp_thresholds */
    int64_t easiest;
    int64_t sign; /* -1: lower is easier, 1: higher is */
};

/* Those that are lowered together come first. */
static const struct knob KNOBS[] = {
    {"--min-item", offsetof(struct drp_thresholds, min_item), 1, -1},
    {"--min-user", offsetof(struct drp_thresholds, min_user), 1, -1},
    {"--holdout", offsetof(struct drp_thresholds, holdout), 1, -1},
    {"--min-profile", offsetof(struct drp_thresholds, min_profile), 1, -1},
    {"--min-profile-item", offsetof(struct drp_thresholds, min_profile_item), 1, -1},
    {"--max-user", offsetof(struct drp_thresholds, max_user), UINT32_MAX, 1},
};

enum { N_LOWERED = 5 };

static int64_t get(const struct drp_thresholds *t, const struct knob *k)
{
    return *(const int64_t *)((const char *)t + k->offset);
}

static void set(struct drp_thresholds *t, const struct knob *k, int64_t value)
{
    *(int64_t *)((char *)t + k->offset) = value;
}

/* How far a threshold is from its easiest value; 0 when it is there or beyond. */
static int64_t room(const struct drp_thresholds *t, const struct knob *k)
{
    return DRP_MAX((k->easiest - get(t, k)) * k->sign, 0);
}

static uint64_t count_users(const struct drp_corpus *c, const struct drp_thresholds *t)
{
    struct drp_selection s;
    struct drp_drops drops = {0};
    drp_split_select(&s, c, t, &drops);
    const uint64_t n = drp_selection_n_users(&s);
    drp_selection_release(&s);
    return n;
}

/* Thresholds between given ones (step 0) and easier ones (step n_steps). */
struct way {
    const struct knob *knobs;
    size_t n_knobs;
    int64_t n_steps;
};

static struct drp_thresholds on_way(const struct way *w, const struct drp_thresholds *t,
                                    int64_t step)
{
    const double share = (double)step / (double)w->n_steps;
    struct drp_thresholds easier = *t;
    for (size_t i = 0; i < w->n_knobs; i++) {
        const struct knob *const k = &w->knobs[i];
        set(&easier, k, get(t, k) + k->sign * llround(share * (double)room(t, k)));
    }
    return easier;
}

/*
 * The first step on the way that keeps somebody, found by halving: easier keeps more, as
 * good as always.
 */
static bool search(const struct drp_corpus *c, const struct drp_thresholds *t,
                   const struct way *w, struct drp_suggestion *out)
{
    int64_t none = 0, some = w->n_steps;
    out->thresholds = on_way(w, t, some);
    out->n_users = count_users(c, &out->thresholds);
    if (out->n_users == 0)
        return false;
    while (some - none > 1) {
        const int64_t middle = none + (some - none) / 2;
        const struct drp_thresholds tried = on_way(w, t, middle);
        const uint64_t n_users = count_users(c, &tried);
        if (n_users == 0) {
            none = middle;
            continue;
        }
        some = middle;
        *out = (struct drp_suggestion){.thresholds = tried, .n_users = n_users};
    }
    return true;
}

size_t drp_suggest(const struct drp_corpus *c, const struct drp_thresholds *t,
                   struct drp_suggestion out[DRP_MAX_SUGGESTIONS])
{
    size_t n = 0;
    for (size_t i = 0; i < DRP_LEN(KNOBS); i++) {
        const struct way w = {&KNOBS[i], 1, room(t, &KNOBS[i])};
        if (w.n_steps > 0)
            n += search(c, t, &w, &out[n]);
    }
    const struct way all = {KNOBS, N_LOWERED, 100};
    if (n == 0)
        n += search(c, t, &all, &out[n]);
    return n;
}

void drp_suggest_options(struct drp_str *out, const struct drp_thresholds *t,
                         const struct drp_suggestion *suggestion)
{
    const char *space = "";
    for (size_t i = 0; i < DRP_LEN(KNOBS); i++) {
        const int64_t value = get(&suggestion->thresholds, &KNOBS[i]);
        if (value == get(t, &KNOBS[i]))
            continue;
        drp_str_addf(out, "%s%s %lld", space, KNOBS[i].option, (long long)value);
        space = " ";
    }
}
