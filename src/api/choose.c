#include "api/choose.h"

#include <string.h>

#include "base/base.h"
#include "base/nearest.h"

#include "base/banned.h"

/* Rows of the table of options; drp/writer.h lists them. An option that is not here belongs to the command line. */
static const struct row {
    const char *name;
    bool each_text;
} rows[] = {
    {"method", true},
    {"items", true},
    {"peers", true},
    {"select", true},
    {"peers-before-target", true},
    {"task", true},
    {"temperature", true},
    {"top-p", true},
    {"seed", true},
    {"max-tokens", true},
    {"fidelity", true},
    {"validate", true},
    {"evidence", true},
    {"set", true},
    {"model", false},
    {"extractor", false},
    {"validator", false},
    {"summarizer", false},
    {"generator", false},
    {"embedder", false},
    {"prompts", false},
    {"config", false},
    {"strict", false},
    {"journal", false},
    {"api-key-file", false},
    {"give-up-after", false},
    {"stall-timeout", false},
    {"max-tokens-total", false},
    {"max-cost", false},
};

static const struct row *find_row(struct drp_sv name)
{
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        if (drp_sv_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}

static int unknown(struct drp_sv name, struct drp_err *err)
{
    struct drp_nearest nearest = drp_nearest_start(name);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        drp_nearest_offer(&nearest, drp_sv_from(rows[i].name));
    if (!drp_nearest_is_likely(&nearest))
        return drp_fail(err, DRP_EUSAGE, "unknown option '%.*s': drp/writer.h lists all",
                        DRP_SV_ARG(name));
    return drp_fail(err, DRP_EUSAGE, "unknown option '%.*s': did you mean '%.*s'?",
                    DRP_SV_ARG(name), DRP_SV_ARG(nearest.best));
}

int drp_choose(struct drp_options *o, const struct drp_choice *choice, bool is_text,
               struct drp_arena *arena, struct drp_err *err)
{
    const struct drp_sv name = drp_sv_from(choice->name ? choice->name : "");
    const struct row *row = find_row(name);
    if (!row)
        return unknown(name, err);
    if (!choice->value)
        return drp_fail(err, DRP_EUSAGE, "no value for option '%s'", row->name);
    if (is_text && !row->each_text)
        return drp_fail(err, DRP_EUSAGE,
                        "option '%s' cannot change from text to text: set it before the "
                        "writer is opened",
                        row->name);
    return drp_options_set(o, drp_option_find(name), drp_sv_from(choice->value), arena,
                           err);
}
