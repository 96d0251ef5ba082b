/* What an OpenAI-compatible server answers: a chat completion, streamed or whole, and
 * errors. */
#ifndef DRP_ENGINE_OPENAI_REPLY_H
#define DRP_ENGINE_OPENAI_REPLY_H

#include "engine/engine.h"
#include "io/sse.h"

/** What a finished reply is worth. */
enum drp_openai_end {
    DRP_OPENAI_COMPLETE,
    DRP_OPENAI_BROKEN,  /* as good as a dropped connection: `problem` says why */
    DRP_OPENAI_REFUSED, /* the server will not answer this: `problem` says why */
};

/** The form of a body, seen at its first byte. */
enum drp_openai_form { DRP_OPENAI_UNSEEN, DRP_OPENAI_EVENTS, DRP_OPENAI_WHOLE };

/** A reply of status 200 under way. Start with drp_openai_reply_init(). */
struct drp_openai_reply {
    struct drp_str reasoning; /* thoughts that came apart from the answer */
    struct drp_str model;     /* that the server says it is */
    struct drp_str problem;
    struct drp_usage usage; /* tokens only */
    bool has_usage;
    enum drp_finish finish;
    bool has_choice, has_finish, has_done;
    enum drp_openai_end bad; /* not COMPLETE: nothing more is looked at */
    bool (*on_content)(void *ctx, struct drp_sv piece); /* false: no more is wanted */
    void *ctx;
    bool stopped; /* on_content wanted no more */
    enum drp_openai_form form;
    struct drp_sse sse;
    struct drp_str whole;
};

/** Starts; `on_content` gets the text of the answer as it comes, well-formed UTF-8. */
void drp_openai_reply_init(struct drp_openai_reply *r,
                           bool (*on_content)(void *ctx, struct drp_sv piece), void *ctx);

/** Frees what is held. */
void drp_openai_reply_release(struct drp_openai_reply *r);

/** Adds bytes of the body, torn anywhere. False: more cannot change the end. */
bool drp_openai_reply_feed(struct drp_openai_reply *r, struct drp_sv bytes);

/** The body has ended. */
enum drp_openai_end drp_openai_reply_end(struct drp_openai_reply *r);

/**
 * Appends the one line that the body of an error says: error.message, message, detail,
 * or its first printable bytes.
 */
void drp_openai_error_text(struct drp_sv body, struct drp_str *out);

#endif
