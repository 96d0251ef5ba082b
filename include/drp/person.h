/* Who shall write, what they wrote before, and what others wrote: all that a text is personalised from. */
#ifndef DRP_PERSON_H
#define DRP_PERSON_H

#include <stdint.h>

#include "drp/sv.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A text that somebody wrote about an item, or the text to write. Strings are borrowed and UTF-8; what is `{0}` is
 * not given. Texts are about the same item when `item` is equal, or, where it is absent, `item_title`, or
 * `item_description`. One of the texts about an item needs to have its title and description.
 */
struct drp_text {
    struct drp_sv author; /* id of who wrote it, for texts of others; absent: one more stranger */
    struct drp_sv item; /* id of the item                                                      */
    struct drp_sv item_title;
    struct drp_sv item_description; /* or, for other texts than reviews, what was to be answered */
    struct drp_sv title; /* of the text                                               */
    struct drp_sv text;  /* white space counts as one blank                           */
    double rating;       /* that the author gave; 0: not given                        */
    int64_t time_ms;     /* since 1970; 0: not given                                  */
};

/** A person and those whom they are compared with. `{0}` is somebody who has not written anything. */
struct drp_person {
    struct drp_sv id; /* stands in the journal as a hash only, for erasure; absent: nobody's */
    const struct drp_text *own; /* (n_own) the newer the later; by time when all have one      */
    size_t n_own;
    const struct drp_text *others; /* (n_others) in any order; those by `id` are passed over   */
    size_t n_others;
};

#ifdef __cplusplus
}
#endif

#endif
