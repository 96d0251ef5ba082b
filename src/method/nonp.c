/* Non-P: what a model writes without knowing the user; the floor that the other methods stand on. */
#include "method/table.h"

#include <string.h>

#include "base/base.h"
#include "method/compose.h"
#include "base/banned.h"

/* Step 1, the only one: item, rating and title. */
static int write_text(struct drp_method_ctx *x, const struct drp_sample *s,
                      const struct drp_profile *found, struct drp_prediction *out,
                      struct drp_err *err)
{
    (void)found;
    const struct drp_material nothing = {0};
    *out = (struct drp_prediction){0};
    const int rc = drp_compose_text(x, s, "nonp/generate", &nothing, out, err);
    /* To know nothing of the user is the method here, not a step down. */
    if (out->fallback && strcmp(out->fallback, DRP_FALLBACK_PLAIN) == 0)
        out->fallback = NULL;
    return rc;
}

const struct drp_method drp_method_nonp = {
    .name = "nonp",
    .title = "Non-P",
    .source = "the paper's Table 1; the task without its history",
    .steps = "write from item, rating and title alone",
    .calls = "1",
    .inferred = "which of the target is shown: title and description of the item, rating and "
                "title of the text",
    .write = write_text,
};
