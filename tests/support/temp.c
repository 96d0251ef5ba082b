#include "support/temp.h"

#include <dirent.h>
#include <stdint.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/banned.h"

int drp_temp_setup(void **state)
{
    const char *const base = getenv("TMPDIR");
    struct drp_str path;
    drp_str_init(&path, 4096);
    drp_str_addf(&path, "%s/drp-test-XXXXXX", base && *base ? base : "/tmp");
    char *const dir = drp_str_take(&path, NULL);
    *state = mkdtemp(dir);
    if (!*state)
        free(dir);
    return *state ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

int drp_temp_teardown(void **state)
{
    const int rc = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return rc;
}

const char *drp_temp_path(const char *dir, const char *name)
{
    static char paths[8][4096];
    static size_t n = 0;
    char *const path = paths[n++ % DRP_LEN(paths)];
    snprintf(path, sizeof paths[0], "%s/%s", dir, name);
    return path;
}

const char *drp_temp_write(const char *dir, const char *name, struct drp_sv bytes)
{
    const char *const path = drp_temp_path(dir, name);
    FILE *const f = fopen(path, "wb");
    if (!f || fwrite(bytes.ptr ? bytes.ptr : "", 1, bytes.len, f) != bytes.len ||
        fclose(f) != 0) {
        perror(path);
        exit(1);
    }
    return path;
}

size_t drp_temp_count(const char *dir)
{
    size_t n = 0;
    DIR *const d = opendir(dir);
    for (const struct dirent *entry; d && (entry = readdir(d));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (d)
        closedir(d);
    return n;
}
