/* What a stage's prompt is made of, as values for its template, whole or shortened by steps. */
#ifndef DRP_METHOD_MATERIAL_H
#define DRP_METHOD_MATERIAL_H

#include "data/dataset.h"
#include "data/sample.h"
#include "engine/prompt.h"
#include "feature/feature.h"

/** The parts of a prompt; what is empty or NULL is not there. Everything is borrowed. */
struct drp_material {
    /* Past reviews of the user. */
    struct drp_reviews own;
    bool own_by_time; /* oldest first, so that the first go when there is no room; else best first */
    /* One comparison instead: its own side, its peers, its item. */
    const struct drp_contrast *contrast;
    const struct drp_features *features; /* only the kept ones are shown                       */
    struct drp_sv profile; /* the summary                                        */
    /* The review to write. */
    const struct drp_item *item;
    double rating; /* NAN: not given */
    struct drp_sv title;
};

/**
 * Number of steps by which a material can be shortened. Step 0 is whole. First the lists lose entries, the
 * longest list first, down to one entry each: the last one, of lists by time the oldest. Then the texts
 * lose their middle, in steps of a quarter, from 16 KB down to nothing.
 */
size_t drp_material_steps(const struct drp_material *m);

/**
 * The names that templates can use, of the material shortened by `step`:
 *     item description rating title           the target's, or the contrast's item
 *     own    list of: number item description rating title text; `n_own` when it is not empty
 *     peers  list of the same                 of the contrast
 *     features  list of: number name definition difference; `n_features` when it is not empty
 *     profile
 * Values that are not there are empty. Neither user ids nor references are among them. An entry names
 * its item unless the contrast does, and a description stands in the first entry of its item only.
 * **Owns**: `arena`; texts are borrowed from the material unless shortened.
 */
const struct drp_scope *drp_material_scope(const struct drp_material *m, size_t step,
                                           const struct drp_dataset *ds,
                                           struct drp_arena *arena);

/** The users whose texts the whole material holds, `self` first. **Owns**: `arena`. */
const uint64_t *drp_material_subjects(const struct drp_material *m, struct drp_sv self,
                                      const struct drp_dataset *ds,
                                      struct drp_arena *arena, size_t *n);

#endif
