/* JSON: whatever is accepted must be well-formed, bounded, and read back as it was written. */
#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"
#include "io/json.h"
#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Parses; checks what holds for every result. NULL when refused. */
static struct drp_json *parse(struct drp_sv text, int flags)
{
    struct drp_err err = {0};
    struct drp_json *doc = NULL;
    const int rc = drp_json_parse(text, flags, &doc, &err);
    must(rc == 0 ? doc != NULL : doc == NULL && rc == DRP_EINPUT);
    must(rc == 0 || (err.offset >= 0 && (size_t)err.offset <= text.len && err.text[0]));
    must(!doc || drp_json_end(doc) <= text.len);
    return doc;
}

static void check_scalar(const struct drp_json_val *v)
{
    const struct drp_sv text = drp_json_str(v);
    int64_t whole;
    must(drp_utf8_invalid(text) == SIZE_MAX);
    must((text.ptr != NULL) == (drp_json_type(v) == DRP_JSON_STR));
    if (drp_json_int(v, &whole))
        must((double)whole == drp_json_num(v, 0));
}

/* A key names the last member of that name. */
static void check_member(const struct drp_json_val *object, struct drp_sv key, size_t i)
{
    if (drp_sv_find(key, DRP_SV("\0"), 0) != SIZE_MAX)
        return; /* cannot be asked for */
    const struct drp_json_val *const found = drp_json_get(object, key.ptr), *member;
    struct drp_json_iter it = {0};
    struct drp_sv name;
    bool is_found = false;
    for (size_t k = 0; (member = drp_json_next(object, &it, &name)); k++) {
        is_found |= k >= i && member == found;
        must(k <= i || !is_found || member == found || !drp_sv_eq(name, key));
    }
    must(is_found);
}

static void check_value(const struct drp_json_val *v, int depth)
{
    const struct drp_json_val *member;
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const bool is_object = drp_json_type(v) == DRP_JSON_OBJ;
    size_t n = 0;
    check_scalar(v);
    for (; (member = drp_json_next(v, &it, &key)); n++) {
        must(depth < DRP_JSON_MAX_DEPTH);
        if (is_object && drp_json_len(v) < 50)
            check_member(v, key, n);
        check_value(member, depth + 1);
    }
    must(n == drp_json_len(v));
}

/* Writing, reading and writing again gives the same text. */
static void check_round_trip(const struct drp_json_val *v)
{
    struct drp_str first, second;
    drp_str_init(&first, SIZE_MAX / 4);
    drp_str_init(&second, SIZE_MAX / 4);
    drp_json_write(&first, v);
    struct drp_json *const again = parse(drp_str_sv(&first), DRP_JSON_STRICT);
    must(again != NULL);
    drp_json_write(&second, drp_json_root(again));
    must(drp_sv_eq(drp_str_sv(&first), drp_str_sv(&second)));
    drp_json_free(again);
    drp_str_release(&first);
    drp_str_release(&second);
}

/* Any bytes can be written as a string; well-formed ones come back. */
static void check_string(struct drp_sv bytes)
{
    struct drp_str out;
    struct drp_jw w;
    drp_str_init(&out, SIZE_MAX / 4);
    drp_jw_init(&w, &out, 0);
    drp_jw_str(&w, bytes);
    struct drp_json *const doc = parse(drp_str_sv(&out), DRP_JSON_STRICT);
    must(doc != NULL);
    if (drp_utf8_invalid(bytes) == SIZE_MAX)
        must(drp_sv_eq(drp_json_str(drp_json_root(doc)), bytes));
    drp_json_free(doc);
    drp_str_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv text = {size ? (const char *)data : "", size};
    struct drp_json *const strict = parse(text, DRP_JSON_STRICT);
    struct drp_json *const loose = parse(text, DRP_JSON_COMMENTS);
    struct drp_json *const prefix = parse(text, DRP_JSON_PREFIX);
    must(!strict || (loose && prefix));
    if (strict) {
        must(drp_utf8_invalid(text) == SIZE_MAX);
        check_value(drp_json_root(strict), 0);
        check_round_trip(drp_json_root(strict));
    }
    if (loose)
        check_value(drp_json_root(loose), 0);
    if (prefix) {
        struct drp_json *const cut =
            parse(drp_sv_slice(text, 0, drp_json_end(prefix)), DRP_JSON_STRICT);
        must(cut != NULL);
        drp_json_free(cut);
    }
    check_string(text);
    drp_json_free(strict);
    drp_json_free(loose);
    drp_json_free(prefix);
    return 0;
}
