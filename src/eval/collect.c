#include "eval/collect.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/progress.h"

#include "base/banned.h"

/* Texts that wait for the judge at once; without one a pair waits for nobody. */
enum { JUDGED_AT_ONCE = 64 };

/* A pair that is scored and not told of yet. */
struct waiting {
    struct drp_pair pair;
    struct drp_pair_scores scores;
};

struct collection {
    const struct drp_collector *c;
    struct drp_groups *groups;
    size_t source;
    struct drp_arena arena; /* of the texts that wait */
    struct waiting waiting[JUDGED_AT_ONCE];
    size_t n_waiting;
    struct drp_str key;
    struct drp_intern seen; /* keys of texts, to find repeated ones */
    size_t n;
};

/* ---- keys --------------------------------------------------------------------------------- */

/* What the text is about: the same for every method, model, temperature, seed and repeat. */
static size_t sample_of(struct collection *k, const struct drp_pair *pair)
{
    if (!pair->method.ptr)
        return k->c->by_id ? drp_groups_sample(k->groups, pair->id) : k->n;
    drp_str_clear(&k->key);
    drp_str_addf(&k->key, "%.*s\n%.*s", DRP_SV_ARG(pair->user_id), DRP_SV_ARG(pair->asin));
    return drp_groups_sample(k->groups, drp_str_sv(&k->key));
}

/* A text counted twice would shrink every interval. */
static int check_repeated(struct collection *k, const struct drp_pair *pair,
                          const struct drp_pairs *pairs, struct drp_err *err)
{
    const bool is_run = pair->method.ptr;
    if (!is_run && !k->c->by_id)
        return 0;
    if (!is_run && !pair->id.ptr)
        return drp_fail(err, DRP_EINPUT,
                        "no 'id' in '%s' line %lld: pairs are matched by it",
                        drp_pairs_path(pairs), (long long)drp_pairs_line(pairs));
    drp_str_clear(&k->key);
    if (is_run)
        drp_str_addf(&k->key, "%.*s\n%.*s\n%.17g\n%lld\n%lld\n%.*s\n%.*s",
                     DRP_SV_ARG(pair->method), DRP_SV_ARG(pair->model), pair->temperature,
                     (long long)pair->seed, (long long)pair->repeat,
                     DRP_SV_ARG(pair->user_id), DRP_SV_ARG(pair->asin));
    else
        drp_str_add(&k->key, pair->id);
    const uint32_t n_before = k->seen.n;
    if (drp_intern_add(&k->seen, drp_str_sv(&k->key)) == n_before)
        return 0;
    return drp_fail(err, DRP_EINPUT,
                    "'%s' line %lld repeats %s of an earlier line: remove one",
                    drp_pairs_path(pairs), (long long)drp_pairs_line(pairs),
                    is_run ? "the prediction" : "the 'id'");
}

/* ---- judging ------------------------------------------------------------------------------ */

static int judge_waiting(struct collection *k, struct drp_err *err)
{
    struct drp_judgement judgements[JUDGED_AT_ONCE];
    for (size_t i = 0; i < k->n_waiting; i++)
        judgements[i] = (struct drp_judgement){
            .candidate = k->waiting[i].pair.hypothesis,
            .reference = k->waiting[i].pair.reference,
            .user_id = k->waiting[i].pair.user_id,
        };
    const int rc = drp_judge_score(k->c->judge, judgements, k->n_waiting, err);
    for (size_t i = 0; i < k->n_waiting && rc == 0; i++)
        k->waiting[i].scores.value[DRP_JUDGE] = judgements[i].score;
    return rc;
}

static void tell(struct collection *k, const struct waiting *w)
{
    const struct drp_unit unit = drp_scorer_unit(&w->scores);
    drp_groups_add(k->groups, k->source, &w->pair, sample_of(k, &w->pair), &unit);
    if (k->c->on_pair)
        k->c->on_pair(k->c->ctx, &w->pair, &w->scores);
    k->n++;
}

static int tell_waiting(struct collection *k, struct drp_err *err)
{
    int rc = 0;
    if (k->c->judge && k->n_waiting > 0)
        rc = judge_waiting(k, err);
    for (size_t i = 0; i < k->n_waiting && rc == 0; i++)
        tell(k, &k->waiting[i]);
    k->n_waiting = 0;
    drp_arena_release(&k->arena);
    return rc;
}

/* A copy that outlives the reader's line. */
static struct drp_pair copy_pair(const struct drp_pair *pair, struct drp_arena *arena)
{
    struct drp_pair copy = *pair;
    struct drp_sv *const texts[] = {&copy.id,     &copy.hypothesis, &copy.reference,
                                    &copy.method, &copy.model,      &copy.user_id,
                                    &copy.asin};
    for (size_t i = 0; i < DRP_LEN(texts); i++)
        *texts[i] = drp_arena_sv(arena, *texts[i]);
    return copy;
}

static int add_pair(struct collection *k, const struct drp_pair *pair, struct drp_err *err)
{
    struct waiting *w = &k->waiting[k->n_waiting];
    drp_scorer_score(k->c->scorer, pair->hypothesis, pair->reference, &w->scores);
    if (!k->c->judge) {
        w->pair = *pair;
        tell(k, w);
        return 0;
    }
    w->pair = copy_pair(pair, &k->arena);
    k->n_waiting++;
    return k->n_waiting == JUDGED_AT_ONCE ? tell_waiting(k, err) : 0;
}

/* ---- reading ------------------------------------------------------------------------------ */

static int read_all(struct collection *k, struct drp_pairs *pairs, struct drp_err *err)
{
    struct drp_progress *bar = NULL;
    struct drp_pair pair;
    uint64_t done, total;
    int rc = 0;
    drp_pairs_position(pairs, &done, &total);
    bar = drp_progress_new("scoring", total);
    for (;;) {
        DRP_TRY(rc, drp_pairs_next(pairs, &pair, err));
        if (rc == 0)
            break;
        if (drp_cancel_level(k->c->cancel) > 0)
            DRP_TRY(rc, drp_fail(err, DRP_ECANCELLED, "interrupted"));
        DRP_TRY(rc, check_repeated(k, &pair, pairs, err));
        DRP_TRY(rc, add_pair(k, &pair, err));
        drp_pairs_position(pairs, &done, &total);
        drp_progress_set(bar, done, DRP_SV(""));
    }
    DRP_TRY(rc, tell_waiting(k, err));
    if (k->n == 0)
        rc = drp_fail(err, DRP_EINPUT, "nothing to score: '%s' has no line",
                      drp_pairs_path(pairs));
out:
    drp_progress_free(bar);
    return rc;
}

int drp_collect(const struct drp_collector *c, struct drp_pairs *pairs, size_t source,
                struct drp_groups *groups, struct drp_err *err)
{
    struct collection *k = drp_calloc(1, sizeof *k);
    k->c = c;
    k->groups = groups;
    k->source = source;
    drp_arena_init(&k->arena);
    drp_intern_init(&k->seen);
    drp_str_init(&k->key, SIZE_MAX / 4);
    const int rc = read_all(k, pairs, err);
    drp_str_release(&k->key);
    drp_intern_release(&k->seen);
    drp_arena_release(&k->arena);
    free(k);
    return rc;
}
