/* Dataset directories in memory, what is wrong with broken ones, and their statistics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "data/dataset.h"
#include "data/stats.h"
#include "support/temp.h"

#include "base/banned.h"

#define REVIEW(asin, text)                                                               \
    "{\"asin\":\"" asin "\",\"title\":\"t\",\"text\":\"" text                            \
    "\",\"rating\":4.0,\"timestamp\":5}"
#define ROW(user, profile, data)                                                         \
    "{\"user_id\":\"" user "\",\"profile\":[" profile "],\"data\":" data "}\n"

static void write_dataset(const char *dir, struct drp_sv test)
{
    (void)drp_temp_write(
        dir, "items.jsonl",
        DRP_SV("{\"asin\":\"a\",\"title\":\"Item A\",\"description\":\"about a\"}\n"
               "{\"asin\":\"b\",\"title\":\"\",\"description\":null}\n"
               "{\"asin\":\"a\",\"title\":\"again\",\"description\":\"again\"}\n"));
    (void)drp_temp_write(dir, "train.jsonl", DRP_SV(""));
    (void)drp_temp_write(dir, "val.jsonl", DRP_SV(""));
    (void)drp_temp_write(dir, "test.jsonl", test);
}

static void rows_and_items(void **state)
{
    const char *const dir = *state;
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    write_dataset(dir, DRP_SV(ROW("v", REVIEW("c", "x") "," REVIEW("a", "y"),
                                  REVIEW("b", "z")) ROW("U", "", REVIEW("a", "w"))));
    assert_int_equal(drp_dataset_load(dir, "test", &ds, &err), 0);
    assert_int_equal(drp_dataset_n_rows(ds), 2);
    assert_int_equal(drp_dataset_n_users(ds), 2);
    assert_int_equal(drp_dataset_n_items(ds), 3);

    const struct drp_row *const row = drp_dataset_row(ds, 1);
    assert_true(drp_sv_is(drp_dataset_user_id(ds, row->user), "v"));
    assert_int_equal(row->profile.n, 2);
    assert_int_equal(drp_dataset_row(ds, 0)->profile.n, 0);
    const struct drp_review *const first = row->profile.at[0];
    assert_true(drp_sv_is(first->text, "x"));
    assert_int_equal(first->time_ms, 5);
    assert_int_equal(first->user, row->user);
    assert_true(fabs(first->rating - 4) < 1e-9);
    assert_true(drp_sv_is(drp_dataset_item(ds, first->item)->title, "c")); /* unknown */

    const struct drp_item *const a = drp_dataset_find_item(ds, DRP_SV("a"));
    const struct drp_item *const b = drp_dataset_find_item(ds, DRP_SV("b"));
    assert_true(drp_sv_is(a->title, "Item A"));
    assert_true(drp_sv_is(a->description, "about a"));
    assert_true(drp_sv_is(b->title, "b"));
    assert_int_equal(b->description.len, 0);
    assert_int_equal(row->target->item, b->id);
    assert_null(drp_dataset_find_item(ds, DRP_SV("d")));
    drp_dataset_free(ds);
}

static void ids_ratings_and_times_of_other_types(void **state)
{
    const char *const dir = *state;
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    write_dataset(
        dir, DRP_SV("{\"user_id\":12,\"profile\":[{\"asin\":3,\"text\":\"x\",\"rating\":"
                    "\"4.5\"}],\"data\":{\"asin\":\"a\",\"text\":\"y\",\"rating\":null,"
                    "\"timestamp\":1588615855070.0,\"title\":null}}\n"));
    assert_int_equal(drp_dataset_load(dir, "test", &ds, &err), 0);
    const struct drp_row *const row = drp_dataset_row(ds, 0);
    assert_true(drp_sv_is(drp_dataset_user_id(ds, row->user), "12"));
    assert_non_null(drp_dataset_find_item(ds, DRP_SV("3")));
    assert_true(fabs(row->profile.at[0]->rating - 4.5) < 1e-9);
    assert_int_equal(row->profile.at[0]->time_ms, 0);
    assert_true(isnan(row->target->rating));
    assert_true(row->target->time_ms == 1588615855070);
    assert_int_equal(row->target->title.len, 0);
    drp_dataset_free(ds);
}

static void users_are_found(void **state)
{
    const char *const dir = *state;
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    size_t at = 9;
    write_dataset(dir,
                  DRP_SV(ROW("AXE", "", REVIEW("a", "x")) ROW("AX", "", REVIEW("a", "y"))
                             ROW("B", "", REVIEW("a", "z"))));
    assert_int_equal(drp_dataset_load(dir, "test", &ds, &err), 0);
    assert_int_equal(drp_dataset_find_user(ds, DRP_SV("AXE"), &at, &err), 0);
    assert_int_equal(at, 1);
    assert_int_equal(drp_dataset_find_user(ds, DRP_SV("AXES"), &at, &err), DRP_ENOTFOUND);
    assert_non_null(strstr(err.text, "'AXES'"));
    assert_non_null(strstr(err.text, "the nearest is 'AXE'"));
    drp_dataset_free(ds);

    assert_int_equal(drp_dataset_load(dir, "val", &ds, &err), 0);
    assert_int_equal(drp_dataset_find_user(ds, DRP_SV("B"), &at, &err), DRP_ENOTFOUND);
    assert_non_null(strstr(err.text, "no users"));
    drp_dataset_free(ds);
}

static void broken_rows(void **state)
{
    static const struct {
        const char *test;
        int line;
        const char *words;
    } cases[] = {
        {ROW("u", "", REVIEW("a", "x")) ROW("u", "", REVIEW("a", "x")), 2,
         "duplicate user 'u'"},
        {"{\"profile\":[],\"data\":{}}\n", 1, "'user_id'"},
        {"{\"user_id\":\"u\",\"data\":{}}\n", 1, "'profile'"},
        {"{\"user_id\":\"u\",\"profile\":[]}\n", 1, "'data'"},
        {"\n\n" ROW("u", REVIEW("a", "x") ",{\"asin\":\"b\"}", REVIEW("a", "x")), 3,
         "'profile[1].text'"},
        {ROW("u", "7", REVIEW("a", "x")), 1, "'profile[0].asin'"},
        {ROW("u", "", "{\"asin\":\"a\",\"text\":\"\"}"), 1, "'data.text'"},
        {ROW("u", "", "{\"asin\":\"a\",\"text\":\"x\",\"rating\":[]}"), 1, "'data.rating'"},
        {ROW("u", "", REVIEW("a", "x")) "{\"user_id\":", 2, "line 2"},
        {"3\n", 1, "'user_id'"},
    };
    const char *const dir = *state;
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct drp_dataset *ds = NULL;
        struct drp_err err = {0};
        write_dataset(dir, drp_sv_from(cases[i].test));
        assert_int_equal(drp_dataset_load(dir, "test", &ds, &err), DRP_EINPUT);
        if (err.record != cases[i].line || !strstr(err.text, cases[i].words) ||
            !strstr(err.text, "test.jsonl"))
            fail_msg("case %zu: line %d: %s", i, (int)err.record, err.text);
    }
}

static void users_have_many_rows_in_train(void **state)
{
    const char *const dir = *state;
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    size_t at = 9;
    write_dataset(dir, DRP_SV(""));
    (void)drp_temp_write(dir, "train.jsonl",
                         DRP_SV(ROW("v", "", REVIEW("a", "1")) ROW("u", "", REVIEW("a", "2"))
                                    ROW("v", "", REVIEW("a", "3"))));
    assert_int_equal(drp_dataset_load(dir, "train", &ds, &err), 0);
    assert_int_equal(drp_dataset_find_user(ds, DRP_SV("v"), &at, &err), 0);
    assert_int_equal(at, 1);
    assert_true(drp_sv_is(drp_dataset_row(ds, 1)->target->text, "1"));
    assert_true(drp_sv_is(drp_dataset_row(ds, 2)->target->text, "3"));
    drp_dataset_free(ds);
}

static void no_dataset(void **state)
{
    const char *const dir = *state;
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    assert_int_equal(drp_dataset_load(dir, "test", &ds, &err), DRP_ENOTFOUND);
    assert_non_null(strstr(err.text, "'items.jsonl'"));
    assert_int_equal(drp_dataset_load(drp_temp_path(dir, "absent"), "test", &ds, &err),
                     DRP_ENOTFOUND);
    assert_non_null(strstr(err.text, "drp prepare"));
    assert_int_equal(drp_dataset_load(dir, "dev", &ds, &err), DRP_EUSAGE);
}

static void the_hash_follows_the_files(void **state)
{
    const char *const dir = *state;
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    struct drp_sha256 hashes[3];
    const struct drp_sv tests[] = {DRP_SV(""), DRP_SV(ROW("u", "", REVIEW("a", "x"))),
                                   DRP_SV("")};
    for (size_t i = 0; i < DRP_LEN(tests); i++) {
        write_dataset(dir, tests[i]);
        assert_int_equal(drp_dataset_load(dir, "test", &ds, &err), 0);
        hashes[i] = drp_dataset_hash(ds);
        drp_dataset_free(ds);
    }
    assert_memory_equal(&hashes[0], &hashes[2], sizeof hashes[0]);
    assert_memory_not_equal(&hashes[0], &hashes[1], sizeof hashes[0]);
}

static void statistics(void **state)
{
    const char *const dir = *state;
    struct drp_stats stats;
    struct drp_err err = {0};
    struct drp_str json;
    drp_str_init(&json, 10000);
    write_dataset(dir, DRP_SV(ROW("u", REVIEW("a", "x y") "," REVIEW("b", "xyz"),
                                  REVIEW("c", "z")) ROW("v", "", REVIEW("a", "\xc3\xa9"))));
    (void)drp_temp_write(dir, "val.jsonl",
                         DRP_SV(ROW("u", REVIEW("a", "x y"), REVIEW("b", "xyz"))));
    assert_int_equal(drp_stats_collect(dir, &stats, &err), 0);
    drp_stats_json(&json, &stats);
    assert_string_equal(
        json.ptr,
        "{\"users\":2,\"items\":3,\"texts\":4,\"rows\":{\"train\":0,\"val\":1,\"test\":2},"
        "\"quantiles\":{"
        "\"texts_per_user\":{\"min\":1,\"p10\":1,\"p25\":1,\"median\":1,\"p75\":3,\"p90\":3,"
        "\"p99\":3,\"max\":3,\"mean\":2.0},"
        "\"users_per_item\":{\"min\":1,\"p10\":1,\"p25\":1,\"median\":1,\"p75\":2,\"p90\":2,"
        "\"p99\":2,\"max\":2,\"mean\":1.3333333333333333},"
        "\"chars_per_text\":{\"min\":1,\"p10\":1,\"p25\":1,\"median\":1,\"p75\":3,\"p90\":3,"
        "\"p99\":3,\"max\":3,\"mean\":2.0},"
        "\"words_per_text\":{\"min\":1,\"p10\":1,\"p25\":1,\"median\":1,\"p75\":1,\"p90\":2,"
        "\"p99\":2,\"max\":2,\"mean\":1.25}}}\n");
    drp_str_clear(&json);
    drp_stats_text(&json, &stats);
    assert_non_null(strstr(json.ptr, "texts                       4\n"));
    drp_str_release(&json);
}

#define IN_FOLDER(f) cmocka_unit_test_setup_teardown(f, drp_temp_setup, drp_temp_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(rows_and_items),
        IN_FOLDER(ids_ratings_and_times_of_other_types),
        IN_FOLDER(users_are_found),
        IN_FOLDER(broken_rows),
        IN_FOLDER(users_have_many_rows_in_train),
        IN_FOLDER(no_dataset),
        IN_FOLDER(the_hash_follows_the_files),
        IN_FOLDER(statistics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
