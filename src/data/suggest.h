/* When no user is left: the nearest thresholds that keep some. */
#ifndef DRP_DATA_SUGGEST_H
#define DRP_DATA_SUGGEST_H

#include "base/str.h"
#include "data/corpus.h"
#include "data/rules.h"

/** At most this many suggestions. */
enum { DRP_MAX_SUGGESTIONS = 6 };

/** Thresholds that keep somebody. */
struct drp_suggestion {
    struct drp_thresholds thresholds;
    uint64_t n_users; /* that they keep */
};

/**
 * Changes one threshold at a time, as little as needed; when no single one suffices,
 * lowers all by the same share. Works on the texts of a grouped corpus, so that min_text,
 * min_desc and max_desc stay. Fills `out` and gives the number; 0 when nothing helps.
 * Cost: some fifty times the rules for users and items.
 */
size_t drp_suggest(const struct drp_corpus *c, const struct drp_thresholds *t,
                   struct drp_suggestion out[DRP_MAX_SUGGESTIONS]);

/**
 * Appends the options in which a suggestion differs from `t`, e.g. `--min-item 4
 * --min-user 3`.
 */
void drp_suggest_options(struct drp_str *out, const struct drp_thresholds *t,
                         const struct drp_suggestion *suggestion);

#endif
