/* Any text as a model SPEC: refused with a reason, or taken apart into pieces of
 * itself. */
#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"
#include "engine/spec.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_spec spec;
    int64_t value = 0;
    static const char *const allowed[] = {"ctx", "slots", NULL};
    const struct drp_sv text = {(const char *)data, size};
    const int rc = drp_spec_parse(text, &arena, &spec, &err);
    must(rc == 0 || (rc == DRP_EUSAGE && err.text[0] != '\0'));
    if (rc == 0) {
        size_t total = spec.scheme.len + spec.place.len + spec.model.len;
        must(spec.scheme.len > 0);
        for (size_t i = 0; i < spec.n_options; i++) {
            const struct drp_sv key = spec.options[i].key;
            must(key.len > 0 && spec.options[i].value.len > 0);
            must(drp_sv_find(key, DRP_SV("="), 0) == SIZE_MAX);
            for (size_t k = 0; k < i; k++)
                must(!drp_sv_eq(key, spec.options[k].key));
            total += key.len + spec.options[i].value.len;
        }
        must(total <= size + 5); /* 5: the "llama" of a bare path */
        if (drp_spec_int(&spec, "ctx", (struct drp_spec_range){1, 100, 7}, &value, &err) ==
            0)
            must(value >= 1 && value <= 100);
        must(drp_spec_only(&spec, allowed, &err) == 0 || spec.n_options > 0);
    }
    drp_arena_release(&arena);
    return 0;
}
