#include "engine/models.h"

#include <stdlib.h>

#include "base/fs.h"

#include "base/banned.h"

int drp_models_find(const char *name, struct drp_str *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_str folder;
    drp_str_init(&folder, 4096);
    const char *own = getenv("DRP_MODELS");
    if (own && *own) {
        drp_str_addz(&folder, own);
    } else {
        struct drp_str cache;
        drp_str_init(&cache, 4096);
        rc = drp_fs_cache_dir(&cache, err);
        drp_fs_join(&folder, cache.ptr, "models");
        drp_str_release(&cache);
        DRP_TRY(rc, rc);
    }
    if (drp_fs_kind(drp_fs_join(out, folder.ptr, name)) != DRP_FS_FILE)
        rc = drp_fail(err, DRP_ENOTFOUND,
                      "model '%s' is not there: 'make models' in the source folder makes it",
                      out->ptr);
out:
    drp_str_release(&folder);
    return rc;
}
