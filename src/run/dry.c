/* The back-end "dry" wraps the one that the SPEC behind "dry:" names: it opens it and counts with it,
 * but answers by itself. */
#include "run/dry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "engine/backend.h"
#include "run/cells.h"
#include "select/mask.h"
#include "run/run.h"

#include "base/banned.h"

struct dry {
    const struct drp_backend *inner;
    void *self;
    size_t n_calls;
};

static int open_dry(const struct drp_model_opts *opts, void **self,
                    struct drp_model_info *info, struct drp_err *err)
{
    struct drp_model_opts inner = *opts;
    const struct drp_sv spec = drp_sv_from(opts->spec + strlen("dry:"));
    const struct drp_sv scheme = drp_sv_slice(spec, 0, drp_sv_find(spec, DRP_SV(":"), 0));
    struct dry *d = drp_calloc(1, sizeof *d);
    inner.spec = spec.ptr;
    d->inner = drp_backend_find(scheme, &inner.backend_ctx);
    int rc = 0;
    if (!d->inner)
        rc = drp_fail(err, DRP_EUSAGE, "unknown engine '%.*s'", DRP_SV_ARG(scheme));
    else
        rc = d->inner->open(&inner, &d->self, info, err);
    if (rc < 0)
        free(d);
    else
        *self = d;
    return rc;
}

static void print_call(struct dry *d, const struct drp_call *call)
{
    static const char *const roles[] = {
        [DRP_ROLE_SYSTEM] = "system", [DRP_ROLE_USER] = "user", [DRP_ROLE_ASSISTANT] = "assistant"};
    struct drp_err err = {0};
    size_t n_tokens = 0;
    if (d->inner->count(d->self, call, &n_tokens, &err) < 0)
        printf("==== call %zu: %s\n", ++d->n_calls, err.text);
    else
        printf("==== call %zu: %zu tokens\n", ++d->n_calls, n_tokens);
    for (size_t i = 0; i < call->n_messages; i++)
        printf("---- %s\n%.*s\n", roles[call->messages[i].role],
               DRP_SV_ARG(call->messages[i].text));
}

static const char FEATURES[] =
    "{\"features\":[{\"name\":\"(name)\",\"definition\":\"(definition)\","
    "\"difference\":\"(difference)\"}]}";
static const char ANSWER[] = "(the model's answer)";

/* Lines "word: " of an example with our answer behind each; nothing when it does not consist of such lines. */
static void add_lines_like(struct drp_str *out, struct drp_sv example)
{
    struct drp_sv line;
    while (drp_sv_line(&example, &line)) {
        const size_t colon = drp_sv_find(line, DRP_SV(": "), 0);
        const struct drp_sv word = drp_sv_slice(line, 0, colon);
        if (colon == SIZE_MAX || drp_sv_find(word, DRP_SV(" "), 0) != SIZE_MAX) {
            drp_str_clear(out);
            return;
        }
        drp_str_addf(out, "%.*s: %s\n", DRP_SV_ARG(word), ANSWER);
    }
}

/* An answer of the form that is asked for, so that what continues from it is shown as well. */
static void answer(struct drp_job *job)
{
    const struct drp_call *call = job->call;
    size_t i = 0;
    while (i < call->n_messages && call->messages[i].role != DRP_ROLE_ASSISTANT)
        i++;
    if (call->grammar)
        drp_str_addz(&job->text, FEATURES);
    else if (i < call->n_messages)
        add_lines_like(&job->text, call->messages[i].text);
    if (job->text.len == 0)
        drp_str_addz(&job->text, ANSWER);
    job->finish = DRP_FINISH_STOP;
    job->done(job);
}

static void submit_dry(void *self, struct drp_job **jobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        print_call(self, jobs[i]->call);
    for (size_t i = 0; i < n; i++)
        answer(jobs[i]);
}

static void cancel_dry(void *self, struct drp_job *job)
{
    (void)self;
    (void)job;
}

static int embed_dry(void *self, const struct drp_sv *texts, size_t n, float *vectors,
                     struct drp_err *err)
{
    const struct dry *d = self;
    return d->inner->embed(d->self, texts, n, vectors, err);
}

static int count_dry(void *self, const struct drp_call *call, size_t *n_tokens,
                     struct drp_err *err)
{
    const struct dry *d = self;
    return d->inner->count(d->self, call, n_tokens, err);
}

static void close_dry(void *self)
{
    struct dry *d = self;
    d->inner->close(d->self);
    free(d);
}

static const struct drp_backend backend_dry = {
    .name = "dry",
    .open = open_dry,
    .submit = submit_dry,
    .cancel = cancel_dry,
    .embed = embed_dry,
    .count = count_dry,
    .close = close_dry,
};

/* The methods of the grid over one sample, in its first cell. */
static int show_sample(const struct drp_session *s, const struct drp_grid *grid,
                       const struct drp_sample *sample, struct drp_arena *arena,
                       struct drp_err *err)
{
    struct drp_account account = {0};
    struct drp_method_ctx x = drp_session_ctx(s);
    int rc = 0;
    x.arena = arena;
    x.account = &account;
    x.cell = &grid->cells[0];
    x.mask_peers = !s->options->include_peers;
    for (size_t m = 0; m < grid->n_methods; m++) {
        struct drp_profile profile = {0};
        struct drp_prediction prediction;
        printf("==== method %s, user %.*s\n", grid->methods[m]->name,
               DRP_SV_ARG(sample->user_id));
        if (grid->methods[m]->profile)
            DRP_TRY(rc, grid->methods[m]->profile(&x, sample, &profile, err));
        DRP_TRY(rc, grid->methods[m]->write(&x, sample, &profile, &prediction, err));
    }
out:
    return rc;
}

int drp_dry_run(const struct drp_options *o, const char *dataset_dir, struct drp_err *err)
{
    struct drp_session s = {.options = o};
    struct drp_arena arena;
    struct drp_grid grid;
    struct drp_rows rows = {0};
    struct drp_sample sample;
    int rc = 0;
    drp_arena_init(&arena);
    drp_backend_register(&backend_dry, NULL);
    DRP_TRY(rc, drp_grid_make(o, &arena, &grid, err));
    DRP_TRY(rc, drp_session_open_data(&s, dataset_dir, err));
    DRP_TRY(rc, drp_rows_find(&s, &rows, err));
    if (rows.n == 0)
        DRP_TRY(rc, drp_fail(err, DRP_EINPUT, "no row in split '%s'", o->split.ptr));
    DRP_TRY(rc, drp_session_open_models(&s, NULL, err));
    DRP_TRY(rc, drp_session_open_selector(&s, dataset_dir, err));
    DRP_TRY(rc, drp_selector_fill(s.selector, rows.at[0], NULL, &arena, &sample, err));
    if (!o->include_peers)
        sample = drp_mask_peers(&sample, &arena);
    rc = show_sample(&s, &grid, &sample, &arena, err);
out:
    free(rows.at);
    drp_session_release(&s);
    drp_arena_release(&arena);
    return rc;
}
