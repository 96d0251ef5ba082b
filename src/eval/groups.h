/* Units of many texts, grouped by what they are to be compared by. */
#ifndef DRP_EVAL_GROUPS_H
#define DRP_EVAL_GROUPS_H

#include "base/arena.h"
#include "base/intern.h"
#include "eval/pairs.h"
#include "metric/resample.h"

/** The texts of one method, model and temperature of one run, or of one file of pairs. Strings live in the groups. */
struct drp_group {
    size_t source;               /* which file or run, from 0                         */
    struct drp_sv method, model; /* absent for a file of pairs                        */
    double temperature;          /* NAN for a file of pairs                           */
    struct drp_unit *units;      /* (n_units) by sample; {0} where it has no text     */
    size_t n_units, cap;
};

/** All groups, in order of appearance. Start with drp_groups_init(). One owner. */
struct drp_groups {
    struct drp_arena arena;
    struct drp_intern samples; /* what a text is about, to the number of its unit */
    struct drp_group *at;      /* (n) */
    size_t n, cap;
};

/** Starts without any. */
void drp_groups_init(struct drp_groups *g);

/** Frees them. */
void drp_groups_release(struct drp_groups *g);

/** The number of a sample by its name. Numbers given by the caller and by this function are not to be mixed. */
size_t drp_groups_sample(struct drp_groups *g, struct drp_sv name);

/** Adds a text of `pair`'s group about sample number `sample`, the same in every group. */
void drp_groups_add(struct drp_groups *g, size_t source, const struct drp_pair *pair,
                    size_t sample, const struct drp_unit *unit);

/**
 * The units of the samples that every group of `groups` has. **Shapes**: result (n, *n_units), row-major, a row a group.
 * **Owns**: `arena`; of one group without gaps the group's own units are given, without a copy.
 */
const struct drp_unit *drp_groups_align(const struct drp_group *const *groups, size_t n,
                                        struct drp_arena *arena, size_t *n_units);

/** Samples that a group has a text of. */
size_t drp_group_n_samples(const struct drp_group *group);

/** True when both are of one source, method and model: temperatures of one system. */
bool drp_group_same_system(const struct drp_group *a, const struct drp_group *b);

#endif
