#include "data/reader.h"

#include "base/base.h"
#include "io/json.h"

#include "base/banned.h"

struct review_format {
    const char *user, *item,
        *text; /* fields that must be there; they also tell the format */
    const char *title, *rating, *time;
    double time_unit_ms;
    bool is_dump;
};

static const struct review_format REVIEW_FORMATS[] = {
    {"user", "item", "text", "title", "rating", "time", 1, false},
    {"user_id", "parent_asin", "text", "title", "rating", "timestamp", 1, true},
    {"reviewerID", "asin", "reviewText", "summary", "overall", "unixReviewTime", 1000, true},
};

struct item_format {
    const char *item;
    const char *categories[2]; /* names that one field goes by; NULL: none */
    const char *rating_number; /* NULL: the format does not have it        */
};

static const struct item_format ITEM_FORMATS[] = {
    {"item", {NULL, NULL}, NULL},
    {"parent_asin", {"categories", NULL}, "rating_number"},
    {"asin", {"categories", "category"}, NULL},
};

void drp_reader_init(struct drp_reader *r)
{
    drp_str_init(&r->user, SIZE_MAX);
    drp_str_init(&r->item, SIZE_MAX);
    drp_str_init(&r->description, SIZE_MAX);
}

void drp_reader_release(struct drp_reader *r)
{
    drp_str_release(&r->user);
    drp_str_release(&r->item);
    drp_str_release(&r->description);
}

static int check_object(const struct drp_record *r, struct drp_err *err)
{
    if (drp_json_type(r->value) == DRP_JSON_OBJ)
        return 0;
    return drp_record_bad(r, "expected one record, an object, a line", err);
}

/*
 * The format of which most required fields are there; of equals the first. NULL: none of
 * any is there.
 */
static const struct review_format *best_review_format(const struct drp_record *r)
{
    const struct review_format *best = NULL;
    int n_best = 0;
    for (size_t i = 0; i < DRP_LEN(REVIEW_FORMATS) && n_best < 3; i++) {
        const struct review_format *const f = &REVIEW_FORMATS[i];
        const int n = drp_field_has(r, f->user) + drp_field_has(r, f->item) +
                      drp_field_has(r, f->text);
        if (n > n_best) {
            best = f;
            n_best = n;
        }
    }
    return best;
}

/* NULL: `err` says why. */
static const struct review_format *find_review_format(const struct drp_record *r,
                                                      bool needs_ids, struct drp_err *err)
{
    const struct review_format *const f = best_review_format(r);
    if (drp_field_has(r, "profile") && drp_field_has(r, "data"))
        drp_record_bad(r, "a row of a dataset, not a review: drp run takes datasets", err);
    else if (!f)
        drp_record_bad(r,
                       needs_ids
                           ? "no known format: expected fields 'user', 'item', 'text', "
                             "or 'user_id', 'parent_asin', 'text', or "
                             "'reviewerID', 'asin', 'reviewText'"
                           : "no known format: expected a field 'text' or 'reviewText'",
                       err);
    else
        return f;
    return NULL;
}

/* An id, or the empty text where it may be missing and is. */
static int read_id(const struct drp_record *record, const char *key, bool is_needed,
                   struct drp_str *out, struct drp_err *err)
{
    drp_str_clear(out);
    return is_needed || drp_field_has(record, key) ? drp_field_id(record, key, out, err)
                                                   : 0;
}

static int read_text(struct drp_reader *r, const struct drp_record *record,
                     bool needs_ids, struct drp_raw_review *out, struct drp_err *err)
{
    int rc = 0;
    *out = (struct drp_raw_review){0};
    DRP_TRY(rc, check_object(record, err));
    const struct review_format *const f = find_review_format(record, needs_ids, err);
    if (!f)
        return DRP_EINPUT;
    DRP_TRY(rc, read_id(record, f->user, needs_ids, &r->user, err));
    DRP_TRY(rc, read_id(record, f->item, needs_ids, &r->item, err));
    DRP_TRY(rc, drp_field_text(record, f->text, &out->text, err));
    DRP_TRY(rc, drp_field_text_or_empty(record, f->title, &out->title, err));
    DRP_TRY(rc, drp_field_num(record, f->rating, &out->rating, err));
    DRP_TRY(rc, drp_field_time(record, f->time, f->time_unit_ms, &out->time_ms, err));
    out->user = drp_str_sv(&r->user);
    out->item = drp_str_sv(&r->item);
    out->is_dump = f->is_dump;
out:
    return rc;
}

int drp_reader_review(struct drp_reader *r, const struct drp_record *record,
                      struct drp_raw_review *out, struct drp_err *err)
{
    return read_text(r, record, true, out, err);
}

int drp_reader_own_text(struct drp_reader *r, const struct drp_record *record,
                        struct drp_raw_review *out, struct drp_err *err)
{
    return read_text(r, record, false, out, err);
}

/* ---- metadata ---- */

/* NULL: `err` says why. */
static const struct item_format *find_item_format(const struct drp_record *r,
                                                  struct drp_err *err)
{
    for (size_t i = 0; i < DRP_LEN(ITEM_FORMATS); i++)
        if (drp_field_has(r, ITEM_FORMATS[i].item))
            return &ITEM_FORMATS[i];
    drp_record_bad(r, "no known metadata: expected 'item', 'parent_asin' or 'asin'", err);
    return NULL;
}

static bool has_categories(const struct item_format *f, const struct drp_record *r)
{
    if (!f->categories[0])
        return true;
    for (size_t i = 0; i < DRP_LEN(f->categories) && f->categories[i]; i++)
        if (drp_field_truthy(r, f->categories[i]))
            return true;
    return false;
}

/* Joins the strings of a list by one space, without a leading "Product Description". */
static int join_description(const struct drp_record *record,
                            const struct drp_json_val *list, struct drp_str *out,
                            struct drp_err *err)
{
    struct drp_json_iter it = {0};
    const struct drp_json_val *part = NULL;
    size_t n_read = 0, n_joined = 0;
    while ((part = drp_json_next(list, &it, NULL))) {
        const struct drp_sv text = drp_json_str(part);
        if (!text.ptr)
            return drp_field_bad(record, "description", "strings only in it", err);
        if (n_read++ == 0 && drp_sv_is(text, "Product Description"))
            continue;
        if (n_joined++ > 0)
            drp_str_addc(out, ' ');
        drp_str_add(out, text);
    }
    return 0;
}

static int read_description(const struct drp_record *record, struct drp_str *out,
                            struct drp_err *err)
{
    const struct drp_json_val *const value = drp_json_get(record->value, "description");
    drp_str_clear(out);
    switch (drp_json_type(value)) {
    case DRP_JSON_NONE:
    case DRP_JSON_NULL:
        return 0;
    case DRP_JSON_STR:
        drp_str_add(out, drp_json_str(value));
        return 0;
    case DRP_JSON_ARR:
        return join_description(record, value, out, err);
    case DRP_JSON_BOOL:
    case DRP_JSON_NUM:
    case DRP_JSON_OBJ:
        break;
    }
    return drp_field_bad(record, "description", "a string or an array of strings", err);
}

int drp_reader_item(struct drp_reader *r, const struct drp_record *record,
                    struct drp_raw_item *out, struct drp_err *err)
{
    int rc = 0;
    *out = (struct drp_raw_item){0};
    DRP_TRY(rc, check_object(record, err));
    const struct item_format *const f = find_item_format(record, err);
    if (!f)
        return DRP_EINPUT;
    DRP_TRY(rc, drp_field_id(record, f->item, &r->item, err));
    DRP_TRY(rc, drp_field_text_or_empty(record, "title", &out->title, err));
    DRP_TRY(rc, read_description(record, &r->description, err));
    out->item = drp_str_sv(&r->item);
    out->description = drp_str_sv(&r->description);
    out->is_complete = out->title.len > 0 && has_categories(f, record) &&
                       (!f->rating_number || drp_field_truthy(record, f->rating_number));
out:
    return rc;
}
