/* Sentences, and where Punkt's parameters come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/hash.h"
#include "support/temp.h"
#include "text/punkt.h"

#include "base/banned.h"

/* DRP_SV() for static storage. */
#define LITERAL(z)                                                                       \
    {                                                                                    \
        (z), sizeof(z) - 1                                                               \
    }

static const struct drp_punkt_files few = {
    LITERAL("mr\nst\nu.s\netc\nlt\ncol\n\xce\xb5\xcf\x84\xcf\x82\n"),
    LITERAL("st\tpaul\n##number##\tinch\n"),
    LITERAL("however\n"),
    LITERAL(
        "the\t34\nbach\t6\nsmith\t4\njones\t12\ntroops\t36\nhowever\t6\nthen\t50\nis\t32\n"),
};

/* The sentences, a bar between them. */
static void join(const struct drp_punkt *p, struct drp_sv text, struct drp_str *out)
{
    struct drp_spans spans = {0};
    drp_punkt_sentences(p, text, &spans);
    drp_str_clear(out);
    for (size_t i = 0; i < spans.n; i++) {
        if (i > 0)
            drp_str_addc(out, '|');
        drp_str_add(out,
                    drp_sv_slice(text, spans.at[i].at, spans.at[i].at + spans.at[i].len));
    }
    drp_vec_release(&spans);
}

static void sentences(void **state)
{
    /* Source: "|".join(PunktSentenceTokenizer(parameters).tokenize(text)), nltk 3.10.4, with the parameters above. */
    static const struct {
        const char *in, *sentences;
    } rows[] = {
        {"", ""},
        {" \n ", ""},
        {"\x1c", ""},
        {"One. Two. Three.", "One.|Two.|Three."},
        {"  Leading. Space. ", "  Leading.|Space."},
        {"What? Yes! No.", "What?|Yes!|No."},
        {"(One.) Two. \"Three.\" Four.", "(One.)|Two.|\"Three.\"|Four."},
        {"He left. \"No.\" She stayed.", "He left.|\"No.\"|She stayed."},
        {"One.) -- Two", "One.)|-- Two"},
        {"One.\"--Two. Three", "One.\"--Two.|Three"},
        {"One. \" Two", "One. \"|Two"},
        {"One.\xe2\x80\x9d Two.\xc2\xbb Three", "One.\xe2\x80\x9d|Two.\xc2\xbb|Three"},
        {"Mr. Smith left. Mr. Jones did not.", "Mr. Smith left.|Mr. Jones did not."},
        {"It cost etc. The end.", "It cost etc.|The end."},
        {"It cost etc. the end.", "It cost etc. the end."},
        {"u.s. troops and U.S. Troops.", "u.s. troops and U.S. Troops."},
        {"Lt.-col. Smith. Vice-mr. Smith", "Lt.-col. Smith.|Vice-mr. Smith"},
        {"J. S. Bach lived. J. The end.", "J. S. Bach lived.|J.|The end."},
        {"Item 5. is here. Item 5. The end. Item 5. Bach",
         "Item 5. is here.|Item 5.|The end.|Item 5.|Bach"},
        {"No 5. Inch. 6.50 Inch", "No 5. Inch.|6.50 Inch"},
        {"St. Paul is. Paul is", "St. Paul is.|Paul is"},
        {"Wait... The end. Wait... Bach. Wait... however. Wait... However",
         "Wait...|The end.|Wait... Bach.|Wait... however.|Wait...|However"},
        {". . . The end. . . .Then", ".|.|.|The end.|.|.|.Then"},
        {"a.b. c", "a.b.|c"},
        {"a.)b c. D", "a.|)b c. D"},
        {"Hi!!! There!?! You", "Hi!!!|There!?!|You"},
        {"Hi. \x1c Yo. \x1d\n Z", "Hi.|\x1c Yo.|\x1d\n Z"},
        {"Hi.\n\x1c\nYo. Z", "Hi.\n\x1c\nYo.|Z"},
        {"End.\xc2\xa0Next.\xc2\xa0 Last", "End.\xc2\xa0Next.|Last"},
        {"A.\n\nB.\x0d\nC. d", "A.\n\nB.\x0d\nC. d"},
        {"x . y ? z", "x .|y ?|z"},
        {"\xc3\x89. \xc3\x89mile said. \xce\xa9. \xce\xa9mega",
         "\xc3\x89. \xc3\x89mile said.|\xce\xa9. \xce\xa9mega"},
        {"\xce\x95\xce\xa4\xce\xa3. The end", "\xce\x95\xce\xa4\xce\xa3.|The end"},
        {"No end", "No end"},
        {"Ends.", "Ends."},
        {"Ends. ", "Ends."},
        {"Well.that is. Glued.Then", "Well.that is.|Glued.Then"},
        {"e. ,x. -. --. y", "e. ,x.|-.|--.|y"},
        {"1,5. 2-3. -.5. \xd9\xa3. the", "1,5.|2-3.|-.5.|\xd9\xa3. the"},
        {"_. The a. b", "_.|The a. b"},
        {"it's. 'twas. (x. y) z", "it's.|'twas.|(x. y) z"},
        {"Mr.\nSmith. Mr. \n The end.", "Mr.\nSmith.|Mr.|The end."},
        {"a. . b. ! c", "a. .|b. !|c"},
        {"! ? . x", "!|?|.|x"},
    };
    (void)state;
    struct drp_punkt *p = NULL;
    struct drp_str got;
    assert_int_equal(drp_punkt_parse(&few, &p, NULL), 0);
    drp_str_init(&got, 1000);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        join(p, drp_sv_from(rows[i].in), &got);
        assert_string_equal(got.ptr, rows[i].sentences);
    }
    drp_str_release(&got);
    drp_punkt_free(p);
}

static void facts(void **state)
{
    (void)state;
    struct drp_punkt *p = NULL;
    struct drp_str scratch;
    const struct drp_punkt_files files = {
        DRP_SV("st\r\nmr"), DRP_SV("st\tpaul"), DRP_SV("st"),
        DRP_SV("st\t2\nst\t5\nx\t127\n")}; /* the last line of a word counts */
    assert_int_equal(drp_punkt_parse(&files, &p, NULL), 0);
    drp_str_init(&scratch, 100);
    assert_int_equal(drp_punkt_facts(p, DRP_SV("st")),
                     DRP_PUNKT_ABBREVIATION | DRP_PUNKT_STARTER | DRP_PUNKT_COLLOCATES |
                         DRP_PUNKT_MIDDLE_UPPER);
    assert_int_equal(drp_punkt_facts(p, DRP_SV("mr")), DRP_PUNKT_ABBREVIATION);
    assert_int_equal(drp_punkt_facts(p, DRP_SV("x")), DRP_PUNKT_UPPER | DRP_PUNKT_LOWER);
    assert_int_equal(drp_punkt_facts(p, DRP_SV("paul")), 0);
    assert_int_equal(drp_punkt_facts(p, DRP_SV("")), 0);
    assert_true(drp_punkt_collocated(p, DRP_SV("st"), DRP_SV("paul"), &scratch));
    assert_false(drp_punkt_collocated(p, DRP_SV("st"), DRP_SV("pauls"), &scratch));
    assert_false(drp_punkt_collocated(p, DRP_SV("paul"), DRP_SV("st"), &scratch));
    drp_str_release(&scratch);
    drp_punkt_free(p);
}

static void bad_lines(void **state)
{
    static const struct {
        struct drp_punkt_files files;
        const char *name;
        int64_t line;
    } rows[] = {
        {{{"a\n\nb", 4}, {"", 0}, {"", 0}, {"", 0}}, "abbrev_types.txt", 2},
        {{{"a\tb", 3}, {"", 0}, {"", 0}, {"", 0}}, "abbrev_types.txt", 1},
        {{{"a\n\xff\n", 4}, {"", 0}, {"", 0}, {"", 0}}, "abbrev_types.txt", 2},
        {{{"", 0}, {"a\tb\na", 5}, {"", 0}, {"", 0}}, "collocations.tab", 2},
        {{{"", 0}, {"a\tb\tc", 5}, {"", 0}, {"", 0}}, "collocations.tab", 1},
        {{{"", 0}, {"a\t", 2}, {"", 0}, {"", 0}}, "collocations.tab", 1},
        {{{"", 0}, {"\tb", 2}, {"", 0}, {"", 0}}, "collocations.tab", 1},
        {{{"", 0}, {"", 0}, {"a\nb\n\n", 5}, {"", 0}}, "sent_starters.txt", 3},
        {{{"", 0}, {"", 0}, {"", 0}, {"a\t1\nb 1", 7}}, "ortho_context.tab", 2},
        {{{"", 0}, {"", 0}, {"", 0}, {"a\t1x", 4}}, "ortho_context.tab", 1},
        {{{"", 0}, {"", 0}, {"", 0}, {"a\t128", 5}}, "ortho_context.tab", 1},
        {{{"", 0}, {"", 0}, {"", 0}, {"a\t-1", 4}}, "ortho_context.tab", 1},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_punkt *p = NULL;
        struct drp_err err = {0};
        assert_int_equal(drp_punkt_parse(&rows[i].files, &p, &err), DRP_EINPUT);
        assert_null(p);
        assert_non_null(strstr(err.text, rows[i].name));
        assert_int_equal(err.record, rows[i].line);
    }
}

/* Writes the four files into a new folder. */
static void write_files(const char *folder)
{
    assert_int_equal(drp_fs_mkdir(folder, true, NULL), 0);
    drp_temp_write(folder, "abbrev_types.txt", few.abbrev_types);
    drp_temp_write(folder, "collocations.tab", few.collocations);
    drp_temp_write(folder, "sent_starters.txt", few.sent_starters);
    drp_temp_write(folder, "ortho_context.tab", few.ortho_context);
}

static struct drp_str name_of(const char *dir)
{
    struct drp_punkt *p = NULL;
    struct drp_err err = {0};
    struct drp_str name;
    drp_str_init(&name, 100);
    if (drp_punkt_open(dir, &p, &err) < 0)
        fail_msg("%s", err.text);
    drp_str_add(&name, drp_punkt_name(p));
    drp_punkt_free(p);
    return name;
}

static void check_name(const char *dir, const char *expected)
{
    struct drp_str name = name_of(dir);
    assert_string_equal(name.ptr, expected);
    drp_str_release(&name);
}

/* Source: cat of the four files | sha256sum. */
static const char few_name[] = "4b464904";

static void a_folder_of_files(void **state)
{
    write_files(drp_temp_path(*state, "few"));
    check_name(drp_temp_path(*state, "few"), few_name);
}

static void the_folder_above(void **state)
{
    write_files(drp_temp_path(*state, "data/tokenizers/punkt_tab/english"));
    check_name(drp_temp_path(*state, "data"), few_name);
}

static void the_environment(void **state)
{
    struct drp_str list;
    drp_str_init(&list, 4096);
    write_files(drp_temp_path(*state, "data/tokenizers/punkt_tab/english"));
    drp_str_addf(&list, ":%s:%s", drp_temp_path(*state, "none"),
                 drp_temp_path(*state, "data"));
    setenv("NLTK_DATA", list.ptr, 1);
    check_name(NULL, few_name);
    unsetenv("NLTK_DATA");
    write_files(drp_temp_path(*state, "home/nltk_data/tokenizers/punkt_tab/english"));
    setenv("HOME", drp_temp_path(*state, "home"), 1);
    check_name(NULL, few_name);
    drp_str_release(&list);
}

static void what_is_missing(void **state)
{
    struct drp_punkt *p = NULL;
    struct drp_err err = {0};
    assert_int_equal(drp_punkt_open(drp_temp_path(*state, "none"), &p, &err),
                     DRP_ENOTFOUND);
    assert_non_null(strstr(err.text, "none"));
    const char *const folder = drp_temp_path(*state, "few");
    write_files(folder);
    assert_int_equal(remove(drp_temp_path(folder, "sent_starters.txt")), 0);
    assert_int_equal(drp_punkt_open(folder, &p, &err), DRP_ENOTFOUND);
    assert_non_null(strstr(err.text, "sent_starters.txt"));
    drp_temp_write(folder, "sent_starters.txt", DRP_SV("a\n\n"));
    assert_int_equal(drp_punkt_open(folder, &p, &err), DRP_EINPUT);
    assert_non_null(strstr(err.text, folder));
    assert_null(p);
}

/* Where /usr/share/nltk_data has no parameters. */
static void the_built_in_set(void **state)
{
    static const struct {
        const char *in, *sentences;
    } rows[] = {
        {"Mr. Smith bought it. He likes it.", "Mr. Smith bought it.|He likes it."},
        {"It has picks, straps, etc. Works well.", "It has picks, straps, etc.|Works well."},
        {"Good (e.g. for travel). I use it at 6 p.m. every day.",
         "Good (e.g. for travel).|I use it at 6 p.m. every day."},
        {"By J. R. Smith. Nice... but small.", "By J. R. Smith.|Nice... but small."},
        {"Made in the U.S. by hand. It cost 9.99. Why?! \"No.\"",
         "Made in the U.S. by hand.|It cost 9.99.|Why?!|\"No.\""},
    };
    (void)state;
    struct drp_punkt *p = NULL;
    struct drp_err err = {0};
    struct drp_str got;
    if (drp_punkt_open("builtin", &p, &err) < 0)
        fail_msg("%s", err.text);
    assert_true(drp_sv_is(drp_punkt_name(p), "builtin"));
    drp_str_init(&got, 1000);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        join(p, drp_sv_from(rows[i].in), &got);
        assert_string_equal(got.ptr, rows[i].sentences);
    }
    drp_str_release(&got);
    drp_punkt_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences),
        cmocka_unit_test(facts),
        cmocka_unit_test(bad_lines),
        cmocka_unit_test_setup_teardown(a_folder_of_files, drp_temp_setup,
                                        drp_temp_teardown),
        cmocka_unit_test_setup_teardown(the_folder_above, drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test_setup_teardown(the_environment, drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test_setup_teardown(what_is_missing, drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test_setup_teardown(the_built_in_set, drp_temp_setup, drp_temp_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
