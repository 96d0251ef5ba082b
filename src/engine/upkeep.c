#include "engine/upkeep.h"

#include <stdlib.h>

#include "base/base.h"
#include "engine/keeper.h"
#include "io/json.h"
#include "io/pg.h"

#include "base/banned.h"

struct drp_upkeep {
    const struct drp_keeper *keeper;
    void *self; /* the keeper's */
};

int drp_upkeep_open(const char *where, bool alone, struct drp_upkeep **out,
                    struct drp_err *err)
{
    struct drp_upkeep *u = drp_calloc(1, sizeof *u);
    u->keeper =
        drp_pg_is_url(drp_sv_from(where)) ? &drp_keeper_postgres : &drp_keeper_sqlite;
    const int rc = u->keeper->open(where, alone, &u->self, err);
    if (rc < 0)
        free(u);
    *out = rc < 0 ? NULL : u;
    return rc;
}

void drp_upkeep_free(struct drp_upkeep *u)
{
    if (!u)
        return;
    u->keeper->close(u->self);
    free(u);
}

int drp_upkeep_overview(struct drp_upkeep *u, struct drp_arena *arena,
                        struct drp_overview *out, struct drp_err *err)
{
    *out = (struct drp_overview){0};
    return u->keeper->overview(u->self, arena, out, err);
}

int drp_upkeep_each(struct drp_upkeep *u, const uint64_t *subject,
                    const struct drp_call_reader *reader, struct drp_err *err)
{
    return u->keeper->each(u->self, subject, reader, err);
}

int drp_upkeep_next(struct drp_upkeep *u, const struct drp_sha256 *after,
                    const struct drp_call_reader *reader, struct drp_err *err)
{
    return u->keeper->next(u->self, after, reader, err);
}

int drp_upkeep_knows(struct drp_upkeep *u, uint64_t subject, bool *out, struct drp_err *err)
{
    return u->keeper->knows(u->self, subject, out, err);
}

int drp_upkeep_forget(struct drp_upkeep *u, uint64_t subject,
                      const struct drp_quotes *quotes, struct drp_erased *out,
                      struct drp_err *err)
{
    return u->keeper->forget(u->self, subject, quotes, out, err);
}

int drp_upkeep_vacuum(struct drp_upkeep *u, struct drp_erased *out, struct drp_err *err)
{
    return u->keeper->vacuum(u->self, out, err);
}

/* ---- a call as JSON ----------------------------------------------------------------------- */

static void write_sampling(struct drp_jw *w, const struct drp_kept_call *c)
{
    const struct drp_sampling *s = &c->sampling;
    drp_jw_key_num(w, "temperature", s->temperature);
    drp_jw_key_num(w, "top_p", s->top_p);
    drp_jw_key_num(w, "repeat_penalty", s->repeat_penalty);
    drp_jw_key_int(w, "repeat_last_n", s->repeat_last_n);
    drp_jw_key_int(w, "seed", (int64_t)s->seed);
    drp_jw_key_int(w, "max_tokens", s->max_tokens);
    drp_jw_key_int(w, "think_budget", s->think_budget);
    drp_jw_key(w, "stop");
    drp_jw_raw(w, c->stop.ptr ? c->stop : DRP_SV("[]"));
}

static void write_usage(struct drp_jw *w, const struct drp_usage *u)
{
    drp_jw_key_int(w, "prompt_tokens", u->prompt_tokens);
    drp_jw_key_int(w, "cached_tokens", u->cached_tokens);
    drp_jw_key_int(w, "answer_tokens", u->answer_tokens);
    drp_jw_key_int(w, "reasoning_tokens", u->reasoning_tokens);
    drp_jw_key_int(w, "wait_ms", u->wait_ms);
    drp_jw_key_int(w, "run_ms", u->run_ms);
}

static void write_turns(struct drp_jw *w, const struct drp_kept_call *c)
{
    drp_jw_key(w, "messages");
    drp_jw_arr(w);
    for (size_t i = 0; i < c->n_turns; i++) {
        drp_jw_obj(w);
        drp_jw_key_str(w, "role", c->turns[i].role);
        drp_jw_key_str(w, "content", c->turns[i].text);
        drp_jw_obj_end(w);
    }
    drp_jw_arr_end(w);
}

void drp_kept_call_json(const struct drp_kept_call *c, struct drp_str *out)
{
    struct drp_jw w;
    char hex[65];
    drp_sha256_hex(&c->key, hex);
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    drp_jw_key_strz(&w, "key", hex);
    drp_jw_key_int(&w, "created", c->created_ms);
    drp_jw_key_str(&w, "model", c->model);
    drp_jw_key_str(&w, "build", c->build);
    drp_jw_key_bool(&w, "strict", c->strict);
    write_turns(&w, c);
    drp_jw_key_str(&w, "grammar", c->grammar);
    drp_jw_key_str(&w, "json_schema", c->json_schema);
    drp_jw_key_int(&w, "repeat", c->repeat);
    write_sampling(&w, c);
    drp_jw_key_str(&w, "reasoning", c->reasoning);
    drp_jw_key_str(&w, "answer", c->answer);
    drp_jw_key_str(&w, "finish", c->finish);
    write_usage(&w, &c->usage);
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}
