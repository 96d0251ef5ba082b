#include "run/fidelity.h"

#include <string.h>

#include "base/base.h"

#include "base/banned.h"

/*
 * What a choice gives to an option; of several that are made, the first row counts. Settings of methods have a
 * table of their own.
 */
static const struct row {
    const char *preset, *choice; /* --preset choice        */
    const char *option, *value;  /* … sets --option value  */
    const char *help;
} rows[] = {
    /* Nobody shares an item there, whatever the reading. */
    {"task", "generic", "select", "user", "who is compared"},
    {"fidelity", "paper", "select", "user", "who is compared"},
    {"fidelity", "released", "select", "item", "who is compared"},
    {"fidelity", "released", "max-tokens", "4096", "cap of every answer"},
    {"fidelity", "paper", "evidence", "off", "what is counted in the texts"},
    {"fidelity", "released", "evidence", "off", "what is counted in the texts"},
};

enum drp_fidelity drp_fidelity_of(const struct drp_options *o)
{
    return drp_sv_is(o->fidelity, "paper")      ? DRP_FIDELITY_PAPER
           : drp_sv_is(o->fidelity, "released") ? DRP_FIDELITY_RELEASED
                                                : DRP_FIDELITY_OURS;
}

/* The row in force for an option, NULL: none. */
static const struct row *row_for(const struct drp_options *o, const char *option)
{
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv chosen =
            strcmp(rows[i].preset, "task") == 0 ? o->task : o->fidelity;
        if (strcmp(rows[i].option, option) == 0 && drp_sv_is(chosen, rows[i].choice))
            return &rows[i];
    }
    return NULL;
}

const char *drp_fidelity_value(const struct drp_options *o, const char *option)
{
    const struct row *const row = row_for(o, option);
    return row ? row->value : NULL;
}

/* Lines for the options that rows in force switch. */
static void add_options(const struct drp_options *o, struct drp_str *out)
{
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const char *usual = drp_option_find(drp_sv_from(rows[i].option))->fallback;
        if (row_for(o, rows[i].option) == &rows[i] && strcmp(rows[i].value, usual) != 0)
            drp_str_addf(out, "  --%s %s (%s)\n", rows[i].option, rows[i].value,
                         rows[i].help);
    }
}

/* Lines for the settings that a reading switches. */
static void add_settings(enum drp_fidelity fidelity, struct drp_str *out)
{
    size_t n;
    const struct drp_setting *settings = drp_settings_table(&n);
    for (size_t i = 0; i < n; i++) {
        const char *value =
            fidelity == DRP_FIDELITY_PAPER ? settings[i].paper : settings[i].released;
        if (value)
            drp_str_addf(out, "  --set %s=%s (%s)\n", settings[i].key, value,
                         settings[i].help);
    }
}

void drp_fidelity_describe(const struct drp_options *o, struct drp_str *out)
{
    const enum drp_fidelity fidelity = drp_fidelity_of(o);
    const bool is_generic = drp_sv_is(o->task, "generic");
    if (is_generic)
        drp_str_addz(out, "--task generic ");
    if (fidelity != DRP_FIDELITY_OURS)
        drp_str_addf(out, "--fidelity %.*s ", DRP_SV_ARG(o->fidelity));
    if (out->len == 0)
        return;
    drp_str_addz(out, "switches, where nothing else was given:\n");
    add_options(o, out);
    if (fidelity == DRP_FIDELITY_OURS)
        return;
    add_settings(fidelity, out);
    drp_str_addz(out,
                 "The prompts stay ours; contrib/released-prompts makes a --prompts folder from a checkout\n"
                 "of the authors' code.\n");
}
