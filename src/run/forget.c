/* Order: journals are opened first, so that no run writes meanwhile, and changed last: what makes the person known goes
 * at the end. */
#include "run/forget.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/assets.h"
#include "base/base.h"
#include "base/fs.h"
#include "data/removal.h"
#include "engine/prompt.h"
#include "engine/upkeep.h"
#include "io/pg.h"
#include "method/stage.h"
#include "run/line_filter.h"
#include "run/queue_lines.h"
#include "run/run_json.h"

#include "base/banned.h"

enum { MAX_PATH_BYTES = 1 << 16, MAX_JOURNALS = 2, N_FILES = 3 };

static const char *const files[N_FILES] = {"predictions.jsonl", "features.jsonl",
                                           "differences.jsonl"};
static const char *const known[] = {"predictions.jsonl", "features.jsonl",
                                    "differences.jsonl", "run.json",
                                    "metrics.json",      "journal.db"};

/* The work on one run. */
struct forgetting {
    const struct drp_forget_opts *opts;
    struct drp_arena *arena;
    struct drp_forgotten *out;
    struct drp_run_places places;
    uint64_t subject;
    struct drp_sv where[MAX_JOURNALS]; /* (n_journals) */
    struct drp_upkeep *journals[MAX_JOURNALS];
    size_t n_journals;
    struct drp_quotes quotes;
    struct drp_line_filter filter;
    struct drp_line_counts counts[N_FILES], queue;
    bool is_listed, in_dataset;
};

static const char *path_of(const struct forgetting *f, const char *name,
                           struct drp_str *path)
{
    return drp_fs_join(path, f->opts->dir, name);
}

/* ---- journals ----------------------------------------------------------------------------- */

static int open_journal(struct forgetting *f, struct drp_sv where, struct drp_err *err)
{
    struct drp_upkeep **journal = &f->journals[f->n_journals];
    const int rc = drp_upkeep_open(where.ptr, true, journal, err);
    if (rc == 0)
        f->where[f->n_journals++] = where;
    return rc;
}

/* The one that the run names, and the one of its folder, where a judge's calls may be. */
static int open_journals(struct forgetting *f, struct drp_err *err)
{
    const struct drp_sv own = drp_arena_f(f->arena, "%s/journal.db", f->opts->dir);
    const struct drp_sv named = f->opts->journal.ptr ? f->opts->journal : f->places.journal;
    int rc = 0;
    if (drp_fs_kind(own.ptr) == DRP_FS_FILE)
        DRP_TRY(rc, open_journal(f, own, err));
    if (!named.ptr || drp_sv_eq(named, own))
        goto out;
    if (!drp_pg_is_url(named) && drp_fs_kind(named.ptr) == DRP_FS_NONE)
        rc = drp_fail(err, DRP_ENOTFOUND,
                      "no journal '%.*s', which the run names: --journal says where it is",
                      DRP_SV_ARG(named));
    else
        rc = open_journal(f, named, err);
out:
    return rc;
}

/* ---- words -------------------------------------------------------------------------------- */

static void add_own(void *ctx, const struct drp_person_text *text)
{
    if (!text->is_own)
        return;
    drp_quotes_add(ctx, text->title);
    drp_quotes_add(ctx, text->text);
}

static void except_others(void *ctx, const struct drp_person_text *text)
{
    if (text->is_own)
        return;
    drp_quotes_except(ctx, text->title);
    drp_quotes_except(ctx, text->text);
}

/* The words of prompts are nobody's. */
static int except_prompts(struct forgetting *f, struct drp_err *err)
{
    static const struct drp_sv prefix = {"prompts/", 8}, suffix = {".txt", 4};
    struct drp_prompts *prompts = NULL;
    const struct drp_sv dir = f->places.prompts;
    const bool is_there = dir.ptr && drp_fs_kind(dir.ptr) == DRP_FS_FOLDER;
    int rc = 0;
    DRP_TRY(rc, drp_prompts_open(is_there ? dir.ptr : NULL, &prompts, err));
    for (size_t i = 0; i < drp_n_assets; i++) {
        const struct drp_sv name = drp_sv_from(drp_assets[i].name);
        if (!drp_sv_starts(name, prefix) || !drp_sv_ends(name, suffix))
            continue;
        const struct drp_sv word =
            drp_arena_sv(f->arena, drp_sv_slice(name, prefix.len, name.len - suffix.len));
        drp_quotes_except(&f->quotes, drp_prompts_get(prompts, word.ptr));
    }
out:
    drp_prompts_free(prompts);
    return rc;
}

static int add_asked(void *ctx, const struct drp_kept_call *call, struct drp_err *err)
{
    (void)err;
    for (size_t i = 0; i < call->n_turns; i++)
        if (drp_sv_is(call->turns[i].role, "user"))
            drp_quotes_add(ctx, call->turns[i].text);
    return 0;
}

/* From the texts of the dataset; where it does not have them, from the prompts that held them. */
static int learn_words(struct forgetting *f, struct drp_err *err)
{
    const struct drp_forget_opts *o = f->opts;
    const struct drp_person_reader own = {add_own, &f->quotes};
    const struct drp_person_reader others = {except_others, &f->quotes};
    const struct drp_call_reader asked = {add_asked, &f->quotes};
    const struct drp_sv dataset = f->places.dataset;
    const bool has_dataset = dataset.ptr && drp_person_is_dataset(dataset.ptr);
    struct drp_person_counts counts;
    int rc = 0;
    if (has_dataset) {
        DRP_TRY(rc, drp_person_read(dataset.ptr, o->user, &own, &counts, err));
        f->in_dataset = drp_person_is_there(&counts);
    }
    f->out->guessed = !f->in_dataset;
    for (size_t i = 0; i < f->n_journals && !f->in_dataset; i++)
        DRP_TRY(rc, drp_upkeep_each(f->journals[i], &f->subject, &asked, err));
    if (has_dataset)
        DRP_TRY(rc, drp_person_read(dataset.ptr, o->user, &others, &counts, err));
    DRP_TRY(rc, except_prompts(f, err));
out:
    return rc;
}

/* ---- is the person there? ----------------------------------------------------------------- */

static int filter_files(struct forgetting *f, bool write, struct drp_err *err)
{
    struct drp_str path;
    int rc = 0;
    drp_str_init(&path, MAX_PATH_BYTES);
    for (size_t i = 0; i < N_FILES && rc == 0; i++)
        rc = drp_line_filter_file(&f->filter, path_of(f, files[i], &path), write,
                                  &f->counts[i], err);
    drp_str_release(&path);
    return rc;
}

static int filter_queues(struct forgetting *f, bool write, struct drp_err *err)
{
    int rc = 0;
    f->queue = (struct drp_line_counts){0};
    for (size_t i = 0; i < f->n_journals && rc == 0; i++)
        if (drp_pg_is_url(f->where[i]))
            rc = drp_queue_lines_forget(f->where[i].ptr, &f->filter, write, &f->queue, err);
    return rc;
}

static int find_person(struct forgetting *f, struct drp_err *err)
{
    const struct drp_sv user = f->opts->user;
    bool found = false;
    int rc = 0;
    DRP_TRY(rc, drp_run_lists_user(f->opts->dir, user, &f->is_listed, err));
    DRP_TRY(rc, filter_files(f, false, err));
    DRP_TRY(rc, filter_queues(f, false, err));
    found = f->is_listed || f->queue.own > 0;
    for (size_t i = 0; i < N_FILES; i++)
        found = found || f->counts[i].own > 0;
    for (size_t i = 0; i < f->n_journals && !found; i++)
        DRP_TRY(rc, drp_upkeep_knows(f->journals[i], f->subject, &found, err));
    if (!found)
        rc = drp_fail(err, DRP_ENOTFOUND,
                      "unknown user '%.*s' in '%s': no line and no call is about them",
                      DRP_SV_ARG(user), f->opts->dir);
out:
    return rc;
}

/* ---- taking out --------------------------------------------------------------------------- */

/* Scores are of all texts together: without some they are those of nothing. */
static int remove_metrics(struct forgetting *f, struct drp_err *err)
{
    struct drp_str path;
    int rc = 0;
    drp_str_init(&path, MAX_PATH_BYTES);
    if (drp_fs_kind(path_of(f, "metrics.json", &path)) == DRP_FS_FILE) {
        if (drp_fs_is_faulty() || unlink(path.ptr) != 0)
            rc = drp_fs_fail(err, errno, "remove", path.ptr);
        else
            drp_forgotten_add(f->out, DRP_SV("metrics.json"), "file", 1, 0);
    }
    drp_str_release(&path);
    return rc;
}

static int forget_files(struct forgetting *f, struct drp_err *err)
{
    int rc = 0;
    DRP_TRY(rc, drp_forgotten_sweep(f->opts->dir, f->out, err));
    DRP_TRY(rc, remove_metrics(f, err));
    DRP_TRY(rc, filter_files(f, true, err));
    for (size_t i = 0; i < N_FILES; i++)
        drp_forgotten_add(f->out, drp_sv_from(files[i]), "line", f->counts[i].own,
                          f->counts[i].quoting);
    if (f->is_listed) {
        DRP_TRY(rc, drp_run_drop_user(f->opts->dir, f->opts->user, err));
        drp_forgotten_add(f->out, DRP_SV("run.json"), "name", 1, 0);
    }
    DRP_TRY(rc, filter_queues(f, true, err));
    if (f->queue.own + f->queue.quoting > 0)
        drp_forgotten_add(f->out, DRP_SV("work queue"), "line", f->queue.own,
                          f->queue.quoting);
out:
    return rc;
}

/* Words that were guessed are no reason to throw calls away: they stand in too many. */
static int forget_calls(struct forgetting *f, struct drp_err *err)
{
    static const struct drp_quotes none;
    const struct drp_quotes *quotes = f->out->guessed ? &none : &f->quotes;
    int rc = 0;
    for (size_t i = 0; i < f->n_journals; i++) {
        struct drp_erased erased = {0};
        DRP_TRY(rc, drp_upkeep_forget(f->journals[i], f->subject, quotes, &erased, err));
        DRP_TRY(rc, drp_upkeep_vacuum(f->journals[i], &erased, err));
        drp_forgotten_add(f->out, f->where[i], "call", erased.calls, erased.quoting);
        drp_forgotten_add(f->out, f->where[i], "text", erased.bodies, 0);
    }
out:
    return rc;
}

int drp_forget_run(const struct drp_forget_opts *opts, struct drp_arena *arena,
                   struct drp_forgotten *out, struct drp_err *err)
{
    struct forgetting f = {.opts = opts, .arena = arena, .out = out};
    int rc = 0;
    *out = (struct drp_forgotten){0};
    f.subject = drp_subject(opts->user);
    f.filter = (struct drp_line_filter){opts->user, &f.quotes};
    DRP_TRY(rc, drp_run_places_read(opts->dir, arena, &f.places, err));
    DRP_TRY(rc, open_journals(&f, err));
    DRP_TRY(rc, learn_words(&f, err));
    DRP_TRY(rc, find_person(&f, err));
    DRP_TRY(rc, forget_files(&f, err));
    DRP_TRY(rc, forget_calls(&f, err));
    if (f.in_dataset)
        out->dataset = f.places.dataset;
    DRP_TRY(rc, drp_forgotten_warn(opts->dir, known, DRP_LEN(known), err));
out:
    for (size_t i = 0; i < f.n_journals; i++)
        drp_upkeep_free(f.journals[i]);
    drp_quotes_release(&f.quotes);
    return rc;
}
