#include "engine/spec.h"

#include "base/base.h"
#include "base/nearest.h"

#include "base/banned.h"

/* The part of `text` before `sep`, which is dropped; `text` keeps what follows, absent
 * without `sep`. */
static struct drp_sv cut_at(struct drp_sv *text, size_t sep)
{
    const struct drp_sv before = drp_sv_slice(*text, 0, sep);
    *text = sep < text->len ? drp_sv_slice(*text, sep + 1, text->len)
                            : (struct drp_sv){NULL, 0};
    return before;
}

static bool is_scheme_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Length of the scheme that `text` begins with, 0 when it has none. */
static size_t scheme_len(struct drp_sv text)
{
    size_t n = 0;
    while (n < text.len && is_scheme_char(text.ptr[n]))
        n++;
    return n < text.len && text.ptr[n] == ':' ? n : 0;
}

static const struct drp_spec_option *find_option(const struct drp_spec *spec,
                                                 struct drp_sv key)
{
    for (size_t i = 0; i < spec->n_options; i++)
        if (drp_sv_eq(spec->options[i].key, key))
            return &spec->options[i];
    return NULL;
}

static int parse_options(struct drp_sv rest, struct drp_sv text, struct drp_arena *arena,
                         struct drp_spec *out, struct drp_err *err)
{
    size_t max = 1;
    for (size_t i = 0; i < rest.len; i++)
        max += rest.ptr[i] == '&';
    out->options = drp_arena_new(arena, struct drp_spec_option, max);
    while (rest.ptr) {
        struct drp_sv value = cut_at(&rest, drp_sv_find(rest, DRP_SV("&"), 0));
        const struct drp_sv whole = value;
        const struct drp_sv key = cut_at(&value, drp_sv_find(value, DRP_SV("="), 0));
        if (key.len == 0 || value.len == 0)
            return drp_fail(err, DRP_EUSAGE,
                            "cannot read option '%.*s' of model '%.*s': write key=value, "
                            "several joined by '&'",
                            DRP_SV_ARG(whole), DRP_SV_ARG(text));
        if (find_option(out, key))
            return drp_fail(err, DRP_EUSAGE, "option '%.*s' of model '%.*s' is given twice",
                            DRP_SV_ARG(key), DRP_SV_ARG(text));
        out->options[out->n_options++] = (struct drp_spec_option){key, value};
    }
    return 0;
}

int drp_spec_parse(struct drp_sv text, struct drp_arena *arena, struct drp_spec *out,
                   struct drp_err *err)
{
    *out = (struct drp_spec){0};
    text = drp_arena_sv(arena, drp_sv_trim(text));
    if (text.len == 0)
        return drp_fail(err, DRP_EUSAGE,
                        "the model is empty: write llama:PATH.gguf or openai:URL#MODEL");

    struct drp_sv rest = text;
    const size_t n = scheme_len(text);
    if (n > 0)
        out->scheme = cut_at(&rest, n);
    /* A query of the URL itself stands before '#'; only a URL has a '#' that is not its
     * own. */
    const bool is_url = drp_sv_find(rest, DRP_SV("://"), 0) != SIZE_MAX;
    const size_t hash = is_url ? drp_sv_find(rest, DRP_SV("#"), 0) : SIZE_MAX;
    if (hash != SIZE_MAX) {
        out->place = cut_at(&rest, hash);
        out->model = cut_at(&rest, drp_sv_find(rest, DRP_SV("?"), 0));
    } else {
        out->place = cut_at(&rest, drp_sv_rfind(rest, DRP_SV("?")));
    }
    if (n == 0 && !drp_sv_ends(out->place, DRP_SV(".gguf")))
        return drp_fail(err, DRP_EUSAGE,
                        "cannot tell the engine of model '%.*s': write llama:PATH.gguf",
                        DRP_SV_ARG(text));
    if (n == 0)
        out->scheme = DRP_SV("llama");
    return parse_options(rest, text, arena, out, err);
}

int drp_spec_int(const struct drp_spec *spec, const char *key,
                 struct drp_spec_range range, int64_t *out, struct drp_err *err)
{
    const struct drp_spec_option *o = find_option(spec, drp_sv_from(key));
    *out = range.otherwise;
    if (!o)
        return 0;
    if (!drp_sv_int(o->value, out) || *out < range.min || *out > range.max)
        return drp_fail(err, DRP_EUSAGE,
                        "bad value '%.*s' of option '%s' in the model: give a number from "
                        "%lld to %lld",
                        DRP_SV_ARG(o->value), key, (long long)range.min,
                        (long long)range.max);
    return 0;
}

int drp_spec_only(const struct drp_spec *spec, const char *const *allowed,
                  struct drp_err *err)
{
    for (size_t i = 0; i < spec->n_options; i++) {
        const struct drp_sv key = spec->options[i].key;
        struct drp_nearest nearest = drp_nearest_start(key);
        bool known = false;
        for (size_t k = 0; allowed[k] && !known; k++) {
            known = drp_sv_is(key, allowed[k]);
            drp_nearest_offer(&nearest, drp_sv_from(allowed[k]));
        }
        if (known)
            continue;
        if (!nearest.best.ptr)
            return drp_fail(err, DRP_EUSAGE, "unknown option '%.*s': '%.*s' takes none",
                            DRP_SV_ARG(key), DRP_SV_ARG(spec->scheme));
        return drp_fail(err, DRP_EUSAGE,
                        "unknown option '%.*s' of a '%.*s' model: did you mean '%.*s'",
                        DRP_SV_ARG(key), DRP_SV_ARG(spec->scheme),
                        DRP_SV_ARG(nearest.best));
    }
    return 0;
}
