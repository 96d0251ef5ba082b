/* Settings of methods: words, numbers, presets, and what is said of mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "method/settings.h"
#include "base/banned.h"

static void words_and_numbers_are_set(void **state)
{
    struct drp_settings s;
    struct drp_err err = {0};
    (void)state;
    drp_settings_init(&s, DRP_FIDELITY_OURS);
    assert_int_equal(s.trsr_mode, DRP_TRSR_RECURRENT);
    assert_int_equal(s.trsr_block, 5);
    assert_true(s.pdb_x == 0.25);
    assert_int_equal(drp_settings_set(&s, DRP_SV("trsr.mode=hierarchical"), &err), 0);
    assert_int_equal(drp_settings_set(&s, DRP_SV("trsr.block=7"), &err), 0);
    assert_int_equal(drp_settings_set(&s, DRP_SV("pdb.x=0.5"), &err), 0);
    assert_int_equal(drp_settings_set(&s, DRP_SV("cicl.neg=llm_default"), &err), 0);
    assert_int_equal(s.trsr_mode, DRP_TRSR_HIERARCHICAL);
    assert_int_equal(s.trsr_block, 7);
    assert_true(s.pdb_x == 0.5);
    assert_int_equal(s.cicl_neg, DRP_NEG_MODEL);
}

static void mistakes_are_named(void **state)
{
    static const struct {
        const char *given, *says;
    } rows[] = {
        {"trsr.mode", "KEY=VALUE"},
        {"trsr.mod=recurrent", "did you mean 'trsr.mode'"},
        {"trsr.mode=both", "recurrent|hierarchical"},
        {"trsr.mode=", "recurrent|hierarchical"},
        {"trsr.block=0", "the range is 1 to 64"},
        {"trsr.block=5.5", "the range is 1 to 64"},
        {"pdb.x=1.5", "the range is 0 to 1"},
        {"pdb.x=nan", "the range is 0 to 1"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_settings s;
        struct drp_err err = {0};
        drp_settings_init(&s, DRP_FIDELITY_OURS);
        assert_int_equal(drp_settings_set(&s, drp_sv_from(rows[i].given), &err),
                         DRP_EUSAGE);
        if (!strstr(err.text, rows[i].says))
            fail_msg("'%s' does not say '%s'", err.text, rows[i].says);
    }
}

/* The two readings of the paper, as the specification of the method tells them apart. */
static void presets_are_the_two_readings(void **state)
{
    struct drp_settings ours, paper, released;
    (void)state;
    drp_settings_init(&ours, DRP_FIDELITY_OURS);
    drp_settings_init(&paper, DRP_FIDELITY_PAPER);
    drp_settings_init(&released, DRP_FIDELITY_RELEASED);
    const struct drp_settings *const readings[] = {&ours, &paper, &released};
    static const size_t fields[] = {
        offsetof(struct drp_settings, drp_features),
        offsetof(struct drp_settings, drp_dimensions),
        offsetof(struct drp_settings, drp_validate),
        offsetof(struct drp_settings, drp_grammar),
        offsetof(struct drp_settings, engine_penalty),
        offsetof(struct drp_settings, engine_unclosed),
        offsetof(struct drp_settings, prompt_order),
        offsetof(struct drp_settings, drp_pass),
    };
    static const int expected[][3] = {
        {DRP_FEATURES_VALIDATED, DRP_FEATURES_VALIDATED, DRP_FEATURES_RAW},
        {DRP_DIMENSIONS_SEEDED, DRP_DIMENSIONS_OPEN, DRP_DIMENSIONS_SEEDED},
        {DRP_VALIDATE_CONTINUE, DRP_VALIDATE_FRESH, DRP_VALIDATE_FRESH},
        {DRP_ON, DRP_OFF, DRP_OFF},
        {DRP_ON, DRP_OFF, DRP_OFF},
        {DRP_UNCLOSED_DROP, DRP_UNCLOSED_DROP, DRP_UNCLOSED_KEEP},
        {DRP_ORDER_SHARED, DRP_ORDER_SHARED, DRP_ORDER_RELEASED},
        {DRP_PASS_FEATURES, DRP_PASS_FEATURES, DRP_PASS_TEXTS},
    };
    for (size_t i = 0; i < DRP_LEN(expected); i++)
        for (size_t r = 0; r < DRP_LEN(readings); r++) {
            const char *at = (const char *)readings[r] + fields[i];
            assert_int_equal(*(const int *)(const void *)at, expected[i][r]);
        }
}

/* Every value that the table has as default or preset can be set, and is written as it was typed. */
static void values_come_back_as_typed(void **state)
{
    size_t n;
    const struct drp_setting *table = drp_settings_table(&n);
    (void)state;
    for (size_t i = 0; i < n; i++) {
        struct drp_settings s;
        struct drp_err err = {0};
        struct drp_str text;
        drp_settings_init(&s, DRP_FIDELITY_OURS);
        drp_str_init(&text, 256);
        drp_setting_add_value(&table[i], &s, &text);
        assert_string_equal(text.ptr, table[i].value);
        const char *last = table[i].words ? strrchr(table[i].words, '|') + 1 : "1";
        drp_str_clear(&text);
        drp_str_addf(&text, "%s=%s", table[i].key, last);
        assert_int_equal(drp_settings_set(&s, drp_str_sv(&text), &err), 0);
        drp_str_clear(&text);
        drp_setting_add_value(&table[i], &s, &text);
        assert_string_equal(text.ptr, last);
        drp_str_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_numbers_are_set),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(presets_are_the_two_readings),
        cmocka_unit_test(values_come_back_as_typed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
