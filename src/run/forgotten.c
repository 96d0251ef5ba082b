#include "run/forgotten.h"

#include <assert.h>

#include "base/log.h"
#include "base/sweep.h"

#include "base/banned.h"

void drp_forgotten_add(struct drp_forgotten *out, struct drp_sv place, const char *unit,
                       uint64_t own, uint64_t quoting)
{
    assert(out->n_parts < DRP_FORGOTTEN_PARTS);
    out->parts[out->n_parts++] = (struct drp_forgotten_part){place, unit, own, quoting};
}

int drp_forgotten_sweep(const char *dir, struct drp_forgotten *out, struct drp_err *err)
{
    uint64_t n = 0;
    const int rc = drp_sweep(dir, &n, err);
    if (n > 0)
        drp_forgotten_add(out, DRP_SV("temporary files"), "file", n, 0);
    return rc;
}

static void warn(void *ctx, const char *name)
{
    drp_log(DRP_LOG_WARN, "'%s/%s' is none of our files: look into it yourself",
            (const char *)ctx, name);
}

int drp_forgotten_warn(const char *dir, const char *const *known, size_t n,
                       struct drp_err *err)
{
    return drp_sweep_unknown(dir, known, n, warn, (void *)dir, err);
}
