/* The I/O thread owns the multi handle, all easy handles and all transfers; other threads
 * only wake it. Callbacks of libcurl collect; on_done is called between its rounds, so
 * that it may start transfers. */
#include "io/http.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <curl/curl.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/thread.h"

#include "base/banned.h"

#define MAX_HEADER_BYTES ((size_t)64 << 10)
#define MAX_BODY_BYTES   ((size_t)64 << 20)

enum { IDLE_MS = 1000, CONNECT_MS = 10000, MAX_SPARE = 64 };

struct drp_http_transfer {
    struct drp_http_request request;
    CURL *easy;
    struct curl_slist *headers;
    struct drp_http_transfer *next; /* in the client's list */
    int64_t started_ms, first_byte_ms, active_ms;
    curl_off_t n_moved; /* bytes in both directions at active_ms */
    size_t n_header_bytes, n_body_bytes;
    bool too_large, stopped, cancelled, ended;
    CURLcode code;
    char error[CURL_ERROR_SIZE];
};

struct drp_http {
    struct drp_http_opts opts;
    CURLM *multi;
    struct drp_thread thread;
    bool running; /* the thread was started */
    atomic_bool closing;
    struct drp_http_transfer *transfers; /* the I/O thread's, as what follows */
    CURL *spare[MAX_SPARE];              /* handles for the next transfers */
    size_t n_spare;
};

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

const char *drp_http_library(void)
{
    return "libcurl/" LIBCURL_VERSION;
}

/* ---- libcurl's callbacks ---------------------------------------------------------------- */

/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl prescribes the signatures */
static size_t on_header(char *bytes, size_t size, size_t n, void *ctx)
{
    struct drp_http_transfer *t = ctx;
    (void)bytes;
    t->n_header_bytes += size * n;
    t->active_ms = drp_clock_ms();
    t->too_large = t->n_header_bytes > MAX_HEADER_BYTES;
    return t->too_large ? 0 : size * n;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as above */
static size_t on_body(char *bytes, size_t size, size_t n, void *ctx)
{
    struct drp_http_transfer *t = ctx;
    const size_t limit =
        t->request.max_body_bytes ? t->request.max_body_bytes : MAX_BODY_BYTES;
    long status = 0;
    t->active_ms = drp_clock_ms();
    if (t->first_byte_ms < 0)
        t->first_byte_ms = t->active_ms - t->started_ms;
    t->n_body_bytes += size * n;
    t->too_large = t->n_body_bytes > limit;
    if (t->too_large)
        return 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->stopped =
        !t->request.on_body(t->request.ctx, (int)status, (struct drp_sv){bytes, size * n});
    return t->stopped ? 0 : size * n;
}

static int on_progress(void *ctx, curl_off_t down_total, curl_off_t down,
                       curl_off_t up_total, curl_off_t up)
{
    struct drp_http_transfer *t = ctx;
    (void)down_total;
    (void)up_total;
    if (down + up != t->n_moved)
        t->active_ms = drp_clock_ms();
    t->n_moved = down + up;
    return 0;
}

/* ---- transfers -------------------------------------------------------------------------- */

static void only_http(CURL *easy)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static void set_request(struct drp_http_transfer *t)
{
    const struct drp_http_request *r = &t->request;
    CURL *easy = t->easy;
    curl_easy_setopt(easy, CURLOPT_URL, r->url);
    t->headers = curl_slist_append(NULL, "Expect:"); /* no extra round before the body */
    for (size_t i = 0; i < r->n_headers; i++)
        t->headers = curl_slist_append(t->headers, r->headers[i]);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    if (r->body.ptr) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->body.ptr);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
    }
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(r->connect_ms ? r->connect_ms : CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
}

static void set_rules(struct drp_http_transfer *t)
{
    CURL *easy = t->easy;
    only_http(easy);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "drp/" DRP_VERSION);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
}

struct drp_http_transfer *drp_http_start(struct drp_http *h,
                                         const struct drp_http_request *request)
{
    struct drp_http_transfer *t = drp_calloc(1, sizeof *t);
    t->request = *request;
    t->first_byte_ms = -1;
    t->started_ms = t->active_ms = drp_clock_ms();
    t->next = h->transfers;
    h->transfers = t;
    t->easy = h->n_spare > 0 ? h->spare[--h->n_spare] : curl_easy_init();
    if (!t->easy) {
        t->code = CURLE_OUT_OF_MEMORY;
        t->ended = true;
        return t;
    }
    set_rules(t);
    set_request(t);
    if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK) {
        t->code = CURLE_FAILED_INIT;
        t->ended = true;
    }
    return t;
}

void drp_http_cancel(struct drp_http_transfer *t)
{
    t->cancelled = true;
}

/* True for what another attempt cannot change. */
static bool is_lasting(CURLcode code)
{
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        return true;
    default:
        return false;
    }
}

static enum drp_http_end end_of(const struct drp_http_transfer *t)
{
    if (t->cancelled)
        return DRP_HTTP_CANCELLED;
    if (t->too_large)
        return DRP_HTTP_TOO_LARGE;
    if (t->stopped)
        return DRP_HTTP_STOPPED;
    if (!t->ended)
        return DRP_HTTP_STALLED;
    if (t->code == CURLE_OK)
        return DRP_HTTP_WHOLE;
    return is_lasting(t->code) ? DRP_HTTP_BAD : DRP_HTTP_DROPPED;
}

static void say_end(const struct drp_http_transfer *t, enum drp_http_end end, char *text,
                    size_t size)
{
    switch (end) {
    case DRP_HTTP_WHOLE:
    case DRP_HTTP_STOPPED:
        text[0] = '\0';
        break;
    case DRP_HTTP_CANCELLED:
        snprintf(text, size, "the request was cancelled");
        break;
    case DRP_HTTP_TOO_LARGE:
        snprintf(text, size, "the answer is too large: more than %zu bytes of %s",
                 t->n_header_bytes > MAX_HEADER_BYTES ? MAX_HEADER_BYTES
                 : t->request.max_body_bytes          ? t->request.max_body_bytes
                                                      : MAX_BODY_BYTES,
                 t->n_header_bytes > MAX_HEADER_BYTES ? "headers" : "body");
        break;
    case DRP_HTTP_STALLED:
        snprintf(text, size, "no byte came for %.1f s",
                 (double)t->request.stall_ms / 1000.0);
        break;
    case DRP_HTTP_DROPPED:
    case DRP_HTTP_BAD:
        snprintf(text, size, "%s", t->error[0] ? t->error : curl_easy_strerror(t->code));
        break;
    }
}

static void fill_result(const struct drp_http_transfer *t, struct drp_http_result *r)
{
    long status = 0;
    curl_off_t retry_after = 0;
    char *location = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &retry_after);
    curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &location);
    r->status = (int)status;
    r->retry_after_ms = retry_after > 0 ? (int64_t)retry_after * 1000 : -1;
    r->location = drp_sv_from(location);
}

/* Takes a transfer out of the list and tells its end. */
static void finish(struct drp_http *h, struct drp_http_transfer *t)
{
    char text[CURL_ERROR_SIZE + 64];
    struct drp_http_result r = {.end = end_of(t), .retry_after_ms = -1};
    struct drp_http_transfer **at = &h->transfers;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    r.first_byte_ms = t->first_byte_ms;
    say_end(t, r.end, text, sizeof text);
    r.error = text;
    if (t->easy) {
        curl_multi_remove_handle(h->multi, t->easy);
        fill_result(t, &r);
    }
    t->request.on_done(t->request.ctx, &r);
    if (t->easy && h->n_spare < MAX_SPARE) {
        curl_easy_reset(t->easy);
        h->spare[h->n_spare++] = t->easy;
    } else if (t->easy) {
        curl_easy_cleanup(t->easy);
    }
    curl_slist_free_all(t->headers);
    free(t);
}

/* ---- the I/O thread --------------------------------------------------------------------- */

static bool is_stalled(const struct drp_http_transfer *t, int64_t now)
{
    return t->request.stall_ms > 0 && now - t->active_ms >= t->request.stall_ms;
}

/* The next transfer that has to end without libcurl saying so. */
static struct drp_http_transfer *find_over(const struct drp_http *h)
{
    const int64_t now = drp_clock_ms();
    struct drp_http_transfer *t = h->transfers;
    while (t && !t->cancelled && !t->ended && !is_stalled(t, now))
        t = t->next;
    return t;
}

/* True when any transfer ended. */
static bool finish_ended(struct drp_http *h)
{
    bool any = false;
    int n_left;
    for (CURLMsg *m; (m = curl_multi_info_read(h->multi, &n_left));) {
        char *private = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private);
        struct drp_http_transfer *t = (struct drp_http_transfer *)(void *)private;
        t->code = m->data.result;
        t->ended = true;
        finish(h, t);
        any = true;
    }
    for (struct drp_http_transfer *t; (t = find_over(h)); any = true)
        finish(h, t);
    return any;
}

/* How long nothing can be due but what the system tells of. */
static int sleep_ms(const struct drp_http *h, int64_t next_turn_ms)
{
    const int64_t now = drp_clock_ms();
    int64_t at = DRP_MIN(next_turn_ms, now + IDLE_MS);
    for (const struct drp_http_transfer *t = h->transfers; t; t = t->next)
        if (t->request.stall_ms > 0)
            at = DRP_MIN(at, t->active_ms + t->request.stall_ms);
    return at > now ? (int)(at - now) : 0;
}

static void run(void *ctx)
{
    struct drp_http *h = ctx;
    int n_running;
    drp_thread_name("http");
    while (!atomic_load(&h->closing)) {
        const int64_t next_ms = h->opts.turn(h->opts.ctx);
        curl_multi_perform(h->multi, &n_running);
        if (finish_ended(h))
            continue;
        curl_multi_poll(h->multi, NULL, 0, sleep_ms(h, next_ms), NULL);
    }
    while (h->transfers) {
        h->transfers->cancelled = true;
        finish(h, h->transfers);
    }
}

void drp_http_wake(struct drp_http *h)
{
    curl_multi_wakeup(h->multi);
}

int drp_http_new(const struct drp_http_opts *opts, struct drp_http **out,
                 struct drp_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_curl);
    int rc = 0;
    struct drp_http *h = drp_calloc(1, sizeof *h);
    h->opts = *opts;
    h->multi = curl_multi_init();
    if (!h->multi)
        DRP_TRY(rc, drp_fail(err, DRP_ENET, "cannot start libcurl: memory may be short"));
    curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS,
                      (long)(opts->max_connections ? opts->max_connections : 16));
    DRP_TRY(rc, drp_thread_start(&h->thread, run, h, 0, err));
    h->running = true;
    *out = h;
    h = NULL;
out:
    drp_http_free(h);
    return rc;
}

void drp_http_free(struct drp_http *h)
{
    if (!h)
        return;
    if (h->running) {
        atomic_store(&h->closing, true);
        curl_multi_wakeup(h->multi);
        drp_thread_join(&h->thread);
    }
    while (h->n_spare > 0)
        curl_easy_cleanup(h->spare[--h->n_spare]);
    if (h->multi)
        curl_multi_cleanup(h->multi);
    free(h);
}
