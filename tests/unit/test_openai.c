/* Asking servers that behave and servers that do not: every call is answered once, or its
 * error says why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/budget.h"
#include "engine/engine.h"
#include "engine/journal.h"
#include "io/json.h"
#include "support/server.h"
#include "support/temp.h"

#include "base/banned.h"

#define KEY "sk-secret-0123456789abcdef"

/* What the next request to /chat/completions gets. */
struct step {
    struct drp_server_reply reply; /* `body` is not looked at */
    const char *body;              /* NULL: a good stream that says "good answer" */
};

/* What a server does: its steps in order, then good answers for ever. */
struct plan {
    const struct step *steps; /* (n) */
    size_t n;
    const char *models;  /* NULL: one, "m" */
    const char *refuses; /* a field: bodies that hold it get a 400 that names it */
    int64_t delay_ms;    /* of good answers */
    size_t most_at_once; /* more in flight get 429; 0: any number */
    bool has_no_models;  /* 404 for the list */
    size_t n_taken;      /* steps so far */
    struct drp_server *server;
};

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

static bool holds(struct drp_sv text, const char *word)
{
    return drp_sv_find(text, drp_sv_from(word), 0) != SIZE_MAX;
}

static void serve_embeddings(const struct drp_server_request *request,
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

static void serve_chat(struct plan *p, const struct drp_server_request *request,
                       struct drp_server_reply *reply)
{
    const struct step *s = p->n_taken < p->n ? &p->steps[p->n_taken] : NULL;
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\"", p->refuses ? p->refuses : "");
    if (p->refuses && holds(request->body, quoted)) {
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

static void script(void *ctx, const struct drp_server_request *request,
                   struct drp_server_reply *reply)
{
    struct plan *p = ctx;
    if (drp_sv_ends(request->path, DRP_SV("/models"))) {
        reply->status = p->has_no_models ? 404 : 200;
        drp_str_addz(&reply->body, p->models ? p->models : "{\"data\":[{\"id\":\"m\"}]}");
    } else if (drp_sv_ends(request->path, DRP_SV("/embeddings"))) {
        serve_embeddings(request, reply);
    } else {
        serve_chat(p, request, reply);
    }
}

/* A model behind one or two servers. */
struct bench {
    struct plan plans[2];
    struct drp_server *servers[2];
    struct drp_journal *journal;
    struct drp_model *model;
    struct drp_arena arena;
    struct drp_err err;
};

static struct drp_server_opts quick(void)
{
    return (struct drp_server_opts){.give_up_ms = 1, .stall_ms = 200, .backoff_ms = 2};
}

/* Opens "openai:URL/v1`tail`"; fields of `opts` are kept. */
static int bench_open(struct bench *b, const char *tail, struct drp_model_opts opts)
{
    const struct drp_server_opts server = quick();
    if (!b->servers[0])
        b->servers[0] = drp_server_new(script, &b->plans[0]);
    opts.spec =
        drp_arena_f(&b->arena, "openai:%s%s", drp_server_url(b->servers[0]), tail).ptr;
    opts.journal = b->journal;
    if (!opts.server)
        opts.server = &server;
    return drp_model_open(&opts, &b->model, &b->err);
}

static void bench_init(struct bench *b, const struct plan *plan)
{
    *b = (struct bench){.plans = {*plan}};
    if (bench_open(b, "#m", (struct drp_model_opts){0}) < 0)
        fail_msg("%s", b->err.text);
}

static void bench_release(struct bench *b)
{
    drp_model_free(b->model);
    drp_server_free(b->servers[0]);
    drp_server_free(b->servers[1]);
    drp_journal_free(b->journal);
    drp_arena_release(&b->arena);
}

static struct drp_reply ask_call(struct bench *b, const struct drp_call *call)
{
    struct drp_reply reply;
    if (drp_ask(b->model, call, 1, &reply, &b->arena, &b->err) < 0)
        fail_msg("%s", b->err.text);
    return reply;
}

static struct drp_reply ask(struct bench *b, const char *text)
{
    const struct drp_message m = {DRP_ROLE_USER, drp_sv_from(text)};
    return ask_call(b, &(struct drp_call){.messages = &m, .n_messages = 1});
}

static void assert_says(struct drp_sv text, const char *part)
{
    if (!holds(text, part))
        fail_msg("'%.*s' does not say '%s'", DRP_SV_ARG(text), part);
}

/* The body of the n-th request to /chat/completions. */
static struct drp_sv chat_body(struct drp_server *server, size_t n)
{
    for (size_t i = 0; i < drp_server_n(server, NULL); i++) {
        const struct drp_server_request r = drp_server_get(server, i);
        if (drp_sv_ends(r.path, DRP_SV("/chat/completions")) && n-- == 0)
            return r.body;
    }
    return DRP_SV("");
}

/* ---- what works ------------------------------------------------------------------------- */

static void a_call_is_answered(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, &(struct plan){0});
    const struct drp_reply r = ask(&b, "question");
    assert_int_equal(r.status, 0);
    assert_true(drp_sv_is(r.text, "good answer"));
    assert_int_equal(r.finish, DRP_FINISH_STOP);
    assert_int_equal(r.usage.prompt_tokens, 100);
    assert_int_equal(r.usage.cached_tokens, 64);
    assert_int_equal(r.usage.answer_tokens, 20);
    assert_true(drp_sv_is(drp_model_info(b.model)->name, "m"));
    const struct drp_sv body = chat_body(b.servers[0], 0);
    assert_says(body, "\"model\":\"m\"");
    assert_says(body, "\"stream\":true");
    assert_says(body, "\"include_usage\":true");
    assert_says(body, "\"temperature\":0.0");
    bench_release(&b);
}

/* One body that goes out in pieces of every size, characters torn. */
static void torn_streams(void **state)
{
    static const char stream[] =
        ": hello\r\n\r\n"
        "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"w\xc3\xa4gen\"}}]}\r\n\r\n"
        "data: {\"choices\":[{\"delta\":{\"content\":\"\xf0\x9f\x8e\xb8 z\xc3\xbcrich "
        "\xe2\x82\xac\"}}]}\r\n\r\n"
        "event: x\r\ndata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\r\n\r\n"
        "data: [DONE]\r\n\r\n";
    static const struct step rows[] = {
        {{.chunk = 1}, stream}, {{.chunk = 2}, stream},  {{.chunk = 3}, stream},
        {{.chunk = 7}, stream}, {{.chunk = 64}, stream}, {{0}, stream},
    };
    (void)state;
    struct bench b;
    bench_init(&b, &(struct plan){.steps = rows, .n = DRP_LEN(rows)});
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct drp_reply r = ask(&b, drp_arena_f(&b.arena, "question %zu", i).ptr);
        assert_int_equal(r.status, 0);
        assert_true(drp_sv_is(r.text, "\xf0\x9f\x8e\xb8 z\xc3\xbcrich \xe2\x82\xac"));
        assert_true(drp_sv_is(r.reasoning, "w\xc3\xa4gen"));
        assert_int_equal(r.finish, DRP_FINISH_LENGTH);
    }
    bench_release(&b);
}

#define DELTA(json) "data: {\"choices\":[{\"delta\":" json "}]}\n\n"
#define FINISH(word)                                                                     \
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"" word "\"}]}\n\n"
#define DONE "data: [DONE]\n\n"

static void thoughts_in_every_form(void **state)
{
    static const struct {
        int reasoning; /* of the model: 1 yes, -1 no */
        const char *stream, *text, *thoughts;
        enum drp_finish finish;
    } rows[] = {
        {1,
         DELTA("{\"reasoning_content\":\"why\"}") DELTA("{\"content\":\"so\"}")
             FINISH("stop") DONE,
         "so", "why", DRP_FINISH_STOP},
        {1, DELTA("{\"reasoning\":\"why\"}") DELTA("{\"content\":\"so\"}") FINISH("stop") DONE,
         "so", "why", DRP_FINISH_STOP},
        {1, DELTA("{\"content\":\"<think>why</think>so\"}") FINISH("stop") DONE, "so",
         "why", DRP_FINISH_STOP},
        {1,
         DELTA("{\"content\":\"why</th\"}") DELTA("{\"content\":\"ink>so\"}")
             FINISH("stop") DONE,
         "so", "why", DRP_FINISH_STOP},
        {1, DELTA("{\"content\":\"no thoughts\"}") FINISH("stop") DONE, "no thoughts", "",
         DRP_FINISH_STOP},
        {1, DELTA("{\"content\":\"on and on\"}") FINISH("length") DONE, "", "on and on",
         DRP_FINISH_THINK},
        {1, DELTA("{\"reasoning_content\":\"on and on\"}") FINISH("length") DONE, "",
         "on and on", DRP_FINISH_THINK},
        {-1, DELTA("{\"content\":\"<think>on\"}") FINISH("length") DONE, "", "on",
         DRP_FINISH_THINK},
        {-1, DELTA("{\"content\":\"<think>why</think>so\"}") FINISH("stop") DONE, "so",
         "why", DRP_FINISH_STOP},
        {-1,
         DELTA("{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"text\":\"why\"}]},"
               "{\"type\":\"text\",\"text\":\"so\"}]}") FINISH("stop") DONE,
         "so", "why", DRP_FINISH_STOP},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        const struct step step = {.body = rows[i].stream};
        struct bench b = {.plans = {{.steps = &step, .n = 1}}};
        assert_int_equal(
            bench_open(&b, "#m", (struct drp_model_opts){.reasoning = rows[i].reasoning}),
            0);
        const struct drp_reply r = ask(&b, "question");
        assert_int_equal(r.status, 0);
        if (!drp_sv_is(r.text, rows[i].text) ||
            !drp_sv_is(r.reasoning, rows[i].thoughts) || r.finish != rows[i].finish)
            fail_msg("row %zu: '%.*s', thoughts '%.*s', %s", i, DRP_SV_ARG(r.text),
                     DRP_SV_ARG(r.reasoning), drp_finish_name(r.finish));
        bench_release(&b);
    }
}

/* A server that does not stream is understood too. */
static void whole_replies(void **state)
{
    static const struct step step = {
        .body = "{\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"whole\"},"
                "\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":3,"
                "\"completion_tokens\":4}}"};
    (void)state;
    struct bench b;
    bench_init(&b, &(struct plan){.steps = &step, .n = 1});
    const struct drp_reply r = ask(&b, "question");
    assert_true(drp_sv_is(r.text, "whole"));
    assert_int_equal(r.finish, DRP_FINISH_LENGTH);
    assert_int_equal(r.usage.answer_tokens, 4);
    bench_release(&b);
}

static void collect(void *ctx, struct drp_sv piece)
{
    drp_str_add(ctx, piece);
}

/* Text that was shown before an attempt broke is not shown again. */
static void shown_text_is_shown_once(void **state)
{
    static const struct step step = {.reply = {.end = DRP_SERVER_CUT, .n_cut = 20},
                                     .body = NULL};
    static const struct step torn = {.reply = {.end = DRP_SERVER_CUT, .n_cut = 46},
                                     .body = DELTA("{\"content\":\"good \"}")
                                         DELTA("{\"content\":\"ans\"}")};
    const struct step steps[] = {step, torn};
    (void)state;
    struct bench b;
    struct drp_str shown;
    const struct drp_message m = {DRP_ROLE_USER, DRP_SV("question")};
    drp_str_init(&shown, 4096);
    bench_init(&b, &(struct plan){.steps = steps, .n = 2});
    const struct drp_reply r = ask_call(&b, &(struct drp_call){.messages = &m,
                                                               .n_messages = 1,
                                                               .on_text = collect,
                                                               .ctx = &shown});
    assert_true(drp_sv_is(r.text, "good answer"));
    assert_string_equal(shown.ptr, "good answer");
    assert_int_equal(drp_server_n(b.servers[0], "/chat/completions"), 3);
    drp_str_release(&shown);
    bench_release(&b);
}

static void stop_strings(void **state)
{
    (void)state;
    struct bench b;
    const struct drp_sv stop = DRP_SV("swe");
    const struct drp_message m = {DRP_ROLE_USER, DRP_SV("question")};
    bench_init(&b, &(struct plan){0});
    const struct drp_reply r =
        ask_call(&b, &(struct drp_call){.messages = &m,
                                        .n_messages = 1,
                                        .sampling = {.stop = &stop, .n_stop = 1}});
    assert_true(drp_sv_is(r.text, "good an"));
    assert_int_equal(r.finish, DRP_FINISH_STOP);
    assert_says(chat_body(b.servers[0], 0), "\"stop\":[\"swe\"]");
    bench_release(&b);
}

static void embeddings(void **state)
{
    (void)state;
    struct bench b = {0};
    struct drp_sv texts[100];
    float v[100 * 3];
    assert_int_equal(bench_open(&b, "/v1/#m", (struct drp_model_opts){.embedding = true}),
                     0);
    assert_int_equal(drp_model_info(b.model)->dimension, 3);
    for (size_t i = 0; i < 100; i++)
        texts[i] = drp_arena_f(&b.arena, "%0*d", (int)i % 9 + 1, 0);
    assert_int_equal(drp_embed(b.model, texts, 100, v, &b.err), 0);
    for (size_t i = 0; i < 100; i++) {
        const double n = (double)(i % 9 + 1), length = sqrt(9 + n * n);
        assert_true(fabs(v[i * 3] - 3 / length) < 1e-6);
        assert_true(fabs(v[i * 3 + 1] - n / length) < 1e-6);
    }
    assert_int_equal(drp_server_n(b.servers[0], "/embeddings"), 5); /* one at the opening */
    bench_release(&b);
}

/* ---- what is tried again ---------------------------------------------------------------- */

static void misbehaviour_is_retried(void **state)
{
    static const struct {
        const char *what;
        struct step step;
    } rows[] = {
        {"429", {{.status = 429}, "{\"error\":{\"message\":\"slow down\"}}"}},
        {"429 with Retry-After", {{.status = 429, .headers = "Retry-After: 1\r\n"}, ""}},
        {"500", {{.status = 500}, "oops"}},
        {"503", {{.status = 503}, "{\"error\":\"loading\"}"}},
        {"408", {{.status = 408}, ""}},
        {"409", {{.status = 409}, ""}},
        {"closes mid-body", {{.end = DRP_SERVER_CUT, .n_cut = 100}, NULL}},
        {"closes mid-chunk", {{.end = DRP_SERVER_CUT, .n_cut = 100, .chunk = 30}, NULL}},
        {"garbage", {{0}, "\x01\x02garbage\n\n\xff\xfe"}},
        {"garbage in an event", {{0}, "data: {\"choices\":[{\"del\n\n"}},
        {"half a character", {{0}, DELTA("{\"content\":\"\xe2\x82\"}") FINISH("stop") DONE}},
        {"an empty choice", {{0}, "data: {\"choices\":[{}]}\n\n" DONE}},
        {"no choices", {{0}, "data: {\"choices\":[]}\n\n" DONE}},
        {"no choices, whole", {{0}, "{\"choices\":[]}"}},
        {"no finish_reason", {{0}, DELTA("{\"content\":\"half\"}") DONE}},
        {"no [DONE]", {{0}, DELTA("{\"content\":\"half\"}") FINISH("stop")}},
        {"an empty body", {{0}, ""}},
        {"100 MB", {{.n_times = (100 << 20) / 42}, DELTA("{\"content\":\"\"}")}},
        {"100 MB without an end", {{.n_times = 100 << 10}, "x"}},
        {"nothing at all, closed", {{.end = DRP_SERVER_CLOSE}, NULL}},
        {"nothing at all, silent", {{.end = DRP_SERVER_SILENT}, NULL}},
        {"falls silent", {{.end = DRP_SERVER_SILENT, .n_cut = 150}, NULL}},
        {"HTML", {{0}, "<!DOCTYPE html><title>Welcome</title>"}},
        {"HTML of a 502", {{.status = 502}, "<html>Bad gateway</html>"}},
        {"an error in the stream",
         {{0}, DELTA("{\"content\":\"a\"}") "data: {\"error\":{\"message\":\"CUDA\"}}\n\n"}},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct bench b;
        bench_init(&b, &(struct plan){.steps = &rows[i].step, .n = 1});
        const int64_t started_ms = drp_clock_ms();
        const struct drp_reply r = ask(&b, "question");
        if (r.status < 0 || !drp_sv_is(r.text, "good answer") || r.reasoning.len > 0)
            fail_msg("%s: %d '%.*s' %.*s", rows[i].what, r.status, DRP_SV_ARG(r.text),
                     DRP_SV_ARG(r.error));
        assert_int_equal(drp_server_n(b.servers[0], "/chat/completions"), 2);
        assert_true(drp_sv_eq(chat_body(b.servers[0], 0), chat_body(b.servers[0], 1)));
        if (rows[i].step.reply.headers)
            assert_true(drp_clock_ms() - started_ms >= 990);
        bench_release(&b);
    }
}

static void at_least_eight_attempts(void **state)
{
    static struct step steps[40];
    (void)state;
    for (size_t i = 0; i < DRP_LEN(steps); i++)
        steps[i] = (struct step){{.status = 500},
                                 "{\"error\":{\"message\":\"out of " KEY " memory\"}}"};
    for (int n_bad = 7; n_bad <= 40; n_bad += 33) {
        struct bench b;
        bench_init(&b, &(struct plan){.steps = steps, .n = (size_t)n_bad});
        const struct drp_reply r = ask(&b, "question");
        if (n_bad == 7) {
            assert_int_equal(r.status, 0);
        } else {
            assert_int_equal(r.status, DRP_ENET);
            assert_says(r.error, "gave up after 8 attempts");
            assert_says(r.error, "memory");
            assert_int_equal(drp_server_n(b.servers[0], "/chat/completions"), 8);
        }
        bench_release(&b);
    }
}

/* The only server is down: calls wait for it, however many. */
static void the_only_server_is_waited_for(void **state)
{
    enum { N = 40 };
    static struct step steps[12];
    (void)state;
    for (size_t i = 0; i < DRP_LEN(steps); i++)
        steps[i].reply.end = DRP_SERVER_CLOSE;
    struct drp_server_opts server = quick();
    server.give_up_ms = 60000;
    struct bench b = {.plans = {{.steps = steps, .n = DRP_LEN(steps)}}};
    assert_int_equal(bench_open(&b, "#m", (struct drp_model_opts){.server = &server}), 0);
    struct drp_message m[N];
    struct drp_call calls[N];
    struct drp_reply replies[N];
    for (size_t i = 0; i < N; i++) {
        m[i] =
            (struct drp_message){DRP_ROLE_USER, drp_arena_f(&b.arena, "question %zu", i)};
        calls[i] = (struct drp_call){.messages = &m[i], .n_messages = 1};
    }
    assert_int_equal(drp_ask(b.model, calls, N, replies, &b.arena, &b.err), 0);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(replies[i].status, 0);
    bench_release(&b);
}

static void a_dead_server_is_given_up(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b, &(struct plan){0});
    drp_server_free(b.servers[0]);
    b.servers[0] = NULL;
    enum { N = 30 };
    struct drp_message m[N];
    struct drp_call calls[N];
    struct drp_reply replies[N];
    for (size_t i = 0; i < N; i++) {
        m[i] =
            (struct drp_message){DRP_ROLE_USER, drp_arena_f(&b.arena, "question %zu", i)};
        calls[i] = (struct drp_call){.messages = &m[i], .n_messages = 1};
    }
    assert_int_equal(drp_ask(b.model, calls, N, replies, &b.arena, &b.err), 0);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(replies[i].status, DRP_ENET);
        assert_says(replies[i].error, "gave up after");
    }
    bench_release(&b);
}

/* ---- what is not ------------------------------------------------------------------------ */

static void refusals_are_final(void **state)
{
    static const struct {
        struct step step;
        const char *says;
    } rows[] = {
        {{{.status = 400}, "{\"error\":{\"message\":\"prompt too long\"}}"},
         "HTTP 400: prompt too long"},
        {{{.status = 401}, "{\"error\":{\"message\":\"Incorrect API key: " KEY "\"}}"},
         "HTTP 401: Incorrect API key: (key)"},
        {{{.status = 403}, "{\"message\":\"not yours\"}"}, "HTTP 403: not yours"},
        {{{.status = 404}, "{\"error\":\"model 'x' not found\"}"}, "model 'x' not found"},
        {{{.status = 413}, ""}, "HTTP 413: no reason given"},
        {{{.status = 422}, "{\"detail\":[{\"msg\":\"field required\"}]}"}, "field required"},
        {{{.status = 404}, "<html>\x1b[31mnot here"}, "<html>?[31mnot here"},
        {{{.status = 302, .headers = "Location: http://127.0.0.2:9/v1/chat\r\n"}, ""},
         "redirects to 'http://127.0.0.2:9/v1/chat'"},
        {{{.status = 307, .headers = "Location: /v2/chat\r\n"}, ""}, "redirects to"},
        {{{0},
          "data: {\"model\":\"other-7b\",\"choices\":[{\"delta\":{\"content\":\"x\"},"
          "\"finish_reason\":\"stop\"}]}\n\n" DONE},
         "answers as model 'other-7b'"},
        {{{0}, FINISH("content_filter") DONE}, "filter"},
        {{{0}, "{\"error\":{\"message\":\"bad request\",\"code\":400}}"}, "bad request"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_server_opts server = quick();
        server.api_key = KEY;
        struct bench b = {.plans = {{.steps = &rows[i].step, .n = 1}}};
        assert_int_equal(bench_open(&b, "#m", (struct drp_model_opts){.server = &server}),
                         0);
        const struct drp_reply r = ask(&b, "question");
        assert_int_equal(r.status, DRP_EENGINE);
        assert_says(r.error, rows[i].says);
        assert_false(holds(r.error, KEY));
        assert_int_equal(drp_server_n(b.servers[0], "/chat/completions"), 1);
        bench_release(&b);
    }
}

/* ---- fields that not every server takes ------------------------------------------------- */

static const struct drp_grammar grammar = {.gbnf = {"root ::= \"x\"", 12},
                                           .json_schema = {"{\"type\":\"object\"}", 17}};

static void ask_many(struct bench *b, size_t n, const struct drp_grammar *g)
{
    struct drp_message m[32];
    struct drp_call calls[32];
    struct drp_reply replies[32];
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

/* Whatever single field a server refuses: one call finds out, all are answered. */
static void a_refused_field_is_left_out(void **state)
{
    static const struct {
        const char *field, *instead;
    } rows[] = {
        {"max_tokens", "\"max_completion_tokens\":512"},
        {"stream_options", NULL},
        {"seed", NULL},
        {"top_k", NULL},
        {"min_p", NULL},
        {"repeat_penalty", "repetition_penalty"},
        {"repetition_penalty", "repeat_penalty"},
        {"temperature", NULL},
        {"cache_prompt", NULL},
        {"response_format", "\"structured_outputs\":{\"json\":{\"type\":\"object\"}}"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct bench b = {.plans = {{.refuses = rows[i].field}}};
        assert_int_equal(bench_open(&b, "#m", (struct drp_model_opts){.strict = true}), 0);
        ask_many(&b, 10, &grammar);
        assert_int_equal(drp_server_n(b.servers[0], "/chat/completions"), 11);
        assert_says(chat_body(b.servers[0], 0), rows[i].field);
        for (size_t k = 1; k < 11; k++) {
            assert_false(holds(chat_body(b.servers[0], k),
                               drp_arena_f(&b.arena, "\"%s\":", rows[i].field).ptr));
            if (rows[i].instead)
                assert_says(chat_body(b.servers[0], k), rows[i].instead);
        }
        bench_release(&b);
    }
}

/* A 429, a 500 or garbage says nothing of fields, whatever it names. */
static void only_refusals_name_fields(void **state)
{
    static const char says[] =
        "{\"error\":{\"message\":\"Unrecognized: response_format\"}}";
    static const struct step steps[] = {{{.status = 429}, says},
                                        {{.status = 500}, says},
                                        {{.status = 503}, says},
                                        {{0}, says}};
    (void)state;
    struct bench b;
    bench_init(&b, &(struct plan){.steps = steps, .n = DRP_LEN(steps)});
    ask_many(&b, 1, &grammar);
    for (size_t i = 0; i <= DRP_LEN(steps); i++) {
        assert_says(chat_body(b.servers[0], i), "response_format");
        assert_true(drp_sv_eq(chat_body(b.servers[0], 0), chat_body(b.servers[0], i)));
    }
    bench_release(&b);
}

/* ---- several servers, limits ------------------------------------------------------------ */

static void open_pair(struct bench *b, struct drp_server_opts server)
{
    b->servers[1] = drp_server_new(script, &b->plans[1]);
    const char *const urls[] = {drp_server_url(b->servers[1])};
    server.urls = urls;
    server.n_urls = 1;
    if (bench_open(b, "#m", (struct drp_model_opts){.server = &server}) < 0)
        fail_msg("%s", b->err.text);
}

static void load_is_shared(void **state)
{
    (void)state;
    struct bench b = {.plans = {{.delay_ms = 20}, {.delay_ms = 20}}};
    open_pair(&b, quick());
    for (int i = 0; i < 3; i++) {
        drp_arena_release(&b.arena);
        ask_many(&b, 32, NULL);
    }
    const size_t n0 = drp_server_n(b.servers[0], "/chat/completions");
    const size_t n1 = drp_server_n(b.servers[1], "/chat/completions");
    assert_int_equal(n0 + n1, 96);
    assert_true(n0 >= 24 && n1 >= 24);
    bench_release(&b);
}

/* A dead server is left alone: the other gets the calls, none fails. */
static void a_dead_one_is_evicted(void **state)
{
    static struct step dead[1000];
    (void)state;
    for (size_t i = 0; i < DRP_LEN(dead); i++)
        dead[i].reply.end = DRP_SERVER_CLOSE;
    struct drp_server_opts server = quick();
    server.give_up_ms = 60000;
    server.backoff_ms = 20;
    struct bench b = {.plans = {{.delay_ms = 5}, {.steps = dead, .n = DRP_LEN(dead)}}};
    open_pair(&b, server);
    for (int i = 0; i < 10; i++)
        ask_many(&b, 32, NULL);
    assert_true(drp_server_n(b.servers[1], "/chat/completions") < 64);
    assert_int_equal(drp_server_n(b.servers[0], "/chat/completions"), 320);
    bench_release(&b);
}

static void busy(void *ctx, const struct drp_server_request *request,
                 struct drp_server_reply *reply)
{
    struct plan *p = ctx;
    script(ctx, request, reply);
    if (p->most_at_once && drp_sv_ends(request->path, DRP_SV("/completions")) &&
        p->n_taken % 3 == 0) {
        reply->status = 429;
        drp_str_clear(&reply->body);
    }
}

/* Every third call is too many: all are answered in the end, never more than the ceiling. */
static void throttling_is_followed(void **state)
{
    (void)state;
    struct bench b = {.plans = {{.delay_ms = 2, .most_at_once = 1}}};
    b.servers[0] = drp_server_new(busy, &b.plans[0]);
    assert_int_equal(bench_open(&b, "#m?concurrency=6", (struct drp_model_opts){0}), 0);
    assert_int_equal(drp_model_info(b.model)->slots, 6);
    for (int i = 0; i < 3; i++)
        ask_many(&b, 32, NULL);
    assert_in_range(drp_server_most_at_once(b.servers[0]), 1, 6);
    bench_release(&b);
}

static void a_budget_ends_a_run(void **state)
{
    static const struct {
        struct drp_budget_opts opts;
        uint64_t asked;
        double cost;
    } rows[] = {
        {{.max_tokens = 500}, 5, 5 * (100 * 2.0 + 20 * 10.0) / 1e6},
        {{.max_cost = 0.0011}, 3, 3 * (100 * 2.0 + 20 * 10.0) / 1e6},
        {{0}, 20, 20 * (100 * 2.0 + 20 * 10.0) / 1e6},
    };
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct bench b = {0};
        char name[16];
        snprintf(name, sizeof name, "%zu.db", i);
        assert_int_equal(drp_journal_open(drp_temp_path(*state, name), &b.journal, &b.err),
                         0);
        struct drp_budget *budget = drp_budget_new(&rows[i].opts);
        assert_int_equal(bench_open(&b, "#m",
                                    (struct drp_model_opts){
                                        .budget = budget, .price_in = 2, .price_out = 10}),
                         0);
        for (uint64_t k = 0; k < 20; k++) {
            const struct drp_reply r =
                ask(&b, drp_arena_f(&b.arena, "question %d", (int)k).ptr);
            assert_int_equal(r.status, k < rows[i].asked ? 0 : DRP_ECANCELLED);
            if (k >= rows[i].asked)
                assert_says(r.error, "budget is spent");
        }
        assert_int_equal(ask(&b, "question 0").status, 0); /* what is kept costs nothing */
        const struct drp_budget_state spent = drp_budget_get(budget);
        assert_int_equal(spent.tokens, rows[i].asked * 120);
        assert_true(fabs(spent.cost - rows[i].cost) < 1e-12);
        assert_int_equal(spent.n_refused, 20 - rows[i].asked);
        bench_release(&b);
        drp_budget_free(budget);
    }
}

/* ---- cancelling ------------------------------------------------------------------------- */

struct raiser {
    struct drp_thread thread;
    struct drp_cancel *cancel;
    int level;
};

static void raise_later(void *ctx)
{
    const struct raiser *r = ctx;
    drp_clock_sleep_ms(100);
    drp_cancel_raise(r->cancel, r->level);
}

/* At the first level what is on the wire goes on and what waits to be tried again ends; at
 * the second all ends. */
static void levels(void **state)
{
    static const struct {
        struct step step;
        int level, status;
    } rows[] = {
        {{{.delay_ms = 400}, NULL}, 1, 0},
        {{{.delay_ms = 5000}, NULL}, 2, DRP_ECANCELLED},
        {{{.status = 503, .headers = "Retry-After: 100\r\n"}, ""}, 1, DRP_ECANCELLED},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_server_opts server = quick();
        struct drp_cancel cancel = {0};
        struct bench b = {.plans = {{.steps = &rows[i].step, .n = 1}}};
        server.stall_ms = 60000;
        assert_int_equal(bench_open(&b, "#m", (struct drp_model_opts){.server = &server}),
                         0);
        struct raiser raiser = {.cancel = &cancel, .level = rows[i].level};
        assert_int_equal(drp_thread_start(&raiser.thread, raise_later, &raiser, 0, &b.err),
                         0);
        const struct drp_message m = {DRP_ROLE_USER, DRP_SV("question")};
        const int64_t started_ms = drp_clock_ms();
        const struct drp_reply r = ask_call(
            &b, &(struct drp_call){.messages = &m, .n_messages = 1, .cancel = &cancel});
        drp_thread_join(&raiser.thread);
        assert_int_equal(r.status, rows[i].status);
        assert_true(drp_clock_ms() - started_ms < 3000);
        bench_release(&b);
    }
}

static void deadlines(void **state)
{
    static const struct step step = {{.delay_ms = 5000}, NULL};
    (void)state;
    struct bench b;
    bench_init(&b, &(struct plan){.steps = &step, .n = 1});
    const struct drp_message m = {DRP_ROLE_USER, DRP_SV("question")};
    const struct drp_reply r =
        ask_call(&b, &(struct drp_call){.messages = &m,
                                        .n_messages = 1,
                                        .deadline_ms = drp_clock_ms() + 100});
    assert_int_equal(r.status, DRP_ECANCELLED);
    assert_says(r.error, "deadline");
    bench_release(&b);
}

/* ---- opening ---------------------------------------------------------------------------- */

static void opening(void **state)
{
    static const char *const two = "{\"data\":[{\"id\":\"a\"},{\"id\":\"b:latest\"}]}";
    static const struct {
        const char *tail, *models;
        int rc;
        const char *says; /* the error, or the model's name */
    } rows[] = {
        {"#m", NULL, 0, "m"},
        {"", NULL, 0, "m"},
        {"/v1", NULL, 0, "m"},
        {"/v1/#m?concurrency=3", NULL, 0, "m"},
        {"#b", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b:latest\"}]}", 0, "b:latest"},
        {"", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b:latest\"}]}", DRP_EUSAGE,
         "the server has a, b:latest"},
        {"#c", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b:latest\"}]}", DRP_EUSAGE,
         "unknown model 'c': the server has a, b:latest"},
        {"", "{\"data\":[]}", DRP_EUSAGE, "lists no model"},
        {"#m?concurency=3", NULL, DRP_EUSAGE, "did you mean 'concurrency'"},
        {"#m?concurrency=0", NULL, DRP_EUSAGE, "from 1 to 4096"},
        {"/x?key=1#m", NULL, DRP_EUSAGE, "has a query"},
    };
    (void)state;
    (void)two;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct bench b = {.plans = {{.models = rows[i].models}}};
        const int rc = bench_open(&b, rows[i].tail, (struct drp_model_opts){0});
        if (rc != rows[i].rc)
            fail_msg("'%s': %d %s", rows[i].tail, rc, b.err.text);
        if (rc < 0)
            assert_says(drp_sv_from(b.err.text), rows[i].says);
        else
            assert_true(drp_sv_is(drp_model_info(b.model)->name, rows[i].says));
        bench_release(&b);
    }
}

static void bad_places(void **state)
{
    static const struct {
        const char *spec, *says;
    } rows[] = {
        {"openai:localhost:8000#m", "begins with http"},
        {"openai:http://user:pass@host#m", "name or password"},
        {"openai:http://#m", "names no host"},
        {"openai:http:///v1#m", "names no host"},
        {"openai:", "begins with http"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_model *m = NULL;
        struct drp_err err = {0};
        const struct drp_model_opts o = {.spec = rows[i].spec};
        assert_int_equal(drp_model_open(&o, &m, &err), DRP_EUSAGE);
        assert_says(drp_sv_from(err.text), rows[i].says);
        assert_null(strstr(err.text, "pass@"));
    }
}

/* The model is who answers, not where; a revision tells two of one name apart. */
static void fingerprints(void **state)
{
    (void)state;
    struct drp_sha256 prints[4];
    static const struct {
        const char *tail;
        size_t same_as;
    } rows[] = {{"#m", 0}, {"/v1#m?concurrency=2", 0}, {"#m?revision=a", 2}, {"#n", 3}};
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct bench b = {
            .plans = {{.models = "{\"data\":[{\"id\":\"m\"},{\"id\":\"n\"}]}"}}};
        assert_int_equal(bench_open(&b, rows[i].tail, (struct drp_model_opts){0}), 0);
        prints[i] = drp_model_info(b.model)->fingerprint;
        for (size_t k = 0; k < i; k++)
            assert_int_equal(memcmp(&prints[i], &prints[k], sizeof prints[0]) == 0,
                             rows[i].same_as == rows[k].same_as);
        bench_release(&b);
    }
}

static void a_server_without_a_list(void **state)
{
    (void)state;
    struct bench b = {.plans = {{.has_no_models = true}}};
    assert_int_equal(bench_open(&b, "#m", (struct drp_model_opts){0}), 0);
    assert_int_equal(ask(&b, "question").status, 0);
    bench_release(&b);
    struct bench c = {.plans = {{.has_no_models = true}}};
    assert_int_equal(bench_open(&c, "", (struct drp_model_opts){0}), DRP_EENGINE);
    bench_release(&c);
}

static void contexts(void **state)
{
    static const struct {
        const char *models, *tail;
        uint32_t context;
    } rows[] = {
        {NULL, "#m", 8192},
        {NULL, "#m?ctx=1000", 1000},
        {"{\"data\":[{\"id\":\"m\",\"max_model_len\":4096}]}", "#m", 4096},
        {"{\"data\":[{\"id\":\"m\",\"context_length\":5000}]}", "#m", 5000},
        {"{\"data\":[{\"id\":\"m\",\"meta\":{\"n_ctx\":6000}}]}", "#m", 6000},
        {"{\"data\":[{\"id\":\"m\",\"max_model_len\":-4}]}", "#m", 8192},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct bench b = {.plans = {{.models = rows[i].models}}};
        assert_int_equal(bench_open(&b, rows[i].tail, (struct drp_model_opts){0}), 0);
        assert_int_equal(drp_model_info(b.model)->context, rows[i].context);
        bench_release(&b);
    }
}

/* ---- the key ---------------------------------------------------------------------------- */

static bool file_holds(const char *path, const char *needle)
{
    FILE *f = fopen(path, "rb");
    struct drp_str text;
    char bytes[4096];
    size_t n;
    drp_str_init(&text, 1 << 26);
    while (f && (n = fread(bytes, 1, sizeof bytes, f)) > 0)
        drp_str_add(&text, (struct drp_sv){bytes, n});
    if (f)
        fclose(f);
    const bool found = holds(drp_str_sv(&text), needle);
    drp_str_release(&text);
    return found;
}

/* It goes to the server and nowhere else: not into replies, errors or the journal. */
static void the_key_stays_secret(void **state)
{
    static const struct step steps[] = {
        {{.status = 500}, "{\"error\":{\"message\":\"no such key " KEY "\"}}"},
        {{.status = 401}, "{\"error\":{\"message\":\"wrong: " KEY "!\"}}"},
    };
    struct drp_server_opts server = quick();
    struct bench b = {.plans = {{.steps = steps, .n = DRP_LEN(steps)}}};
    const char *path = drp_temp_path(*state, "j.db");
    server.api_key = KEY;
    assert_int_equal(drp_journal_open(path, &b.journal, &b.err), 0);
    assert_int_equal(bench_open(&b, "#m", (struct drp_model_opts){.server = &server}), 0);
    const struct drp_reply r = ask(&b, "question");
    assert_int_equal(r.status, DRP_EENGINE);
    assert_false(holds(r.error, "sk-secret"));
    assert_int_equal(ask(&b, "another").status, 0);
    for (size_t i = 0; i < drp_server_n(b.servers[0], NULL); i++) {
        assert_says(drp_server_get(b.servers[0], i).headers, "Authorization: Bearer " KEY);
        assert_false(holds(drp_server_get(b.servers[0], i).body, KEY));
    }
    assert_false(holds(drp_model_info(b.model)->spec, KEY));
    bench_release(&b);
    assert_false(file_holds(path, "sk-secret"));
    assert_true(file_holds(path, "good answer"));
}

/* ---- the soak --------------------------------------------------------------------------- */

enum { N_SOAK = 10000, N_SOAKERS = 4, PER_ASK = 50 };

/* A fifth of the requests meet a fault, drawn by their number. */
static void soak_script(void *ctx, const struct drp_server_request *request,
                        struct drp_server_reply *reply)
{
    static const struct step faults[] = {
        {{.status = 429}, "{}"},
        {{.status = 500}, "oops"},
        {{.status = 503}, ""},
        {{.end = DRP_SERVER_CUT, .n_cut = 90}, NULL},
        {{.end = DRP_SERVER_CLOSE}, NULL},
        {{0}, "garbage\n\n"},
        {{0}, "<html>"},
        {{0}, "data: {\"choices\":[]}\n\n" DONE},
        {{0}, DELTA("{\"content\":\"half\"}")},
        {{.chunk = 5}, DELTA("{\"content\":\"\xe2\x82\"}") DONE},
        {{.end = DRP_SERVER_SILENT, .n_cut = 60}, NULL},
    };
    struct plan *p = ctx;
    const uint64_t draw = drp_hash_mix(request->index, 20240607);
    if (drp_sv_ends(request->path, DRP_SV("/models")) || draw % 5 != 0) {
        script(ctx, request, reply);
        if (draw % 7 == 0)
            reply->chunk = 11;
        return;
    }
    /* Silence costs its time: it is the rarest. */
    const size_t n = draw / 5 % 100 == 0 ? DRP_LEN(faults) : DRP_LEN(faults) - 1;
    p->steps = &faults[n == DRP_LEN(faults) ? n - 1 : draw / 500 % n];
    p->n = 1;
    p->n_taken = 0;
    script(ctx, request, reply);
    p->n = 0;
}

struct soaker {
    struct drp_thread thread;
    struct drp_model *model;
    size_t first, n_bad;
    int rc;
};

static void soak_some(void *ctx)
{
    struct soaker *s = ctx;
    for (size_t at = 0; at < N_SOAK / N_SOAKERS && s->rc == 0; at += PER_ASK) {
        struct drp_arena arena = {0};
        struct drp_err err = {0};
        struct drp_message m[PER_ASK];
        struct drp_call calls[PER_ASK];
        struct drp_reply replies[PER_ASK];
        for (size_t i = 0; i < PER_ASK; i++) {
            m[i] = (struct drp_message){DRP_ROLE_USER, drp_arena_f(&arena, "soak %zu",
                                                                   s->first + at + i)};
            calls[i] =
                (struct drp_call){.messages = &m[i], .n_messages = 1, .age = s->first + at};
        }
        s->rc = drp_ask(s->model, calls, PER_ASK, replies, &arena, &err);
        for (size_t i = 0; i < PER_ASK; i++)
            s->n_bad += !drp_sv_is(replies[i].text, "good answer");
        drp_arena_release(&arena);
    }
}

static void soak(void **state)
{
    struct bench b = {0};
    struct soaker soakers[N_SOAKERS];
    struct drp_server_opts server = quick();
    struct drp_journal_stats stats;
    server.give_up_ms = 60000;
    drp_log_set_level(DRP_LOG_ERROR);
    assert_int_equal(drp_journal_open(drp_temp_path(*state, "soak.db"), &b.journal, &b.err),
                     0);
    b.servers[0] = drp_server_new(soak_script, &b.plans[0]);
    assert_int_equal(bench_open(&b, "#m?concurrency=64",
                                (struct drp_model_opts){.server = &server}),
                     0);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < N_SOAKERS; i++) {
            soakers[i] =
                (struct soaker){.model = b.model, .first = i * (N_SOAK / N_SOAKERS)};
            assert_int_equal(drp_thread_start(&soakers[i].thread, soak_some, &soakers[i],
                                              0, &b.err),
                             0);
        }
        for (size_t i = 0; i < N_SOAKERS; i++) {
            drp_thread_join(&soakers[i].thread);
            assert_int_equal(soakers[i].rc, 0);
            assert_int_equal(soakers[i].n_bad, 0);
        }
        assert_int_equal(drp_journal_get_stats(b.journal, &stats, &b.err), 0);
        assert_int_equal(stats.calls, N_SOAK);
    }
    /* The second round cost nothing; the first met its faults and nothing was asked twice
     * for another reason. */
    struct drp_model_stats asked;
    drp_model_get_stats(b.model, &asked);
    assert_int_equal(asked.from_journal, N_SOAK);
    const size_t n = drp_server_n(b.servers[0], "/chat/completions");
    size_t n_faults = 0;
    for (size_t i = 0; i < n + 1; i++)
        n_faults += drp_hash_mix(i, 20240607) % 5 == 0 && i > 0;
    assert_int_equal(n, N_SOAK + n_faults);
    drp_log_set_level(DRP_LOG_INFO);
    bench_release(&b);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_answered),
        cmocka_unit_test(torn_streams),
        cmocka_unit_test(thoughts_in_every_form),
        cmocka_unit_test(whole_replies),
        cmocka_unit_test(shown_text_is_shown_once),
        cmocka_unit_test(stop_strings),
        cmocka_unit_test(embeddings),
        cmocka_unit_test(misbehaviour_is_retried),
        cmocka_unit_test(at_least_eight_attempts),
        cmocka_unit_test(the_only_server_is_waited_for),
        cmocka_unit_test(a_dead_server_is_given_up),
        cmocka_unit_test(refusals_are_final),
        cmocka_unit_test(a_refused_field_is_left_out),
        cmocka_unit_test(only_refusals_name_fields),
        cmocka_unit_test(load_is_shared),
        cmocka_unit_test(a_dead_one_is_evicted),
        cmocka_unit_test(throttling_is_followed),
        IN_FOLDER(a_budget_ends_a_run),
        cmocka_unit_test(levels),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(opening),
        cmocka_unit_test(bad_places),
        cmocka_unit_test(fingerprints),
        cmocka_unit_test(a_server_without_a_list),
        cmocka_unit_test(contexts),
        IN_FOLDER(the_key_stays_secret),
        IN_FOLDER(soak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
