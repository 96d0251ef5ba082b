#include "base/assets.h"

#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static int compare_name(const void *name, const void *asset)
{
    return strcmp(name, ((const struct drp_asset *)asset)->name);
}

struct drp_sv drp_asset_get(const char *name)
{
    const struct drp_asset *const found =
        bsearch(name, drp_assets, drp_n_assets, sizeof *drp_assets, compare_name);
    if (!found)
        return (struct drp_sv){NULL, 0};
    return (struct drp_sv){(const char *)found->bytes, found->len};
}
