/* Text vectors from a file, and from a model with a cache: every text embedded once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/thread.h"
#include "engine/backend.h"
#include "io/db.h"
#include "select/vectors.h"
#include "support/temp.h"

#include "base/banned.h"

enum { DIM = 3 };

/* A back-end that counts: the vector of a text is its length, its first byte, and 1. */
static struct {
    _Atomic size_t n_texts, n_calls;
    _Atomic int fails; /* calls that fail from now on */
    unsigned char fingerprint;
} counter;

static int open_counter(const struct drp_model_opts *opts, void **self,
                        struct drp_model_info *info, struct drp_err *err)
{
    (void)opts, (void)err;
    *self = &counter;
    info->dimension = DIM;
    info->context = 100;
    info->slots = 1;
    info->fingerprint.bytes[0] = counter.fingerprint;
    return 0;
}

static int embed(void *self, const struct drp_sv *texts, size_t n, float *vectors,
                 struct drp_err *err)
{
    (void)self;
    if (counter.fails > 0) {
        counter.fails--;
        return drp_fail(err, DRP_EENGINE, "cannot embed: asked to fail");
    }
    counter.n_calls++;
    counter.n_texts += n;
    for (size_t i = 0; i < n; i++) {
        vectors[i * DIM] = (float)texts[i].len;
        vectors[i * DIM + 1] = texts[i].len > 0 ? (float)texts[i].ptr[0] : 0;
        vectors[i * DIM + 2] = 1;
    }
    return 0;
}

static void submit(void *self, struct drp_job **jobs, size_t n)
{
    (void)self, (void)jobs, (void)n;
    fail_msg("nobody asks here");
}

static void cancel(void *self, struct drp_job *job)
{
    (void)self, (void)job;
}

static int count(void *self, const struct drp_call *call, size_t *n_tokens,
                 struct drp_err *err)
{
    (void)self, (void)call, (void)err;
    *n_tokens = 0;
    return 0;
}

static void close_counter(void *self)
{
    (void)self;
}

static const struct drp_backend BACKEND = {
    .name = "counter",
    .open = open_counter,
    .submit = submit,
    .cancel = cancel,
    .embed = embed,
    .count = count,
    .close = close_counter,
};

static struct drp_model *new_model(unsigned char fingerprint)
{
    struct drp_err err = {0};
    struct drp_model *model = NULL;
    const struct drp_model_opts opts = {.spec = "counter:", .embedding = true};
    counter.n_texts = counter.n_calls = 0;
    counter.fails = 0;
    counter.fingerprint = fingerprint;
    assert_int_equal(drp_model_open(&opts, &model, &err), 0);
    return model;
}

static void check(struct drp_vectors *v, const char *const *texts, size_t n)
{
    struct drp_err err = {0};
    struct drp_sv *views = calloc(n, sizeof *views);
    float *out = calloc(n * DIM, sizeof *out);
    assert_true(views && out);
    for (size_t i = 0; i < n; i++)
        views[i] = drp_sv_from(texts[i]);
    assert_int_equal(drp_vectors_get(v, views, n, out, &err), 0);
    for (size_t i = 0; i < n; i++) {
        assert_true(out[i * DIM] == (float)strlen(texts[i]));
        assert_true(out[i * DIM + 1] == (float)texts[i][0]);
        assert_true(out[i * DIM + 2] == 1);
    }
    free(views);
    free(out);
}

static const char *const TEXTS[] = {"one", "two words", "one", "", "three"};

static void embeds_each_text_once(void **state)
{
    const char *dir = *state;
    const char *const caches[] = {NULL, drp_temp_path(dir, "vectors.db")};
    for (size_t i = 0; i < DRP_LEN(caches); i++) {
        struct drp_err err = {0};
        struct drp_vectors *v = NULL;
        struct drp_model *model = new_model(1);
        assert_int_equal(drp_vectors_open_model(model, caches[i], &v, &err), 0);
        assert_int_equal(drp_vectors_dim(v), DIM);
        check(v, TEXTS, DRP_LEN(TEXTS));
        assert_int_equal(counter.n_texts, 4);
        assert_int_equal(counter.n_calls, 1);
        check(v, TEXTS, DRP_LEN(TEXTS));
        check(v, (const char *const[]){"new", "three"}, 2);
        assert_int_equal(counter.n_texts, 5);
        drp_vectors_free(v);
        drp_model_free(model);
    }
}

static void keeps_vectors_by_model(void **state)
{
    const char *path = drp_temp_path(*state, "vectors.db");
    static const struct {
        unsigned char fingerprint;
        size_t n_texts;
    } RUNS[] = {{1, 4}, {1, 0}, {2, 4}, {1, 0}, {2, 0}};
    for (size_t i = 0; i < DRP_LEN(RUNS); i++) {
        struct drp_err err = {0};
        struct drp_vectors *v = NULL;
        struct drp_model *model = new_model(RUNS[i].fingerprint);
        assert_int_equal(drp_vectors_open_model(model, path, &v, &err), 0);
        check(v, TEXTS, DRP_LEN(TEXTS));
        assert_int_equal(counter.n_texts, RUNS[i].n_texts);
        drp_vectors_free(v);
        drp_model_free(model);
    }
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

/* What was embedded before a failure stays. */
static void goes_on_after_a_failure(void **state)
{
    enum { N = 150 };
    struct drp_err err = {0};
    struct drp_vectors *v = NULL;
    struct drp_model *model = new_model(1);
    char names[N][16];
    struct drp_sv texts[N];
    static float out[N * DIM];
    for (int i = 0; i < N; i++) {
        const int len = snprintf(names[i], sizeof names[i], "text %d", i);
        texts[i] = (struct drp_sv){names[i], (size_t)len};
    }
    const char *path = drp_temp_path(*state, "vectors.db");
    assert_int_equal(drp_vectors_open_model(model, path, &v, &err), 0);
    assert_int_equal(drp_vectors_get(v, texts, 100, out, &err), 0);
    counter.fails = 1;
    assert_int_equal(drp_vectors_get(v, texts, N, out, &err), DRP_EENGINE);
    for (int64_t n = 1; n <= 3; n++) {
        drp_db_fail_nth(n);
        assert_int_equal(drp_vectors_get(v, texts, N, out, &err), DRP_EDB);
        drp_db_fail_nth(0);
    }
    assert_int_equal(drp_vectors_get(v, texts, N, out, &err), 0);
    assert_true(counter.n_texts >= N);
    counter.n_texts = 0;
    assert_int_equal(drp_vectors_get(v, texts, N, out, &err), 0);
    assert_int_equal(counter.n_texts, 0);
    drp_vectors_free(v);
    drp_model_free(model);
}

static void refuses_a_foreign_cache(void **state)
{
    static const struct {
        const char *sql, *hint;
    } CASES[] = {
        {"UPDATE vector SET vector = x'0011'", "delete the vector cache"},
        {"PRAGMA user_version = 7", "move it away to start a new one"},
    };
    const char *path = drp_temp_path(*state, "vectors.db");
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        struct drp_err err = {0};
        struct drp_vectors *v = NULL;
        struct drp_db *db = NULL;
        struct drp_model *model = new_model(1);
        float out[DIM];
        assert_int_equal(drp_vectors_open_model(model, path, &v, &err), 0);
        const struct drp_sv text = DRP_SV("one");
        if (i == 0)
            assert_int_equal(drp_vectors_get(v, &text, 1, out, &err), 0);
        drp_vectors_free(v);
        assert_int_equal(drp_db_open(path, false, &db, &err), 0);
        assert_int_equal(drp_db_exec(db, CASES[i].sql, &err), 0);
        drp_db_free(db);
        int rc = drp_vectors_open_model(model, path, &v, &err);
        if (rc == 0)
            rc = drp_vectors_get(v, &text, 1, out, &err);
        assert_int_equal(rc, DRP_EDB);
        assert_non_null(strstr(err.text, CASES[i].hint));
        drp_vectors_free(v);
        drp_model_free(model);
    }
}

static void ask_all(void *ctx)
{
    check(ctx, TEXTS, DRP_LEN(TEXTS));
}

static void threads_share_a_source(void **state)
{
    struct drp_err err = {0};
    struct drp_vectors *v = NULL;
    struct drp_model *model = new_model(1);
    struct drp_thread threads[4];
    assert_int_equal(
        drp_vectors_open_model(model, drp_temp_path(*state, "vectors.db"), &v, &err), 0);
    for (size_t i = 0; i < DRP_LEN(threads); i++)
        assert_int_equal(drp_thread_start(&threads[i], ask_all, v, 0, &err), 0);
    for (size_t i = 0; i < DRP_LEN(threads); i++)
        drp_thread_join(&threads[i]);
    assert_int_equal(counter.n_texts, 4);
    drp_vectors_free(v);
    drp_model_free(model);
}

#define HEX_ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HEX_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void reads_a_file(void **state)
{
    struct drp_err err = {0};
    struct drp_vectors *v = NULL;
    float out[4];
    const char *path =
        drp_temp_write(*state, "vectors.jsonl",
                       DRP_SV("{\"text_sha256\":\"" HEX_ABC "\",\"vector\":[1, -2.5]}\n"
                              "{\"vector\":[3e0,4],\"text_sha256\":\"" HEX_EMPTY
                              "\",\"more\":1}\n"
                              "{\"text_sha256\":\"" HEX_ABC "\",\"vector\":[9, 9]}\n"));
    assert_int_equal(drp_vectors_open_file(path, &v, &err), 0);
    assert_int_equal(drp_vectors_dim(v), 2);
    const struct drp_sv texts[] = {DRP_SV(""), DRP_SV("abc")};
    assert_int_equal(drp_vectors_get(v, texts, 2, out, &err), 0);
    const float expected[] = {3, 4, 1, -2.5f};
    assert_memory_equal(out, expected, sizeof out);

    const struct drp_sv missing[] = {DRP_SV("abc"), DRP_SV("abcd")};
    assert_int_equal(drp_vectors_get(v, missing, 2, out, &err), DRP_ENOTFOUND);
    assert_non_null(strstr(err.text, "88d4266fd4e6338d13b845fcf289579d"));
    drp_vectors_free(v);
}

static void refuses_a_broken_file(void **state)
{
    static const struct {
        const char *lines, *text;
    } CASES[] = {
        {"", "it holds no vector"},
        {"{\"text_sha256\":\"12\",\"vector\":[1]}", "expected 64 hex digits"},
        {"{\"vector\":[1]}", "expected 64 hex digits"},
        {"[1]", "expected 64 hex digits"},
        {"{\"text_sha256\":\"" HEX_ABC "\"}", "expected an array of numbers"},
        {"{\"text_sha256\":\"" HEX_ABC "\",\"vector\":[]}", "expected an array of numbers"},
        {"{\"text_sha256\":\"" HEX_ABC "\",\"vector\":{\"a\":1}}", "expected an array"},
        {"{\"text_sha256\":\"" HEX_ABC "\",\"vector\":[1,\"2\"]}", "finite numbers"},
        {"{\"text_sha256\":\"" HEX_ABC "\",\"vector\":[1e39]}", "finite numbers"},
        {"{\"text_sha256\":\"" HEX_ABC "\",\"vector\":[1]}\n{\"text_sha256\":\"" HEX_EMPTY
         "\",\"vector\":[1,2]}",
         "line 2: its length differs"},
        {"{\"text_sha256\":", "line 1"},
    };
    for (size_t i = 0; i < DRP_LEN(CASES); i++) {
        struct drp_err err = {0};
        struct drp_vectors *v = NULL;
        const char *path =
            drp_temp_write(*state, "vectors.jsonl", drp_sv_from(CASES[i].lines));
        assert_int_equal(drp_vectors_open_file(path, &v, &err), DRP_EINPUT);
        if (!strstr(err.text, CASES[i].text))
            fail_msg("case %zu says: %s", i, err.text);
        assert_null(v);
    }
    struct drp_err err = {0};
    struct drp_vectors *v = NULL;
    assert_int_equal(drp_vectors_open_file(drp_temp_path(*state, "none"), &v, &err),
                     DRP_ENOTFOUND);
}

int main(void)
{
#define TEST(name)                                                                       \
    cmocka_unit_test_setup_teardown(name, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        TEST(embeds_each_text_once),   TEST(keeps_vectors_by_model),
        TEST(goes_on_after_a_failure), TEST(refuses_a_foreign_cache),
        TEST(threads_share_a_source),  TEST(reads_a_file),
        TEST(refuses_a_broken_file),
    };
    drp_backend_register(&BACKEND, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
