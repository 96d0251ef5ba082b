/* How fast a model is: a handful of calls about nothing, timed. */
#ifndef DRP_RUN_PROBE_H
#define DRP_RUN_PROBE_H

#include "engine/engine.h"

/** What is asked. */
struct drp_probe_opts {
    int64_t limit_ms;                /* that it may take, about                     */
    size_t prompt_tokens;            /* of the prompts whose speed counts, about    */
    uint32_t max_calls;              /* side by side at most, besides the slots     */
    const struct drp_cancel *cancel; /* may be NULL */
};

/** What was seen. Rates are in tokens a second; 0: not seen in time. */
struct drp_probe {
    size_t n_side_by_side;
    double prompt_rate; /* of all prompts together                      */
    double alone_rate;  /* of an answer when no other is under way      */
    double answer_rate; /* of n_side_by_side answers together           */
    int64_t took_ms;
    char problem[256]; /* the first error, or that no prompt was read in time; "": none */
};

/**
 * Asks at most 3 + 2 × n_side_by_side calls, none of which is kept: when no prompt ends in time, one is asked again
 * alone and a quarter as long, twice at most. A call that fails is told in `problem`.
 * **Errors**: those of drp_ask(); DRP_ECANCELLED.
 */
int drp_probe_run(struct drp_model *m, const struct drp_probe_opts *opts,
                  struct drp_probe *out, struct drp_err *err) DRP_CHECKED;

/**
 * Seconds of a step in which `n` answers get a token each: measured for one and for n_side_by_side, in a straight line
 * between, and no more beyond.
 */
double drp_probe_step_s(const struct drp_probe *p, double n);

#endif
