#include "eval/duel.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/intern.h"
#include "base/progress.h"

#include "base/banned.h"

double drp_duel_rate(const struct drp_duel *d)
{
    const size_t n = d->wins + d->losses + d->ties;
    return n > 0 ? ((double)d->wins + 0.5 * (double)d->ties) / (double)n : NAN;
}

double drp_duel_p(const struct drp_duel *d)
{
    const size_t n = d->wins + d->losses;
    const size_t fewer = DRP_MIN(d->wins, d->losses);
    double tail = 0;
    for (size_t k = 0; k <= fewer; k++)
        tail += exp(lgamma((double)n + 1) - lgamma((double)k + 1) -
                    lgamma((double)(n - k) + 1) - (double)n * log(2));
    return fmin(1, 2 * tail);
}

/* ---- texts -------------------------------------------------------------------------------- */

enum { CHOICES_AT_ONCE = 32 };

/* A text of one system. */
struct text {
    uint32_t about; /* what is written about, with temperature, seed and repeat: a number of `keys` */
    struct drp_sv text, reference, user_id;
};

struct texts {
    struct drp_arena arena;
    struct drp_intern keys;
    struct drp_texts {
        struct text *at;
        size_t n, cap;
    } * of; /* by system */
};

static bool is_compared(const struct drp_comparison *c, double temperature)
{
    for (size_t i = 0; i < c->n_temperatures; i++)
        if (c->temperatures[i] == temperature || isnan(c->temperatures[i]))
            return true;
    return false;
}

static size_t system_of(const struct drp_comparison *c, size_t source,
                        const struct drp_pair *pair)
{
    size_t i = 0;
    while (i < c->n && !(c->systems[i].source == source &&
                         drp_sv_eq(c->systems[i].method, pair->method) &&
                         drp_sv_eq(c->systems[i].model, pair->model)))
        i++;
    return i;
}

static void keep_text(struct texts *t, size_t system, const struct drp_pair *pair)
{
    struct drp_str key;
    drp_str_init(&key, SIZE_MAX / 4);
    drp_str_addf(&key, "%.*s\n%.*s\n%.*s\n%.17g\n%lld\n%lld", DRP_SV_ARG(pair->id),
                 DRP_SV_ARG(pair->user_id), DRP_SV_ARG(pair->asin), pair->temperature,
                 (long long)pair->seed, (long long)pair->repeat);
    const struct text text = {
        .about = drp_intern_add(&t->keys, drp_str_sv(&key)),
        .text = drp_arena_sv(&t->arena, pair->hypothesis),
        .reference = drp_arena_sv(&t->arena, pair->reference),
        .user_id = drp_arena_sv(&t->arena, pair->user_id),
    };
    drp_vec_add(&t->of[system], text);
    drp_str_release(&key);
}

static int read_source(struct texts *t, const struct drp_source *sources, size_t source,
                       const struct drp_comparison *c, struct drp_err *err)
{
    struct drp_pairs *pairs = NULL;
    struct drp_pair pair;
    int rc = 0;
    DRP_TRY(rc, drp_pairs_open(&sources[source], &pairs, err));
    for (;;) {
        DRP_TRY(rc, drp_pairs_next(pairs, &pair, err));
        if (rc == 0)
            break;
        const size_t system = system_of(c, source, &pair);
        if (system < c->n && is_compared(c, pair.temperature))
            keep_text(t, system, &pair);
    }
out:
    drp_pairs_free(pairs);
    return rc;
}

/* ---- judging ------------------------------------------------------------------------------ */

static void count_choices(const struct drp_choice *choices, size_t n, struct drp_duel *duel)
{
    for (size_t i = 0; i < n; i++) {
        duel->unread += !choices[i].read;
        duel->wins += choices[i].read && choices[i].better > 0;
        duel->losses += choices[i].read && choices[i].better < 0;
        duel->ties += choices[i].read && choices[i].better == 0;
    }
}

/* `baseline` by what is written about; NULL where the baseline has no text. */
static int judge_system(struct drp_judge *judge, const struct text *const *baseline,
                        const struct drp_texts *system, struct drp_duel *duel,
                        struct drp_err *err)
{
    struct drp_choice choices[CHOICES_AT_ONCE];
    struct drp_progress *bar = drp_progress_new("judging", system->n);
    size_t n = 0;
    int rc = 0;
    for (size_t i = 0; i < system->n && rc == 0; i++) {
        const struct text *mine = &system->at[i], *theirs = baseline[mine->about];
        if (theirs)
            choices[n++] = (struct drp_choice){.a = mine->text,
                                               .b = theirs->text,
                                               .reference = mine->reference,
                                               .user_id = mine->user_id};
        if (n == CHOICES_AT_ONCE || (i + 1 == system->n && n > 0)) {
            rc = drp_judge_choose(judge, choices, n, err);
            if (rc == 0)
                count_choices(choices, n, duel);
            n = 0;
        }
        drp_progress_set(bar, i + 1, DRP_SV(""));
    }
    drp_progress_free(bar);
    return rc;
}

static int judge_all(struct drp_judge *judge, const struct texts *t, size_t n_systems,
                     struct drp_duel *duels, struct drp_err *err)
{
    const struct text **baseline = drp_calloc(t->keys.n + 1, sizeof *baseline);
    int rc = 0;
    for (size_t i = 0; i < t->of[0].n; i++)
        baseline[t->of[0].at[i].about] = &t->of[0].at[i];
    for (size_t s = 1; s < n_systems && rc == 0; s++)
        rc = judge_system(judge, baseline, &t->of[s], &duels[s], err);
    free(baseline);
    return rc;
}

int drp_duels(struct drp_judge *judge, const struct drp_source *sources, size_t n_sources,
              const struct drp_comparison *c, struct drp_duel *duels, struct drp_err *err)
{
    struct texts t = {.of = drp_calloc(c->n, sizeof *t.of)};
    int rc = 0;
    drp_intern_init(&t.keys);
    for (size_t i = 0; i < n_sources; i++)
        DRP_TRY(rc, read_source(&t, sources, i, c, err));
    DRP_TRY(rc, judge_all(judge, &t, c->n, duels, err));
out:
    for (size_t s = 0; s < c->n; s++)
        free(t.of[s].at);
    free(t.of);
    drp_intern_release(&t.keys);
    drp_arena_release(&t.arena);
    return rc;
}
