/* The back-end "replay" has no answers: drp_ask() finds them in the journal before it would ask. Whoever is not there
 * is told so. It knows from run.json what the model was. */
#include "run/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "engine/backend.h"
#include "method/stage.h"

#include "base/banned.h"

#define SCHEME "replay:"

static const char NOT_KEPT[] = "not in the journal";

/* A model of the run; `opts` and what it points to are copies. */
struct replay {
    struct drp_arena arena;
    struct drp_model_opts opts;
    struct drp_server_opts server;
    struct drp_model *model; /* opened when first needed */
};

/* ---- the back-end ------------------------------------------------------------------------- */

static const char *copy_z(struct drp_arena *arena, const char *z)
{
    return drp_arena_sv(arena, drp_sv_from(z)).ptr;
}

/* Keeps what opens the model later. Of what options point to, the URLs live as long as the options. */
static struct replay *keep_opts(const struct drp_model_opts *opts)
{
    struct replay *r = drp_calloc(1, sizeof *r);
    r->opts = *opts;
    r->opts.spec = copy_z(&r->arena, opts->spec + strlen(SCHEME));
    r->opts.template_name = copy_z(&r->arena, opts->template_name);
    r->opts.think_tags = copy_z(&r->arena, opts->think_tags);
    r->opts.journal = NULL;
    if (opts->server) {
        r->server = *opts->server;
        r->server.api_key = copy_z(&r->arena, opts->server->api_key);
        r->opts.server = &r->server;
    }
    return r;
}

static void close_replay(void *self)
{
    struct replay *r = self;
    drp_model_free(r->model);
    drp_arena_release(&r->arena);
    free(r);
}

static int open_replay(const struct drp_model_opts *opts, void **self,
                       struct drp_model_info *info, struct drp_err *err)
{
    const struct drp_former *f = opts->backend_ctx;
    const struct drp_sv spec = drp_sv_from(opts->spec + strlen(SCHEME));
    for (size_t task = 0; task < DRP_N_TASKS; task++)
        if (f->has_model[task] && (task == DRP_EMBEDDER) == opts->embedding &&
            drp_sv_eq(f->models[task].spec, spec)) {
            *info = f->models[task];
            *self = keep_opts(opts);
            return 0;
        }
    return drp_fail(err, DRP_EINPUT, "run '%s' had no model '%.*s'", f->dir,
                    DRP_SV_ARG(spec));
}

static void submit_replay(void *self, struct drp_job **jobs, size_t n)
{
    (void)self;
    for (size_t i = 0; i < n; i++) {
        jobs[i]->status = DRP_ENOTFOUND;
        drp_str_addz(&jobs[i]->error, NOT_KEPT);
        jobs[i]->done(jobs[i]);
    }
}

static void cancel_replay(void *self, struct drp_job *job)
{
    (void)self;
    (void)job;
}

static int need_model(struct replay *r, const char *what, struct drp_err *err)
{
    const int rc = r->model ? 0 : drp_model_open(&r->opts, &r->model, err);
    if (rc < 0)
        drp_err_prefix(err, "the run's model is needed %s", what);
    return rc;
}

static int embed_replay(void *self, const struct drp_sv *texts, size_t n, float *vectors,
                        struct drp_err *err)
{
    struct replay *r = self;
    const int rc = need_model(r, "for the vectors of texts", err);
    return rc < 0 ? rc : drp_embed(r->model, texts, n, vectors, err);
}

static int count_replay(void *self, const struct drp_call *call, size_t *n_tokens,
                        struct drp_err *err)
{
    struct replay *r = self;
    const int rc = need_model(r, "to count the tokens of a prompt", err);
    return rc < 0 ? rc : drp_count(r->model, call, n_tokens, err);
}

static const struct drp_backend backend_replay = {
    .name = "replay",
    .open = open_replay,
    .submit = submit_replay,
    .cancel = cancel_replay,
    .embed = embed_replay,
    .count = count_replay,
    .close = close_replay,
};

/* ---- opening ------------------------------------------------------------------------------ */

int drp_replay_open(struct drp_former *f, struct drp_session *s, struct drp_err *err)
{
    int rc = 0;
    drp_backend_register(&backend_replay, f);
    s->replays = true;
    if (!f->dataset || drp_fs_kind(f->dataset) != DRP_FS_FOLDER)
        DRP_TRY(rc, drp_fail(err, DRP_ENOTFOUND,
                             "no dataset at '%s', where run '%s' had it: name its folder "
                             "behind the run",
                             f->dataset ? f->dataset : "", f->dir));
    DRP_TRY(rc, drp_session_open_data(s, f->dataset, err));
    DRP_TRY(rc, drp_former_check_dataset(f, s->dataset, err));
    DRP_TRY(rc, drp_session_open_models(s, f->journal, err));
    DRP_TRY(rc, drp_former_check_prompts(f, s->prompts, err));
    DRP_TRY(rc, drp_session_open_selector(s, f->dataset, err));
out:
    return rc;
}

/* ---- a prediction ------------------------------------------------------------------------- */

struct recording {
    struct drp_arena *arena;
    DRP_VEC(struct drp_exchange) calls;
};

static void record(void *ctx, const struct drp_exchange *e)
{
    struct recording *r = ctx;
    struct drp_call *call = drp_arena_new(r->arena, struct drp_call, 1);
    struct drp_reply *reply = drp_arena_new(r->arena, struct drp_reply, 1);
    *call = *e->call;
    *reply = *e->reply;
    struct drp_exchange kept = *e;
    kept.call = call;
    kept.reply = reply;
    drp_vec_add(&r->calls, kept);
}

static bool is_missing(const struct drp_exchange *e)
{
    return e->reply->status == DRP_ENOTFOUND && drp_sv_is(e->reply->error, NOT_KEPT);
}

int drp_replay(const struct drp_session *s, const struct drp_sample *sample,
               struct drp_arena *arena, struct drp_replayed *out, struct drp_err *err)
{
    struct recording recording = {.arena = arena};
    struct drp_method_ctx x = drp_session_ctx(s);
    x.arena = arena;
    x.account = &out->account;
    x.cell = out->cell;
    x.cancel = s->cancel;
    x.on_exchange = record;
    x.on_exchange_ctx = &recording;
    int rc =
        drp_method_predict(&x, out->method, sample, &out->profile, &out->prediction, err);
    out->n_calls = recording.calls.n;
    out->calls = drp_arena_new(arena, struct drp_exchange, recording.calls.n);
    for (size_t i = 0; i < recording.calls.n; i++) {
        out->calls[i] = recording.calls.at[i];
        out->n_missing += is_missing(&out->calls[i]);
    }
    drp_vec_release(&recording.calls);
    if (rc == DRP_ENOTFOUND && out->n_missing > 0) {
        out->prediction = (struct drp_prediction){0};
        rc = 0;
    }
    return rc;
}

/* ---- whose texts -------------------------------------------------------------------------- */

/* Others by their subjects, in order of appearance. */
struct others {
    DRP_VEC(uint64_t) subjects;
};

static size_t number_of(const struct others *o, uint64_t subject)
{
    for (size_t i = 0; i < o->subjects.n; i++)
        if (o->subjects.at[i] == subject)
            return i + 1;
    return 0;
}

static void find_others(struct others *o, uint64_t self, const struct drp_replayed *r)
{
    for (size_t c = 0; c < r->n_calls; c++)
        for (size_t i = 0; i < r->calls[c].call->n_subjects; i++) {
            const uint64_t subject = r->calls[c].call->subjects[i];
            if (subject != self && number_of(o, subject) == 0)
                drp_vec_add(&o->subjects, subject);
        }
}

static void hide_review(const struct drp_review *r, size_t peer, struct drp_veil *q)
{
    drp_veil_hide(q, "review", peer, r->text);
    drp_veil_hide(q, "title", peer, r->title);
}

/* Of what others wrote about, descriptions are their own where nobody shares an item. */
static void hide_row(const struct drp_session *s, const struct drp_row *row, size_t peer,
                     struct drp_veil *q)
{
    const bool own_items = drp_sv_is(s->options->task, "generic");
    for (size_t i = 0; i < row->profile.n; i++) {
        const struct drp_review *r = row->profile.at[i];
        hide_review(r, peer, q);
        if (own_items)
            drp_veil_hide(q, "description", peer,
                          drp_dataset_item(s->dataset, r->item)->description);
    }
    hide_review(row->target, peer, q);
}

static void allow_review(const struct drp_session *s, const struct drp_review *r,
                         struct drp_veil *q)
{
    const struct drp_item *item = drp_dataset_item(s->dataset, r->item);
    drp_veil_allow(q, r->text);
    drp_veil_allow(q, r->title);
    drp_veil_allow(q, item->title);
    drp_veil_allow(q, item->description);
}

void drp_replay_hide(const struct drp_session *s, const struct drp_sample *sample,
                     const struct drp_replayed *all, size_t n, struct drp_veil *q)
{
    const uint64_t self = drp_subject(sample->user_id);
    struct others others = {0};
    for (size_t i = 0; i < n; i++)
        find_others(&others, self, &all[i]);
    for (size_t i = 0; i < drp_dataset_n_rows(s->dataset); i++) {
        const struct drp_row *row = drp_dataset_row(s->dataset, i);
        const uint64_t subject = drp_subject(drp_dataset_user_id(s->dataset, row->user));
        const size_t peer = number_of(&others, subject);
        if (peer > 0)
            hide_row(s, row, peer, q);
    }
    for (size_t i = 0; i < sample->profile.n; i++)
        allow_review(s, sample->profile.at[i], q);
    allow_review(s, drp_dataset_row(s->dataset, sample->row)->target, q);
    drp_vec_release(&others.subjects);
}
