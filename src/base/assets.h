/* Files of prompts/ and share/ that the build puts into the program, so that one binary is enough. */
#ifndef DRP_BASE_ASSETS_H
#define DRP_BASE_ASSETS_H

#include <stddef.h>

#include "base/str.h"

/** One embedded file; `name` is its path in the source tree, e.g. "prompts/drp/extract.txt". */
struct drp_asset {
    const char *name;
    const unsigned char *bytes;
    size_t len;
};

/** All embedded files, sorted by name; the build generates them. */
extern const struct drp_asset drp_assets[];
extern const size_t drp_n_assets;

/** The contents of an embedded file; the absent sv when there is none of that name. Static storage. */
struct drp_sv drp_asset_get(const char *name);

#endif
