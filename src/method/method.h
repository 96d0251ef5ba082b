/* How one prediction is made: a row in one table, a straight-line function over one sample.
 *
 * The ladder: what a text is written from when the data are thin or a model does not answer. Each step
 * down is named in `fallback`; on top of it, NULL, the method as its paper has it.
 *     own history   no feature was found or kept, or no summary came: the user's own texts alone
 *     plain         no text of the user either: item, rating and title alone
 *     title         the model gave no text at all: the title to write for stands for it        */
#ifndef DRP_METHOD_METHOD_H
#define DRP_METHOD_METHOD_H

#include "data/dataset.h"
#include "data/sample.h"
#include "engine/engine.h"
#include "engine/prompt.h"
#include "feature/evidence.h"
#include "method/account.h"
#include "method/settings.h"
#include "select/select.h"

struct drp_material;
struct drp_method;

/** A call of a method as it was answered. Borrowed; the strings live in the context's arena. */
struct drp_exchange {
    const char *stage;  /* drp_stage_name()                                        */
    struct drp_sv user; /* whom it is about: the sample's user, or one of P-DB's others */
    struct drp_sv about; /* the asin of what it is about, or another user's id      */
    struct drp_model *model;
    const struct drp_call *call;
    const struct drp_reply *reply;
};

/** Looks on while a method works. Called on the method's thread, call by call. */
typedef void drp_on_exchange(void *ctx, const struct drp_exchange *e);

/** Hears that `n` calls of a stage are put to their model now. Called on the method's thread. */
typedef void drp_on_ask(void *ctx, const char *stage, size_t n);

/** One cell of a grid: what a prediction is made with. */
struct drp_cell {
    double temperature;
    double top_p;
    uint64_t seed;
    uint32_t repeat;
    uint32_t max_tokens; /* of every answer, thoughts not counted; 0: each stage's own cap     */
};

/** What a method works with. One a worker; nothing in it is shared but what is const or says it may be. */
struct drp_method_ctx {
    const struct drp_dataset *dataset; /* knows the items of the sample's reviews        */
    struct drp_model *extractor, *validator, *summarizer, *generator;
    struct drp_selector *selector; /* who else wrote about an item                         */
    struct drp_vectors *vectors; /* of texts                                             */
    const struct drp_prompts *prompts;
    const char *pack; /* folder of prompts to use before the usual ones, e.g. "generic"; NULL: none */
    const struct drp_settings *set;
    const struct drp_cell *cell;
    const struct drp_lexicon *lexicon; /* for counting                                       */
    enum drp_evidence_mode evidence; /* what is done with counts in the texts                */
    struct drp_arena *arena; /* of the sample                                        */
    struct drp_account *account;
    const struct drp_method *method; /* whose calls these are, for the account; NULL: nobody's */
    const struct drp_account *former; /* of an earlier run, which tells how long answers are; NULL: none */
    uint64_t age; /* of the sample: its place in the run                             */
    drp_on_text *on_text; /* text of the last stage as it is made; may be NULL. An absent piece: an
                             answer begins, the first or one instead of it          */
    void *on_text_ctx;
    drp_on_ask *on_ask; /* calls that begin; may be NULL                          */
    void *on_ask_ctx;
    drp_on_exchange *on_exchange; /* each call when it was answered; may be NULL           */
    void *on_exchange_ctx;
    const struct drp_cancel *cancel;
    bool mask_peers; /* other users' texts are not to be seen: a dry run                   */
};

/** What was found out about a user. Strings live in the context's arena. */
struct drp_profile {
    struct drp_features features; /* kept and dropped ones                                 */
    struct drp_sv summary; /* the text that the generator sees; may be empty        */
    const struct drp_sv *extracted; /* (n_differences) raw text of step 1, one a contrast    */
    const struct drp_sv *validated; /* (n_differences) raw text of step 2; may be absent     */
    size_t n_differences;
    const struct drp_contrast *drawn; /* (n_drawn) comparisons that the summary goes back to */
    size_t n_drawn;
    const struct drp_material *known; /* what else the text is written from; NULL: nothing  */
    const char *fallback; /* NULL, or the step of the ladder taken. Static storage               */
};

/** The text for one sample. Strings live in the context's arena. */
struct drp_prediction {
    struct drp_sv text; /* never empty                                                    */
    enum drp_finish finish; /* of the answer it was taken from                                */
    const char *fallback; /* the lowest step taken, in profile or writing. Static storage   */
};

/* The steps of the ladder, as files print them. */
#define DRP_FALLBACK_OWN   "own history"
#define DRP_FALLBACK_PLAIN "plain"
#define DRP_FALLBACK_TITLE "title"

/** A method. */
struct drp_method {
    const char *name;     /* as on the command line, e.g. "drp"                     */
    const char *title;    /* as in tables, e.g. "DRP"                               */
    const char *source;   /* paper and section                                      */
    const char *steps;    /* one line for people                                    */
    const char *calls;    /* of a sample, in words, e.g. "2"                        */
    const char *inferred; /* what no source says and we chose; NULL: nothing        */
    /**
     * Finds out about the user; NULL when the method does not. **Errors**: DRP_ECANCELLED; DRP_ELIMIT, a
     * context too small for any prompt; what the engine says when all calls of a stage failed. A call
     * that fails among others costs its comparison, not the sample.
     */
    int (*profile)(struct drp_method_ctx *x, const struct drp_sample *s,
                   struct drp_profile *out, struct drp_err *err);
    /** Writes the text. `profile` is `{0}` when there is no profile(). **Errors**: as profile(). */
    int (*write)(struct drp_method_ctx *x, const struct drp_sample *s,
                 const struct drp_profile *profile, struct drp_prediction *out,
                 struct drp_err *err);
};

/** Predicts a sample by a method: both steps. **Errors**: as theirs; `profile` is filled as far as it went. */
int drp_method_predict(struct drp_method_ctx *x, const struct drp_method *method,
                       const struct drp_sample *s, struct drp_profile *profile,
                       struct drp_prediction *out, struct drp_err *err) DRP_CHECKED;

/** All methods, (n) in the order of the paper's Table 1. Static storage. */
const struct drp_method *const *drp_methods(size_t *n);

/** The method of a name. **Errors**: DRP_EUSAGE naming the nearest. */
int drp_method_find(struct drp_sv name, const struct drp_method **out,
                    struct drp_err *err) DRP_CHECKED;

#endif
