/* How results look on a terminal: headings, paragraphs that wrap, labelled lines. */
#ifndef DRP_CLI_VIEW_H
#define DRP_CLI_VIEW_H

#include "method/method.h"

/** Where and how to write. */
struct drp_view {
    struct drp_str *out; /* borrowed */
    struct drp_arena *arena;
    size_t width; /* columns */
    bool color;
    bool include_peers; /* show other users' texts */
};

/** Colours and weights. */
enum drp_view_style { DRP_PLAIN, DRP_STRONG, DRP_DIM, DRP_GOOD, DRP_BAD };

/** Columns of the terminal on stdout, 60 to 100; 90 when it is none. */
size_t drp_view_width(void);

/** An empty line, then a heading with a remark behind it (may be empty). */
void drp_view_heading(struct drp_view *v, const char *heading, struct drp_sv remark);

/** A text wrapped at words, each line `indent` columns in; `label` stands in the first line's margin. At most `max_lines` lines, 0: all. */
void drp_view_text(struct drp_view *v, size_t indent, const char *label,
                   struct drp_sv text, size_t max_lines);

/** The features of a profile, kept ones first, each with what was counted about it. */
void drp_view_features(struct drp_view *v, const struct drp_features *features);

/** The text, and if known the real one, with what it is about. */
void drp_view_written(struct drp_view *v, const struct drp_sample *s,
                      const struct drp_prediction *prediction);

/** Everything about one prediction: history, comparisons, features, profile, the text and, if known, the real one. */
void drp_view_explain(struct drp_view *v, const struct drp_dataset *ds,
                      const struct drp_sample *s, const struct drp_profile *profile,
                      const struct drp_prediction *prediction);

#endif
