#include "run/account_json.h"

#include <string.h>

#include "base/base.h"

#include "base/banned.h"

static const struct {
    const char *name;
    size_t offset;
} counts[] = {
#define COUNT(field)                                                                     \
    {                                                                                    \
#field, offsetof(struct drp_account, field)                                      \
    }
    COUNT(predictions),    COUNT(failures),         COUNT(fallbacks),
    COUNT(answers_cut),    COUNT(answers_empty),    COUNT(prompts_shortened),
    COUNT(features_kept),  COUNT(features_dropped), COUNT(features_unparsed),
    COUNT(contrasts_lost),
#undef COUNT
};

static void write_tallies(struct drp_jw *w, const char *key, const struct drp_tally *tallies)
{
    drp_jw_key(w, key);
    drp_jw_obj(w);
    for (size_t i = 0; i < DRP_MAX_TALLIES && tallies[i].reason; i++)
        drp_jw_key_int(w, tallies[i].reason, (int64_t)tallies[i].n);
    drp_jw_obj_end(w);
}

#define USED(X)                                                                          \
    X(calls)                                                                             \
    X(kept)                                                                              \
    X(prompt_tokens)                                                                     \
    X(cached_tokens)                                                                     \
    X(answer_tokens)

static void write_used_row(struct drp_jw *w, const struct drp_used *row)
{
#define MEMBER(field) drp_jw_key_int(w, #field, (int64_t)row->field);
    drp_jw_key(w, row->stage);
    drp_jw_obj(w);
    USED(MEMBER)
    drp_jw_obj_end(w);
#undef MEMBER
}

/* True when no row before `i` is of the same method. */
static bool is_first_of_method(const struct drp_used *rows, size_t i)
{
    size_t before = 0;
    while (before < i && strcmp(rows[before].method, rows[i].method) != 0)
        before++;
    return before == i;
}

void drp_used_write(struct drp_jw *w, const struct drp_used *rows)
{
    drp_jw_obj(w);
    for (size_t i = 0; i < DRP_MAX_USED && rows[i].stage; i++) {
        if (!is_first_of_method(rows, i))
            continue;
        drp_jw_key(w, rows[i].method);
        drp_jw_obj(w);
        for (size_t k = i; k < DRP_MAX_USED && rows[k].stage; k++)
            if (strcmp(rows[k].method, rows[i].method) == 0)
                write_used_row(w, &rows[k]);
        drp_jw_obj_end(w);
    }
    drp_jw_obj_end(w);
}

static uint64_t count_of(const struct drp_json_val *v, const char *name)
{
    int64_t n = 0;
    (void)drp_json_int(drp_json_get(v, name), &n);
    return n > 0 ? (uint64_t)n : 0;
}

static const char *word_of(struct drp_sv name, struct drp_intern *words)
{
    return drp_intern_get(words, drp_intern_add(words, name)).ptr;
}

void drp_used_read(const struct drp_json_val *v, struct drp_intern *words,
                   struct drp_used *rows)
{
    struct drp_json_iter methods = {0};
    struct drp_sv method, stage;
    const struct drp_json_val *of_method, *of_stage;
    while ((of_method = drp_json_next(v, &methods, &method))) {
        struct drp_json_iter stages = {0};
        while ((of_stage = drp_json_next(of_method, &stages, &stage))) {
            struct drp_used row = {.method = word_of(method, words),
                                   .stage = word_of(stage, words)};
#define MEMBER(field) row.field = count_of(of_stage, #field);
            USED(MEMBER)
#undef MEMBER
            drp_used_add(rows, &row);
        }
    }
}

void drp_account_write(const struct drp_account *account, struct drp_str *out)
{
    struct drp_jw w;
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    for (size_t i = 0; i < DRP_LEN(counts); i++) {
        const uint64_t n =
            *(const uint64_t *)(const void *)((const char *)account + counts[i].offset);
        if (n > 0)
            drp_jw_key_int(&w, counts[i].name, (int64_t)n);
    }
    write_tallies(&w, "dropped_for", account->dropped_for);
    write_tallies(&w, "fallbacks_to", account->fallbacks_to);
    drp_jw_key(&w, "stages");
    drp_used_write(&w, account->used);
    drp_jw_obj_end(&w);
}

/* A program of another version may know more reasons than there is room for: the rest is passed over. */
static void read_tallies(const struct drp_json_val *v, struct drp_tally *tallies,
                         struct drp_intern *words)
{
    struct drp_json_iter it = {0};
    struct drp_sv reason;
    const struct drp_json_val *value;
    for (size_t i = 0; i < DRP_MAX_TALLIES && (value = drp_json_next(v, &it, &reason));
         i++) {
        int64_t n = 0;
        (void)drp_json_int(value, &n);
        tallies[i].reason = drp_intern_get(words, drp_intern_add(words, reason)).ptr;
        tallies[i].n = (uint64_t)n;
    }
}

int drp_account_add_json(struct drp_account *sum, struct drp_sv json,
                         struct drp_intern *words, struct drp_err *err)
{
    struct drp_account one = {0};
    struct drp_json *doc = NULL;
    if (drp_json_parse(json, DRP_JSON_STRICT, &doc, NULL) < 0)
        return drp_fail(err, DRP_EDB, "cannot read an account in table samples: not JSON");
    const struct drp_json_val *root = drp_json_root(doc);
    for (size_t i = 0; i < DRP_LEN(counts); i++) {
        int64_t n = 0;
        (void)drp_json_int(drp_json_get(root, counts[i].name), &n);
        *(uint64_t *)(void *)((char *)&one + counts[i].offset) = (uint64_t)n;
    }
    read_tallies(drp_json_get(root, "dropped_for"), one.dropped_for, words);
    read_tallies(drp_json_get(root, "fallbacks_to"), one.fallbacks_to, words);
    drp_used_read(drp_json_get(root, "stages"), words, one.used);
    drp_account_add(sum, &one);
    drp_json_free(doc);
    return 0;
}
