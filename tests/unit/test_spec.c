/* Model SPECs: what they are taken apart into, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "engine/spec.h"

#include "base/banned.h"

static void parts(void **state)
{
    static const struct {
        const char *text, *scheme, *place, *model,
            *options; /* options: key=value;key=value; */
    } rows[] = {
        {"llama:m.gguf", "llama", "m.gguf", "", ""},
        {"m.gguf", "llama", "m.gguf", "", ""},
        {" m.gguf\n", "llama", "m.gguf", "", ""},
        {"/a/b c.gguf?ctx=4096", "llama", "/a/b c.gguf", "", "ctx=4096;"},
        {"llama:/a#b.gguf?slots=2&ctx=1", "llama", "/a#b.gguf", "", "slots=2;ctx=1;"},
        {"llama:odd?name.gguf?ctx=1", "llama", "odd?name.gguf", "", "ctx=1;"},
        {"stub:", "stub", "", "", ""},
        {"stub:?x==", "stub", "", "", "x==;"},
        {"file:v.jsonl", "file", "v.jsonl", "", ""},
        {"openai:http://h:80/v1#m/n-7b?concurrency=4", "openai", "http://h:80/v1",
         "m/n-7b", "concurrency=4;"},
        {"openai:http://h/v1?api-version=1#m", "openai", "http://h/v1?api-version=1", "m",
         ""},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_arena arena = {0};
        struct drp_err err = {0};
        struct drp_spec spec;
        struct drp_str options;
        drp_str_init(&options, 1000);
        assert_int_equal(drp_spec_parse(drp_sv_from(rows[i].text), &arena, &spec, &err), 0);
        for (size_t k = 0; k < spec.n_options; k++)
            drp_str_addf(&options, "%.*s=%.*s;", DRP_SV_ARG(spec.options[k].key),
                         DRP_SV_ARG(spec.options[k].value));
        assert_true(drp_sv_is(spec.scheme, rows[i].scheme));
        assert_true(drp_sv_is(spec.place, rows[i].place));
        assert_int_equal(spec.model.len, drp_sv_from(rows[i].model).len);
        assert_true(spec.model.len == 0 || drp_sv_is(spec.model, rows[i].model));
        assert_string_equal(options.ptr, rows[i].options);
        drp_str_release(&options);
        drp_arena_release(&arena);
    }
}

static void refused(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "empty"},
        {"  ", "empty"},
        {"model.bin", "cannot tell the engine"},
        {"Llama:x", "cannot tell the engine"},
        {"llama:m.gguf?", "option ''"},
        {"llama:m.gguf?ctx", "option 'ctx'"},
        {"llama:m.gguf?ctx=", "option 'ctx='"},
        {"llama:m.gguf?=4", "option '=4'"},
        {"llama:m.gguf?ctx=4&", "option ''"},
        {"llama:m.gguf?ctx=4&ctx=5", "twice"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_arena arena = {0};
        struct drp_err err = {0};
        struct drp_spec spec;
        assert_int_equal(drp_spec_parse(drp_sv_from(rows[i].text), &arena, &spec, &err),
                         DRP_EUSAGE);
        assert_true(drp_sv_find(drp_sv_from(err.text), drp_sv_from(rows[i].says), 0) !=
                    SIZE_MAX);
        drp_arena_release(&arena);
    }
}

static void options(void **state)
{
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_spec spec;
    int64_t value = 0;
    static const char *const allowed[] = {"ctx", "slots", NULL};
    static const char *const none[] = {NULL};
    (void)state;
    assert_int_equal(drp_spec_parse(DRP_SV("llama:m?ctx=4096&slot=x"), &arena, &spec, &err),
                     0);
    assert_int_equal(
        drp_spec_int(&spec, "ctx", (struct drp_spec_range){1, 5000, 7}, &value, &err), 0);
    assert_int_equal(value, 4096);
    assert_int_equal(drp_spec_int(&spec, "threads", (struct drp_spec_range){1, 5000, 7},
                                  &value, &err),
                     0);
    assert_int_equal(value, 7);
    assert_int_equal(drp_spec_int(&spec, "ctx", (struct drp_spec_range){1, 4095, 7},
                                  &value, &err),
                     DRP_EUSAGE);
    assert_int_equal(drp_spec_int(&spec, "ctx", (struct drp_spec_range){4097, 5000, 7},
                                  &value, &err),
                     DRP_EUSAGE);
    assert_int_equal(drp_spec_int(&spec, "slot", (struct drp_spec_range){0, 5, 7}, &value,
                                  &err),
                     DRP_EUSAGE);
    assert_int_equal(drp_spec_only(&spec, allowed, &err), DRP_EUSAGE);
    assert_true(drp_sv_find(drp_sv_from(err.text), DRP_SV("'slots'"), 0) != SIZE_MAX);
    assert_int_equal(drp_spec_only(&spec, none, &err), DRP_EUSAGE);
    assert_true(drp_sv_find(drp_sv_from(err.text), DRP_SV("takes none"), 0) != SIZE_MAX);
    spec.n_options = 1;
    assert_int_equal(drp_spec_only(&spec, allowed, &err), 0);
    drp_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),
        cmocka_unit_test(refused),
        cmocka_unit_test(options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
