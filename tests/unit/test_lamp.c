/* Questions with profiles: every known shape of an entry, forms of files, what is broken, and the bytes of
 * the dataset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "data/dataset.h"
#include "data/lamp.h"
#include "data/summary.h"
#include "support/temp.h"

#include "base/banned.h"

/* Prepares a dataset of questions and, unless NULL, golds in `dir`/out. */
static int prepare(const char *dir, const char *questions, const char *golds,
                   const char *output_field, struct drp_prepare_summary *s,
                   struct drp_err *err)
{
    const struct drp_prepare_opts opts = {
        .questions = drp_temp_write(dir, "questions", drp_sv_from(questions)),
        .golds = golds ? drp_temp_write(dir, "golds", drp_sv_from(golds)) : NULL,
        .output_field = output_field,
        .out = drp_temp_path(dir, "out"),
        .max_line_bytes = 2000,
    };
    return drp_prepare(&opts, s, err);
}

/* A split as "user:input=output,…>input=output;". */
static void show_dataset(const char *dir, struct drp_str *out)
{
    struct drp_dataset *ds = NULL;
    struct drp_err err = {0};
    drp_str_init(out, 100000);
    if (drp_dataset_load(drp_temp_path(dir, "out"), "test", &ds, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < drp_dataset_n_rows(ds); i++) {
        const struct drp_row *const row = drp_dataset_row(ds, i);
        drp_str_add(out, drp_dataset_user_id(ds, row->user));
        for (size_t k = 0; k <= row->profile.n; k++) {
            const bool is_target = k == row->profile.n;
            const struct drp_review *const r = is_target ? row->target : row->profile.at[k];
            drp_str_addc(out, is_target ? '>' : k == 0 ? ':' : ',');
            drp_str_add(out, drp_dataset_item(ds, r->item)->description);
            drp_str_addc(out, '=');
            drp_str_add(out, r->text);
        }
        drp_str_addc(out, ';');
    }
    drp_dataset_free(ds);
}

static void assert_dataset(const char *dir, const char *expected, const char *name)
{
    struct drp_str found;
    show_dataset(dir, &found);
    if (strcmp(found.ptr, expected) != 0)
        fail_msg("%s: %s", name, found.ptr);
    drp_str_release(&found);
}

/* ---- shapes ---- */

/* One question of user u with one entry; what becomes of the entry as "input=output". */
static const struct shape_case {
    const char *name, *id, *entry;
    const char *output_field; /* NULL: told from the fields */
    const char *found;
} SHAPES[] = {
    {"LaMP-1, LaMP-5", "id", "{\"id\":\"1\",\"title\":\"T\",\"abstract\":\"A\"}", NULL,
     "A=T"},
    {"LaMP-2", "id", "{\"id\":\"1\",\"tag\":\"T\",\"description\":\"D\"}", NULL, "D=T"},
    {"LaMP-2, first edition", "id",
     "{\"id\":\"1\",\"text\":\"A\",\"title\":\"T\",\"category\":\"C\"}", NULL,
     "text: A\ntitle: T=C"},
    {"LaMP-3", "id", "{\"id\":\"1\",\"text\":\"A\",\"score\":\"4\"}", NULL, "A=4"},
    {"LaMP-3, a number", "id", "{\"id\":1,\"text\":\"A\",\"score\":4}", NULL, "A=4"},
    {"LaMP-4, LaMP-6", "id", "{\"id\":\"1\",\"title\":\"T\",\"text\":\"A\"}", NULL, "A=T"},
    {"LaMP-7", "id", "{\"id\":\"1\",\"text\":\"A\"}", NULL, "=A"},
    {"with a date", "id", "{\"id\":\"1\",\"text\":\"A\",\"date\":\"2016-05-31\"}", NULL,
     "=A"},
    {"LongLaMP abstracts", "name", "{\"title\":\"T\",\"abstract\":\"A\"}", NULL, "T=A"},
    {"LongLaMP abstracts, ids of the user only", "name",
     "{\"id\":\"1\",\"title\":\"T\",\"abstract\":\"A\"}", NULL, "T=A"},
    {"LongLaMP abstracts, with a year", "id",
     "{\"id\":\"1\",\"title\":\"T\",\"abstract\":\"A\",\"year\":2001}", NULL, "T=A"},
    {"LongLaMP emails", "id", "{\"title\":\"T\",\"text\":\"A\"}", NULL, "T=A"},
    {"LongLaMP reviews", "reviewerId",
     "{\"overall\":5.0,\"reviewText\":\"A\",\"summary\":\"S\",\"description\":\"D\"}",
     NULL, "overall: 5.0\nsummary: S\ndescription: D=A"},
    {"LongLaMP topics", "author", "{\"content\":\"A\",\"summary\":\"S\"}", NULL, "S=A"},
    {"pairs", "id", "{\"input\":\"I\",\"output\":\"O\"}", NULL, "I=O"},
    {"asked for", "id", "{\"id\":\"1\",\"title\":\"T\",\"abstract\":\"A\"}", "abstract",
     "T=A"},
    {"asked for, unknown", "id",
     "{\"id\":\"1\",\"line\":\"L\",\"mood\":\"M\",\"to\":[1]}", "line", "M=L"},
    {"white space", "id",
     "{\"id\":\"1\",\"title\":\" a\\u00a0 b\\n\",\"abstract\":\" A \"}", NULL, " A =a b"},
};

static void shapes(void **state)
{
    for (size_t i = 0; i < DRP_LEN(SHAPES); i++) {
        const struct shape_case *const c = &SHAPES[i];
        struct drp_prepare_summary s;
        struct drp_err err = {0};
        struct drp_str questions, expected;
        drp_str_init(&questions, 10000);
        drp_str_init(&expected, 10000);
        drp_str_addf(&questions,
                     "[{\"%s\":\"u\",\"input\":\"Q\",\"output\":\"R\",\"profile\":[%s]}]",
                     c->id, c->entry);
        drp_str_addf(&expected, "u:%s>Q=R;", c->found);
        const int rc = prepare(*state, questions.ptr, NULL, c->output_field, &s, &err);
        if (rc < 0)
            fail_msg("%s: %s", c->name, err.text);
        assert_dataset(*state, expected.ptr, c->name);
        assert_int_equal(s.n_questions, 1);
        assert_int_equal(s.n_entries, 1);
        drp_str_release(&questions);
        drp_str_release(&expected);
    }
}

/* ---- whole files ---- */

#define E  "{\"id\":\"1\",\"title\":\"T\",\"text\":\"A\"}"
#define QU "{\"id\":\"u\",\"input\":\"I\",\"profile\":[" E "]}"
#define QV "{\"id\":\"v\",\"input\":\"J\",\"profile\":[]}"
#define GU "{\"id\":\"u\",\"output\":\"O\"}"
#define GV "{\"id\":\"v\",\"output\":\"P\"}"

static const struct file_case {
    const char *name, *questions, *golds, *found;
} FILES[] = {
    {"array, golds", "[" QU "," QV "]", "{\"task\":\"LaMP_4\",\"golds\":[" GU "," GV "]}",
     "u:A=T>I=O;v>J=P;"},
    {"golds as an array", "[" QU "]", "[" GU "]", "u:A=T>I=O;"},
    {"golds as lines, more than asked for", QU "\n", GV "\n" GU "\n", "u:A=T>I=O;"},
    {"lines, sorted by id", QV "\n" QU "\n", "[" GU "," GV "]", "u:A=T>I=O;v>J=P;"},
    {"questions in an object", "{\"task\":\"LaMP_6\",\"golds\":[" QU "]}", "[" GU "]",
     "u:A=T>I=O;"},
    {"golds come before the output of the question",
     "[{\"id\":\"u\",\"input\":\"I\",\"output\":\"no\",\"profile\":[]}]", "[" GU "]",
     "u>I=O;"},
    {"the question's own output where the golds have none",
     "[{\"id\":\"w\",\"input\":\"I\",\"output\":\"own\",\"profile\":[]}]", "[" GU "]",
     "w>I=own;"},
    {"ids and outputs that are numbers", "[{\"id\":7,\"input\":\"I\",\"profile\":[]}]",
     "[{\"id\":\"7\",\"output\":5}]", "7>I=5;"},
    {"no input", "[{\"id\":\"u\",\"input\":\"\",\"profile\":[]}]", "[" GU "]", "u>=O;"},
    {"empty outputs of entries are left out",
     "[{\"id\":\"u\",\"input\":\"I\",\"profile\":[{\"id\":\"1\",\"title\":\" \",\"text\":\"A\"},"
     "{\"id\":\"2\",\"title\":null,\"text\":\"B\"},{\"id\":\"3\",\"title\":\"T\",\"text\":\"\"}]}]",
     "[" GU "]", "u:=T>I=O;"},
};

static void files(void **state)
{
    for (size_t i = 0; i < DRP_LEN(FILES); i++) {
        const struct file_case *const c = &FILES[i];
        struct drp_prepare_summary s;
        struct drp_err err = {0};
        if (prepare(*state, c->questions, c->golds, NULL, &s, &err) < 0)
            fail_msg("%s: %s", c->name, err.text);
        assert_dataset(*state, c->found, c->name);
    }
}

static void assert_file(const char *path, const char *expected)
{
    struct drp_str found;
    struct drp_err err = {0};
    drp_str_init(&found, 100000);
    assert_int_equal(drp_fs_read(path, &found, &err), 0);
    assert_string_equal(found.ptr, expected);
    drp_str_release(&found);
}

static void files_to_the_byte(void **state)
{
    const char *const out = drp_temp_path(*state, "out");
    struct drp_prepare_summary s;
    struct drp_err err = {0};
    struct drp_str text;
    assert_int_equal(
        prepare(*state,
                "[{\"id\":\"10\",\"input\":\"Write one  line about the sea, the wind, the "
                "weather and the harbour.\",\"date\":2001,\"output\":\"O\",\"profile\":["
                "{\"id\":\"1\",\"text\":\"Blue \\u00e9\",\"date\":\"1970-01-02 10:00:00\"},"
                "{\"id\":\"2\",\"text\":\"\"}]}]",
                NULL, NULL, &s, &err),
        0);
    assert_file(
        drp_temp_path(out, "items.jsonl"),
        "{\"asin\":\"10/1\",\"title\":\"\",\"description\":\"\"}\n"
        "{\"asin\":\"10/question\",\"title\":\"Write one line about the sea, the wind, "
        "the weather and the \xE2\x80\xA6\",\"description\":\"Write one  line about the sea, "
        "the wind, the weather and the harbour.\"}\n");
    assert_file(
        drp_temp_path(out, "test.jsonl"),
        "{\"user_id\":\"10\",\"profile\":[{\"asin\":\"10/1\",\"title\":\"Blue \xc3\xa9\","
        "\"text\":\"Blue \xc3\xa9\",\"rating\":null,\"timestamp\":86400000}],\"data\":{"
        "\"asin\":\"10/question\",\"title\":\"\",\"text\":\"O\",\"rating\":null,"
        "\"timestamp\":978307200000}}\n");
    assert_file(drp_temp_path(out, "train.jsonl"), "");
    assert_file(drp_temp_path(out, "val.jsonl"), "");
    assert_int_equal(drp_temp_count(out), 5);
    drp_str_init(&text, 10000);
    drp_summary_json(&text, &s);
    assert_string_equal(
        text.ptr,
        "{\"read\":{\"questions\":1,\"golds\":0,\"entries\":2,\"empty_entries\":1,"
        "\"outputs\":{\"text\":2},\"bad\":0},\"counts\":{\"users\":1,\"items\":2,"
        "\"texts\":2,\"rows\":{\"train\":0,\"val\":0,\"test\":1}}}\n");
    drp_str_release(&text);
}

/* ---- broken inputs ---- */

#define Q(fields) "[" QV ",{" fields "}]"

static const struct broken_case {
    const char *questions, *golds;
    const char *words[3]; /* all in the text */
    int code;
} BROKEN[] = {
    {"[" QU "]", NULL, {"element 1: no output for question 'u'", "--golds"}, DRP_EINPUT},
    {"[" QU "]",
     "[" GV "]",
     {"element 1: no output for question 'u'", "golds have none"},
     DRP_EINPUT},
    {"[" QU "]",
     "[{\"id\":\"u\",\"output\":\" \"}]",
     {"no output for question 'u'"},
     DRP_EINPUT},
    {"[" QU "]",
     "[{\"id\":\"u\"}]",
     {"'output'", "golds' element 1: it is missing"},
     DRP_EINPUT},
    {"[" QU "]",
     "[{\"output\":\"O\"}]",
     {"'id'", "golds' element 1: it is missing"},
     DRP_EINPUT},
    {"[" QU "]", "[{\"id\":\"u\",\"output\":[1]}]", {"'output'", "an array"}, DRP_EINPUT},
    {"[" QU "]", "[" GU "," GU "]", {"golds' element 2: duplicate id 'u'"}, DRP_EINPUT},
    {"[" QU "]", "{\"task\":\"LaMP_4\"}", {"golds' line 1", "'id'"}, DRP_EINPUT},
    {"[" QV "," QV "]",
     "[" GV "]",
     {"questions' element 2: duplicate id 'v'", "--skip-bad"},
     DRP_EINPUT},
    {QV "\n" QV "\n", "[" GV "]", {"questions' line 2: duplicate id 'v'"}, DRP_EINPUT},
    {Q("\"input\":\"I\",\"profile\":[]"),
     "[" GV "]",
     {"'id'", "element 2: it is missing"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"profile\":[]"),
     "[" GU "," GV "]",
     {"'input'", "element 2: it is missing"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"input\":7,\"profile\":[]"),
     "[" GU "," GV "]",
     {"'input'", "found a number, expected a string"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"input\":\"I\""),
     "[" GU "," GV "]",
     {"'profile'", "it is missing"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"input\":\"I\",\"profile\":{}"),
     "[" GU "," GV "]",
     {"'profile'", "element 2: found an object, expected an array"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"input\":\"I\",\"profile\":[1]"),
     "[" GU "," GV "]",
     {"'profile[0]' in", "element 2: expected an entry"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"input\":\"I\",\"profile\":[" E ",{\"mood\":\"M\"}]"),
     "[" GU "," GV "]",
     {"'profile[1]' in", "element 2", "--output-field"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"input\":\"I\",\"profile\":[{\"text\":[]}]"),
     "[" GU "," GV "]",
     {"'profile[0].text'", "an array"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"input\":\"I\",\"profile\":[{\"text\":\"A\",\"date\":\"May\"}]"),
     "[" GU "," GV "]",
     {"'profile[0].date'", "2016-05-31"},
     DRP_EINPUT},
    {Q("\"id\":\"u\",\"input\":\"I\",\"profile\":[],\"date\":\"2016-13-01\""),
     "[" GU "," GV "]",
     {"'date'"},
     DRP_EINPUT},
    {"[" QV ",7]", "[" GV "]", {"element 2: expected an object"}, DRP_EINPUT},
    {"[" QV ",{\"id\":}]", "[" GV "]", {"' element 2: cannot parse", "--skip-bad"}, DRP_EINPUT},
    {"[" QV, "[" GV "]", {"ends too early"}, DRP_EIO},
    {"[" QV " " QU "]", "[" GV "]", {"expected ',' or ']' behind element 1"}, DRP_EIO},
    {"[]", NULL, {"gives no question"}, DRP_EINPUT},
    {"", NULL, {"gives no question"}, DRP_EINPUT},
};

static void broken(void **state)
{
    for (size_t i = 0; i < DRP_LEN(BROKEN); i++) {
        const struct broken_case *const c = &BROKEN[i];
        struct drp_prepare_summary s;
        struct drp_err err = {0};
        const int rc = prepare(*state, c->questions, c->golds, NULL, &s, &err);
        if (rc != c->code)
            fail_msg("case %zu: %d: %s", i, rc, err.text);
        for (size_t k = 0; k < DRP_LEN(c->words) && c->words[k]; k++)
            if (!strstr(err.text, c->words[k]))
                fail_msg("case %zu: no \"%s\" in: %s", i, c->words[k], err.text);
        assert_null(strchr(err.text, '\n'));
        assert_int_equal(drp_fs_kind(drp_temp_path(*state, "out")), DRP_FS_NONE);
    }
}

static void bad_records_can_be_passed_over(void **state)
{
    struct drp_str long_one;
    struct drp_err err = {0};
    struct drp_prepare_summary s;
    drp_str_init(&long_one, 10000);
    drp_str_addf(&long_one,
                 "[%s,{\"id\":},%s,{\"id\":\"w\",\"input\":\"%*s\",\"profile\":[]},%s]",
                 QU, QU, 3000, "x", QV);
    struct drp_prepare_opts opts = {
        .questions = drp_temp_write(*state, "questions", drp_str_sv(&long_one)),
        .golds = drp_temp_write(*state, "golds", DRP_SV("[" GU "," GV "]")),
        .out = drp_temp_path(*state, "out"),
        .max_line_bytes = 2000,
        .skip_bad = 3,
    };
    drp_log_set_level(DRP_LOG_ERROR);
    assert_int_equal(drp_prepare(&opts, &s, &err), 0);
    assert_int_equal(s.n_bad, 3);
    assert_dataset(*state, "u:A=T>I=O;v>J=P;", "passed over");
    opts.skip_bad = 2;
    assert_int_equal(drp_prepare(&opts, &s, &err), DRP_ELIMIT);
    assert_non_null(strstr(err.text, "element 4: longer than the 2000 bytes"));
    drp_log_set_level(DRP_LOG_INFO);
    drp_str_release(&long_one);
}

static void options_that_contradict(void **state)
{
    const char *const reviews = "reviews";
    const struct drp_prepare_opts cases[] = {
        {.questions = "q", .reviews = &reviews, .n_reviews = 1},
        {.questions = "q", .meta = &reviews, .n_meta = 1},
        {.golds = "g", .reviews = &reviews, .n_reviews = 1},
        {.output_field = "title", .reviews = &reviews, .n_reviews = 1},
    };
    for (size_t i = 0; i < DRP_LEN(cases); i++) {
        struct drp_prepare_opts opts = cases[i];
        struct drp_prepare_summary s;
        struct drp_err err = {0};
        opts.out = drp_temp_path(*state, "out");
        assert_int_equal(drp_prepare(&opts, &s, &err), DRP_EUSAGE);
        assert_int_equal(drp_temp_count(*state), 0);
    }
}

/* Whatever file operation fails: an error, nothing left behind; without one, a dataset. */
static void every_file_operation_may_fail(void **state)
{
    int rc = -1;
    drp_temp_write(*state, "questions", DRP_SV("[" QU "," QV "]"));
    drp_temp_write(*state, "golds", DRP_SV("[" GU "," GV "]"));
    const struct drp_prepare_opts opts = {
        .questions = drp_temp_path(*state, "questions"),
        .golds = drp_temp_path(*state, "golds"),
        .out = drp_temp_path(*state, "out"),
    };
    for (int n = 1; rc < 0; n++) {
        struct drp_prepare_summary s;
        struct drp_err err = {0};
        assert_true(n < 1000);
        drp_fs_fail_nth(n);
        rc = drp_prepare(&opts, &s, &err);
        drp_fs_fail_nth(0);
        if (rc < 0 && drp_temp_count(*state) != 2)
            fail_msg("operation %d: something is left: %s", n, err.text);
    }
    assert_dataset(*state, "u:A=T>I=O;v>J=P;", "no fault");
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(shapes),
        IN_FOLDER(files),
        IN_FOLDER(files_to_the_byte),
        IN_FOLDER(broken),
        IN_FOLDER(bad_records_can_be_passed_over),
        IN_FOLDER(options_that_contradict),
        IN_FOLDER(every_file_operation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
