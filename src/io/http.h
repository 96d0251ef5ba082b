/* HTTP: many transfers side by side on one I/O thread, bodies streamed as they come.
 * The only file that sees libcurl is http.c.
 *
 * TLS is verified, redirects are not followed, proxies of the environment are not used,
 * cookies and netrc neither: a request goes to the host that it names and nowhere else. */
#ifndef DRP_IO_HTTP_H
#define DRP_IO_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/** A client: its connections, kept alive between transfers, and its I/O thread. */
struct drp_http;

/** One request on its way. Valid until its on_done was called. */
struct drp_http_transfer;

/** How a client works. */
struct drp_http_opts {
    size_t max_connections; /* kept open when idle; 0: 16 */
    /**
     * Called on the I/O thread after every event and drp_http_wake(): the place to start
     * and to cancel. Gives the time (drp_clock_ms) at which it wants to be called at the
     * latest, INT64_MAX for never.
     */
    int64_t (*turn)(void *ctx);
    void *ctx;
};

/** How a transfer ended. */
enum drp_http_end {
    DRP_HTTP_WHOLE,     /* an answer came, of whatever status, to its end */
    DRP_HTTP_STOPPED,   /* on_body wanted no more */
    DRP_HTTP_DROPPED,   /* no connection, or one that broke */
    DRP_HTTP_STALLED,   /* no byte for too long */
    DRP_HTTP_TOO_LARGE, /* headers or body beyond their limit */
    DRP_HTTP_BAD,       /* trying again cannot help: URL, certificate */
    DRP_HTTP_CANCELLED, /* drp_http_cancel() or drp_http_free() */
};

/** What is known at the end of a transfer. Borrowed during on_done. */
struct drp_http_result {
    enum drp_http_end end;
    int status;             /* of HTTP; 0: none came */
    int64_t retry_after_ms; /* as the server asks, seconds or date; -1: it does not */
    int64_t first_byte_ms;  /* from the start to the first byte of the body; -1: none */
    struct drp_sv location; /* where a redirect leads; absent: it is none */
    const char *error;      /* one line, when `end` is neither WHOLE nor STOPPED */
};

/** A request. Everything is borrowed until on_done. */
struct drp_http_request {
    const char *url;
    const char *const *headers; /* (n_headers) "Name: value" */
    size_t n_headers;
    struct drp_sv body;    /* sent by POST; absent: GET */
    size_t max_body_bytes; /* of the answer; 0: 64 MiB */
    int64_t connect_ms;    /* until the connection stands; 0: 10 s */
    int64_t stall_ms;      /* without a byte in either direction; 0: no limit */
    int64_t total_ms;      /* 0: no limit */
    /** A piece of the body, on the I/O thread; false: no more is wanted. */
    bool (*on_body)(void *ctx, int status, struct drp_sv piece);
    /** The end, once, on the I/O thread. The transfer is gone afterwards. */
    void (*on_done)(void *ctx, const struct drp_http_result *result);
    void *ctx;
};

/** Starts a client. **Owns**: caller, drp_http_free(). **Errors**: DRP_ENET, DRP_EBUG. */
int drp_http_new(const struct drp_http_opts *opts, struct drp_http **out,
                 struct drp_err *err) DRP_CHECKED;

/** Ends what is on its way (on_done gets CANCELLED), then the thread. NULL is allowed. */
void drp_http_free(struct drp_http *h);

/** Makes the I/O thread call turn(). **Threads**: any. */
void drp_http_wake(struct drp_http *h);

/**
 * Starts a transfer; a failure is told by on_done, never from within this call.
 * **Threads**: the I/O thread, in turn() or on_done().
 */
struct drp_http_transfer *drp_http_start(struct drp_http *h,
                                         const struct drp_http_request *request);

/** Ends a transfer soon: its on_done follows. **Threads**: as drp_http_start(). */
void drp_http_cancel(struct drp_http_transfer *t);

/** The library and its version, "libcurl/7.88.1". Static storage. */
const char *drp_http_library(void);

#endif
