/* Who answers: one const table of functions a back-end. A job ends by a call back on the
 * back-end's thread. */
#ifndef DRP_ENGINE_BACKEND_H
#define DRP_ENGINE_BACKEND_H

#include "engine/cache.h"
#include "engine/engine.h"

/** One call on its way. The asker owns it and keeps it until `done` was called. */
struct drp_job {
    const struct drp_call *call; /* sampling resolved: no "0: default" is left */
    struct drp_str text, reasoning,
        error;  /* the back-end appends; the asker initialises, releases */
    int status; /* 0 or a negative enum drp_code */
    enum drp_finish finish;
    struct drp_usage usage;
    bool is_repeat; /* an equal question was answered before: nothing was computed */
    void (*done)(struct drp_job *job); /* once, on any thread; must not block */
    void *owner;                       /* the asker's */
    struct drp_job *next;              /* the back-end's queue */
    void *state;                       /* the back-end's */
};

/** A kind of back-end. `self` is what open() made. */
struct drp_backend {
    const char *name; /* the scheme of its SPEC: "llama", "openai", "stub" */
    /** Opens; fills `info` (its strings live as long as self). */
    int (*open)(const struct drp_model_opts *opts, void **self,
                struct drp_model_info *info, struct drp_err *err);
    /**
     * Takes `n` jobs together; never blocks for their answers. Every job gets done(),
     * failed ones too.
     */
    void (*submit)(void *self, struct drp_job **jobs, size_t n);
    /** Asks a job to end early (finish DRP_FINISH_CANCEL); it may have ended. */
    void (*cancel)(void *self, struct drp_job *job);
    /**
     * The answer of a job that was done is durable, or there will be none: its slot is free. Once a job, on any
     * thread; must not block. NULL: a slot is free when done() was called.
     */
    void (*kept)(void *self, struct drp_job *job);
    /** As drp_embed(). */
    int (*embed)(void *self, const struct drp_sv *texts, size_t n, float *vectors,
                 struct drp_err *err);
    /** As drp_count(). */
    int (*count)(void *self, const struct drp_call *call, size_t *n_tokens,
                 struct drp_err *err);
    /**
     * Appends the prompt's tokens, as drp_count() counts them. NULL: the back-end does not see them.
     * **Owns**: the caller, drp_vec_release(out).
     */
    int (*tokens)(void *self, const struct drp_call *call, struct drp_token_vec *out,
                  struct drp_err *err);
    /** Ends jobs in flight (each gets done()), then frees self. */
    void (*close)(void *self);
};

/** libllama in the process. */
extern const struct drp_backend drp_backend_llama;

/** OpenAI-compatible servers. */
extern const struct drp_backend drp_backend_openai;

/**
 * Adds a back-end that drp_model_open() finds by its name, in the place of an earlier one
 * of that name: for tests and benches. open() gets `ctx` in opts->backend_ctx. Both are
 * borrowed. **Threads**: before any other thread opens a model; at most 8 names.
 */
void drp_backend_register(const struct drp_backend *backend, void *ctx);

/**
 * The back-end of a scheme and its `*ctx`; NULL when there is none. Registered ones come
 * first.
 */
const struct drp_backend *drp_backend_find(struct drp_sv scheme, void **ctx);

#endif
