/* Scores as JSON and as tables for people. */
#ifndef DRP_EVAL_EVALUATION_SHOW_H
#define DRP_EVAL_EVALUATION_SHOW_H

#include "eval/evaluate.h"
#include "eval/show.h"

/** Writes one object: of a file of pairs its only row, of a run `{"rows","averaged"}`. */
void drp_evaluation_json(const struct drp_show *show, const struct drp_evaluation *e,
                         struct drp_jw *w);

/** Appends tables, then the signatures. */
void drp_evaluation_text(const struct drp_show *show, const struct drp_evaluation *e,
                         struct drp_str *out);

/** Writes one pair's scores as an object, with what the pair is. */
void drp_pair_json(const struct drp_pair *pair, const struct drp_pair_scores *scores,
                   struct drp_jw *w);

#endif
