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
#define SCENE_LATE      "LATETEXT"     /* a peer's text younger than the target */
#define SCENE_YOUNG     "YOUNGTEXT"    /* the user's own, younger than the target */
#define SCENE_USER      "USERID"       /* part of every user id               */
#define SCENE_AUTHOR    "AUTHOR" /* before the number of the user who wrote it, and a dot */

/** How a stage's answer looks; the kinds of calls are told apart by their form. */
enum scene_kind {
    SCENE_EXTRACT,
    SCENE_VALIDATE,
    SCENE_SUMMARIZE,
    SCENE_WRITE,
    SCENE_COMPARE,
    SCENE_ANALYSE,
    SCENE_N_KINDS
};

/** What to put on stage. `{0}`: one past text, no comparison. */
struct scene_opts {
    size_t n_items;     /* items that the user wrote about; the target is one more      */
    size_t n_contrasts; /* at most n_items                                              */
    size_t n_peers;     /* of each contrast                                             */
    const char *own_text; /* put before the mark of each own text; NULL: a short sentence */
    size_t n_late; /* of all peers, the last ones: their texts are younger than the target */
    size_t padding; /* further bytes of each text                                   */
    bool bare;      /* no descriptions, and no titles of texts                      */
    bool selected; /* the sample is what the selector fills, instead of n_contrasts and unranked */
    struct drp_select_opts select; /* n_peers 0: as many as there are                              */
    bool quotes; /* every usual answer repeats the marks of all authors that it was shown */
    bool unranked; /* no OWN8                                                      */
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
    uint64_t *subjects; /* (n_subjects) */
    size_t n_subjects;
};

/** Everything a method needs; give `x`, `sample` to it, change what you like before. */
struct scene {
    struct scene_opts opts;
    struct drp_arena arena;
    struct drp_stub *stub;
    struct drp_model *model, *embedder;
    struct drp_dataset *dataset; /* user 0 has two rows, each peer one */
    struct drp_vectors *vectors; /* of the stub: each text has a direction of its own */
    struct drp_selector *selector;
    struct drp_prompts *prompts;
    struct drp_lexicon *lexicon;
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

/** Forgets the calls and the account, so that another method can run on the same stage. */
void scene_forget(struct scene *s);

/** Predicts with a method; gives back what it returns. */
int scene_run(struct scene *s, const struct drp_method *method,
              struct drp_profile *profile, struct drp_prediction *out, struct drp_err *err);

/** The method of a name; ends the test when there is none. */
const struct drp_method *scene_method(const char *name);

/** Sets one from "key=value"; NULL: nothing. Ends the test when that cannot be. */
void scene_set(struct scene *s, const char *assignment);

/** Forgets what was, then predicts with a method; ends the test when it gives no text. */
void scene_write(struct scene *s, const struct drp_method *method,
                 struct drp_profile *profile, struct drp_prediction *out);

/** Predicts with method DRP; ends the test when `expected` is not what it returns. */
void scene_predict(struct scene *s, int expected, struct drp_profile *profile,
                   struct drp_prediction *out);

/** Number of calls of a kind whose turns hold `needle`; NULL: any. */
size_t scene_count(const struct scene *s, enum scene_kind kind, const char *needle);

#endif
