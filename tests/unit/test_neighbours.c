/* Users by the mean of their texts' vectors, which a file gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/hash.h"
#include "select/neighbours.h"
#include "support/temp.h"

#include "base/banned.h"

/* A row with its texts' vectors; user b has two rows, of which the first counts, and d has no text. */
static const struct row {
    const char *user;
    size_t n;
    float vectors[2][2];
} ROWS[] = {
    {"a", 2, {{1, 0}, {0, 1}}}, /* mean at 45 degrees */
    {"b", 1, {{1, 0.8f}}},      /* near a             */
    {"b", 1, {{-1, -1}}},
    {"c", 1, {{0, 5}}},
    {"d", 0, {{0, 0}}},
    {"e", 1, {{3, 0}}}, /* as far from a as c */
    {"f", 2, {{-2, -1}, {-1, -2}}},
};

static void write_files(const char *dir, size_t n_rows)
{
    struct drp_str rows, vectors;
    drp_str_init(&rows, SIZE_MAX / 4);
    drp_str_init(&vectors, SIZE_MAX / 4);
    for (size_t r = 0; r < n_rows; r++) {
        drp_str_addf(&rows, "{\"user_id\":\"%s\",\"profile\":[", ROWS[r].user);
        for (size_t i = 0; i < ROWS[r].n; i++) {
            char text[64], hex[65];
            const int len = snprintf(text, sizeof text, "t%zu-%zu", r, i);
            const struct drp_sha256 hash = drp_sha256((struct drp_sv){text, (size_t)len});
            drp_sha256_hex(&hash, hex);
            drp_str_addf(&vectors, "{\"text_sha256\":\"%s\",\"vector\":[%g,%g]}\n", hex,
                         (double)ROWS[r].vectors[i][0], (double)ROWS[r].vectors[i][1]);
            drp_str_addf(&rows, "%s{\"asin\":\"x%zu%zu\",\"text\":\"%s\"}",
                         i > 0 ? "," : "", r, i, text);
        }
        drp_str_addz(&rows, "],\"data\":{\"asin\":\"y\",\"text\":\"y\"}}\n");
    }
    drp_temp_write(dir, "train.jsonl", drp_str_sv(&rows));
    drp_temp_write(dir, "vectors.jsonl", drp_str_sv(&vectors));
    drp_temp_write(dir, "items.jsonl", DRP_SV(""));
    drp_temp_write(dir, "val.jsonl", DRP_SV(""));
    drp_temp_write(dir, "test.jsonl", DRP_SV(""));
    drp_str_release(&rows);
    drp_str_release(&vectors);
}

/* What a test works with. */
struct scene {
    struct drp_dataset *ds;
    struct drp_vectors *vectors;
    struct drp_neighbours *nb;
    struct drp_arena arena;
};

static void open_scene(struct scene *s, const char *dir, size_t n_rows)
{
    struct drp_err err = {0};
    *s = (struct scene){0};
    write_files(dir, n_rows);
    assert_int_equal(drp_dataset_load(dir, "train", &s->ds, &err), 0);
    assert_int_equal(
        drp_vectors_open_file(drp_temp_path(dir, "vectors.jsonl"), &s->vectors, &err), 0);
    s->nb = drp_neighbours_new(s->ds, s->vectors);
}

static void close_scene(struct scene *s)
{
    drp_neighbours_free(s->nb);
    drp_vectors_free(s->vectors);
    drp_dataset_free(s->ds);
    drp_arena_release(&s->arena);
}

static void the_nearest_come_first(void **state)
{
    static const struct {
        size_t row, k;
        const char *expected; /* first letters of the user ids, rows of b told apart */
    } rows[] = {
        {0, 1, "b"},
        {0, 2, "bc"},
        {0, 3, "bce"}, /* c and e are equally near: by id */
        {0, 4, "bcef"},
        {0, 0, "bcef"},
        {0, 99, "bcef"}, /* all: by id                     */
        {6, 2, "ce"},
        {1, 2, "ae"}, /* b stands by its first row                       */
        {2, 2, "ae"},
        {4, 0, "abcef"},
    };
    struct scene s;
    struct drp_err err = {0};
    open_scene(&s, *state, DRP_LEN(ROWS));
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_near near;
        assert_int_equal(
            drp_neighbours_of(s.nb, rows[i].row, rows[i].k, &s.arena, &near, &err), 0);
        assert_int_equal(near.n, strlen(rows[i].expected));
        for (size_t k = 0; k < near.n; k++) {
            assert_int_equal(ROWS[near.row[k]].user[0], rows[i].expected[k]);
            assert_int_not_equal(near.row[k], 2);
        }
    }
    close_scene(&s);
}

/* Who asks for all needs no vectors; otherwise one that is missing is named, every time. */
static void missing_vectors_are_an_error(void **state)
{
    struct scene s;
    struct drp_err err = {0};
    struct drp_near near;
    open_scene(&s, *state, DRP_LEN(ROWS));
    drp_neighbours_free(s.nb);
    drp_vectors_free(s.vectors);
    const char *path = drp_temp_write(
        *state, "vectors.jsonl",
        DRP_SV("{\"text_sha256\":"
               "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
               "\"vector\":[1,0]}\n"));
    assert_int_equal(drp_vectors_open_file(path, &s.vectors, &err), 0);
    s.nb = drp_neighbours_new(s.ds, s.vectors);
    assert_int_equal(drp_neighbours_of(s.nb, 0, 0, &s.arena, &near, &err), 0);
    assert_int_equal(near.n, 4);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(drp_neighbours_of(s.nb, 0, 1, &s.arena, &near, &err),
                         DRP_ENOTFOUND);
        assert_non_null(strstr(err.text, "no vector"));
    }
    close_scene(&s);
}

static void a_user_alone_has_none(void **state)
{
    struct scene s;
    struct drp_err err = {0};
    struct drp_near near;
    open_scene(&s, *state, 1);
    for (size_t k = 0; k < 3; k++) {
        assert_int_equal(drp_neighbours_of(s.nb, 0, k, &s.arena, &near, &err), 0);
        assert_int_equal(near.n, 0);
    }
    close_scene(&s);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_nearest_come_first),
        IN_FOLDER(missing_vectors_are_an_error),
        IN_FOLDER(a_user_alone_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
