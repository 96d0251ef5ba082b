/* What a call costs the client of an HTTP server that answers at once, in processor time: engine `openai` with 64
 * questions in flight, over the loopback to a server in a process of its own.
 *
 *     bench_http [calls]          starts the server, asks, ends it
 *     bench_http --serve          prints the server's URL, serves until its input ends
 *     bench_http --ask URL calls  asks a server that runs; prints microseconds of processor a call */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "engine/engine.h"

#include "base/banned.h"

#define MAX_REQUEST_BYTES ((size_t)1 << 20)

/* What bench/calls.py asks has the same size. */
enum { MAX_PEERS = 512, N_ASKERS = 4, AT_ONCE = 16, N_WORDS = 160, WAIT_MS = 10000 };

/* ---- the server ------------------------------------------------------------------------- */

struct peer {
    int fd;
    struct drp_str in, out;
};

struct server {
    struct pollfd polled[2 + MAX_PEERS]; /* the end of input, the listener, the peers */
    struct peer peers[MAX_PEERS];
    size_t n;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int listen_anywhere(char *url, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)(void *)&address, length) < 0 ||
        listen(fd, MAX_PEERS) < 0 ||
        getsockname(fd, (struct sockaddr *)(void *)&address, &length) < 0)
        die("bench_http: server");
    snprintf(url, size, "http://127.0.0.1:%u/v1", (unsigned)ntohs(address.sin_port));
    return fd;
}

static void take_peer(struct server *s, int listener)
{
    const int on = 1;
    const int fd = accept(listener, NULL, NULL);
    if (fd < 0)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    s->polled[2 + s->n] = (struct pollfd){.fd = fd, .events = POLLIN};
    s->peers[s->n].fd = fd;
    drp_str_init(&s->peers[s->n].in, MAX_REQUEST_BYTES);
    drp_str_init(&s->peers[s->n].out, MAX_REQUEST_BYTES);
    s->n++;
}

static void drop_peer(struct server *s, size_t i)
{
    close(s->peers[i].fd);
    drp_str_release(&s->peers[i].in);
    drp_str_release(&s->peers[i].out);
    s->n--;
    s->peers[i] = s->peers[s->n];
    s->polled[2 + i] = s->polled[2 + s->n];
}

/* Bytes of the first request in `in`; 0 when it is not whole. */
static size_t request_length(struct drp_sv in)
{
    int64_t body = 0;
    const struct drp_sv name = DRP_SV("content-length:");
    const size_t head = drp_sv_find(in, DRP_SV("\r\n\r\n"), 0);
    if (head == SIZE_MAX)
        return 0;
    const struct drp_sv headers = drp_sv_slice(in, 0, head + 4);
    const size_t at = drp_sv_find_nocase(headers, name, 0);
    if (at != SIZE_MAX) {
        const size_t end = drp_sv_find(headers, DRP_SV("\r\n"), at);
        drp_sv_int(drp_sv_trim(drp_sv_slice(headers, at + name.len, end)), &body);
    }
    const size_t length = headers.len + (size_t)body;
    return length <= in.len ? length : 0;
}

static void reply_to(struct drp_sv request, struct drp_str *out)
{
    const bool lists = drp_sv_starts(request, DRP_SV("GET "));
    const struct drp_sv body =
        lists ? DRP_SV("{\"data\":[{\"id\":\"m\"}]}")
              : DRP_SV("data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":"
                       "\"good \"}}]}\n\n"
                       "data: {\"choices\":[{\"delta\":{\"content\":\"answer\"},"
                       "\"finish_reason\":\"stop\"}]}\n\n"
                       "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":300,"
                       "\"completion_tokens\":2}}\n\n"
                       "data: [DONE]\n\n");
    drp_str_clear(out);
    drp_str_addf(out, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                 lists ? "application/json" : "text/event-stream", body.len);
    drp_str_add(out, body);
}

/* Reads and answers; false when the peer has gone. Replies are small enough for any socket. */
static bool serve_peer(struct peer *p)
{
    char bytes[16384];
    const ssize_t n = read(p->fd, bytes, sizeof bytes);
    if (n <= 0)
        return false;
    drp_str_add(&p->in, (struct drp_sv){bytes, (size_t)n});
    for (size_t length; (length = request_length(drp_str_sv(&p->in))) > 0;) {
        reply_to(drp_str_sv(&p->in), &p->out);
        if (send(p->fd, p->out.ptr, p->out.len, MSG_NOSIGNAL) != (ssize_t)p->out.len)
            return false;
        drp_str_splice(&p->in, 0, length, DRP_SV(""));
    }
    return true;
}

/* Serves until `input` ends. */
static void serve(int listener, int input)
{
    struct server *s = drp_calloc(1, sizeof *s);
    s->polled[0] = (struct pollfd){.fd = input, .events = POLLIN};
    s->polled[1] = (struct pollfd){.fd = listener, .events = POLLIN};
    while (poll(s->polled, 2 + s->n, -1) >= 0 && s->polled[0].revents == 0) {
        for (size_t i = s->n; i-- > 0;)
            if (s->polled[2 + i].revents && !serve_peer(&s->peers[i]))
                drop_peer(s, i);
        if (s->polled[1].revents && s->n < MAX_PEERS)
            take_peer(s, listener);
    }
    while (s->n > 0)
        drop_peer(s, 0);
    free(s);
    close(listener);
}

/* ---- the client ------------------------------------------------------------------------- */

struct asker {
    struct drp_thread thread;
    struct drp_model *model;
    size_t number, n_calls, n_bad;
    int rc;
    struct drp_err err;
};

static void ask_some(struct asker *a, size_t first, size_t n)
{
    struct drp_arena arena = {0};
    struct drp_message turns[AT_ONCE];
    struct drp_call calls[AT_ONCE];
    struct drp_reply replies[AT_ONCE];
    for (size_t i = 0; i < n; i++) {
        struct drp_str text;
        drp_str_init(&text, MAX_REQUEST_BYTES);
        drp_str_addf(&text, "question %zu of %zu:", first + i, a->number);
        for (size_t k = 0; k < N_WORDS; k++)
            drp_str_addz(&text, " words");
        turns[i] =
            (struct drp_message){DRP_ROLE_USER, drp_arena_sv(&arena, drp_str_sv(&text))};
        calls[i] = (struct drp_call){.messages = &turns[i], .n_messages = 1};
        drp_str_release(&text);
    }
    a->rc = drp_ask(a->model, calls, n, replies, &arena, &a->err);
    for (size_t i = 0; i < n && a->rc == 0; i++)
        a->n_bad += !drp_sv_is(replies[i].text, "good answer");
    drp_arena_release(&arena);
}

static void run_asker(void *ctx)
{
    struct asker *a = ctx;
    for (size_t at = 0; at < a->n_calls && a->rc == 0; at += AT_ONCE)
        ask_some(a, at, DRP_MIN(a->n_calls - at, (size_t)AT_ONCE));
}

static double processor_us(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return 1e6 * (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static int ask_all(struct drp_model *model, size_t n_calls, struct drp_err *err)
{
    struct asker askers[N_ASKERS];
    size_t n_started = 0;
    int rc = 0;
    for (; n_started < N_ASKERS && rc == 0; n_started += rc == 0) {
        struct asker *a = &askers[n_started];
        *a = (struct asker){.model = model,
                            .number = n_started,
                            .n_calls = (n_calls + n_started) / N_ASKERS};
        rc = drp_thread_start(&a->thread, run_asker, a, 0, err);
    }
    for (size_t i = 0; i < n_started; i++) {
        drp_thread_join(&askers[i].thread);
        if (rc == 0 && askers[i].rc < 0) {
            *err = askers[i].err;
            rc = askers[i].rc;
        }
        if (rc == 0 && askers[i].n_bad > 0)
            rc = drp_fail(err, DRP_EENGINE, "%zu calls have no answer", askers[i].n_bad);
    }
    return rc;
}

static int measure(const char *url, size_t n_calls)
{
    int rc = 0;
    struct drp_err err = {0};
    struct drp_str spec;
    struct drp_model *model = NULL;
    drp_log_set_level(DRP_LOG_ERROR);
    drp_str_init(&spec, 4096);
    drp_str_addf(&spec, "openai:%s#m?concurrency=%d", url, N_ASKERS * AT_ONCE);
    const struct drp_server_opts server = {.give_up_ms = WAIT_MS, .stall_ms = WAIT_MS};
    const struct drp_model_opts opts = {.spec = spec.ptr, .server = &server};
    DRP_TRY(rc, drp_model_open(&opts, &model, &err));
    const double before_us = processor_us();
    const int64_t start_ms = drp_clock_ms();
    DRP_TRY(rc, ask_all(model, n_calls, &err));
    const double n = (double)n_calls;
    const double busy_us = processor_us() - before_us;
    printf("%.1f us of processor a call, %.0f calls/s, %zu calls by engine openai\n",
           busy_us / n, 1000 * n / (double)(drp_clock_ms() - start_ms + 1), n_calls);
out:
    if (rc < 0)
        fprintf(stderr, "bench_http: %s\n", err.text);
    drp_model_free(model);
    drp_str_release(&spec);
    return rc;
}

/* The server's process ends with our end of the pipe. */
static int measure_alone(size_t n_calls)
{
    char url[64];
    int ends[2];
    const int listener = listen_anywhere(url, sizeof url);
    const pid_t child = pipe(ends) == 0 ? fork() : -1;
    if (child < 0)
        die("bench_http");
    if (child == 0) {
        close(ends[1]);
        serve(listener, ends[0]);
        _exit(0);
    }
    close(listener);
    close(ends[0]);
    const int rc = measure(url, n_calls);
    close(ends[1]);
    waitpid(child, NULL, 0);
    return rc;
}

int main(int argc, char **argv)
{
    int64_t n_calls = 20000;
    char url[64];
    if (argc == 2 && strcmp(argv[1], "--serve") == 0) {
        const int listener = listen_anywhere(url, sizeof url);
        printf("%s\n", url);
        fflush(stdout);
        serve(listener, STDIN_FILENO);
        return 0;
    }
    const bool asks = argc == 4 && strcmp(argv[1], "--ask") == 0;
    const char *number = asks ? argv[3] : argc == 2 ? argv[1] : NULL;
    if ((argc > 2 && !asks) ||
        (number && (!drp_sv_int(drp_sv_from(number), &n_calls) || n_calls < 1)))
        return drp_exit_status(DRP_EUSAGE);
    return drp_exit_status(asks ? measure(argv[2], (size_t)n_calls)
                                : measure_alone((size_t)n_calls));
}
