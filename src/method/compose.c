#include "method/compose.h"

#include "base/base.h"
#include "base/utf8.h"
#include "method/draft.h"
#include "base/banned.h"

/* Past reviews shown of a user whose texts cannot be ranked: as many as a ranking gives by default. */
enum { NEWEST_SHOWN = 8 };

bool drp_compose_newest(const struct drp_sample *s, size_t n, struct drp_material *m)
{
    n = DRP_MIN(n, s->profile.n);
    m->own = (struct drp_reviews){n ? s->profile.at + (s->profile.n - n) : NULL, n};
    m->own_by_time = true;
    return n > 0;
}

bool drp_compose_own(const struct drp_sample *s, struct drp_material *m)
{
    if (s->own.n == 0)
        return drp_compose_newest(s, NEWEST_SHOWN, m);
    m->own = s->own;
    m->own_by_time = false;
    return true;
}

void drp_compose_differences(const struct drp_sample *s, const struct drp_sv *texts,
                             struct drp_arena *arena, struct drp_material *m)
{
    struct drp_material_text *at =
        drp_arena_new(arena, struct drp_material_text, s->n_contrasts);
    size_t n = 0;
    for (size_t i = 0; i < s->n_contrasts; i++)
        if (texts[i].len)
            at[n++] = (struct drp_material_text){s->contrasts[i].item, texts[i]};
    m->lists[DRP_LIST_DIFFERENCES] = (struct drp_material_list){at, n};
}

/* ---- what an answer says ---- */

/* What was asked for stands behind one of these, when a model repeats the form of the prompt. */
static const char *const answer_tags[] = {"[Review]", "[Output]", "[Summary]",
                                          "[How this person writes]"};

/* Beginnings of the other labels of our prompts: a line with one is no part of an answer. */
static const char *const labels[] = {
    "[Item",
    "[Description",
    "[Rating",
    "[Title",
    "[Past review",
    "[Past text",
    "[Input",
    "[Difference",
    "[Your style",
    "[How this person",
    "[About you",
    "[You also",
    "[People like you",
    "[Pair ",
    "[Desired",
    "[Undesired",
    "[Not like this",
    "[Analysis",
    "[Profile summary",
    "[Output ",
};

/* Behind the last answer tag that something follows; all of it when there is none. */
static struct drp_sv after_tag(struct drp_sv sv)
{
    for (;;) {
        size_t at = SIZE_MAX;
        size_t end = 0;
        for (size_t i = 0; i < DRP_LEN(answer_tags); i++) {
            const struct drp_sv tag = drp_sv_from(answer_tags[i]);
            const size_t found = drp_sv_rfind(sv, tag);
            if (found != SIZE_MAX && (at == SIZE_MAX || found > at)) {
                at = found;
                end = found + tag.len;
            }
        }
        if (at == SIZE_MAX)
            return sv;
        struct drp_sv behind = drp_sv_slice(sv, end, sv.len);
        if (drp_sv_starts(behind, DRP_SV(":")))
            behind = drp_sv_slice(behind, 1, behind.len);
        if (drp_sv_trim(behind).len)
            return behind;
        sv = drp_sv_slice(sv, 0, at);
    }
}

static bool starts_with_label(struct drp_sv line)
{
    for (size_t i = 0; i < DRP_LEN(labels); i++)
        if (drp_sv_starts(line, drp_sv_from(labels[i])))
            return true;
    return false;
}

/* Without the lines that begin with a label at the start, and from the next such line on. */
static struct drp_sv between_labels(struct drp_sv sv)
{
    struct drp_sv rest = sv;
    struct drp_sv line;
    const char *begin = NULL;
    const char *end = sv.ptr + sv.len;
    while (drp_sv_line(&rest, &line)) {
        const bool is_label = starts_with_label(line);
        if (!begin && !is_label && drp_sv_trim(line).len)
            begin = line.ptr;
        if (begin && is_label) {
            end = line.ptr;
            break;
        }
    }
    return begin ? (struct drp_sv){begin, (size_t)(end - begin)} : DRP_SV("");
}

/* Without what opens and closes all of it: a code fence or quotes that stand nowhere else in it. */
static struct drp_sv unwrapped(struct drp_sv sv)
{
    static const struct {
        const char *open, *close;
    } wraps[] = {
        {"```", "```"},
        {"\"", "\""},
        {"\xE2\x80\x9C", "\xE2\x80\x9D"},
        {"**", "**"},
    };
    for (size_t i = 0; i < DRP_LEN(wraps); i++) {
        const struct drp_sv open = drp_sv_from(wraps[i].open);
        const struct drp_sv close = drp_sv_from(wraps[i].close);
        if (sv.len < open.len + close.len || !drp_sv_starts(sv, open) ||
            !drp_sv_ends(sv, close))
            continue;
        const struct drp_sv inner = drp_sv_slice(sv, open.len, sv.len - close.len);
        if (drp_sv_find(inner, open, 0) == SIZE_MAX &&
            drp_sv_find(inner, close, 0) == SIZE_MAX)
            return drp_sv_trim(inner);
    }
    return sv;
}

struct drp_sv drp_compose_strip(struct drp_sv answer)
{
    const struct drp_sv inner = unwrapped(drp_sv_trim(answer));
    return unwrapped(drp_sv_trim(between_labels(after_tag(inner))));
}

/* ---- stages ---- */

/* wide: what a call is: who asks, about whom, which kind, with what; and where the answer goes */
int drp_compose_ask(struct drp_method_ctx *x, const struct drp_sample *s,
                    enum drp_stage stage, const char *prompt, const struct drp_material *m,
                    struct drp_reply *reply, struct drp_err *err)
{
    int rc = 0;
    struct drp_draft draft;
    DRP_TRY(rc, drp_draft_open(x, stage, prompt, m, &draft, err));
    DRP_TRY(rc, drp_draft_ask(x, s, &draft, 1, reply, err));
    reply->text = drp_compose_strip(reply->text);
out:
    return rc;
}

/* The title to write for, or the item's: the last step of the ladder. */
static struct drp_sv title_for_text(const struct drp_sample *s)
{
    const struct drp_sv titles[] = {
        drp_sv_trim(s->title),
        s->item ? drp_sv_trim(s->item->title) : DRP_SV(""),
        s->item ? drp_sv_trim(s->item->asin) : DRP_SV(""),
    };
    for (size_t i = 0; i < DRP_LEN(titles); i++)
        if (titles[i].len)
            return titles[i];
    return DRP_SV("(no text)");
}

/* Whether the material holds anything but the target. */
static bool knows_anything(const struct drp_material *m)
{
    size_t n = m->own.n + m->n_pairs;
    for (size_t i = 0; i < DRP_N_LISTS; i++)
        n += m->lists[i].n;
    return n > 0 || m->profile.len;
}

int drp_compose_text(struct drp_method_ctx *x, const struct drp_sample *s,
                     const char *prompt, const struct drp_material *m,
                     struct drp_prediction *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_reply reply = {0};
    const struct drp_material plain = {.item = s->item,
                                       .rating = s->rating,
                                       .title = s->title};
    struct drp_material full = *m;
    full.item = s->item;
    full.rating = s->rating;
    full.title = s->title;
    if (knows_anything(m))
        DRP_TRY(rc, drp_compose_ask(x, s, DRP_STAGE_WRITE, prompt, &full, &reply, err));
    if (!reply.text.len) {
        out->fallback = DRP_FALLBACK_PLAIN;
        DRP_TRY(rc, drp_compose_ask(x, s, DRP_STAGE_WRITE, "nonp/generate", &plain,
                                    &reply, err));
    }
    if (!reply.text.len) {
        out->fallback = DRP_FALLBACK_TITLE;
        reply.text = title_for_text(s);
    }
    out->text = drp_arena_sv(x->arena, reply.text);
    out->finish = reply.finish;
out:
    return rc;
}

int drp_compose_summary(struct drp_method_ctx *x, const struct drp_sample *s,
                        struct drp_material *known, bool found_any,
                        struct drp_profile *out, struct drp_err *err)
{
    int rc = 0;
    struct drp_reply summary = {0};
    known->drawn = out->drawn = s->contrasts;
    known->n_drawn = out->n_drawn = s->n_contrasts;
    if (drp_compose_own(s, known) || found_any)
        DRP_TRY(rc, drp_compose_ask(x, s, DRP_STAGE_SUMMARIZE, "shared/summarize", known,
                                    &summary, err));
    out->summary = summary.text;
    if (!found_any || !out->summary.len)
        out->fallback = known->own.n ? DRP_FALLBACK_OWN : DRP_FALLBACK_PLAIN;
out:
    return rc;
}

int drp_compose_from_profile(struct drp_method_ctx *x, const struct drp_sample *s,
                             const struct drp_profile *found, struct drp_prediction *out,
                             struct drp_err *err)
{
    struct drp_material known = {.profile = found->summary,
                                 .drawn = found->drawn,
                                 .n_drawn = found->n_drawn};
    drp_compose_own(s, &known);
    *out = (struct drp_prediction){.fallback = found->fallback};
    return drp_compose_text(x, s, "shared/generate", &known, out, err);
}
