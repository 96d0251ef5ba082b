#include "engine/think.h"

#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

/* A tag plus the white space before it: more is never held. */
#define MAX_HELD_BYTES 4096

#define USUAL_TAGS "<think>", "</think>"

/* The first row whose part is found in a name decides. Names are compared in lower case
 * with '-' for ' ' and '_'. */
static const struct {
    const char *part;
    bool reasoning, no_system_turn;
    const char *open, *close;
} known_models[] = {
    {"deepseek-r1", true, true, USUAL_TAGS},
    {"qwq", true, false, USUAL_TAGS},
    {"instruct-2507", false, false, USUAL_TAGS}, /* the Qwen3 that does not think */
    {"qwen3-coder", false, false, USUAL_TAGS},
    {"qwen3", true, false, USUAL_TAGS},
    {"magistral", true, false, "[THINK]", "[/THINK]"},
    {"phi-4-mini-reasoning", true, false, USUAL_TAGS},
    {"phi-4-reasoning", true, false, USUAL_TAGS},
    {"openthinker", true, false, USUAL_TAGS},
    {"seed-oss", true, false, "<seed:think>", "</seed:think>"},
};

void drp_think_init(struct drp_think *t, struct drp_think_tags tags, bool opened)
{
    *t = (struct drp_think){.tags = tags};
    t->state = opened          ? DRP_THINK_INSIDE
               : tags.open.len ? DRP_THINK_START
                               : DRP_THINK_ANSWER;
    drp_str_init(&t->held, MAX_HELD_BYTES);
}

void drp_think_release(struct drp_think *t)
{
    drp_str_release(&t->held);
}

static size_t leading_space(struct drp_sv sv)
{
    size_t n = 0;
    while (n < sv.len && strchr(" \t\r\n", sv.ptr[n]))
        n++;
    return n;
}

/* At the start: is it the opening tag, could it become one, or is it answer? */
static bool decide_start(struct drp_think *t, struct drp_str *answer)
{
    const struct drp_sv held = drp_str_sv(&t->held);
    const size_t space = leading_space(held);
    const struct drp_sv word = drp_sv_slice(held, space, held.len);
    if (drp_sv_starts(word, t->tags.open)) {
        drp_str_splice(&t->held, 0, space + t->tags.open.len, DRP_SV(""));
        t->state = DRP_THINK_INSIDE;
        return true;
    }
    if (drp_sv_starts(t->tags.open, word) && held.len + t->tags.open.len < MAX_HELD_BYTES)
        return false; /* may become the tag */
    drp_str_add(answer, held);
    drp_str_clear(&t->held);
    t->state = DRP_THINK_ANSWER;
    return false;
}

/* The longest end of `sv` that is a beginning of `tag`. */
static size_t torn_tag(struct drp_sv sv, struct drp_sv tag)
{
    size_t n = DRP_MIN(sv.len, tag.len - 1);
    while (n > 0 && !drp_sv_starts(tag, drp_sv_slice(sv, sv.len - n, sv.len)))
        n--;
    return n;
}

static void decide_inside(struct drp_think *t, struct drp_str *thoughts,
                          struct drp_str *answer)
{
    const struct drp_sv held = drp_str_sv(&t->held);
    const size_t at = drp_sv_find(held, t->tags.close, 0);
    if (at != SIZE_MAX) {
        drp_str_add(thoughts, drp_sv_slice(held, 0, at));
        drp_str_add(answer, drp_sv_slice(held, at + t->tags.close.len, held.len));
        drp_str_clear(&t->held);
        t->state = DRP_THINK_ANSWER;
        return;
    }
    const size_t sure = held.len - torn_tag(held, t->tags.close);
    drp_str_add(thoughts, drp_sv_slice(held, 0, sure));
    drp_str_splice(&t->held, 0, sure, DRP_SV(""));
}

static void feed_some(struct drp_think *t, struct drp_sv piece, struct drp_str *thoughts,
                      struct drp_str *answer)
{
    if (t->state == DRP_THINK_ANSWER) {
        drp_str_add(answer, piece);
        return;
    }
    drp_str_add(&t->held, piece);
    if (t->state == DRP_THINK_START && !decide_start(t, answer))
        return;
    if (t->state == DRP_THINK_INSIDE)
        decide_inside(t, thoughts, answer);
}

void drp_think_feed(struct drp_think *t, struct drp_sv piece, struct drp_str *thoughts,
                    struct drp_str *answer)
{
    const size_t step = MAX_HELD_BYTES / 4; /* with what is held, always below the limit */
    for (size_t at = 0; at < piece.len; at += step)
        feed_some(t, drp_sv_slice(piece, at, at + step), thoughts, answer);
}

bool drp_think_end(struct drp_think *t, struct drp_str *thoughts, struct drp_str *answer)
{
    drp_str_add(t->state == DRP_THINK_INSIDE ? thoughts : answer, drp_str_sv(&t->held));
    drp_str_clear(&t->held);
    return t->state != DRP_THINK_INSIDE;
}

bool drp_think_tags_parse(struct drp_sv text, struct drp_think_tags *out)
{
    struct drp_sv more;
    return drp_utf8_word(&text, &out->open) && drp_utf8_word(&text, &out->close) &&
           !drp_utf8_word(&text, &more);
}

struct drp_think_model drp_think_known(struct drp_sv name)
{
    struct drp_think_model known = {.tags = {DRP_SV("<think>"), DRP_SV("</think>")}};
    struct drp_str plain;
    drp_str_init(&plain, 4096);
    drp_utf8_lower(&plain, name);
    for (size_t i = 0; i < plain.len; i++)
        if (plain.ptr[i] == ' ' || plain.ptr[i] == '_')
            plain.ptr[i] = '-';
    for (size_t i = 0; i < DRP_LEN(known_models); i++) {
        const struct drp_sv part = drp_sv_from(known_models[i].part);
        if (drp_sv_find(drp_str_sv(&plain), part, 0) == SIZE_MAX)
            continue;
        known.reasoning = known_models[i].reasoning;
        known.no_system_turn = known_models[i].no_system_turn;
        known.tags.open = drp_sv_from(known_models[i].open);
        known.tags.close = drp_sv_from(known_models[i].close);
        break;
    }
    drp_str_release(&plain);
    return known;
}
