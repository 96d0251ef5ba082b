/* Reading pairs and predictions: every id, every text, and mistakes with their line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "eval/pairs.h"
#include "support/temp.h"
#include "base/banned.h"

static struct drp_pairs *open_text(const char *dir, const char *text)
{
    struct drp_pairs *pairs = NULL;
    struct drp_err err = {0};
    const char *path = drp_temp_write(dir, "pairs.jsonl", drp_sv_from(text));
    if (drp_pairs_open(&(struct drp_source){path, false}, &pairs, &err) < 0)
        fail_msg("%s", err.text);
    return pairs;
}

static void ids_of_any_type_are_kept(void **state)
{
    static const char *const ids[] = {"1", "\"x\"", "null", "[1,2]", "1.5", "true"};
    struct drp_str text;
    drp_str_init(&text, 1 << 16);
    for (size_t i = 0; i < DRP_LEN(ids); i++)
        drp_str_addf(&text, "{\"id\":%s,\"hypothesis\":\"h\",\"reference\":\"r\"}\n",
                     ids[i]);
    drp_str_addz(&text, "\n{\"hypothesis\":\"a\\u0000b\",\"reference\":\"\"}");
    struct drp_pairs *pairs = open_text(*state, text.ptr);
    struct drp_pair pair;
    struct drp_err err = {0};
    for (size_t i = 0; i < DRP_LEN(ids); i++) {
        assert_int_equal(drp_pairs_next(pairs, &pair, &err), 1);
        assert_true(drp_sv_is(pair.id, ids[i]));
        assert_true(drp_sv_is(pair.hypothesis, "h") && drp_sv_is(pair.reference, "r"));
    }
    assert_int_equal(drp_pairs_next(pairs, &pair, &err), 1);
    assert_int_equal(drp_pairs_line(pairs), DRP_LEN(ids) + 2);
    assert_null(pair.id.ptr);
    assert_int_equal(pair.hypothesis.len, 3);
    assert_true(pair.reference.ptr && pair.reference.len == 0);
    assert_int_equal(drp_pairs_next(pairs, &pair, &err), 0);
    drp_pairs_free(pairs);
    drp_str_release(&text);
}

static void mistakes_name_line_and_field(void **state)
{
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"{\"id\":1,\"hypothesis\":\"a\"}", "no 'reference'"},
        {"{\"id\":1,\"reference\":\"a\"}", "no 'hypothesis'"},
        {"{\"id\":1,\"hypothesis\":3,\"reference\":\"a\"}",
         "expected a string, not a number"},
        {"{\"id\":1,\"hypothesis\":null,\"reference\":\"a\"}", "expected a string"},
        {"[]", "expected {\"id\""},
        {"{\"id\":1,", "line 2"},
        {"{\"id\":1,\"hypothesis\":\"\xff\",\"reference\":\"a\"}", "line 2"},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_str text;
        struct drp_pair pair;
        struct drp_err err = {0};
        drp_str_init(&text, 1 << 16);
        drp_str_addf(&text, "{\"id\":0,\"hypothesis\":\"a\",\"reference\":\"a\"}\n%s\n",
                     rows[i].line);
        struct drp_pairs *pairs = open_text(*state, text.ptr);
        assert_int_equal(drp_pairs_next(pairs, &pair, &err), 1);
        assert_int_equal(drp_pairs_next(pairs, &pair, &err), DRP_EINPUT);
        if (!strstr(err.text, rows[i].says) || !strstr(err.text, "line 2") ||
            !strstr(err.text, "pairs.jsonl"))
            fail_msg("'%s' does not say '%s'", err.text, rows[i].says);
        drp_pairs_free(pairs);
        drp_str_release(&text);
    }
}

static void predictions_are_read_from_a_run(void **state)
{
    struct drp_pairs *pairs = NULL;
    struct drp_pair pair;
    struct drp_err err = {0};
    drp_temp_write(
        *state, "predictions.jsonl",
        DRP_SV("{\"method\":\"rag\",\"model\":\"m\",\"temperature\":0.8,\"seed\":7,"
               "\"repeat\":2,\"user_id\":\"u\",\"asin\":\"a\",\"prediction\":\"p\","
               "\"reference\":\"r\",\"finish\":\"stop\",\"fallback\":null}\n"));
    assert_int_equal(drp_pairs_open(&(struct drp_source){*state, true}, &pairs, &err), 0);
    assert_int_equal(drp_pairs_next(pairs, &pair, &err), 1);
    assert_true(drp_sv_is(pair.method, "rag") && drp_sv_is(pair.user_id, "u") &&
                drp_sv_is(pair.asin, "a") && drp_sv_is(pair.hypothesis, "p"));
    assert_true(pair.temperature == 0.8 && pair.seed == 7 && pair.repeat == 2);
    drp_pairs_free(pairs);
}

static void a_folder_that_is_no_run_is_told(void **state)
{
    struct drp_pairs *pairs = NULL;
    struct drp_err err = {0};
    assert_int_equal(drp_pairs_open(&(struct drp_source){*state, true}, &pairs, &err),
                     DRP_ENOTFOUND);
    assert_non_null(strstr(err.text, "drp run makes it"));
    assert_null(pairs);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(ids_of_any_type_are_kept),
        IN_FOLDER(mistakes_name_line_and_field),
        IN_FOLDER(predictions_are_read_from_a_run),
        IN_FOLDER(a_folder_that_is_no_run_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
