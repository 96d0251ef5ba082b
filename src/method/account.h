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
};

/** Adds `more` to `sum`. */
void drp_account_add(struct drp_account *sum, const struct drp_account *more);

/** Counts `n` more of `reason` in a list of DRP_MAX_TALLIES. */
void drp_tally_add(struct drp_tally *tallies, const char *reason, uint64_t n);

#endif
