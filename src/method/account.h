/* What went on while predicting, counted. */
#ifndef DRP_METHOD_ACCOUNT_H
#define DRP_METHOD_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

/** How often something was given as a reason. */
struct drp_tally {
    const char *reason; /* static storage; NULL: not used */
    uint64_t n;
};

/** The calls of one stage of a method, and what was computed for them. */
struct drp_used {
    const char *method, *stage; /* static storage; stage NULL: the row is not used */
    uint64_t calls,
        kept; /* kept: of these, answered by the journal or by an equal question */
    uint64_t prompt_tokens, cached_tokens, answer_tokens; /* of the others */
};

/** Rows of stages of methods that an account has room for. */
enum { DRP_MAX_USED = 128 };

/** Different reasons that a list of tallies holds at most. */
enum { DRP_MAX_TALLIES = 12 };

/** Counts of one worker or of a run. Start with `{0}`. */
struct drp_account {
    /* Counted by whoever runs methods. */
    uint64_t predictions, failures, fallbacks;
    struct drp_tally fallbacks_to[DRP_MAX_TALLIES]; /* the rung of the ladder */
    /* Counted by the methods themselves. */
    uint64_t answers_cut; /* at the token limit; kept */
    uint64_t answers_empty; /* nothing but white space or thoughts; each is asked once more */
    uint64_t prompts_shortened; /* to fit the context */
    uint64_t features_kept, features_dropped;
    uint64_t features_measured; /* kept, though no model claimed them */
    struct drp_tally dropped_for[DRP_MAX_TALLIES]; /* why features were dropped */
    uint64_t features_unparsed; /* answers in which no list of features was found */
    uint64_t contrasts_lost;    /* comparisons without an extraction */
    uint64_t personas_repaired; /* answers put into lines by a further call */
    uint64_t personas_lost;     /* users of whom nothing was found out */
    uint64_t ranked_by_words;   /* samples whose items were ranked without vectors */
    struct drp_used used[DRP_MAX_USED]; /* in the order of first use */
};

/** Adds `more` to `sum`. */
void drp_account_add(struct drp_account *sum, const struct drp_account *more);

/** Adds the counts of `more` to the row of its method and stage; a row beyond the last is not counted. */
void drp_used_add(struct drp_used *rows, const struct drp_used *more);

/** The row of a method and a stage; NULL when there is none. */
const struct drp_used *drp_used_find(const struct drp_used *rows, const char *method,
                                     const char *stage);

/** Counts `n` more of `reason` in a list of DRP_MAX_TALLIES. */
void drp_tally_add(struct drp_tally *tallies, const char *reason, uint64_t n);

#endif
