/* The words in which people and models speak about style: which trait a phrase names, what a word does to the
 * statement it stands in. Tables; claim.c knows the grammar. */
#ifndef DRP_FEATURE_WORDING_H
#define DRP_FEATURE_WORDING_H

#include "base/arena.h"
#include "base/str.h"
#include "feature/trait.h"

/** What a word does, as bits. */
enum drp_role {
    DRP_ROLE_MORE = 1 << 0, /* more, many, often                       */
    DRP_ROLE_LESS = 1 << 1, /* fewer, rare, little                     */
    DRP_ROLE_NOT = 1 << 2,  /* not, never, avoids                      */
    DRP_ROLE_USES = 1 << 3, /* uses, includes, loves: more, when nothing else is said */
    DRP_ROLE_LONG = 1 << 4, /* of sentences and texts                  */
    DRP_ROLE_SHORT = 1 << 5,
    DRP_ROLE_RICH = 1 << 6, /* of a vocabulary                         */
    DRP_ROLE_POOR = 1 << 7,
    DRP_ROLE_VARIED = 1 << 8, /* of lengths                              */
    DRP_ROLE_UNIFORM = 1 << 9,
    DRP_ROLE_VAGUE = 1 << 10, /* same, sometimes: the clause claims nothing */
    DRP_ROLE_SPLIT = 1 << 11, /* while, but; punctuation: a clause begins behind it */
    DRP_ROLE_AND = 1 << 12,   /* and, or                                 */
    DRP_ROLE_CUT = 1 << 13, /* with, to, that: what is behind it belongs to something else */
    DRP_ROLE_CLEAR = 1 << 14, /* the, as, of: nothing stands between two words with it alone */
    DRP_ROLE_IS = 1 << 15, /* is, are, become                         */
    DRP_ROLE_USER = 1 << 16,
    DRP_ROLE_OTHERS = 1 << 17, /* others, peers                           */
    DRP_ROLE_PEOPLE = 1 << 18, /* people, reviewers: others behind "other" or "most" */
    DRP_ROLE_BEFORE_NOUN = 1 << 19, /* than, from, like: "others" behind it do nothing */
    DRP_ROLE_COMMA = 1 << 20,       /* a split, unless adjectives stand on its sides */
};

/** A word in lower case; punctuation that ends a clause is a token without letters. */
struct drp_word_token {
    struct drp_sv word;
    unsigned roles;
};

/** Tokens of a text, in an arena. */
struct drp_wording {
    struct drp_word_token *at;
    size_t n;
};

/** How a phrase names a trait. */
enum drp_naming {
    DRP_NAMES_COUNT,  /* there are more or fewer of it: "exclamation marks"  */
    DRP_NAMES_LENGTH, /* it is longer or shorter: "sentences"                */
    DRP_NAMES_SIZE,   /* both are said of it: "sentence length"              */
    DRP_NAMES_WEALTH, /* it is rich or limited: "vocabulary"                 */
    DRP_SAYS_MORE,    /* the phrase claims by itself: "hedges", "verbose"    */
    DRP_SAYS_LESS,    /* likewise: "concise"                                 */
};

/** A phrase found in a text. */
struct drp_naming_at {
    enum drp_trait_id trait;
    enum drp_naming naming;
    size_t from, to; /* tokens */
};

/** Cuts a text into tokens with their roles. **Owns**: `arena`. */
struct drp_wording drp_wording_read(struct drp_sv text, struct drp_arena *arena);

/** True when a phrase that names a trait begins at token `at`; then fills `out`. */
bool drp_wording_name(const struct drp_wording *w, size_t at, struct drp_naming_at *out);

/** True when `word` is one of `words`, which are separated by spaces; those that end in * are beginnings. */
bool drp_wording_is(struct drp_sv word, const char *words);

#endif
