/* Texts by likeness: the order, its ties, and words where there are no vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/base.h"
#include "select/similar.h"
#include "support/stub.h"
#include "support/temp.h"

#include "base/banned.h"

static void the_highest_come_first(void **state)
{
    enum { MOST = 6 };
    static const struct {
        double scores[MOST];
        size_t n, k, n_best;
        uint32_t best[MOST];
    } rows[] = {
        {{0.1, 0.9, 0.5}, 3, 2, 2, {1, 2}},
        {{0.1, 0.9, 0.5}, 3, 9, 3, {1, 2, 0}},
        {{1, 1, 1, 1}, 4, 3, 3, {0, 1, 2}}, /* of equal ones the earlier */
        {{0, 2, 1, 2, 0, 2}, 6, 5, 5, {1, 3, 5, 2, 0}},
        {{-1, -2}, 2, 1, 1, {0}},
        {{1, 2}, 2, 0, 0, {0}},
        {{0}, 0, 3, 0, {0}},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        uint32_t best[MOST];
        assert_int_equal(drp_similar_top(rows[i].scores, rows[i].n, rows[i].k, best),
                         rows[i].n_best);
        for (size_t b = 0; b < rows[i].n_best; b++)
            assert_int_equal(best[b], rows[i].best[b]);
    }
}

static void cosines(void **state)
{
    static const struct {
        float a[2], b[2];
        double expected;
    } rows[] = {
        {{1, 0}, {3, 0}, 1},    {{1, 0}, {0, 2}, 0},
        {{1, 1}, {-2, -2}, -1}, {{0, 0}, {1, 0}, 0},
        {{0, 0}, {0, 0}, 0},    {{1, 0}, {1, 1}, 0.70710678118654752},
        {{3, 4}, {4, 3}, 0.96},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        assert_true(fabs(drp_similar_cosine(rows[i].a, rows[i].b, 2) - rows[i].expected) <
                    1e-12);
}

/* The stub gives each text a direction of its own, so that only an equal text is alike. */
static void a_model_compares_vectors(void **state)
{
    static const struct drp_sv texts[] = {
        {"one two", 7}, {"two three", 9}, {"three", 5}, {"one two", 7}};
    struct drp_err err = {0};
    struct drp_stub *stub = drp_stub_new(&(struct drp_stub_opts){.forgets = true});
    const struct drp_model_opts opts = {.spec = "stub:", .embedding = true};
    struct drp_model *model = NULL;
    struct drp_vectors *vectors = NULL;
    double scores[4];
    (void)state;
    assert_int_equal(drp_model_open(&opts, &model, &err), 0);
    assert_int_equal(drp_vectors_open_model(model, NULL, &vectors, &err), 0);
    assert_true(drp_vectors_can_embed(vectors));
    const struct drp_texts all = {texts, DRP_LEN(texts)};
    assert_int_equal(drp_similar_scores(vectors, DRP_SV("one two"), all, scores, &err), 0);
    assert_true(fabs(scores[0] - 1) < 1e-6);
    assert_true(scores[0] == scores[3]);
    assert_true(scores[1] < 0.99 && scores[2] < 0.99);
    assert_int_equal(drp_similar_scores(vectors, DRP_SV("one"), (struct drp_texts){0},
                                        scores, &err),
                     0);
    drp_vectors_free(vectors);
    drp_model_free(model);
    drp_stub_free(stub);
}

static void a_file_compares_words(void **state)
{
    static const struct drp_sv texts[] = {
        {"old red kettle", 14}, {"a tent", 6}, {"", 0}, {"red tent pegs", 13}};
    struct drp_err err = {0};
    struct drp_vectors *vectors = NULL;
    double scores[4];
    uint32_t best[4];
    const char *path = drp_temp_write(
        *state, "vectors.jsonl",
        DRP_SV("{\"text_sha256\":"
               "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\","
               "\"vector\":[1,0]}\n"));
    assert_int_equal(drp_vectors_open_file(path, &vectors, &err), 0);
    assert_false(drp_vectors_can_embed(vectors));
    const struct drp_texts all = {texts, DRP_LEN(texts)};
    assert_int_equal(drp_similar_scores(vectors, DRP_SV("kettle pegs"), all, scores, &err),
                     0);
    assert_int_equal(drp_similar_top(scores, 4, 2, best), 2);
    assert_int_equal(best[0], 0);
    assert_int_equal(best[1], 3);
    assert_int_equal(drp_similar_scores(vectors, DRP_SV(""), all, scores, &err), 0);
    assert_int_equal(drp_similar_top(scores, 4, 1, best), 1);
    assert_int_equal(best[0], 0);
    drp_vectors_free(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_come_first),
        cmocka_unit_test(cosines),
        cmocka_unit_test(a_model_compares_vectors),
        cmocka_unit_test_setup_teardown(a_file_compares_words, drp_temp_setup,
                                        drp_temp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
