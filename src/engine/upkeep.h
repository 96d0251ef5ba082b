/* Looking after a journal that is there: counts, every call in full, and taking out what somebody wrote. */
#ifndef DRP_ENGINE_UPKEEP_H
#define DRP_ENGINE_UPKEEP_H

#include "engine/engine.h"
#include "text/quote.h"

/** A journal opened to be looked after. One thread. */
struct drp_upkeep;

/**
 * Opens a journal, a file or `postgresql://…`. `alone`: to change it, without anybody else using it meanwhile; else only
 * to read, while others may write. **Owns**: caller, drp_upkeep_free().
 * **Errors**: DRP_ENOTFOUND, DRP_EDB (not a journal, newer version, in use, server), DRP_EUSAGE (URL).
 */
int drp_upkeep_open(const char *where, bool alone, struct drp_upkeep **out,
                    struct drp_err *err) DRP_CHECKED;

/** Closes; a forgetting that no vacuum followed is undone where the store can. NULL is allowed. */
void drp_upkeep_free(struct drp_upkeep *u);

/** What one model has cost. */
struct drp_model_tally {
    struct drp_sv name, build;
    uint64_t calls, prompt_tokens, cached_tokens, answer_tokens, reasoning_tokens;
};

/** What is in a journal. */
struct drp_overview {
    uint64_t calls;
    uint64_t bodies, body_bytes; /* texts, each stored once */
    uint64_t shared_bodies;      /* of them, named more than once */
    uint64_t subjects;           /* people whose texts are in calls */
    uint64_t disk_bytes;
    int64_t oldest_ms, newest_ms;         /* wall clock; 0 without calls */
    const struct drp_model_tally *models; /* (n_models) those with most calls first */
    size_t n_models;
};

/** Counts. **Owns**: `arena`. **Errors**: DRP_EDB. */
int drp_upkeep_overview(struct drp_upkeep *u, struct drp_arena *arena,
                        struct drp_overview *out, struct drp_err *err) DRP_CHECKED;

/** One turn of a kept conversation. */
struct drp_kept_turn {
    struct drp_sv role, text;
};

/** A kept call with all its texts; absent what it does not have. */
struct drp_kept_call {
    struct drp_sha256 key;
    int64_t created_ms;
    struct drp_sv model, build;
    struct drp_sv fingerprint; /* of the model, 32 bytes */
    bool strict;
    const struct drp_kept_turn *turns; /* (n_turns) */
    size_t n_turns;
    struct drp_sv grammar, json_schema;
    uint32_t repeat;
    struct drp_sampling sampling; /* without `stop` */
    struct drp_sv stop;           /* a JSON list */
    struct drp_sv answer, reasoning, finish;
    struct drp_usage usage;
};

/** Gets a call, borrowed until it returns. A negative result ends the walk and is given back. */
typedef int drp_on_kept_call(void *ctx, const struct drp_kept_call *call,
                             struct drp_err *err);

/** Who wants them. */
struct drp_call_reader {
    drp_on_kept_call *on_call;
    void *ctx;
};

/**
 * Every call, in the order in which they were kept; `subject` not NULL: only those that hold texts of theirs. One call
 * at a time is in memory. **Errors**: DRP_EDB; those of the reader.
 */
int drp_upkeep_each(struct drp_upkeep *u, const uint64_t *subject,
                    const struct drp_call_reader *reader, struct drp_err *err) DRP_CHECKED;

/**
 * The first call whose key follows `after` (NULL: of all), in the order of keys, which is as good as random.
 * **Errors**: DRP_ENOTFOUND when there is none; DRP_EDB; those of the reader.
 */
int drp_upkeep_next(struct drp_upkeep *u, const struct drp_sha256 *after,
                    const struct drp_call_reader *reader, struct drp_err *err) DRP_CHECKED;

/**
 * Appends a call as one line of JSON: `key`, `created` (ms), `model`, `build`, `strict`, `messages` (list of `role`,
 * `content`), `grammar`, `json_schema`, `repeat`, `temperature`, `top_p`, `repeat_penalty`, `repeat_last_n`, `seed`,
 * `max_tokens`, `think_budget`, `stop`, `reasoning`, `answer`, `finish`, `prompt_tokens`, `cached_tokens`,
 * `answer_tokens`, `reasoning_tokens`, `wait_ms`, `run_ms`.
 */
void drp_kept_call_json(const struct drp_kept_call *call, struct drp_str *out);

/** Whether any call names the subject, or a forgetting of theirs was not finished. **Errors**: DRP_EDB. */
int drp_upkeep_knows(struct drp_upkeep *u, uint64_t subject, bool *out,
                     struct drp_err *err) DRP_CHECKED;

/** What went. */
struct drp_erased {
    uint64_t calls;   /* that name the subject */
    uint64_t quoting; /* further ones in which a text is found that quotes them */
    uint64_t bodies;  /* texts that no call names any more */
    uint64_t bytes_before, bytes_after; /* on disk */
};

/**
 * Takes out the calls that name a subject, those with a text that quotes them, and all texts that no call names any
 * more. Until drp_upkeep_vacuum() the journal remembers that this was begun. `out` is added to. **Errors**: DRP_EDB.
 */
int drp_upkeep_forget(struct drp_upkeep *u, uint64_t subject,
                      const struct drp_quotes *quotes, struct drp_erased *out,
                      struct drp_err *err) DRP_CHECKED;

/**
 * Takes out texts that no call names, then writes the journal anew, so that no byte of what was taken out is left in its
 * files. `out` is added to. **Errors**: DRP_EDB.
 */
int drp_upkeep_vacuum(struct drp_upkeep *u, struct drp_erased *out,
                      struct drp_err *err) DRP_CHECKED;

#endif
