/* Datasets made from texts in memory: rows, order, items, and what the selector makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "data/texts.h"
#include "select/select.h"
#include "support/stub.h"

#include "base/banned.h"

static const struct drp_text target = {
    .item = {"t", 1},
    .item_title = {"Tent", 4},
    .title = {"Dry night", 9},
    .rating = 4,
};

static struct drp_dataset *build(const struct drp_person *person, size_t *row)
{
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    if (drp_dataset_from_texts(person, &target, &ds, row, &err) < 0)
        fail_msg("%s", err.text);
    return ds;
}

static struct drp_sv text_at(const struct drp_dataset *ds, size_t row, size_t i)
{
    return drp_dataset_row(ds, row)->profile.at[i]->text;
}

static void rows_by_author(void **state)
{
    (void)state;
    const struct drp_text own[] = {
        {.item = DRP_SV("a"), .text = DRP_SV(" one\n two "), .title = DRP_SV("T")},
        {.item = DRP_SV("b"), .text = DRP_SV("second"), .rating = 2},
    };
    const struct drp_text others[] = {
        {.author = DRP_SV("zoe"), .item = DRP_SV("a"), .text = DRP_SV("z1")},
        {.author = DRP_SV("bob"), .item = DRP_SV("a"), .text = DRP_SV("b1")},
        {.author = DRP_SV("me"), .item = DRP_SV("a"), .text = DRP_SV("mine again")},
        {.author = DRP_SV("zoe"), .item = DRP_SV("b"), .text = DRP_SV("z2")},
        {.item = DRP_SV("b"), .text = DRP_SV("s1")},
        {.item = DRP_SV("b"), .text = DRP_SV("s2")},
    };
    const struct drp_person me = {DRP_SV("me"), own, DRP_LEN(own), others, DRP_LEN(others)};
    size_t row = 99;
    struct drp_dataset *ds = build(&me, &row);
    assert_int_equal(drp_dataset_n_rows(ds), 5); /* two strangers, bob, me, zoe */
    const struct drp_row *mine = drp_dataset_row(ds, row);
    assert_true(drp_sv_is(drp_dataset_user_id(ds, mine->user), "me"));
    assert_int_equal(mine->profile.n, 2);
    assert_true(drp_sv_is(text_at(ds, row, 0), "one two"));
    assert_true(drp_sv_is(mine->profile.at[0]->title, "T"));
    assert_true(isnan(mine->profile.at[0]->rating));
    assert_true(fabs(mine->profile.at[1]->rating - 2) < 1e-12);

    assert_true(drp_sv_is(drp_dataset_item(ds, mine->target->item)->title, "Tent"));
    assert_true(drp_sv_is(mine->target->title, "Dry night"));
    assert_null(mine->target->text.ptr);

    struct drp_err err = {0};
    size_t zoe = 99;
    assert_int_equal(drp_dataset_find_user(ds, DRP_SV("zoe"), &zoe, &err), 0);
    assert_int_equal(drp_dataset_row(ds, zoe)->profile.n, 2);
    assert_true(drp_sv_is(text_at(ds, zoe, 1), "z2"));
    assert_null(drp_dataset_row(ds, zoe)->target);
    drp_dataset_free(ds);
}

static void order_of_a_history(void **state)
{
    (void)state;
    static const struct {
        int64_t times[3];
        const char *oldest;
    } cases[] = {
        {{30, 10, 20}, "1"}, /* all have one: by time           */
        {{30, 0, 20}, "0"},  /* one has none: as they are given */
        {{0, 0, 0}, "0"},
        {{5, 5, 5}, "0"}, /* equal ones keep their order     */
    };
    for (size_t c = 0; c < DRP_LEN(cases); c++) {
        struct drp_text own[3];
        static const char *const names[] = {"0", "1", "2"};
        for (size_t i = 0; i < 3; i++)
            own[i] = (struct drp_text){.text = drp_sv_from(names[i]),
                                       .time_ms = cases[c].times[i]};
        const struct drp_person person = {.own = own, .n_own = 3};
        size_t row;
        struct drp_dataset *ds = build(&person, &row);
        assert_int_equal(drp_dataset_row(ds, row)->profile.n, 3);
        if (!drp_sv_is(text_at(ds, row, 0), cases[c].oldest))
            fail_msg("case %zu: the oldest is not %s", c, cases[c].oldest);
        assert_int_equal(drp_dataset_n_items(ds), 4); /* each text its own, and the target */
        drp_dataset_free(ds);
    }
}

static void items_are_told_apart_by_what_is_given(void **state)
{
    (void)state;
    static const char prompt[] =
        "A question that somebody once put to this person, and which is long";
    const struct drp_text own[] = {
        {.item = DRP_SV("a"), .text = DRP_SV("x")},
        {.item_title = DRP_SV("Lamp"), .text = DRP_SV("x")},
        {.item_description = drp_sv_from(prompt), .text = DRP_SV("x")},
    };
    const struct drp_text others[] = {
        {.item = DRP_SV("a"), .item_title = DRP_SV("Pan"), .text = DRP_SV("y")},
        {.item = DRP_SV("a"),
         .item_title = DRP_SV("No"),
         .item_description = DRP_SV("iron"),
         .text = DRP_SV("y")},
        {.item_title = DRP_SV("Lamp"), .text = DRP_SV("y")},
        {.item_description = drp_sv_from(prompt), .text = DRP_SV("y")},
    };
    const struct drp_person p = {{0}, own, DRP_LEN(own), others, DRP_LEN(others)};
    size_t row;
    struct drp_dataset *ds = build(&p, &row);
    assert_int_equal(drp_dataset_n_items(ds), 4);
    const struct drp_item *pan = drp_dataset_find_item(ds, DRP_SV("a"));
    assert_true(drp_sv_is(pan->title, "Pan"));
    assert_true(drp_sv_is(pan->description, "iron"));
    assert_true(drp_sv_is(drp_dataset_find_item(ds, DRP_SV("Lamp"))->title, "Lamp"));
    const struct drp_item *question = drp_dataset_find_item(ds, drp_sv_from(prompt));
    assert_int_equal(question->title.len, 60);
    assert_true(drp_sv_starts(drp_sv_from(prompt), question->title));
    assert_true(drp_sv_is(question->description, prompt));
    drp_dataset_free(ds);
}

static void refuses(void **state)
{
    (void)state;
    const struct drp_text good = {.text = DRP_SV("x")};
    const struct drp_text empty = {.text = DRP_SV(" \n")};
    const struct drp_text broken = {.text = DRP_SV("x"), .item_title = DRP_SV("a\xff")};
    const struct {
        struct drp_text own, other;
        const char *says;
        int64_t record;
    } cases[] = {
        {empty, good, "cannot use the person's own text 1: its text is empty", 1},
        {good, empty, "cannot use the text of others 1: its text is empty", 1},
        {broken, good, "cannot use 'item_title' of the person's own text 1: byte 2", 1},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        const struct drp_person p = {{0}, &cases[i].own, 1, &cases[i].other, 1};
        struct drp_dataset *ds = NULL;
        struct drp_err err = {0};
        size_t row;
        assert_int_equal(drp_dataset_from_texts(&p, &target, &ds, &row, &err), DRP_EINPUT);
        assert_null(ds);
        assert_int_equal(err.record, cases[i].record);
        if (strncmp(err.text, cases[i].says, strlen(cases[i].says)) != 0)
            fail_msg("case %zu: %s", i, err.text);
    }
}

static void somebody_without_texts(void **state)
{
    (void)state;
    const struct drp_person nobody = {0};
    size_t row = 99;
    struct drp_dataset *ds = build(&nobody, &row);
    assert_int_equal(row, 0);
    assert_int_equal(drp_dataset_row(ds, 0)->profile.n, 0);
    assert_true(fabs(drp_dataset_row(ds, 0)->target->rating - 4) < 1e-12);
    drp_dataset_free(ds);
}

/* What an embedder says does not matter here, only that everybody gets a vector. */
static void the_selector_fills_a_sample(void **state)
{
    (void)state;
    const struct drp_text own[] = {
        {.item = DRP_SV("a"), .title = DRP_SV("dry night"), .text = DRP_SV("own a")},
        {.item = DRP_SV("t"), .title = DRP_SV("dry night"), .text = DRP_SV("of the target")},
    };
    const struct drp_text others[] = {
        {.author = DRP_SV("x"), .item = DRP_SV("a"), .text = DRP_SV("x a")},
        {.author = DRP_SV("y"), .item = DRP_SV("a"), .text = DRP_SV("y a")},
        {.author = DRP_SV("y"), .item = DRP_SV("t"), .text = DRP_SV("y t")},
    };
    const struct drp_person me = {DRP_SV("me"), own, DRP_LEN(own), others, DRP_LEN(others)};
    size_t row;
    struct drp_dataset *ds = build(&me, &row);
    const struct drp_model_opts embedding = {.spec = "stub:", .embedding = true};
    struct drp_stub *stub = drp_stub_new(&(struct drp_stub_opts){0});
    struct drp_model *embedder = NULL;
    struct drp_vectors *vectors = NULL;
    struct drp_selector *selector = NULL;
    struct drp_sample sample;
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    assert_int_equal(drp_model_open(&embedding, &embedder, &err), 0);
    assert_int_equal(drp_vectors_open_model(embedder, NULL, &vectors, &err), 0);
    const struct drp_select_opts opts = {.n_items = 2, .n_peers = 2};
    assert_int_equal(drp_selector_new(ds, vectors, &opts, &selector, &err), 0);
    assert_int_equal(drp_selector_fill(selector, row, NULL, &arena, &sample, &err), 0);
    assert_int_equal(sample.profile.n, 1); /* never a text about the target */
    assert_true(drp_sv_is(sample.item->asin, "t"));
    assert_int_equal(sample.reference.len, 0);
    assert_int_equal(sample.n_contrasts, 1);
    assert_int_equal(sample.contrasts[0].peers.n, 2);
    drp_arena_release(&arena);
    drp_selector_free(selector);
    drp_vectors_free(vectors);
    drp_model_free(embedder);
    drp_stub_free(stub);
    drp_dataset_free(ds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_by_author),
        cmocka_unit_test(order_of_a_history),
        cmocka_unit_test(items_are_told_apart_by_what_is_given),
        cmocka_unit_test(refuses),
        cmocka_unit_test(somebody_without_texts),
        cmocka_unit_test(the_selector_fills_a_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
