/* How one prediction is made: a row in one table, a straight-line function over one sample. */
#ifndef DRP_METHOD_METHOD_H
#define DRP_METHOD_METHOD_H

#include "data/dataset.h"
#include "data/sample.h"
#include "engine/engine.h"
#include "engine/prompt.h"
#include "feature/feature.h"

/** One cell of a grid: what a prediction is made with. */
struct drp_cell {
    double temperature;
    double top_p;
    uint64_t seed;
    uint32_t repeat;
    uint32_t max_tokens;  /* of every stage; 0: each stage's own cap                              */
};

/** What went on while predicting, counted over a run. Each worker has its own; they are added up. */
struct drp_account {
    uint64_t predictions, failures, answers_cut, answers_empty, prompts_shortened;
    uint64_t features_kept, features_dropped, features_unparsed, contrasts_lost, fallbacks;
};

/** What a method works with. One a worker; nothing in it is shared but what is const or says it may be. */
struct drp_method_ctx {
    const struct drp_dataset *dataset;
    struct drp_model *extractor, *validator, *summarizer, *generator;
    const struct drp_prompts *prompts;
    const struct drp_cell *cell;
    struct drp_arena *arena; /* of the sample                                        */
    struct drp_account *account;
    uint64_t age; /* of the sample: its place in the run                             */
    drp_on_text *on_text; /* text of the last stage as it is made; may be NULL       */
    void *on_text_ctx;
    const struct drp_cancel *cancel;
};

/** What was found out about a user. Strings live in the context's arena. */
struct drp_profile {
    struct drp_features features;       /* kept and dropped ones                                 */
    struct drp_sv summary;              /* the text that the generator sees; may be empty        */
    const struct drp_sv *extracted;     /* (n_differences) raw text of step 1, one a contrast    */
    const struct drp_sv *validated;     /* (n_differences) raw text of step 2; may be absent     */
    size_t n_differences;
    const char *fallback; /* NULL, or the step of the ladder taken: "own history", "plain"       */
};

/** The text for one sample. Strings live in the context's arena. */
struct drp_prediction {
    struct drp_sv text; /* never empty */
    enum drp_finish finish;
    const char *fallback; /* as in the profile, or what writing itself fell back to */
};

/** A method. */
struct drp_method {
    const char *name;   /* as on the command line, e.g. "drp"                     */
    const char *title;  /* as in tables, e.g. "DRP"                               */
    const char *source; /* paper and section                                      */
    const char *steps;  /* one line for people                                    */
    /** Finds out about the user; NULL when the method does not. */
    int (*profile)(struct drp_method_ctx *x, const struct drp_sample *s, struct drp_profile *out,
                   struct drp_err *err);
    /** Writes the text. `profile` is empty when there is no profile(). */
    int (*write)(struct drp_method_ctx *x, const struct drp_sample *s,
                 const struct drp_profile *profile, struct drp_prediction *out, struct drp_err *err);
};

/** All methods, in the order of the paper's Table 1; `*n` gets their number. Static storage. */
const struct drp_method *drp_methods(size_t *n);

/** The method of a name. **Errors**: DRP_EUSAGE naming those there are. */
int drp_method_find(struct drp_sv name, const struct drp_method **out, struct drp_err *err) DRP_CHECKED;

#endif
