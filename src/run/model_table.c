#include "run/model_table.h"

#include "base/base.h"

#include "base/banned.h"

static int bad_model_key(struct drp_sv key, struct drp_sv name, const char *expected,
                         struct drp_err *err)
{
    return drp_fail(err, DRP_EUSAGE, "bad '%.*s' of model '%.*s': %s is expected",
                    DRP_SV_ARG(key), DRP_SV_ARG(name), expected);
}

/* "urls": one text or a list of texts. */
static int read_urls(const struct drp_json_val *v, struct drp_arena *arena,
                     struct drp_model_entry *out, struct drp_err *err)
{
    const bool is_list = drp_json_type(v) == DRP_JSON_ARR;
    const size_t n = is_list ? drp_json_len(v) : 1;
    const char **urls = drp_arena_new(arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        urls[i] = drp_arena_sv(arena, drp_json_str(is_list ? drp_json_at(v, i) : v)).ptr;
        if (!urls[i])
            return bad_model_key(DRP_SV("urls"), out->name, "a list of texts", err);
    }
    out->urls = urls;
    out->n_urls = n;
    return 0;
}

static int read_price(struct drp_sv key, const struct drp_json_val *v,
                      const struct drp_model_entry *entry, double *out, struct drp_err *err)
{
    *out = drp_json_num(v, -1);
    if (!(*out >= 0))
        return bad_model_key(key, entry->name, "the price of a million tokens", err);
    return 0;
}

static int read_penalty(struct drp_sv key, const struct drp_json_val *v,
                        const struct drp_model_entry *entry, double *out,
                        struct drp_err *err)
{
    *out = drp_json_num(v, -1);
    if (!(*out >= 1 && *out <= 2))
        return bad_model_key(key, entry->name, "a number from 1 (none) to 2", err);
    return 0;
}

static int read_model_member(struct drp_sv key, const struct drp_json_val *v,
                             struct drp_arena *arena, struct drp_model_entry *out,
                             struct drp_err *err)
{
    const struct {
        const char *key;
        struct drp_sv *value;
    } texts[] = {{"spec", &out->spec},
                 {"template", &out->template_name},
                 {"think_tags", &out->think_tags},
                 {"key_env", &out->key_env}};
    for (size_t i = 0; i < DRP_LEN(texts); i++)
        if (drp_sv_is(key, texts[i].key)) {
            *texts[i].value = drp_arena_sv(arena, drp_json_str(v));
            return texts[i].value->ptr ? 0 : bad_model_key(key, out->name, "a text", err);
        }
    if (drp_sv_is(key, "urls"))
        return read_urls(v, arena, out, err);
    if (drp_sv_is(key, "price_in"))
        return read_price(key, v, out, &out->price_in, err);
    if (drp_sv_is(key, "price_out"))
        return read_price(key, v, out, &out->price_out, err);
    if (drp_sv_is(key, "repeat_penalty"))
        return read_penalty(key, v, out, &out->repeat_penalty, err);
    if (drp_sv_is(key, "reasoning")) {
        out->reasoning = drp_json_bool(v, false) ? 1 : -1;
        return 0;
    }
    return drp_fail(err, DRP_EUSAGE,
                    "unknown key '%.*s' of model '%.*s': spec, template, think_tags, "
                    "reasoning, repeat_penalty, urls, key_env, price_in, price_out",
                    DRP_SV_ARG(key), DRP_SV_ARG(out->name));
}

static int read_model_entry(struct drp_sv name, const struct drp_json_val *v,
                            struct drp_arena *arena, struct drp_model_entry *out,
                            struct drp_err *err)
{
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *member;
    int rc = 0;
    *out = (struct drp_model_entry){.name = drp_arena_sv(arena, name)};
    while (rc == 0 && (member = drp_json_next(v, &it, &key)))
        rc = read_model_member(key, member, arena, out, err);
    if (rc == 0 && !out->spec.ptr)
        rc = drp_fail(err, DRP_EUSAGE, "model '%.*s' has no 'spec'", DRP_SV_ARG(name));
    return rc;
}

int drp_model_table_read(const struct drp_json_val *v, struct drp_arena *arena,
                         struct drp_options *o, struct drp_err *err)
{
    struct drp_json_iter it = {0};
    struct drp_sv name;
    const struct drp_json_val *member;
    struct drp_model_entry *entries =
        drp_arena_new(arena, struct drp_model_entry, drp_json_len(v) + 1);
    size_t n = 0;
    int rc = 0;
    while (rc == 0 && (member = drp_json_next(v, &it, &name)))
        rc = read_model_entry(name, member, arena, &entries[n++], err);
    o->model_table = entries;
    o->n_models = n;
    return rc;
}
