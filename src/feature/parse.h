/* Reads features out of whatever a model says. */
#ifndef DRP_FEATURE_PARSE_H
#define DRP_FEATURE_PARSE_H

#include "feature/feature.h"

/**
 * Reads the features of one answer: `{"features":[{"name","definition","difference"}…]}`, in a code fence or
 * bare, an array alone, or cut at any byte (complete features count); else blocks `--- [Name] Definition: …
 * Difference Description: … ---` with or without bold, brackets, separators, numbers and bullets. Fields
 * are trimmed and their white space collapsed; what lacks a name is left out, at most DRP_MAX_FEATURES are
 * read. Features come in the order of the text, ranked from 0, all kept.
 * Returns false when the answer holds no list at all; an empty list is one.
 * **Owns**: records and strings are the arena's. **Threads**: pure; linear but for nested broken JSON.
 * **Source**: the block format is that of the released DRP code, which never parses it.
 */
bool drp_features_parse(struct drp_sv answer, struct drp_arena *arena,
                        struct drp_features *out);

#endif
