/* Cuts every user's texts into a base profile and the newest ones, which become targets. */
#ifndef DRP_DATA_SPLIT_H
#define DRP_DATA_SPLIT_H

#include "data/filter.h"
#include "data/rules.h"

/** The splits of a dataset. */
enum drp_split { DRP_SPLIT_TRAIN, DRP_SPLIT_VAL, DRP_SPLIT_TEST, DRP_N_SPLITS };

/** "train", "val", "test". Static storage. */
const char *drp_split_name(enum drp_split split);

/**
 * Where target `i` of `holdout`, oldest first, goes: the last is test, the one before
 * val, the others train.
 */
enum drp_split drp_split_of(int64_t i, int64_t holdout);

/**
 * The rules for base profiles (a user's rows, oldest first, but the last `holdout`):
 * items with fewer than min_profile_item users in base profiles go from these, users with
 * fewer than min_profile texts left in theirs, or fewer than `holdout` in all, go whole;
 * until nothing changes. `drops` is added to. A user that stays has his base profile and
 * then his `holdout` targets as rows.
 */
void drp_split_filter(struct drp_selection *s, const struct drp_thresholds *t,
                      struct drp_drops *drops);

/**
 * All rules for users and items on a grouped corpus: rounds, repetitions, base profiles.
 * Starts `s`.
 */
void drp_split_select(struct drp_selection *s, const struct drp_corpus *corpus,
                      const struct drp_thresholds *t, struct drp_drops *drops);

#endif
