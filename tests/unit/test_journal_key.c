/* The key of a question: what can change the answer changes it, nothing else does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "engine/journal.h"

#include "base/banned.h"

static const struct drp_model_info model = {
    .name = {"tester", 6},
    .build = {"build 1", 7},
    .repeat_penalty = 1.1,
    .fingerprint = {{7}},
};

static void keys(void **state)
{
    const struct drp_message a[] = {{DRP_ROLE_USER, DRP_SV("ab")},
                                    {DRP_ROLE_USER, DRP_SV("c")}};
    const struct drp_message b[] = {{DRP_ROLE_USER, DRP_SV("a")},
                                    {DRP_ROLE_USER, DRP_SV("bc")}};
    const struct drp_message c[] = {{DRP_ROLE_SYSTEM, DRP_SV("ab")},
                                    {DRP_ROLE_USER, DRP_SV("c")}};
    const struct drp_grammar empty = {0}, some = {DRP_SV("root ::= \"a\""), {NULL, 0}};
    const struct drp_sv stop[] = {DRP_SV("x")};
    const uint64_t subjects[] = {1};
    const struct drp_call base = {.messages = a, .n_messages = 2};
    struct {
        const char *what;
        struct drp_call call;
        bool same;
    } rows[] = {
        {"itself", base, true},
        {"seed when greedy", base, true},
        {"top_p when greedy", base, true},
        {"defaults spelled out", base, true},
        {"subjects", base, true},
        {"where a message ends", {.messages = b, .n_messages = 2}, false},
        {"role", {.messages = c, .n_messages = 2}, false},
        {"number of messages", {.messages = a, .n_messages = 1}, false},
        {"temperature", base, false},
        {"max_tokens", base, false},
        {"repeat_penalty", base, false},
        {"repeat_last_n", base, false},
        {"stop", base, false},
        {"grammar", base, false},
        {"empty grammar", base, false},
        {"repeat", base, false},
    };
    (void)state;
    rows[1].call.sampling.seed = 5;
    rows[2].call.sampling.top_p = 0.5;
    rows[3].call.sampling = (struct drp_sampling){.top_p = 1,
                                                  .repeat_penalty = 1.1,
                                                  .repeat_last_n = 256,
                                                  .max_tokens = 512,
                                                  .think_budget = 9};
    rows[4].call.subjects = subjects;
    rows[4].call.n_subjects = 1;
    rows[8].call.sampling.temperature = 0.5;
    rows[9].call.sampling.max_tokens = 511;
    rows[10].call.sampling.repeat_penalty = 1.2;
    rows[11].call.sampling.repeat_last_n = 64;
    rows[12].call.sampling.stop = stop;
    rows[12].call.sampling.n_stop = 1;
    rows[13].call.grammar = &some;
    rows[14].call.grammar = &empty;
    rows[15].call.repeat = 1;
    const struct drp_key key = drp_journal_key(&model, &base, false);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_key other = drp_journal_key(&model, &rows[i].call, false);
        if ((memcmp(&key, &other, sizeof key) == 0) != rows[i].same)
            fail_msg("key and %s", rows[i].what);
    }
}

static void keys_when_sampling(void **state)
{
    const struct drp_message m[] = {{DRP_ROLE_USER, DRP_SV("x")}};
    struct drp_call call = {.messages = m,
                            .n_messages = 1,
                            .sampling = {.temperature = 0.5}};
    (void)state;
    const struct drp_key plain = drp_journal_key(&model, &call, false);
    call.sampling.seed = 1;
    const struct drp_key seeded = drp_journal_key(&model, &call, false);
    assert_memory_not_equal(&plain, &seeded, sizeof plain);
    call.sampling.top_p = 0.9;
    const struct drp_key cut = drp_journal_key(&model, &call, false);
    assert_memory_not_equal(&cut, &seeded, sizeof plain);
}

static void keys_of_models(void **state)
{
    const struct drp_message m[] = {{DRP_ROLE_USER, DRP_SV("x")}};
    const struct drp_call call = {.messages = m, .n_messages = 1};
    struct drp_model_info rebuilt = model, retrained = model;
    (void)state;
    rebuilt.build = DRP_SV("build 2");
    retrained.fingerprint.bytes[31] = 1;
    const struct drp_key free = drp_journal_key(&model, &call, false);
    const struct drp_key strict = drp_journal_key(&model, &call, true);
    const struct drp_key free2 = drp_journal_key(&rebuilt, &call, false);
    const struct drp_key strict2 = drp_journal_key(&rebuilt, &call, true);
    const struct drp_key other = drp_journal_key(&retrained, &call, false);
    assert_memory_not_equal(&free, &strict, sizeof free);
    assert_memory_equal(&free, &free2, sizeof free);
    assert_memory_not_equal(&strict, &strict2, sizeof free);
    assert_memory_not_equal(&free, &other, sizeof free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(keys_when_sampling),
        cmocka_unit_test(keys_of_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
