/* A persona: what a model found out about a user, as lines "category: value; value". Categories are fixed, so that users
 * can be compared by them; a model says the rest in its own words. */
#ifndef DRP_METHOD_PERSONA_H
#define DRP_METHOD_PERSONA_H

#include "method/material.h"
#include "select/similar.h"

/** What is known about a user, by category. */
enum drp_persona_key {
    DRP_PERSONA_VALUES,     /* what matters to them                              */
    DRP_PERSONA_TOPICS,     /* favourite topics and genres                       */
    DRP_PERSONA_BACKGROUND, /* role, occupation, experience                      */
    DRP_PERSONA_OWNS,       /* things they own or use                            */
    DRP_PERSONA_ATTITUDES,  /* what they think of a maker, a creator, an aspect  */
    DRP_PERSONA_THEMES,     /* what they come back to, and how they see it       */
    DRP_PERSONA_WRITING,    /* how they write                                    */
    DRP_PERSONA_EMOTION,    /* how they feel and show it                         */
    DRP_PERSONA_ENGAGEMENT, /* what makes them write                             */
    DRP_PERSONA_OTHER,
    DRP_N_PERSONA_KEYS,
};

/** Values of a category that are kept, and bytes of each; what a model says beyond is left out. */
enum { DRP_PERSONA_MAX_VALUES = 16, DRP_PERSONA_VALUE_BYTES = 240 };

/** A persona. `{0}` is an empty one. Strings live in the arena that it was parsed into. */
struct drp_persona {
    struct {
        struct drp_sv at[DRP_PERSONA_MAX_VALUES];
        size_t n;
    } of[DRP_N_PERSONA_KEYS];
    size_t n; /* values in all */
};

/** The word that stands for a category in prompts and answers, e.g. "topics". Static storage. */
const char *drp_persona_word(enum drp_persona_key key);

/**
 * Reads lines "category: value; value" in any order: categories by their word or a usual other one, without case, marks of
 * lists or bold; values also as list entries below their category. Lines that belong to no category are passed over, and so are
 * values that say that nothing is known ("None") or that stand there already. `cut`: the answer was cut, so that
 * what has no end does not count. Returns whether there was any category, be it without a value.
 * **Owns**: `arena`.
 */
bool drp_persona_parse(struct drp_sv answer, bool cut, struct drp_arena *arena,
                       struct drp_persona *out);

/** Adds what is not there yet; compared without case. Strings are shared. */
void drp_persona_add(struct drp_persona *p, const struct drp_persona *more);

/** Takes away what `other` has as well, category by category; compared without case. */
void drp_persona_remove(struct drp_persona *p, const struct drp_persona *other);

/** All of it as lines "category: value; value"; what drp_persona_parse() reads. **Owns**: `arena`. */
struct drp_sv drp_persona_text(const struct drp_persona *p, struct drp_arena *arena);

/** The structured profile, which every prompt shows: a line for each category that holds no items. **Owns**: `arena`. */
struct drp_material_list drp_persona_facts(const struct drp_persona *p,
                                           struct drp_arena *arena);

/** The items, which are retrieved one by one: attitudes and themes. **Owns**: `arena`. */
struct drp_texts drp_persona_items(const struct drp_persona *p, struct drp_arena *arena);

/** The cache, by which users are compared: lines of values, topics and background; may be empty. **Owns**: `arena`. */
struct drp_sv drp_persona_cache(const struct drp_persona *p, struct drp_arena *arena);

#endif
