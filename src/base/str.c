#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#include "base/banned.h"

/* ---- borrowed -------------------------------------------------------------------------- */

struct drp_sv drp_sv_from(const char *z)
{
    return (struct drp_sv){z, z ? strlen(z) : 0};
}

struct drp_sv drp_sv_slice(struct drp_sv sv, size_t from, size_t to)
{
    if (!sv.ptr)
        return sv;
    if (to > sv.len)
        to = sv.len;
    if (from > to)
        from = to;
    return (struct drp_sv){sv.ptr + from, to - from};
}

bool drp_sv_eq(struct drp_sv a, struct drp_sv b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool drp_sv_is(struct drp_sv sv, const char *z)
{
    return drp_sv_eq(sv, drp_sv_from(z));
}

int drp_sv_cmp(struct drp_sv a, struct drp_sv b)
{
    const size_t shorter = a.len < b.len ? a.len : b.len;
    const int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool drp_sv_starts(struct drp_sv sv, struct drp_sv prefix)
{
    return sv.len >= prefix.len && drp_sv_eq(drp_sv_slice(sv, 0, prefix.len), prefix);
}

bool drp_sv_ends(struct drp_sv sv, struct drp_sv suffix)
{
    return sv.len >= suffix.len &&
           drp_sv_eq(drp_sv_slice(sv, sv.len - suffix.len, sv.len), suffix);
}

size_t drp_sv_find(struct drp_sv sv, struct drp_sv needle, size_t from)
{
    if (from > sv.len || needle.len > sv.len - from)
        return SIZE_MAX;
    if (needle.len == 0)
        return from;
    const char *hit = memmem(sv.ptr + from, sv.len - from, needle.ptr, needle.len);
    return hit ? (size_t)(hit - sv.ptr) : SIZE_MAX;
}

size_t drp_sv_rfind(struct drp_sv sv, struct drp_sv needle)
{
    if (needle.len > sv.len)
        return SIZE_MAX;
    for (size_t at = sv.len - needle.len + 1; at-- > 0;)
        if (drp_sv_eq(drp_sv_slice(sv, at, at + needle.len), needle))
            return at;
    return SIZE_MAX;
}

static int ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool same_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ascii_lower(a[i]) != ascii_lower(b[i]))
            return false;
    return true;
}

size_t drp_sv_find_nocase(struct drp_sv sv, struct drp_sv needle, size_t from)
{
    for (size_t at = from; at <= sv.len && needle.len <= sv.len - at; at++)
        if (same_nocase(sv.ptr + at, needle.ptr, needle.len))
            return at;
    return SIZE_MAX;
}

static bool ascii_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct drp_sv drp_sv_trim(struct drp_sv sv)
{
    size_t from = 0, to = sv.len;
    while (from < to && ascii_space(sv.ptr[from]))
        from++;
    while (to > from && ascii_space(sv.ptr[to - 1]))
        to--;
    return drp_sv_slice(sv, from, to);
}

bool drp_sv_line(struct drp_sv *rest, struct drp_sv *line)
{
    if (rest->len == 0)
        return false;
    const size_t end = drp_sv_find(*rest, DRP_SV("\n"), 0);
    *line = drp_sv_slice(*rest, 0, end);
    *rest = drp_sv_slice(*rest, end == SIZE_MAX ? rest->len : end + 1, rest->len);
    if (line->len > 0 && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

/* A terminated copy of a short number; false when it cannot be one. */
static bool copy_number(struct drp_sv sv, char *buf, size_t size)
{
    if (sv.len == 0 || sv.len >= size)
        return false;
    for (size_t i = 0; i < sv.len; i++)
        if (!strchr("+-.0123456789eE", sv.ptr[i]) || sv.ptr[i] == '\0')
            return false;
    memcpy(buf, sv.ptr, sv.len);
    buf[sv.len] = '\0';
    return true;
}

bool drp_sv_int(struct drp_sv sv, int64_t *out)
{
    char buf[32], *end;
    if (!copy_number(sv, buf, sizeof buf))
        return false;
    errno = 0;
    const long long value = strtoll(buf, &end, 10);
    if (errno || *end)
        return false;
    *out = value;
    return true;
}

bool drp_sv_double(struct drp_sv sv, double *out)
{
    char buf[64], *end;
    if (!copy_number(sv, buf, sizeof buf))
        return false;
    const double value = strtod(buf, &end);
    if (*end || end == buf || !isfinite(value))
        return false;
    *out = value;
    return true;
}

/* ---- building --------------------------------------------------------------------------- */

static char empty[1] = "";

void drp_str_init(struct drp_str *s, size_t limit)
{
    *s = (struct drp_str){.ptr = empty, .limit = limit};
}

void drp_str_release(struct drp_str *s)
{
    if (s->cap)
        free(s->ptr);
    drp_str_init(s, s->limit);
}

void drp_str_clear(struct drp_str *s)
{
    drp_str_truncate(s, 0);
    s->full = false;
}

struct drp_sv drp_str_sv(const struct drp_str *s)
{
    return (struct drp_sv){s->ptr, s->len};
}

/* Makes room for n more bytes and the terminator; gives how many of the n the limit allows. */
static size_t make_room(struct drp_str *s, size_t n)
{
    if (n > s->limit - s->len) {
        n = s->limit - s->len;
        s->full = true;
    }
    const size_t need = s->len + n + 1;
    if (need > s->cap && n > 0) {
        size_t cap = s->cap ? s->cap : 32;
        while (cap < need)
            cap = drp_size_mul(cap, 2);
        s->ptr = drp_realloc(s->cap ? s->ptr : NULL, cap, 1);
        s->cap = cap;
    }
    return n;
}

void drp_str_add(struct drp_str *s, struct drp_sv sv)
{
    const size_t n = make_room(s, sv.len);
    if (n == 0)
        return;
    memcpy(s->ptr + s->len, sv.ptr, n);
    s->len += n;
    s->ptr[s->len] = '\0';
}

void drp_str_addz(struct drp_str *s, const char *z)
{
    drp_str_add(s, drp_sv_from(z));
}

void drp_str_addc(struct drp_str *s, char c)
{
    drp_str_add(s, (struct drp_sv){&c, 1});
}

void drp_str_vaddf(struct drp_str *s, const char *fmt, va_list args)
{
    char small[256];
    va_list again;
    va_copy(again, args);
    const int n = vsnprintf(small, sizeof small, fmt, args);
    if (n >= 0 && (size_t)n < sizeof small) {
        drp_str_add(s, (struct drp_sv){small, (size_t)n});
    } else if (n >= 0) {
        char *large = drp_malloc((size_t)n + 1);
        vsnprintf(large, (size_t)n + 1, fmt, again);
        drp_str_add(s, (struct drp_sv){large, (size_t)n});
        free(large);
    }
    va_end(again);
}

void drp_str_addf(struct drp_str *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    drp_str_vaddf(s, fmt, args);
    va_end(args);
}

void drp_str_splice(struct drp_str *s, size_t at, size_t n, struct drp_sv with)
{
    if (at > s->len)
        at = s->len;
    if (n > s->len - at)
        n = s->len - at;
    if (with.len > n && make_room(s, with.len - n) < with.len - n)
        return;
    if (s->cap == 0)
        return;
    memmove(s->ptr + at + with.len, s->ptr + at + n, s->len - at - n + 1);
    if (with.len > 0)
        memcpy(s->ptr + at, with.ptr, with.len);
    s->len = s->len - n + with.len;
}

void drp_str_truncate(struct drp_str *s, size_t len)
{
    if (len >= s->len)
        return;
    s->len = len;
    s->ptr[len] = '\0';
}

char *drp_str_take(struct drp_str *s, size_t *len)
{
    char *ptr = s->ptr;
    if (s->cap == 0) {
        ptr = drp_malloc(1);
        *ptr = '\0';
    }
    if (len)
        *len = s->len;
    drp_str_init(s, s->limit);
    return ptr;
}
