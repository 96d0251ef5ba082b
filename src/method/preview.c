/* Invariant: `shown` is all that was given out; while the answer goes on as it began, the stripped answer
 * begins with it. */
#include "method/preview.h"

#include "base/base.h"
#include "method/compose.h"

#include "base/banned.h"

void drp_preview_init(struct drp_preview *p)
{
    *p = (struct drp_preview){0};
    drp_str_init(&p->raw, SIZE_MAX / 4);
    drp_str_init(&p->shown, SIZE_MAX / 4);
}

void drp_preview_release(struct drp_preview *p)
{
    drp_str_release(&p->raw);
    drp_str_release(&p->shown);
}

/* Whether the answer may turn out to be wrapped in what goes away: quotes, a code fence, bold. */
static bool may_be_wrapped(struct drp_sv answer)
{
    static const char *const first[] = {"\"", "`", "*", "\xE2\x80\x9C"};
    for (size_t i = 0; i < DRP_LEN(first); i++)
        if (drp_sv_starts(answer, drp_sv_from(first[i])))
            return true;
    return false;
}

/* Up to a last line that may become a label, and without white space at the end, which may be the text's end. */
static struct drp_sv without_open_end(struct drp_sv text)
{
    const size_t bracket = drp_sv_rfind(text, DRP_SV("["));
    const size_t newline = drp_sv_rfind(text, DRP_SV("\n"));
    if (bracket != SIZE_MAX && (newline == SIZE_MAX || newline < bracket))
        text = drp_sv_slice(text, 0, bracket);
    while (text.len > 0 && drp_sv_trim(drp_sv_slice(text, text.len - 1, text.len)).len == 0)
        text.len--;
    return text;
}

struct drp_sv drp_preview_feed(struct drp_preview *p, struct drp_sv piece)
{
    if (!piece.ptr)
        drp_str_clear(&p->raw);
    drp_str_add(&p->raw, piece);
    const struct drp_sv answer = drp_sv_trim(drp_str_sv(&p->raw));
    if (may_be_wrapped(answer))
        return DRP_SV("");
    const struct drp_sv stripped = drp_compose_strip(answer);
    if (stripped.ptr != answer.ptr) /* a label stands before it: more may come */
        return DRP_SV("");
    const struct drp_sv sure = without_open_end(stripped);
    const size_t before = p->shown.len;
    if (!drp_sv_starts(sure, drp_str_sv(&p->shown)))
        return DRP_SV("");
    drp_str_add(&p->shown, drp_sv_slice(sure, before, sure.len));
    return drp_sv_slice(drp_str_sv(&p->shown), before, p->shown.len);
}

bool drp_preview_end(const struct drp_preview *p, struct drp_sv text, struct drp_sv *rest)
{
    const struct drp_sv shown = drp_str_sv(&p->shown);
    const bool goes_on = drp_sv_starts(text, shown);
    *rest = goes_on ? drp_sv_slice(text, shown.len, text.len) : text;
    return goes_on;
}
