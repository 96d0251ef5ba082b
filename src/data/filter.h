/* The rules for users and items together: repeated texts, and rounds of filtering up to a
 * fixed point. */
#ifndef DRP_DATA_FILTER_H
#define DRP_DATA_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/corpus.h"
#include "data/rules.h"

/** Some texts of a grouped corpus (borrowed), user by user. */
struct drp_selection {
    const struct drp_corpus *corpus;
    uint32_t *rows; /* (first[n_users]) entries                                 */
    size_t *first;  /* (n_users + 1) user u has the rows first[u] … first[u + 1] */
    size_t n_users; /* of the corpus; a user may have no row                    */
};

/** Selects all texts of a corpus, in its order. */
void drp_selection_init(struct drp_selection *s, const struct drp_corpus *corpus);

/** Frees it. */
void drp_selection_release(struct drp_selection *s);

/** Number of texts of a user. */
size_t drp_selection_n(const struct drp_selection *s, size_t user);

/** Text `i` of a user. Borrowed. */
const struct drp_corpus_entry *drp_selection_entry(const struct drp_selection *s,
                                                   size_t user, size_t i);

/** Keeps the rows for which `keep` (by place in rows) is true, in order. */
void drp_selection_keep(struct drp_selection *s, const bool *keep);

/** Number of users that have texts. */
size_t drp_selection_n_users(const struct drp_selection *s);

/**
 * Drops items with fewer than min_item users and users with fewer than min_user or more
 * than max_user texts, until nothing changes. One round works on one snapshot: users of
 * an item are counted over all rows, texts of a user without repetitions, and both rules
 * look at these counts. Repetitions stay in. `drops` is added to.
 * **Source**: DPL's dataset builder.
 */
void drp_filter_rounds(struct drp_selection *s, const struct drp_thresholds *t,
                       struct drp_drops *drops);

/**
 * Drops repetitions: walking from the newest text, of equal times the earlier line first,
 * one whose item or text was already kept goes; first by the text as read, then once more
 * by the text with white space collapsed. Then every user's rows are sorted oldest first,
 * of equal times the earlier line first.
 */
void drp_filter_repeated(struct drp_selection *s, struct drp_drops *drops);

#endif
