/* Files of text vectors: whatever the bytes, either a reason that names the file, or vectors of one length, all
 * finite, each found under its hash. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/base.h"
#include "select/vector_file.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_all(const struct drp_vector_map *map)
{
    must(map->dim > 0 && map->ids.n > 0 && map->values.n == map->ids.n * map->dim);
    for (uint32_t id = 0; id < map->ids.n; id++) {
        struct drp_sha256 key;
        const struct drp_sv bytes = drp_intern_get(&map->ids, id);
        must(bytes.len == sizeof key.bytes);
        memcpy(key.bytes, bytes.ptr, bytes.len);
        const float *vector = drp_vector_map_find(map, &key);
        must(vector == map->values.at + id * map->dim);
        for (size_t c = 0; c < map->dim; c++)
            must(isfinite(vector[c]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct drp_vector_map map = {0};
    struct drp_err err = {0};
    const int fd = memfd_create("vectors", 0);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const int rc = drp_vector_file_read(path, &map, &err);
    if (rc == 0)
        check_all(&map);
    else
        must(rc < 0 && strstr(err.text, path));
    drp_vector_map_release(&map);
    close(fd);
    return 0;
}
