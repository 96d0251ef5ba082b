/* Texts as numbers: each distinct word gets an id once, and ranking then works on ids alone. */
#ifndef DRP_SELECT_TERMS_H
#define DRP_SELECT_TERMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/intern.h"
#include "base/str.h"

/** The words of a text as ids, in order, repeats included. Borrowed. */
struct drp_terms {
    const uint32_t *ids; /* (n) */
    size_t n;
};

/**
 * The words of `text`, cut at white space and otherwise left as they are. Words that `words` lacks
 * are added to it. **Owns**: the arena holds the ids.
 */
struct drp_terms drp_terms_add(struct drp_intern *words, struct drp_sv text,
                               struct drp_arena *arena);

/** As drp_terms_add(), but `words` stays as it is: a word that it lacks becomes DRP_NO_ID. */
struct drp_terms drp_terms_find(const struct drp_intern *words, struct drp_sv text,
                                struct drp_arena *arena);

#endif
