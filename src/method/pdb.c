/* P-DB: Persona-DB, adapted to reviews. Users have a persona, made once from what they wrote; a review is written from
 * items of the user's own persona and history and from items of the personas of users like them. */
#include "method/table.h"

#include <math.h>

#include "base/base.h"
#include "base/utf8.h"
#include "method/compose.h"
#include "method/persona_make.h"
#include "select/mask.h"

#include "base/banned.h"

/* Bytes of a past review that are looked at when items are ranked: a long text is like everything a
 * little, and a line about a persona should not win by its brevity alone. */
enum { RANKED_BYTES = 320 };

/* ---- the people ---- */

/* The user, and whoever may be a collaborator. */
struct people {
    struct drp_person *at; /* (n) the user first, then others, nearest first */
    size_t n;
    const struct drp_person **collaborators; /* (n_collaborators) best first */
    size_t n_collaborators;
};

static struct drp_person person(const struct drp_dataset *ds, uint32_t user,
                                struct drp_reviews history)
{
    return (struct drp_person){
        .who = {.user_id = drp_dataset_user_id(ds, user), .user = user},
        .history = history,
    };
}

/* Items of collaborators that are wanted: their share of all, never less. */
static size_t count_theirs(const struct drp_settings *set)
{
    const double rounding = 1e-9; /* 0.1 times 30 is 3 */
    return set->pdb_collaborators
               ? (size_t)ceil(set->pdb_x * (double)set->pdb_r - rounding)
               : 0;
}

static int gather_people(const struct drp_method_ctx *x, const struct drp_sample *s,
                         struct people *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_near near = {0};
    const size_t most = (size_t)x->set->pdb_history;
    const size_t n_own = DRP_MIN(s->profile.n, most);
    const struct drp_reviews own = {s->profile.at + (s->profile.n - n_own), n_own};
    if (count_theirs(x->set) > 0)
        DRP_TRY(rc, drp_selector_near(x->selector, s, (size_t)x->set->pdb_pool, x->arena,
                                      &near, err));
    out->at = drp_arena_new(x->arena, struct drp_person, 1 + near.n);
    out->at[out->n++] = person(x->dataset, s->user, own);
    for (size_t i = 0; i < near.n; i++) {
        struct drp_reviews history =
            drp_selector_history(x->selector, s, near.row[i], most, x->arena);
        if (x->mask_peers)
            history = drp_mask_history(history, i + 1, x->arena);
        out->at[out->n++] =
            person(x->dataset, drp_dataset_row(x->dataset, near.row[i])->user, history);
    }
out:
    return rc;
}

/* Those whose caches are most like the user's; whoever has none is no candidate. */
static int find_collaborators(const struct drp_method_ctx *x, struct people *p,
                              struct drp_err *err)
{
    int rc = 0;
    const struct drp_sv own = drp_persona_cache(&p->at[0].persona, x->arena);
    const struct drp_person **all =
        drp_arena_new(x->arena, const struct drp_person *, p->n);
    struct drp_sv *caches = drp_arena_new(x->arena, struct drp_sv, p->n);
    double *scores = drp_arena_new(x->arena, double, p->n);
    uint32_t *best = drp_arena_new(x->arena, uint32_t, p->n);
    size_t n = 0;
    p->collaborators = drp_arena_new(x->arena, const struct drp_person *, p->n);
    for (size_t i = 1; own.len && i < p->n; i++) {
        caches[n] = drp_persona_cache(&p->at[i].persona, x->arena);
        all[n] = &p->at[i];
        n += caches[n].len > 0;
    }
    if (n == 0)
        goto out;
    DRP_TRY(rc, drp_similar_scores(x->vectors, own, (struct drp_texts){caches, n}, scores,
                                   err));
    p->n_collaborators =
        drp_similar_top(scores, n, (size_t)x->set->pdb_collaborators, best);
    for (size_t i = 0; i < p->n_collaborators; i++)
        p->collaborators[i] = all[best[i]];
out:
    return rc;
}

/* ---- items ---- */

/* An item: a past review, or a line of a persona. */
struct item {
    const struct drp_review *review; /* NULL: a line                 */
    struct drp_sv text;              /* what is ranked; a whole line */
    uint32_t user;                   /* whose it is                  */
};

/* Items to retrieve from. */
struct pool {
    struct item *at; /* (n) */
    size_t n;
};

static void pool_add(struct pool *p, const struct drp_review *review, struct drp_sv text,
                     uint32_t user)
{
    p->at[p->n++] = (struct item){review, text, user};
}

static void pool_add_persona(struct pool *p, const struct drp_person *person,
                             struct drp_arena *arena)
{
    const struct drp_texts items = drp_persona_items(&person->persona, arena);
    for (size_t i = 0; i < items.n; i++)
        pool_add(p, NULL, items.at[i], person->who.user);
}

/* A review, written or to be written, on one line of at most `most` bytes. */
static struct drp_sv one_line(const struct drp_item *item, double rating,
                              struct drp_sv title, struct drp_sv text, size_t most,
                              struct drp_arena *arena)
{
    struct drp_str line;
    drp_str_init(&line, SIZE_MAX / 4);
    drp_utf8_collapse(&line, item ? item->title : DRP_SV(""));
    if (isfinite(rating))
        drp_str_addf(&line, ", rated %g", rating);
    drp_str_addz(&line, ". ");
    drp_utf8_collapse(&line, title);
    drp_str_addz(&line, ". ");
    drp_utf8_collapse(&line, text);
    struct drp_sv out = drp_str_sv(&line);
    out = drp_arena_sv(arena, drp_sv_slice(out, 0, drp_utf8_cut(out, most)));
    drp_str_release(&line);
    return out;
}

/* What the user wrote, newest first, and what was found out about them. */
static struct pool own_pool(const struct drp_method_ctx *x, const struct drp_person *self)
{
    const size_t most = self->history.n + self->persona.n;
    struct pool p = {drp_arena_new(x->arena, struct item, most), 0};
    for (size_t i = self->history.n; i-- > 0;) {
        const struct drp_review *r = self->history.at[i];
        pool_add(&p, r,
                 one_line(drp_dataset_item(x->dataset, r->item), r->rating, r->title,
                          r->text, RANKED_BYTES, x->arena),
                 r->user);
    }
    pool_add_persona(&p, self, x->arena);
    return p;
}

/* JOIN: what was found out about the collaborators. */
static struct pool their_pool(const struct drp_method_ctx *x, const struct people *people)
{
    size_t most = 0;
    for (size_t i = 0; i < people->n_collaborators; i++)
        most += people->collaborators[i]->persona.n;
    struct pool p = {drp_arena_new(x->arena, struct item, most), 0};
    for (size_t i = 0; i < people->n_collaborators; i++)
        pool_add_persona(&p, people->collaborators[i], x->arena);
    return p;
}

/* Leaves the `k` items that fit the query best, best first. */
static int retrieve(const struct drp_method_ctx *x, struct drp_sv query, size_t k,
                    struct pool *p, struct drp_err *err)
{
    int rc = 0;
    struct drp_sv *texts = drp_arena_new(x->arena, struct drp_sv, p->n);
    double *scores = drp_arena_new(x->arena, double, p->n);
    uint32_t *best = drp_arena_new(x->arena, uint32_t, p->n);
    struct item *found = drp_arena_new(x->arena, struct item, p->n);
    if (p->n == 0)
        return 0;
    for (size_t i = 0; i < p->n; i++)
        texts[i] = p->at[i].text;
    DRP_TRY(rc, drp_similar_scores(x->vectors, query, (struct drp_texts){texts, p->n},
                                   scores, err));
    const size_t n = drp_similar_top(scores, p->n, k, best);
    for (size_t i = 0; i < n; i++)
        found[i] = p->at[best[i]];
    *p = (struct pool){found, n};
out:
    return rc;
}

/* The retrieved items as parts of a prompt: past reviews as such, whole, and lines by whom they are about. */
static void show_items(const struct pool *mine, const struct pool *theirs,
                       struct drp_arena *arena, struct drp_material *m)
{
    const struct drp_review **own =
        drp_arena_new(arena, const struct drp_review *, mine->n);
    struct drp_material_text *lines =
        drp_arena_new(arena, struct drp_material_text, mine->n);
    struct drp_material_text *others =
        drp_arena_new(arena, struct drp_material_text, theirs->n);
    uint32_t *users = drp_arena_new(arena, uint32_t, theirs->n);
    size_t n_own = 0, n_lines = 0;
    for (size_t i = 0; i < mine->n; i++) {
        if (mine->at[i].review)
            own[n_own++] = mine->at[i].review;
        else
            lines[n_lines++].text = mine->at[i].text;
    }
    for (size_t i = 0; i < theirs->n; i++) {
        others[i].text = theirs->at[i].text;
        users[i] = theirs->at[i].user;
    }
    m->own = (struct drp_reviews){own, n_own};
    m->lists[DRP_LIST_MINE] = (struct drp_material_list){lines, n_lines};
    m->lists[DRP_LIST_THEIRS] = (struct drp_material_list){others, theirs->n};
    m->others = users;
    m->n_others = theirs->n;
}

/* ---- the method ---- */

/* Offline stage (steps 1 to 5) and retrieval (6 to 8). */
static int profile(struct drp_method_ctx *x, const struct drp_sample *s,
                   struct drp_profile *out, struct drp_err *err)
{
    int rc = 0;
    *out = (struct drp_profile){.fallback = DRP_FALLBACK_PLAIN};
    struct people people = {0};
    struct drp_material *known = drp_arena_new(x->arena, struct drp_material, 1);
    if (s->profile.n == 0)
        goto out;

    /* Steps 1 to 4: a distilled and an induced persona of the user and of each user who might collaborate. */
    DRP_TRY(rc, gather_people(x, s, &people, err));
    DRP_TRY(rc, drp_persona_make(x, people.at, people.n, err));

    /* Steps 5 and 6: collaborators by what stands in the caches. */
    DRP_TRY(rc, find_collaborators(x, &people, err));

    /* Steps 7 and 8: of r items, ceil(x r) from the joined personas of the collaborators, the rest the user's own. */
    const struct drp_sv query =
        one_line(s->item, s->rating, s->title,
                 s->item ? s->item->description : DRP_SV(""), SIZE_MAX, x->arena);
    const struct drp_person *self = &people.at[0];
    struct pool mine = own_pool(x, self), theirs = their_pool(x, &people);
    const size_t r = (size_t)x->set->pdb_r, n_theirs = count_theirs(x->set);
    DRP_TRY(rc, retrieve(x, query, n_theirs, &theirs, err));
    DRP_TRY(rc, retrieve(x, query, r - theirs.n, &mine, err));
    x->account->ranked_by_words += !drp_vectors_can_embed(x->vectors);

    known->lists[DRP_LIST_FACTS] = drp_persona_facts(&self->persona, x->arena);
    show_items(&mine, &theirs, x->arena, known);
    out->known = known;
    out->summary = drp_persona_text(&self->persona, x->arena);
    const bool is_alone = n_theirs > 0 && theirs.n == 0;
    out->fallback = self->persona.n == 0 || is_alone ? DRP_FALLBACK_OWN : NULL;
out:
    return rc;
}

/* Step 9. */
static int write_text(struct drp_method_ctx *x, const struct drp_sample *s,
                      const struct drp_profile *found, struct drp_prediction *out,
                      struct drp_err *err)
{
    static const struct drp_material nothing;
    *out = (struct drp_prediction){.fallback = found->fallback};
    return drp_compose_text(x, s, "pdb/generate", found->known ? found->known : &nothing,
                            out, err);
}

const struct drp_method drp_method_pdb = {
    .name = "pdb",
    .title = "P-DB",
    .source = "Persona-DB (Sun et al., COLING 2025), adapted to reviews",
    .steps =
        "personas of users, collaborators, retrieve items (by words where vectors come from a file), write",
    .calls =
        "1, and 2 for each user touched, shared by all samples whose target that user did not "
        "write about: 43 with the pool of 20",
    .inferred =
        "categories and prompts for reviews, the pool of nearest users, r = 8, the query, 320 bytes of "
        "each past review ranked",
    .profile = profile,
    .write = write_text,
};
