/* A plan for people and for programs. */
#ifndef DRP_RUN_PLAN_SHOW_H
#define DRP_RUN_PLAN_SHOW_H

#include "io/json.h"
#include "run/plan.h"

/**
 * Writes the plan as an object:
 *     samples, looked_at        of the run, and of them those that were rehearsed; counts are of all
 *     methods, cells            of the grid, numbers
 *     stages                    {method: {stage: {calls, kept, prompt_tokens, cached_tokens, answer_tokens}}}; kept: of
 *                               the calls, answered by the journal or by an equal question; tokens are of the others
 *     calls, kept, prompt_tokens, cached_tokens, answer_tokens    sums of these
 *     models                    [{name, slots, calls, prompt_tokens, cached_tokens, answer_tokens, cached_at_most,
 *                               side_by_side, prompt_rate, alone_rate, answer_rate, prompt_seconds, answer_seconds,
 *                               problem}]; rates in tokens a second, those and what follows only after a probe
 *     workers                   samples side by side
 *     seconds                   of the run; null: not probed, or the probe failed
 *     cost                      by the models' prices; null: no prices
 *     journal_bytes, file_bytes to be written
 *     learnt                    lengths of answers are those of the earlier run
 *     over_budget               --max-tokens-total or --max-cost ends the run before
 *     journal                   that was read; null: none
 */
void drp_plan_json(const struct drp_plan *p, struct drp_jw *w);

/** Appends the plan as a table and lines for people. */
void drp_plan_text(const struct drp_plan *p, struct drp_str *out);

#endif
