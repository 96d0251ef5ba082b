#include "engine/openai_pool.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "engine/limiter.h"
#include "engine/openai_fields.h"
#include "engine/openai_reply.h"
#include "engine/openai_secret.h"
#include "io/http.h"

#include "base/banned.h"

#define MAX_BODY_BYTES    ((size_t)256 << 20)
#define MAX_REPLY_BYTES   ((size_t)64 << 20)
#define MAX_REFUSAL_BYTES ((size_t)64 << 10)

enum {
    MAX_ERROR_BYTES = 700,
    MIN_ATTEMPTS = 8,
    MAX_BACKOFF_MS = 60000,
    MAX_OPEN_MS = 30000, /* a server that came back is not left alone for longer */
    LONGEST_MS = 60000,  /* of what Retry-After may ask beyond the time for giving up */
    LOOK_MS = 50,        /* how soon a raised cancel flag or a deadline is seen */
};

/* One server. The I/O thread's. */
struct drp_endpoint {
    const char *url;
    struct drp_limiter limiter;
    struct drp_breaker breaker;
    size_t n_active; /* asked, or answered and not durable yet */
    size_t n_kept; /* of these durable since the thread last looked; under the pool's lock */
    int64_t not_before_ms; /* as the server asked */
};

struct list {
    struct drp_exchange *first, *last;
};

struct drp_pool {
    struct drp_http *http;
    struct drp_arena arena;
    struct drp_endpoint *endpoints; /* (n) */
    size_t n;
    const char *key;
    const char *headers[3];
    size_t n_headers;
    int64_t give_up_ms, stall_ms, backoff_ms;

    struct drp_mutex lock; /* guards the next two */
    struct list inbox;
    DRP_VEC(const void *) cancels;

    /* The I/O thread's. */
    struct list ready, later, active;
    struct drp_exchange *prober; /* finds out whether its fields are taken */
    uint32_t absent, known;      /* fields refused; fields of which it is known */
    int64_t looked_ms, bad_since_ms;
    unsigned n_bad; /* attempts that failed since one went well */
    bool said_bad;  /* a warning is out that nobody answers */
    struct drp_str last_problem;
    struct drp_rng rng;
};

/* What an attempt came to. */
struct outcome {
    enum {
        IS_DONE,
        IS_RETRY,
        IS_THROTTLED /* and retry */,
        IS_REFUSED,
        IS_FIELDS,
        IS_CANCELLED
    } what;
    enum drp_health health;
    int64_t retry_after_ms;
    int64_t first_byte_ms;
};

void drp_exchange_init(struct drp_exchange *x, const struct drp_exchange_kind *kind,
                       const char *path)
{
    *x = (struct drp_exchange){.kind = kind, .path = path};
    drp_str_init(&x->body, MAX_BODY_BYTES);
    drp_str_init(&x->error, MAX_ERROR_BYTES);
    drp_str_init(&x->refusal, MAX_REFUSAL_BYTES);
}

void drp_exchange_release(struct drp_exchange *x)
{
    drp_str_release(&x->body);
    drp_str_release(&x->error);
    drp_str_release(&x->refusal);
}

/* ---- lists ------------------------------------------------------------------------------ */

static void append(struct list *l, struct drp_exchange *x)
{
    x->next = NULL;
    if (l->last)
        l->last->next = x;
    else
        l->first = x;
    l->last = x;
}

/* Behind all that are not younger. */
static void insert_by_age(struct list *l, struct drp_exchange *x)
{
    if (!l->last || l->last->age <= x->age) {
        append(l, x);
        return;
    }
    struct drp_exchange **at = &l->first;
    while ((*at)->age <= x->age)
        at = &(*at)->next;
    x->next = *at;
    *at = x;
}

static void unlink_from(struct list *l, struct drp_exchange *x)
{
    struct drp_exchange *before = NULL;
    for (struct drp_exchange *i = l->first; i != x; i = i->next)
        before = i;
    if (before)
        before->next = x->next;
    else
        l->first = x->next;
    if (l->last == x)
        l->last = before;
    x->next = NULL;
}

/* ---- ends ------------------------------------------------------------------------------- */

/* The exchange is in no list any more. */
static void end_exchange(struct drp_exchange *x, int status)
{
    x->status = status;
    x->end_ms = drp_clock_ms();
    if (status == DRP_ECANCELLED) {
        drp_str_clear(&x->error);
        drp_str_addz(&x->error, "the call was interrupted");
    }
    x->kind->end(x);
}

static void give_up(struct drp_pool *p, struct drp_exchange *x, unsigned n_attempts,
                    int64_t since_ms)
{
    struct drp_str text;
    drp_str_init(&text, MAX_ERROR_BYTES);
    drp_str_addf(&text, "gave up after %u attempts in %.0f s: %s", n_attempts,
                 (double)(drp_clock_ms() - since_ms) / 1000.0,
                 x->error.len > 0 ? x->error.ptr : p->last_problem.ptr);
    drp_str_clear(&x->error);
    drp_str_add(&x->error, drp_str_sv(&text));
    drp_str_release(&text);
    end_exchange(x, DRP_ENET);
}

/* ---- what an attempt came to ------------------------------------------------------------ */

static void say(struct drp_exchange *x, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Makes the exchange's error line: the server, then what is wrong, without secrets. */
static void say(struct drp_exchange *x, const char *fmt, ...)
{
    struct drp_str text;
    va_list args;
    drp_str_init(&text, MAX_ERROR_BYTES);
    drp_str_addf(&text, "server '%s': ", x->endpoint->url);
    va_start(args, fmt);
    drp_str_vaddf(&text, fmt, args);
    va_end(args);
    drp_str_clear(&x->error);
    drp_secret_hide(&x->error, drp_str_sv(&text), drp_sv_from(x->pool->key));
    drp_str_truncate(&x->error, drp_utf8_cut(drp_str_sv(&x->error), MAX_ERROR_BYTES - 4));
    drp_str_release(&text);
}

static void say_refusal(struct drp_exchange *x, int status)
{
    struct drp_str text;
    drp_str_init(&text, MAX_ERROR_BYTES);
    drp_openai_error_text(drp_str_sv(&x->refusal), &text);
    say(x, "HTTP %d: %s", status, text.ptr);
    drp_str_release(&text);
}

static bool is_retried(int status)
{
    return status == 408 || status == 409 || status == 429 || status >= 500;
}

static void classify_status(struct drp_exchange *x, const struct drp_http_result *r,
                            struct outcome *o)
{
    const bool may_name = r->status == 400 || r->status == 404 || r->status == 422;
    const uint32_t named =
        may_name ? drp_openai_fields_named(drp_str_sv(&x->refusal), x->fields) : 0;
    o->health = r->status >= 500 ? DRP_HEALTH_BAD : DRP_HEALTH_GOOD;
    if (r->status < 400) {
        say(x,
            "it redirects to '%.*s': redirects are not followed, give that address in the "
            "SPEC",
            DRP_SV_ARG(r->location));
        o->what = IS_REFUSED;
        return;
    }
    say_refusal(x, r->status);
    o->what = r->status == 429        ? IS_THROTTLED
              : is_retried(r->status) ? IS_RETRY
              : named != 0            ? IS_FIELDS
                                      : IS_REFUSED;
    if (named != 0) {
        x->pool->absent |= named;
        x->pool->known |= named;
    }
}

static void classify_body(struct drp_exchange *x, struct outcome *o)
{
    struct drp_str problem;
    drp_str_init(&problem, MAX_ERROR_BYTES);
    const enum drp_exchange_verdict verdict = x->kind->judge(x, &problem);
    o->what = verdict == DRP_VERDICT_DONE    ? IS_DONE
              : verdict == DRP_VERDICT_RETRY ? IS_RETRY
                                             : IS_REFUSED;
    o->health = verdict == DRP_VERDICT_RETRY ? DRP_HEALTH_BAD : DRP_HEALTH_GOOD;
    if (verdict != DRP_VERDICT_DONE)
        say(x, "%s", problem.ptr);
    drp_str_release(&problem);
}

static struct outcome classify(struct drp_exchange *x, const struct drp_http_result *r)
{
    struct outcome o = {.what = IS_RETRY,
                        .health = DRP_HEALTH_BAD,
                        .retry_after_ms = DRP_MIN(r->retry_after_ms,
                                                  DRP_MAX(x->pool->give_up_ms, LONGEST_MS)),
                        .first_byte_ms = r->first_byte_ms};
    if (r->end == DRP_HTTP_CANCELLED) {
        o.what = IS_CANCELLED;
        o.health = DRP_HEALTH_UNKNOWN;
    } else if (r->end == DRP_HTTP_BAD) {
        say(x, "%s", r->error);
        o.what = IS_REFUSED;
    } else if (r->status >= 300 && r->end != DRP_HTTP_STALLED) {
        classify_status(x, r, &o);
    } else if (r->end == DRP_HTTP_WHOLE || r->end == DRP_HTTP_STOPPED) {
        classify_body(x, &o);
    } else {
        say(x, "%s", r->error);
        if (r->end == DRP_HTTP_STALLED)
            o.what = IS_THROTTLED; /* it may be queueing behind the others */
    }
    return o;
}

/* ---- after an attempt ------------------------------------------------------------------- */

static void warn_bad(struct drp_pool *p)
{
    if (p->said_bad)
        return;
    p->said_bad = true;
    const double seconds = (double)p->give_up_ms / 1000.0;
    drp_log(DRP_LOG_WARN, "%s; trying again for %.0f %s", p->last_problem.ptr,
            seconds < 120 ? seconds : seconds / 60, seconds < 120 ? "s" : "min");
}

static void note_health(struct drp_pool *p, struct drp_exchange *x, const struct outcome *o)
{
    struct drp_endpoint *e = x->endpoint;
    const int64_t now = drp_clock_ms();
    const bool turned =
        drp_breaker_end(&e->breaker, o->health, now, drp_rng_double(&p->rng));
    if (o->health == DRP_HEALTH_GOOD) {
        if (p->said_bad)
            drp_log(DRP_LOG_INFO, "server '%s' answers again", e->url);
        p->n_bad = 0;
        p->said_bad = false;
    } else if (o->health == DRP_HEALTH_BAD) {
        p->bad_since_ms = p->n_bad++ == 0 ? now : p->bad_since_ms;
        drp_str_clear(&p->last_problem);
        drp_str_add(&p->last_problem, drp_str_sv(&x->error));
        if (turned)
            warn_bad(p);
    }
}

static void note_speed(struct drp_exchange *x, const struct outcome *o)
{
    struct drp_endpoint *e = x->endpoint;
    const struct drp_limiter_call call = {x->started_ms, drp_clock_ms(), o->first_byte_ms,
                                          e->n_active};
    if (o->what == IS_DONE)
        drp_limiter_good(&e->limiter, &call);
    else if (o->what == IS_THROTTLED)
        drp_limiter_throttled(&e->limiter, &call);
}

static void retry(struct drp_pool *p, struct drp_exchange *x, const struct outcome *o)
{
    const int64_t now = drp_clock_ms();
    x->failed_there = true;
    if (x->n_attempts++ == 0)
        x->first_failed_ms = now;
    if (x->n_attempts >= MIN_ATTEMPTS && now - x->first_failed_ms >= p->give_up_ms) {
        give_up(p, x, x->n_attempts, x->first_failed_ms);
        return;
    }
    x->due_ms = now + drp_backoff_ms(p->backoff_ms, MAX_BACKOFF_MS, x->n_attempts,
                                     drp_rng_double(&p->rng));
    if (o->retry_after_ms >= 0)
        x->endpoint->not_before_ms =
            DRP_MAX(x->endpoint->not_before_ms, now + o->retry_after_ms);
    append(&p->later, x);
}

static void warn_changed(struct drp_exchange *x, uint32_t before)
{
    const uint32_t changing = DRP_FIELD_TEMPERATURE | DRP_FIELD_TOP_P | DRP_FIELD_SEED;
    const uint32_t lost = x->pool->absent & ~before & changing;
    for (uint32_t bit = 1; bit <= lost; bit <<= 1)
        if (lost & bit)
            drp_log(DRP_LOG_WARN,
                    "server '%s' does not take '%s': answers are made with its own",
                    x->endpoint->url, drp_openai_field_word(bit));
}

static void on_done(void *ctx, const struct drp_http_result *r)
{
    struct drp_exchange *x = ctx;
    struct drp_pool *p = x->pool;
    const uint32_t absent_before = p->absent;
    unlink_from(&p->active, x);
    x->transfer = NULL;
    x->http_status = r->status;
    const struct outcome o = classify(x, r);
    note_speed(x, &o);
    note_health(p, x, &o);
    if (o.what != IS_DONE || !x->keeps_slot)
        x->endpoint->n_active--;
    if (p->prober == x)
        p->prober = NULL;
    if (o.what == IS_DONE) {
        p->known |= x->fields;
        drp_str_clear(&x->error);
        end_exchange(x, 0);
    } else if (o.what == IS_REFUSED) {
        end_exchange(x, DRP_EENGINE);
    } else if (o.what == IS_CANCELLED) {
        end_exchange(x, DRP_ECANCELLED);
    } else if (o.what == IS_FIELDS) {
        warn_changed(x, absent_before);
        x->prepared = false;
        insert_by_age(&p->ready, x);
    } else {
        retry(p, x, &o);
    }
}

static bool on_body(void *ctx, int status, struct drp_sv piece)
{
    struct drp_exchange *x = ctx;
    struct drp_pool *p = x->pool;
    if (status >= 300) {
        drp_str_add(&x->refusal, piece);
        return true;
    }
    if (x->first_byte_ms == 0)
        x->first_byte_ms = drp_clock_ms();
    p->known |= x->fields; /* a server that begins to answer has taken them */
    if (p->prober == x)
        p->prober = NULL;
    return x->kind->piece(x, piece);
}

/* ---- starting attempts ------------------------------------------------------------------ */

static bool may_start(const struct drp_endpoint *e, int64_t now)
{
    return e->n_active < drp_limiter_slots(&e->limiter) && now >= e->not_before_ms &&
           drp_breaker_allows(&e->breaker, now);
}

/* The one with the most room; the one where the exchange just failed only when there is
 * no other. */
static struct drp_endpoint *choose(struct drp_pool *p, const struct drp_exchange *x,
                                   int64_t now)
{
    struct drp_endpoint *best = NULL;
    double best_load = 0;
    for (size_t i = 0; i < p->n; i++) {
        struct drp_endpoint *e = &p->endpoints[i];
        const double load = (double)e->n_active / (double)drp_limiter_slots(&e->limiter) +
                            (x->failed_there && x->endpoint == e ? 1 : 0);
        if (may_start(e, now) && (!best || load < best_load)) {
            best = e;
            best_load = load;
        }
    }
    return best;
}

static void start(struct drp_pool *p, struct drp_exchange *x, struct drp_endpoint *e)
{
    char url[2048];
    snprintf(url, sizeof url, "%s%s", e->url, x->path);
    x->endpoint = e;
    x->failed_there = false;
    x->started_ms = drp_clock_ms();
    x->first_byte_ms = 0;
    drp_str_clear(&x->refusal);
    x->kind->begin(x);
    drp_breaker_begin(&e->breaker);
    e->n_active++;
    if (x->fields & ~p->known)
        p->prober = x;
    append(&p->active, x);
    const struct drp_http_request request = {
        .url = url,
        .headers = p->headers,
        .n_headers = p->n_headers,
        .body = x->is_get ? (struct drp_sv){NULL, 0} : drp_str_sv(&x->body),
        .max_body_bytes = MAX_REPLY_BYTES,
        .stall_ms = p->stall_ms,
        .on_body = on_body,
        .on_done = on_done,
        .ctx = x,
    };
    x->transfer = drp_http_start(p->http, &request);
}

/* Makes the body, unless attempts were made with it: those get the same bytes. */
static void prepare(const struct drp_pool *p, struct drp_exchange *x)
{
    if (x->prepared && (x->n_attempts > 0 || !(x->fields & p->absent)))
        return;
    x->fields = x->kind->prepare(x, p->absent);
    x->prepared = true;
}

/* Where it is not known yet whether the server takes a field, one exchange finds out. */
static bool must_wait_for_prober(const struct drp_pool *p, const struct drp_exchange *x)
{
    return p->prober && (x->fields & ~p->known);
}

static void start_ready(struct drp_pool *p)
{
    const int64_t now = drp_clock_ms();
    while (p->ready.first) {
        struct drp_exchange *x = p->ready.first;
        prepare(p, x);
        struct drp_endpoint *e = choose(p, x, now);
        if (!e || must_wait_for_prober(p, x))
            break;
        unlink_from(&p->ready, x);
        start(p, x, e);
    }
}

/* ---- the pool's turn -------------------------------------------------------------------- */

static void take_inbox(struct drp_pool *p)
{
    drp_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->cancels.n; i++) {
        const struct list *const lists[] = {&p->ready, &p->later, &p->active};
        for (size_t k = 0; k < DRP_LEN(lists); k++)
            for (struct drp_exchange *x = lists[k]->first; x; x = x->next)
                x->cancelled = x->cancelled || x->owner == p->cancels.at[i];
        p->looked_ms = 0;
    }
    p->cancels.n = 0;
    for (size_t i = 0; i < p->n; i++) {
        p->endpoints[i].n_active -= p->endpoints[i].n_kept;
        p->endpoints[i].n_kept = 0;
    }
    for (struct drp_exchange *x; (x = p->inbox.first);) {
        unlink_from(&p->inbox, x);
        insert_by_age(&p->ready, x);
    }
    drp_mutex_unlock(&p->lock);
}

static bool must_end(const struct drp_exchange *x, int level, int64_t now)
{
    return x->cancelled || drp_cancel_level(x->cancel) >= level ||
           (x->deadline_ms != 0 && now >= x->deadline_ms);
}

/* True when nobody has answered anything for so long that waiting is over. */
static bool is_hopeless(const struct drp_pool *p, const struct drp_exchange *x, int64_t now)
{
    return p->n_bad >= MIN_ATTEMPTS &&
           now - DRP_MAX(p->bad_since_ms, x->put_ms) >= p->give_up_ms;
}

/* What waits ends at the first level of a cancel flag: it is not in flight. */
static void look_at_waiting(struct drp_pool *p, struct list *l, int64_t now)
{
    for (struct drp_exchange *x = l->first, *next; x; x = next) {
        next = x->next;
        const bool stops = must_end(x, 1, now);
        if (!stops && !is_hopeless(p, x, now))
            continue;
        unlink_from(l, x);
        if (stops)
            end_exchange(x, DRP_ECANCELLED);
        else
            give_up(p, x, p->n_bad, DRP_MAX(p->bad_since_ms, x->put_ms));
    }
}

static void look_at_all(struct drp_pool *p, int64_t now)
{
    if (now - p->looked_ms < LOOK_MS)
        return;
    p->looked_ms = now;
    look_at_waiting(p, &p->ready, now);
    look_at_waiting(p, &p->later, now);
    for (struct drp_exchange *x = p->active.first; x; x = x->next)
        if (must_end(x, 2, now))
            drp_http_cancel(x->transfer);
}

static void move_due(struct drp_pool *p, int64_t now)
{
    for (struct drp_exchange *x = p->later.first, *next; x; x = next) {
        next = x->next;
        if (x->due_ms > now)
            continue;
        unlink_from(&p->later, x);
        insert_by_age(&p->ready, x);
    }
}

static int64_t next_turn_ms(const struct drp_pool *p, int64_t now)
{
    int64_t at = INT64_MAX;
    if (p->ready.first || p->later.first || p->active.first)
        at = now + LOOK_MS;
    for (const struct drp_exchange *x = p->later.first; x; x = x->next)
        at = DRP_MIN(at, x->due_ms);
    for (size_t i = 0; i < p->n && p->ready.first; i++) {
        const struct drp_endpoint *e = &p->endpoints[i];
        const int64_t open = drp_breaker_next_ms(&e->breaker);
        const int64_t from = DRP_MAX(e->not_before_ms, open);
        if (from > now)
            at = DRP_MIN(at, from);
    }
    return at;
}

static int64_t turn(void *ctx)
{
    struct drp_pool *p = ctx;
    const int64_t now = drp_clock_ms();
    take_inbox(p);
    look_at_all(p, now);
    move_due(p, now);
    start_ready(p);
    return next_turn_ms(p, now);
}

/* ---- outside ---------------------------------------------------------------------------- */

void drp_pool_put(struct drp_pool *p, struct drp_exchange *const *xs, size_t n)
{
    drp_mutex_lock(&p->lock);
    for (size_t i = 0; i < n; i++) {
        xs[i]->pool = p;
        xs[i]->put_ms = drp_clock_ms();
        append(&p->inbox, xs[i]);
    }
    drp_mutex_unlock(&p->lock);
    drp_http_wake(p->http);
}

void drp_pool_kept(struct drp_pool *p, struct drp_endpoint *endpoint)
{
    if (!endpoint)
        return;
    drp_mutex_lock(&p->lock);
    endpoint->n_kept++;
    drp_mutex_unlock(&p->lock);
    drp_http_wake(p->http);
}

void drp_pool_cancel(struct drp_pool *p, const void *owner)
{
    drp_mutex_lock(&p->lock);
    drp_vec_add(&p->cancels, owner);
    drp_mutex_unlock(&p->lock);
    drp_http_wake(p->http);
}

static void fill_headers(struct drp_pool *p, const char *api_key)
{
    p->headers[p->n_headers++] = "Content-Type: application/json";
    p->headers[p->n_headers++] = "Accept: application/json, text/event-stream";
    if (!api_key)
        return;
    p->key = drp_arena_sv(&p->arena, drp_sv_from(api_key)).ptr;
    p->headers[p->n_headers++] =
        drp_arena_f(&p->arena, "Authorization: Bearer %s", api_key).ptr;
}

int drp_pool_new(const struct drp_pool_opts *opts, struct drp_pool **out,
                 struct drp_err *err)
{
    int rc = 0;
    struct drp_pool *p = drp_calloc(1, sizeof *p);
    p->n = opts->n_urls;
    p->endpoints = drp_arena_new(&p->arena, struct drp_endpoint, p->n);
    p->give_up_ms = opts->give_up_ms;
    p->stall_ms = opts->stall_ms;
    p->backoff_ms = opts->backoff_ms;
    for (size_t i = 0; i < p->n; i++) {
        p->endpoints[i].url = drp_arena_sv(&p->arena, drp_sv_from(opts->urls[i])).ptr;
        drp_limiter_init(&p->endpoints[i].limiter, opts->concurrency);
        drp_breaker_init(&p->endpoints[i].breaker, opts->backoff_ms * 2, MAX_OPEN_MS);
    }
    fill_headers(p, opts->api_key);
    drp_str_init(&p->last_problem, MAX_ERROR_BYTES);
    drp_rng_init(&p->rng, (uint32_t)drp_clock_us());
    drp_mutex_init(&p->lock);
    const struct drp_http_opts http = {opts->concurrency * p->n, turn, p};
    DRP_TRY(rc, drp_http_new(&http, &p->http, err));
    *out = p;
    p = NULL;
out:
    drp_pool_free(p);
    return rc;
}

void drp_pool_free(struct drp_pool *p)
{
    if (!p)
        return;
    drp_http_free(p->http);
    struct list *const lists[] = {&p->inbox, &p->ready, &p->later};
    for (size_t i = 0; i < DRP_LEN(lists); i++)
        for (struct drp_exchange *x; (x = lists[i]->first);) {
            unlink_from(lists[i], x);
            end_exchange(x, DRP_ECANCELLED);
        }
    drp_str_release(&p->last_problem);
    drp_vec_release(&p->cancels);
    drp_mutex_release(&p->lock);
    drp_arena_release(&p->arena);
    free(p);
}
