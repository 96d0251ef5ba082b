/* Servers that misbehave: what is asked again and what is not, several servers, limits, budgets,
 * cancelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"
#include "engine/backend.h"
#include "engine/budget.h"
#include "engine/journal.h"
#include "support/served.h"
#include "support/temp.h"

#include "base/banned.h"

/* ---- what is tried again ---------------------------------------------------------------- */

static void misbehaviour_is_retried(void **state)
{
    static const struct {
        const char *what;
        struct served_step step;
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
        {"half a character",
         {{0},
          SERVED_DELTA("{\"content\":\"\xe2\x82\"}") SERVED_FINISH("stop") SERVED_DONE}},
        {"an empty choice", {{0}, "data: {\"choices\":[{}]}\n\n" SERVED_DONE}},
        {"no choices", {{0}, "data: {\"choices\":[]}\n\n" SERVED_DONE}},
        {"no choices, whole", {{0}, "{\"choices\":[]}"}},
        {"no finish_reason", {{0}, SERVED_DELTA("{\"content\":\"half\"}") SERVED_DONE}},
        {"no [DONE]", {{0}, SERVED_DELTA("{\"content\":\"half\"}") SERVED_FINISH("stop")}},
        {"an empty body", {{0}, ""}},
        {"100 MB", {{.n_times = (100 << 20) / 42}, SERVED_DELTA("{\"content\":\"\"}")}},
        {"100 MB without an end", {{.n_times = 100 << 10}, "x"}},
        {"nothing at all, closed", {{.end = DRP_SERVER_CLOSE}, NULL}},
        {"nothing at all, silent", {{.end = DRP_SERVER_SILENT}, NULL}},
        {"falls silent", {{.end = DRP_SERVER_SILENT, .n_cut = 150}, NULL}},
        {"HTML", {{0}, "<!DOCTYPE html><title>Welcome</title>"}},
        {"HTML of a 502", {{.status = 502}, "<html>Bad gateway</html>"}},
        {"an error in the stream",
         {{0},
          SERVED_DELTA(
              "{\"content\":\"a\"}") "data: {\"error\":{\"message\":\"CUDA\"}}\n\n"}},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct served b;
        served_init(&b, &(struct served_plan){.steps = &rows[i].step, .n = 1});
        const int64_t started_ms = drp_clock_ms();
        const struct drp_reply r = served_ask(&b, "question");
        if (r.status < 0 || !drp_sv_is(r.text, "good answer") || r.reasoning.len > 0)
            fail_msg("%s: %d '%.*s' %.*s", rows[i].what, r.status, DRP_SV_ARG(r.text),
                     DRP_SV_ARG(r.error));
        assert_int_equal(served_n(b.servers[0]), 2);
        assert_true(drp_sv_eq(served_body(b.servers[0], 0), served_body(b.servers[0], 1)));
        if (rows[i].step.reply.headers)
            assert_true(drp_clock_ms() - started_ms >= 990);
        served_release(&b);
    }
}

static void at_least_eight_attempts(void **state)
{
    static struct served_step steps[40];
    (void)state;
    for (size_t i = 0; i < DRP_LEN(steps); i++)
        steps[i] = (struct served_step){{.status = 500},
                                        "{\"error\":{\"message\":\"out of " SERVED_KEY
                                        " memory\"}}"};
    for (int n_bad = 7; n_bad <= 40; n_bad += 33) {
        struct served b;
        served_init(&b, &(struct served_plan){.steps = steps, .n = (size_t)n_bad});
        const struct drp_reply r = served_ask(&b, "question");
        if (n_bad == 7) {
            assert_int_equal(r.status, 0);
        } else {
            assert_int_equal(r.status, DRP_ENET);
            served_says(r.error, "gave up after 8 attempts");
            served_says(r.error, "memory");
            assert_int_equal(served_n(b.servers[0]), 8);
        }
        served_release(&b);
    }
}

/* The only server is down: calls wait for it, however many. */
static void the_only_server_is_waited_for(void **state)
{
    enum { N = 40 };
    static struct served_step steps[12];
    (void)state;
    for (size_t i = 0; i < DRP_LEN(steps); i++)
        steps[i].reply.end = DRP_SERVER_CLOSE;
    struct drp_server_opts server = served_quick();
    server.give_up_ms = 60000;
    struct served b = {.plans = {{.steps = steps, .n = DRP_LEN(steps)}}};
    assert_int_equal(served_open(&b, "#m", (struct drp_model_opts){.server = &server}), 0);
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
    served_release(&b);
}

static void a_dead_server_is_given_up(void **state)
{
    (void)state;
    struct served b;
    served_init(&b, &(struct served_plan){0});
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
        served_says(replies[i].error, "gave up after");
    }
    served_release(&b);
}
/* ---- what is not ------------------------------------------------------------------------ */

static void refusals_are_final(void **state)
{
    static const struct {
        struct served_step step;
        const char *says;
    } rows[] = {
        {{{.status = 400}, "{\"error\":{\"message\":\"prompt too long\"}}"},
         "HTTP 400: prompt too long"},
        {{{.status = 401}, "{\"error\":{\"message\":\"Incorrect API key: " SERVED_KEY "\"}}"},
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
          "\"finish_reason\":\"stop\"}]}\n\n" SERVED_DONE},
         "answers as model 'other-7b'"},
        {{{0}, SERVED_FINISH("content_filter") SERVED_DONE}, "filter"},
        {{{0}, "{\"error\":{\"message\":\"bad request\",\"code\":400}}"}, "bad request"},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_server_opts server = served_quick();
        server.api_key = SERVED_KEY;
        struct served b = {.plans = {{.steps = &rows[i].step, .n = 1}}};
        assert_int_equal(served_open(&b, "#m", (struct drp_model_opts){.server = &server}),
                         0);
        const struct drp_reply r = served_ask(&b, "question");
        assert_int_equal(r.status, DRP_EENGINE);
        served_says(r.error, rows[i].says);
        assert_false(served_holds(r.error, SERVED_KEY));
        assert_int_equal(served_n(b.servers[0]), 1);
        served_release(&b);
    }
}
/* ---- several servers, limits ------------------------------------------------------------ */

static void open_pair(struct served *b, struct drp_server_opts server)
{
    b->servers[1] = drp_server_new(served_script, &b->plans[1]);
    const char *const urls[] = {drp_server_url(b->servers[1])};
    server.urls = urls;
    server.n_urls = 1;
    if (served_open(b, "#m", (struct drp_model_opts){.server = &server}) < 0)
        fail_msg("%s", b->err.text);
}

static void load_is_shared(void **state)
{
    (void)state;
    struct served b = {.plans = {{.delay_ms = 20}, {.delay_ms = 20}}};
    open_pair(&b, served_quick());
    for (int i = 0; i < 3; i++) {
        drp_arena_release(&b.arena);
        served_ask_many(&b, 32, NULL);
    }
    const size_t n0 = served_n(b.servers[0]);
    const size_t n1 = served_n(b.servers[1]);
    assert_int_equal(n0 + n1, 96);
    assert_true(n0 >= 24 && n1 >= 24);
    served_release(&b);
}

/* A dead server is left alone: the other gets the calls, none fails. */
static void a_dead_one_is_evicted(void **state)
{
    static struct served_step dead[1000];
    (void)state;
    for (size_t i = 0; i < DRP_LEN(dead); i++)
        dead[i].reply.end = DRP_SERVER_CLOSE;
    struct drp_server_opts server = served_quick();
    server.give_up_ms = 60000;
    server.backoff_ms = 20;
    struct served b = {.plans = {{.delay_ms = 5}, {.steps = dead, .n = DRP_LEN(dead)}}};
    open_pair(&b, server);
    for (int i = 0; i < 10; i++)
        served_ask_many(&b, 32, NULL);
    assert_true(served_n(b.servers[1]) < 64);
    assert_int_equal(served_n(b.servers[0]), 320);
    served_release(&b);
}

static void busy(void *ctx, const struct drp_server_request *request,
                 struct drp_server_reply *reply)
{
    const struct served_plan *p = ctx;
    served_script(ctx, request, reply);
    if (drp_sv_ends(request->path, DRP_SV("/completions")) && p->n_taken % 3 == 0) {
        reply->status = 429;
        drp_str_clear(&reply->body);
    }
}

/* Every third call is too many: all are answered in the end, never more than the ceiling. */
static void throttling_is_followed(void **state)
{
    (void)state;
    struct served b = {.plans = {{.delay_ms = 2}}};
    b.servers[0] = drp_server_new(busy, &b.plans[0]);
    assert_int_equal(served_open(&b, "#m?concurrency=6", (struct drp_model_opts){0}), 0);
    assert_int_equal(drp_model_info(b.model)->slots, 6);
    for (int i = 0; i < 3; i++)
        served_ask_many(&b, 32, NULL);
    assert_in_range(drp_server_most_at_once(b.servers[0]), 1, 6);
    served_release(&b);
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
        struct served b = {0};
        char name[16];
        snprintf(name, sizeof name, "%zu.db", i);
        assert_int_equal(drp_journal_open(drp_temp_path(*state, name), &b.journal, &b.err),
                         0);
        struct drp_budget *budget = drp_budget_new(&rows[i].opts);
        assert_int_equal(served_open(&b, "#m",
                                     (struct drp_model_opts){
                                         .budget = budget, .price_in = 2, .price_out = 10}),
                         0);
        for (uint64_t k = 0; k < 20; k++) {
            const struct drp_reply r =
                served_ask(&b, drp_arena_f(&b.arena, "question %d", (int)k).ptr);
            assert_int_equal(r.status, k < rows[i].asked ? 0 : DRP_ECANCELLED);
            if (k >= rows[i].asked)
                served_says(r.error, "budget is spent");
        }
        assert_int_equal(served_ask(&b, "question 0").status,
                         0); /* what is kept costs nothing */
        const struct drp_budget_state spent = drp_budget_get(budget);
        assert_int_equal(spent.tokens, rows[i].asked * 120);
        assert_true(fabs(spent.cost - rows[i].cost) < 1e-12);
        assert_int_equal(spent.n_refused, 20 - rows[i].asked);
        served_release(&b);
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
        struct served_step step;
        int level, status;
    } rows[] = {
        {{{.delay_ms = 400}, NULL}, 1, 0},
        {{{.delay_ms = 5000}, NULL}, 2, DRP_ECANCELLED},
        {{{.status = 503, .headers = "Retry-After: 100\r\n"}, ""}, 1, DRP_ECANCELLED},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_server_opts server = served_quick();
        struct drp_cancel cancel = {0};
        struct served b = {.plans = {{.steps = &rows[i].step, .n = 1}}};
        server.stall_ms = 60000;
        assert_int_equal(served_open(&b, "#m", (struct drp_model_opts){.server = &server}),
                         0);
        struct raiser raiser = {.cancel = &cancel, .level = rows[i].level};
        assert_int_equal(drp_thread_start(&raiser.thread, raise_later, &raiser, 0, &b.err),
                         0);
        const struct drp_message m = {DRP_ROLE_USER, DRP_SV("question")};
        const int64_t started_ms = drp_clock_ms();
        const struct drp_reply r = served_ask_call(
            &b, &(struct drp_call){.messages = &m, .n_messages = 1, .cancel = &cancel});
        drp_thread_join(&raiser.thread);
        assert_int_equal(r.status, rows[i].status);
        assert_true(drp_clock_ms() - started_ms < 3000);
        served_release(&b);
    }
}

static void deadlines(void **state)
{
    static const struct served_step step = {{.delay_ms = 5000}, NULL};
    (void)state;
    struct served b;
    served_init(&b, &(struct served_plan){.steps = &step, .n = 1});
    const struct drp_message m = {DRP_ROLE_USER, DRP_SV("question")};
    const struct drp_reply r =
        served_ask_call(&b, &(struct drp_call){.messages = &m,
                                               .n_messages = 1,
                                               .deadline_ms = drp_clock_ms() + 100});
    assert_int_equal(r.status, DRP_ECANCELLED);
    served_says(r.error, "deadline");
    served_release(&b);
}

/* ---- slots -------------------------------------------------------------------------------- */

static void count_done(struct drp_job *job)
{
    atomic_fetch_add((atomic_int *)job->owner, 1);
}

static void wait_for(const atomic_int *n, int wanted)
{
    const int64_t until = drp_clock_ms() + 10000;
    while (atomic_load(n) < wanted && drp_clock_ms() < until)
        drp_clock_sleep_ms(2);
    assert_int_equal(atomic_load(n), wanted);
}

/* The back-end itself, with one slot: the second question is not asked before the first answer is durable. */
static void a_slot_is_free_when_its_answer_is_durable(void **state)
{
    enum { N = 2 };
    struct served b = {0};
    struct drp_str spec;
    struct drp_model_info info = {0};
    void *self = NULL;
    atomic_int n_done = 0;
    const struct drp_message message = {DRP_ROLE_USER, DRP_SV("question")};
    const struct drp_call call = {.messages = &message, .n_messages = 1};
    struct drp_job jobs[N] = {0}, *all[N];
    const struct drp_server_opts quick = served_quick();
    (void)state;
    b.servers[0] = drp_server_new(served_script, &b.plans[0]);
    drp_str_init(&spec, 1024);
    drp_str_addf(&spec, "openai:%s#m?concurrency=1", drp_server_url(b.servers[0]));
    const struct drp_model_opts opts = {.spec = spec.ptr, .server = &quick};
    assert_int_equal(drp_backend_openai.open(&opts, &self, &info, &b.err), 0);
    for (size_t i = 0; i < N; i++) {
        jobs[i] = (struct drp_job){.call = &call, .done = count_done, .owner = &n_done};
        drp_str_init(&jobs[i].text, 1024);
        drp_str_init(&jobs[i].reasoning, 1024);
        drp_str_init(&jobs[i].error, 1024);
        all[i] = &jobs[i];
    }
    drp_backend_openai.submit(self, all, N);
    wait_for(&n_done, 1);
    drp_clock_sleep_ms(100); /* time enough for a second request, were it allowed */
    assert_int_equal(served_n(b.servers[0]), 1);
    drp_backend_openai.kept(self, jobs[0].status == 0 && jobs[0].text.len ? &jobs[0]
                                                                          : &jobs[1]);
    wait_for(&n_done, 2);
    assert_int_equal(served_n(b.servers[0]), 2);
    drp_backend_openai.close(self);
    for (size_t i = 0; i < N; i++) {
        drp_str_release(&jobs[i].text);
        drp_str_release(&jobs[i].reasoning);
        drp_str_release(&jobs[i].error);
    }
    drp_str_release(&spec);
    drp_server_free(b.servers[0]);
}

int main(void)
{
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, drp_temp_setup, drp_temp_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misbehaviour_is_retried),
        cmocka_unit_test(at_least_eight_attempts),
        cmocka_unit_test(the_only_server_is_waited_for),
        cmocka_unit_test(a_dead_server_is_given_up),
        cmocka_unit_test(refusals_are_final),
        cmocka_unit_test(load_is_shared),
        cmocka_unit_test(a_dead_one_is_evicted),
        cmocka_unit_test(throttling_is_followed),
        IN_FOLDER(a_budget_ends_a_run),
        cmocka_unit_test(levels),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(a_slot_is_free_when_its_answer_is_durable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
