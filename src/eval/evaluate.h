/* The scores of a file of pairs or of a run. */
#ifndef DRP_EVAL_EVALUATE_H
#define DRP_EVAL_EVALUATE_H

#include "eval/collect.h"

/** One line of a table. */
struct drp_eval_row {
    struct drp_sv method,
        model;          /* absent for a file of pairs                                */
    double temperature; /* NAN for a file of pairs, and where temperatures are averaged */
    size_t n_layers;    /* temperatures averaged; 1: none                            */
    double n;           /* texts; averaged: of all temperatures                      */
    struct drp_bleu_counts counts; /* of all texts; averaged: their mean over temperatures    */
    struct drp_bleu_score bleu; /* likewise                                                */
    double scores[DRP_N_METRICS]; /* NAN: not computed                                       */
    struct drp_interval intervals[DRP_N_METRICS];
};

/** Rows by order of appearance, and for a run their averages over temperatures. */
struct drp_evaluation {
    struct drp_eval_row *rows; /* (n_rows) */
    size_t n_rows;
    struct drp_eval_row *averaged; /* (n_averaged) */
    size_t n_averaged;
};

/**
 * Makes the rows of collected groups: texts of one method, model and temperature together, and their mean over
 * temperatures. What is drawn for intervals is the sample, with all its texts (seeds, repeats; for averages
 * temperatures). **Owns**: `arena`; names are borrowed from the groups.
 */
void drp_evaluate(const struct drp_groups *groups, const struct drp_resample_opts *opts,
                  struct drp_arena *arena, struct drp_evaluation *out);

#endif
