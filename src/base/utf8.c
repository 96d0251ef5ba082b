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

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

uint32_t drp_utf8_prev(struct drp_sv sv, size_t *at)
{
    const size_t end = *at;
    size_t start = end - 1;
    while (start > 0 && end - start < 4 && is_continuation(sv.ptr[start]))
        start--;
    /* Bad bytes are read one by one, as in the other direction. */
    size_t next = start;
    const uint32_t cp = drp_utf8_next(sv, &next);
    *at = next == end ? start : end - 1;
    return next == end ? cp : 0xfffd;
}

void drp_utf8_add(struct drp_str *s, uint32_t cp)
{
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t n = utf8proc_encode_char((utf8proc_int32_t)cp, bytes);
    drp_str_add(s, (struct drp_sv){(const char *)bytes, (size_t)n});
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

struct drp_sv drp_utf8_trim_end(struct drp_sv sv)
{
    for (size_t at = sv.len; at > 0;) {
        const size_t end = at;
        if (!drp_utf8_is_space(drp_utf8_prev(sv, &at)))
            return drp_sv_slice(sv, 0, end);
    }
    return drp_sv_slice(sv, 0, 0);
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

/* ---- classes ------------------------------------------------------------------------------ */

struct range {
    uint32_t from, to;
};

/* Source: PropList.txt of Unicode 15.0, Other_Uppercase. */
static const struct range other_uppercase[] = {
    {0x2160, 0x216f},   {0x24b6, 0x24cf},   {0x1f130, 0x1f149},
    {0x1f150, 0x1f169}, {0x1f170, 0x1f189},
};

/* Source: PropList.txt of Unicode 15.0, Other_Lowercase. */
static const struct range other_lowercase[] = {
    {0xaa, 0xaa},       {0xba, 0xba},       {0x2b0, 0x2b8},     {0x2c0, 0x2c1},
    {0x2e0, 0x2e4},     {0x345, 0x345},     {0x37a, 0x37a},     {0x10fc, 0x10fc},
    {0x1d2c, 0x1d6a},   {0x1d78, 0x1d78},   {0x1d9b, 0x1dbf},   {0x2071, 0x2071},
    {0x207f, 0x207f},   {0x2090, 0x209c},   {0x2170, 0x217f},   {0x24d0, 0x24e9},
    {0x2c7c, 0x2c7d},   {0xa69c, 0xa69d},   {0xa770, 0xa770},   {0xa7f2, 0xa7f4},
    {0xa7f8, 0xa7f9},   {0xab5c, 0xab5f},   {0xab69, 0xab69},   {0x10780, 0x10780},
    {0x10783, 0x10785}, {0x10787, 0x107b0}, {0x107b2, 0x107ba}, {0x1e030, 0x1e06d},
};

/* Letters in circles and squares: symbols by category, alphabetic by property. */
static const struct range circled_letters[] = {
    {0x24b6, 0x24e9},
    {0x1f130, 0x1f149},
    {0x1f150, 0x1f169},
    {0x1f170, 0x1f189},
};

/* Source: WordBreakProperty.txt of Unicode 15.0, MidLetter, MidNumLet and Single_Quote. */
static const struct range within_words[] = {
    {0x27, 0x27},     {0x2e, 0x2e},     {0x3a, 0x3a},     {0xb7, 0xb7},
    {0x387, 0x387},   {0x55f, 0x55f},   {0x5f4, 0x5f4},   {0x2018, 0x2019},
    {0x2024, 0x2024}, {0x2027, 0x2027}, {0xfe13, 0xfe13}, {0xfe52, 0xfe52},
    {0xfe55, 0xfe55}, {0xff07, 0xff07}, {0xff0e, 0xff0e}, {0xff1a, 0xff1a},
};

static bool is_in(const struct range *ranges, size_t n, uint32_t cp)
{
    size_t i = 0;
    while (i < n && cp > ranges[i].to)
        i++;
    return i < n && cp >= ranges[i].from;
}

#define IS_IN(ranges, cp) is_in((ranges), sizeof(ranges) / sizeof *(ranges), (cp))

static utf8proc_category_t category(uint32_t cp)
{
    return utf8proc_category((utf8proc_int32_t)cp);
}

static bool is_ascii_letter(uint32_t cp)
{
    return (cp | 0x20) >= 'a' && (cp | 0x20) <= 'z';
}

static bool is_ascii_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}

bool drp_utf8_is_white(uint32_t cp)
{
    return drp_utf8_is_space(cp) && !(cp >= 0x1c && cp <= 0x1f);
}

bool drp_utf8_is_alnum(uint32_t cp)
{
    if (cp < 0x80)
        return is_ascii_letter(cp) || is_ascii_digit(cp);
    const utf8proc_category_t c = category(cp);
    return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
           (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

bool drp_utf8_is_word_char(uint32_t cp)
{
    if (cp < 0x80)
        return is_ascii_letter(cp) || is_ascii_digit(cp) || cp == '_';
    const utf8proc_category_t c = category(cp);
    if (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_NL)
        return true; /* letters, marks, decimal and letter numbers */
    return c == UTF8PROC_CATEGORY_PC || cp == 0x200c || cp == 0x200d ||
           (c == UTF8PROC_CATEGORY_SO && IS_IN(circled_letters, cp));
}

bool drp_utf8_is_decimal(uint32_t cp)
{
    return cp < 0x80 ? is_ascii_digit(cp) : category(cp) == UTF8PROC_CATEGORY_ND;
}

bool drp_utf8_is_upper(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'A' && cp <= 'Z';
    return category(cp) == UTF8PROC_CATEGORY_LU || IS_IN(other_uppercase, cp);
}

bool drp_utf8_is_lower(uint32_t cp)
{
    if (cp < 0x80)
        return cp >= 'a' && cp <= 'z';
    return category(cp) == UTF8PROC_CATEGORY_LL || IS_IN(other_lowercase, cp);
}

/* ---- lower case --------------------------------------------------------------------------- */

static bool is_cased(uint32_t cp)
{
    return drp_utf8_is_lower(cp) || drp_utf8_is_upper(cp) ||
           category(cp) == UTF8PROC_CATEGORY_LT;
}

/* What the rule for sigma looks past: marks, format characters, modifiers, and signs within words. */
static bool is_case_ignorable(uint32_t cp)
{
    switch (category(cp)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
        return true;
    default:
        return IS_IN(within_words, cp);
    }
}

static bool follows_cased(struct drp_sv sv, size_t at)
{
    while (at > 0) {
        const uint32_t cp = drp_utf8_prev(sv, &at);
        if (!is_case_ignorable(cp))
            return is_cased(cp);
    }
    return false;
}

static bool precedes_cased(struct drp_sv sv, size_t at)
{
    while (at < sv.len) {
        const uint32_t cp = drp_utf8_next(sv, &at);
        if (!is_case_ignorable(cp))
            return is_cased(cp);
    }
    return false;
}

/* Appends the ASCII characters that `sv` starts with; gives their number. */
static size_t lower_ascii(struct drp_str *out, struct drp_sv sv)
{
    size_t n = 0;
    while (n < sv.len && (unsigned char)sv.ptr[n] < 0x80)
        n++;
    const size_t from = out->len;
    drp_str_add(out, drp_sv_slice(sv, 0, n));
    for (size_t i = from; i < out->len; i++)
        if (out->ptr[i] >= 'A' && out->ptr[i] <= 'Z')
            out->ptr[i] = (char)(out->ptr[i] + ('a' - 'A'));
    return n;
}

void drp_utf8_lower(struct drp_str *out, struct drp_sv sv)
{
    enum { I_WITH_DOT = 0x130, CAPITAL_SIGMA = 0x3a3, FINAL_SIGMA = 0x3c2 };
    for (size_t at = lower_ascii(out, sv); at < sv.len;) {
        const size_t start = at;
        const uint32_t cp = drp_utf8_next(sv, &at);
        if (cp == I_WITH_DOT)
            drp_str_add(out, DRP_SV("i\xcc\x87"));
        else if (cp == CAPITAL_SIGMA && follows_cased(sv, start) && !precedes_cased(sv, at))
            drp_utf8_add(out, FINAL_SIGMA);
        else
            drp_utf8_add(out, (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp));
        at += lower_ascii(out, drp_sv_slice(sv, at, sv.len));
    }
}
