/* What becomes of a model's bytes: whole UTF-8, thoughts split off, the answer ended at
 * a stop string. */
#ifndef DRP_ENGINE_ANSWER_H
#define DRP_ENGINE_ANSWER_H

#include "engine/backend.h"
#include "engine/think.h"

/** A reply under way. It appends to the strings of a job, which it borrows. */
struct drp_answer {
    struct drp_job *job; /* its call's stop strings and on_text are looked at         */
    struct drp_think think;
    struct drp_str tail; /* the torn beginning of a character, at most 3 bytes        */
    size_t n_told;       /* bytes of the answer that on_text has seen                 */
    bool stopped;        /* at a stop string: what follows is dropped                 */
};

/**
 * Starts a reply; `opened` when the prompt has opened the thoughts. Tags and job are
 * borrowed.
 */
void drp_answer_init(struct drp_answer *a, struct drp_job *job,
                     struct drp_think_tags tags, bool opened);

/** Frees what is held. */
void drp_answer_release(struct drp_answer *a);

/** True while the thoughts are not closed, or may still begin. */
bool drp_answer_thinks(const struct drp_answer *a);

/**
 * Adds the bytes of one token. Bytes that are no UTF-8 become U+FFFD; text that may
 * turn out to be part of a stop string or of a torn character is not told yet. False
 * when a stop string was reached.
 */
bool drp_answer_feed(struct drp_answer *a, struct drp_sv bytes);

/**
 * Ends the reply; a torn last character is dropped. False when the thoughts never
 * ended: the answer is empty.
 */
bool drp_answer_end(struct drp_answer *a);

#endif
