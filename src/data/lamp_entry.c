#include "data/lamp_entry.h"

#include "base/base.h"
#include "io/json.h"

#include "base/banned.h"

static const char *const FIELDS[DRP_LAMP_N_OUTPUTS] = {
#define FIELD(name, field) [name] = (field),
    DRP_LAMP_OUTPUTS(FIELD)
#undef FIELD
};

const char *drp_lamp_output_field(enum drp_lamp_output output)
{
    return FIELDS[output];
}

void drp_lamp_reader_init(struct drp_lamp_reader *r, const char *output_field)
{
    drp_str_init(&r->input, SIZE_MAX);
    drp_str_init(&r->output, SIZE_MAX);
    r->output_field = output_field;
}

void drp_lamp_reader_release(struct drp_lamp_reader *r)
{
    drp_str_release(&r->input);
    drp_str_release(&r->output);
}

/* ---- values ---- */

/* Appends a string or a number; false for other types. */
static bool add_text(struct drp_str *out, const struct drp_json_val *value)
{
    switch (drp_json_type(value)) {
    case DRP_JSON_STR:
        drp_str_add(out, drp_json_str(value));
        return true;
    case DRP_JSON_NUM:
        drp_json_write(out, value);
        return true;
    case DRP_JSON_NONE:
    case DRP_JSON_NULL:
    case DRP_JSON_BOOL:
    case DRP_JSON_ARR:
    case DRP_JSON_OBJ:
        break;
    }
    return false;
}

int drp_lamp_text(const struct drp_record *r, const char *key, struct drp_str *out,
                  struct drp_err *err)
{
    const struct drp_json_val *const value = drp_json_get(r->value, key);
    const enum drp_json_type type = drp_json_type(value);
    drp_str_clear(out);
    if (type == DRP_JSON_NONE || type == DRP_JSON_NULL || add_text(out, value))
        return 0;
    return drp_field_bad(r, key, "a string or a number", err);
}

/* Cuts the number off that `*sv` begins with, of `n_digits`, with the dash before it if it is not the first. */
static bool cut_number(struct drp_sv *sv, size_t n_digits, bool is_first, int64_t *out)
{
    const size_t from = is_first ? 0 : 1;
    const struct drp_sv digits = drp_sv_slice(*sv, from, from + n_digits);
    if ((!is_first && !drp_sv_starts(*sv, DRP_SV("-"))) || digits.len != n_digits)
        return false;
    for (size_t i = 0; i < n_digits; i++)
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
    *sv = drp_sv_slice(*sv, from + n_digits, sv->len);
    return drp_sv_int(digits, out);
}

/*
 * Days from 1970-01-01 to a day of the Gregorian calendar. Years begin in March here, so that
 * the leap day is the last one.
 */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    const int64_t y = month <= 2 ? year - 1 : year;
    const int64_t m = (month + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool read_date(struct drp_sv sv, int64_t *days)
{
    int64_t year = 0, month = 1, day = 1;
    if (!cut_number(&sv, 4, true, &year))
        return false;
    if (cut_number(&sv, 2, false, &month))
        (void)cut_number(&sv, 2, false, &day);
    *days = days_since_1970(year, month, day);
    const bool ends = sv.len == 0 || sv.ptr[0] == ' ' || sv.ptr[0] == 'T';
    return ends && year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

int drp_lamp_date(const struct drp_record *r, const char *key, int64_t *out,
                  struct drp_err *err)
{
    const int64_t day_ms = INT64_C(24) * 60 * 60 * 1000;
    struct drp_str text;
    int rc = 0;
    int64_t days = 0;
    *out = 0;
    drp_str_init(&text, SIZE_MAX);
    DRP_TRY(rc, drp_lamp_text(r, key, &text, err));
    if (text.len > 0 && !read_date(drp_str_sv(&text), &days))
        rc = drp_field_bad(r, key, "a date such as 2016-05-31", err);
    *out = days * day_ms;
out:
    drp_str_release(&text);
    return rc;
}

/* ---- what is what ---- */

/* Which of two fields is the output when either could be. */
enum length { EITHER, SHORT, LONG };

/* The first row that fits an entry tells its output. */
static const struct shape {
    enum drp_lamp_output output;
    const char *other; /* field that must be there too; NULL: none */
    enum length length;
} SHAPES[] = {
    {DRP_LAMP_OUTPUT_REVIEW, NULL, EITHER},
    {DRP_LAMP_OUTPUT_TAG, "description", EITHER},
    {DRP_LAMP_OUTPUT_CATEGORY, "text", EITHER},
    {DRP_LAMP_OUTPUT_SCORE, "text", EITHER},
    {DRP_LAMP_OUTPUT_ABSTRACT, "title", LONG},
    {DRP_LAMP_OUTPUT_TITLE, "abstract", SHORT},
    {DRP_LAMP_OUTPUT_TEXT, "title", LONG},
    {DRP_LAMP_OUTPUT_TITLE, "text", SHORT},
    {DRP_LAMP_OUTPUT_CONTENT, "summary", EITHER},
    {DRP_LAMP_OUTPUT_OUTPUT, NULL, EITHER},
    {DRP_LAMP_OUTPUT_TEXT, NULL, EITHER},
};

static bool fits(const struct shape *s, const struct drp_record *entry, bool is_long)
{
    return drp_field_has(entry, FIELDS[s->output]) &&
           (!s->other || drp_field_has(entry, s->other)) &&
           (s->length == EITHER || (s->length == LONG) == is_long);
}

/* What kind of output an entry has; DRP_LAMP_N_OUTPUTS: none that is known. */
static enum drp_lamp_output kind_of(const struct drp_record *entry, bool is_long)
{
    const bool is_short_entry = drp_field_has(entry, "id") && !drp_field_has(entry, "year");
    for (size_t i = 0; i < DRP_LEN(SHAPES); i++)
        if (fits(&SHAPES[i], entry, is_long || !is_short_entry))
            return SHAPES[i].output;
    return DRP_LAMP_N_OUTPUTS;
}

/* Fields that are no part of the input. */
static bool is_apart(struct drp_sv key)
{
    static const char *const APART[] = {"id", "date", "year", "time", "timestamp"};
    for (size_t i = 0; i < DRP_LEN(APART); i++)
        if (drp_sv_is(key, APART[i]))
            return true;
    return false;
}

static bool is_input(struct drp_sv key, const struct drp_json_val *value, const char *field)
{
    const enum drp_json_type type = drp_json_type(value);
    return (type == DRP_JSON_STR || type == DRP_JSON_NUM) && !is_apart(key) &&
           !drp_sv_is(key, field);
}

/* The input: the fields that are not `field`, in their order. */
static void read_input(const struct drp_record *entry, const char *field,
                       struct drp_str *out)
{
    struct drp_json_iter it = {0};
    const struct drp_json_val *value;
    struct drp_sv key;
    size_t n = 0;
    drp_str_clear(out);
    while ((value = drp_json_next(entry->value, &it, &key)))
        n += is_input(key, value, field);
    it = (struct drp_json_iter){0};
    while ((value = drp_json_next(entry->value, &it, &key))) {
        if (!is_input(key, value, field))
            continue;
        if (out->len > 0)
            drp_str_addc(out, '\n');
        if (n > 1)
            drp_str_addf(out, "%.*s: ", DRP_SV_ARG(key));
        add_text(out, value);
    }
}

int drp_lamp_read(struct drp_lamp_reader *r, const struct drp_record *entry, bool is_long,
                  struct drp_lamp_entry *out, struct drp_err *err)
{
    int rc = 0;
    *out = (struct drp_lamp_entry){.kind = DRP_LAMP_OUTPUT_ASKED};
    if (drp_json_type(entry->value) != DRP_JSON_OBJ)
        return drp_record_bad(entry, "expected an entry, an object", err);
    const char *field = r->output_field;
    if (!field) {
        out->kind = kind_of(entry, is_long);
        if (out->kind == DRP_LAMP_N_OUTPUTS)
            return drp_record_bad(entry,
                                  "cannot tell which field was written by the user: name "
                                  "it with --output-field",
                                  err);
        field = FIELDS[out->kind];
    }
    if (!drp_field_has(entry, field))
        return drp_field_bad(entry, field, "a string or a number", err);
    DRP_TRY(rc, drp_lamp_text(entry, field, &r->output, err));
    DRP_TRY(rc, drp_lamp_date(entry, "date", &out->time_ms, err));
    read_input(entry, field, &r->input);
    out->input = drp_str_sv(&r->input);
    out->output = drp_str_sv(&r->output);
out:
    return rc;
}
