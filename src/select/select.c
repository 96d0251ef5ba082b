#include "select/select.h"

#include <stdlib.h>

#include "base/base.h"
#include "select/kmeans.h"
#include "select/peers.h"
#include "select/ranker.h"
#include "select/representatives.h"
#include "select/user_level.h"

#include "base/banned.h"

enum { DEFAULT_ITEMS = 8, MAX_ITEMS = 64, DEFAULT_PEERS = 4, MAX_PEERS = 32 };

struct drp_selector {
    const struct drp_dataset *ds; /* borrowed */
    struct drp_vectors *vectors;  /* borrowed */
    struct drp_select_opts opts;
    struct drp_ranker *ranker;
    struct drp_peers *peers;
    struct drp_neighbours *neighbours;
    struct drp_user_clusters users; /* at user level */
};

/* One sample being filled. */
struct filling {
    const struct drp_selector *sel;
    size_t row;
    uint32_t user;
    struct drp_target target;
    int64_t before_ms; /* peers' texts must be older; INT64_MAX: any age    */
    struct drp_bm25_text query;
    struct drp_arena *arena;
};

/* An item on which the user is compared with others: [own text, others' texts]. */
struct candidate {
    const struct drp_review *own;
    struct drp_reviews others;
};

static int check_range(const char *what, uint32_t value, uint32_t max, struct drp_err *err)
{
    if (value <= max)
        return 0;
    return drp_fail(err, DRP_EUSAGE, "'%s' cannot be %u: the range is 1 to %u", what,
                    value, max);
}

int drp_selector_new(const struct drp_dataset *ds, struct drp_vectors *vectors,
                     const struct drp_select_opts *opts, struct drp_selector **out,
                     struct drp_err *err)
{
    int rc = 0;
    struct drp_selector *sel = drp_calloc(1, sizeof *sel);
    *out = NULL;
    sel->ds = ds;
    sel->vectors = vectors;
    sel->opts = *opts;
    if (opts->n_items == 0)
        sel->opts.n_items = DEFAULT_ITEMS;
    if (opts->n_peers == 0)
        sel->opts.n_peers = DEFAULT_PEERS;
    if (opts->kmeans_seed == 0)
        sel->opts.kmeans_seed = DRP_KMEANS_SEED;
    DRP_TRY(rc, check_range("items", sel->opts.n_items, MAX_ITEMS, err));
    DRP_TRY(rc, check_range("peers", sel->opts.n_peers, MAX_PEERS, err));
    sel->ranker = drp_ranker_new(ds);
    sel->peers = drp_peers_new(ds);
    sel->neighbours = drp_neighbours_new(ds, vectors);
    if (opts->level == DRP_SELECT_USER)
        DRP_TRY(rc, drp_user_clusters_init(&sel->users, ds, vectors, sel->opts.n_peers + 1,
                                           sel->opts.kmeans_seed, err));
    *out = sel;
    sel = NULL;
out:
    drp_selector_free(sel);
    return rc;
}

void drp_selector_free(struct drp_selector *sel)
{
    if (!sel)
        return;
    drp_user_clusters_release(&sel->users);
    drp_neighbours_free(sel->neighbours);
    drp_peers_free(sel->peers);
    drp_ranker_free(sel->ranker);
    free(sel);
}

/* Whether a text is about the target. The target may be an item that the dataset does not know, so that only
 * its asin tells; there may be none. */
static bool is_about_target(const struct filling *f, const struct drp_review *review)
{
    return f->target.item && drp_sv_eq(drp_dataset_item(f->sel->ds, review->item)->asin,
                                       f->target.item->asin);
}

/* Whether another user's text may be shown: never one about the target, and none of unknown age when
 * age counts. */
static bool is_usable(const struct filling *f, const struct drp_review *review)
{
    if (review->user == f->user || is_about_target(f, review))
        return false;
    return f->before_ms == INT64_MAX ||
           (review->time_ms != 0 && review->time_ms < f->before_ms);
}

/* The history without texts about the target item, the newest n_documents of it when that is set. */
static struct drp_picks pick_history(const struct filling *f)
{
    const struct drp_reviews profile = drp_dataset_row(f->sel->ds, f->row)->profile;
    const size_t limit = f->sel->opts.n_documents;
    struct drp_picks picks = {f->row, drp_arena_new(f->arena, uint32_t, profile.n), 0};
    const size_t first = limit > 0 && limit < profile.n ? profile.n - limit : 0;
    for (size_t i = first; i < profile.n; i++) {
        if (!is_about_target(f, profile.at[i]))
            picks.at[picks.n++] = (uint32_t)i;
    }
    return picks;
}

static struct drp_reviews others_of(const struct filling *f, uint32_t item)
{
    const struct drp_reviews all = drp_peers_of(f->sel->peers, item);
    const struct drp_review **at =
        drp_arena_new(f->arena, const struct drp_review *, all.n);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        if (is_usable(f, all.at[i]))
            at[n++] = all.at[i];
    }
    return (struct drp_reviews){at, n};
}

static bool has_enough_others(const struct filling *f, uint32_t item)
{
    const struct drp_reviews all = drp_peers_of(f->sel->peers, item);
    size_t n = 0;
    for (size_t i = 0; i < all.n && n < f->sel->opts.n_peers; i++)
        n += is_usable(f, all.at[i]);
    return n == f->sel->opts.n_peers;
}

/* DIFF8: the best texts about items with enough other reviewers, ranked among themselves. */
static struct drp_reviews difference_items(const struct filling *f,
                                           const struct drp_picks *history)
{
    const struct drp_reviews profile = drp_dataset_row(f->sel->ds, f->row)->profile;
    struct drp_picks picks = {f->row, drp_arena_new(f->arena, uint32_t, history->n), 0};
    for (size_t i = 0; i < history->n; i++) {
        if (has_enough_others(f, profile.at[history->at[i]]->item))
            picks.at[picks.n++] = history->at[i];
    }
    return drp_ranker_top(f->sel->ranker, &picks, f->query, f->sel->opts.n_items, f->arena);
}

/* Clusters the texts about one item; whoever is nearest to the centre of a cluster that the user is not in
 * stands for it. **Shapes**: vectors (1 + others, dim), the user's own first. */
static int choose_peers(const struct filling *f, const struct candidate *c,
                        const float *vectors, struct drp_contrast *out, struct drp_err *err)
{
    const size_t k = f->sel->opts.n_peers + 1u;
    const struct drp_points points = {vectors, 1 + c->others.n,
                                      drp_vectors_dim(f->sel->vectors)};
    const struct drp_kmeans_opts opts = {.seed = f->sel->opts.kmeans_seed};
    struct drp_kmeans found;
    size_t nearest[MAX_PEERS + 1];
    const int rc = drp_kmeans_fit(points, k, &opts, f->arena, &found, err);
    if (rc < 0)
        return rc;
    drp_representatives(&found, nearest);

    const struct drp_review **own = drp_arena_new(f->arena, const struct drp_review *, 1);
    const struct drp_review **peers = drp_arena_new(f->arena, const struct drp_review *, k);
    int32_t *clusters = drp_arena_new(f->arena, int32_t, k);
    size_t n = 0;
    for (size_t cluster = 0; cluster < k; cluster++) {
        if ((int32_t)cluster == found.labels[0] || nearest[cluster] == DRP_NO_POINT)
            continue;
        clusters[n] = (int32_t)cluster;
        peers[n++] = c->others.at[nearest[cluster] - 1];
    }
    own[0] = c->own;
    *out = (struct drp_contrast){.item = drp_dataset_item(f->sel->ds, c->own->item),
                                 .own = {own, 1},
                                 .peers = {peers, n},
                                 .clusters = clusters,
                                 .target_cluster = found.labels[0]};
    return 0;
}

/* Vectors of all candidates' texts, in one request. **Owns**: caller, free(). */
static int get_vectors(const struct filling *f, const struct candidate *candidates,
                       size_t n, float **out, struct drp_err *err)
{
    size_t n_texts = 0;
    for (size_t i = 0; i < n; i++)
        n_texts += 1 + candidates[i].others.n;
    struct drp_sv *texts = drp_malloc(drp_size_mul(n_texts, sizeof *texts));
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        texts[at++] = candidates[i].own->text;
        for (size_t j = 0; j < candidates[i].others.n; j++)
            texts[at++] = candidates[i].others.at[j]->text;
    }
    const size_t dim = drp_vectors_dim(f->sel->vectors);
    *out = drp_malloc(drp_size_mul(drp_size_mul(n_texts, dim), sizeof(float)));
    const int rc = drp_vectors_get(f->sel->vectors, texts, n_texts, *out, err);
    free(texts);
    return rc;
}

/* One contrast an item. An item where all texts say the same, so that nobody stands apart, gives none. */
static int compare_items(const struct filling *f, const struct drp_picks *history,
                         struct drp_sample *out, struct drp_err *err)
{
    int rc = 0;
    float *vectors = NULL;
    const size_t dim = drp_vectors_dim(f->sel->vectors);
    const struct drp_reviews items = difference_items(f, history);
    struct candidate *candidates = drp_arena_new(f->arena, struct candidate, items.n);
    struct drp_contrast *contrasts = drp_arena_new(f->arena, struct drp_contrast, items.n);
    for (size_t i = 0; i < items.n; i++)
        candidates[i] = (struct candidate){items.at[i], others_of(f, items.at[i]->item)};
    DRP_TRY(rc, get_vectors(f, candidates, items.n, &vectors, err));

    size_t at = 0, n = 0;
    for (size_t i = 0; i < items.n; i++) {
        DRP_TRY(rc,
                choose_peers(f, &candidates[i], vectors + at * dim, &contrasts[n], err));
        at += 1 + candidates[i].others.n;
        n += contrasts[n].peers.n > 0;
    }
    out->contrasts = contrasts;
    out->n_contrasts = n;
    out->thin = n == 0                     ? DRP_THIN_NO_ITEM
                : n < f->sel->opts.n_items ? DRP_THIN_FEW
                                           : DRP_THIN_NONE;
out:
    free(vectors);
    return rc;
}

/* What another user wrote that may be shown. */
static struct drp_picks pick_usable(const struct filling *f, size_t row)
{
    const struct drp_reviews profile = drp_dataset_row(f->sel->ds, row)->profile;
    struct drp_picks picks = {row, drp_arena_new(f->arena, uint32_t, profile.n), 0};
    for (size_t i = 0; i < profile.n; i++) {
        if (is_usable(f, profile.at[i]))
            picks.at[picks.n++] = (uint32_t)i;
    }
    return picks;
}

/* The texts of a representative that fit the target best. */
static struct drp_reviews best_of_peer(const struct filling *f, size_t row)
{
    const struct drp_picks picks = pick_usable(f, row);
    return drp_ranker_top(f->sel->ranker, &picks, f->query, f->sel->opts.n_items, f->arena);
}

/* One contrast a foreign cluster of users: the history of who stands for it beside the user's own. */
static void compare_users(const struct filling *f, struct drp_sample *out)
{
    const struct drp_user_clusters *users = &f->sel->users;
    struct drp_contrast *contrasts = drp_arena_new(f->arena, struct drp_contrast, users->n);
    size_t n = 0;
    for (size_t c = 0; c < users->n && out->own.n > 0; c++) {
        const int32_t own_cluster = users->cluster_of_row[f->row];
        if ((int32_t)c == own_cluster || users->representative[c] == DRP_NO_POINT)
            continue;
        const struct drp_reviews peers = best_of_peer(f, users->representative[c]);
        if (peers.n == 0)
            continue;
        int32_t *cluster = drp_arena_new(f->arena, int32_t, 1);
        *cluster = (int32_t)c;
        contrasts[n++] = (struct drp_contrast){.own = out->own,
                                               .peers = peers,
                                               .clusters = cluster,
                                               .target_cluster = own_cluster};
    }
    out->contrasts = contrasts;
    out->n_contrasts = n;
    out->thin = n == 0                     ? DRP_THIN_NO_PEERS
                : n < f->sel->opts.n_peers ? DRP_THIN_FEW
                                           : DRP_THIN_NONE;
}

/* The whole history as reviews, oldest first. */
static struct drp_reviews reviews_of(const struct filling *f, const struct drp_picks *picks)
{
    const struct drp_reviews profile = drp_dataset_row(f->sel->ds, picks->row)->profile;
    const struct drp_review **at =
        drp_arena_new(f->arena, const struct drp_review *, picks->n);
    for (size_t i = 0; i < picks->n; i++)
        at[i] = profile.at[picks->at[i]];
    return (struct drp_reviews){at, picks->n};
}

static struct filling start(const struct drp_selector *sel, size_t row,
                            const struct drp_target *target, struct drp_arena *arena)
{
    const struct drp_row *const r = drp_dataset_row(sel->ds, row);
    struct filling f = {.sel = sel, .row = row, .user = r->user, .arena = arena};
    f.before_ms = INT64_MAX;
    if (target) {
        f.target = *target;
    } else {
        f.target = (struct drp_target){drp_dataset_item(sel->ds, r->target->item),
                                       r->target->rating, r->target->title};
        if (sel->opts.peers_before_target)
            f.before_ms = r->target->time_ms;
    }
    f.query =
        drp_ranker_query(sel->ranker, f.target.title, f.target.item->description, arena);
    return f;
}

int drp_selector_fill(struct drp_selector *sel, size_t row, const struct drp_target *target,
                      struct drp_arena *arena, struct drp_sample *out, struct drp_err *err)
{
    const struct filling f = start(sel, row, target, arena);
    const struct drp_picks history = pick_history(&f);
    *out = (struct drp_sample){
        .user_id = drp_dataset_user_id(sel->ds, f.user),
        .user = f.user,
        .row = row,
        .item = f.target.item,
        .rating = f.target.rating,
        .title = f.target.title,
        .profile = reviews_of(&f, &history),
    };
    if (!target)
        out->reference = drp_dataset_row(sel->ds, row)->target->text;
    out->own = drp_ranker_top(sel->ranker, &history, f.query, sel->opts.n_items, arena);
    if (sel->opts.level == DRP_SELECT_ITEM)
        return compare_items(&f, &history, out, err);
    compare_users(&f, out);
    return 0;
}

/* What may be shown for a sample that was filled before. */
static struct filling again(const struct drp_selector *sel, const struct drp_sample *s,
                            struct drp_arena *arena)
{
    struct filling f = {
        .sel = sel,
        .row = s->row,
        .user = s->user,
        .target = {s->item, s->rating, s->title},
        .before_ms = INT64_MAX,
        .arena = arena,
    };
    if (sel->opts.peers_before_target)
        f.before_ms = drp_dataset_row(sel->ds, s->row)->target->time_ms;
    return f;
}

struct drp_reviews drp_selector_others(const struct drp_selector *sel,
                                       const struct drp_sample *s, uint32_t item,
                                       struct drp_arena *arena)
{
    const struct filling f = again(sel, s, arena);
    return others_of(&f, item);
}

int drp_selector_near(const struct drp_selector *sel, const struct drp_sample *s, size_t k,
                      struct drp_arena *arena, struct drp_near *out, struct drp_err *err)
{
    return drp_neighbours_of(sel->neighbours, s->row, k, arena, out, err);
}

struct drp_reviews drp_selector_history(const struct drp_selector *sel,
                                        const struct drp_sample *s, size_t row,
                                        size_t most, struct drp_arena *arena)
{
    const struct filling f = again(sel, s, arena);
    struct drp_picks picks = pick_usable(&f, row);
    if (picks.n > most) {
        picks.at += picks.n - most;
        picks.n = most;
    }
    return reviews_of(&f, &picks);
}
