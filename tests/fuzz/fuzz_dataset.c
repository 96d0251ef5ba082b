/* A split of a dataset: any bytes are refused with a reason, or give rows that keep what the
 * header promises. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"
#include "data/dataset.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_review(const struct drp_dataset *ds, const struct drp_review *r,
                         uint32_t user)
{
    must(r->user == user && r->item < drp_dataset_n_items(ds));
    must(r->text.len > 0 && r->title.ptr);
    must(isnan(r->rating) || isfinite(r->rating));
    const struct drp_item *const item = drp_dataset_item(ds, r->item);
    must(item->id == r->item && item->title.len > 0);
    must(drp_dataset_find_item(ds, item->asin) == item);
}

static void check_row(const struct drp_dataset *ds, size_t i)
{
    const struct drp_row *const row = drp_dataset_row(ds, i);
    const struct drp_sv user_id = drp_dataset_user_id(ds, row->user);
    size_t found = 0;
    must(user_id.len > 0);
    must(drp_dataset_find_user(ds, user_id, &found, NULL) == 0 && found <= i);
    must(drp_sv_eq(drp_dataset_user_id(ds, drp_dataset_row(ds, found)->user), user_id));
    if (i > 0)
        must(drp_sv_cmp(drp_dataset_user_id(ds, drp_dataset_row(ds, i - 1)->user),
                        user_id) <= 0);
    for (size_t k = 0; k < row->profile.n; k++)
        check_review(ds, row->profile.at[k], row->user);
    check_review(ds, row->target, row->user);
}

static void write_file(const char *dir, const char *name, struct drp_sv bytes)
{
    struct drp_str path;
    drp_str_init(&path, 4096);
    FILE *const f = fopen(drp_fs_join(&path, dir, name), "wb");
    must(f && fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len);
    must(fclose(f) == 0);
    drp_str_release(&path);
}

static void check_split(const char *dir, const char *split)
{
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    const int rc = drp_dataset_load(dir, split, &ds, &err);
    must(rc == 0 ? ds != NULL : ds == NULL && err.text[0] != '\0');
    for (size_t i = 0; ds && i < drp_dataset_n_rows(ds); i++)
        check_row(ds, i);
    drp_dataset_free(ds);
}

static void remove_file(const char *dir, const char *name)
{
    struct drp_str path;
    drp_str_init(&path, 4096);
    must(unlink(drp_fs_join(&path, dir, name)) == 0);
    drp_str_release(&path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const NAMES[] = {"items.jsonl", "train.jsonl", "test.jsonl"};
    char dir[] = "/tmp/drp-fuzz-XXXXXX";
    must(mkdtemp(dir) != NULL);
    write_file(dir, NAMES[0],
               DRP_SV("{\"asin\":\"a\",\"title\":\"A\",\"description\":\"d\"}\n"));
    write_file(dir, NAMES[1], (struct drp_sv){(const char *)data, size});
    write_file(dir, NAMES[2], (struct drp_sv){(const char *)data, size});
    check_split(dir, "train");
    check_split(dir, "test");
    for (size_t i = 0; i < DRP_LEN(NAMES); i++)
        remove_file(dir, NAMES[i]);
    must(rmdir(dir) == 0);
    return 0;
}
