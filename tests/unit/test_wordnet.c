/* WordNet: a tiny one for every rule of the lookup and every damage, and the real one where it is installed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"
#include "support/temp.h"
#include "support/tiny_wordnet.h"
#include "text/wordnet.h"
#include "base/banned.h"

struct row {
    const char *word, *synonyms;
};

static struct drp_wordnet *open_or_fail(const char *dir)
{
    struct drp_wordnet *w = NULL;
    struct drp_err err = {0};
    if (drp_wordnet_open(dir, &w, &err) < 0)
        fail_msg("%s", err.text);
    return w;
}

static void assert_synonyms(const struct drp_wordnet *w, const struct row *row)
{
    struct drp_lemmas found = {0};
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    drp_wordnet_synonyms(w, drp_sv_from(row->word), &found);
    for (size_t i = 0; i < found.n; i++)
        drp_str_addf(&text, i ? " %.*s" : "%.*s", DRP_SV_ARG(found.at[i]));
    if (strcmp(text.ptr, row->synonyms) != 0)
        fail_msg("'%s' has '%s', not '%s'", row->word, text.ptr, row->synonyms);
    drp_str_release(&text);
    drp_vec_release(&found);
}

static void a_tiny_one(void **state)
{
    static const struct row rows[] = {
        {"auto", "car auto"},
        {"car", "car auto car railcar"},
        {"railway_car", "car railcar"},
        {"railcars", "car railcar"},
        {"cars", "car auto inch in"}, /* an exception: no suffix rule, and each base form */
        {"geese", "goose honker"},    /* the later of two lines */
        {"paris", "Paris PARIS"},
        {"Paris", ""}, /* words come in lower case */
        {"in", "inch in"},
        {"driving", "drive motor"},
        {"motors", "drive motor"},
        {"went", "go"},
        {"wents", ""}, /* one rule, once */
        {"goed", "go"},
        {"fast", "fast quick flying a(b)c) fast tight"},
        {"faster", "fast quick flying a(b)c)"},
        {"quickest", "fast quick"},
        {"tighter", ""}, /* adverbs have no suffixes */
        {"more", ""},    /* base forms that no index has */
        {"slow", ""},
        {"s", ""},
        {"", ""},
        {"car ", ""},
        {"car n", ""},
        {"car\n", ""},
        {"1", ""},
    };
    drp_tiny_wordnet_write(*state);
    struct drp_wordnet *const w = open_or_fail(*state);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        assert_synonyms(w, &rows[i]);
    assert_true(drp_sv_is(drp_wordnet_version(w), "3.0"));
    drp_wordnet_free(w);
    drp_wordnet_free(NULL);
}

static void the_real_one(void **state)
{
    /* Source: nltk 3.10.4, names without underscore of the lemmas of wordnet.synsets(word) */
    static const struct row rows[] = {
        {"automobile", "car auto automobile machine motorcar automobile"},
        {"geese", "goose fathead goof goofball bozo jackass goose cuckoo twat zany goose"},
        {"quickly", "quickly rapidly speedily chop-chop apace promptly quickly quick cursorily "
                    "quickly"},
        {"us", "America US U.S. USA U.S.A. uracil U uranium U U u"},
        {"in", "inch in indium In Indiana IN in in in in inwards inward"},
        {"2", "two 2 II deuce two 2 ii"},
        {"well-made", "well-made"},
        {"paris", "Paris Paris Paris Paris"},
        {"new_york", "NY"},
        {"aurar", "eyrir"},
        {"acre-feet", "acre-foot"},
        {"quickli", ""},
    };
    (void)state;
    unsetenv("WNHOME");
    struct drp_wordnet *const w = open_or_fail(NULL);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        assert_synonyms(w, &rows[i]);
    assert_true(drp_sv_is(drp_wordnet_version(w), "3.0"));
    drp_wordnet_free(w);
}

static void the_environment_names_the_folder(void **state)
{
    static const struct row row = {"honker", "goose honker"};
    struct drp_err err = {0};
    struct drp_str dict;
    drp_str_init(&dict, SIZE_MAX / 4);
    assert_int_equal(drp_fs_mkdir(drp_fs_join(&dict, *state, "dict"), false, &err), 0);
    drp_tiny_wordnet_write(dict.ptr);
    const char *const homes[] = {*state, dict.ptr};
    for (size_t i = 0; i < DRP_LEN(homes); i++) {
        setenv("WNHOME", homes[i], 1);
        struct drp_wordnet *const w = open_or_fail(NULL);
        assert_synonyms(w, &row);
        drp_wordnet_free(w);
    }
    unsetenv("WNHOME");
    drp_str_release(&dict);
}

static void a_missing_file_says_how_to_install(void **state)
{
    static const char *const names[] = {"index.noun", "noun.exc", "data.verb", "adv.exc"};
    for (size_t i = 0; i < DRP_LEN(names); i++) {
        struct drp_err err = {0};
        struct drp_wordnet *w = NULL;
        drp_tiny_wordnet_write(*state);
        unlink(drp_temp_path(*state, names[i]));
        assert_int_equal(drp_wordnet_open(*state, &w, &err), DRP_ENOTFOUND);
        assert_null(w);
        assert_non_null(strstr(err.text, names[i]));
        assert_non_null(strstr(err.text, "apt-get install wordnet-base"));
    }
}

static void other_files_are_refused(void **state)
{
    static const struct {
        const char *name, *bytes, *place;
    } rows[] = {
        {"index.noun", "", "index.noun' line 1"},
        {"index.noun", "  1 a licence\n", "index.noun' line 1"},
        {"index.noun", "  1 a licence\ncar n 1 0 1 0 00000001\ncar", "index.noun' line 3"},
        {"index.verb", "drive n 1 0 1 0 00000001\n", "index.verb' line 1"},
        {"index.adj", "fast a x\n", "index.adj' line 1"},
        {"index.adv", "fast r", "index.adv' line 1"},
        {"noun.exc", "geese goose\n\ngeese\n", "noun.exc' line 3"},
        {"data.noun", "", "data.noun' line 1"},
        {"data.noun", " licence\n0000001 03 n\n", "data.noun' line 2"},
        {"data.verb", "\x7f\x45\x4c\x46\x02\x01\x01\0", "data.verb' line 1"},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_err err = {0};
        struct drp_wordnet *w = NULL;
        drp_tiny_wordnet_write(*state);
        drp_temp_write(*state, rows[i].name, drp_sv_from(rows[i].bytes));
        assert_int_equal(drp_wordnet_open(*state, &w, &err), DRP_EINPUT);
        assert_null(w);
        assert_non_null(strstr(err.text, rows[i].place));
        assert_true(err.record > 0);
    }
}

/* What the licence and the lines say may be wrong: the entry is passed over as far as it leads nowhere. */
static void damage_is_passed_over(void **state)
{
    static const struct row rows[] = {
        {"beyond", ""}, {"within", ""}, {"short", ""}, {"many", "one"},
        {"cut", "one"}, {"few", "one"}, {"kinds", ""}, {"none", ""},
    };
    drp_tiny_wordnet_write(*state);
    drp_temp_write(*state, "index.noun",
                   DRP_SV("beyond n 1 0 1 0 99999999\n"
                          "within n 1 0 1 0 00000001\n"
                          "short n 1 0 1 0 0000000\n"
                          "many n 999999 0 1 0 00000000\n"
                          "cut n 2 1 @ 2 0 00000000 0000\n"
                          "few n 1 0 1 0 00000000 00000000\n"
                          "kinds n 1 99 @ 1 0 00000000\n"
                          "none n 1 0 1 0"));
    drp_temp_write(*state, "data.noun", DRP_SV("00000000 03 n ff one 0"));
    struct drp_wordnet *const w = open_or_fail(*state);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        assert_synonyms(w, &rows[i]);
    assert_true(drp_sv_is(drp_wordnet_version(w), "3.0")); /* from another file */
    drp_wordnet_free(w);
}

static void every_fault_is_an_error(void **state)
{
    drp_tiny_wordnet_write(*state);
    for (int nth = 1; nth < 100; nth++) {
        struct drp_err err = {0};
        struct drp_wordnet *w = NULL;
        drp_fs_fail_nth(nth);
        const int rc = drp_wordnet_open(*state, &w, &err);
        drp_fs_fail_nth(0);
        if (rc == 0) {
            assert_true(nth > 12);
            drp_wordnet_free(w);
            return;
        }
        assert_int_equal(rc, DRP_EIO);
    }
    fail();
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_tiny_one),
        cmocka_unit_test(the_real_one),
        IN_FOLDER(the_environment_names_the_folder),
        IN_FOLDER(a_missing_file_says_how_to_install),
        IN_FOLDER(other_files_are_refused),
        IN_FOLDER(damage_is_passed_over),
        IN_FOLDER(every_fault_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
