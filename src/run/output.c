/* Invariants: `next` is the first sample that is not written; slot i % WINDOW holds sample i while next ≤ i <
 * next + WINDOW. Everything is under the mutex. */
#include "run/output.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/thread.h"

#include "base/banned.h"

enum { WINDOW = 1024, PUBLISH_MS = 30000 };

static const char *const file_names[DRP_N_RUN_FILES] = {
    [DRP_PREDICTIONS] = "predictions.jsonl",
    [DRP_FEATURES] = "features.jsonl",
    [DRP_DIFFERENCES] = "differences.jsonl",
};

struct slot {
    struct drp_sample_lines lines;
    bool is_there;
};

struct drp_output {
    struct drp_mutex mutex;
    struct drp_cond room;
    struct drp_outfile *files[DRP_N_RUN_FILES];
    struct slot *slots; /* (WINDOW) */
    size_t next;
    int64_t published_ms;
};

void drp_sample_lines_init(struct drp_sample_lines *l)
{
    for (size_t f = 0; f < DRP_N_RUN_FILES; f++)
        drp_str_init(&l->at[f], SIZE_MAX / 4);
}

void drp_sample_lines_release(struct drp_sample_lines *l)
{
    for (size_t f = 0; f < DRP_N_RUN_FILES; f++)
        drp_str_release(&l->at[f]);
}

int drp_output_open(const char *dir, struct drp_output **out, struct drp_err *err)
{
    struct drp_output *o = drp_calloc(1, sizeof *o);
    struct drp_str path;
    int rc = 0;
    drp_str_init(&path, 1 << 16);
    drp_mutex_init(&o->mutex);
    drp_cond_init(&o->room);
    o->slots = drp_calloc(WINDOW, sizeof *o->slots);
    o->published_ms = drp_clock_ms();
    for (size_t f = 0; f < DRP_N_RUN_FILES && rc == 0; f++)
        rc = drp_outfile_open(drp_fs_join(&path, dir, file_names[f]), true, &o->files[f],
                              err);
    drp_str_release(&path);
    if (rc < 0) {
        for (size_t f = 0; f < DRP_N_RUN_FILES; f++)
            drp_outfile_abort(o->files[f]);
        drp_cond_release(&o->room);
        drp_mutex_release(&o->mutex);
        free(o->slots);
        free(o);
        o = NULL;
    }
    *out = o;
    return rc;
}

static void write_slot(struct drp_output *o, struct slot *slot)
{
    for (size_t f = 0; f < DRP_N_RUN_FILES; f++)
        drp_outfile_add(o->files[f], drp_str_sv(&slot->lines.at[f]));
    drp_sample_lines_release(&slot->lines);
    slot->is_there = false;
}

void drp_output_put(struct drp_output *o, size_t i, struct drp_sample_lines *lines)
{
    drp_mutex_lock(&o->mutex);
    while (i >= o->next + WINDOW)
        drp_cond_wait(&o->room, &o->mutex);
    o->slots[i % WINDOW] = (struct slot){*lines, true};
    drp_sample_lines_init(lines);
    for (struct slot *slot; (slot = &o->slots[o->next % WINDOW])->is_there; o->next++)
        write_slot(o, slot);
    drp_cond_broadcast(&o->room);
    drp_mutex_unlock(&o->mutex);
}

int drp_output_tick(struct drp_output *o, struct drp_err *err)
{
    int rc = 0;
    drp_mutex_lock(&o->mutex);
    if (drp_clock_ms() - o->published_ms >= PUBLISH_MS) {
        for (size_t f = 0; f < DRP_N_RUN_FILES && rc == 0; f++)
            rc = drp_outfile_publish(o->files[f], err);
        o->published_ms = drp_clock_ms();
    }
    drp_mutex_unlock(&o->mutex);
    return rc;
}

int drp_output_close(struct drp_output *o, struct drp_err *err)
{
    int rc = 0;
    if (!o)
        return 0;
    for (size_t i = o->next; i < o->next + WINDOW; i++)
        if (o->slots[i % WINDOW].is_there)
            write_slot(o, &o->slots[i % WINDOW]);
    for (size_t f = 0; f < DRP_N_RUN_FILES; f++) {
        if (rc == 0)
            rc = drp_outfile_commit(o->files[f], err);
        else
            drp_outfile_abort(o->files[f]);
    }
    drp_cond_release(&o->room);
    drp_mutex_release(&o->mutex);
    free(o->slots);
    free(o);
    return rc;
}
