#include "run/options_show.h"

#include <math.h>

#include "base/base.h"
#include "run/fidelity.h"
#include "run/option_table.h"
#include "run/option_value.h"

#include "base/banned.h"

enum { NAME_COLUMNS = 20, VALUE_COLUMNS = 28 };

/* ---- where from --------------------------------------------------------------------------- */

static const char *preset_name(const struct drp_options *o)
{
    return o->fidelity.ptr ? "--fidelity" : "--task";
}

static void add_source(const struct drp_options *o, const struct drp_option *opt,
                       struct drp_str *out)
{
    size_t n;
    switch (o->from[opt - drp_options_table(&n)]) {
    case DRP_FROM_DEFAULT:
        drp_str_addz(out, "default");
        break;
    case DRP_FROM_PRESET:
        drp_str_addz(out, preset_name(o));
        break;
    case DRP_FROM_RUN:
        drp_str_addz(out, "the run");
        break;
    case DRP_FROM_FILE:
        drp_str_addf(out, "config '%.*s'", DRP_SV_ARG(o->config));
        break;
    case DRP_FROM_ENVIRONMENT:
        drp_str_addz(out, "environment ");
        drp_option_add_variable(opt, out);
        break;
    case DRP_FROM_LINE:
        drp_str_addz(out, "command line");
        break;
    }
}

/* True when --set names the key. */
static bool is_set(const struct drp_options *o, const char *key)
{
    for (size_t i = 0; i < o->set.n; i++) {
        const struct drp_sv text = o->set.at[i];
        if (drp_sv_is(drp_sv_trim(drp_sv_slice(text, 0, drp_sv_find(text, DRP_SV("="), 0))),
                      key))
            return true;
    }
    return false;
}

static void add_setting_source(const struct drp_options *o, const struct drp_setting *row,
                               struct drp_str *out)
{
    const enum drp_fidelity fidelity = drp_fidelity_of(o);
    const char *preset = fidelity == DRP_FIDELITY_PAPER      ? row->paper
                         : fidelity == DRP_FIDELITY_RELEASED ? row->released
                                                             : NULL;
    if (is_set(o, row->key))
        add_source(o, drp_option_find(DRP_SV("set")), out);
    else if (o->validate.ptr && drp_sv_is(DRP_SV("drp.validate"), row->key))
        drp_str_addz(out, "--validate");
    else
        drp_str_addz(out, preset ? "--fidelity" : "default");
}

/* ---- values ------------------------------------------------------------------------------- */

static void add_texts(const struct drp_strings *list, struct drp_str *out)
{
    for (size_t i = 0; i < list->n; i++)
        drp_str_addf(out, "%s%.*s", i > 0 ? "," : "", DRP_SV_ARG(list->at[i]));
}

static void add_value(const struct drp_options *o, const struct drp_option *opt,
                      struct drp_str *out)
{
    const void *value = (const char *)o + opt->offset;
    const struct drp_numbers *numbers = value;
    switch (opt->type) {
    case DRP_OPT_FLAG:
        drp_str_addz(out, *(const bool *)value ? "on" : "off");
        break;
    case DRP_OPT_INT:
        drp_str_addf(out, "%lld", (long long)*(const int64_t *)value);
        break;
    case DRP_OPT_NUM:
        if (!isnan(*(const double *)value))
            drp_str_addf(out, "%g", *(const double *)value);
        break;
    case DRP_OPT_STR:
        drp_str_add(out, *(const struct drp_sv *)value);
        break;
    case DRP_OPT_STRS:
    case DRP_OPT_NAMES:
        add_texts(value, out);
        break;
    case DRP_OPT_NUMS:
    case DRP_OPT_INTS:
        for (size_t i = 0; i < numbers->n; i++)
            drp_str_addf(out, "%s%g", i > 0 ? "," : "", numbers->at[i]);
        break;
    }
}

/* ---- rows --------------------------------------------------------------------------------- */

static void add_row(struct drp_str *out, const char *name, struct drp_sv value,
                    struct drp_sv source)
{
    drp_str_addf(out, "%-*s %-*s %.*s\n", NAME_COLUMNS, name, VALUE_COLUMNS,
                 value.len > 0 ? value.ptr : "-", DRP_SV_ARG(source));
}

static bool takes_settings(unsigned verb)
{
    return drp_option_find(DRP_SV("set"))->verbs & verb;
}

void drp_options_show_text(const struct drp_options *o, unsigned verb, struct drp_str *out)
{
    size_t n, n_settings;
    const struct drp_option *table = drp_options_table(&n);
    const struct drp_setting *settings = drp_settings_table(&n_settings);
    struct drp_str value, source;
    drp_str_init(&value, 1 << 20);
    drp_str_init(&source, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        if (!(table[i].verbs & verb))
            continue;
        drp_str_clear(&value);
        drp_str_clear(&source);
        add_value(o, &table[i], &value);
        add_source(o, &table[i], &source);
        add_row(out, table[i].name, drp_str_sv(&value), drp_str_sv(&source));
    }
    for (size_t i = 0; i < n_settings && takes_settings(verb); i++) {
        drp_str_clear(&value);
        drp_str_clear(&source);
        drp_setting_add_value(&settings[i], &o->settings, &value);
        add_setting_source(o, &settings[i], &source);
        add_row(out, settings[i].key, drp_str_sv(&value), drp_str_sv(&source));
    }
    drp_str_release(&value);
    drp_str_release(&source);
}

static void open_member(struct drp_jw *w, const char *name)
{
    drp_jw_key(w, name);
    drp_jw_obj(w);
}

static void close_member(struct drp_jw *w, struct drp_str *source)
{
    drp_jw_key_str(w, "from", drp_str_sv(source));
    drp_jw_obj_end(w);
    drp_str_clear(source);
}

static void write_settings(const struct drp_options *o, struct drp_str *text,
                           struct drp_jw *w)
{
    size_t n;
    const struct drp_setting *settings = drp_settings_table(&n);
    open_member(w, "settings");
    for (size_t i = 0; i < n; i++) {
        open_member(w, settings[i].key);
        drp_setting_add_value(&settings[i], &o->settings, text);
        drp_jw_key_str(w, "value", drp_str_sv(text));
        drp_str_clear(text);
        add_setting_source(o, &settings[i], text);
        close_member(w, text);
    }
    drp_jw_obj_end(w);
}

void drp_options_show_json(const struct drp_options *o, unsigned verb, struct drp_jw *w)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    struct drp_str text;
    drp_str_init(&text, 1 << 16);
    drp_jw_obj(w);
    open_member(w, "options");
    for (size_t i = 0; i < n; i++) {
        if (!(table[i].verbs & verb))
            continue;
        open_member(w, table[i].name);
        drp_option_write(&table[i], o, "value", w);
        add_source(o, &table[i], &text);
        close_member(w, &text);
    }
    drp_jw_obj_end(w);
    if (takes_settings(verb))
        write_settings(o, &text, w);
    drp_jw_obj_end(w);
    drp_str_release(&text);
}
