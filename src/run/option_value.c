#include "run/option_value.h"

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "run/option_table.h"

#include "base/banned.h"

enum { MAX_VALUE_BYTES = 1 << 20 };

static void *value_of(struct drp_options *o, const struct drp_option *opt)
{
    return (char *)o + opt->offset;
}

static const void *const_value_of(const struct drp_options *o, const struct drp_option *opt)
{
    return (const char *)o + opt->offset;
}

static int check_choice(const struct drp_option *opt, struct drp_sv text,
                        struct drp_err *err)
{
    struct drp_sv rest = drp_sv_from(opt->choices);
    while (rest.len > 0) {
        const size_t bar = drp_sv_find(rest, DRP_SV("|"), 0);
        if (drp_sv_eq(drp_sv_slice(rest, 0, bar), text))
            return 0;
        rest = drp_sv_slice(rest, bar == SIZE_MAX ? rest.len : bar + 1, rest.len);
    }
    return drp_fail(err, DRP_EUSAGE, "bad value '%.*s' for --%s: one of %s",
                    DRP_SV_ARG(text), opt->name, opt->choices);
}

static bool holds_numbers(const struct drp_option *opt)
{
    return opt->type == DRP_OPT_NUMS || opt->type == DRP_OPT_INTS;
}

static int parse_number(const struct drp_option *opt, struct drp_sv text, double *out,
                        struct drp_err *err)
{
    const bool whole = opt->type == DRP_OPT_INT || opt->type == DRP_OPT_INTS;
    if (!drp_sv_double(text, out) || (whole && *out != floor(*out)))
        return drp_fail(err, DRP_EUSAGE, "bad value '%.*s' for --%s: %s is needed",
                        DRP_SV_ARG(text), opt->name, whole ? "a whole number" : "a number");
    if (*out < opt->min && opt->max == DRP_OPT_BIG)
        return drp_fail(err, DRP_EUSAGE, "bad value '%.*s' for --%s: %g or more is needed",
                        DRP_SV_ARG(text), opt->name, opt->min);
    if (*out < opt->min || *out > opt->max)
        return drp_fail(err, DRP_EUSAGE, "bad value '%.*s' for --%s: %g to %g is allowed",
                        DRP_SV_ARG(text), opt->name, opt->min, opt->max);
    return 0;
}

static int parse_flag(const struct drp_option *opt, struct drp_sv text, bool *out,
                      struct drp_err *err)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true},   {"1", true},  {"yes", true},
                 {"false", false}, {"0", false}, {"no", false}};
    for (size_t i = 0; i < DRP_LEN(words); i++)
        if (drp_sv_is(text, words[i].word)) {
            *out = words[i].value;
            return 0;
        }
    return drp_fail(err, DRP_EUSAGE, "bad value '%.*s' for --%s: true or false is needed",
                    DRP_SV_ARG(text), opt->name);
}

void drp_strings_add(struct drp_strings *list, struct drp_sv text, struct drp_arena *arena)
{
    struct drp_sv *longer = drp_arena_new(arena, struct drp_sv, list->n + 1);
    if (list->n > 0)
        memcpy(longer, list->at, list->n * sizeof *longer);
    longer[list->n++] = drp_arena_sv(arena, text);
    list->at = longer;
}

static void add_number(struct drp_numbers *list, double value, struct drp_arena *arena)
{
    double *longer = drp_arena_new(arena, double, list->n + 1);
    if (list->n > 0)
        memcpy(longer, list->at, list->n * sizeof *longer);
    longer[list->n++] = value;
    list->at = longer;
}

static bool has_text(const struct drp_strings *list, struct drp_sv text)
{
    for (size_t i = 0; i < list->n; i++)
        if (drp_sv_eq(list->at[i], text))
            return true;
    return false;
}

static bool has_number(const struct drp_numbers *list, double value)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->at[i] == value)
            return true;
    return false;
}

/* Adds one element to a list option; a value that is there already is not added again. */
static int add_element(const struct drp_option *opt, struct drp_sv text,
                       struct drp_arena *arena, void *value, struct drp_err *err)
{
    if (holds_numbers(opt)) {
        double number;
        const int rc = parse_number(opt, text, &number, err);
        if (rc == 0 && !has_number(value, number))
            add_number(value, number, arena);
        return rc;
    }
    if (text.len == 0)
        return drp_fail(err, DRP_EUSAGE, "empty value for --%s: %s is needed", opt->name,
                        opt->value);
    if (!has_text(value, text))
        drp_strings_add(value, text, arena);
    return 0;
}

static int add_elements(const struct drp_option *opt, struct drp_sv text,
                        struct drp_arena *arena, void *value, struct drp_err *err)
{
    int rc = 0;
    if (opt->type == DRP_OPT_STRS)
        return add_element(opt, text, arena, value, err);
    for (size_t comma; rc == 0; text = drp_sv_slice(text, comma + 1, text.len)) {
        comma = drp_sv_find(text, DRP_SV(","), 0);
        rc = add_element(opt, drp_sv_trim(drp_sv_slice(text, 0, comma)), arena, value, err);
        if (comma == SIZE_MAX)
            break;
    }
    return rc;
}

int drp_option_set(const struct drp_option *opt, struct drp_sv text,
                   struct drp_arena *arena, struct drp_options *o, struct drp_err *err)
{
    void *value = value_of(o, opt);
    double number;
    int rc = 0;
    switch (opt->type) {
    case DRP_OPT_FLAG:
        return parse_flag(opt, text, value, err);
    case DRP_OPT_INT:
        DRP_TRY(rc, parse_number(opt, text, &number, err));
        *(int64_t *)value = (int64_t)number;
        break;
    case DRP_OPT_NUM:
        DRP_TRY(rc, parse_number(opt, text, value, err));
        break;
    case DRP_OPT_STR:
        if (opt->choices)
            DRP_TRY(rc, check_choice(opt, text, err));
        *(struct drp_sv *)value = drp_arena_sv(arena, text);
        break;
    case DRP_OPT_STRS:
    case DRP_OPT_NAMES:
    case DRP_OPT_NUMS:
    case DRP_OPT_INTS:
        return add_elements(opt, text, arena, value, err);
    }
out:
    return rc;
}

void drp_option_add_variable(const struct drp_option *opt, struct drp_str *out)
{
    drp_str_addz(out, "DRP_");
    for (const char *c = opt->name; *c; c++)
        drp_str_addc(out, (char)(*c == '-'                ? '_'
                                 : *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A'
                                                          : *c));
}

bool drp_option_is_list(const struct drp_option *opt)
{
    return opt->type >= DRP_OPT_STRS;
}

void drp_option_clear(const struct drp_option *opt, struct drp_options *o)
{
    if (holds_numbers(opt))
        *(struct drp_numbers *)value_of(o, opt) = (struct drp_numbers){0};
    else
        *(struct drp_strings *)value_of(o, opt) = (struct drp_strings){0};
}

static int scalar_from_json(const struct drp_option *opt, const struct drp_json_val *v,
                            struct drp_arena *arena, struct drp_options *o,
                            struct drp_err *err)
{
    struct drp_str text;
    drp_str_init(&text, MAX_VALUE_BYTES);
    if (drp_json_type(v) == DRP_JSON_STR)
        drp_str_add(&text, drp_json_str(v));
    else
        drp_json_write(&text, v);
    const int rc = drp_option_set(opt, drp_str_sv(&text), arena, o, err);
    drp_str_release(&text);
    return rc;
}

int drp_option_from_json(const struct drp_option *opt, const struct drp_json_val *v,
                         struct drp_arena *arena, struct drp_options *o,
                         struct drp_err *err)
{
    if (drp_json_type(v) == DRP_JSON_OBJ ||
        (drp_json_type(v) == DRP_JSON_ARR && !drp_option_is_list(opt)))
        return drp_fail(err, DRP_EUSAGE, "bad value for '%s': not %s", opt->name,
                        drp_json_type_words(drp_json_type(v)));
    if (drp_json_type(v) != DRP_JSON_ARR)
        return scalar_from_json(opt, v, arena, o, err);
    struct drp_json_iter it = {0};
    const struct drp_json_val *element;
    int rc = 0;
    while (rc == 0 && (element = drp_json_next(v, &it, NULL)))
        rc = scalar_from_json(opt, element, arena, o, err);
    return rc;
}

static void write_value(const struct drp_option *opt, const void *value, struct drp_jw *w)
{
    const struct drp_strings *texts = value;
    const struct drp_numbers *numbers = value;
    switch (opt->type) {
    case DRP_OPT_FLAG:
        drp_jw_bool(w, *(const bool *)value);
        break;
    case DRP_OPT_INT:
        drp_jw_int(w, *(const int64_t *)value);
        break;
    case DRP_OPT_NUM:
        drp_jw_num(w, *(const double *)value);
        break;
    case DRP_OPT_STR:
        drp_jw_str(w, *(const struct drp_sv *)value);
        break;
    case DRP_OPT_STRS:
    case DRP_OPT_NAMES:
        drp_jw_arr(w);
        for (size_t i = 0; i < texts->n; i++)
            drp_jw_str(w, texts->at[i]);
        drp_jw_arr_end(w);
        break;
    case DRP_OPT_NUMS:
    case DRP_OPT_INTS:
        drp_jw_arr(w);
        for (size_t i = 0; i < numbers->n; i++)
            drp_jw_num(w, numbers->at[i]);
        drp_jw_arr_end(w);
        break;
    }
}

void drp_option_write(const struct drp_option *opt, const struct drp_options *o,
                      const char *key, struct drp_jw *w)
{
    drp_jw_key(w, key);
    write_value(opt, const_value_of(o, opt), w);
}

void drp_options_write(const struct drp_options *o, unsigned verb,
                       enum drp_option_rule rule, struct drp_jw *w)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    for (size_t i = 0; i < n; i++) {
        if (!(table[i].verbs & verb) || table[i].rule != rule)
            continue;
        drp_option_write(&table[i], o, table[i].name, w);
    }
}

int drp_option_merge(const struct drp_option *opt, const struct drp_json_val *former,
                     struct drp_arena *arena, struct drp_options *o, struct drp_err *err)
{
    /* Former values come first, so that a run that is continued keeps its order. */
    struct drp_options joined = *o;
    drp_option_clear(opt, &joined);
    int rc = drp_option_from_json(opt, former, arena, &joined, err);
    if (rc < 0)
        return rc;
    if (holds_numbers(opt)) {
        const struct drp_numbers *added = const_value_of(o, opt);
        struct drp_numbers *all = value_of(&joined, opt);
        for (size_t i = 0; i < added->n; i++)
            if (!has_number(all, added->at[i]))
                add_number(all, added->at[i], arena);
    } else {
        const struct drp_strings *added = const_value_of(o, opt);
        struct drp_strings *all = value_of(&joined, opt);
        for (size_t i = 0; i < added->n; i++)
            if (!has_text(all, added->at[i]))
                drp_strings_add(all, added->at[i], arena);
    }
    *o = joined;
    return 0;
}
