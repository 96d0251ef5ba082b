/* Transfers over a scripted server: whole, cut, silent, too large, redirected, cancelled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"
#include "io/http.h"
#include "support/server.h"

#include "base/banned.h"

enum { MAX_FETCHES = 64 };

/* One request and all that came of it. */
struct fetch {
    struct bench *bench;
    struct drp_http_request request;
    struct drp_str body;
    struct drp_http_result result;
    char error[256], location[256];
    size_t n_pieces, stop_at; /* stop_at: bytes after which no more is wanted; 0: never */
    bool started, done, cancel;
    struct drp_http_transfer *transfer;
};

/* A client and the requests put to it; the lock guards them all. */
struct bench {
    struct drp_server *server;
    struct drp_http *http;
    struct drp_mutex lock;
    struct drp_cond changed;
    struct fetch *fetches[MAX_FETCHES];
    size_t n, n_done;
};

static bool on_body(void *ctx, int status, struct drp_sv piece)
{
    struct fetch *f = ctx;
    (void)status;
    drp_str_add(&f->body, piece);
    f->n_pieces++;
    return f->stop_at == 0 || f->body.len < f->stop_at;
}

static void on_done(void *ctx, const struct drp_http_result *result)
{
    struct fetch *f = ctx;
    drp_mutex_lock(&f->bench->lock);
    f->result = *result;
    snprintf(f->error, sizeof f->error, "%s", result->error);
    snprintf(f->location, sizeof f->location, "%.*s", DRP_SV_ARG(result->location));
    f->done = true;
    f->bench->n_done++;
    drp_cond_broadcast(&f->bench->changed);
    drp_mutex_unlock(&f->bench->lock);
}

static int64_t turn(void *ctx)
{
    struct bench *b = ctx;
    drp_mutex_lock(&b->lock);
    for (size_t i = 0; i < b->n; i++) {
        struct fetch *f = b->fetches[i];
        if (!f->started) {
            f->started = true;
            f->transfer = drp_http_start(b->http, &f->request);
        } else if (f->cancel && !f->done) {
            drp_http_cancel(f->transfer);
        }
    }
    drp_mutex_unlock(&b->lock);
    return INT64_MAX;
}

static void bench_init(struct bench *b, drp_server_script *script, void *ctx)
{
    struct drp_err err = {0};
    *b = (struct bench){0};
    drp_mutex_init(&b->lock);
    drp_cond_init(&b->changed);
    b->server = drp_server_new(script, ctx);
    const struct drp_http_opts opts = {.turn = turn, .ctx = b};
    drp_mutex_lock(&b->lock); /* turn() waits until `http` is set */
    if (drp_http_new(&opts, &b->http, &err) < 0)
        fail_msg("%s", err.text);
    drp_mutex_unlock(&b->lock);
}

static void bench_release(struct bench *b)
{
    drp_http_free(b->http);
    drp_server_free(b->server);
    for (size_t i = 0; i < b->n; i++)
        drp_str_release(&b->fetches[i]->body);
    drp_cond_release(&b->changed);
    drp_mutex_release(&b->lock);
}

static void put(struct bench *b, struct fetch *f, const char *url)
{
    f->bench = b;
    f->request.url = url;
    f->request.on_body = on_body;
    f->request.on_done = on_done;
    f->request.ctx = f;
    drp_str_init(&f->body, 1 << 24);
    drp_mutex_lock(&b->lock);
    b->fetches[b->n++] = f;
    drp_mutex_unlock(&b->lock);
    drp_http_wake(b->http);
}

static void wait_all(struct bench *b)
{
    drp_mutex_lock(&b->lock);
    while (b->n_done < b->n)
        drp_cond_wait(&b->changed, &b->lock);
    drp_mutex_unlock(&b->lock);
}

static void echo(void *ctx, const struct drp_server_request *request,
                 struct drp_server_reply *reply)
{
    const struct drp_server_reply *row = ctx;
    const struct drp_str body = reply->body;
    if (row)
        *reply = *row;
    reply->body = body;
    if (request->body.len > 0)
        drp_str_add(&reply->body, request->body);
    else
        drp_str_addf(&reply->body, "%.*s %.*s", DRP_SV_ARG(request->method),
                     DRP_SV_ARG(request->path));
}

static void answers_come_whole(void **state)
{
    struct bench b;
    struct fetch get = {0}, post = {.request = {.body = DRP_SV("a body")}};
    static const char *const headers[] = {"X-One: 1", "Authorization: Bearer k"};
    (void)state;
    bench_init(&b, echo, NULL);
    post.request.headers = headers;
    post.request.n_headers = DRP_LEN(headers);
    put(&b, &get, drp_server_url(b.server));
    wait_all(&b);
    put(&b, &post, drp_server_url(b.server));
    wait_all(&b);
    assert_int_equal(get.result.end, DRP_HTTP_WHOLE);
    assert_int_equal(get.result.status, 200);
    assert_int_equal(get.result.retry_after_ms, -1);
    assert_true(get.result.first_byte_ms >= 0);
    assert_string_equal(get.body.ptr, "GET /");
    assert_string_equal(post.body.ptr, "a body");
    const struct drp_server_request r = drp_server_get(b.server, 1);
    assert_true(drp_sv_find(r.headers, DRP_SV("X-One: 1\r\n"), 0) != SIZE_MAX);
    assert_true(drp_sv_find(r.headers, DRP_SV("Bearer k\r\n"), 0) != SIZE_MAX);
    assert_true(drp_sv_find_nocase(r.headers, DRP_SV("expect"), 0) == SIZE_MAX);
    assert_int_equal(drp_server_n_connections(b.server), 1); /* it was kept */
    bench_release(&b);
}

static void each_piece_is_told(void **state)
{
    struct drp_server_reply row = {.chunk = 1};
    struct bench b;
    struct fetch f = {.request = {.body = DRP_SV("every byte alone")}};
    (void)state;
    bench_init(&b, echo, &row);
    put(&b, &f, drp_server_url(b.server));
    wait_all(&b);
    assert_string_equal(f.body.ptr, "every byte alone");
    assert_int_equal(f.n_pieces, f.body.len);
    bench_release(&b);
}

/* Whatever the server does, the transfer ends once and says how. */
static void misbehaviour(void **state)
{
    static const struct {
        const char *what;
        struct drp_server_reply reply;
        struct drp_http_request request;
        enum drp_http_end end;
        int status;
        const char *says;
    } rows[] = {
        {"closes without a byte", {.end = DRP_SERVER_CLOSE}, {0}, DRP_HTTP_DROPPED, 0, ""},
        {"closes in the body",
         {.end = DRP_SERVER_CUT, .n_cut = 2},
         {0},
         DRP_HTTP_DROPPED,
         200,
         ""},
        {"closes in a chunked body",
         {.end = DRP_SERVER_CUT, .n_cut = 2, .chunk = 1},
         {0},
         DRP_HTTP_DROPPED,
         200,
         ""},
        {"says nothing",
         {.end = DRP_SERVER_SILENT},
         {.stall_ms = 100},
         DRP_HTTP_STALLED,
         0,
         "no byte came for 0.1 s"},
        {"falls silent",
         {.end = DRP_SERVER_SILENT, .n_cut = 2},
         {.stall_ms = 100},
         DRP_HTTP_STALLED,
         200,
         "no byte"},
        {"takes too long", {.delay_ms = 5000}, {.total_ms = 100}, DRP_HTTP_DROPPED, 0, ""},
        {"sends 100 MB",
         {.n_times = (100 << 20) / 5},
         {.max_body_bytes = 1 << 20},
         DRP_HTTP_TOO_LARGE,
         200,
         "more than 1048576 bytes of body"},
        {"fails", {.status = 500}, {0}, DRP_HTTP_WHOLE, 500, ""},
        {"redirects",
         {.status = 302, .headers = "Location: http://127.0.0.2:1/x\r\n"},
         {0},
         DRP_HTTP_WHOLE,
         302,
         ""},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct bench b;
        struct drp_server_reply reply = rows[i].reply;
        struct fetch f = {.request = rows[i].request};
        bench_init(&b, echo, &reply);
        put(&b, &f, drp_server_url(b.server));
        wait_all(&b);
        if (f.result.end != rows[i].end || f.result.status != rows[i].status)
            fail_msg("%s: end %d, status %d, %s", rows[i].what, (int)f.result.end,
                     f.result.status, f.error);
        assert_non_null(strstr(f.error, rows[i].says));
        assert_true(f.result.end == DRP_HTTP_WHOLE || f.error[0] != '\0');
        if (f.result.status == 302)
            assert_string_equal(f.location, "http://127.0.0.2:1/x");
        assert_int_equal(drp_server_n(b.server, NULL), 1);
        bench_release(&b);
    }
}

static void long_headers(void *ctx, const struct drp_server_request *request,
                         struct drp_server_reply *reply)
{
    (void)request;
    reply->headers = ctx;
}

static void headers_have_a_limit(void **state)
{
    struct bench b;
    struct fetch f = {0};
    struct drp_str lines;
    (void)state;
    drp_str_init(&lines, 1 << 20);
    for (int i = 0; i < 3000; i++)
        drp_str_addf(&lines, "X-Line-%d: some value or other\r\n", i);
    bench_init(&b, long_headers, lines.ptr);
    put(&b, &f, drp_server_url(b.server));
    wait_all(&b);
    assert_int_equal(f.result.end, DRP_HTTP_TOO_LARGE);
    assert_non_null(strstr(f.error, "headers"));
    bench_release(&b);
    drp_str_release(&lines);
}

static void retry_after(void **state)
{
    char date[96];
    struct tm tm;
    const time_t soon = time(NULL) + 100;
    gmtime_r(&soon, &tm);
    strftime(date, sizeof date, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
    const struct {
        const char *header;
        int64_t least, most;
    } rows[] = {{NULL, -1, -1},
                {"Retry-After: 7\r\n", 7000, 7000},
                {date, 90000, 100000},
                {"Retry-After: soon\r\n", -1, -1}};
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_server_reply row = {.status = 429, .headers = rows[i].header};
        struct bench b;
        struct fetch f = {0};
        bench_init(&b, echo, &row);
        put(&b, &f, drp_server_url(b.server));
        wait_all(&b);
        assert_in_range(f.result.retry_after_ms + 1, rows[i].least + 1, rows[i].most + 1);
        bench_release(&b);
    }
}

static void places_that_are_none(void **state)
{
    static const struct {
        const char *url;
        enum drp_http_end end;
    } rows[] = {
        {"http://127.0.0.1:1/", DRP_HTTP_DROPPED},
        {"http://no-such-host.invalid/", DRP_HTTP_DROPPED},
        {"file:///etc/passwd", DRP_HTTP_BAD},
        {"ftp://127.0.0.1/x", DRP_HTTP_BAD},
        {"http://[/", DRP_HTTP_BAD},
    };
    struct bench b;
    struct fetch f[DRP_LEN(rows)] = {0};
    (void)state;
    bench_init(&b, echo, NULL);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        put(&b, &f[i], rows[i].url);
    wait_all(&b);
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        assert_int_equal(f[i].result.end, rows[i].end);
        assert_true(f[i].error[0] != '\0');
    }
    bench_release(&b);
}

static void no_more_is_wanted(void **state)
{
    struct drp_server_reply row = {.chunk = 4, .n_times = 100000};
    struct bench b;
    struct fetch f = {.request = {.body = DRP_SV("0123")}, .stop_at = 40};
    (void)state;
    bench_init(&b, echo, &row);
    put(&b, &f, drp_server_url(b.server));
    wait_all(&b);
    assert_int_equal(f.result.end, DRP_HTTP_STOPPED);
    assert_int_equal(f.body.len, 40);
    bench_release(&b);
}

/* Both ways to end what is on its way. */
static void cancelling(void **state)
{
    struct drp_server_reply row = {.end = DRP_SERVER_SILENT};
    struct bench b;
    struct fetch f[2] = {0};
    (void)state;
    bench_init(&b, echo, &row);
    put(&b, &f[0], drp_server_url(b.server));
    while (drp_server_n(b.server, NULL) < 1)
        drp_clock_sleep_ms(1);
    drp_mutex_lock(&b.lock);
    f[0].cancel = true;
    drp_mutex_unlock(&b.lock);
    drp_http_wake(b.http);
    wait_all(&b);
    assert_int_equal(f[0].result.end, DRP_HTTP_CANCELLED);
    put(&b, &f[1], drp_server_url(b.server));
    while (drp_server_n(b.server, NULL) < 2)
        drp_clock_sleep_ms(1);
    drp_http_free(b.http);
    b.http = NULL;
    assert_int_equal(f[1].result.end, DRP_HTTP_CANCELLED);
    bench_release(&b);
}

static void many_at_once(void **state)
{
    struct drp_server_reply row = {.delay_ms = 100};
    struct bench b;
    static struct fetch f[MAX_FETCHES];
    (void)state;
    bench_init(&b, echo, &row);
    const int64_t started_ms = drp_clock_ms();
    for (size_t i = 0; i < MAX_FETCHES; i++)
        put(&b, &f[i], drp_server_url(b.server));
    wait_all(&b);
    for (size_t i = 0; i < MAX_FETCHES; i++)
        assert_int_equal(f[i].result.end, DRP_HTTP_WHOLE);
    assert_true(drp_clock_ms() - started_ms < 100 * MAX_FETCHES / 2);
    assert_true(drp_server_most_at_once(b.server) > 8);
    bench_release(&b);
}

int main(void)
{
    /* A proxy that is not there: were it used, nothing would come. */
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("all_proxy", "http://127.0.0.1:1", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_whole), cmocka_unit_test(each_piece_is_told),
        cmocka_unit_test(misbehaviour),       cmocka_unit_test(headers_have_a_limit),
        cmocka_unit_test(retry_after),        cmocka_unit_test(places_that_are_none),
        cmocka_unit_test(no_more_is_wanted),  cmocka_unit_test(cancelling),
        cmocka_unit_test(many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
