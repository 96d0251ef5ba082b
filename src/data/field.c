#include "data/field.h"

#include <math.h>
#include <stdio.h>

#include "base/base.h"

#include "base/banned.h"

/*
 * Every integer up to here is a double, so that a time never changes on its way through
 * JSON.
 */
static const double MAX_TIME_MS = 9007199254740992.0;

struct drp_record drp_record_of(const struct drp_jsonl *r, const struct drp_json_val *value)
{
    return (struct drp_record){
        .value = value,
        .path = drp_jsonl_path(r),
        .line = drp_jsonl_line(r),
        .list = NULL,
        .index = -1,
    };
}

bool drp_field_has(const struct drp_record *r, const char *key)
{
    return drp_json_get(r->value, key) != NULL;
}

static const char *unit_of(const struct drp_record *r)
{
    return r->unit ? r->unit : "line";
}

/* "[3]" of a record in a list, else empty. */
static void write_index(const struct drp_record *r, char index[32])
{
    index[0] = '\0';
    if (r->list && r->index >= 0)
        (void)snprintf(index, 32, "[%lld]", (long long)r->index);
}

int drp_record_bad(const struct drp_record *r, const char *what, struct drp_err *err)
{
    char index[32];
    write_index(r, index);
    const int rc =
        drp_fail(err, DRP_EINPUT, "cannot read %s%s%s%s'%s' %s %lld: %s",
                 r->list ? "'" : "", r->list ? r->list : "", index,
                 r->list ? "' in " : "", r->path, unit_of(r), (long long)r->line, what);
    if (err)
        err->record = r->line;
    return rc;
}

int drp_field_bad(const struct drp_record *r, const char *key, const char *expected,
                  struct drp_err *err)
{
    const struct drp_json_val *const value = drp_json_get(r->value, key);
    char index[32];
    write_index(r, index);

    const int rc =
        drp_fail(err, DRP_EINPUT,
                 "cannot read '%s%s%s%s' in '%s' %s %lld: %s%s, expected %s",
                 r->list ? r->list : "", index, r->list ? "." : "", key, r->path,
                 unit_of(r), (long long)r->line, value ? "found " : "it is missing",
                 value ? drp_json_type_words(drp_json_type(value)) : "", expected);
    if (err)
        err->record = r->line;
    return rc;
}

int drp_field_text(const struct drp_record *r, const char *key, struct drp_sv *out,
                   struct drp_err *err)
{
    const struct drp_json_val *const value = drp_json_get(r->value, key);
    if (drp_json_type(value) != DRP_JSON_STR)
        return drp_field_bad(r, key, "a string", err);
    *out = drp_json_str(value);
    return 0;
}

int drp_field_text_or_empty(const struct drp_record *r, const char *key,
                            struct drp_sv *out, struct drp_err *err)
{
    const enum drp_json_type type = drp_json_type(drp_json_get(r->value, key));
    *out = DRP_SV("");
    if (type == DRP_JSON_NONE || type == DRP_JSON_NULL)
        return 0;
    return drp_field_text(r, key, out, err);
}

int drp_field_id(const struct drp_record *r, const char *key, struct drp_str *out,
                 struct drp_err *err)
{
    const struct drp_json_val *const value = drp_json_get(r->value, key);
    int64_t number = 0;
    drp_str_clear(out);
    if (drp_json_type(value) == DRP_JSON_STR)
        drp_str_add(out, drp_json_str(value));
    else if (drp_json_int(value, &number))
        drp_str_addf(out, "%lld", (long long)number);
    if (out->len == 0)
        return drp_field_bad(r, key, "a string that is not empty, or an integer", err);
    return 0;
}

int drp_field_num(const struct drp_record *r, const char *key, double *out,
                  struct drp_err *err)
{
    const struct drp_json_val *const value = drp_json_get(r->value, key);
    *out = (double)NAN;
    switch (drp_json_type(value)) {
    case DRP_JSON_NONE:
    case DRP_JSON_NULL:
        return 0;
    case DRP_JSON_NUM:
        *out = drp_json_num(value, (double)NAN);
        return 0;
    case DRP_JSON_STR:
        if (drp_sv_double(drp_json_str(value), out))
            return 0;
        return drp_field_bad(r, key, "a number", err);
    case DRP_JSON_BOOL:
    case DRP_JSON_ARR:
    case DRP_JSON_OBJ:
        break;
    }
    return drp_field_bad(r, key, "a number", err);
}

int drp_field_time(const struct drp_record *r, const char *key, double unit_ms,
                   int64_t *out, struct drp_err *err)
{
    double value = 0;
    *out = 0;
    const int rc = drp_field_num(r, key, &value, err);
    if (rc < 0 || isnan(value))
        return rc;
    const double ms = round(value * unit_ms);
    if (!(fabs(ms) <= MAX_TIME_MS))
        return drp_field_bad(r, key, "a time since 1970", err);
    *out = (int64_t)ms;
    return 0;
}

bool drp_field_truthy(const struct drp_record *r, const char *key)
{
    const struct drp_json_val *const value = drp_json_get(r->value, key);
    switch (drp_json_type(value)) {
    case DRP_JSON_NONE:
    case DRP_JSON_NULL:
        return false;
    case DRP_JSON_BOOL:
        return drp_json_bool(value, false);
    case DRP_JSON_NUM:
        return drp_json_num(value, 0) != 0;
    case DRP_JSON_STR:
        return drp_json_str(value).len > 0;
    case DRP_JSON_ARR:
    case DRP_JSON_OBJ:
        return drp_json_len(value) > 0;
    }
    return false;
}
