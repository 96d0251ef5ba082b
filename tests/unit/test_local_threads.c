/* The real model asked from several threads at once, with little text: small enough for the thread
 * sanitizer, where test_local takes a quarter of an hour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "base/thread.h"
#include "engine/engine.h"
#include "engine/models.h"

#include "base/banned.h"

enum { THREADS = 3, CALLS = 2, TOKENS = 4 };

struct asker {
    struct drp_model *model;
    const char *questions[CALLS];
    struct drp_cancel *cancel;
    struct drp_arena arena;
    struct drp_reply replies[CALLS];
    int rc;
};

static void ask(void *ctx)
{
    struct asker *a = ctx;
    struct drp_message messages[CALLS];
    struct drp_call calls[CALLS];
    struct drp_err err = {0};
    for (size_t i = 0; i < CALLS; i++) {
        messages[i] = (struct drp_message){DRP_ROLE_USER, drp_sv_from(a->questions[i])};
        calls[i] = (struct drp_call){.messages = &messages[i],
                                     .n_messages = 1,
                                     .sampling = {.max_tokens = TOKENS},
                                     .cancel = a->cancel};
    }
    a->rc = drp_ask(a->model, calls, CALLS, a->replies, &a->arena, &err);
}

static void threads_share_a_model(void **state)
{
    (void)state;
    struct drp_err err = {0};
    struct drp_str path, spec;
    struct drp_model *model;
    struct drp_cancel cancel = {0};
    drp_str_init(&path, 4096);
    drp_str_init(&spec, 4096);
    if (drp_models_find(DRP_MODEL_TEXT, &path, &err) < 0)
        fail_msg("%s", err.text);
    drp_str_addf(&spec, "llama:%s?ctx=256&slots=2", path.ptr);
    if (drp_model_open(&(struct drp_model_opts){.spec = spec.ptr}, &model, &err) < 0)
        fail_msg("%s", err.text);

    /* The first two threads ask the same; the third is stopped at some moment. */
    struct asker askers[THREADS] = {
        {.model = model, .questions = {"Hi.", "Why?"}},
        {.model = model, .questions = {"Hi.", "Why?"}},
        {.model = model, .questions = {"Who?", "When?"}, .cancel = &cancel},
    };
    struct drp_thread threads[THREADS];
    for (size_t t = 0; t < THREADS; t++)
        assert_int_equal(drp_thread_start(&threads[t], ask, &askers[t], 0, &err), 0);
    drp_cancel_raise(&cancel, 2);
    for (size_t t = 0; t < THREADS; t++)
        drp_thread_join(&threads[t]);

    for (size_t t = 0; t < 2; t++) {
        assert_int_equal(askers[t].rc, 0);
        for (size_t i = 0; i < CALLS; i++) {
            assert_int_equal(askers[t].replies[i].status, 0);
            assert_true(drp_sv_eq(askers[t].replies[i].text, askers[0].replies[i].text));
        }
    }
    assert_true(askers[0].replies[0].text.len > 0);
    for (size_t t = 0; t < THREADS; t++)
        drp_arena_release(&askers[t].arena);
    drp_model_free(model);
    drp_str_release(&spec);
    drp_str_release(&path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_share_a_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
