/* Other users' texts are found wherever they stand, whole, cut or in part, and nothing else is hidden. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "base/rng.h"
#include "select/veil.h"

#include "base/banned.h"

#define REVIEW "The spout pours like a dream, though the lid rattles at every step."
#define OTHER  "Boils water quickly enough for two cups of strong tea."

static struct drp_veil *hidden_texts(void)
{
    struct drp_veil *q = drp_veil_new();
    drp_veil_hide(q, "review", 1, DRP_SV(REVIEW));
    drp_veil_hide(q, "title", 1, DRP_SV("Rattles"));
    drp_veil_hide(q, "review", 2, DRP_SV(OTHER));
    drp_veil_allow(q, DRP_SV("I wrote that the lid rattles at every step I take."));
    drp_veil_allow(q, DRP_SV("Swan Gooseneck Kettle, steel, one litre"));
    return q;
}

static const struct row {
    const char *text, *masked;
} rows[] = {
    {"", ""},
    {"Nothing of anybody's.", "Nothing of anybody's."},
    {REVIEW, "[review by peer 1, 67 chars]"},
    {"[Review]: " REVIEW "\n[Rating]: 5.0\n",
     "[Review]: [review by peer 1, 67 chars]\n[Rating]: 5.0\n"},
    {"[Review]: " OTHER "\n\n[Review]: " REVIEW,
     "[Review]: [review by peer 2, 54 chars]\n\n[Review]: [review by peer 1, 67 chars]"},
    {"The spout pours like a dream \xE2\x80\xA6 lid rattles at every step.",
     "[28 chars of a review by peer 1] \xE2\x80\xA6[27 chars of a review by peer 1]"},
    {"They say: \"for two cups of strong tea\", he not.",
     "They say: \"[26 chars of a review by peer 2]\", he not."},
    {"pours like a dream", "pours like a dream"}, /* a few words may be anybody's */
    {"I wrote that the lid rattles at every step I take.",
     "I wrote that the lid rattles at every step I take."},
    {"The spout pours\nlike a\tdream, though", "[36 chars of a review by peer 1]"},
    {"[Title]: Rattles\nIt Rattles a lot",
     "[Title]: [title by peer 1, 7 chars]\nIt Rattles a lot"},
    {"Rattles", "[title by peer 1, 7 chars]"},
    {"Swan Gooseneck Kettle, steel", "Swan Gooseneck Kettle, steel"},
};

static void masks(void **state)
{
    (void)state;
    struct drp_veil *q = hidden_texts();
    struct drp_arena arena = {0};
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_sv got = drp_veil_mask(q, drp_sv_from(rows[i].text), &arena);
        if (!drp_sv_is(got, rows[i].masked))
            fail_msg("row %zu: '%.*s'", i, DRP_SV_ARG(got));
    }
    assert_null(drp_veil_mask(q, (struct drp_sv){0}, &arena).ptr);
    drp_arena_release(&arena);
    drp_veil_free(q);
}

/* Any part of 24 bytes of any text, anywhere between other bytes, is gone. */
static void no_piece_is_left(void **state)
{
    (void)state;
    static const char *const texts[] = {REVIEW, OTHER};
    struct drp_rng rng;
    struct drp_veil *q = drp_veil_new();
    drp_rng_init(&rng, 7);
    for (size_t t = 0; t < DRP_LEN(texts); t++)
        drp_veil_hide(q, "review", t + 1, drp_sv_from(texts[t]));
    for (size_t round = 0; round < 2000; round++) {
        struct drp_arena arena = {0};
        struct drp_str mixed;
        drp_str_init(&mixed, 4096);
        for (size_t n = 0; n < 4; n++) {
            const struct drp_sv text = drp_sv_from(texts[drp_rng_below(&rng, 2)]);
            const size_t from = drp_rng_below(&rng, text.len);
            drp_str_add(&mixed, drp_sv_slice(text, from, from + drp_rng_below(&rng, 60)));
            drp_str_addz(&mixed, drp_rng_below(&rng, 2) ? " and then " : "");
        }
        const struct drp_sv masked = drp_veil_mask(q, drp_str_sv(&mixed), &arena);
        for (size_t t = 0; t < DRP_LEN(texts); t++)
            for (size_t at = 0; at + DRP_QUOTE_BYTES <= strlen(texts[t]); at++)
                if (drp_sv_find(masked, (struct drp_sv){texts[t] + at, DRP_QUOTE_BYTES},
                                0) != SIZE_MAX)
                    fail_msg("left of '%s': '%.*s'", mixed.ptr, DRP_SV_ARG(masked));
        drp_str_release(&mixed);
        drp_arena_release(&arena);
    }
    drp_veil_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks),
        cmocka_unit_test(no_piece_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
