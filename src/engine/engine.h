/* What can be asked of a language model. Nothing above this header knows that calls run
 * side by side; nothing below it knows what a user is. */
#ifndef DRP_ENGINE_ENGINE_H
#define DRP_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "base/thread.h"
#include "drp/message.h"

/** The word that files use: "system", "user", "assistant". Static storage. */
const char *drp_role_name(enum drp_role role);

/** Reads such a word. False when it is none. */
bool drp_role_from_name(struct drp_sv name, enum drp_role *out);

/**
 * How the next tokens are chosen. `{0}` is greedy, without penalty, with the default
 * token limit.
 */
struct drp_sampling {
    double temperature;        /* 0: greedy. Range 0 … 2 */
    double top_p;              /* 0 or 1: off. Range 0 … 1. Not looked at when greedy */
    double repeat_penalty;     /* 0: the model's own (drp_model_info), 1: off */
    uint32_t repeat_last_n;    /* tokens the penalty looks back; 0: 256 */
    uint64_t seed;             /* not looked at when greedy */
    uint32_t max_tokens;       /* of the answer, thoughts not counted; 0: 512 */
    uint32_t think_budget;     /* of the thoughts of a reasoning model; 0: 4096 */
    const struct drp_sv *stop; /* (n_stop) they end the answer, not part of it */
    size_t n_stop;
};

/** The seed as engines get it: 31 bits are what all of them take. */
static inline uint32_t drp_sampling_seed(const struct drp_sampling *s)
{
    return (uint32_t)(s->seed & INT32_MAX);
}

/** A language that the answer is held to, in the two forms that engines take. */
struct drp_grammar {
    struct drp_sv gbnf;        /* rule `root` */
    struct drp_sv json_schema; /* of the same language */
};

/**
 * Receives text as it is made, on the back-end's thread; must not block. An answer that
 * was there already (journal, another thread's equal question) comes whole, on the asking
 * thread.
 */
typedef void drp_on_text(void *ctx, struct drp_sv piece);

/** One question. Everything is borrowed until drp_ask() returns. */
struct drp_call {
    const struct drp_message *messages; /* the conversation; the user speaks last */
    size_t n_messages;
    struct drp_sampling sampling;
    const struct drp_grammar *grammar; /* NULL: free text */
    uint32_t expected_tokens; /* of the answer: for who only reckons; 0: unknown */
    uint32_t repeat;          /* distinguishes wanted repetitions of the same question */
    bool will_continue;       /* keep its cache: a longer conversation follows */
    const uint64_t *subjects; /* (n_subjects) whose texts it holds: opaque, for erasure */
    size_t n_subjects;
    uint64_t age; /* samples that started earlier have the lower one and go first */
    int64_t deadline_ms;             /* on drp_clock_ms(); 0: none */
    bool no_journal;                 /* neither looked up nor kept */
    drp_on_text *on_text;            /* may be NULL */
    void *ctx;                       /* for on_text */
    const struct drp_cancel *cancel; /* may be NULL */
};

/** Why an answer ended. */
enum drp_finish {
    DRP_FINISH_STOP,   /* the model, a stop string or the grammar ended it */
    DRP_FINISH_LENGTH, /* cut at the token limit or the end of the context */
    DRP_FINISH_THINK,  /* the thoughts did not end: there is no answer */
    DRP_FINISH_CANCEL, /* asked to stop */
    DRP_FINISH_ERROR,  /* see status */
};

/** The word that files use: "stop", "length", "think", "cancel", "error". */
const char *drp_finish_name(enum drp_finish finish);

/** Reads such a word. False when it is none. */
bool drp_finish_from_name(struct drp_sv name, enum drp_finish *out);

/** What a call cost. */
struct drp_usage {
    uint32_t prompt_tokens;    /* submitted */
    uint32_t cached_tokens;    /* of these, not computed again */
    uint32_t answer_tokens;    /* generated, thoughts included */
    uint32_t reasoning_tokens; /* of these, thoughts */
    int64_t wait_ms;           /* from submission to the first prompt token */
    int64_t run_ms;            /* from there to the end */
};

/** One answer. Strings live in the arena given to drp_ask(). */
struct drp_reply {
    int status;              /* 0 or a negative enum drp_code: this call alone */
    struct drp_sv text;      /* without thoughts; white space at both ends trimmed */
    struct drp_sv reasoning; /* between the think tags; may be empty */
    enum drp_finish finish;
    struct drp_usage usage;
    bool from_journal; /* nothing was computed for it: kept, or asked by another thread */
    struct drp_sv error; /* one line, when status is not 0 */
};

/** True when a reply can be used: no error and not empty. */
bool drp_answered(const struct drp_reply *reply);

struct drp_journal;
struct drp_budget;

/** How servers are reached; engines without servers do not look at it. `{0}` will do. */
struct drp_server_opts {
    const char *const *urls; /* (n_urls) more servers of the model, besides the SPEC's */
    size_t n_urls;
    const char *api_key; /* NULL: none; shown and kept nowhere */
    int64_t give_up_ms;  /* how long a call is tried, at least 8 times; 0: 30 min */
    int64_t stall_ms;    /* longest wait for the next byte of an answer; 0: 5 min */
    int64_t backoff_ms;  /* first wait after a failure; 0: 500 */
    const struct drp_cancel *cancel; /* looked at while the model is opened; may be NULL */
};

/** How a model is opened. `{0}` with a spec is complete. */
struct drp_model_opts {
    /** "llama:PATH.gguf[?ctx=N&slots=N&threads=N&gpu_layers=N]" or
     * "openai:URL#MODEL[?concurrency=N&ctx=N&revision=NAME]" */
    const char *spec;
    const char *template_name;   /* chat template by name, NULL: the model's own */
    const char *think_tags;      /* "<think> </think>", NULL: by name and template */
    int reasoning;               /* 1 yes, -1 no, 0: by the model's name */
    double repeat_penalty;       /* at T = 0; 0: by the model's size */
    bool embedding;              /* opened for drp_embed(); drp_ask() then fails */
    bool strict;                 /* one sequence at a time, fixed batch shape, no reuse */
    struct drp_journal *journal; /* outlives the model; NULL: nothing is kept */
    const struct drp_server_opts *server; /* NULL: defaults */
    struct drp_budget *budget;            /* outlives the model; NULL: no limit */
    double price_in, price_out;           /* of a million tokens; 0: free */
    void *backend_ctx; /* set by drp_model_open() from drp_backend_register() */
};

/** What a model is. Valid as long as the model. */
struct drp_model_info {
    struct drp_sv spec;    /* as opened */
    struct drp_sv name;    /* for people and files, e.g. "smollm2-135m-instruct-q8_0" */
    struct drp_sv licence; /* as the model file says; may be empty */
    struct drp_sha256 fingerprint; /* of all that makes its replies: weights, template */
    uint32_t context;              /* tokens a conversation may have, prompt and answer */
    uint32_t slots;                /* conversations side by side */
    uint32_t dimension;            /* of embeddings */
    bool reasoning;                /* thinks before it answers */
    bool is_ambiguous;  /* its name may stand for any model, and no revision was given */
    bool is_repeatable; /* a seed gives the same sampled answer again */
    bool reuses;        /* a prompt's beginning that a slot holds is not computed again */
    bool has_grammar;   /* holds answers to a struct drp_grammar */
    double repeat_penalty; /* used where a call leaves it 0 */
    struct drp_sv build;   /* library and version, for the journal's column */
};

/**
 * Sampling with every "0: default" replaced by what it stands for, and what cannot change
 * a greedy answer (seed, top_p) set to one value: two calls that mean the same become
 * equal. The model's own repetition penalty is for greedy answers only.
 */
struct drp_sampling drp_sampling_resolve(struct drp_sampling sampling,
                                         const struct drp_model_info *model);

/** A model that answers. **Threads**: any may ask; all calls run side by side. */
struct drp_model;

/**
 * Opens a model. **Owns**: caller, drp_model_free(). **Errors**: DRP_EUSAGE (spec),
 * DRP_ENOTFOUND, DRP_EENGINE, DRP_ELIMIT (memory).
 */
int drp_model_open(const struct drp_model_opts *opts, struct drp_model **out,
                   struct drp_err *err) DRP_CHECKED;

/** Ends calls in flight and frees it. NULL is allowed. */
void drp_model_free(struct drp_model *m);

/** What it is. Borrowed. */
const struct drp_model_info *drp_model_info(const struct drp_model *m);

/**
 * Asks `n` calls at once and waits for all. Looks into the journal first; the same
 * question asked by two threads at once is put once; an answer counts when it is durable.
 * Failed and cancelled answers are not kept, cut ones are. A call whose cancel flag is at
 * level 1 is not started (status DRP_ECANCELLED) but goes on when it was; at level 2, or
 * when its deadline has passed, it ends early.
 * **Shapes**: calls (n), replies (n), in the same order.
 * **Owns**: reply strings are the arena's; nothing touches the arena but the calling
 * thread.
 * **Errors**: only what hits all calls (DRP_EDB: no reply is durable then; DRP_EUSAGE: an
 * embedding model); each reply has its own status.
 */
int drp_ask(struct drp_model *m, const struct drp_call *calls, size_t n,
            struct drp_reply *replies, struct drp_arena *arena,
            struct drp_err *err) DRP_CHECKED;

/**
 * Vectors of texts, each of unit length. A text longer than the model's context is cut at
 * its end.
 * **Shapes**: vectors (n, dimension), row-major. **Errors**: DRP_EUSAGE (no embedding
 * model), DRP_EENGINE.
 */
int drp_embed(struct drp_model *m, const struct drp_sv *texts, size_t n, float *vectors,
              struct drp_err *err) DRP_CHECKED;

/**
 * Prompt tokens of a call as this model counts them, template included. **Errors**:
 * DRP_EENGINE.
 */
int drp_count(struct drp_model *m, const struct drp_call *call, size_t *n_tokens,
              struct drp_err *err) DRP_CHECKED;

/** Counts since the model was opened. */
struct drp_model_stats {
    uint64_t calls, from_journal;
    uint64_t shared; /* waited for the same question of another thread */
    uint64_t failed; /* without those that were stopped */
    uint64_t prompt_tokens, cached_tokens, answer_tokens;
};

/** A snapshot of the counts. **Threads**: any. */
void drp_model_get_stats(struct drp_model *m, struct drp_model_stats *out);

#endif
