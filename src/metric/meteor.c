/*
 * Words, stems and synonyms share one numbering. In each stage the free positions of the reference stand in one
 * stack for each number: `top` is the highest, `below` leads from a position to the next lower one of the same
 * number. The hypothesis is walked from its end, and each word takes the highest position that fits.
 * Between stages all stacks are empty.
 */
#include "metric/meteor.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/intern.h"
#include "base/utf8.h"
#include "text/porter.h"

#include "base/banned.h"

static const double ALPHA = 0.9, BETA = 3, GAMMA = 0.5;

/* Beyond this the words remembered are forgotten. */
static const size_t MAX_BYTES = (size_t)64 << 20;

/* No position, or nothing looked up yet. */
#define NONE UINT32_MAX

struct word {
    uint32_t stem; /* a word too; NONE: not looked up yet                            */
    uint32_t synonyms; /* the first of them in drp_meteor.synonyms; NONE: as above       */
    uint32_t n_synonyms; /*                                                                */
    uint32_t listed_by; /* the word in whose synonyms it was entered last; keeps out repeats */
    uint32_t top; /* highest free position in the reference, or NONE                */
};

struct drp_meteor {
    const struct drp_wordnet *wordnet;
    struct drp_intern ids;
    DRP_VEC(struct word)
    words; /* (ids.n)                                                 */
    DRP_VEC(uint32_t)
    synonyms; /* of all words, one list after another                    */
    DRP_VEC(uint32_t)
    hypothesis; /* words by position, from the second stage on their stems */
    DRP_VEC(uint32_t)
    reference;               /* the same; NONE: taken                                   */
    DRP_VEC(uint32_t) below; /* (reference.n)                                           */
    DRP_VEC(uint32_t) match; /* (hypothesis.n) position in the reference, or NONE       */
    struct drp_lemmas lemmas; /* of the lookup at hand                                   */
    struct drp_str text; /* likewise                                                */
};

struct drp_meteor *drp_meteor_new(const struct drp_wordnet *wordnet)
{
    struct drp_meteor *m = drp_calloc(1, sizeof *m);
    m->wordnet = wordnet;
    drp_intern_init(&m->ids);
    drp_str_init(&m->text, SIZE_MAX / 4);
    return m;
}

static void forget_words(struct drp_meteor *m)
{
    drp_intern_release(&m->ids);
    drp_vec_release(&m->words);
    drp_vec_release(&m->synonyms);
}

void drp_meteor_free(struct drp_meteor *m)
{
    if (!m)
        return;
    forget_words(m);
    drp_vec_release(&m->hypothesis);
    drp_vec_release(&m->reference);
    drp_vec_release(&m->below);
    drp_vec_release(&m->match);
    drp_vec_release(&m->lemmas);
    drp_str_release(&m->text);
    free(m);
}

/* About what the words remembered occupy. */
static size_t n_bytes(const struct drp_meteor *m)
{
    const size_t per_word =
        sizeof *m->words.at + sizeof *m->ids.names + 2 * sizeof *m->ids.slots;
    return m->ids.arena.n_bytes + m->words.n * per_word +
           m->synonyms.n * sizeof *m->synonyms.at;
}

static uint32_t word_of(struct drp_meteor *m, struct drp_sv text)
{
    const uint32_t id = drp_intern_add(&m->ids, text);
    if (id == m->words.n)
        drp_vec_add(&m->words, (struct word){NONE, NONE, 0, NONE, NONE});
    return id;
}

static uint32_t stem_of(struct drp_meteor *m, uint32_t id)
{
    if (m->words.at[id].stem == NONE) {
        drp_str_clear(&m->text);
        drp_porter_stem(drp_intern_get(&m->ids, id), &m->text);
        const uint32_t stem = word_of(m, drp_str_sv(&m->text));
        m->words.at[id].stem = stem;
    }
    return m->words.at[id].stem;
}

static void look_up_synonyms(struct drp_meteor *m, uint32_t id)
{
    const size_t first = m->synonyms.n;
    m->lemmas.n = 0;
    drp_wordnet_synonyms(m->wordnet, drp_intern_get(&m->ids, id), &m->lemmas);
    for (size_t i = 0; i < m->lemmas.n; i++) {
        const uint32_t synonym = word_of(m, m->lemmas.at[i]);
        if (m->words.at[synonym].listed_by != id)
            drp_vec_add(&m->synonyms, synonym);
        m->words.at[synonym].listed_by = id;
    }
    if (m->synonyms.n >= NONE)
        abort();
    m->words.at[id].synonyms = (uint32_t)first;
    m->words.at[id].n_synonyms = (uint32_t)(m->synonyms.n - first);
}

/* The word of the reference that a word of the hypothesis takes in the stages of words and of stems. */
static uint32_t find_equal(struct drp_meteor *m, uint32_t id)
{
    return m->words.at[id].top == NONE ? NONE : id;
}

/* The same in the stage of synonyms: of all that are free, the one with the highest position. The word itself
 * counts as its synonym in the package, but wherever it were free, the stage of stems would have taken it. */
static uint32_t find_synonym(struct drp_meteor *m, uint32_t id)
{
    if (m->words.at[id].synonyms == NONE)
        look_up_synonyms(m, id);
    const struct word *const word = &m->words.at[id];
    uint32_t best = NONE, best_top = 0;
    for (uint32_t i = 0; i < word->n_synonyms; i++) {
        const uint32_t synonym = m->synonyms.at[word->synonyms + i];
        const uint32_t top = m->words.at[synonym].top;
        if (top != NONE && (best == NONE || top > best_top)) {
            best = synonym;
            best_top = top;
        }
    }
    return best;
}

/* Matches what earlier stages left. */
static void run_stage(struct drp_meteor *m, uint32_t (*find)(struct drp_meteor *, uint32_t))
{
    uint32_t *const reference = m->reference.at;
    for (uint32_t j = 0; j < m->reference.n; j++)
        if (reference[j] != NONE) {
            m->below.at[j] = m->words.at[reference[j]].top;
            m->words.at[reference[j]].top = j;
        }
    for (size_t i = m->hypothesis.n; i-- > 0;) {
        const uint32_t id = m->match.at[i] == NONE ? find(m, m->hypothesis.at[i]) : NONE;
        if (id == NONE)
            continue;
        const uint32_t j = m->words.at[id].top;
        m->words.at[id].top = m->below.at[j];
        m->match.at[i] = j;
        reference[j] = NONE;
    }
    for (uint32_t j = 0; j < m->reference.n; j++)
        if (reference[j] != NONE)
            m->words.at[reference[j]].top = NONE;
}

/* Puts stems in the place of the words that are left. */
static void stem_rest(struct drp_meteor *m)
{
    for (size_t i = 0; i < m->hypothesis.n; i++)
        if (m->match.at[i] == NONE)
            m->hypothesis.at[i] = stem_of(m, m->hypothesis.at[i]);
    for (size_t j = 0; j < m->reference.n; j++)
        if (m->reference.at[j] != NONE)
            m->reference.at[j] = stem_of(m, m->reference.at[j]);
}

/* The number of token `i`, compared in lower case. */
static uint32_t word_at(struct drp_meteor *m, const struct drp_tokens *tokens, size_t i)
{
    drp_str_clear(&m->text);
    drp_utf8_lower(&m->text, drp_tokens_get(tokens, i));
    return word_of(m, drp_str_sv(&m->text));
}

static void align(struct drp_meteor *m, const struct drp_tokens *hypothesis,
                  const struct drp_tokens *reference)
{
    if (hypothesis->spans.n >= NONE || reference->spans.n >= NONE)
        abort();
    if (n_bytes(m) > MAX_BYTES)
        forget_words(m);
    m->hypothesis.n = m->match.n = m->reference.n = 0;
    for (size_t i = 0; i < hypothesis->spans.n; i++) {
        const uint32_t id = word_at(m, hypothesis, i);
        drp_vec_add(&m->hypothesis, id);
        drp_vec_add(&m->match, NONE);
    }
    for (size_t j = 0; j < reference->spans.n; j++) {
        const uint32_t id = word_at(m, reference, j);
        drp_vec_add(&m->reference, id);
    }
    drp_vec_reserve(&m->below, m->reference.n);
    run_stage(m, find_equal);
    stem_rest(m);
    run_stage(m, find_equal);
    if (m->wordnet)
        run_stage(m, find_synonym);
}

double drp_meteor_score(struct drp_meteor *m, const struct drp_tokens *hypothesis,
                        const struct drp_tokens *reference)
{
    size_t n_matches = 0, n_chunks = 0;
    align(m, hypothesis, reference);
    const uint32_t *const match = m->match.at;
    for (size_t i = 0; i < m->match.n; i++) {
        if (match[i] == NONE)
            continue;
        n_matches++;
        if (i == 0 || match[i - 1] == NONE || match[i - 1] + 1 != match[i])
            n_chunks++;
    }
    if (n_matches == 0)
        return 0;
    const double precision = (double)n_matches / (double)hypothesis->spans.n;
    const double recall = (double)n_matches / (double)reference->spans.n;
    const double mean = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall);
    const double penalty = GAMMA * pow((double)n_chunks / (double)n_matches, BETA);
    return (1 - penalty) * mean;
}
