/* Vectors from a file of JSON lines. */
#ifndef DRP_SELECT_VECTOR_FILE_H
#define DRP_SELECT_VECTOR_FILE_H

#include "base/err.h"
#include "select/vector_map.h"

/**
 * Reads lines `{"text_sha256": 64 hex digits, "vector": [numbers]}` into an empty map; of several lines with one
 * hash the first counts. **Errors**: DRP_ENOTFOUND, DRP_EIO, DRP_EINPUT (file, line, field; lengths that differ; no line).
 */
int drp_vector_file_read(const char *path, struct drp_vector_map *map,
                         struct drp_err *err) DRP_CHECKED;

#endif
