/*
 * Invariants of a file being written: bytes added are in `buffer` or behind `fd`, in order; after
 * the first error nothing more is written and `errnum` keeps the reason; `temporary` exists on
 * disk until commit or abort, unless `is_direct`.
 */
#include "base/fs.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/banned.h"

#define BUFFER_BYTES   ((size_t)64 * 1024)
#define MAX_PATH_BYTES ((size_t)64 * 1024)

struct drp_outfile {
    int fd;
    bool is_private; /* mode 0600                                            */
    bool is_direct;  /* a pipe or device: no temporary, no sync              */
    int errnum;      /* of the first failed operation; 0: none               */
    char *path;      /* as the caller named it, for messages                 */
    char *target;    /* `path` with links resolved: the name at the end      */
    char *temporary; /* the name until then; NULL when is_direct             */
    size_t n;        /* bytes waiting in buffer                              */
    char buffer[BUFFER_BYTES];
};

static _Atomic int64_t operations_to_fault = 0;

void drp_fs_fail_nth(int64_t n)
{
    atomic_store(&operations_to_fault, n);
}

bool drp_fs_is_faulty(void)
{
    if (atomic_load(&operations_to_fault) <= 0 ||
        atomic_fetch_sub(&operations_to_fault, 1) != 1)
        return false;
    errno = ENOSPC;
    return true;
}

static const struct {
    int errnum;
    const char *words;
} reasons[] = {
    {ENOENT, "no such file or folder; check its name"},
    {EACCES, "permission denied; check its owner and mode, and those of its folder"},
    {EPERM, "not permitted; check its owner and mode, and those of its folder"},
    {ENOSPC, "no space left on the device; free some or name another folder"},
    {EDQUOT, "disk quota exceeded; free some space or name another folder"},
    {EROFS, "its file system is read-only; name another folder"},
    {EISDIR, "it is a folder; name a file"},
    {ENODEV, "it is no plain file; name one"},
    {ENOTDIR, "a part of its path is no folder; check its name"},
    {EFBIG, "the file would be too large for its file system or the limit (ulimit -f)"},
    {EMFILE, "too many open files; raise the limit (ulimit -n)"},
    {ENAMETOOLONG, "its name is too long; choose a shorter one"},
    {ELOOP, "too many links; check where it points"},
    {EIO, "the device reports an error; check the disk"},
};

int drp_fs_fail(struct drp_err *err, int errnum, const char *verb, const char *path)
{
    const int code = errnum == ENOENT ? DRP_ENOTFOUND : DRP_EIO;
    for (size_t i = 0; i < DRP_LEN(reasons); i++)
        if (reasons[i].errnum == errnum)
            return drp_fail(err, code, "cannot %s '%s': %s", verb, path, reasons[i].words);
    return drp_fail(err, code, "cannot %s '%s': system error %d", verb, path, errnum);
}

static char *copy_string(const char *z)
{
    const size_t size = strlen(z) + 1;
    return memcpy(drp_malloc(size), z, size);
}

/* The length of the folder's part of a path, with its last slash; 0 when there is none. */
static size_t folder_len(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static void free_outfile(struct drp_outfile *f)
{
    if (f->fd >= 0)
        close(f->fd);
    free(f->path);
    free(f->target);
    free(f->temporary);
    free(f);
}

/* Creates `.<name>.<pid>-<n>.tmp` beside the target, with the first n that is free. */
static int create_temporary(struct drp_outfile *f, mode_t mode)
{
    const size_t folder = folder_len(f->target);
    struct drp_str name;
    drp_str_init(&name, MAX_PATH_BYTES);
    for (int n = 0; n < 10000; n++) {
        drp_str_clear(&name);
        drp_str_addf(&name, "%.*s.%s.%ld-%d.tmp", (int)folder, f->target,
                     f->target + folder, (long)getpid(), n);
        f->fd = open(name.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (f->fd >= 0 || errno != EEXIST)
            break;
    }
    const int errnum = errno;
    if (f->fd >= 0)
        f->temporary = drp_str_take(&name, NULL);
    drp_str_release(&name);
    return f->fd >= 0 ? 0 : errnum;
}

static int open_target(struct drp_outfile *f, mode_t mode)
{
    if (drp_fs_is_faulty())
        return errno;
    switch (drp_fs_kind(f->path)) {
    case DRP_FS_FOLDER:
        return EISDIR;
    case DRP_FS_OTHER:
        f->is_direct = true;
        f->fd = open(f->path, O_WRONLY | O_CLOEXEC);
        return f->fd >= 0 ? 0 : errno;
    case DRP_FS_FILE:
        f->target = realpath(f->path, NULL);
        return f->target ? create_temporary(f, mode) : errno;
    case DRP_FS_NONE:
        break;
    }
    f->target = copy_string(f->path);
    return create_temporary(f, mode);
}

int drp_outfile_open(const char *path, bool is_private, struct drp_outfile **out,
                     struct drp_err *err)
{
    struct drp_outfile *const f = drp_calloc(1, sizeof *f);
    f->fd = -1;
    f->is_private = is_private;
    f->path = copy_string(path);
    const int errnum = open_target(f, is_private ? 0600 : 0644);
    if (errnum) {
        const int rc = drp_fs_fail(err, errnum, "write", path);
        free_outfile(f);
        *out = NULL;
        return rc;
    }
    *out = f;
    return 0;
}

/* Writes all of it, or keeps the error. */
static void write_all(struct drp_outfile *f, const char *bytes, size_t n)
{
    while (n && !f->errnum) {
        const ssize_t done = drp_fs_is_faulty() ? -1 : write(f->fd, bytes, n);
        if (done >= 0) {
            bytes += done;
            n -= (size_t)done;
        } else if (errno != EINTR) {
            f->errnum = errno;
        }
    }
}

static void flush(struct drp_outfile *f)
{
    assert(f);
    write_all(f, f->buffer, f->n);
    f->n = 0;
}

void drp_outfile_add(struct drp_outfile *f, struct drp_sv sv)
{
    assert(f);
    if (sv.len > BUFFER_BYTES - f->n)
        flush(f);
    if (sv.len > BUFFER_BYTES) {
        write_all(f, sv.ptr, sv.len);
    } else if (sv.len) {
        memcpy(f->buffer + f->n, sv.ptr, sv.len);
        f->n += sv.len;
    }
}

/* Makes the new name last: an entry of a folder is on disk when the folder has been synced. */
static int sync_folder(const char *target)
{
    const size_t len = folder_len(target);
    char *const folder = copy_string(len ? target : ".");
    if (len)
        folder[len] = '\0';
    int errnum = 0;
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Some file systems cannot sync a folder and say EINVAL: nothing more can be done there. A
     * folder that may be written but not read cannot be opened. */
    if (drp_fs_is_faulty() || (fd < 0 && errno != EACCES) ||
        (fd >= 0 && fsync(fd) != 0 && errno != EINVAL))
        errnum = errno;
    if (fd >= 0)
        close(fd);
    free(folder);
    return errnum;
}

static int sync_and_rename(struct drp_outfile *f)
{
    if (drp_fs_is_faulty() || fsync(f->fd) != 0)
        return errno;
    const int rc = close(f->fd);
    f->fd = -1;
    if (rc != 0)
        return errno;
    if (drp_fs_is_faulty() || rename(f->temporary, f->target) != 0)
        return errno;
    free(f->temporary);
    f->temporary = NULL;
    return sync_folder(f->target);
}

int drp_outfile_commit(struct drp_outfile *f, struct drp_err *err)
{
    flush(f);
    if (!f->errnum && !f->is_direct)
        f->errnum = sync_and_rename(f);
    const int rc = f->errnum ? drp_fs_fail(err, f->errnum, "write", f->path) : 0;
    drp_outfile_abort(f);
    return rc;
}

/* Appends the bytes of the file `from` to `to`; 0 or an errno. Errors of writing stay in `to`. */
static int copy_file(const char *from, struct drp_outfile *to)
{
    char *const chunk = drp_malloc(BUFFER_BYTES);
    const int fd = open(from, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 || drp_fs_is_faulty() ? -1 : 0;
    while (fd >= 0 && n >= 0 && (n = read(fd, chunk, BUFFER_BYTES)) > 0)
        drp_outfile_add(to, (struct drp_sv){chunk, (size_t)n});
    const int errnum = n < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    free(chunk);
    return errnum;
}

int drp_outfile_publish(struct drp_outfile *f, struct drp_err *err)
{
    struct drp_outfile *copy = NULL;
    int rc = 0;
    flush(f);
    if (f->errnum)
        return drp_fs_fail(err, f->errnum, "write", f->path);
    if (f->is_direct)
        return 0;
    DRP_TRY(rc, drp_outfile_open(f->path, f->is_private, &copy, err));
    const int errnum = copy_file(f->temporary, copy);
    if (errnum)
        DRP_TRY(rc, drp_fs_fail(err, errnum, "read", f->temporary));
    rc = drp_outfile_commit(copy, err);
    copy = NULL;
out:
    drp_outfile_abort(copy);
    return rc;
}

void drp_outfile_abort(struct drp_outfile *f)
{
    if (!f)
        return;
    if (f->temporary)
        unlink(f->temporary);
    free_outfile(f);
}

static int fail_too_large(struct drp_err *err, const char *path, size_t limit)
{
    return drp_fail(err, DRP_ELIMIT,
                    "cannot read '%s': it is larger than the %zu bytes allowed here; check that "
                    "it is the right file",
                    path, limit);
}

/* Appends what can be read from `fd`; 0 or an errno. Stops early when `s` is full. */
static int read_all(int fd, struct drp_str *s)
{
    char *const chunk = drp_malloc(BUFFER_BYTES);
    int errnum = 0;
    while (!s->full) {
        const ssize_t n = drp_fs_is_faulty() ? -1 : read(fd, chunk, BUFFER_BYTES);
        if (n == 0)
            break;
        if (n > 0) {
            drp_str_add(s, (struct drp_sv){chunk, (size_t)n});
        } else if (errno != EINTR) {
            errnum = errno;
            break;
        }
    }
    free(chunk);
    return errnum;
}

int drp_fs_read(const char *path, struct drp_str *s, struct drp_err *err)
{
    int rc = 0;
    struct stat st = {0};
    drp_str_clear(s);
    const int fd = drp_fs_is_faulty() ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    int errnum = fd < 0 || fstat(fd, &st) != 0 ? errno : 0;
    if (!errnum && S_ISREG(st.st_mode) && (uintmax_t)st.st_size > s->limit)
        DRP_TRY(rc, fail_too_large(err, path, s->limit));
    if (!errnum)
        errnum = S_ISDIR(st.st_mode) ? EISDIR : read_all(fd, s);
    if (errnum)
        DRP_TRY(rc, drp_fs_fail(err, errnum, "read", path));
    if (s->full)
        DRP_TRY(rc, fail_too_large(err, path, s->limit));
out:
    if (fd >= 0)
        close(fd);
    return rc;
}

#ifdef DRP_DEBUG
/* A copy of the file's exact size, so that sanitizers see every read behind it. */
static void *map_bytes(int fd, size_t size)
{
    char *const copy = drp_malloc(size);
    size_t n = 0;
    ssize_t got = 0;
    while (n < size && (got = read(fd, copy + n, size - n)) > 0)
        n += (size_t)got;
    if (n == size)
        return copy;
    free(copy);
    if (got == 0) /* it got shorter */
        errno = EIO;
    return MAP_FAILED;
}

static void unmap_bytes(void *map, size_t size)
{
    (void)size;
    free(map);
}
#else
static void *map_bytes(int fd, size_t size)
{
    return mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
}

static void unmap_bytes(void *map, size_t size)
{
    munmap(map, size);
}
#endif

int drp_fs_map(const char *path, struct drp_sv *out, struct drp_err *err)
{
    struct stat st = {0};
    void *map = NULL;
    const int fd = drp_fs_is_faulty() ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int errnum = fd < 0 || fstat(fd, &st) != 0 ? errno : 0;
    if (!errnum && !S_ISREG(st.st_mode))
        errnum = S_ISDIR(st.st_mode) ? EISDIR : ENODEV;
    const size_t size = (size_t)st.st_size;
    if (!errnum && size) { /* the system refuses to map nothing */
        map = drp_fs_is_faulty() ? MAP_FAILED : map_bytes(fd, size);
        errnum = map == MAP_FAILED ? errno : 0;
    }
    if (fd >= 0)
        close(fd);
    *out = errnum || !size ? DRP_SV("") : (struct drp_sv){map, size};
    return errnum ? drp_fs_fail(err, errnum, "read", path) : 0;
}

void drp_fs_unmap(struct drp_sv map)
{
    if (map.len)
        unmap_bytes((void *)map.ptr, map.len);
}

int drp_fs_write(const char *path, bool is_private, struct drp_sv bytes, struct drp_err *err)
{
    struct drp_outfile *f = NULL;
    const int rc = drp_outfile_open(path, is_private, &f, err);
    if (!f)
        return rc;
    drp_outfile_add(f, bytes);
    return drp_outfile_commit(f, err);
}

enum drp_fs_kind drp_fs_kind(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return DRP_FS_NONE;
    return S_ISREG(st.st_mode)   ? DRP_FS_FILE
           : S_ISDIR(st.st_mode) ? DRP_FS_FOLDER
                                 : DRP_FS_OTHER;
}

uint64_t drp_fs_bytes(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

static int make_one(const char *path, mode_t mode)
{
    if (drp_fs_is_faulty())
        return errno;
    if (mkdir(path, mode) == 0)
        return 0;
    const int errnum = errno;
    return drp_fs_kind(path) == DRP_FS_FOLDER ? 0 : errnum;
}

int drp_fs_mkdir(const char *path, bool is_private, struct drp_err *err)
{
    const mode_t mode = is_private ? 0700 : 0755;
    char *const prefix = copy_string(path);
    int errnum = 0;
    for (char *end = prefix + 1; !errnum && *prefix && *end; end++) {
        if (*end != '/')
            continue;
        *end = '\0';
        errnum = make_one(prefix, mode);
        *end = '/';
    }
    if (!errnum)
        errnum = make_one(path, mode);
    free(prefix);
    if (errnum == EEXIST)
        return drp_fail(err, DRP_EIO,
                        "cannot make folder '%s': a file of that name is there", path);
    return errnum ? drp_fs_fail(err, errnum, "make folder", path) : 0;
}

void drp_fs_absolute(struct drp_str *out, const char *path)
{
    char *absolute = realpath(path, NULL);
    drp_str_clear(out);
    drp_str_addz(out, absolute ? absolute : path);
    free(absolute);
}

const char *drp_fs_join(struct drp_str *out, const char *dir, const char *name)
{
    const size_t len = strlen(dir);
    drp_str_clear(out);
    drp_str_addz(out, dir);
    if (len && dir[len - 1] != '/')
        drp_str_addc(out, '/');
    drp_str_addz(out, name);
    return out->ptr;
}

int drp_fs_cache_dir(struct drp_str *out, struct drp_err *err)
{
    const char *const cache = getenv("XDG_CACHE_HOME");
    const char *const home = getenv("HOME");
    drp_str_clear(out);
    if (cache && *cache == '/') /* a relative one counts as unset, says the XDG standard */
        drp_fs_join(out, cache, "drp");
    else if (home && *home)
        drp_fs_join(out, home, ".cache/drp");
    else
        return drp_fail(err, DRP_ENOTFOUND,
                        "cannot find your cache folder: set HOME or XDG_CACHE_HOME");
    return 0;
}

int drp_fs_is_empty(const char *dir, const char *except, bool *out, struct drp_err *err)
{
    DIR *const d = drp_fs_is_faulty() ? NULL : opendir(dir);
    if (!d)
        return drp_fs_fail(err, errno, "open", dir);
    *out = true;
    for (const struct dirent *entry; (entry = readdir(d));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            !(except && strcmp(entry->d_name, except) == 0))
            *out = false;
    closedir(d);
    return 0;
}
