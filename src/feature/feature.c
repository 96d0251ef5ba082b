#include "feature/feature.h"

#include <assert.h>

#include "base/base.h"
#include "base/utf8.h"
#include "feature/parse.h"
#include "base/banned.h"

/* Why a feature is dropped: the whole list, as files and accounts print it. */
static const char *const NOT_CONFIRMED = "not confirmed";
static const char *const NOT_EXTRACTED = "not extracted";
static const char *const DUPLICATE = "duplicate";
static const char *const INCOMPLETE = "incomplete";
static const char *const SAYS_NOTHING = "says nothing";
static const char *const NO_VALIDATION = "no validation answer";
static const char *const VALIDATION_UNREADABLE = "validation not understood";

const char *drp_feature_source_name(enum drp_feature_source source)
{
    return source == DRP_FEATURE_MEASURED ? "measured" : "claimed";
}

/* General and CJK punctuation; ASCII's is told apart by the caller. */
static bool is_wide_punctuation(uint32_t cp)
{
    return (cp >= 0x2000 && cp <= 0x206F) || (cp >= 0x3000 && cp <= 0x303F) ||
           (cp >= 0xFF00 && cp <= 0xFF0F);
}

/* A name without case, space and punctuation; the name itself when nothing else is in it. */
static struct drp_sv folded(struct drp_sv name, struct drp_arena *arena)
{
    struct drp_str lower;
    struct drp_str kept;
    drp_str_init(&lower, SIZE_MAX);
    drp_str_init(&kept, SIZE_MAX);
    drp_utf8_lower(&lower, name);
    const struct drp_sv sv = drp_str_sv(&lower);
    for (size_t at = 0; at < sv.len;) {
        const uint32_t cp = drp_utf8_next(sv, &at);
        const bool is_alnum = (cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9');
        if (is_alnum || (cp >= 0x80 && !drp_utf8_is_space(cp) && !is_wide_punctuation(cp)))
            drp_utf8_add(&kept, cp);
    }
    const struct drp_sv out = drp_arena_sv(arena, kept.len ? drp_str_sv(&kept) : name);
    drp_str_release(&kept);
    drp_str_release(&lower);
    return out;
}

/* Place of the first of `n` folded names that equals `name`; `n` when there is none. */
static size_t find_name(const struct drp_sv *names, size_t n, struct drp_sv name)
{
    size_t i = 0;
    while (i < n && !drp_sv_eq(names[i], name))
        i++;
    return i;
}

static struct drp_sv *fold_all(const struct drp_features *list, struct drp_arena *arena)
{
    struct drp_sv *names = drp_arena_new(arena, struct drp_sv, list->n);
    for (size_t i = 0; i < list->n; i++)
        names[i] = folded(list->at[i].name, arena);
    return names;
}

/* A difference in the words of its name or definition. */
static bool says_nothing(const struct drp_feature *f, struct drp_arena *arena)
{
    const struct drp_sv said = folded(f->description, arena);
    return drp_sv_eq(said, folded(f->name, arena)) ||
           (f->definition.len && drp_sv_eq(said, folded(f->definition, arena)));
}

/* The two lists of one comparison. */
struct merge {
    struct drp_arena *arena;
    struct drp_features claimed, confirmed;
    struct drp_sv *claimed_names, *confirmed_names; /* folded                            */
    const char *no_validation; /* why nothing can be confirmed; NULL: there is a list */
};

/* What becomes of claim `i`; NULL: kept, in the validator's words where it has some. */
static const char *judge(const struct merge *m, size_t i, struct drp_feature *claim)
{
    if (!claim->description.len)
        return INCOMPLETE;
    if (says_nothing(claim, m->arena))
        return SAYS_NOTHING;
    if (find_name(m->claimed_names, i, m->claimed_names[i]) < i)
        return DUPLICATE;
    if (m->no_validation)
        return m->no_validation;
    const size_t at = find_name(m->confirmed_names, m->confirmed.n, m->claimed_names[i]);
    if (at == m->confirmed.n)
        return NOT_CONFIRMED;

    const struct drp_feature *said = &m->confirmed.at[at];
    claim->name = said->name;
    if (said->definition.len)
        claim->definition = said->definition;
    if (said->description.len)
        claim->description = said->description;
    return NULL;
}

static void put(struct drp_features *out, struct drp_feature f, const char *reason)
{
    f.kept = reason == NULL;
    f.reason = reason;
    out->at[out->n++] = f;
}

/* Appends the records of one comparison to `out`, which has room. */
static void merge_one(const struct merge *m, size_t contrast, struct drp_features *out,
                      struct drp_feature_counts *counts)
{
    const size_t first = out->n;
    for (size_t i = 0; i < m->claimed.n; i++) {
        struct drp_feature claim = m->claimed.at[i];
        const char *reason = judge(m, i, &claim);
        put(out, claim, reason);
    }
    for (size_t i = 0; i < m->confirmed.n; i++)
        if (find_name(m->claimed_names, m->claimed.n, m->confirmed_names[i]) == m->claimed.n)
            put(out, m->confirmed.at[i], NOT_EXTRACTED);
    for (size_t i = first; i < out->n; i++) {
        out->at[i].contrast = (uint32_t)contrast;
        out->at[i].rank = (uint32_t)(i - first);
        *(out->at[i].kept ? &counts->kept : &counts->dropped) += 1;
    }
}

void drp_features_collect(const struct drp_sv *extracted, const struct drp_sv *validated,
                          size_t n, struct drp_arena *arena, struct drp_features *out,
                          struct drp_feature_counts *counts)
{
    *counts = (struct drp_feature_counts){0};
    const size_t most = drp_size_mul(n, 2 * (size_t)DRP_MAX_FEATURES);
    *out = (struct drp_features){.at = drp_arena_new(arena, struct drp_feature, most)};
    for (size_t i = 0; i < n; i++) {
        if (!extracted[i].ptr)
            continue;
        struct merge m = {.arena = arena};
        if (!drp_features_parse(extracted[i], arena, &m.claimed))
            counts->unparsed++;
        if (!validated[i].ptr) {
            m.no_validation = NO_VALIDATION;
        } else if (!drp_features_parse(validated[i], arena, &m.confirmed)) {
            m.no_validation = VALIDATION_UNREADABLE;
            counts->unparsed++;
        }
        m.claimed_names = fold_all(&m.claimed, arena);
        m.confirmed_names = fold_all(&m.confirmed, arena);
        merge_one(&m, i, out, counts);
    }
    assert(out->n <= most);
}

void drp_features_keep_unconfirmed(struct drp_features *features,
                                   struct drp_feature_counts *counts)
{
    for (size_t i = 0; i < features->n; i++) {
        struct drp_feature *f = &features->at[i];
        if (f->reason == NOT_CONFIRMED || f->reason == NO_VALIDATION ||
            f->reason == VALIDATION_UNREADABLE) {
            f->kept = true;
            f->reason = NULL;
            counts->kept++;
            counts->dropped--;
        }
    }
}
