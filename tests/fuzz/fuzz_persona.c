/* The parser of personas: any bytes give bounded lists of distinct values on one line each, which read back as they are. */
#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"
#include "method/persona.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_value(struct drp_sv value)
{
    check(value.len > 0 && value.len <= DRP_PERSONA_VALUE_BYTES);
    check(drp_sv_trim(value).len == value.len);
    for (size_t i = 0; i < value.len; i++)
        check(value.ptr[i] != ';' && value.ptr[i] != '\n' && value.ptr[i] != '\r');
}

static bool same(struct drp_sv a, struct drp_sv b)
{
    return a.len == b.len && drp_sv_find_nocase(a, b, 0) == 0;
}

static void check_persona(const struct drp_persona *p)
{
    size_t n = 0;
    for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++) {
        check(p->of[key].n <= DRP_PERSONA_MAX_VALUES);
        n += p->of[key].n;
        for (size_t i = 0; i < p->of[key].n; i++) {
            check_value(p->of[key].at[i]);
            for (size_t k = 0; k < i; k++)
                check(!same(p->of[key].at[i], p->of[key].at[k]));
        }
    }
    check(p->n == n);
}

static void check_equal(const struct drp_persona *a, const struct drp_persona *b)
{
    check(a->n == b->n);
    for (size_t key = 0; key < DRP_N_PERSONA_KEYS; key++) {
        check(a->of[key].n == b->of[key].n);
        for (size_t i = 0; i < a->of[key].n; i++)
            check(drp_sv_eq(a->of[key].at[i], b->of[key].at[i]));
    }
}

/* Every value stands in the structured profile or among the items, and nowhere else. */
static void check_parts(const struct drp_persona *p, struct drp_arena *arena)
{
    const struct drp_texts items = drp_persona_items(p, arena);
    const struct drp_material_list facts = drp_persona_facts(p, arena);
    size_t n_facts = 0;
    for (size_t i = 0; i < facts.n; i++) {
        struct drp_persona line;
        check(drp_persona_parse(facts.at[i].text, false, arena, &line));
        n_facts += line.n;
    }
    check(items.n + n_facts == p->n);
    const struct drp_sv all = drp_persona_text(p, arena);
    check(drp_persona_cache(p, arena).len <= all.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drp_arena arena = {0};
    struct drp_str valid;
    drp_str_init(&valid, SIZE_MAX / 4);
    const struct drp_sv bytes = {size ? (const char *)data : "", size};
    struct drp_persona p, again;
    drp_persona_parse(bytes, false, &arena, &p); /* reads nothing out of bounds */

    /* Whatever a model says is well-formed by then. */
    for (size_t at = 0; at < bytes.len;)
        drp_utf8_add(&valid, drp_utf8_next(bytes, &at));
    const struct drp_sv answer = drp_str_sv(&valid);
    const bool any = drp_persona_parse(answer, false, &arena, &p);
    check(any || p.n == 0);
    check_persona(&p);
    check_parts(&p, &arena);
    const struct drp_sv text = drp_persona_text(&p, &arena);
    check(drp_utf8_invalid(text) == SIZE_MAX);
    check(drp_persona_parse(text, false, &arena, &again) == (p.n > 0));
    check_equal(&p, &again);
    drp_persona_add(&again, &p);
    check_equal(&p, &again);
    drp_persona_remove(&again, &p);
    check(again.n == 0);

    drp_persona_parse(answer, true, &arena, &again);
    check_persona(&again);
    drp_str_release(&valid);
    drp_arena_release(&arena);
    return 0;
}
