#include "engine/answer.h"

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

#define MAX_PIECE_BYTES ((size_t)1 << 20)

void drp_answer_init(struct drp_answer *a, struct drp_job *job,
                     struct drp_think_tags tags, bool opened)
{
    *a = (struct drp_answer){.job = job};
    drp_think_init(&a->think, tags, opened);
    drp_str_init(&a->tail, MAX_PIECE_BYTES);
}

void drp_answer_release(struct drp_answer *a)
{
    drp_think_release(&a->think);
    drp_str_release(&a->tail);
}

bool drp_answer_thinks(const struct drp_answer *a)
{
    return a->think.state != DRP_THINK_ANSWER;
}

/* Bytes that a character beginning with `lead` has; 0 when none begins so. */
static size_t char_len(unsigned char lead)
{
    return lead < 0x80   ? 1
           : lead < 0xc2 ? 0
           : lead < 0xe0 ? 2
           : lead < 0xf0 ? 3
           : lead < 0xf5 ? 4
                         : 0;
}

/* True when `sv`, which is no whole UTF-8 from its start on, can become it by further
 * bytes. */
static bool is_torn(struct drp_sv sv)
{
    const size_t need = char_len((unsigned char)sv.ptr[0]);
    if (sv.len >= need)
        return false;
    for (size_t i = 1; i < sv.len; i++)
        if (((unsigned char)sv.ptr[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/* Moves what is whole in the tail to the thoughts and the answer. */
static void feed_whole(struct drp_answer *a)
{
    struct drp_sv rest = drp_str_sv(&a->tail);
    struct drp_job *job = a->job;
    while (rest.len > 0) {
        const size_t bad = DRP_MIN(drp_utf8_invalid(rest), rest.len);
        drp_think_feed(&a->think, drp_sv_slice(rest, 0, bad), &job->reasoning, &job->text);
        rest = drp_sv_slice(rest, bad, rest.len);
        if (rest.len == 0 || is_torn(rest))
            break;
        drp_think_feed(&a->think, DRP_SV("\xef\xbf\xbd"), &job->reasoning, &job->text);
        rest = drp_sv_slice(rest, 1, rest.len);
    }
    drp_str_splice(&a->tail, 0, a->tail.len - rest.len, DRP_SV(""));
}

/* Cuts the answer at the first stop string that ends behind `from`. */
static void find_stop(struct drp_answer *a, size_t from)
{
    const struct drp_sampling *s = &a->job->call->sampling;
    size_t cut = SIZE_MAX;
    for (size_t i = 0; i < s->n_stop; i++) {
        if (s->stop[i].len == 0)
            continue;
        const size_t start = from > s->stop[i].len ? from - s->stop[i].len : 0;
        cut = DRP_MIN(cut, drp_sv_find(drp_str_sv(&a->job->text), s->stop[i], start));
    }
    if (cut == SIZE_MAX)
        return;
    drp_str_truncate(&a->job->text, cut);
    a->stopped = true;
}

/* Length of the answer's end that may be the beginning of a stop string. */
static size_t maybe_stop(const struct drp_answer *a)
{
    const struct drp_sampling *s = &a->job->call->sampling;
    const struct drp_sv text = drp_str_sv(&a->job->text);
    size_t most = 0;
    for (size_t i = 0; i < s->n_stop; i++)
        for (size_t n = DRP_MIN(s->stop[i].len, text.len); n > most; n--)
            if (drp_sv_starts(s->stop[i], drp_sv_slice(text, text.len - n, text.len)))
                most = n;
    return most;
}

static void tell(struct drp_answer *a, size_t end)
{
    const struct drp_call *call = a->job->call;
    if (call->on_text && end > a->n_told)
        call->on_text(call->ctx, drp_sv_slice(drp_str_sv(&a->job->text), a->n_told, end));
    a->n_told = DRP_MAX(a->n_told, end);
}

bool drp_answer_feed(struct drp_answer *a, struct drp_sv bytes)
{
    const size_t before = a->job->text.len;
    drp_str_add(&a->tail, bytes);
    feed_whole(a);
    find_stop(a, before);
    tell(a, a->job->text.len - (a->stopped ? 0 : maybe_stop(a)));
    return !a->stopped;
}

bool drp_answer_end(struct drp_answer *a)
{
    const size_t before = a->job->text.len;
    drp_str_clear(&a->tail);
    const bool closed = drp_think_end(&a->think, &a->job->reasoning, &a->job->text);
    if (!a->stopped)
        find_stop(a, before);
    tell(a, a->job->text.len);
    return closed;
}
