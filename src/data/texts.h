/* A dataset in memory, made from texts that a program or a file has, for one person. */
#ifndef DRP_DATA_TEXTS_H
#define DRP_DATA_TEXTS_H

#include "data/dataset.h"
#include "drp/person.h"

/**
 * Makes a dataset of a person, of those whom they are compared with, and of all items: no thresholds, nothing on
 * disk, everything copied. A row holds all texts of its author, oldest first (as given, unless all have a time).
 * `*row` is the person's, who has one even without a text; its target is what to write: item, rating and title, and
 * no text yet. An item without title or id is called by the beginning of its description. The hash is zero.
 * **Owns**: caller, drp_dataset_free(). **Errors**: DRP_EINPUT naming text and field (an empty text, no UTF-8).
 */
int drp_dataset_from_texts(const struct drp_person *person, const struct drp_text *target,
                           struct drp_dataset **out, size_t *row,
                           struct drp_err *err) DRP_CHECKED;

#endif
