/* Vectors in memory, by the SHA-256 of their text. */
#ifndef DRP_SELECT_VECTOR_MAP_H
#define DRP_SELECT_VECTOR_MAP_H

#include "base/hash.h"
#include "base/intern.h"
#include "base/vec.h"

/** A table from hashes to vectors of one length. Start with `{0}`. One owner; readers may share. */
struct drp_vector_map {
    size_t dim;
    struct drp_intern ids; /* of the hashes' bytes             */
    DRP_VEC(float) values; /* (ids.n, dim) by id               */
};

/** Frees the contents. */
void drp_vector_map_release(struct drp_vector_map *map);

/** The vector of a hash, NULL when there is none. Borrowed until the next add. */
const float *drp_vector_map_find(const struct drp_vector_map *map,
                                 const struct drp_sha256 *text);

/** Adds a vector of map->dim values; one that is there already stays. */
void drp_vector_map_add(struct drp_vector_map *map, const struct drp_sha256 *text,
                        const float *vector);

#endif
