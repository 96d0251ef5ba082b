#include "base/machine.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/utf8.h"

#include "base/banned.h"

/* The number behind `key` in a small file of the kernel's; UINT64_MAX when there is none. */
static uint64_t kernel_number(const char *path, const char *key)
{
    uint64_t value = UINT64_MAX;
    FILE *f = fopen(path, "re");
    if (!f)
        return value;
    char line[256];
    while (value == UINT64_MAX && fgets(line, sizeof line, f)) {
        struct drp_sv text = drp_sv_trim(drp_sv_from(line));
        int64_t n;
        if (!drp_sv_starts(text, drp_sv_from(key)))
            continue;
        text = drp_sv_trim(drp_sv_slice(text, strlen(key), text.len));
        if (drp_sv_ends(text, DRP_SV(" kB")))
            text = drp_sv_slice(text, 0, text.len - 3);
        if (drp_sv_int(text, &n) && n >= 0)
            value = (uint64_t)n;
    }
    fclose(f);
    return value;
}

uint64_t drp_machine_memory(void)
{
    const uint64_t kib = kernel_number("/proc/meminfo", "MemAvailable:");
    uint64_t bytes = kib == UINT64_MAX ? UINT64_MAX : kib * 1024;
    const uint64_t most = kernel_number("/sys/fs/cgroup/memory.max", "");
    const uint64_t used = kernel_number("/sys/fs/cgroup/memory.current", "");
    if (most != UINT64_MAX && used != UINT64_MAX)
        bytes = DRP_MIN(bytes, most > used ? most - used : 0);
    return bytes;
}

/* The path itself when it is there, else the nearest folder above it. */
static void nearest_existing(const char *path, struct drp_str *out)
{
    drp_str_addz(out, *path ? path : ".");
    while (drp_fs_kind(out->ptr) == DRP_FS_NONE) {
        const size_t slash = drp_sv_rfind(drp_str_sv(out), DRP_SV("/"));
        if (slash == SIZE_MAX) {
            drp_str_clear(out);
            drp_str_addc(out, '.');
            return;
        }
        drp_str_truncate(out, slash > 0 ? slash : 1);
    }
}

uint64_t drp_machine_disk(const char *path)
{
    struct drp_str place;
    struct statvfs st;
    drp_str_init(&place, 1 << 16);
    nearest_existing(path, &place);
    const uint64_t bytes = statvfs(place.ptr, &st) == 0
                               ? (uint64_t)st.f_bavail * (uint64_t)st.f_frsize
                               : UINT64_MAX;
    drp_str_release(&place);
    return bytes;
}

bool drp_machine_writable(const char *path)
{
    struct drp_str place;
    drp_str_init(&place, 1 << 16);
    nearest_existing(path, &place);
    const bool is_writable = access(place.ptr, W_OK) == 0;
    drp_str_release(&place);
    return is_writable;
}

bool drp_machine_has(const char *feature)
{
    char line[8192];
    FILE *f = fopen("/proc/cpuinfo", "re");
    bool found = false;
    while (f && !found && fgets(line, sizeof line, f)) {
        struct drp_sv rest = drp_sv_from(line), word;
        if (!drp_sv_starts(rest, DRP_SV("flags")) &&
            !drp_sv_starts(rest, DRP_SV("Features")))
            continue;
        while (!found && drp_utf8_word(&rest, &word))
            found = drp_sv_is(word, feature);
        break;
    }
    if (f)
        fclose(f);
    return found;
}

int64_t drp_machine_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? online : 1;
}
