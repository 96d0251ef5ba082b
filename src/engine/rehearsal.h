/* The back-end "rehearsal:SPEC": opens the model that SPEC names and counts with it, but answers by itself with text of
 * the form that is asked for. A run over it asks what a real run asks. */
#ifndef DRP_ENGINE_REHEARSAL_H
#define DRP_ENGINE_REHEARSAL_H

#include "engine/backend.h"

/** Models that a rehearsal notes, and calls side by side that it tells apart. */
enum { DRP_REHEARSED_MODELS = 8, DRP_REHEARSED_CALLS = 64 };

/** What a model was asked. */
struct drp_rehearsed {
    /** Steps, a token of each call under way, by the number of calls (1 …) that came together. */
    uint64_t steps[DRP_REHEARSED_CALLS + 1];
    bool sees_tokens; /* what is reused is known from the tokens; else it is the most that could be */
};

/** A rehearsal. Start with `{0}` and what is to be different. One thread asks. */
struct drp_rehearsal {
    /** Sees each call and its prompt's tokens; `error` is set where they cannot be counted. NULL: nobody looks. */
    void (*show)(void *ctx, const struct drp_call *call, size_t n_tokens,
                 const char *error);
    void *ctx;
    bool measures; /* answers are as long as expected, and what the engine would reuse is counted; else a few words */
    bool asks;     /* jobs go to the model itself */
    struct drp_rehearsed models[DRP_REHEARSED_MODELS]; /* (n_models) in the order of opening */
    size_t n_models;
};

/** Lets models be opened as "rehearsal:SPEC". `r` is borrowed until the last one is closed. */
void drp_rehearsal_register(struct drp_rehearsal *r);

#endif
