#include "engine/openai_secret.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/fs.h"

#include "base/banned.h"

enum { SHOWN_PART = 8 };

static bool ends_secret(char c)
{
    return (unsigned char)c <= ' ' || c == '"' || c == '\'' || c == '`' || c == ',' ||
           c == ')';
}

void drp_secret_hide(struct drp_str *out, struct drp_sv text, struct drp_sv key)
{
    const struct drp_sv begin = drp_sv_slice(key, 0, SHOWN_PART);
    size_t at = 0;
    while (begin.len > 0) {
        const size_t found = drp_sv_find(text, begin, at);
        if (found == SIZE_MAX)
            break;
        drp_str_add(out, drp_sv_slice(text, at, found));
        drp_str_addz(out, "(key)");
        /* A key may hold such characters itself: all of it goes in any case. */
        at = found;
        if (drp_sv_starts(drp_sv_slice(text, found, text.len), key))
            at += key.len;
        else
            at += begin.len;
        while (at < text.len && !ends_secret(text.ptr[at]))
            at++;
    }
    drp_str_add(out, drp_sv_slice(text, at, text.len));
}

int drp_secret_check(struct drp_sv key, const char *from, struct drp_err *err)
{
    if (key.len == 0)
        return drp_fail(err, DRP_EUSAGE, "the key in %s is empty", from);
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] <= ' ' || key.ptr[i] > '~')
            return drp_fail(err, DRP_EUSAGE,
                            "the key in %s has a character that no key has: one line of "
                            "printable ASCII is expected",
                            from);
    return 0;
}

int drp_secret_read(const char *path, struct drp_str *out, struct drp_err *err)
{
    struct stat st;
    struct drp_str text;
    char from[512];
    int rc = 0;
    drp_str_init(&text, 64 << 10);
    snprintf(from, sizeof from, "'%s'", path);
    if (stat(path, &st) < 0)
        DRP_TRY(rc, drp_fs_fail(err, errno, "read", path));
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        DRP_TRY(rc, drp_fail(err, DRP_EUSAGE,
                             "key file '%s' can be read by others: chmod 600 '%s'", path,
                             path));
    DRP_TRY(rc, drp_fs_read(path, &text, err));
    const struct drp_sv key = drp_sv_trim(drp_str_sv(&text));
    DRP_TRY(rc, drp_secret_check(key, from, err));
    drp_str_clear(out);
    drp_str_add(out, key);
out:
    drp_str_release(&text);
    return rc;
}
