/* The offline stage of Persona-DB: what a model finds out about users, once for each, whatever it is used for. */
#ifndef DRP_METHOD_PERSONA_MAKE_H
#define DRP_METHOD_PERSONA_MAKE_H

#include "method/method.h"
#include "method/persona.h"

/** A user whose persona is wanted. */
struct drp_person {
    struct drp_sample who; /* user_id and user alone: no item, so that all samples ask the same */
    struct drp_reviews history; /* what it is made from, oldest first; borrowed                      */
    struct drp_persona persona; /* the result; empty when nothing was found out                      */
};

/**
 * Makes the personas of `n` people, all at once: a call that reads facts out of the history ("pdb/distil"), and one
 * in its conversation that finds what lies behind them ("pdb/induce"). An answer in which no line can be read is
 * put in order by a further call ("pdb/repair"). Calls depend on person, history and cell alone: with a
 * journal each is made once, and samples that want the same at once share it. A call that fails among others costs
 * its persona.
 * **Errors**: drp_draft_open(), drp_draft_ask().
 * **Source**: Persona-DB (Sun et al., COLING 2025): distilled and induced persona, each with its repair.
 */
int drp_persona_make(struct drp_method_ctx *x, struct drp_person *people, size_t n,
                     struct drp_err *err) DRP_CHECKED;

#endif
