/* Counting and claims over any bytes: measures are finite, in their ranges and add up; the texts of both sides, swapped,
 * turn every effect round; claims and evidence stay within what they promise. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "feature/claim.h"
#include "feature/evidence.h"
#include "feature/measure.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_TEXTS = 16 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static bool is_rate_of_words(enum drp_trait_id t)
{
    return t == DRP_TRAIT_CAPITALS || t == DRP_TRAIT_FIRST_PERSON ||
           t == DRP_TRAIT_SECOND_PERSON || t == DRP_TRAIT_HEDGES ||
           t == DRP_TRAIT_INTENSIFIERS || t == DRP_TRAIT_POSITIVE ||
           t == DRP_TRAIT_NEGATIVE || t == DRP_TRAIT_NUMBERS;
}

static void check_ranges(const struct drp_measures *m)
{
    for (size_t i = 0; i < DRP_N_TRAITS; i++) {
        const enum drp_trait_id t = (enum drp_trait_id)i;
        check(isfinite(m->of[t]) && m->of[t] >= 0);
        check(drp_measures_know(m, t) || m->of[t] == 0);
        check(!is_rate_of_words(t) || m->of[t] <= 100);
    }
    const double words = (double)m->n_words;
    check(m->n_sentences <= m->n_words && (m->n_sentences > 0) == (m->n_words > 0));
    check(m->of[DRP_TRAIT_WORDS] == words);
    check(fabs(m->of[DRP_TRAIT_SENTENCE_LENGTH] * (double)m->n_sentences - words) <
          1e-6 * words + 1e-9);
    check(drp_measures_know(m, DRP_TRAIT_VOCABULARY) ==
          (m->n_words >= DRP_VOCABULARY_WINDOW));
    check(m->of[DRP_TRAIT_VOCABULARY] <= DRP_VOCABULARY_WINDOW);
}

/* A text and itself below an empty line: twice the counts, the same rates. */
static void check_doubling(const struct drp_lexicon *lexicon, struct drp_sv text)
{
    struct drp_measures once;
    struct drp_measures twice;
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX / 4);
    drp_str_add(&s, text);
    drp_str_addz(&s, "\n\n");
    drp_str_add(&s, text);
    drp_measure(lexicon, text, &once);
    drp_measure(lexicon, drp_str_sv(&s), &twice);
    check_ranges(&once);
    check_ranges(&twice);
    check(twice.n_words == 2 * once.n_words && twice.n_sentences == 2 * once.n_sentences);
    for (size_t t = 0; t < DRP_N_TRAITS; t++) {
        const bool may_differ = t == DRP_TRAIT_WORDS || t == DRP_TRAIT_VOCABULARY ||
                                t == DRP_TRAIT_SENTENCE_SPREAD || t == DRP_TRAIT_LISTS ||
                                t == DRP_TRAIT_PARAGRAPHS;
        check(may_differ || fabs(once.of[t] - twice.of[t]) < 1e-6 * (1 + once.of[t]));
    }
    if (once.n_words > 0)
        check(twice.of[DRP_TRAIT_PARAGRAPHS] == 2 * once.of[DRP_TRAIT_PARAGRAPHS]);
    drp_str_release(&s);
}

/* Texts, in turn of the user's and of others', each of whom wrote one. */
struct sides {
    struct drp_review review[2][MOST_TEXTS];
    const struct drp_review *at[2][MOST_TEXTS];
    size_t n[2];
};

static void cut_sides(struct drp_sv text, struct sides *s)
{
    memset(s, 0, sizeof *s);
    for (size_t side = 0; text.len > 0 && s->n[side] < MOST_TEXTS; side = !side) {
        const size_t end = drp_sv_find(text, DRP_SV("\x01"), 0);
        struct drp_review *r = &s->review[side][s->n[side]];
        *r = (struct drp_review){.user = 1 + (uint32_t)s->n[side],
                                 .text = drp_sv_slice(text, 0, end)};
        s->at[side][s->n[side]++] = r;
        text = end == SIZE_MAX ? DRP_SV("") : drp_sv_slice(text, end + 1, text.len);
    }
}

static void check_evidence(const struct drp_evidence *e, const struct drp_sample *s)
{
    check(isfinite(e->user) && isfinite(e->others) && e->n_texts <= DRP_EVIDENCE_MAX_TEXTS);
    check(-1 <= e->low && e->low <= e->effect && e->effect <= e->high && e->high <= 1);
    check(e->direction == 1 || e->direction == -1);
    for (size_t i = 0; i < e->n_texts; i++)
        check(e->texts[i] < s->profile.n);
}

static void check_sides(const struct drp_lexicon *lexicon, struct drp_sv text,
                        struct drp_feature claim)
{
    struct sides s;
    struct drp_arena arena = {0};
    struct drp_standings mine;
    struct drp_standings theirs;
    struct drp_features list = {&claim, 1};
    struct drp_feature_counts counts = {.kept = 1};
    cut_sides(text, &s);
    const struct drp_contrast contrasts[2] = {{.peers = {s.at[1], s.n[1]}},
                                              {.peers = {s.at[0], s.n[0]}}};
    const struct drp_sample samples[2] = {
        {.profile = {s.at[0], s.n[0]}, .contrasts = &contrasts[0], .n_contrasts = 1},
        {.profile = {s.at[1], s.n[1]}, .contrasts = &contrasts[1], .n_contrasts = 1}};
    drp_standings_count(&samples[0], lexicon, &arena, &mine);
    drp_standings_count(&samples[1], lexicon, &arena, &theirs);
    for (size_t t = 0; t < DRP_N_TRAITS; t++) {
        check(mine.of[t].known == theirs.of[t].known);
        check(fabs(mine.of[t].effect.delta + theirs.of[t].effect.delta) < 1e-9);
    }
    drp_evidence_weigh(&samples[0], lexicon, DRP_EVIDENCE_ON, &arena, &list, &counts);
    check(counts.kept + counts.dropped == list.n && list.n == 1 + counts.measured);
    for (size_t i = 0; i < list.n; i++)
        if (list.at[i].evidence)
            check_evidence(list.at[i].evidence, &samples[0]);
    drp_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv text = {size ? (const char *)data : "", size};
    struct drp_sv rest = text;
    struct drp_sv name;
    struct drp_claim claims[DRP_MAX_CLAIMS];
    struct drp_lexicon *lexicon = drp_lexicon_new();
    check_doubling(lexicon, text);

    if (!drp_sv_line(&rest, &name))
        name = DRP_SV("");
    const struct drp_feature f = {.name = name, .description = rest, .kept = true};
    const size_t n = drp_claim_read(&f, claims);
    check(n <= DRP_MAX_CLAIMS);
    for (size_t i = 0; i < n; i++) {
        check(claims[i].trait < DRP_N_TRAITS);
        check(claims[i].direction == 1 || claims[i].direction == -1);
        check(i == 0 || claims[i].trait > claims[i - 1].trait);
    }
    check_sides(lexicon, text, f);
    drp_lexicon_free(lexicon);
    return 0;
}
