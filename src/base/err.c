#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#include "base/banned.h"

static const struct {
    int code, status;
    const char *words;
} codes[] = {
#define ROW(name, value, status, words) {name, status, words},
    DRP_CODES(ROW)
#undef ROW
};

/* A message may quote bytes from outside: nothing in it may steer a terminal, and cutting it to the
 * buffer must not leave half a character. */
static void make_printable(char *text)
{
    const struct drp_sv sv = drp_sv_from(text);
    text[drp_utf8_cut(sv, sv.len)] = '\0';
    for (char *p = text; *p; p++) {
        const unsigned char c = (unsigned char)*p, after = (unsigned char)p[1];
        if (c < 0x20 || c == 0x7f)
            *p = '?';
        else if (c == 0xc2 && after >= 0x80 && after < 0xa0) /* C1, in UTF-8 */
            p[0] = p[1] = '?';
    }
}

__attribute__((format(printf, 2, 0))) static void fill_text(struct drp_err *err,
                                                            const char *fmt, va_list args)
{
    vsnprintf(err->text, sizeof err->text, fmt, args);
    make_printable(err->text);
}

int drp_fail_at(struct drp_err *err, int code, const char *where, int line,
                const char *fmt, ...)
{
    if (!err)
        return code;
    err->code = code;
    err->where = where;
    err->line = line;
    err->record = -1;
    err->offset = -1;
    va_list args;
    va_start(args, fmt);
    fill_text(err, fmt, args);
    va_end(args);
    return code;
}

int drp_err_prefix(struct drp_err *err, const char *fmt, ...)
{
    if (!err)
        return DRP_EBUG;
    const struct drp_err before = *err;
    struct drp_str text;
    drp_str_init(&text, sizeof err->text - 1);
    va_list args;
    va_start(args, fmt);
    drp_str_vaddf(&text, fmt, args);
    va_end(args);
    drp_str_addf(&text, ": %s", before.text);
    const size_t len = drp_utf8_cut(drp_str_sv(&text), text.len);
    memcpy(err->text, text.ptr, len);
    err->text[len] = '\0';
    make_printable(err->text);
    drp_str_release(&text);
    return err->code;
}

const char *drp_code_words(int code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].words;
    return code == DRP_OK ? "ok" : "unknown";
}

int drp_exit_status(int code)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            return codes[i].status;
    return code >= 0 ? 0 : 70;
}
