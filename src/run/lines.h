/* One line of each of a run's files. */
#ifndef DRP_RUN_LINES_H
#define DRP_RUN_LINES_H

#include "io/json.h"
#include "method/method.h"
#include "run/output.h"

/** What a line is about. All borrowed. */
struct drp_line {
    const struct drp_dataset *dataset;
    const struct drp_method *method;
    const struct drp_cell *cell;
    const struct drp_sample *sample;
    struct drp_sv model; /* the generator's name */
    const struct drp_profile *profile;
    const struct drp_prediction *prediction;
};

/** Writes the members that say what a feature of line->sample is. */
void drp_lines_feature(const struct drp_line *line, const struct drp_feature *f,
                       struct drp_jw *w);

/** Appends the lines of predictions.jsonl, features.jsonl and differences.jsonl for one prediction. */
void drp_lines_add(struct drp_sample_lines *out, const struct drp_line *line);

#endif
