#include "base/utf8.h"

#include <utf8proc.h>

#include "base/banned.h"

/* utf8proc accepts all but well-formed UTF-8 with an error: overlong forms, surrogates and values over
 * U+10FFFF are refused there. */
static utf8proc_ssize_t decode(struct drp_sv sv, size_t at, utf8proc_int32_t *cp)
{
    return utf8proc_iterate((const utf8proc_uint8_t *)sv.ptr + at,
                            (utf8proc_ssize_t)(sv.len - at), cp);
}

size_t drp_utf8_invalid(struct drp_sv sv)
{
    utf8proc_int32_t cp;
    for (size_t at = 0; at < sv.len;) {
        if ((unsigned char)sv.ptr[at] < 0x80) {
            at++;
            continue;
        }
        const utf8proc_ssize_t n = decode(sv, at, &cp);
        if (n <= 0)
            return at;
        at += (size_t)n;
    }
    return SIZE_MAX;
}

uint32_t drp_utf8_next(struct drp_sv sv, size_t *at)
{
    const unsigned char first = (unsigned char)sv.ptr[*at];
    if (first < 0x80) {
        ++*at;
        return first;
    }
    utf8proc_int32_t cp;
    const utf8proc_ssize_t n = decode(sv, *at, &cp);
    *at += n > 0 ? (size_t)n : 1;
    return n > 0 ? (uint32_t)cp : 0xfffd;
}

void drp_utf8_add(struct drp_str *s, uint32_t cp)
{
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)cp, bytes);
    drp_str_add(s, (struct drp_sv){(const char *)bytes, (size_t)n});
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

size_t drp_utf8_count(struct drp_sv sv)
{
    size_t n = 0;
    for (size_t i = 0; i < sv.len; i++)
        n += !is_continuation(sv.ptr[i]);
    return n;
}

size_t drp_utf8_cut(struct drp_sv sv, size_t max)
{
    if (max < sv.len) {
        while (max > 0 && is_continuation(sv.ptr[max]))
            max--;
        return max;
    }
    /* The whole text fits, but it may itself end in the middle of a character. */
    size_t start = sv.len;
    while (start > 0 && sv.len - start < 4 && is_continuation(sv.ptr[start - 1]))
        start--;
    if (start > 0 && (unsigned char)sv.ptr[start - 1] >= 0xc0) {
        utf8proc_int32_t cp;
        if (decode(sv, start - 1, &cp) <= 0)
            return start - 1;
    }
    return sv.len;
}

size_t drp_utf8_width(struct drp_sv sv)
{
    size_t width = 0;
    for (size_t at = 0; at < sv.len;) {
        const int columns = utf8proc_charwidth((utf8proc_int32_t)drp_utf8_next(sv, &at));
        width += columns > 0 ? (size_t)columns : 0;
    }
    return width;
}

bool drp_utf8_is_space(uint32_t cp)
{
    if (cp < 0x80)
        return cp == ' ' || (cp >= 0x09 && cp <= 0x0d) || (cp >= 0x1c && cp <= 0x1f);
    switch (cp) {
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
        return true;
    default:
        return cp >= 0x2000 && cp <= 0x200a;
    }
}

bool drp_utf8_word(struct drp_sv *rest, struct drp_sv *word)
{
    size_t at = 0, start = SIZE_MAX;
    while (at < rest->len) {
        const size_t here = at;
        const bool space = drp_utf8_is_space(drp_utf8_next(*rest, &at));
        if (!space && start == SIZE_MAX)
            start = here;
        if (space && start != SIZE_MAX) {
            *word = drp_sv_slice(*rest, start, here);
            *rest = drp_sv_slice(*rest, at, rest->len);
            return true;
        }
    }
    if (start == SIZE_MAX)
        return false;
    *word = drp_sv_slice(*rest, start, rest->len);
    *rest = drp_sv_slice(*rest, rest->len, rest->len);
    return true;
}

void drp_utf8_collapse(struct drp_str *out, struct drp_sv sv)
{
    struct drp_sv word;
    for (bool first = true; drp_utf8_word(&sv, &word); first = false) {
        if (!first)
            drp_str_addc(out, ' ');
        drp_str_add(out, word);
    }
}

void drp_utf8_lower(struct drp_str *out, struct drp_sv sv)
{
    for (size_t at = 0; at < sv.len;)
        drp_utf8_add(out,
                     (uint32_t)utf8proc_tolower((utf8proc_int32_t)drp_utf8_next(sv, &at)));
}
