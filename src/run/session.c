#include "run/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/log.h"
#include "run/opening.h"

#include "base/banned.h"

static const char *const task_words[DRP_N_TASKS] = {
    [DRP_EXTRACTOR] = "extractor",   [DRP_VALIDATOR] = "validator",
    [DRP_SUMMARIZER] = "summarizer", [DRP_GENERATOR] = "generator",
    [DRP_EMBEDDER] = "embedder",     [DRP_JUDGE_MODEL] = "judge",
};

const char *drp_task_word(enum drp_task task)
{
    return task_words[task];
}

void drp_session_release(struct drp_session *s)
{
    drp_queue_free(s->queue);
    drp_selector_free(s->selector);
    drp_vectors_free(s->vectors);
    for (size_t i = 0; i < s->n_opened; i++)
        drp_model_free(s->opened[i]);
    drp_prompts_free(s->prompts);
    drp_journal_free(s->journal);
    drp_budget_free(s->budget);
    drp_lexicon_free(s->lexicon);
    drp_dataset_free(s->dataset);
    *s = (struct drp_session){.options = s->options,
                              .cancel = s->cancel,
                              .replays = s->replays};
}

int drp_session_open_data(struct drp_session *s, const char *dataset_dir,
                          struct drp_err *err)
{
    s->lexicon = drp_lexicon_new();
    return drp_dataset_load(dataset_dir, s->options->split.ptr, &s->dataset, err);
}

int drp_session_open_texts(struct drp_session *s, const struct drp_person *person,
                           const struct drp_text *target, size_t *row, struct drp_err *err)
{
    s->lexicon = drp_lexicon_new();
    return drp_dataset_from_texts(person, target, &s->dataset, row, err);
}

/* ---- models ------------------------------------------------------------------------------- */

static int open_model(struct drp_session *s, struct drp_sv given, bool embedding,
                      struct drp_model **out, struct drp_err *err)
{
    struct drp_opening x;
    int rc = drp_opening_init(&x, s, given, embedding, err);
    if (rc == 0)
        rc = drp_model_open(&x.opts, out, err);
    if (rc == 0)
        s->opened[s->n_opened++] = *out;
    drp_opening_release(&x);
    return rc;
}

struct drp_sv drp_task_spec(const struct drp_options *o, enum drp_task task)
{
    const struct drp_sv extractor = o->extractor.ptr ? o->extractor : o->model;
    const struct drp_sv given[DRP_N_TASKS] = {
        [DRP_EXTRACTOR] = extractor,
        [DRP_VALIDATOR] = o->validator.ptr ? o->validator : extractor,
        [DRP_SUMMARIZER] = o->summarizer.ptr ? o->summarizer : o->model,
        [DRP_GENERATOR] = o->generator.ptr ? o->generator : o->model,
        [DRP_EMBEDDER] = o->embedder,
        [DRP_JUDGE_MODEL] = o->judge,
    };
    return given[task];
}

bool drp_task_shares(const struct drp_options *o, enum drp_task a, enum drp_task b)
{
    const struct drp_sv x = drp_task_spec(o, a), y = drp_task_spec(o, b);
    return (a == DRP_EMBEDDER) == (b == DRP_EMBEDDER) &&
           (x.ptr != NULL) == (y.ptr != NULL) && drp_sv_eq(x, y);
}

int drp_session_open_task(struct drp_session *s, enum drp_task task, struct drp_err *err)
{
    const struct drp_sv spec = drp_task_spec(s->options, task);
    for (enum drp_task before = 0; before < task; before++)
        if (s->models[before] && drp_task_shares(s->options, before, task)) {
            s->models[task] = s->models[before];
            return 0;
        }
    return open_model(s, spec, task == DRP_EMBEDDER, &s->models[task], err);
}

static int open_prompts_and_journal(struct drp_session *s, const char *journal_path,
                                    struct drp_err *err)
{
    const struct drp_options *o = s->options;
    const struct drp_budget_opts limits = {(uint64_t)o->max_tokens_total, o->max_cost};
    s->budget = drp_budget_new(s->rehearses ? &(struct drp_budget_opts){0} : &limits);
    const int rc = drp_prompts_open(o->prompts.ptr, &s->prompts, err);
    return rc == 0 && journal_path ? drp_journal_open(journal_path, &s->journal, err) : rc;
}

int drp_session_open_models(struct drp_session *s, const char *journal_path,
                            struct drp_err *err)
{
    int rc = open_prompts_and_journal(s, journal_path, err);
    for (enum drp_task task = 0; task < DRP_EMBEDDER && rc == 0; task++)
        rc = drp_session_open_task(s, task, err);
    return rc;
}

int drp_session_open_judge(struct drp_session *s, const char *journal_path,
                           struct drp_err *err)
{
    const int rc = open_prompts_and_journal(s, journal_path, err);
    return rc < 0 ? rc : drp_session_open_task(s, DRP_JUDGE_MODEL, err);
}

int drp_session_end(const struct drp_session *s, int rc, struct drp_err *err)
{
    const struct drp_budget_state spent = drp_budget_get(s->budget);
    if (spent.n_refused == 0 || drp_cancel_level(s->cancel) > 0 ||
        (rc < 0 && rc != DRP_ECANCELLED))
        return rc;
    return drp_fail(
        err, DRP_ENEGATIVE,
        "the budget is spent: %llu tokens, cost %.4f; what was answered is kept, "
        "with a larger --max-tokens-total or --max-cost the same command goes on",
        (unsigned long long)spent.tokens, spent.cost);
}

/* ---- selection ---------------------------------------------------------------------------- */

/* Vectors stand beside the dataset, so that forgetting the dataset forgets them; where there is no folder, or it
 * cannot be written, they are kept in memory. */
static int open_vectors(struct drp_session *s, const char *dataset_dir, struct drp_err *err)
{
    if (!dataset_dir)
        return drp_vectors_open_model(s->models[DRP_EMBEDDER], NULL, &s->vectors, err);
    struct drp_str path;
    drp_str_init(&path, 1 << 16);
    struct drp_err cache_err = {0};
    int rc = drp_vectors_open_model(s->models[DRP_EMBEDDER],
                                    drp_fs_join(&path, dataset_dir, "vectors.db"),
                                    &s->vectors, &cache_err);
    if (rc < 0) {
        drp_log(DRP_LOG_WARN, "text vectors are not kept: %s", cache_err.text);
        rc = drp_vectors_open_model(s->models[DRP_EMBEDDER], NULL, &s->vectors, err);
    }
    drp_str_release(&path);
    return rc;
}

int drp_session_open_embedder(struct drp_session *s, struct drp_err *err)
{
    const struct drp_sv given = s->options->embedder;
    return drp_sv_starts(given, DRP_SV("file:"))
               ? drp_vectors_open_file(given.ptr + strlen("file:"), &s->vectors, err)
               : drp_session_open_task(s, DRP_EMBEDDER, err);
}

int drp_session_open_selector(struct drp_session *s, const char *dataset_dir,
                              struct drp_err *err)
{
    const struct drp_options *o = s->options;
    const struct drp_select_opts opts = {
        .level = drp_sv_is(o->select, "user") ? DRP_SELECT_USER : DRP_SELECT_ITEM,
        .n_items = (uint32_t)o->items,
        .n_peers = (uint32_t)o->peers,
        .kmeans_seed = 42,
        .peers_before_target = o->peers_before_target,
    };
    int rc = 0;
    if (!s->models[DRP_EMBEDDER] && !s->vectors)
        DRP_TRY(rc, drp_session_open_embedder(s, err));
    if (!s->vectors)
        DRP_TRY(rc, open_vectors(s, dataset_dir, err));
    DRP_TRY(rc, drp_selector_new(s->dataset, s->vectors, &opts, &s->selector, err));
out:
    return rc;
}

/* A task has a pack of its own; of reviews, another order of prompts has. */
static const char *pack_of(const struct drp_options *o)
{
    if (drp_sv_is(o->task, "generic"))
        return "generic";
    return o->settings.prompt_order == DRP_ORDER_RELEASED ? "released" : NULL;
}

static enum drp_evidence_mode evidence_of(const struct drp_options *o)
{
    return drp_sv_is(o->evidence, "on")      ? DRP_EVIDENCE_ON
           : drp_sv_is(o->evidence, "check") ? DRP_EVIDENCE_CHECK
                                             : DRP_EVIDENCE_OFF;
}

struct drp_method_ctx drp_session_ctx(const struct drp_session *s)
{
    return (struct drp_method_ctx){
        .dataset = s->dataset,
        .extractor = s->models[DRP_EXTRACTOR],
        .validator = s->models[DRP_VALIDATOR],
        .summarizer = s->models[DRP_SUMMARIZER],
        .generator = s->models[DRP_GENERATOR],
        .selector = s->selector,
        .vectors = s->vectors,
        .prompts = s->prompts,
        .pack = pack_of(s->options),
        .set = &s->options->settings,
        .lexicon = s->lexicon,
        .evidence = evidence_of(s->options),
        .former = s->former,
    };
}
