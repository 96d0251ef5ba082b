/* Values are set source by source, weakest first; the first value that a source gives to a list
 * replaces what weaker sources gave, the next ones are added. */
#include "run/options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/nearest.h"
#include "run/fidelity.h"
#include "run/model_table.h"
#include "run/option_table.h"
#include "run/option_value.h"

#include "base/banned.h"

/* What is being resolved, and from where just now. */
struct setting {
    const char *command; /* whose help is named in errors; NULL: a program sets options */
    struct drp_options *options;
    struct drp_arena *arena;
    enum drp_option_source now;
};

const struct drp_option *drp_option_find(struct drp_sv name)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    for (size_t i = 0; i < n; i++)
        if (drp_sv_is(name, table[i].name))
            return &table[i];
    return NULL;
}

/* Notes that the current source sets `opt`; its first value of a list replaces weaker ones. */
static void begin(struct setting *s, const struct drp_option *opt)
{
    size_t n;
    enum drp_option_source *from = &s->options->from[opt - drp_options_table(&n)];
    if (drp_option_is_list(opt) && *from != s->now)
        drp_option_clear(opt, s->options);
    *from = s->now;
}

static int set(struct setting *s, const struct drp_option *opt, struct drp_sv text,
               struct drp_err *err)
{
    begin(s, opt);
    return drp_option_set(opt, text, s->arena, s->options, err);
}

/* ---- sources ------------------------------------------------------------------------------ */

static int set_defaults(struct setting *s, struct drp_err *err)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    int rc = 0;
    s->now = DRP_FROM_DEFAULT;
    s->options->rating = NAN;
    for (size_t i = 0; i < n && rc == 0; i++)
        if (table[i].fallback)
            rc = set(s, &table[i], drp_sv_from(table[i].fallback), err);
    return rc;
}

static int set_environment(struct setting *s, unsigned verb, struct drp_err *err)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    struct drp_str name;
    int rc = 0;
    drp_str_init(&name, 256);
    s->now = DRP_FROM_ENVIRONMENT;
    for (size_t i = 0; i < n && rc == 0; i++) {
        drp_str_clear(&name);
        drp_option_add_variable(&table[i], &name);
        const char *text = getenv(name.ptr);
        if (text && (table[i].verbs & verb) &&
            (rc = set(s, &table[i], drp_sv_from(text), err)) < 0)
            drp_err_prefix(err, "environment %s", name.ptr);
    }
    drp_str_release(&name);
    return rc;
}

/* A variable whose name is nearly an option's is taken for a mistake; others are not for us. */
static void warn_of_variable(const char *variable)
{
    char name[64];
    size_t n, len = 0;
    for (; len + 1 < sizeof name && variable[len] && variable[len] != '='; len++) {
        const char c = variable[len];
        name[len] = (char)(c == '_' ? '-' : c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    name[len] = '\0';
    const struct drp_option *table = drp_options_table(&n);
    struct drp_nearest near = drp_nearest_start(drp_sv_from(name));
    for (size_t i = 0; i < n; i++)
        drp_nearest_offer(&near, drp_sv_from(table[i].name));
    if (drp_option_find(drp_sv_from(name)) || !drp_nearest_is_likely(&near))
        return;
    struct drp_str likely;
    drp_str_init(&likely, 256);
    drp_option_add_variable(drp_option_find(near.best), &likely);
    drp_log(DRP_LOG_WARN, "environment DRP_%.*s is no option: did you mean %s?", (int)len,
            variable, likely.ptr);
    drp_str_release(&likely);
}

static void warn_of_variables(void)
{
    static const char prefix[] = "DRP_", folder_of_models[] = "DRP_MODELS=";
    for (char *const *v = environ; *v; v++)
        if (strncmp(*v, prefix, strlen(prefix)) == 0 &&
            strncmp(*v, folder_of_models, strlen(folder_of_models)) != 0)
            warn_of_variable(*v + strlen(prefix));
}

static int unknown_option(const struct setting *s, struct drp_sv name, unsigned verb,
                          struct drp_err *err)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    struct drp_nearest near = drp_nearest_start(name);
    for (size_t i = 0; i < n; i++)
        if (table[i].verbs & verb)
            drp_nearest_offer(&near, drp_sv_from(table[i].name));
    const char *command = s->command ? s->command : "COMMAND";
    if (drp_option_find(name))
        return drp_fail(err, DRP_EUSAGE,
                        "'--%.*s' is no option of '%s': drp help %s lists what there is",
                        DRP_SV_ARG(name), command, command);
    if (!drp_nearest_is_likely(&near))
        return drp_fail(err, DRP_EUSAGE,
                        "unknown option '--%.*s': drp help %s lists what there is",
                        DRP_SV_ARG(name), command);
    return drp_fail(err, DRP_EUSAGE, "unknown option '--%.*s': did you mean --%.*s?",
                    DRP_SV_ARG(name), DRP_SV_ARG(near.best));
}

/* "trsr.mode": "hierarchical" is --set trsr.mode=hierarchical. */
static int set_setting(struct setting *s, struct drp_sv key, const struct drp_json_val *v,
                       struct drp_err *err)
{
    struct drp_str text;
    drp_str_init(&text, 4096);
    drp_str_addf(&text, "%.*s=", DRP_SV_ARG(key));
    if (drp_json_type(v) == DRP_JSON_STR)
        drp_str_add(&text, drp_json_str(v));
    else
        drp_json_write(&text, v);
    const int rc = set(s, drp_option_find(DRP_SV("set")), drp_str_sv(&text), err);
    drp_str_release(&text);
    return rc;
}

static int set_member(struct setting *s, struct drp_sv key, const struct drp_json_val *v,
                      unsigned verb, struct drp_err *err)
{
    if (drp_sv_is(key, "models"))
        return drp_model_table_read(v, s->arena, s->options, err);
    if (drp_sv_find(key, DRP_SV("."), 0) != SIZE_MAX)
        return set_setting(s, key, v, err);
    char name[64];
    snprintf(name, sizeof name, "%.*s", DRP_SV_ARG(key));
    for (char *c = name; *c; c++)
        *c = (char)(*c == '_' ? '-' : *c);
    const struct drp_option *opt = drp_option_find(drp_sv_from(name));
    if (!opt)
        return unknown_option(s, drp_sv_from(name), verb, err);
    begin(s, opt);
    return drp_option_from_json(opt, v, s->arena, s->options, err);
}

/* A config file serves several verbs: options of other verbs are checked and change nothing. */
static int set_config(struct setting *s, const char *path, unsigned verb,
                      struct drp_err *err)
{
    struct drp_json *doc = NULL;
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *member;
    s->now = DRP_FROM_FILE;
    int rc = drp_json_read(path, DRP_JSON_COMMENTS, &doc, err);
    if (rc < 0)
        return rc;
    if (drp_json_type(drp_json_root(doc)) != DRP_JSON_OBJ)
        DRP_TRY(rc, drp_fail(err, DRP_EUSAGE, "an object with options is needed"));
    while (rc == 0 && (member = drp_json_next(drp_json_root(doc), &it, &key)))
        rc = set_member(s, key, member, verb, err);
out:
    if (rc < 0)
        drp_err_prefix(err, "config '%s'", path);
    drp_json_free(doc);
    return rc;
}

/* The table as getopt_long wants it; `val` is the option's index plus a base that no character has. */
enum { INDEX_BASE = 1000 };

static void fill_long(struct option *out, unsigned verb)
{
    size_t n, used = 0;
    const struct drp_option *table = drp_options_table(&n);
    for (size_t i = 0; i < n; i++)
        if (table[i].verbs & verb)
            out[used++] = (struct option){
                table[i].name,
                table[i].type == DRP_OPT_FLAG ? optional_argument : required_argument,
                NULL,
                INDEX_BASE + (int)i,
            };
    out[used] = (struct option){0};
}

static int bad_argument(const struct setting *s, int c, const char *word, unsigned verb,
                        struct drp_err *err)
{
    if (c == ':')
        return drp_fail(err, DRP_EUSAGE, "no value for '%s'", word);
    struct drp_sv name = drp_sv_from(word);
    if (!drp_sv_starts(name, DRP_SV("--")))
        return drp_fail(err, DRP_EUSAGE,
                        "unknown option '%s': options are long, drp help %s lists them",
                        word, s->command);
    name = drp_sv_slice(name, 2, drp_sv_find(name, DRP_SV("="), 0));
    return unknown_option(s, name, verb, err);
}

static int set_line(struct setting *s, unsigned verb, int argc, char **argv,
                    struct drp_err *err)
{
    struct option longs[DRP_MAX_OPTIONS];
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    int rc = 0, c;
    fill_long(longs, verb);
    s->now = DRP_FROM_LINE;
    s->options->args = (struct drp_strings){0};
    opterr = 0;
    optind = 0;
    while (rc == 0 && (c = getopt_long(argc, argv, "-:h", longs, NULL)) != -1) {
        if (c == 1)
            drp_strings_add(&s->options->args, drp_sv_from(optarg), s->arena);
        else if (c == 'h')
            s->options->help = true;
        else if (c < INDEX_BASE)
            rc = bad_argument(s, c, argv[optind - 1], verb, err);
        else
            rc = set(s, &table[c - INDEX_BASE], drp_sv_from(optarg ? optarg : "true"), err);
    }
    for (int i = optind; rc == 0 && i < argc; i++)
        drp_strings_add(&s->options->args, drp_sv_from(argv[i]), s->arena);
    return rc;
}

/* What the task and a reading of the paper give to options that no source has set. */
static int set_presets(struct setting *s, struct drp_err *err)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    int rc = 0;
    s->now = DRP_FROM_PRESET;
    for (size_t i = 0; i < n && rc == 0; i++) {
        const char *value = drp_fidelity_value(s->options, table[i].name);
        if (value && s->options->from[i] == DRP_FROM_DEFAULT)
            rc = set(s, &table[i], drp_sv_from(value), err);
    }
    drp_settings_init(&s->options->settings, drp_fidelity_of(s->options));
    return rc;
}

/* Settings of methods: the reading's, then --validate, then --set. */
static int settle(struct setting *s, struct drp_err *err)
{
    struct drp_options *o = s->options;
    int rc = set_presets(s, err);
    if (rc == 0 && o->validate.ptr)
        rc = drp_settings_set(&o->settings,
                              drp_arena_f(s->arena, "drp.validate=%s", o->validate.ptr),
                              err);
    for (size_t i = 0; i < o->set.n && rc == 0; i++)
        rc = drp_settings_set(&o->settings, o->set.at[i], err);
    return rc;
}

int drp_options_take(struct drp_options *o, const struct drp_json_val *values,
                     struct drp_arena *arena, struct drp_err *err)
{
    struct setting s = {.options = o, .arena = arena, .now = DRP_FROM_RUN};
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *value;
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    int rc = 0;
    while (rc == 0 && (value = drp_json_next(values, &it, &key))) {
        const struct drp_option *opt = drp_option_find(key);
        if (!opt || o->from[opt - table] > DRP_FROM_RUN ||
            drp_json_type(value) == DRP_JSON_NULL)
            continue;
        begin(&s, opt);
        rc = drp_option_from_json(opt, value, arena, o, err);
    }
    return rc < 0 ? rc : settle(&s, err);
}

/* ---- a program as the source --------------------------------------------------------------- */

int drp_options_default(struct drp_options *out, struct drp_arena *arena,
                        struct drp_err *err)
{
    struct setting s = {.options = out, .arena = arena};
    *out = (struct drp_options){0};
    return set_defaults(&s, err);
}

int drp_options_set(struct drp_options *o, const struct drp_option *opt,
                    struct drp_sv text, struct drp_arena *arena, struct drp_err *err)
{
    struct setting s = {.options = o, .arena = arena};
    if (strcmp(opt->name, "config") == 0)
        return set_config(&s, drp_arena_sv(arena, text).ptr, opt->verbs, err);
    if (drp_option_is_list(opt) && opt->type != DRP_OPT_STRS)
        drp_option_clear(opt, o);
    s.now = DRP_FROM_LINE;
    return set(&s, opt, text, err);
}

int drp_options_settle(struct drp_options *o, struct drp_arena *arena, struct drp_err *err)
{
    struct setting s = {.options = o, .arena = arena};
    return settle(&s, err);
}

int drp_options_parse(unsigned verb, int argc, char **argv, struct drp_arena *arena,
                      struct drp_options *out, struct drp_err *err)
{
    struct setting s = {.command = argv[0], .options = out, .arena = arena};
    int rc = 0;
    *out = (struct drp_options){0};
    /* The line is read twice: first for --config, then over what the file says. */
    DRP_TRY(rc, set_defaults(&s, err));
    DRP_TRY(rc, set_environment(&s, verb, err));
    DRP_TRY(rc, set_line(&s, verb, argc, argv, err));
    if (out->help)
        goto out;
    if (out->config.ptr) {
        const struct drp_sv config = out->config;
        *out = (struct drp_options){0};
        DRP_TRY(rc, set_defaults(&s, err));
        DRP_TRY(rc, set_config(&s, config.ptr, verb, err));
        DRP_TRY(rc, set_environment(&s, verb, err));
        DRP_TRY(rc, set_line(&s, verb, argc, argv, err));
    }
    DRP_TRY(rc, settle(&s, err));
    warn_of_variables();
out:
    return rc;
}
