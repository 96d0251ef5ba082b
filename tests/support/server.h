/* A scripted HTTP server on the loopback, for tests: a function says what each request
 * gets, misbehaviour included.
 *
 *     struct drp_server *server = drp_server_new(script, ctx);
 *     … drp_server_url(server) …
 *     drp_server_free(server); */
#ifndef DRP_TESTS_SUPPORT_SERVER_H
#define DRP_TESTS_SUPPORT_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/** A request as it came. Valid as long as the server. */
struct drp_server_request {
    size_t index;               /* 0: the first of the server */
    struct drp_sv method, path; /* "POST", "/v1/models" */
    struct drp_sv headers;      /* all lines */
    struct drp_sv body;
};

/** How a reply ends. */
enum drp_server_end {
    DRP_SERVER_WHOLE,
    DRP_SERVER_CUT,   /* the connection closes after `n_cut` bytes of the body */
    DRP_SERVER_CLOSE, /* it closes without a byte */
    DRP_SERVER_SILENT, /* nothing comes until the client goes; after `n_cut` bytes of the body, if not 0 */
};

/** What a request gets. `{0}`: 200 with the body. */
struct drp_server_reply {
    int status;          /* 0: 200 */
    const char *headers; /* more lines, each with "\r\n"; NULL: none */
    struct drp_str body; /* filled by the script */
    size_t n_times;      /* the body is sent so often; 0: once */
    size_t chunk;        /* chunked, in pieces of so many bytes; 0: with its length */
    int64_t delay_ms;    /* before anything is sent */
    enum drp_server_end end;
    size_t n_cut;
};

/** Says what a request gets. Calls come one at a time, in the order of requests. */
typedef void drp_server_script(void *ctx, const struct drp_server_request *request,
                               struct drp_server_reply *reply);

struct drp_server;

/** Starts a server on a free port of 127.0.0.1. **Owns**: caller, drp_server_free(). */
struct drp_server *drp_server_new(drp_server_script *script, void *ctx);

/** Ends all connections and the server. */
void drp_server_free(struct drp_server *server);

/** "http://127.0.0.1:PORT". Borrowed. */
const char *drp_server_url(const struct drp_server *server);

/** Requests so far whose path ends in `path`; NULL: all. **Threads**: any. */
size_t drp_server_n(struct drp_server *server, const char *path);

/** The request of an index below drp_server_n(server, NULL). **Threads**: any. */
struct drp_server_request drp_server_get(struct drp_server *server, size_t index);

/** Connections taken so far. **Threads**: any. */
size_t drp_server_n_connections(struct drp_server *server);

/** The most requests that waited for their answer at the same time. **Threads**: any. */
size_t drp_server_most_at_once(struct drp_server *server);

#endif
