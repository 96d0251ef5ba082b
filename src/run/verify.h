/* Calls of a journal asked again, and whether the answers are the same. */
#ifndef DRP_RUN_VERIFY_H
#define DRP_RUN_VERIFY_H

#include "run/former.h"

/** What came of a call. */
enum drp_verdict_of_call {
    DRP_CALL_EQUAL,
    DRP_CALL_DIFFERENT,
    DRP_CALL_OPEN, /* cannot be compared */
    DRP_N_CALL_VERDICTS,
};

/** One call that was looked at. Strings live in the arena given to drp_verify(). */
struct drp_verified {
    struct drp_key key;
    enum drp_verdict_of_call verdict;
    struct drp_sv model;
    const char *reason; /* why it is not equal or not compared; static storage */
    /* Where both answers differ, from a little before on; absent unless the texts differ. */
    struct drp_sv was, is;
    size_t at; /* first byte that differs */
};

/** All of them. */
struct drp_verification {
    struct drp_verified *calls; /* (n) those that are not equal, as they were drawn */
    size_t n;
    size_t counts[DRP_N_CALL_VERDICTS];
    size_t n_other_build; /* of the compared ones, made by another build of the engine */
};

/** What is asked again. */
struct drp_verify_opts {
    size_t n_calls; /* 0: all                               */
    uint64_t draw;  /* decides which of them                */
};

/** The word for a verdict: "equal", "different", "not comparable". Static storage. */
const char *drp_call_verdict_word(enum drp_verdict_of_call verdict);

/**
 * Opens the run's models without a journal, and checks that they are the run's. **Errors**: DRP_EINPUT naming the
 * model that is another now; those of opening models.
 */
int drp_verify_open(const struct drp_former *f, struct drp_session *s,
                    struct drp_err *err) DRP_CHECKED;

/**
 * Draws calls from the run's journal, evenly over all keys, asks them again and compares thoughts, answers and how they
 * ended, byte for byte. Greedy calls are compared with any engine, sampled ones where a seed gives the same answer again.
 * **Errors**: DRP_EDB, DRP_ENOTFOUND (an empty journal), DRP_ECANCELLED, those of a call that failed.
 */
int drp_verify(const struct drp_former *f, const struct drp_session *s,
               const struct drp_verify_opts *opts, struct drp_arena *arena,
               struct drp_verification *out, struct drp_err *err) DRP_CHECKED;

#endif
