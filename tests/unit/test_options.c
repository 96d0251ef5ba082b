/* The options: sources, lists, and what is said of mistakes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "run/fidelity.h"
#include "run/option_table.h"
#include "run/option_value.h"
#include "run/options.h"
#include "support/line.h"
#include "support/temp.h"

#include "base/banned.h"

enum { MAX_WORDS = 16 };

/* Parses `line`, words parted by spaces, as what follows "drp". */
static int parse(unsigned verb, const char *line, struct drp_arena *arena,
                 struct drp_options *o, struct drp_err *err)
{
    char *argv[MAX_WORDS + 1];
    const int argc = drp_line_split(line, arena, argv, MAX_WORDS);
    return drp_options_parse(verb, argc, argv, arena, o, err);
}

static void defaults_are_those_of_the_table(void **state)
{
    (void)state;
    struct drp_arena arena = {0};
    struct drp_options o;
    struct drp_err err = {0};
    assert_int_equal(parse(DRP_VERB_RUN, "run data", &arena, &o, &err), 0);
    assert_int_equal(o.items, 8);
    assert_int_equal(o.peers, 4);
    assert_true(drp_sv_is(o.split, "test"));
    assert_int_equal(o.temperatures.n, 1);
    assert_true(o.temperatures.at[0] == 0);
    assert_int_equal(o.methods.n, 1);
    assert_true(drp_sv_is(o.methods.at[0], "drp"));
    assert_true(isnan(o.rating));
    assert_null(o.model.ptr);
    assert_int_equal(o.args.n, 1);
    assert_true(drp_sv_is(o.args.at[0], "data"));
    drp_arena_release(&arena);
}

static void lists_grow_by_commas_and_repetition(void **state)
{
    (void)state;
    struct drp_arena arena = {0};
    struct drp_options o;
    struct drp_err err = {0};
    const char *line =
        "run --temperature 0,0.8 --temperature 0.5 --user a --user b,a data --strict";
    assert_int_equal(parse(DRP_VERB_RUN, line, &arena, &o, &err), 0);
    assert_int_equal(o.temperatures.n, 3);
    assert_true(o.temperatures.at[2] == 0.5);
    assert_int_equal(o.users.n, 2);
    assert_true(drp_sv_is(o.users.at[1], "b"));
    assert_true(o.strict);
    drp_arena_release(&arena);
}

static void paths_are_not_split(void **state)
{
    (void)state;
    struct drp_arena arena = {0};
    struct drp_options o;
    struct drp_err err = {0};
    assert_int_equal(parse(DRP_VERB_PREPARE, "prepare --reviews a,b.jsonl --reviews c",
                           &arena, &o, &err),
                     0);
    assert_int_equal(o.reviews.n, 2);
    assert_true(drp_sv_is(o.reviews.at[0], "a,b.jsonl"));
    drp_arena_release(&arena);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        unsigned verb;
        const char *line, *text;
    } cases[] = {
        {DRP_VERB_RUN, "run --modle x", "unknown option '--modle': did you mean --model?"},
        {DRP_VERB_RUN, "run --reviews x",
         "'--reviews' is no option of 'run': drp help run lists what there is"},
        {DRP_VERB_PLAN, "plan --qqqqqq",
         "unknown option '--qqqqqq': drp help plan lists what there is"},
        {DRP_VERB_RUN, "run --items", "no value for '--items'"},
        {DRP_VERB_RUN, "run --items x",
         "bad value 'x' for --items: a whole number is needed"},
        {DRP_VERB_RUN, "run --items 1.5",
         "bad value '1.5' for --items: a whole number is needed"},
        {DRP_VERB_RUN, "run --items 0", "bad value '0' for --items: 1 to 64 is allowed"},
        {DRP_VERB_RUN, "run --limit -1", "bad value '-1' for --limit: 0 or more is needed"},
        {DRP_VERB_RUN, "run --seed 7,1.5",
         "bad value '1.5' for --seed: a whole number is needed"},
        {DRP_VERB_RUN, "run --set foo=1", "unknown setting 'foo': drp methods lists all"},
        {DRP_VERB_RUN, "run --set trsr.mod=recurrent",
         "unknown setting 'trsr.mod': did you mean 'trsr.mode'?"},
        {DRP_VERB_RUN, "run --temperature 0,3",
         "bad value '3' for --temperature: 0 to 2 is allowed"},
        {DRP_VERB_RUN, "run --temperature 0,,1", "bad value '' for --temperature"},
        {DRP_VERB_RUN, "run --method drp,", "empty value for --method"},
        {DRP_VERB_RUN, "run --select users",
         "bad value 'users' for --select: one of item|user"},
        {DRP_VERB_RUN, "run --strict=maybe",
         "bad value 'maybe' for --strict: true or false"},
        {DRP_VERB_RUN, "run -x",
         "unknown option '-x': options are long, drp help run lists them"},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct drp_arena arena = {0};
        struct drp_options o;
        struct drp_err err = {0};
        assert_int_equal(parse(cases[i].verb, cases[i].line, &arena, &o, &err), DRP_EUSAGE);
        if (!strstr(err.text, cases[i].text))
            fail_msg("'%s' gave '%s', not '%s'", cases[i].line, err.text, cases[i].text);
        drp_arena_release(&arena);
    }
}

static void line_beats_environment_beats_file_beats_default(void **state)
{
    struct drp_arena arena = {0};
    struct drp_options o;
    struct drp_err err = {0};
    struct drp_str line;
    drp_str_init(&line, 4096);
    const char *config =
        "// a remark\n"
        "{\"items\": 3, \"max_tokens\": 30, \"peers\": 3, \"temperature\": [0.1, 0.2],\n"
        " \"min-text\": 7, \"strict\": true,\n"
        " \"models\": {\"big\": {\"spec\": \"llama:x.gguf\", \"reasoning\": true,"
        " \"urls\": [\"http://a\", \"http://b\"], \"key_env\": \"K\", \"price_in\": 0.5, \"price_out\": 2, \"repeat_penalty\": 1.2}},}\n";
    const char *path = drp_temp_write(*state, "config.json", drp_sv_from(config));
    setenv("DRP_PEERS", "2", 1);
    setenv("DRP_MAX_TOKENS", "20", 1);
    setenv("DRP_STRICT", "false", 1);
    drp_str_addf(&line, "run data --max-tokens 10 --config %s", path);
    if (parse(DRP_VERB_RUN, line.ptr, &arena, &o, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(o.max_tokens, 10);
    assert_int_equal(o.peers, 2);
    assert_int_equal(o.items, 3);
    assert_false(o.strict);
    assert_int_equal(o.temperatures.n, 2);
    assert_int_equal(o.n_models, 1);
    assert_int_equal(o.model_table[0].n_urls, 2);
    assert_string_equal(o.model_table[0].urls[1], "http://b");
    assert_true(drp_sv_is(o.model_table[0].key_env, "K"));
    assert_true(o.model_table[0].price_in == 0.5 && o.model_table[0].price_out == 2);
    assert_true(drp_sv_is(o.model_table[0].name, "big"));
    assert_int_equal(o.model_table[0].reasoning, 1);
    assert_true(o.model_table[0].repeat_penalty == 1.2);
    unsetenv("DRP_PEERS");
    unsetenv("DRP_MAX_TOKENS");
    unsetenv("DRP_STRICT");
    drp_str_release(&line);
    drp_arena_release(&arena);
}

static void bad_environment_and_config_are_named(void **state)
{
    static const struct {
        const char *config, *text;
    } cases[] = {
        {"{\"itmes\": 3}", "did you mean --items?"},
        {"{\"items\": \"x\"}", "bad value 'x' for --items"},
        {"{\"items\": [1]}", "bad value for 'items': not an array"},
        {"[1]", "an object with options is needed"},
        {"{\"items\": 3", "cannot parse"},
        {"{\"models\": {\"m\": {\"path\": \"x\"}}}", "unknown key 'path' of model 'm'"},
        {"{\"models\": {\"m\": {}}}", "model 'm' has no 'spec'"},
        {"{\"models\": {\"m\": {\"spec\": 1}}}", "bad 'spec' of model 'm': a text"},
        {"{\"models\": {\"m\": {\"urls\": [1]}}}", "bad 'urls' of model 'm': a list"},
        {"{\"models\": {\"m\": {\"price_in\": -1}}}", "bad 'price_in' of model 'm'"},
    };
    struct drp_str line;
    drp_str_init(&line, 4096);
    drp_str_addf(&line, "run data --config %s", drp_temp_path(*state, "config.json"));
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct drp_arena arena = {0};
        struct drp_options o;
        struct drp_err err = {0};
        drp_temp_write(*state, "config.json", drp_sv_from(cases[i].config));
        assert_true(parse(DRP_VERB_RUN, line.ptr, &arena, &o, &err) < 0);
        if (!strstr(err.text, cases[i].text) || !strstr(err.text, "config.json"))
            fail_msg("%s gave '%s', not '%s' and the file", cases[i].config, err.text,
                     cases[i].text);
        drp_arena_release(&arena);
    }
    setenv("DRP_ITEMS", "many", 1);
    struct drp_arena arena = {0};
    struct drp_options o;
    struct drp_err err = {0};
    assert_int_equal(parse(DRP_VERB_RUN, "run data", &arena, &o, &err), DRP_EUSAGE);
    assert_non_null(strstr(err.text, "environment DRP_ITEMS"));
    unsetenv("DRP_ITEMS");
    drp_arena_release(&arena);
    drp_str_release(&line);
}

static void former_values_come_first_when_merged(void **state)
{
    (void)state;
    struct drp_arena arena = {0};
    struct drp_options o;
    struct drp_err err = {0};
    struct drp_json *doc;
    assert_int_equal(parse(DRP_VERB_RUN, "run --temperature 0.8,0", &arena, &o, &err), 0);
    assert_int_equal(drp_json_parse(DRP_SV("[0, 0.5]"), DRP_JSON_STRICT, &doc, &err), 0);
    const struct drp_option *opt = drp_option_find(DRP_SV("temperature"));
    assert_int_equal(drp_option_merge(opt, drp_json_root(doc), &arena, &o, &err), 0);
    assert_int_equal(o.temperatures.n, 3);
    assert_true(o.temperatures.at[0] == 0 && o.temperatures.at[1] == 0.5 &&
                o.temperatures.at[2] == 0.8);
    drp_json_free(doc);
    drp_arena_release(&arena);
}

/* Every default of the table must itself pass the table's checks, and every name be its own. */
static void table_is_consistent(void **state)
{
    (void)state;
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(drp_option_find(drp_sv_from(table[i].name)), &table[i]);
        assert_true(table[i].verbs != 0);
        assert_true(strlen(table[i].help) > 0);
        assert_true(table[i].type == DRP_OPT_FLAG || table[i].value != NULL);
    }
}

static void groups_name_options_in_the_order_of_the_table(void **state)
{
    (void)state;
    size_t n, n_groups;
    const struct drp_option *table = drp_options_table(&n);
    const struct drp_option_group *groups = drp_option_groups(&n_groups);
    assert_string_equal(groups[0].first, table[0].name);
    for (size_t g = 1; g < n_groups; g++) {
        const struct drp_option *first = drp_option_find(drp_sv_from(groups[g].first));
        assert_non_null(first);
        assert_true(first > drp_option_find(drp_sv_from(groups[g - 1].first)));
    }
}

/* What the task and the reading give to options, unless somebody sets these. */
static void presets_set_what_nobody_did(void **state)
{
    static const struct {
        const char *line, *select;
        int64_t max_tokens;
        const char *said; /* part of the description; NULL: not looked at */
    } cases[] = {
        {"run d", "item", 0, NULL},
        {"run d --task review", "item", 0, NULL},
        {"run d --task generic", "user", 0,
         "--task generic switches, where nothing else was given:\n  --select user "},
        {"run d --task generic --select item", "item", 0, NULL},
        {"run d --select item --fidelity paper", "item", 0, NULL},
        {"run d --fidelity paper", "user", 0, "--fidelity paper switches"},
        {"run d --fidelity released", "item", 4096, "  --max-tokens 4096 "},
        {"run d --fidelity released --max-tokens 9", "item", 9, NULL},
        {"run d --fidelity released --task generic", "user", 4096,
         "--task generic --fidelity released switches"},
        {"select d --task generic", "user", 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct drp_arena arena = {0};
        struct drp_options o;
        struct drp_err err = {0};
        struct drp_str said;
        const unsigned verb = cases[i].line[0] == 'r' ? DRP_VERB_RUN : DRP_VERB_SELECT;
        drp_str_init(&said, 10000);
        if (parse(verb, cases[i].line, &arena, &o, &err) < 0)
            fail_msg("%s: %s", cases[i].line, err.text);
        drp_fidelity_describe(&o, &said);
        if (!drp_sv_is(o.select, cases[i].select) || o.max_tokens != cases[i].max_tokens)
            fail_msg("%s: --select %s --max-tokens %d", cases[i].line, o.select.ptr,
                     (int)o.max_tokens);
        if (cases[i].said && !strstr(said.ptr, cases[i].said))
            fail_msg("%s: it says: %s", cases[i].line, said.ptr);
        drp_str_release(&said);
        drp_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_those_of_the_table),
        cmocka_unit_test(lists_grow_by_commas_and_repetition),
        cmocka_unit_test(paths_are_not_split),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test_setup_teardown(line_beats_environment_beats_file_beats_default,
                                        drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test_setup_teardown(bad_environment_and_config_are_named,
                                        drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test(former_values_come_first_when_merged),
        cmocka_unit_test(table_is_consistent),
        cmocka_unit_test(groups_name_options_in_the_order_of_the_table),
        cmocka_unit_test(presets_set_what_nobody_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
