/* Writing as a person would.
 *
 *     struct drp_err err = {0};
 *     struct drp_writer *writer;
 *     struct drp_written *text;
 *     if (drp_writer_new(&writer, &err) == 0 && drp_writer_set(writer, "model", "llama:model.gguf", &err) == 0 &&
 *         drp_writer_open(writer, &err) == 0 && drp_write(writer, &person, &target, NULL, &text, &err) == 0)
 *         puts(text->text.ptr);
 *
 * A writer is made, given options, opened once, which loads the models, and then writes any number of texts. */
#ifndef DRP_WRITER_H
#define DRP_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "drp/error.h"
#include "drp/person.h"
#include "drp/sv.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Options, models, journal. **Threads**: any number may write with one writer; all else is one thread's. */
struct drp_writer;

/**
 * A writer with the defaults: method drp, the small bundled models (`make models` prepares them), no journal.
 * **Owns**: caller, drp_writer_free(). **Errors**: DRP_EBUG.
 */
int drp_writer_new(struct drp_writer **out, struct drp_err *err) DRP_CHECKED;

/** Closes models and journal. No text may be on its way. NULL is allowed. */
void drp_writer_free(struct drp_writer *w);

/**
 * Sets an option, before drp_writer_open(): names and values are those of `drp write`, whose help has the defaults.
 *
 *     models     model, extractor, validator, summarizer, generator, embedder (each a SPEC), prompts, config,
 *                strict, journal (a file, or postgresql://…), api-key-file, give-up-after, stall-timeout,
 *                max-tokens-total, max-cost
 *     each text  method, items, peers, select, peers-before-target, task, temperature, top-p, seed, max-tokens,
 *                fidelity, validate, evidence, set
 *
 * A value replaces the former one, but `set` adds. Neither the environment nor a config file is looked at unless it is given
 * as `config`; only a server's key may come from OPENAI_API_KEY. **Errors**: DRP_EUSAGE naming the nearest option, or what is allowed.
 */
int drp_writer_set(struct drp_writer *w, const char *name, const char *value,
                   struct drp_err *err) DRP_CHECKED;

/**
 * Opens models and journal; the first failure leaves the writer as it was, to be set anew or freed.
 * **Errors**: DRP_EUSAGE (SPEC, options that contradict each other), DRP_ENOTFOUND, DRP_EENGINE, DRP_ENET, DRP_EDB,
 * DRP_ELIMIT (memory).
 */
int drp_writer_open(struct drp_writer *w, struct drp_err *err) DRP_CHECKED;

/** A way in which the person differs from others, found by method drp. */
struct drp_difference {
    struct drp_sv name;        /* e.g. "sentence length"                             */
    struct drp_sv description; /* how the person differs                             */
    bool kept;                 /* told to the model that writes                      */
    struct drp_sv reason;      /* why it was dropped; empty when kept                */
};

/** A text with what led to it. All strings are terminated by a NUL after their length. */
struct drp_written {
    struct drp_sv text;    /* never empty                                            */
    struct drp_sv profile; /* what the writing model was told; may be empty          */
    const struct drp_difference *differences; /* (n_differences) kept and dropped    */
    size_t n_differences;
    /* The step taken for want of data or answers: "own history", "plain", "title"; empty: the whole method. */
    struct drp_sv fallback;
    struct drp_sv finish; /* "stop", or "length": cut at the token limit             */
};

/**
 * Receives the text as the writing model makes it, not yet trimmed or freed of labels; when a first answer was empty, the
 * second follows. 0 goes on; anything else ends the text, drp_write() then returns DRP_ECANCELLED.
 * **Threads**: one of the library's; must not block and not call the library. Never after drp_write() returned.
 */
typedef int drp_piece_fn(void *ctx, struct drp_sv piece);

/** An option for one text. */
struct drp_choice {
    const char *name, *value;
};

/** How one text is written. `{0}`: as the writer's options say. */
struct drp_write_opts {
    drp_piece_fn *on_piece; /* NULL: the text comes whole                            */
    void *ctx;              /* for on_piece                                          */
    const struct drp_choice *choices; /* (n_choices) options of the second group of drp_writer_set() */
    size_t n_choices;
};

/**
 * Writes the text that `person` would write about the target's item, to its title and rating where these are given. Others'
 * texts are compared with the person's where both wrote about the same item; those about the target's item are not
 * looked at. `opts` may be NULL. Blocks until the text is there: most of the time it waits for models, so several threads
 * share one well. What a text needs is freed with it; only the journal keeps anything.
 * **Owns**: caller, drp_written_free(). **Errors**: DRP_EINPUT (a text, named), DRP_EUSAGE (not open; a choice),
 * DRP_EENGINE, DRP_ENET, DRP_EDB, DRP_ELIMIT (context too small), DRP_ENEGATIVE (the budget is spent), DRP_ECANCELLED.
 */
int drp_write(struct drp_writer *w, const struct drp_person *person,
              const struct drp_text *target, const struct drp_write_opts *opts,
              struct drp_written **out, struct drp_err *err) DRP_CHECKED;

/** Frees it. NULL is allowed. **Threads**: any. */
void drp_written_free(struct drp_written *written);

/**
 * Ends all texts that are being written now: their drp_write() returns DRP_ECANCELLED soon. Later ones are not
 * touched. **Threads**: any, not in a signal handler.
 */
void drp_writer_interrupt(struct drp_writer *w);

#ifdef __cplusplus
}
#endif

#endif
