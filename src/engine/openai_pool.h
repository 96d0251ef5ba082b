/* The servers behind one model: which one is asked when, again and again until an answer
 * came, the request was refused, or it is given up.
 *
 * An *exchange* is one request with all its attempts. The pool's I/O thread owns it from
 * drp_pool_put() until its end() was called. Its body is the same bytes in every attempt;
 * it is made anew only when the server has refused one of its optional fields. */
#ifndef DRP_ENGINE_OPENAI_POOL_H
#define DRP_ENGINE_OPENAI_POOL_H

#include "base/thread.h"
#include "engine/engine.h"

struct drp_exchange;
struct drp_endpoint;

/** What an attempt that a server answered with 2xx is worth. */
enum drp_exchange_verdict {
    DRP_VERDICT_DONE,
    DRP_VERDICT_RETRY,   /* as good as a dropped connection */
    DRP_VERDICT_REFUSED, /* another attempt would bring the same */
};

/** What differs between kinds of exchanges. All run on the I/O thread. */
struct drp_exchange_kind {
    /** Writes x->body without the fields of `absent`; gives the optional fields in it. */
    uint32_t (*prepare)(struct drp_exchange *x, uint32_t absent);
    /** An attempt begins: forget what an earlier one brought. */
    void (*begin)(struct drp_exchange *x);
    /** A piece of a body of status 2xx; false: no more is wanted. */
    bool (*piece)(struct drp_exchange *x, struct drp_sv bytes);
    /** The body is over; why it is not DONE goes to `problem`. */
    enum drp_exchange_verdict (*judge)(struct drp_exchange *x, struct drp_str *problem);
    /** The end, once: status, error and http_status are final. The pool forgets x. */
    void (*end)(struct drp_exchange *x);
};

/** One request. Start with drp_exchange_init(), then fill the first block. */
struct drp_exchange {
    const struct drp_exchange_kind *kind;
    const char *path; /* "/chat/completions", behind the server's URL */
    bool is_get;
    uint64_t age; /* the lower goes first */
    const struct drp_cancel *cancel;
    int64_t deadline_ms; /* on drp_clock_ms(); 0: none */
    void *owner;         /* for drp_pool_cancel() */
    bool keeps_slot;     /* answered, its slot is taken until drp_pool_kept() */

    int status;      /* 0 or a negative enum drp_code */
    int http_status; /* of the last attempt; 0: none */
    struct drp_str body, error;
    int64_t put_ms, first_byte_ms, end_ms; /* on drp_clock_ms(); of the last attempt */
    unsigned n_attempts;                   /* that failed */

    /* The pool's. */
    struct drp_pool *pool;
    struct drp_endpoint *endpoint; /* of the attempt under way, or the last one */
    struct drp_http_transfer *transfer;
    struct drp_str refusal; /* body of a status that is not 2xx */
    uint32_t fields;
    bool prepared, cancelled, failed_there;
    int64_t started_ms, first_failed_ms, due_ms;
    struct drp_exchange *next;
};

/** Starts an exchange. */
void drp_exchange_init(struct drp_exchange *x, const struct drp_exchange_kind *kind,
                       const char *path);

/** Frees its strings. */
void drp_exchange_release(struct drp_exchange *x);

/** Where and how a pool asks. Strings are copied. */
struct drp_pool_opts {
    const char *const *urls; /* (n_urls, ≥ 1) with "/v1" */
    size_t n_urls;
    const char *api_key; /* NULL: none */
    size_t concurrency;  /* ceiling, of each server */
    int64_t give_up_ms, stall_ms, backoff_ms;
};

/** The servers of one model. **Threads**: any. */
struct drp_pool;

/** Starts a pool and its I/O thread. **Owns**: caller, drp_pool_free(). */
int drp_pool_new(const struct drp_pool_opts *opts, struct drp_pool **out,
                 struct drp_err *err) DRP_CHECKED;

/** Ends what is left (status DRP_ECANCELLED), then the thread. NULL is allowed. */
void drp_pool_free(struct drp_pool *p);

/** Takes `n` exchanges; each gets end(). */
void drp_pool_put(struct drp_pool *p, struct drp_exchange *const *xs, size_t n);

/**
 * Gives back the slot of an exchange with `keeps_slot` that was answered by `endpoint` (x->endpoint in end()): its
 * answer is durable now, or is not to be kept. NULL is allowed.
 */
void drp_pool_kept(struct drp_pool *p, struct drp_endpoint *endpoint);

/** Asks the exchange of an owner to end early; it may have ended. */
void drp_pool_cancel(struct drp_pool *p, const void *owner);

#endif
