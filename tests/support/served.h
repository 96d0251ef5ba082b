/* A model behind scripted servers, for tests of engine `openai`: what each request gets is a
 * list of steps, then good answers for ever. */
#ifndef DRP_TESTS_SUPPORT_SERVED_H
#define DRP_TESTS_SUPPORT_SERVED_H

#include "engine/engine.h"
#include "support/server.h"

#define SERVED_KEY "sk-secret-0123456789abcdef"

#define SERVED_DELTA(json) "data: {\"choices\":[{\"delta\":" json "}]}\n\n"
#define SERVED_FINISH(word)                                                              \
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"" word "\"}]}\n\n"
#define SERVED_DONE "data: [DONE]\n\n"

/** What the next request to /chat/completions gets. */
struct served_step {
    struct drp_server_reply reply; /* `body` is not looked at */
    const char *body;              /* NULL: a good stream that says "good answer" */
};

/** What a server does. */
struct served_plan {
    const struct served_step *steps; /* (n) */
    size_t n;
    const char *models;  /* NULL: one, "m" */
    const char *refuses; /* a field: bodies that hold it get a 400 that names it */
    int64_t delay_ms;    /* of good answers */
    bool has_no_models;  /* 404 for the list */
    size_t n_taken;      /* steps so far */
};

/** A drp_server_script over a struct served_plan. */
void served_script(void *ctx, const struct drp_server_request *request,
                   struct drp_server_reply *reply);

/** Answers /embeddings: three dimensions a text, by its length, in an order of its own. */
void served_embeddings(const struct drp_server_request *request,
                       struct drp_server_reply *reply);

/** A model behind one or two servers. Start with `{.plans = …}`. */
struct served {
    struct served_plan plans[2];
    struct drp_server *servers[2];
    struct drp_journal *journal;
    struct drp_model *model;
    struct drp_arena arena;
    struct drp_err err;
};

/** Waits of milliseconds; gives up after eight attempts. */
struct drp_server_opts served_quick(void);

/**
 * Opens "openai:URL`tail`" over the first server, which is made when it is not there;
 * `opts` needs no spec and, without `server`, gets served_quick().
 */
int served_open(struct served *b, const char *tail, struct drp_model_opts opts);

/** As served_open() of "#m" over a plan; the test ends when that fails. */
void served_init(struct served *b, const struct served_plan *plan);

/** Frees it all. */
void served_release(struct served *b);

/** Asks one call; its reply, whatever its status. */
struct drp_reply served_ask_call(struct served *b, const struct drp_call *call);

/** Asks one question. */
struct drp_reply served_ask(struct served *b, const char *text);

/** Asks up to 64 questions at once, at temperature 0.5; all must be answered. */
void served_ask_many(struct served *b, size_t n, const struct drp_grammar *g);

/** True when `text` holds `word`. */
bool served_holds(struct drp_sv text, const char *word);

/** Ends the test unless it does. */
void served_says(struct drp_sv text, const char *part);

/** Requests to /chat/completions that a server got. */
size_t served_n(struct drp_server *server);

/** The body of the n-th of them. */
struct drp_sv served_body(struct drp_server *server, size_t n);

#endif
