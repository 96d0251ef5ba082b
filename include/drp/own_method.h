/* Methods that a program brings along. They see what ours see (the person's texts, those most like the one to
 * write, comparisons with others), ask the same models, and their questions fall into the same journal. */
#ifndef DRP_OWN_METHOD_H
#define DRP_OWN_METHOD_H

#include <stddef.h>

#include "drp/error.h"
#include "drp/message.h"
#include "drp/person.h"
#include "drp/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The text that a method is at work on. Valid during the call it is given to. **Threads**: that call's. */
struct drp_work;

/** A method. */
struct drp_own_method {
    const char *name; /* for the option `method`: small letters, digits, '-'; none of ours */
    /** Finds out about the person, see drp_work_set_profile(); NULL: there is nothing to find out. */
    int (*profile)(struct drp_work *w, void *ctx, struct drp_err *err);
    /**
     * Writes the text, see drp_work_set_text(). Sets it none, the text is written from the item alone and says so.
     * Both return 0 or a negative code with `err` filled by drp_fail(); drp_write() returns it.
     */
    int (*write)(struct drp_work *w, void *ctx, struct drp_err *err);
    void *ctx; /* for both; many threads may be in them at once                  */
};

/**
 * Makes a method known to one writer, before or after it is opened; `m` is copied, its name too.
 * **Errors**: DRP_EUSAGE (no name or one that is taken, no write()).
 */
int drp_writer_add_method(struct drp_writer *w, const struct drp_own_method *m,
                          struct drp_err *err) DRP_CHECKED;

/** What to write about: item, title and rating. Its text is absent. Borrowed until the method returns, as all that follows. */
const struct drp_text *drp_work_target(struct drp_work *w);

/** The person's texts, (n) oldest first, without any about the target's item. */
const struct drp_text *drp_work_history(struct drp_work *w, size_t *n);

/** Those of them most like the text to write, (n) best first, at most as many as the option `items` says. */
const struct drp_text *drp_work_similar(struct drp_work *w, size_t *n);

/** The person's text about an item beside what others wrote, each of whom stands for a group that writes alike. */
struct drp_comparison {
    const struct drp_text *own; /* (n_own) one; with `select` user, several */
    size_t n_own;
    const struct drp_text *others; /* (n_others) */
    size_t n_others;
};

/** All comparisons, (n) those most like the text to write first; none when others wrote about too little. */
const struct drp_comparison *drp_work_comparisons(struct drp_work *w, size_t *n);

/** What a question is for: it says which model is asked. */
enum drp_step {
    DRP_STEP_STUDY, /* to find something out: the summarizer               */
    DRP_STEP_WRITE, /* to write the text: the generator; its answer goes to drp_write_opts.on_piece */
};

/** A question: a conversation in which the user speaks last. */
struct drp_question {
    const struct drp_message *messages; /* (n_messages) */
    size_t n_messages;
};

/**
 * Asks `n` questions at once and waits. Temperature, seed and lengths are the options'; an empty answer is asked once more; the
 * journal answers what was asked before. An answer is trimmed and without labels of our prompts; empty when none came.
 * **Shapes**: questions (n), answers (n). **Errors**: DRP_ECANCELLED, DRP_EDB; the first question's when all failed;
 * a conversation that is longer than the model's context fails.
 */
int drp_work_ask(struct drp_work *w, enum drp_step step,
                 const struct drp_question *questions, size_t n, struct drp_sv *answers,
                 struct drp_err *err) DRP_CHECKED;

/** What was found out: a copy goes to drp_written.profile. */
void drp_work_set_profile(struct drp_work *w, struct drp_sv profile);

/** What profile() set; empty when nothing. */
struct drp_sv drp_work_profile(struct drp_work *w);

/** The text; a copy goes to drp_written.text. */
void drp_work_set_text(struct drp_work *w, struct drp_sv text);

/** A copy of a printf-style text that lives until the method returns: for messages. */
struct drp_sv drp_work_text(struct drp_work *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif

#endif
