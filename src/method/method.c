#include "method/method.h"

#include "base/base.h"
#include "base/nearest.h"
#include "method/drp.h"
#include "base/banned.h"

static const struct drp_method methods[] = {
    {
        .name = "drp",
        .title = "DRP",
        .source = "Unveiling Inference Scaling for Difference-Aware User Modeling, §2.2",
        .steps = "extract differences, validate each, summarise, write",
        .profile = drp_drp_profile,
        .write = drp_drp_write,
    },
};

const struct drp_method *drp_methods(size_t *n)
{
    *n = DRP_LEN(methods);
    return methods;
}

int drp_method_find(struct drp_sv name, const struct drp_method **out, struct drp_err *err)
{
    struct drp_nearest nearest = drp_nearest_start(name);
    for (size_t i = 0; i < DRP_LEN(methods); i++) {
        if (drp_sv_is(name, methods[i].name)) {
            *out = &methods[i];
            return 0;
        }
        drp_nearest_offer(&nearest, drp_sv_from(methods[i].name));
    }
    return drp_fail(err, DRP_EUSAGE,
                    "unknown method '%.*s': did you mean '%.*s'? see 'drp methods'",
                    DRP_SV_ARG(name), DRP_SV_ARG(nearest.best));
}
