/* A person from files: whose texts count, what is known of the items, and what a bad file is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "data/person_file.h"
#include "support/temp.h"

#include "base/banned.h"

/* `{"user":…,"text":…}`, or without the user. */
#define BY(user, text)  "{\"user\":\"" user "\",\"text\":\"" text "\"}\n"
#define OF_NOBODY(text) "{\"text\":\"" text "\"}\n"

static int read_history(const char *dir, const char *history, const char *user,
                        struct drp_arena *arena, struct drp_person *out,
                        struct drp_err *err)
{
    const struct drp_person_files files = {
        .history = drp_temp_write(dir, "history.jsonl", drp_sv_from(history)),
        .user = drp_sv_from(user),
    };
    return drp_person_from_files(&files, arena, out, err);
}

static void whose_texts_count(void **state)
{
    static const struct {
        const char *history;
        const char *user; /* NULL: nobody is named */
        const char *id;   /* "": nobody's          */
        const char *own;  /* texts, joined         */
    } rows[] = {
        {OF_NOBODY("a") OF_NOBODY("b"), NULL, "", "ab"},
        {BY("ada", "a") BY("ada", "b"), NULL, "ada", "ab"},
        {OF_NOBODY("a") BY("ada", "b") OF_NOBODY("c"), NULL, "ada", "abc"},
        {BY("bea", "a") BY("ada", "b") BY("cleo", "c"), "ada", "ada", "b"},
        {BY("bea", "a") OF_NOBODY("b"), "ada", "ada", "b"},
        {BY("bea", " ") BY("ada", "b"), "ada", "ada", "b"},
        {"\n" BY("ada", "a") "\r\n", NULL, "ada", "a"},
        {"{\"user\":7,\"text\":\"a\"}", NULL, "7", "a"},
        {"{\"reviewerID\":\"ada\",\"asin\":\"i\",\"reviewText\":\"a\"}", NULL, "ada", "a"},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_arena arena = {0};
        struct drp_person p;
        struct drp_err err = {0};
        if (read_history(*state, rows[i].history, rows[i].user, &arena, &p, &err) < 0)
            fail_msg("row %zu: %s", i, err.text);
        if (!drp_sv_is(p.id, rows[i].id))
            fail_msg("row %zu: '%.*s'", i, DRP_SV_ARG(p.id));
        assert_int_equal(p.n_own, strlen(rows[i].own));
        assert_int_equal(p.n_others, 0);
        for (size_t k = 0; k < p.n_own; k++)
            if (p.own[k].text.len != 1 || p.own[k].text.ptr[0] != rows[i].own[k])
                fail_msg("row %zu: text %zu is '%.*s'", i, k, DRP_SV_ARG(p.own[k].text));
        drp_arena_release(&arena);
    }
}

static void a_bad_history_is_told(void **state)
{
    static const struct {
        const char *history;
        const char *user;
        const char *said;
    } rows[] = {
        {"", NULL, "holds no text: JSON lines {\"text\"} of one person are needed"},
        {BY("bea", "a"), "ada", "no text of user 'ada' in '"},
        {BY("ada", "a") BY("bea", "b"), NULL, "' line 2: it is by another user"},
        {OF_NOBODY("a") OF_NOBODY(" \\t"), NULL, "' line 2: its text is empty"},
        {OF_NOBODY("a") "{\"title\":\"b\"}", NULL,
         "' line 2: no known format: expected a field 'text' or 'reviewText'"},
        {"{\"user\":\"ada\"}", NULL, "cannot read 'text' in '"},
        {"{\"text\":7}", NULL, "cannot read 'text' in '"},
        {"{\"text\":", NULL, "' line 1"},
        {"[]", NULL, "' line 1"},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_arena arena = {0};
        struct drp_person p;
        struct drp_err err = {0};
        const int rc =
            read_history(*state, rows[i].history, rows[i].user, &arena, &p, &err);
        if (rc != DRP_EINPUT || !strstr(err.text, rows[i].said))
            fail_msg("row %zu: code %d, %s", i, rc, err.text);
        drp_arena_release(&arena);
    }
}

/* Fields stay; items get the first title that any file has of them, for the person's texts and those of others. */
static void items_are_described(void **state)
{
    const char *const meta[] = {
        drp_temp_write(*state, "meta1.jsonl",
                       DRP_SV("{\"item\":\"pot\",\"title\":\"Pot\",\"description\":\"Red.\"}\n"
                              "{\"item\":\"pan\",\"title\":\"Pan\"}\n")),
        drp_temp_write(*state, "meta2.jsonl",
                       DRP_SV("{\"item\":\"pot\",\"title\":\"Another pot\"}\n"
                              "{\"item\":\"cup\",\"title\":\"Cup\"}\n")),
    };
    const struct drp_person_files files = {
        .history = drp_temp_write(*state, "history.jsonl",
                                  DRP_SV("{\"item\":\"pot\",\"text\":\"a\",\"title\":\"T\","
                                         "\"rating\":4,\"time\":9}\n" OF_NOBODY("b"))),
        .others = drp_temp_write(
            *state, "others.jsonl",
            DRP_SV("{\"user\":\"bea\",\"item\":\"pot\",\"text\":\"c\"}\n"
                   "{\"user\":\"bea\",\"item\":\"jug\",\"text\":\" \"}\n"
                   "{\"user\":\"cleo\",\"item\":\"cup\",\"text\":\"d\",\"rating\":null}\n")),
        .meta = meta,
        .n_meta = DRP_LEN(meta),
    };
    struct drp_arena arena = {0};
    struct drp_person p;
    struct drp_err err = {0};
    if (drp_person_from_files(&files, &arena, &p, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(p.n_own, 2);
    assert_true(drp_sv_is(p.own[0].title, "T"));
    assert_true(p.own[0].rating == 4);
    assert_int_equal(p.own[0].time_ms, 9);
    assert_true(drp_sv_is(p.own[0].item_title, "Pot"));
    assert_true(drp_sv_is(p.own[0].item_description, "Red."));
    assert_int_equal(p.own[1].item_title.len, 0);
    assert_int_equal(p.n_others, 2);
    assert_true(drp_sv_is(p.others[0].author, "bea"));
    assert_true(drp_sv_is(p.others[0].item_title, "Pot"));
    assert_true(drp_sv_is(p.others[1].author, "cleo"));
    assert_true(drp_sv_is(p.others[1].item_title, "Cup"));
    assert_true(p.others[1].rating == 0);
    drp_arena_release(&arena);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    const char *const none = drp_temp_path(*state, "none.jsonl");
    const char *const there = drp_temp_write(*state, "h.jsonl", DRP_SV(OF_NOBODY("a")));
    const struct drp_person_files rows[] = {
        {.history = none},
        {.history = there, .others = none},
        {.history = there, .meta = &none, .n_meta = 1},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_arena arena = {0};
        struct drp_person p;
        struct drp_err err = {0};
        assert_int_equal(drp_person_from_files(&rows[i], &arena, &p, &err), DRP_ENOTFOUND);
        assert_non_null(strstr(err.text, "none.jsonl"));
        drp_arena_release(&arena);
    }
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(whose_texts_count),
        IN_FOLDER(a_bad_history_is_told),
        IN_FOLDER(items_are_described),
        IN_FOLDER(a_file_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
