#include "support/served.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/base.h"
#include "engine/journal.h"
#include "io/json.h"

#include "base/banned.h"

static void add_event(struct drp_str *out, const char *json)
{
    drp_str_addf(out, "data: %s\n\n", json);
}

static void add_good(struct drp_str *out)
{
    add_event(out, "{\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":"
                   "\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}");
    add_event(out, "{\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"good \"}}]}");
    add_event(out, "{\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"answer\"}}]}");
    add_event(out, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}");
    add_event(out, "{\"choices\":[],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":"
                   "20,\"prompt_tokens_details\":{\"cached_tokens\":64}}}");
    drp_str_addz(out, "data: [DONE]\n\n");
}

bool served_holds(struct drp_sv text, const char *word)
{
    return drp_sv_find(text, drp_sv_from(word), 0) != SIZE_MAX;
}

void served_embeddings(const struct drp_server_request *request,
                       struct drp_server_reply *reply)
{
    struct drp_json *doc = NULL;
    struct drp_err err = {0};
    if (drp_json_parse(request->body, DRP_JSON_STRICT, &doc, &err) < 0)
        return;
    const struct drp_json_val *texts = drp_json_get(drp_json_root(doc), "input");
    drp_str_addz(&reply->body, "{\"data\":[");
    for (size_t i = drp_json_len(texts); i-- > 0;) /* in any order */
        drp_str_addf(&reply->body, "{\"index\":%zu,\"embedding\":[3.0,%zu,0]}%s", i,
                     drp_json_str(drp_json_at(texts, i)).len, i > 0 ? "," : "");
    drp_str_addz(&reply->body, "]}");
    drp_json_free(doc);
}

static void serve_chat(struct served_plan *p, const struct drp_server_request *request,
                       struct drp_server_reply *reply)
{
    const struct served_step *s = p->n_taken < p->n ? &p->steps[p->n_taken] : NULL;
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", p->refuses ? p->refuses : "");
    if (p->refuses && served_holds(request->body, quoted)) {
        reply->status = 400;
        drp_str_addf(&reply->body,
                     "{\"error\":{\"message\":\"Unrecognized request argument: %s\"}}",
                     p->refuses);
        return;
    }
    p->n_taken++;
    if (s) {
        const struct drp_str body = reply->body;
        *reply = s->reply;
        reply->body = body;
    }
    reply->delay_ms += p->delay_ms;
    if (s && s->body)
        drp_str_addz(&reply->body, s->body);
    else if (!s || reply->status == 0)
        add_good(&reply->body);
}

void served_script(void *ctx, const struct drp_server_request *request,
                   struct drp_server_reply *reply)
{
    struct served_plan *p = ctx;
    if (drp_sv_ends(request->path, DRP_SV("/models"))) {
        reply->status = p->has_no_models ? 404 : 200;
        drp_str_addz(&reply->body, p->models ? p->models : "{\"data\":[{\"id\":\"m\"}]}");
    } else if (drp_sv_ends(request->path, DRP_SV("/embeddings"))) {
        served_embeddings(request, reply);
    } else {
        serve_chat(p, request, reply);
    }
}

struct drp_server_opts served_quick(void)
{
    return (struct drp_server_opts){.give_up_ms = 1, .stall_ms = 200, .backoff_ms = 2};
}

/* Opens "openai:URL/v1`tail`"; fields of `opts` are kept. */
int served_open(struct served *b, const char *tail, struct drp_model_opts opts)
{
    const struct drp_server_opts server = served_quick();
    if (!b->servers[0])
        b->servers[0] = drp_server_new(served_script, &b->plans[0]);
    opts.spec =
        drp_arena_f(&b->arena, "openai:%s%s", drp_server_url(b->servers[0]), tail).ptr;
    opts.journal = b->journal;
    if (!opts.server)
        opts.server = &server;
    return drp_model_open(&opts, &b->model, &b->err);
}

void served_init(struct served *b, const struct served_plan *plan)
{
    *b = (struct served){.plans = {*plan}};
    if (served_open(b, "#m", (struct drp_model_opts){0}) < 0)
        fail_msg("%s", b->err.text);
}

void served_release(struct served *b)
{
    drp_model_free(b->model);
    drp_server_free(b->servers[0]);
    drp_server_free(b->servers[1]);
    drp_journal_free(b->journal);
    drp_arena_release(&b->arena);
}

struct drp_reply served_ask_call(struct served *b, const struct drp_call *call)
{
    struct drp_reply reply;
    if (drp_ask(b->model, call, 1, &reply, &b->arena, &b->err) < 0)
        fail_msg("%s", b->err.text);
    return reply;
}

struct drp_reply served_ask(struct served *b, const char *text)
{
    const struct drp_message m = {DRP_ROLE_USER, drp_sv_from(text)};
    return served_ask_call(b, &(struct drp_call){.messages = &m, .n_messages = 1});
}

void served_says(struct drp_sv text, const char *part)
{
    if (!served_holds(text, part))
        fail_msg("'%.*s' does not say '%s'", DRP_SV_ARG(text), part);
}

/* The body of the n-th request to /chat/completions. */
struct drp_sv served_body(struct drp_server *server, size_t n)
{
    for (size_t i = 0; i < drp_server_n(server, NULL); i++) {
        const struct drp_server_request r = drp_server_get(server, i);
        if (drp_sv_ends(r.path, DRP_SV("/chat/completions")) && n-- == 0)
            return r.body;
    }
    return DRP_SV("");
}
void served_ask_many(struct served *b, size_t n, const struct drp_grammar *g)
{
    struct drp_message m[64];
    struct drp_call calls[64];
    struct drp_reply replies[64];
    assert_true(n <= DRP_LEN(m));
    for (size_t i = 0; i < n; i++) {
        m[i] = (struct drp_message){DRP_ROLE_USER, drp_arena_f(&b->arena, "many %zu", i)};
        calls[i] = (struct drp_call){.messages = &m[i],
                                     .n_messages = 1,
                                     .sampling = {.temperature = 0.5, .seed = 7},
                                     .grammar = g};
    }
    assert_int_equal(drp_ask(b->model, calls, n, replies, &b->arena, &b->err), 0);
    for (size_t i = 0; i < n; i++)
        if (replies[i].status < 0)
            fail_msg("%.*s", DRP_SV_ARG(replies[i].error));
}

size_t served_n(struct drp_server *server)
{
    return drp_server_n(server, "/chat/completions");
}
