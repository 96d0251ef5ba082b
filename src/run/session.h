/* What a verb works with: dataset, prompts, journal, models, vectors, selector, opened from options. */
#ifndef DRP_RUN_SESSION_H
#define DRP_RUN_SESSION_H

#include "data/texts.h"
#include "engine/budget.h"
#include "engine/journal.h"
#include "method/method.h"
#include "run/options.h"
#include "run/queue.h"
#include "select/select.h"

/** What models are wanted for; each task may go to a model of its own. */
enum drp_task {
    DRP_EXTRACTOR,
    DRP_VALIDATOR,
    DRP_SUMMARIZER,
    DRP_GENERATOR,
    DRP_EMBEDDER,
    DRP_JUDGE_MODEL,
    DRP_N_TASKS,
};

/** Everything that was opened; NULL where it was not asked for. */
struct drp_session {
    const struct drp_options *options; /* borrowed */
    bool is_trial; /* models are only tried: a server that does not answer is given up soon */
    const struct drp_cancel *cancel; /* borrowed; ends the opening of models; may be NULL */
    bool rehearses; /* models but the embedder are opened to be rehearsed with, see engine/rehearsal.h */
    const struct drp_account *former; /* borrowed; of an earlier run of the same, or NULL */
    bool replays; /* models are those of a former run and answer from its journal, see run/replay.h */
    struct drp_dataset *dataset;
    struct drp_lexicon *lexicon; /* comes with the dataset */
    struct drp_journal *journal;
    struct drp_budget *budget; /* of all models */
    struct drp_prompts *prompts;
    struct drp_model *models[DRP_N_TASKS]; /* by task; several may be the same model */
    struct drp_model *opened[DRP_N_TASKS]; /* each distinct one, once */
    size_t n_opened;
    struct drp_vectors *vectors;
    struct drp_selector *selector;
    struct drp_queue *queue; /* of a run that other processes work at too; NULL: it is ours alone */
};

/** Start with `{.options = o, .cancel = c}`; releases whatever was opened. */
void drp_session_release(struct drp_session *s);

/** Opens the split of a dataset directory. **Errors**: as drp_dataset_load(). */
int drp_session_open_data(struct drp_session *s, const char *dataset_dir,
                          struct drp_err *err) DRP_CHECKED;

/** Opens texts in memory instead; `*row` is the person's. **Errors**: as drp_dataset_from_texts(). */
int drp_session_open_texts(struct drp_session *s, const struct drp_person *person,
                           const struct drp_text *target, size_t *row,
                           struct drp_err *err) DRP_CHECKED;

/** Opens the embedder, or the vector file that stands for one. */
int drp_session_open_embedder(struct drp_session *s, struct drp_err *err) DRP_CHECKED;

/**
 * Opens the embedder unless it is open, the cache of its vectors in the dataset's folder (NULL: there is none, they stay in
 * memory), and the selector. Needs s->dataset.
 */
int drp_session_open_selector(struct drp_session *s, const char *dataset_dir,
                              struct drp_err *err) DRP_CHECKED;

/** The SPEC that the options give to a task; absent: the bundled model. Borrowed from the options. */
struct drp_sv drp_task_spec(const struct drp_options *o, enum drp_task task);

/** True when two tasks have the same model: embedding never shares. */
bool drp_task_shares(const struct drp_options *o, enum drp_task a, enum drp_task b);

/** Opens the model of one task, or takes that of an earlier task with the same SPEC. **Errors**: as drp_model_open(). */
int drp_session_open_task(struct drp_session *s, enum drp_task task,
                          struct drp_err *err) DRP_CHECKED;

/** Opens prompts, the journal at `journal_path` (NULL: none) and the models of the four tasks but embedding. */
int drp_session_open_models(struct drp_session *s, const char *journal_path,
                            struct drp_err *err) DRP_CHECKED;

/** Opens prompts, the journal at `journal_path` (NULL: none) and the model of --judge. */
int drp_session_open_judge(struct drp_session *s, const char *journal_path,
                           struct drp_err *err) DRP_CHECKED;

/**
 * What a verb returns that would return `rc`: DRP_ENEGATIVE, saying so, when calls were not asked because
 * the budget was spent.
 */
int drp_session_end(const struct drp_session *s, int rc, struct drp_err *err) DRP_CHECKED;

/** The word for a task, e.g. "extractor". Static storage. */
const char *drp_task_word(enum drp_task task);

/** The context of a method for one sample, all but cell, arena, account and callbacks filled. */
struct drp_method_ctx drp_session_ctx(const struct drp_session *s);

#endif
