/* What a stage's prompt is made of, as values for its template, whole or shortened by steps. */
#ifndef DRP_METHOD_MATERIAL_H
#define DRP_METHOD_MATERIAL_H

#include "data/dataset.h"
#include "data/sample.h"
#include "engine/prompt.h"
#include "feature/feature.h"

/** One text of a list: what a model said, or a line about somebody. */
struct drp_material_text {
    const struct drp_item *item; /* that it is about; NULL: none */
    struct drp_sv text;
};

/** Texts, best first unless the list's name says otherwise. */
struct drp_material_list {
    const struct drp_material_text *at;
    size_t n;
};

/** Lists that a material can have; templates know each by the word behind it. */
enum drp_material_name {
    DRP_LIST_DIFFERENCES, /* differences: what was said about each comparison     */
    DRP_LIST_CLAIMED,     /* claimed: features that are to be checked             */
    DRP_LIST_SUMMARIES,   /* summaries: of blocks of texts, oldest first          */
    DRP_LIST_FACTS,       /* facts: lines "category: values" about the user       */
    DRP_LIST_MINE,        /* mine: items retrieved about the user                 */
    DRP_LIST_THEIRS,      /* theirs: items retrieved about other users            */
    DRP_LIST_NOTES,       /* notes: anything else                                 */
    DRP_N_LISTS,
};

/** The parts of a prompt; what is empty or NULL is not there. Everything is borrowed. */
struct drp_material {
    /* Past reviews of the user. */
    struct drp_reviews own;
    bool own_by_time; /* oldest first, so that the first go when there is no room; else best first */
    /* One comparison instead: its own side, its peers, its item. */
    const struct drp_contrast *contrast;
    bool open_dimensions; /* the comparison names no dimension to begin with            */
    bool mask_peers;      /* what peers wrote about is not to be seen                   */
    /* Comparisons side by side, each with one text of either side. */
    const struct drp_contrast *pairs; /* (n_pairs) best first */
    size_t n_pairs;
    struct drp_material_list lists[DRP_N_LISTS];
    const uint32_t *others; /* (n_others) users whose texts stand in the lists           */
    size_t n_others;
    /* Comparisons that what a model said was made from: it may hold words of their authors. */
    const struct drp_contrast *drawn; /* (n_drawn) */
    size_t n_drawn;
    const struct drp_features *features; /* only the kept ones are shown                       */
    struct drp_sv profile; /* the summary                                        */
    /* Not shown: what the call is about, for its seed. NULL: the contrast's item, else the target's. */
    const struct drp_item *about;
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
 *     pairs  list of: number item description, own, peers (lists as above); `n_pairs`
 *     differences, claimed, summaries, facts, mine, theirs, notes
 *            lists of: number item description text; `n_differences` and so on
 *     profile
 *     seeded `yes`, unless the dimensions are open
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
