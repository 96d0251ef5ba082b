/* Files of questions: an array is read element by element as it reads when it is parsed whole; and any bytes are
 * refused with a reason, or give a dataset that holds what the summary says. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "data/dataset.h"
#include "data/prepare.h"
#include "io/elements.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* ---- elements ---- */

static bool same_json(const struct drp_json_val *a, const struct drp_json_val *b)
{
    struct drp_str x, y;
    drp_str_init(&x, SIZE_MAX);
    drp_str_init(&y, SIZE_MAX);
    drp_json_write(&x, a);
    drp_json_write(&y, b);
    const bool is_same = drp_sv_eq(drp_str_sv(&x), drp_str_sv(&y));
    drp_str_release(&x);
    drp_str_release(&y);
    return is_same;
}

/* Reads all values; those of `whole`, unless NULL, must be the same. Gives the number of errors. */
static size_t read_values(struct drp_elements *r, const struct drp_json_val *whole)
{
    struct drp_json_iter it = {0};
    const struct drp_json_val *value;
    size_t n_errors = 0;
    int64_t before = 0;
    int rc;
    for (;;) {
        struct drp_err err = {0};
        rc = drp_elements_next(r, &value, &err);
        if (rc == 0)
            break;
        must(rc > 0 ? value != NULL : value == NULL && err.text[0] != '\0');
        must(rc == DRP_EIO || drp_elements_number(r) > before);
        must(rc > 0 || rc == DRP_EIO || err.record == drp_elements_number(r));
        before = drp_elements_number(r);
        n_errors += rc < 0;
        if (whole)
            must(rc > 0 && same_json(value, drp_json_next(whole, &it, NULL)));
    }
    must(value == NULL);
    if (whole)
        must(drp_json_next(whole, &it, NULL) == NULL);
    return n_errors;
}

static void check_elements(const char *path, struct drp_sv text)
{
    struct drp_elements *r = NULL;
    struct drp_json *doc = NULL;
    struct drp_err err = {0};
    if (drp_elements_open(path, "golds", 0, &r, &err) < 0)
        return; /* the first bytes are those of a packed file */
    if (drp_sv_starts(text, DRP_SV("\xEF\xBB\xBF")))
        text = drp_sv_slice(text, 3, text.len);
    const struct drp_sv trimmed = drp_sv_trim(text);
    const bool is_array = trimmed.len > 0 && trimmed.ptr[0] == '[';
    const bool is_packed = drp_sv_starts(text, DRP_SV("\x1f\x8b"));
    const int rc = drp_json_parse(text, DRP_JSON_STRICT, &doc, &err);
    const bool is_whole = is_array && rc == 0;
    const size_t n_errors = read_values(r, is_whole ? drp_json_root(doc) : NULL);
    const bool is_deep =
        drp_sv_find(drp_sv_from(err.text), DRP_SV("deeper"), 0) != SIZE_MAX;
    must(is_packed || !is_array || is_whole == (n_errors == 0) || is_deep);
    drp_json_free(doc);
    drp_elements_free(r);
}

/* ---- datasets ---- */

static void check_dataset(const char *dir, const struct drp_prepare_summary *s)
{
    struct drp_dataset *ds = NULL;
    uint64_t n_texts = 0;
    must(drp_dataset_load(dir, "test", &ds, NULL) == 0);
    must(drp_dataset_n_rows(ds) == s->n_questions && s->n_questions > 0);
    for (size_t i = 0; i < drp_dataset_n_rows(ds); i++)
        n_texts += drp_dataset_row(ds, i)->profile.n + 1;
    must(n_texts == s->n_questions + s->n_entries - s->n_empty_entries);
    must(n_texts == s->kept.texts && drp_dataset_n_items(ds) == s->kept.items);
    must(drp_dataset_n_users(ds) == s->kept.users);
    drp_dataset_free(ds);
}

static void remove_dataset(const char *dir)
{
    static const char *const NAMES[] = {"items.jsonl", "train.jsonl", "val.jsonl",
                                        "test.jsonl", "dataset.json"};
    struct drp_str path;
    drp_str_init(&path, 4096);
    for (size_t i = 0; i < DRP_LEN(NAMES); i++)
        must(unlink(drp_fs_join(&path, dir, NAMES[i])) == 0);
    must(rmdir(dir) == 0);
    drp_str_release(&path);
}

static void check_prepare(const char *path, const char *out, const char *output_field)
{
    const struct drp_prepare_opts opts = {
        .questions = path, .out = out, .output_field = output_field, .skip_bad = 2};
    struct drp_prepare_summary s;
    struct drp_err err = {0};
    const int rc = drp_prepare(&opts, &s, &err);
    if (rc < 0) {
        must(err.text[0] != '\0' && drp_fs_kind(out) == DRP_FS_NONE);
        return;
    }
    check_dataset(out, &s);
    remove_dataset(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char dir[] = "/tmp/drp-fuzz-XXXXXX";
    struct drp_str path, out;
    drp_log_set_level(DRP_LOG_ERROR);
    must(mkdtemp(dir) != NULL);
    drp_str_init(&path, 4096);
    drp_str_init(&out, 4096);
    drp_fs_join(&path, dir, "questions");
    drp_fs_join(&out, dir, "out");
    FILE *const f = fopen(path.ptr, "wb");
    must(f && fwrite(data, 1, size, f) == size && fclose(f) == 0);
    check_elements(path.ptr, (struct drp_sv){(const char *)data, size});
    check_prepare(path.ptr, out.ptr, NULL);
    check_prepare(path.ptr, out.ptr, "text");
    must(unlink(path.ptr) == 0 && rmdir(dir) == 0);
    drp_str_release(&path);
    drp_str_release(&out);
    return 0;
}
