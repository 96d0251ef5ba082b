/* Values of a file one by one: each form, what is broken in each, and values across pieces of the stream. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "io/elements.h"
#include "support/temp.h"

#include "base/banned.h"

/* Values as compact JSON; a bad value is "!", a broken file "?" and the end of it. */
struct form_case {
    const char *bytes, *found;
    const char *unit;
    int64_t last; /* number of the value last read */
};

#define BOM "\xEF\xBB\xBF"

static const struct form_case FORMS[] = {
    {"", "", "element", 0},
    {" \n\t", "", "element", 1},
    {"[]", "", "element", 0},
    {" [ ] ", "", "element", 0},
    {"[1]", "1;", "element", 1},
    {"[1,2]", "1;2;", "element", 2},
    {"[ 1 ,\n2 ]\n", "1;2;", "element", 2},
    {BOM "[{\"a\":[1,{\"b\":\"]}\"}]},{}]", "{\"a\":[1,{\"b\":\"]}\"}]};{};", "element", 2},
    {"[\"a\",\"\\\"\",\"\\\\\",\"],\"]", "\"a\";\"\\\"\";\"\\\\\";\"],\";", "element", 4},
    {"[[],[[]],null,true]", "[];[[]];null;true;", "element", 4},
    /* a bad value costs itself */
    {"[1,{\"a\":},2]", "1;!2;", "element", 3},
    {"[tru,2]", "!2;", "element", 2},
    {"[1,[2}],3]", "1;!?", "element", 2},
    {"[{]},3]", "!?", "element", 1},
    /* a broken array costs the rest */
    {"[", "?", "element", 0},
    {"[1", "?", "element", 0},
    {"[1,", "1;?", "element", 1},
    {"[1,]", "1;?", "element", 1},
    {"[,1]", "?", "element", 0},
    {"[1 2]", "1;?", "element", 1},
    {"[1}", "1;?", "element", 1},
    {"[{\"a\":\"]}", "?", "element", 0},
    {"[1] 2", "1;?", "element", 1},
    /* an object with the list */
    {"{\"task\":\"x\",\"golds\":[1,2]}", "1;2;", "element", 2},
    {"{\n \"golds\" : [\n1\n] , \"task\":{\"golds\":[3]} }\n", "1;", "element", 1},
    {"{\"golds\":[]}", "", "element", 0},
    {"{\"golds\":[1]", "1;?", "element", 1},
    {"{\"golds\":[1]}}", "1;?", "element", 1},
    {"{\"golds\":[1],\"a\":\"}", "1;?", "element", 1},
    {"{\"a\":{\"golds\":[1]}}", "{\"a\":{\"golds\":[1]}};", "line", 1},
    {"{\"a\":\"golds\",\"b\":[1]}", "{\"a\":\"golds\",\"b\":[1]};", "line", 1},
    {"{\"golds\":{\"a\":[1]},\"b\":[2]}", "{\"golds\":{\"a\":[1]},\"b\":[2]};", "line", 1},
    /* lines */
    {"{\"id\":1}\n{\"id\":2}\n", "{\"id\":1};{\"id\":2};", "line", 2},
    {"\n\n{\"id\":1}\r\n\n{\"id\":2}", "{\"id\":1};{\"id\":2};", "line", 5},
    {BOM "{\"id\":1} \n", "{\"id\":1};", "line", 1},
    {"{\"id\":1} x\n{\"id\":2}", "!{\"id\":2};", "line", 2},
    {"{\"id\":\"1\n{\"id\":2}\n", "!{\"id\":2};", "line", 2},
    {"{\"id\":1}\nx\n{\"id\":2}\n", "{\"id\":1};!{\"id\":2};", "line", 3},
    {"{\"id\":", "!", "line", 1},
    {"{\n\"id\":1\n}\n{\"id\":2}\n", "{\"id\":1};{\"id\":2};", "line", 4},
    {"1\n\"a\"\n", "1;\"a\";", "line", 2},
    {"x", "!", "line", 1},
    {"]", "!", "line", 1},
};

/* Reads a whole file into `found`; the last error goes to `err`. */
static void read_file(struct drp_elements *r, struct drp_str *found, struct drp_err *err)
{
    const struct drp_json_val *value;
    int rc;
    while ((rc = drp_elements_next(r, &value, err)) != 0) {
        if (rc > 0) {
            drp_json_write(found, value);
            drp_str_addc(found, ';');
            continue;
        }
        assert_null(value);
        drp_str_addc(found, rc == DRP_EINPUT || rc == DRP_ELIMIT ? '!' : '?');
        if (rc == DRP_EIO) {
            assert_int_equal(drp_elements_next(r, &value, err), 0);
            break;
        }
        assert_int_equal(err->record, drp_elements_number(r));
    }
    assert_int_equal(drp_elements_next(r, &value, err), 0);
}

static void forms(void **state)
{
    for (size_t i = 0; i < DRP_LEN(FORMS); i++) {
        const struct form_case *const c = &FORMS[i];
        const char *const path = drp_temp_write(*state, "file", drp_sv_from(c->bytes));
        struct drp_elements *r = NULL;
        struct drp_str found;
        struct drp_err err = {0};
        drp_str_init(&found, 10000);
        assert_int_equal(drp_elements_open(path, "golds", 0, &r, &err), 0);
        read_file(r, &found, &err);
        if (strcmp(found.ptr, c->found) != 0 || drp_elements_number(r) != c->last)
            fail_msg("case %zu, %s: %s at %d: %s", i, c->bytes, found.ptr,
                     (int)drp_elements_number(r), err.text);
        assert_string_equal(drp_elements_unit(r), c->unit);
        assert_string_equal(drp_elements_path(r), path);
        drp_str_release(&found);
        drp_elements_free(r);
    }
}

static void errors_name_file_and_place(void **state)
{
    static const struct {
        const char *bytes, *words;
    } cases[] = {
        {"[1,{\"a\":}]", "' element 2: cannot parse"},
        {"{}\nx\n", "' line 2: cannot parse"},
        {"[1,2", "': it ends too early, fetch or copy it again, behind element 1"},
        {"[1 2]", "': expected ',' or ']' behind element 1"},
        {"[\"a text of forty bytes at least, I mean\"]", "' element 1: longer than the 20"},
        {"{\"id\":\"a text of forty bytes at least\"}",
         "' line 1: longer than the 20 bytes"},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        const char *const path =
            drp_temp_write(*state, "file", drp_sv_from(cases[i].bytes));
        struct drp_elements *r = NULL;
        struct drp_str found;
        struct drp_err err = {0};
        drp_str_init(&found, 10000);
        assert_int_equal(drp_elements_open(path, "golds", 20, &r, &err), 0);
        read_file(r, &found, &err);
        if (!strstr(err.text, cases[i].words) || !strstr(err.text, path))
            fail_msg("case %zu: %s", i, err.text);
        drp_str_release(&found);
        drp_elements_free(r);
    }
}

/* Elements of all sizes around the pieces of a stream, which are 64 KiB. */
static void values_cross_pieces(void **state)
{
    enum { N = 40 };
    struct drp_str bytes, found, expected;
    struct drp_elements *r = NULL;
    struct drp_err err = {0};
    drp_str_init(&bytes, SIZE_MAX);
    drp_str_init(&found, SIZE_MAX);
    drp_str_init(&expected, SIZE_MAX);
    drp_str_addz(&bytes, "{\"task\":\"t\",\"golds\":[");
    for (int i = 0; i < N; i++) {
        drp_str_addz(&bytes, i > 0 ? " , " : "");
        const size_t from = bytes.len;
        drp_str_addf(&bytes, "{\"a\":\"%*s\\\"]\",\"b\":[%d]}", i * 997, "x", i);
        drp_str_add(&expected, drp_sv_slice(drp_str_sv(&bytes), from, bytes.len));
        drp_str_addc(&expected, ';');
    }
    drp_str_addz(&bytes, "]}");
    const char *const path = drp_temp_write(*state, "file", drp_str_sv(&bytes));
    assert_int_equal(drp_elements_open(path, "golds", 0, &r, &err), 0);
    read_file(r, &found, &err);
    assert_int_equal(drp_elements_number(r), N);
    assert_true(drp_sv_eq(drp_str_sv(&found), drp_str_sv(&expected)));
    drp_elements_free(r);
    drp_str_release(&bytes);
    drp_str_release(&found);
    drp_str_release(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(forms, drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test_setup_teardown(errors_name_file_and_place, drp_temp_setup,
                                        drp_temp_teardown),
        cmocka_unit_test_setup_teardown(values_cross_pieces, drp_temp_setup,
                                        drp_temp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
