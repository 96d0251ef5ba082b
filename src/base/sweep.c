#include "base/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"

#include "base/banned.h"

enum { MAX_PATH_BYTES = 1 << 16 };

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_temporary(const char *name)
{
    const struct drp_sv sv = drp_sv_from(name);
    return drp_sv_starts(sv, DRP_SV(".")) && drp_sv_ends(sv, DRP_SV(".tmp"));
}

/* Removes the plain files of a folder, all or those with temporary names. */
static int remove_files(const char *dir, bool all, uint64_t *n, struct drp_err *err)
{
    struct drp_str path;
    int rc = 0;
    DIR *const d = drp_fs_is_faulty() ? NULL : opendir(dir);
    if (!d)
        return drp_fs_fail(err, errno, "open", dir);
    drp_str_init(&path, MAX_PATH_BYTES);
    for (const struct dirent *e; rc == 0 && (e = readdir(d));) {
        if (is_dots(e->d_name) || !(all || is_temporary(e->d_name)) ||
            drp_fs_kind(drp_fs_join(&path, dir, e->d_name)) == DRP_FS_FOLDER)
            continue;
        if (drp_fs_is_faulty() || unlink(path.ptr) != 0)
            rc = drp_fs_fail(err, errno, "remove", path.ptr);
        *n += rc == 0;
    }
    closedir(d);
    drp_str_release(&path);
    return rc;
}

int drp_sweep(const char *dir, uint64_t *n, struct drp_err *err)
{
    struct drp_str partial;
    int rc = 0;
    *n = 0;
    drp_str_init(&partial, MAX_PATH_BYTES);
    DRP_TRY(rc, remove_files(dir, false, n, err));
    if (drp_fs_kind(drp_fs_join(&partial, dir, ".partial")) != DRP_FS_FOLDER)
        goto out;
    DRP_TRY(rc, remove_files(partial.ptr, true, n, err));
    (void)rmdir(partial.ptr); /* a folder within it is not ours and stays */
out:
    drp_str_release(&partial);
    return rc;
}

int drp_sweep_unknown(const char *dir, const char *const *known, size_t n,
                      drp_on_name *on_name, void *ctx, struct drp_err *err)
{
    DIR *const d = opendir(dir);
    if (!d)
        return drp_fs_fail(err, errno, "open", dir);
    for (const struct dirent *e; (e = readdir(d));) {
        const struct drp_sv name = drp_sv_from(e->d_name);
        bool is_known = is_dots(e->d_name);
        for (size_t i = 0; i < n && !is_known; i++)
            is_known = drp_sv_starts(name, drp_sv_from(known[i]));
        if (!is_known)
            on_name(ctx, e->d_name);
    }
    closedir(d);
    return 0;
}
