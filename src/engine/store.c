#include "engine/store.h"

#include "base/base.h"
#include "io/json.h"

#include "base/banned.h"

struct drp_sv drp_entry_other(const struct drp_entry *e, enum drp_other_text which)
{
    static const struct drp_grammar none = {0};
    const struct drp_grammar *g = e->call->grammar ? e->call->grammar : &none;
    const struct drp_sv texts[DRP_N_OTHER_TEXTS] = {
        [DRP_TEXT_ANSWER] = e->reply->text,
        [DRP_TEXT_REASONING] = e->reply->reasoning,
        [DRP_TEXT_GRAMMAR] = g->gbnf,
        [DRP_TEXT_SCHEMA] = g->json_schema,
    };
    const struct drp_sv text = texts[which];
    if (text.len > 0)
        return text;
    return which == DRP_TEXT_ANSWER ? DRP_SV("") : (struct drp_sv){NULL, 0};
}

size_t drp_entry_n_texts(const struct drp_entry *e)
{
    return e->call->n_messages + DRP_N_OTHER_TEXTS;
}

struct drp_sv drp_entry_text(const struct drp_entry *e, size_t i)
{
    const size_t n = e->call->n_messages;
    if (i >= n)
        return drp_entry_other(e, (enum drp_other_text)(i - n));
    const struct drp_sv text = e->call->messages[i].text;
    return text.ptr ? text : DRP_SV("");
}

struct drp_sv drp_stop_list(const struct drp_sampling *s, struct drp_str *out)
{
    struct drp_jw w;
    if (s->n_stop == 0)
        return (struct drp_sv){NULL, 0};
    drp_jw_init(&w, out, 0);
    drp_jw_arr(&w);
    for (size_t i = 0; i < s->n_stop; i++)
        drp_jw_str(&w, s->stop[i]);
    drp_jw_arr_end(&w);
    return drp_str_sv(out);
}

struct drp_sv drp_hash_sv(const struct drp_sha256 *hash)
{
    return (struct drp_sv){(const char *)hash->bytes, sizeof hash->bytes};
}

static struct drp_sv copy(struct drp_arena *arena, struct drp_sv text)
{
    return drp_arena_sv(arena, text.ptr ? text : DRP_SV(""));
}

int drp_kept_reply(const struct drp_kept *kept, const char *where,
                   struct drp_reply *reply, struct drp_arena *arena, struct drp_err *err)
{
    enum drp_finish finish;
    if (!drp_finish_from_name(kept->finish, &finish))
        return drp_fail(err, DRP_EDB,
                        "journal '%s' is damaged: finish '%.*s' in table calls: look at it with "
                        "sqlite3 or psql, or start another",
                        where, DRP_SV_ARG(kept->finish));
    *reply = (struct drp_reply){
        .text = copy(arena, kept->text),
        .reasoning = copy(arena, kept->reasoning),
        .finish = finish,
        .usage = kept->usage,
        .from_journal = true,
        .error = DRP_SV(""),
    };
    return 0;
}
