/* Any bytes as a stream of events: in one piece, in pieces cut where the first byte says, and
 * byte by byte they give the same events, and none holds a carriage return or its limit's excess. */
#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"
#include "io/sse.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LIMIT = 256 };

static void must(bool holds)
{
    if (!holds)
        abort();
}

struct seen {
    struct drp_str text;
    size_t n, most;
};

static bool on_event(void *ctx, struct drp_sv event)
{
    struct seen *s = ctx;
    must(event.len <= LIMIT && drp_sv_find(event, DRP_SV("\r"), 0) == SIZE_MAX);
    drp_str_addf(&s->text, "%zu:", event.len);
    drp_str_add(&s->text, event);
    return ++s->n != s->most;
}

static bool parse(struct drp_sv bytes, size_t step, struct seen *out)
{
    struct drp_sse s;
    bool go_on = true;
    drp_str_init(&out->text, SIZE_MAX / 4);
    drp_sse_init(&s, LIMIT);
    for (size_t at = 0; go_on && at < bytes.len; at += step)
        go_on = drp_sse_feed(&s, drp_sv_slice(bytes, at, at + step), on_event, out);
    go_on = go_on && drp_sse_end(&s, on_event, out);
    drp_sse_release(&s);
    return go_on;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv all = {(const char *)data, size};
    const size_t step = size > 0 ? data[0] % 16 + 1 : 1;
    const size_t most = size > 1 ? data[1] % 4 : 0;
    struct seen whole = {.most = most}, pieces = {.most = most}, single = {.most = most};
    const bool a = parse(all, size + 1, &whole);
    const bool b = parse(all, step, &pieces);
    const bool c = parse(all, 1, &single);
    must(a == b && b == c);
    must(drp_sv_eq(drp_str_sv(&whole.text), drp_str_sv(&pieces.text)));
    must(drp_sv_eq(drp_str_sv(&whole.text), drp_str_sv(&single.text)));
    must(most == 0 || whole.n <= most);
    drp_str_release(&whole.text);
    drp_str_release(&pieces.text);
    drp_str_release(&single.text);
    return 0;
}
