#include "method/persona_make.h"

#include "base/base.h"
#include "base/utf8.h"
#include "method/draft.h"

#include "base/banned.h"

/* Fewer words than this hold nothing that could be put in order. */
enum { LEAST_WORDS_TO_REPAIR = 8 };

/* One call for each of some people. */
struct step {
    size_t n;
    struct drp_person **of;        /* (n) whom each is about    */
    struct drp_material *material; /* (n) of the first turns    */
    struct drp_draft *drafts;      /* (n)                       */
    struct drp_reply *replies;     /* (n)                       */
    struct drp_persona *found;     /* (n) read from the replies */
};

static struct step step_new(struct drp_arena *arena, size_t most)
{
    return (struct step){
        .of = drp_arena_new(arena, struct drp_person *, most),
        .material = drp_arena_new(arena, struct drp_material, most),
        .drafts = drp_arena_new(arena, struct drp_draft, most),
        .replies = drp_arena_new(arena, struct drp_reply, most),
        .found = drp_arena_new(arena, struct drp_persona, most),
    };
}

/* Takes draft number st->n in for a person. One that does not fit the context, however short, costs its persona and
 * not the sample. */
static int take_in(struct step *st, struct drp_person *person, int rc)
{
    if (rc < 0)
        return rc == DRP_ELIMIT ? 0 : rc;
    st->drafts[st->n].of = &person->who;
    st->of[st->n++] = person;
    return 0;
}

/* Opens a conversation about a person. */
static int open_draft(struct drp_method_ctx *x, enum drp_stage stage, const char *prompt,
                      struct step *st, struct drp_person *person, struct drp_err *err)
{
    return take_in(st, person,
                   drp_draft_open(x, stage, prompt, &st->material[st->n],
                                  &st->drafts[st->n], err));
}

static bool read_reply(const struct drp_reply *reply, struct drp_arena *arena,
                       struct drp_persona *out)
{
    *out = (struct drp_persona){0};
    return drp_answered(reply) &&
           drp_persona_parse(reply->text, reply->finish == DRP_FINISH_LENGTH, arena, out);
}

static bool is_worth_repair(const struct drp_reply *reply)
{
    struct drp_sv rest = reply->text, word;
    size_t n = 0;
    while (drp_answered(reply) && n < LEAST_WORDS_TO_REPAIR && drp_utf8_word(&rest, &word))
        n++;
    return n == LEAST_WORDS_TO_REPAIR;
}

/* Reads the replies; those that cannot be read are put in order by a call each. */
static int read_replies(struct drp_method_ctx *x, struct step *st, struct drp_err *err)
{
    int rc = 0;
    struct step repair = step_new(x->arena, st->n);
    size_t *place = drp_arena_new(x->arena, size_t, st->n);
    for (size_t i = 0; i < st->n; i++) {
        if (read_reply(&st->replies[i], x->arena, &st->found[i]) ||
            !is_worth_repair(&st->replies[i]))
            continue;
        struct drp_material_text *note =
            drp_arena_new(x->arena, struct drp_material_text, 1);
        note->text = st->replies[i].text;
        repair.material[repair.n].lists[DRP_LIST_NOTES] =
            (struct drp_material_list){note, 1};
        place[repair.n] = i;
        DRP_TRY(rc, open_draft(x, DRP_STAGE_REPAIR, "pdb/repair", &repair, st->of[i], err));
    }
    DRP_TRY(rc, drp_draft_ask(x, &st->of[0]->who, repair.drafts, repair.n, repair.replies,
                              err));
    for (size_t i = 0; i < repair.n; i++)
        read_reply(&repair.replies[i], x->arena, &st->found[place[i]]);
    x->account->personas_repaired += repair.n;
out:
    return rc;
}

/* Takes away what only repeats an example of the prompt: a small model may copy instead of reading. The examples
 * are the answers that the first turns of the conversation hold. */
static void remove_examples(const struct drp_draft *draft, struct drp_arena *arena,
                            struct drp_persona *found)
{
    for (size_t i = 0; i < draft->n_messages - draft->n_tail; i++) {
        struct drp_persona example;
        if (draft->messages[i].role == DRP_ROLE_ASSISTANT &&
            drp_persona_parse(draft->messages[i].text, false, arena, &example))
            drp_persona_remove(found, &example);
    }
}

/* Asks a step and reads what was found out. */
static int ask(struct drp_method_ctx *x, struct step *st, struct drp_err *err)
{
    if (st->n == 0)
        return 0;
    int rc = drp_draft_ask(x, &st->of[0]->who, st->drafts, st->n, st->replies, err);
    if (rc == 0)
        rc = read_replies(x, st, err);
    for (size_t i = 0; rc == 0 && i < st->n; i++)
        remove_examples(&st->drafts[i], x->arena, &st->found[i]);
    return rc;
}

/* Goes on in the conversation about a person as if the model had given its lines in good order. */
static int continue_draft(struct drp_method_ctx *x, const struct step *distil, size_t i,
                          struct step *induce, struct drp_err *err)
{
    const struct drp_reply facts = {.text = drp_persona_text(&distil->found[i], x->arena)};
    return take_in(induce, distil->of[i],
                   drp_draft_continue(x, "pdb/induce", &distil->drafts[i], &facts,
                                      &induce->drafts[induce->n], err));
}

int drp_persona_make(struct drp_method_ctx *x, struct drp_person *people, size_t n,
                     struct drp_err *err)
{
    int rc = 0;
    struct step distil = step_new(x->arena, n), induce = step_new(x->arena, n);

    /* Calls A and A': the distilled persona. */
    for (size_t i = 0; i < n; i++) {
        people[i].persona = (struct drp_persona){0};
        if (people[i].history.n == 0)
            continue;
        distil.material[distil.n] =
            (struct drp_material){.own = people[i].history, .own_by_time = true};
        DRP_TRY(rc,
                open_draft(x, DRP_STAGE_DISTIL, "pdb/distil", &distil, &people[i], err));
    }
    DRP_TRY(rc, ask(x, &distil, err));

    /* Calls B and B': the induced persona, for whoever has a distilled one. */
    for (size_t i = 0; i < distil.n; i++)
        if (distil.found[i].n > 0)
            DRP_TRY(rc, continue_draft(x, &distil, i, &induce, err));
    DRP_TRY(rc, ask(x, &induce, err));

    for (size_t i = 0; i < distil.n; i++)
        distil.of[i]->persona = distil.found[i];
    for (size_t i = 0; i < induce.n; i++)
        drp_persona_add(&induce.of[i]->persona, &induce.found[i]);
    for (size_t i = 0; i < n; i++)
        x->account->personas_lost += people[i].history.n > 0 && people[i].persona.n == 0;
out:
    return rc;
}
