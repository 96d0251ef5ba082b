/*
 * Files are written into `staging`: PATH.partial when PATH is not there, so that one
 * rename is enough, else PATH/.partial, which is on the same file system whatever PATH
 * is. A killed process leaves it behind; the next one uses and removes it.
 */
#include "data/outdir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"

#include "base/banned.h"

enum { MAX_PATH = 8192, MAX_MARKED = 1 << 20 };

struct drp_outdir {
    const struct drp_outdir_kind *kind;
    struct drp_str path, staging;
    bool is_new;    /* path was not there                       */
    bool was_empty; /* path was there and held nothing          */
};

/* ---- what is there already ---- */

static bool is_of_kind(const struct drp_outdir *o)
{
    struct drp_str path, bytes;
    struct drp_err ignored = {0};
    drp_str_init(&path, MAX_PATH);
    drp_str_init(&bytes, MAX_MARKED);
    drp_fs_join(&path, o->path.ptr, o->kind->names[o->kind->n - 1]);
    const bool is_marked = drp_fs_read(path.ptr, &bytes, &ignored) == 0 &&
                           drp_sv_find(drp_str_sv(&bytes), o->kind->mark, 0) != SIZE_MAX;
    drp_str_release(&bytes);
    drp_str_release(&path);
    return is_marked;
}

static int check_place(struct drp_outdir *o, struct drp_err *err)
{
    int rc = 0;
    switch (drp_fs_kind(o->path.ptr)) {
    case DRP_FS_NONE:
        o->is_new = true;
        return 0;
    case DRP_FS_FOLDER:
        break;
    case DRP_FS_FILE:
    case DRP_FS_OTHER:
        return drp_fail(err, DRP_EEXISTS,
                        "cannot write a folder '%s': a file is there; name another",
                        o->path.ptr);
    }
    DRP_TRY(rc, drp_fs_is_empty(o->path.ptr, ".partial", &o->was_empty, err));
    if (!o->was_empty && !is_of_kind(o))
        rc = drp_fail(
            err, DRP_EEXISTS,
            "refusing to write into '%s': it is neither empty nor a %s; name another folder",
            o->path.ptr, o->kind->words);
out:
    return rc;
}

/* ---- life ---- */

static void free_outdir(struct drp_outdir *o)
{
    drp_str_release(&o->path);
    drp_str_release(&o->staging);
    free(o);
}

int drp_outdir_open(const char *path, const struct drp_outdir_kind *kind,
                    struct drp_outdir **out, struct drp_err *err)
{
    struct drp_outdir *const o = drp_calloc(1, sizeof *o);
    int rc = 0;
    o->kind = kind;
    drp_str_init(&o->path, MAX_PATH);
    drp_str_init(&o->staging, MAX_PATH);
    drp_str_addz(&o->path, path);
    while (o->path.len > 1 && o->path.ptr[o->path.len - 1] == '/')
        drp_str_truncate(&o->path, o->path.len - 1);
    if (o->path.len == 0) {
        rc = drp_fail(err, DRP_EUSAGE, "no folder named to write to");
        goto out;
    }
    DRP_TRY(rc, check_place(o, err));
    drp_str_addf(&o->staging, o->is_new ? "%s.partial" : "%s/.partial", o->path.ptr);
    DRP_TRY(rc, drp_fs_mkdir(o->staging.ptr, false, err));
    *out = o;
out:
    if (rc < 0)
        free_outdir(o);
    return rc;
}

const char *drp_outdir_path(const struct drp_outdir *o, const char *name,
                            struct drp_str *path)
{
    return drp_fs_join(path, o->staging.ptr, name);
}

/*
 * Removes the files of the kind from a folder. What cannot be removed stays: this is the
 * way out of a failure.
 */
static void remove_files(const struct drp_outdir *o, const char *folder)
{
    struct drp_str path;
    drp_str_init(&path, MAX_PATH);
    for (size_t i = 0; i < o->kind->n; i++)
        (void)unlink(drp_fs_join(&path, folder, o->kind->names[i]));
    drp_str_release(&path);
}

void drp_outdir_abort(struct drp_outdir *o)
{
    if (!o)
        return;
    remove_files(o, o->staging.ptr);
    (void)rmdir(o->staging.ptr);
    free_outdir(o);
}

static int move(const char *from, const char *to, struct drp_err *err)
{
    if (drp_fs_is_faulty() || rename(from, to) != 0)
        return drp_fs_fail(err, errno, "write", to);
    return 0;
}

static int move_files(const struct drp_outdir *o, struct drp_err *err)
{
    struct drp_str from, to;
    int rc = 0;
    drp_str_init(&from, MAX_PATH);
    drp_str_init(&to, MAX_PATH);
    for (size_t i = 0; i < o->kind->n; i++) {
        drp_fs_join(&to, o->path.ptr, o->kind->names[i]);
        DRP_TRY(rc, move(drp_outdir_path(o, o->kind->names[i], &from), to.ptr, err));
    }
    (void)rmdir(o->staging.ptr);
out:
    if (rc < 0 && o->was_empty)
        remove_files(o, o->path.ptr);
    drp_str_release(&from);
    drp_str_release(&to);
    return rc;
}

int drp_outdir_commit(struct drp_outdir *o, struct drp_err *err)
{
    const int rc = o->is_new ? move(o->staging.ptr, o->path.ptr, err) : move_files(o, err);
    if (rc < 0)
        drp_outdir_abort(o);
    else
        free_outdir(o);
    return rc;
}
