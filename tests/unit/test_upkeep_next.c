/* A journal read from its first call to its last, in both kinds of store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "engine/journal.h"
#include "engine/upkeep.h"
#include "support/postgres.h"
#include "support/temp.h"

#include "base/banned.h"

static const struct drp_model_info model = {
    .name = {"kept", 4},
    .build = {"tests 1", 7},
    .repeat_penalty = 1.1,
    .fingerprint = {{7}},
};

/* What a walk has seen so far. */
struct seen {
    size_t n;
    struct drp_sha256 last;
    bool ids[12];
};

static int note(void *ctx, const struct drp_kept_call *c, struct drp_err *err)
{
    struct seen *seen = ctx;
    (void)err;
    const unsigned id = c->usage.answer_tokens;
    assert_in_range(id, 0, DRP_LEN(seen->ids) - 1);
    assert_false(seen->ids[id]);
    seen->ids[id] = true;
    assert_true(seen->n++ == 0 || memcmp(&seen->last, &c->key, sizeof c->key) < 0);
    seen->last = c->key;
    assert_int_equal(c->n_turns, id % 2 ? 2 : 4);
    assert_int_equal(c->repeat, id);
    assert_true(drp_sv_is(c->answer, "answer"));
    assert_true(drp_sv_eq(c->model, model.name));
    assert_int_equal(c->fingerprint.len, sizeof model.fingerprint.bytes);
    assert_memory_equal(c->fingerprint.ptr, model.fingerprint.bytes, c->fingerprint.len);
    return 0;
}

static void keep(struct drp_journal *j, unsigned id)
{
    struct drp_err err = {0};
    const struct drp_message turns[] = {
        {DRP_ROLE_SYSTEM, DRP_SV("shared by all")},
        {DRP_ROLE_USER, DRP_SV("question")},
        {DRP_ROLE_ASSISTANT, DRP_SV("")},
        {DRP_ROLE_USER, DRP_SV("and?")},
    };
    const struct drp_call call = {.messages = turns,
                                  .n_messages = id % 2 ? 2 : 4,
                                  .repeat = id};
    const struct drp_reply reply = {.text = DRP_SV("answer"),
                                    .usage = {.answer_tokens = id}};
    const struct drp_entry entry = {drp_journal_key(&model, &call, false), &model, false,
                                    &call, &reply};
    assert_int_equal(drp_journal_put_many(j, &entry, 1, &err), 0);
}

static void each_key_in_its_turn(const char *where)
{
    struct drp_journal *j = NULL;
    struct drp_upkeep *u = NULL;
    struct drp_err err = {0};
    struct seen seen = {0};
    const struct drp_call_reader reader = {note, &seen};
    assert_int_equal(drp_journal_open(where, &j, &err), 0);
    for (unsigned id = 0; id < DRP_LEN(seen.ids); id++)
        keep(j, id);
    drp_journal_free(j);
    assert_int_equal(drp_upkeep_open(where, false, &u, &err), 0);
    for (size_t i = 0; i < DRP_LEN(seen.ids); i++) {
        const struct drp_sha256 last = seen.last;
        if (drp_upkeep_next(u, i ? &last : NULL, &reader, &err) < 0)
            fail_msg("%s", err.text);
    }
    assert_int_equal(seen.n, DRP_LEN(seen.ids));
    assert_int_equal(drp_upkeep_next(u, &seen.last, &reader, &err), DRP_ENOTFOUND);
    drp_upkeep_free(u);
}

static void in_a_file(void **state)
{
    struct drp_str path;
    drp_str_init(&path, 4096);
    each_key_in_its_turn(drp_fs_join(&path, *state, "journal.db"));
    drp_str_release(&path);
}

static void in_a_server(void **state)
{
    (void)state;
    if (!drp_postgres_start())
        skip();
    drp_postgres_clear();
    each_key_in_its_turn(drp_postgres_url());
    drp_postgres_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(in_a_file, drp_temp_setup, drp_temp_teardown),
        cmocka_unit_test(in_a_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
