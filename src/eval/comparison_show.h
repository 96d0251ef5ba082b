/* Comparisons as JSON and as tables for people. */
#ifndef DRP_EVAL_COMPARISON_SHOW_H
#define DRP_EVAL_COMPARISON_SHOW_H

#include "eval/compare.h"
#include "eval/duel.h"
#include "eval/show.h"

/** Writes one object. `duels`: (c->n) by system, NULL when nobody judged. */
void drp_comparison_json(const struct drp_show *show, const struct drp_comparison *c,
                         const struct drp_duel *duels, struct drp_jw *w);

/** Appends a table a metric, then the signatures. */
void drp_comparison_text(const struct drp_show *show, const struct drp_comparison *c,
                         const struct drp_duel *duels, struct drp_str *out);

#endif
