/* Traits: what can be counted in a text. One table says what each is and how it is told to people. */
#ifndef DRP_FEATURE_TRAIT_H
#define DRP_FEATURE_TRAIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/** Every trait, in the order of its table and of files. */
enum drp_trait_id {
    DRP_TRAIT_SENTENCE_LENGTH,
    DRP_TRAIT_SENTENCE_SPREAD,
    DRP_TRAIT_WORDS,
    DRP_TRAIT_EXCLAMATIONS,
    DRP_TRAIT_QUESTIONS,
    DRP_TRAIT_CAPITALS,
    DRP_TRAIT_FIRST_PERSON,
    DRP_TRAIT_SECOND_PERSON,
    DRP_TRAIT_HEDGES,
    DRP_TRAIT_INTENSIFIERS,
    DRP_TRAIT_POSITIVE,
    DRP_TRAIT_NEGATIVE,
    DRP_TRAIT_VOCABULARY,
    DRP_TRAIT_NUMBERS,
    DRP_TRAIT_QUOTES,
    DRP_TRAIT_ELLIPSES,
    DRP_TRAIT_DASHES,
    DRP_TRAIT_EMOJI,
    DRP_TRAIT_LISTS,
    DRP_TRAIT_PARAGRAPHS,
    DRP_N_TRAITS,
};

/** One trait. Values are never negative, whatever the unit. */
struct drp_trait {
    const char *key;  /* in files, e.g. "exclamation_marks"                            */
    const char *name; /* for people, e.g. "exclamation marks"                          */
    const char *definition; /* what is counted, one line                                     */
    const char *unit; /* behind a number: "exclamation marks per 100 words"            */
    const char *rate; /* the same, where the name stands already: "per 100 words"      */
    const char *more,
        *less; /* what one does who has more of it or less: "uses more questions" */
    bool exact; /* every occurrence is seen, in any language: zero means that there is none  */
    enum drp_trait_id kin; /* of traits that say much the same, the first                    */
};

/** The table, by enum drp_trait_id. Static storage. */
const struct drp_trait *drp_trait_get(enum drp_trait_id id);

/** The trait of a key; DRP_N_TRAITS when there is none. */
enum drp_trait_id drp_trait_find(struct drp_sv key);

#endif
