/* A writer keeps options as they were set; they are settled, which applies presets, when it is opened, and anew for a
 * text with choices of its own. A text gets a dataset, vectors and a selector for itself; models, journal and
 * prompts are the writer's. */
#include "drp/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/choose.h"
#include "api/work.h"
#include "base/base.h"
#include "base/thread.h"
#include "run/cells.h"

#include "base/banned.h"

/* A text that is being written. */
struct running {
    struct drp_cancel cancel;
    struct running *next;
    const struct drp_write_opts *opts;
};

struct drp_writer {
    struct drp_arena arena;
    struct drp_options asked, options; /* as set; settled, once it is open         */
    struct drp_session session;
    bool is_open;
    DRP_VEC(struct drp_own_method) methods;
    struct drp_mutex lock; /* guards `running`                         */
    struct running *running;
};

/* Who writes: one of ours or a program's. */
struct hand {
    const struct drp_method *ours;
    const struct drp_own_method *own;
};

/* ---- the writer --------------------------------------------------------------------------- */

int drp_writer_new(struct drp_writer **out, struct drp_err *err)
{
    struct drp_writer *w = drp_calloc(1, sizeof *w);
    drp_arena_init(&w->arena);
    drp_mutex_init(&w->lock);
    const int rc = drp_options_default(&w->asked, &w->arena, err);
    *out = NULL;
    if (rc < 0)
        drp_writer_free(w);
    else
        *out = w;
    return rc;
}

void drp_writer_free(struct drp_writer *w)
{
    if (!w)
        return;
    drp_session_release(&w->session);
    drp_vec_release(&w->methods);
    drp_mutex_release(&w->lock);
    drp_arena_release(&w->arena);
    free(w);
}

static int check_closed(const struct drp_writer *w, struct drp_err *err)
{
    return w->is_open ? drp_fail(err, DRP_EUSAGE,
                                 "the writer is open: set options and add methods before")
                      : 0;
}

int drp_writer_set(struct drp_writer *w, const char *name, const char *value,
                   struct drp_err *err)
{
    const struct drp_choice choice = {name, value};
    const int rc = check_closed(w, err);
    return rc < 0 ? rc : drp_choose(&w->asked, &choice, false, &w->arena, err);
}

static const struct drp_own_method *find_own(const struct drp_writer *w, struct drp_sv name)
{
    for (size_t i = 0; i < w->methods.n; i++)
        if (drp_sv_is(name, w->methods.at[i].name))
            return &w->methods.at[i];
    return NULL;
}

static bool is_method_name(const char *name)
{
    return name && *name &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

int drp_writer_add_method(struct drp_writer *w, const struct drp_own_method *m,
                          struct drp_err *err)
{
    const int rc = check_closed(w, err);
    const struct drp_method *ours;
    if (rc < 0)
        return rc;
    if (!is_method_name(m->name))
        return drp_fail(err, DRP_EUSAGE,
                        "bad name '%s' of a method: small letters, digits and '-'",
                        m->name ? m->name : "");
    if (!m->write)
        return drp_fail(err, DRP_EUSAGE, "method '%s' has no function write", m->name);
    const struct drp_sv name = drp_sv_from(m->name);
    if (drp_sv_is(name, "all") || find_own(w, name) ||
        drp_method_find(name, &ours, NULL) == 0)
        return drp_fail(err, DRP_EUSAGE,
                        "method '%s' is there already: take another name", m->name);
    struct drp_own_method own = *m;
    own.name = drp_arena_sv(&w->arena, name).ptr;
    drp_vec_add(&w->methods, own);
    return 0;
}

static int find_hand(const struct drp_writer *w, const struct drp_options *o,
                     struct hand *out, struct drp_err *err)
{
    *out = (struct hand){0};
    if (o->methods.n != 1)
        return drp_fail(err, DRP_EUSAGE, "one method writes a text: %zu are given",
                        o->methods.n);
    out->own = find_own(w, o->methods.at[0]);
    return out->own ? 0 : drp_method_find(o->methods.at[0], &out->ours, err);
}

int drp_writer_open(struct drp_writer *w, struct drp_err *err)
{
    struct hand hand;
    int rc = 0;
    DRP_TRY(rc, check_closed(w, err));
    w->options = w->asked;
    w->session = (struct drp_session){.options = &w->options};
    DRP_TRY(rc, drp_options_settle(&w->options, &w->arena, err));
    DRP_TRY(rc, find_hand(w, &w->options, &hand, err));
    DRP_TRY(rc, drp_session_open_models(&w->session, w->options.journal.ptr, err));
    DRP_TRY(rc, drp_session_open_embedder(&w->session, err));
    w->is_open = true;
out:
    if (rc < 0 && !w->is_open)
        drp_session_release(&w->session);
    return rc;
}

/* ---- stopping ----------------------------------------------------------------------------- */

static void start_running(struct drp_writer *w, struct running *r)
{
    drp_mutex_lock(&w->lock);
    r->next = w->running;
    w->running = r;
    drp_mutex_unlock(&w->lock);
}

static void end_running(struct drp_writer *w, const struct running *r)
{
    drp_mutex_lock(&w->lock);
    struct running **at = &w->running;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    drp_mutex_unlock(&w->lock);
}

void drp_writer_interrupt(struct drp_writer *w)
{
    drp_mutex_lock(&w->lock);
    for (struct running *r = w->running; r; r = r->next)
        drp_cancel_raise(&r->cancel, 2);
    drp_mutex_unlock(&w->lock);
}

static void pass_piece(void *ctx, struct drp_sv piece)
{
    struct running *r = ctx;
    if (drp_cancel_level(&r->cancel) == 0 && r->opts->on_piece(r->opts->ctx, piece) != 0)
        drp_cancel_raise(&r->cancel, 2);
}

/* ---- one text ----------------------------------------------------------------------------- */

/* The options of one text. */
static int choose_all(const struct drp_writer *w, const struct drp_write_opts *opts,
                      struct drp_arena *arena, struct drp_options *out, struct drp_err *err)
{
    int rc = 0;
    *out = opts->n_choices > 0 ? w->asked : w->options;
    for (size_t i = 0; i < opts->n_choices && rc == 0; i++)
        rc = drp_choose(out, &opts->choices[i], true, arena, err);
    return rc == 0 && opts->n_choices > 0 ? drp_options_settle(out, arena, err) : rc;
}

static int first_cell(const struct drp_options *o, struct drp_arena *arena,
                      const struct drp_cell **out, struct drp_err *err)
{
    struct drp_options without_methods = *o;
    struct drp_grid grid;
    without_methods.methods = (struct drp_strings){0};
    const int rc = drp_grid_make(&without_methods, arena, &grid, err);
    *out = grid.cells;
    return rc;
}

static int predict(struct drp_work *work, const struct hand *hand, struct drp_err *err)
{
    if (hand->own)
        return drp_work_run(work, hand->own, err);
    assert(hand->ours); /* find_hand() has failed otherwise */
    return drp_method_predict(&work->x, hand->ours, &work->sample, &work->profile,
                              &work->prediction, err);
}

/* All but what is the writer's. */
static void release_session(struct drp_session *s, const struct drp_session *writers)
{
    drp_selector_free(s->selector);
    if (s->vectors != writers->vectors)
        drp_vectors_free(s->vectors);
    drp_lexicon_free(s->lexicon);
    drp_dataset_free(s->dataset);
}

static int write_one(struct drp_writer *w, struct running *r,
                     const struct drp_person *person, const struct drp_text *target,
                     struct drp_work *work, struct drp_err *err)
{
    struct drp_arena *arena = work->x.arena;
    struct drp_session *s = &work->session;
    struct hand hand;
    size_t row = 0;
    int rc = 0;
    *s = w->session;
    s->options = &work->options;
    s->cancel = &r->cancel;
    DRP_TRY(rc, choose_all(w, r->opts, arena, &work->options, err));
    DRP_TRY(rc, find_hand(w, &work->options, &hand, err));
    DRP_TRY(rc, drp_session_open_texts(s, person, target, &row, err));
    DRP_TRY(rc, drp_session_open_selector(s, NULL, err));
    DRP_TRY(rc, drp_selector_fill(s->selector, row, NULL, arena, &work->sample, err));
    work->x = drp_session_ctx(s);
    work->x.arena = arena;
    work->x.account = &work->account;
    work->x.cancel = &r->cancel;
    work->x.on_text = r->opts->on_piece ? pass_piece : NULL;
    work->x.on_text_ctx = r;
    DRP_TRY(rc, first_cell(&work->options, arena, &work->x.cell, err));
    DRP_TRY(rc, predict(work, &hand, err));
out:
    rc = drp_session_end(s, rc, err);
    release_session(s, &w->session);
    return rc;
}

/* ---- what came of it ---------------------------------------------------------------------- */

struct result {
    struct drp_written written; /* first: it is what the caller holds */
    struct drp_arena arena;
};

static struct drp_sv keep(struct result *r, struct drp_sv text)
{
    return drp_arena_sv(&r->arena, text.ptr ? text : DRP_SV(""));
}

static void keep_differences(struct result *r, const struct drp_features *features)
{
    struct drp_difference *out =
        drp_arena_new(&r->arena, struct drp_difference, features->n);
    for (size_t i = 0; i < features->n; i++) {
        const struct drp_feature *f = &features->at[i];
        out[i] = (struct drp_difference){
            .name = keep(r, f->name),
            .description = keep(r, f->description),
            .kept = f->kept,
            .reason = keep(r, drp_sv_from(f->reason)),
        };
    }
    r->written.differences = out;
    r->written.n_differences = features->n;
}

static struct drp_written *result_of(const struct drp_work *work)
{
    struct result *r = drp_calloc(1, sizeof *r);
    drp_arena_init(&r->arena);
    r->written.text = keep(r, work->prediction.text);
    r->written.profile = keep(r, work->profile.summary);
    r->written.fallback = keep(r, drp_sv_from(work->prediction.fallback));
    r->written.finish = keep(r, drp_sv_from(drp_finish_name(work->prediction.finish)));
    keep_differences(r, &work->profile.features);
    return &r->written;
}

void drp_written_free(struct drp_written *written)
{
    struct result *r = (struct result *)(void *)written;
    if (!r)
        return;
    drp_arena_release(&r->arena);
    free(r);
}

/* wide: the public signature */
int drp_write(struct drp_writer *w, const struct drp_person *person,
              const struct drp_text *target, const struct drp_write_opts *opts,
              struct drp_written **out, struct drp_err *err)
{
    static const struct drp_write_opts defaults;
    struct drp_arena arena = {0};
    struct drp_work work = {.x = {.arena = &arena}};
    struct running running = {.opts = opts ? opts : &defaults};
    *out = NULL;
    if (!w->is_open)
        return drp_fail(err, DRP_EUSAGE,
                        "the writer is not open: call drp_writer_open() first");
    start_running(w, &running);
    const int rc = write_one(w, &running, person, target, &work, err);
    end_running(w, &running);
    if (rc == 0)
        *out = result_of(&work);
    drp_arena_release(&arena);
    return rc;
}
