/* A scripted back-end, for tests and benches: `stub:` answers from a table or a function
 * instead of a model.
 *
 *     struct drp_stub *stub = drp_stub_new(&(struct drp_stub_opts){.rules = r, .n_rules = 2});
 *     drp_model_open(&(struct drp_model_opts){.spec = "stub:"}, &model, &err);
 *     …
 *     drp_model_free(model);
 *     drp_stub_free(stub); */
#ifndef DRP_TESTS_SUPPORT_STUB_H
#define DRP_TESTS_SUPPORT_STUB_H

#include "engine/backend.h"

/** What a matching call gets. `{0}` matches every call and answers nothing. */
struct drp_stub_rule {
    const char *match;     /* must occur in the text of the last message; NULL: always */
    const char *text;      /* the answer */
    const char *reasoning; /* NULL: none */
    enum drp_finish finish;
    int status;        /* negative: the call fails */
    const char *error; /* its error line, NULL: none */
    int64_t delay_ms;  /* how long the answer takes; other calls go on meanwhile */
    int max_uses;      /* the rule is passed over after so many; 0: never */
};

/**
 * Answers a job by filling text, reasoning, finish, status; runs on the stub's thread.
 */
typedef void drp_stub_answer(void *ctx, const struct drp_call *call, struct drp_job *job);

/** A script. Everything is borrowed until drp_stub_free(). */
struct drp_stub_opts {
    const struct drp_stub_rule *rules; /* (n_rules), the first that matches counts */
    size_t n_rules;
    drp_stub_answer *answer; /* asked when no rule matches; NULL: echo the last message */
    void *ctx;               /* for `answer` */
    bool forgets;            /* keep no texts for drp_stub_n_calls_with(): for benches */
    struct drp_model_info info; /* reported; what is empty gets a default */
};

struct drp_stub;

/**
 * Registers the script under "stub". **Owns**: caller, drp_stub_free() after its models
 * are freed.
 */
struct drp_stub *drp_stub_new(const struct drp_stub_opts *opts);

/** Frees it; a model of "stub:" cannot be opened until the next drp_stub_new(). */
void drp_stub_free(struct drp_stub *stub);

/** Jobs put to the stub so far. **Threads**: any. */
size_t drp_stub_n_calls(struct drp_stub *stub);

/** Jobs whose last message holds `needle`. **Threads**: any. */
size_t drp_stub_n_calls_with(struct drp_stub *stub, const char *needle);

/** Largest number of jobs that came in one submit. **Threads**: any. */
size_t drp_stub_largest_batch(struct drp_stub *stub);

/** Jobs whose slot was said to be free: as many as came, when nobody asks any more. **Threads**: any. */
size_t drp_stub_n_kept(struct drp_stub *stub);

/** Jobs that ended because they were cancelled. **Threads**: any. */
size_t drp_stub_n_cancelled(struct drp_stub *stub);

#endif
