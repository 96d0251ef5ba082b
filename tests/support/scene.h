/* A small stage for methods: a dataset, a sample made from it by hand, and a scripted model that remembers
 * what it was asked. Texts carry marks, so that a test can tell whose text stands in a prompt. */
#ifndef DRP_TESTS_SUPPORT_SCENE_H
#define DRP_TESTS_SUPPORT_SCENE_H

#include "base/vec.h"
#include "method/method.h"
#include "support/stub.h"

/* What every text of the kind holds. */
#define SCENE_OWN       "OWNTEXT"
#define SCENE_PEER      "PEERTEXT"
#define SCENE_REFERENCE "REFERENCETEXT"
#define SCENE_ON_TARGET "PEERONTARGET" /* a peer's text about the target item */
#define SCENE_USER      "USERID"       /* part of every user id               */

/** How a stage's answer looks; the kinds of calls are told apart by their form. */
enum scene_kind {
    SCENE_EXTRACT,
    SCENE_VALIDATE,
    SCENE_SUMMARIZE,
    SCENE_WRITE,
    SCENE_N_KINDS
};

/** What to put on stage. `{0}`: one past text, no comparison. */
struct scene_opts {
    size_t n_items;     /* items that the user wrote about; the target is one more      */
    size_t n_contrasts; /* at most n_items                                              */
    size_t n_peers;     /* of each contrast                                             */
    const char *own_text; /* put before the mark of each own text; NULL: a short sentence */
    size_t padding; /* further bytes of each text                                   */
    bool unranked;  /* no OWN8                                                      */
    struct drp_stub_rule rules[SCENE_N_KINDS]; /* text NULL: the usual answer                   */
    struct drp_model_info info; /* of the model, as struct drp_stub_opts has it                 */
};

/** One call as the model saw it. */
struct scene_call {
    enum scene_kind kind;
    char *text;  /* all turns, each behind a line `=== role` */
    char *first; /* the turns before any answer of a model   */
    struct drp_sampling sampling;
    uint32_t repeat;
    bool will_continue;
    size_t n_subjects;
};

/** Everything a method needs; give `x`, `sample` to it, change what you like before. */
struct scene {
    struct scene_opts opts;
    struct drp_arena arena;
    struct drp_stub *stub;
    struct drp_model *model;
    struct drp_dataset *dataset;
    struct drp_prompts *prompts;
    struct drp_cell cell;
    struct drp_account account;
    struct drp_settings settings; /* x.set; ours */
    struct drp_method_ctx x;
    struct drp_sample sample;
    DRP_VEC(struct scene_call) calls; /* in the order in which they were answered */
    int n_of_kind[SCENE_N_KINDS];
};

/** Builds it; the dataset goes to `dir`. Ends the test when that fails. */
void scene_init(struct scene *s, const char *dir, const struct scene_opts *opts);

/** Frees it. */
void scene_release(struct scene *s);

/** Predicts with method DRP; ends the test when `expected` is not what it returns. */
void scene_predict(struct scene *s, int expected, struct drp_profile *profile,
                   struct drp_prediction *out);

/** Number of calls of a kind whose turns hold `needle`; NULL: any. */
size_t scene_count(const struct scene *s, enum scene_kind kind, const char *needle);

#endif
