#include "support/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"

#include "base/banned.h"

#define MAX_REQUEST_BYTES ((size_t)64 << 20)

enum { POLL_MS = 20, STACK_BYTES = 256 * 1024 };

struct connection {
    struct drp_server *server;
    struct drp_thread thread;
    int fd;
    struct drp_str in; /* bytes read and not yet used */
};

struct drp_server {
    drp_server_script *script;
    void *ctx;
    int fd;
    char url[64];
    struct drp_thread acceptor;
    struct drp_mutex lock; /* guards what follows */
    struct drp_arena arena;
    DRP_VEC(struct drp_server_request) requests;
    DRP_VEC(struct connection *) connections;
    size_t n_busy, most_busy;
    bool closing;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static bool is_closing(struct drp_server *s)
{
    drp_mutex_lock(&s->lock);
    const bool closing = s->closing;
    drp_mutex_unlock(&s->lock);
    return closing;
}

/* ---- bytes ------------------------------------------------------------------------------ */

/* Waits for bytes; false when the client or the server ended. */
static bool read_more(struct connection *c)
{
    static const size_t room = 65536;
    while (!is_closing(c->server)) {
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        if (poll(&p, 1, POLL_MS) <= 0)
            continue;
        char *bytes = drp_malloc(room);
        const ssize_t n = read(c->fd, bytes, room);
        if (n > 0)
            drp_str_add(&c->in, (struct drp_sv){bytes, (size_t)n});
        free(bytes);
        return n > 0;
    }
    return false;
}

static bool send_bytes(struct connection *c, struct drp_sv sv)
{
    while (sv.len > 0 && !is_closing(c->server)) {
        const ssize_t n = send(c->fd, sv.ptr, sv.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN)
            return false;
        if (n < 0) {
            struct pollfd p = {.fd = c->fd, .events = POLLOUT};
            poll(&p, 1, POLL_MS);
            continue;
        }
        sv = drp_sv_slice(sv, (size_t)n, sv.len);
    }
    return sv.len == 0;
}

static void wait_for_end(struct connection *c)
{
    while (read_more(c))
        drp_str_clear(&c->in);
}

static void sleep_open(struct drp_server *s, int64_t ms)
{
    const int64_t until = drp_clock_ms() + ms;
    while (drp_clock_ms() < until && !is_closing(s))
        drp_clock_sleep_ms(DRP_MIN(until - drp_clock_ms(), POLL_MS) + 1);
}

/* ---- requests --------------------------------------------------------------------------- */

static size_t content_length(struct drp_sv headers)
{
    static const struct drp_sv name = {"content-length:", 15};
    const size_t at = drp_sv_find_nocase(headers, name, 0);
    int64_t n = 0;
    if (at == SIZE_MAX)
        return 0;
    const size_t end = drp_sv_find(headers, DRP_SV("\r\n"), at);
    if (!drp_sv_int(drp_sv_trim(drp_sv_slice(headers, at + name.len, end)), &n))
        return 0;
    return (size_t)n;
}

static struct drp_sv cut_word(struct drp_sv *rest)
{
    const size_t at = DRP_MIN(drp_sv_find(*rest, DRP_SV(" "), 0), rest->len);
    const struct drp_sv word = drp_sv_slice(*rest, 0, at);
    *rest = drp_sv_slice(*rest, at + 1, rest->len);
    return word;
}

/* Copies the request at the start of `in` into the server's arena; call with the lock. */
static struct drp_server_request keep(struct drp_server *s, struct drp_sv head,
                                      struct drp_sv body)
{
    const size_t line_end = drp_sv_find(head, DRP_SV("\r\n"), 0);
    struct drp_sv line = drp_sv_slice(head, 0, line_end);
    struct drp_server_request r = {.index = s->requests.n};
    r.method = drp_arena_sv(&s->arena, cut_word(&line));
    r.path = drp_arena_sv(&s->arena, cut_word(&line));
    r.headers = drp_arena_sv(&s->arena, drp_sv_slice(head, line_end + 2, head.len));
    r.body = drp_arena_sv(&s->arena, body);
    drp_vec_add(&s->requests, r);
    return r;
}

/* Reads one request and asks the script; false when there is none. */
static bool take_request(struct connection *c, struct drp_server_reply *reply)
{
    struct drp_server *s = c->server;
    size_t end;
    while ((end = drp_sv_find(drp_str_sv(&c->in), DRP_SV("\r\n\r\n"), 0)) == SIZE_MAX)
        if (!read_more(c))
            return false;
    end += 4;
    const size_t length = content_length(drp_sv_slice(drp_str_sv(&c->in), 0, end));
    while (c->in.len < end + length)
        if (!read_more(c))
            return false;
    const struct drp_sv in = drp_str_sv(&c->in);
    drp_mutex_lock(&s->lock);
    const struct drp_server_request request =
        keep(s, drp_sv_slice(in, 0, end), drp_sv_slice(in, end, end + length));
    s->script(s->ctx, &request, reply);
    s->n_busy++;
    s->most_busy = DRP_MAX(s->most_busy, s->n_busy);
    drp_mutex_unlock(&s->lock);
    drp_str_splice(&c->in, 0, end + length, DRP_SV(""));
    return true;
}

/* ---- replies ---------------------------------------------------------------------------- */

static bool send_head(struct connection *c, const struct drp_server_reply *r, size_t n_bytes)
{
    struct drp_str head;
    drp_str_init(&head, 1 << 20);
    drp_str_addf(&head, "HTTP/1.1 %d Scripted\r\n", r->status ? r->status : 200);
    if (r->headers)
        drp_str_addz(&head, r->headers);
    if (r->chunk)
        drp_str_addz(&head, "Transfer-Encoding: chunked\r\n\r\n");
    else
        drp_str_addf(&head, "Content-Length: %zu\r\n\r\n", n_bytes);
    const bool sent = send_bytes(c, drp_str_sv(&head));
    drp_str_release(&head);
    return sent;
}

static bool send_piece(struct connection *c, struct drp_sv piece, bool chunked)
{
    char size[32];
    if (!chunked)
        return send_bytes(c, piece);
    snprintf(size, sizeof size, "%zx\r\n", piece.len);
    return send_bytes(c, drp_sv_from(size)) && send_bytes(c, piece) &&
           send_bytes(c, DRP_SV("\r\n"));
}

/* False when the connection is to be closed. */
static bool send_reply(struct connection *c, const struct drp_server_reply *r)
{
    const size_t n_times = r->n_times ? r->n_times : 1;
    const bool is_whole = r->end == DRP_SERVER_WHOLE;
    sleep_open(c->server, r->delay_ms);
    drp_mutex_lock(&c->server->lock);
    c->server->n_busy--; /* before the client can know, and ask again */
    drp_mutex_unlock(&c->server->lock);
    if (r->end == DRP_SERVER_CLOSE)
        return false;
    if (!is_whole && r->n_cut == 0) {
        wait_for_end(c);
        return false;
    }
    if (!send_head(c, r, r->body.len * n_times))
        return false;
    const struct drp_sv body =
        drp_sv_slice(drp_str_sv(&r->body), 0, is_whole ? r->body.len : r->n_cut);
    const size_t step = r->chunk ? r->chunk : body.len + 1;
    for (size_t i = 0; i < n_times; i++)
        for (size_t at = 0; at < body.len; at += step)
            if (!send_piece(c, drp_sv_slice(body, at, at + step), r->chunk > 0))
                return false;
    if (r->end == DRP_SERVER_SILENT)
        wait_for_end(c);
    return is_whole && (!r->chunk || send_bytes(c, DRP_SV("0\r\n\r\n")));
}

static void serve(void *ctx)
{
    struct connection *c = ctx;
    for (bool go_on = true; go_on;) {
        struct drp_server_reply reply = {0};
        drp_str_init(&reply.body, MAX_REQUEST_BYTES);
        go_on = take_request(c, &reply);
        if (go_on)
            go_on = send_reply(c, &reply);
        drp_str_release(&reply.body);
    }
    shutdown(c->fd, SHUT_RDWR);
    close(c->fd);
    drp_str_release(&c->in);
}

/* ---- the server ------------------------------------------------------------------------- */

static void take_connection(struct drp_server *s, int fd)
{
    struct connection *c = drp_calloc(1, sizeof *c);
    struct drp_err err = {0};
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->server = s;
    c->fd = fd;
    drp_str_init(&c->in, MAX_REQUEST_BYTES);
    drp_mutex_lock(&s->lock);
    drp_vec_add(&s->connections, c);
    drp_mutex_unlock(&s->lock);
    if (drp_thread_start(&c->thread, serve, c, STACK_BYTES, &err) < 0)
        die(err.text);
}

static void accept_all(void *ctx)
{
    struct drp_server *s = ctx;
    while (!is_closing(s)) {
        struct pollfd p = {.fd = s->fd, .events = POLLIN};
        if (poll(&p, 1, POLL_MS) <= 0)
            continue;
        const int fd = accept(s->fd, NULL, NULL);
        if (fd >= 0)
            take_connection(s, fd);
    }
}

struct drp_server *drp_server_new(drp_server_script *script, void *ctx)
{
    struct drp_server *s = drp_calloc(1, sizeof *s);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    struct drp_err err = {0};
    s->script = script;
    s->ctx = ctx;
    drp_mutex_init(&s->lock);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (s->fd < 0 || bind(s->fd, (struct sockaddr *)(void *)&address, size) < 0 ||
        listen(s->fd, 512) < 0 ||
        getsockname(s->fd, (struct sockaddr *)(void *)&address, &size) < 0)
        die("scripted server");
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u",
             (unsigned)ntohs(address.sin_port));
    if (drp_thread_start(&s->acceptor, accept_all, s, STACK_BYTES, &err) < 0)
        die(err.text);
    return s;
}

void drp_server_free(struct drp_server *s)
{
    if (!s)
        return;
    drp_mutex_lock(&s->lock);
    s->closing = true;
    drp_mutex_unlock(&s->lock);
    drp_thread_join(&s->acceptor);
    for (size_t i = 0; i < s->connections.n; i++) {
        drp_thread_join(&s->connections.at[i]->thread);
        free(s->connections.at[i]);
    }
    close(s->fd);
    drp_vec_release(&s->connections);
    drp_vec_release(&s->requests);
    drp_arena_release(&s->arena);
    drp_mutex_release(&s->lock);
    free(s);
}

const char *drp_server_url(const struct drp_server *s)
{
    return s->url;
}

size_t drp_server_n(struct drp_server *s, const char *path)
{
    size_t n = 0;
    drp_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->requests.n; i++)
        n += !path || drp_sv_ends(s->requests.at[i].path, drp_sv_from(path));
    drp_mutex_unlock(&s->lock);
    return n;
}

struct drp_server_request drp_server_get(struct drp_server *s, size_t index)
{
    drp_mutex_lock(&s->lock);
    const struct drp_server_request r = s->requests.at[index];
    drp_mutex_unlock(&s->lock);
    return r;
}

size_t drp_server_n_connections(struct drp_server *s)
{
    drp_mutex_lock(&s->lock);
    const size_t n = s->connections.n;
    drp_mutex_unlock(&s->lock);
    return n;
}

size_t drp_server_most_at_once(struct drp_server *s)
{
    drp_mutex_lock(&s->lock);
    const size_t most = s->most_busy;
    drp_mutex_unlock(&s->lock);
    return most;
}
