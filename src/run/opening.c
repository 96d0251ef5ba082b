#include "run/opening.h"

#include <stdlib.h>

#include "base/base.h"
#include "engine/models.h"
#include "engine/openai_secret.h"

#include "base/banned.h"

/* Of servers that are only tried: eight attempts take two or three seconds. */
enum { TRIAL_GIVE_UP_MS = 1, TRIAL_BACKOFF_MS = 10 };

static const struct drp_model_entry *table_entry(const struct drp_options *o,
                                                 struct drp_sv name)
{
    for (size_t i = 0; i < o->n_models; i++)
        if (drp_sv_eq(o->model_table[i].name, name))
            return &o->model_table[i];
    return NULL;
}

void drp_opening_release(struct drp_opening *x)
{
    drp_str_release(&x->spec);
    drp_str_release(&x->key);
}

static int key_from_env(const char *name, bool is_asked, struct drp_str *out,
                        struct drp_err *err)
{
    const char *key = getenv(name);
    if (!key || !*key)
        return is_asked ? drp_fail(err, DRP_EUSAGE,
                                   "no key in the environment variable '%s'", name)
                        : 0;
    drp_str_addz(out, key);
    return drp_secret_check(drp_str_sv(out), name, err);
}

/* The key of a server: the variable that its entry names, else the file, else the usual
 * variable. */
static int find_key(const struct drp_options *o, const struct drp_model_entry *entry,
                    struct drp_str *out, struct drp_err *err)
{
    if (entry && entry->key_env.ptr)
        return key_from_env(entry->key_env.ptr, true, out, err);
    if (o->api_key_file.ptr)
        return drp_secret_read(o->api_key_file.ptr, out, err);
    return key_from_env("OPENAI_API_KEY", false, out, err);
}

static int fill_server(const struct drp_session *s, const struct drp_model_entry *entry,
                       struct drp_opening *x, struct drp_err *err)
{
    const struct drp_options *o = s->options;
    const int rc = find_key(o, entry, &x->key, err);
    x->server = (struct drp_server_opts){
        .urls = entry ? entry->urls : NULL,
        .n_urls = entry ? entry->n_urls : 0,
        .api_key = x->key.len > 0 ? x->key.ptr : NULL,
        .give_up_ms =
            s->is_trial ? TRIAL_GIVE_UP_MS : (int64_t)(o->give_up_after * 1000) + 1,
        .backoff_ms = s->is_trial ? TRIAL_BACKOFF_MS : 0,
        .stall_ms = (int64_t)(o->stall_timeout * 1000),
        .cancel = s->cancel,
    };
    x->opts.server = &x->server;
    return rc;
}

static int add_bundled(bool embedding, struct drp_str *spec, struct drp_err *err)
{
    struct drp_str path;
    drp_str_init(&path, spec->limit);
    const int rc =
        drp_models_find(embedding ? DRP_MODEL_EMBED : DRP_MODEL_TEXT, &path, err);
    drp_str_addz(spec, "llama:");
    drp_str_add(spec, drp_str_sv(&path));
    drp_str_release(&path);
    return rc;
}

int drp_opening_init(struct drp_opening *x, const struct drp_session *s,
                     struct drp_sv given, bool embedding, struct drp_err *err)
{
    const struct drp_options *o = s->options;
    const struct drp_model_entry *entry = table_entry(o, given);
    int rc = 0;
    *x = (struct drp_opening){.opts = {.embedding = embedding,
                                       .strict = o->strict,
                                       .journal = s->journal,
                                       .budget = s->budget}};
    drp_str_init(&x->spec, 1 << 16);
    drp_str_init(&x->key, 1 << 16);
    if (entry) {
        x->opts.template_name = entry->template_name.ptr;
        x->opts.think_tags = entry->think_tags.ptr;
        x->opts.reasoning = entry->reasoning;
        x->opts.repeat_penalty = entry->repeat_penalty;
        x->opts.price_in = entry->price_in;
        x->opts.price_out = entry->price_out;
    }
    if (s->replays)
        drp_str_addz(&x->spec, "replay:");
    else if (s->rehearses && !embedding)
        drp_str_addz(&x->spec, "rehearsal:");
    const struct drp_sv spec = entry ? entry->spec : given;
    if (spec.ptr)
        drp_str_add(&x->spec, spec);
    else
        rc = add_bundled(embedding, &x->spec, err);
    x->opts.spec = x->spec.ptr;
    if (rc < 0 || !drp_sv_starts(spec, DRP_SV("openai:")))
        return rc;
    if (o->max_cost > 0 && !embedding && x->opts.price_in + x->opts.price_out <= 0)
        return drp_fail(err, DRP_EUSAGE,
                        "--max-cost needs the prices of '%.*s': price_in and price_out in "
                        "the models table of --config",
                        DRP_SV_ARG(given));
    return fill_server(s, entry, x, err);
}
