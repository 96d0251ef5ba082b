#include "engine/backend.h"

#include "base/base.h"

#include "base/banned.h"

static const struct drp_backend *const built_in[] = {
    &drp_backend_llama,
    &drp_backend_openai,
};

/* Filled by tests and benches before they open models, empty in the program: the one
 * place that lets a whole run, options included, meet a scripted model. */
static struct {
    const struct drp_backend *backend;
    void *ctx;
} registered[8];

void drp_backend_register(const struct drp_backend *backend, void *ctx)
{
    for (size_t i = 0; i < DRP_LEN(registered); i++) {
        const struct drp_backend *there = registered[i].backend;
        if (there && !drp_sv_is(drp_sv_from(there->name), backend->name))
            continue;
        registered[i].backend = backend;
        registered[i].ctx = ctx;
        return;
    }
}

const struct drp_backend *drp_backend_find(struct drp_sv scheme, void **ctx)
{
    *ctx = NULL;
    for (size_t i = 0; i < DRP_LEN(registered) && registered[i].backend; i++)
        if (drp_sv_is(scheme, registered[i].backend->name)) {
            *ctx = registered[i].ctx;
            return registered[i].backend;
        }
    for (size_t i = 0; i < DRP_LEN(built_in); i++)
        if (drp_sv_is(scheme, built_in[i]->name))
            return built_in[i];
    return NULL;
}
