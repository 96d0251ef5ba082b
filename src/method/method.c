#include "method/method.h"

#include "base/base.h"
#include "base/nearest.h"
#include "method/stage.h"
#include "method/table.h"
#include "base/banned.h"

#define DRP_METHOD_ONE(name) +1
_Static_assert((DRP_METHODS(DRP_METHOD_ONE)) * DRP_N_STAGES <= DRP_MAX_USED,
               "an account has a row for each stage of each method");
#undef DRP_METHOD_ONE

static const struct drp_method *const methods[] = {
#define DRP_METHOD_ROW(name) &drp_method_##name,
    DRP_METHODS(DRP_METHOD_ROW)
#undef DRP_METHOD_ROW
};

const struct drp_method *const *drp_methods(size_t *n)
{
    *n = DRP_LEN(methods);
    return methods;
}

int drp_method_predict(struct drp_method_ctx *x, const struct drp_method *method,
                       const struct drp_sample *s, struct drp_profile *profile,
                       struct drp_prediction *out, struct drp_err *err)
{
    int rc = 0;
    x->method = method;
    *profile = (struct drp_profile){0};
    *out = (struct drp_prediction){0};
    if (method->profile)
        DRP_TRY(rc, method->profile(x, s, profile, err));
    DRP_TRY(rc, method->write(x, s, profile, out, err));
out:
    return rc;
}

int drp_method_find(struct drp_sv name, const struct drp_method **out, struct drp_err *err)
{
    struct drp_nearest nearest = drp_nearest_start(name);
    for (size_t i = 0; i < DRP_LEN(methods); i++) {
        if (drp_sv_is(name, methods[i]->name)) {
            *out = methods[i];
            return 0;
        }
        drp_nearest_offer(&nearest, drp_sv_from(methods[i]->name));
    }
    if (!drp_nearest_is_likely(&nearest))
        return drp_fail(err, DRP_EUSAGE, "unknown method '%.*s': drp methods lists all",
                        DRP_SV_ARG(name));
    return drp_fail(err, DRP_EUSAGE,
                    "unknown method '%.*s': did you mean '%.*s'? see 'drp methods'",
                    DRP_SV_ARG(name), DRP_SV_ARG(nearest.best));
}
