#include "run/share.h"

#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/log.h"
#include "io/pg.h"
#include "run/option_value.h"
#include "run/rundir.h"

#include "base/banned.h"

enum { JSON_BYTES = 1 << 20, POLL_MS = 500 };

/* Writes one of a run's texts into the arena. */
typedef void write_part(const struct drp_session *s, struct drp_jw *w);

static struct drp_sv part(const struct drp_session *s, write_part *write,
                          struct drp_arena *arena)
{
    struct drp_str text;
    struct drp_jw w;
    drp_str_init(&text, JSON_BYTES);
    drp_jw_init(&w, &text, 0);
    write(s, &w);
    const struct drp_sv kept = drp_arena_sv(arena, drp_str_sv(&text));
    drp_str_release(&text);
    return kept;
}

static void write_fixed(const struct drp_session *s, struct drp_jw *w)
{
    drp_rundir_write_fixed(s, s->options, w);
}

static void write_shape(const struct drp_session *s, struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_options_write(s->options, DRP_VERB_RUN, DRP_RULE_GRID, w);
    drp_jw_key_int(w, "repeats", s->options->repeats);
    drp_jw_obj_end(w);
}

static void write_options(const struct drp_session *s, struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_options_write(s->options, DRP_SHARED, DRP_RULE_GRID, w);
    drp_options_write(s->options, DRP_SHARED, DRP_RULE_FIXED, w);
    drp_options_write(s->options, DRP_SHARED, DRP_RULE_FREE, w);
    drp_jw_obj_end(w);
}

/* The last part of a path: "b" of "a/b/". */
static struct drp_sv last_part(const char *path)
{
    struct drp_sv sv = drp_sv_from(path);
    while (sv.len > 1 && sv.ptr[sv.len - 1] == '/')
        sv.len--;
    const size_t slash = drp_sv_rfind(sv, DRP_SV("/"));
    return slash == SIZE_MAX || sv.len == 1 ? sv : drp_sv_slice(sv, slash + 1, sv.len);
}

static int check(const struct drp_session *s, struct drp_sv fixed, const char *hint,
                 struct drp_err *err)
{
    struct drp_json *doc = NULL;
    int rc = drp_json_parse(fixed, DRP_JSON_STRICT, &doc, err);
    if (rc == 0)
        rc = drp_rundir_check_fixed(drp_json_root(doc), s, s->options, hint, err);
    drp_json_free(doc);
    return rc;
}

int drp_share_offer(struct drp_session *s, const struct drp_share_place *place,
                    struct drp_arena *arena, struct drp_err *err)
{
    const struct drp_options *o = s->options;
    struct drp_queue_run former;
    struct drp_str dataset;
    drp_str_init(&dataset, 1 << 16);
    drp_fs_absolute(&dataset, place->dataset_dir);
    const struct drp_queue_run run = {
        .name = o->run_name.ptr ? o->run_name : last_part(place->out_dir),
        .dataset = drp_str_sv(&dataset),
        .fixed = part(s, write_fixed, arena),
        .shape = part(s, write_shape, arena),
        .options = part(s, write_options, arena),
    };
    int rc = 0;
    DRP_TRY(rc, drp_queue_open(o->journal.ptr, o->lease, &s->queue, err));
    rc = drp_queue_find(s->queue, run.name, arena, &former, err);
    if (rc == 0)
        rc = check(s, former.fixed, "--name another name", err);
    if (rc < 0 && rc != DRP_ENOTFOUND)
        goto out;
    DRP_TRY(rc, drp_queue_announce(s->queue, &run, err));
    DRP_TRY(rc, drp_queue_join(s->queue, run.name, err));
out:
    drp_str_release(&dataset);
    return rc;
}

static int wait_for_run(struct drp_queue *q, const struct drp_options *o,
                        const struct drp_cancel *cancel, struct drp_arena *arena,
                        struct drp_queue_run *out, struct drp_err *err)
{
    const int64_t end_ms = drp_clock_ms() + o->wait * 1000;
    bool said = false;
    int rc;
    while ((rc = drp_queue_find(q, o->run_name, arena, out, err)) == DRP_ENOTFOUND &&
           drp_clock_ms() < end_ms) {
        if (drp_cancel_level(cancel) > 0)
            return drp_fail(err, DRP_ECANCELLED, "interrupted");
        if (!said)
            drp_log(DRP_LOG_INFO, "%s: waiting for one", err->text);
        said = true;
        drp_clock_sleep_ms(POLL_MS);
    }
    return rc;
}

int drp_share_find(struct drp_session *s, struct drp_options *o,
                   const struct drp_cancel *cancel, struct drp_arena *arena,
                   struct drp_queue_run *out, struct drp_err *err)
{
    struct drp_json *doc = NULL;
    int rc = 0;
    if (!drp_pg_is_url(o->journal))
        return drp_fail(
            err, DRP_EUSAGE,
            "no database: give --journal postgresql://USER@HOST/NAME, as the run has it");
    DRP_TRY(rc, drp_queue_open(o->journal.ptr, o->lease, &s->queue, err));
    DRP_TRY(rc, wait_for_run(s->queue, o, cancel, arena, out, err));
    DRP_TRY(rc, drp_json_parse(out->options, DRP_JSON_STRICT, &doc, err));
    DRP_TRY(rc, drp_options_take(o, drp_json_root(doc), arena, err));
out:
    drp_json_free(doc);
    return rc;
}

int drp_share_join(struct drp_session *s, const struct drp_queue_run *run,
                   struct drp_arena *arena, struct drp_err *err)
{
    int rc = 0;
    DRP_TRY(rc, check(s, run->fixed, "--name another run", err));
    if (!drp_sv_eq(part(s, write_shape, arena), run->shape))
        DRP_TRY(rc, drp_fail(err, DRP_EEXISTS,
                             "the run has other methods or cells: give the worker none, it takes them "
                             "from the run"));
    DRP_TRY(rc, drp_queue_join(s->queue, run->name, err));
out:
    return rc;
}
