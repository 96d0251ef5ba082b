#include "io/sse.h"

#include <string.h>

#include "base/base.h"

#include "base/banned.h"

void drp_sse_init(struct drp_sse *s, size_t limit)
{
    *s = (struct drp_sse){0};
    drp_str_init(&s->line, limit);
    drp_str_init(&s->data, limit);
}

void drp_sse_release(struct drp_sse *s)
{
    drp_str_release(&s->line);
    drp_str_release(&s->data);
}

static bool tell(struct drp_sse *s, drp_sse_event *on_event, void *ctx)
{
    if (!s->has_data)
        return true;
    const bool go_on = !s->data.full && on_event(ctx, drp_str_sv(&s->data));
    drp_str_clear(&s->data);
    s->has_data = false;
    return go_on;
}

static bool end_line(struct drp_sse *s, drp_sse_event *on_event, void *ctx)
{
    struct drp_sv line = drp_str_sv(&s->line);
    if (s->line.full)
        return false;
    if (line.len == 0)
        return tell(s, on_event, ctx);
    const size_t colon = DRP_MIN(drp_sv_find(line, DRP_SV(":"), 0), line.len);
    if (drp_sv_is(drp_sv_slice(line, 0, colon), "data")) {
        struct drp_sv value = drp_sv_slice(line, colon + 1, line.len);
        if (drp_sv_starts(value, DRP_SV(" ")))
            value = drp_sv_slice(value, 1, value.len);
        if (s->has_data)
            drp_str_addc(&s->data, '\n');
        drp_str_add(&s->data, value);
        s->has_data = true;
    }
    drp_str_clear(&s->line);
    return true;
}

static size_t line_part(struct drp_sv bytes, size_t from)
{
    size_t at = from;
    while (at < bytes.len && bytes.ptr[at] != '\n' && bytes.ptr[at] != '\r')
        at++;
    return at;
}

static void skip_mark(struct drp_sse *s)
{
    if (!s->after_first && drp_sv_starts(drp_str_sv(&s->line), DRP_SV("\xef\xbb\xbf")))
        drp_str_splice(&s->line, 0, 3, DRP_SV(""));
    s->after_first = true;
}

bool drp_sse_feed(struct drp_sse *s, struct drp_sv bytes, drp_sse_event *on_event, void *ctx)
{
    for (size_t at = 0; at < bytes.len;) {
        if (s->after_cr && bytes.ptr[at] == '\n') {
            s->after_cr = false;
            at++;
            continue;
        }
        s->after_cr = false;
        const size_t end = line_part(bytes, at);
        drp_str_add(&s->line, drp_sv_slice(bytes, at, end));
        if (s->line.full)
            return false;
        if (end == bytes.len)
            break;
        s->after_cr = bytes.ptr[end] == '\r';
        skip_mark(s);
        if (!end_line(s, on_event, ctx))
            return false;
        at = end + 1;
    }
    return true;
}

bool drp_sse_end(struct drp_sse *s, drp_sse_event *on_event, void *ctx)
{
    skip_mark(s);
    return (s->line.len == 0 || end_line(s, on_event, ctx)) && tell(s, on_event, ctx);
}
