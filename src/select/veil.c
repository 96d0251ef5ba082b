/* Every PROBE_BYTES of a hidden text that begin at a multiple of STRIDE are in a sorted table. A shared piece of
 * DRP_QUOTE_BYTES holds at least one of them whole, wherever it begins: so each is found by looking up every place of
 * the text that is masked, and grown to both sides. */
#include "select/veil.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/vec.h"

#include "base/banned.h"

enum { PROBE_BYTES = 12, STRIDE = DRP_QUOTE_BYTES - PROBE_BYTES + 1 };

struct hidden {
    const char *what;
    size_t peer;
    struct drp_sv text; /* white space made blanks */
};

struct probe {
    uint64_t hash;
    uint32_t hidden, at;
};

struct drp_veil {
    struct drp_arena arena;
    DRP_VEC(struct hidden) hidden;
    DRP_VEC(struct drp_sv) allowed;
    DRP_VEC(struct probe) probes;
    bool is_sorted;
};

/* Where a hidden text, or a part of it, stands in the text that is masked. */
struct match {
    const struct hidden *of; /* NULL: nowhere */
    size_t from, to;
};

struct drp_veil *drp_veil_new(void)
{
    return drp_calloc(1, sizeof(struct drp_veil));
}

void drp_veil_free(struct drp_veil *q)
{
    if (!q)
        return;
    drp_vec_release(&q->hidden);
    drp_vec_release(&q->allowed);
    drp_vec_release(&q->probes);
    drp_arena_release(&q->arena);
    free(q);
}

/* A copy of the same length in which all white space is blanks. */
static struct drp_sv with_blanks(struct drp_sv text, struct drp_arena *arena)
{
    char *copy = drp_arena_new(arena, char, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        copy[i] =
            (char)(strchr("\t\n\v\f\r", text.ptr[i]) && text.ptr[i] ? ' ' : text.ptr[i]);
    return (struct drp_sv){copy, text.len};
}

static uint64_t probe_hash(struct drp_sv text, size_t at)
{
    return drp_hash64(drp_sv_slice(text, at, at + PROBE_BYTES));
}

void drp_veil_hide(struct drp_veil *q, const char *what, size_t peer, struct drp_sv text)
{
    const struct drp_sv clean = drp_sv_trim(with_blanks(text, &q->arena));
    if (clean.len == 0)
        return;
    for (size_t at = 0; at + PROBE_BYTES <= clean.len; at += STRIDE)
        drp_vec_add(&q->probes, (struct probe){probe_hash(clean, at),
                                               (uint32_t)q->hidden.n, (uint32_t)at});
    drp_vec_add(&q->hidden, (struct hidden){what, peer, clean});
    q->is_sorted = false;
}

void drp_veil_allow(struct drp_veil *q, struct drp_sv text)
{
    drp_vec_add(&q->allowed, with_blanks(text, &q->arena));
}

static int by_hash(const void *a, const void *b)
{
    const struct probe *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->hidden != y->hidden ? (x->hidden < y->hidden ? -1 : 1)
                                  : (x->at > y->at) - (x->at < y->at);
}

/* The first probe of a hash; where it would stand when there is none. */
static size_t find_probe(const struct drp_veil *q, uint64_t hash)
{
    size_t low = 0, high = q->probes.n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (q->probes.at[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Grows a probe that stands at `at` of `text` as far as both texts agree. */
static struct match grow(const struct drp_veil *q, struct drp_sv text, size_t at,
                         const struct probe *p)
{
    const struct hidden *h = &q->hidden.at[p->hidden];
    size_t before = 0, after = 0;
    while (before < at && before < p->at &&
           text.ptr[at - before - 1] == h->text.ptr[p->at - before - 1])
        before++;
    while (at + after < text.len && p->at + after < h->text.len &&
           text.ptr[at + after] == h->text.ptr[p->at + after])
        after++;
    return (struct match){h, at - before, at + after};
}

/* The longest match that holds the probe at `at`. */
static struct match longest_at(const struct drp_veil *q, struct drp_sv text, size_t at)
{
    struct match best = {0};
    const uint64_t hash = probe_hash(text, at);
    for (size_t i = find_probe(q, hash); i < q->probes.n && q->probes.at[i].hash == hash;
         i++) {
        const struct match m = grow(q, text, at, &q->probes.at[i]);
        if (m.to - m.from > best.to - best.from)
            best = m;
    }
    return best.to - best.from >= DRP_QUOTE_BYTES ? best : (struct match){0};
}

static bool is_allowed(const struct drp_veil *q, struct drp_sv piece)
{
    for (size_t i = 0; i < q->allowed.n; i++)
        if (drp_sv_find(q->allowed.at[i], piece, 0) != SIZE_MAX)
            return true;
    return false;
}

static void add_mask(struct drp_str *out, struct drp_sv piece, const struct hidden *h)
{
    if (piece.len >= h->text.len)
        drp_str_addf(out, "[%s by peer %zu, %zu chars]", h->what, h->peer,
                     drp_utf8_count(h->text));
    else
        drp_str_addf(out, "[%zu chars of a %s by peer %zu]", drp_utf8_count(piece),
                     h->what, h->peer);
}

/* A text that is too short for a probe, when it is all of `line` or of what stands behind a label in it. */
static const struct hidden *find_short(const struct drp_veil *q, struct drp_sv line)
{
    const size_t colon = drp_sv_find(line, DRP_SV("]: "), 0);
    const bool is_labelled = colon != SIZE_MAX && drp_sv_starts(line, DRP_SV("["));
    const struct drp_sv value =
        is_labelled ? drp_sv_slice(line, colon + 3, line.len) : line;
    for (size_t i = 0; i < q->hidden.n; i++) {
        const struct hidden *h = &q->hidden.at[i];
        if (h->text.len < DRP_QUOTE_BYTES && drp_sv_ends(line, h->text) &&
            drp_sv_eq(drp_sv_trim(value), h->text) && !is_allowed(q, h->text))
            return h;
    }
    return NULL;
}

/* Adds what stands between two quotations, line by line. */
static void add_between(const struct drp_veil *q, struct drp_sv text, size_t from,
                        size_t to, struct drp_str *out)
{
    while (from < to) {
        const size_t newline = drp_sv_find(drp_sv_slice(text, 0, to), DRP_SV("\n"), from);
        const size_t end = DRP_MIN(newline, to);
        const struct drp_sv line = drp_sv_slice(text, from, end);
        const bool is_whole = (from == 0 || text.ptr[from - 1] == '\n') &&
                              (end == text.len || text.ptr[end] == '\n');
        const struct hidden *h = is_whole ? find_short(q, line) : NULL;
        drp_str_add(out, h ? drp_sv_slice(line, 0, line.len - h->text.len) : line);
        if (h)
            add_mask(out, h->text, h);
        if (newline < to)
            drp_str_addc(out, '\n');
        from = end + 1;
    }
}

/* The next quotation that begins at or after `from`: all of it up to where the next bytes are no quotation. */
static struct match next_quotation(const struct drp_veil *q, struct drp_sv text, size_t from)
{
    struct match found = {0};
    for (size_t at = from; at + PROBE_BYTES <= text.len; at++) {
        if (found.of && at >= found.to + STRIDE)
            break;
        struct match m = longest_at(q, text, at);
        m.from = DRP_MAX(m.from, from);
        if (!m.of || m.to <= m.from || (found.of && m.from > found.to))
            continue;
        if (!found.of || m.to - m.from > found.to - found.from)
            found.of = m.of;
        found.from = found.to > 0 ? DRP_MIN(found.from, m.from) : m.from;
        found.to = DRP_MAX(found.to, m.to);
        at = DRP_MAX(at, found.to - DRP_QUOTE_BYTES);
    }
    return found;
}

struct drp_sv drp_veil_mask(struct drp_veil *q, struct drp_sv text, struct drp_arena *arena)
{
    struct drp_str out;
    size_t done = 0;
    if (!text.ptr)
        return text;
    if (!q->is_sorted && q->probes.n > 0)
        qsort(q->probes.at, q->probes.n, sizeof *q->probes.at, by_hash);
    q->is_sorted = true;
    const struct drp_sv blank = with_blanks(text, arena);
    drp_str_init(&out, SIZE_MAX / 4);
    for (size_t from = 0;;) {
        const struct match m = next_quotation(q, blank, from);
        if (!m.of)
            break;
        from = m.to;
        const struct drp_sv piece = drp_sv_slice(blank, m.from, m.to);
        if (is_allowed(q, piece))
            continue;
        add_between(q, text, done, m.from, &out);
        add_mask(&out, piece, m.of);
        done = m.to;
    }
    add_between(q, text, done, text.len, &out);
    const struct drp_sv masked = drp_arena_sv(arena, drp_str_sv(&out));
    drp_str_release(&out);
    return masked;
}
