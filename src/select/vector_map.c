#include "select/vector_map.h"

#include <string.h>

#include "base/banned.h"

static struct drp_sv bytes_of(const struct drp_sha256 *text)
{
    return (struct drp_sv){(const char *)text->bytes, sizeof text->bytes};
}

void drp_vector_map_release(struct drp_vector_map *map)
{
    drp_intern_release(&map->ids);
    drp_vec_release(&map->values);
}

const float *drp_vector_map_find(const struct drp_vector_map *map,
                                 const struct drp_sha256 *text)
{
    const uint32_t id = drp_intern_find(&map->ids, bytes_of(text));
    return id == DRP_NO_ID ? NULL : map->values.at + id * map->dim;
}

void drp_vector_map_add(struct drp_vector_map *map, const struct drp_sha256 *text,
                        const float *vector)
{
    const size_t at = map->ids.n * map->dim;
    if (drp_intern_add(&map->ids, bytes_of(text)) * map->dim < at)
        return;
    drp_vec_reserve(&map->values, at + map->dim);
    memcpy(map->values.at + at, vector, map->dim * sizeof *vector);
    map->values.n = at + map->dim;
}
