#include "run/fidelity.h"

#include <string.h>

#include "base/base.h"

#include "base/banned.h"

/* Options that a reading sets; settings of methods have theirs in their own table. */
static const struct row {
    const char *option, *paper, *released;
    const char *help;
} rows[] = {
    {"select", "user", "item", "who is compared"},
    {"max-tokens", NULL, "4096", "cap of every answer"},
    {"evidence", "off", "off", "what is counted in the texts"},
};

enum drp_fidelity drp_fidelity_of(const struct drp_options *o)
{
    return drp_sv_is(o->fidelity, "paper")      ? DRP_FIDELITY_PAPER
           : drp_sv_is(o->fidelity, "released") ? DRP_FIDELITY_RELEASED
                                                : DRP_FIDELITY_OURS;
}

static const char *value_in(enum drp_fidelity fidelity, const char *paper,
                            const char *released)
{
    return fidelity == DRP_FIDELITY_PAPER      ? paper
           : fidelity == DRP_FIDELITY_RELEASED ? released
                                               : NULL;
}

const char *drp_fidelity_value(enum drp_fidelity fidelity, const char *option)
{
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        if (strcmp(rows[i].option, option) == 0)
            return value_in(fidelity, rows[i].paper, rows[i].released);
    return NULL;
}

void drp_fidelity_describe(const struct drp_options *o, struct drp_str *out)
{
    const enum drp_fidelity fidelity = drp_fidelity_of(o);
    size_t n;
    const struct drp_setting *settings = drp_settings_table(&n);
    if (fidelity == DRP_FIDELITY_OURS)
        return;
    drp_str_addf(out, "--fidelity %.*s switches, where nothing else was given:\n",
                 DRP_SV_ARG(o->fidelity));
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const char *value = value_in(fidelity, rows[i].paper, rows[i].released);
        const char *usual = drp_option_find(drp_sv_from(rows[i].option))->fallback;
        if (value && strcmp(value, usual) != 0)
            drp_str_addf(out, "  --%s %s (%s)\n", rows[i].option, value, rows[i].help);
    }
    for (size_t i = 0; i < n; i++) {
        const char *value = value_in(fidelity, settings[i].paper, settings[i].released);
        if (value)
            drp_str_addf(out, "  --set %s=%s (%s)\n", settings[i].key, value,
                         settings[i].help);
    }
    drp_str_addz(out,
                 "The prompts stay ours; contrib/released-prompts makes a --prompts folder from a checkout\n"
                 "of the authors' code.\n");
}
