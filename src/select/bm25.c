/* Words get local numbers 0, 1, 2 … in order of first appearance, the order in which the package adds up
 * its idf values. `slots` finds them: open addressing, a power of two, at most half filled.
 * Postings stand by word, within a word by document. */
#include "select/bm25.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"

#include "base/banned.h"

static const double K1 = 1.5, B = 0.75, EPSILON = 0.25;

/* One document that holds a word. */
struct posting {
    uint32_t document;
    uint32_t count; /* of the word in it */
};

/* A posting before they are sorted by word. */
struct occurrence {
    uint32_t word;
    struct posting posting;
};

struct slot {
    uint32_t id;    /* of the word, as the caller numbers it */
    uint32_t local; /* our number + 1; 0: free               */
};

struct word {
    double idf;
    uint32_t first;       /* in postings; ends where the next word's begin             */
    uint32_t n_documents; /* that hold it                                              */
    uint32_t latest;      /* while building: its newest occurrence                     */
};

struct drp_bm25 {
    struct drp_arena arena;
    uint32_t n_documents, n_words;
    struct slot *slots; /* (n_slots)                                       */
    size_t n_slots;
    struct word *words;       /* (n_words + 1), the last only marks the end      */
    struct posting *postings; /* by word                                         */
    double *norms;            /* (n_documents) k1 * (1 - b + b * length / mean)  */
};

static size_t length_of(const struct drp_bm25_text *text)
{
    return text->head.n + text->body.n;
}

static uint32_t word_at(const struct drp_bm25_text *text, size_t i)
{
    return i < text->head.n ? text->head.ids[i] : text->body.ids[i - text->head.n];
}

static struct slot *find_slot(const struct drp_bm25 *index, uint32_t id)
{
    const size_t mask = index->n_slots - 1;
    size_t at = (id * (size_t)0x9e3779b97f4a7c15u >> 32) & mask;
    while (index->slots[at].local && index->slots[at].id != id)
        at = (at + 1) & mask;
    return &index->slots[at];
}

static uint32_t add_word(struct drp_bm25 *index, uint32_t id)
{
    struct slot *slot = find_slot(index, id);
    if (slot->local == 0)
        *slot = (struct slot){id, ++index->n_words};
    return slot->local - 1;
}

/* Appends the occurrences of one document, of which there is one for each distinct word. */
static uint32_t add_document(struct drp_bm25 *index, const struct drp_bm25_text *text,
                             uint32_t document, struct occurrence *all, uint32_t n)
{
    const uint32_t before = n;
    const size_t length = length_of(text);
    for (size_t i = 0; i < length; i++) {
        const uint32_t local = add_word(index, word_at(text, i));
        struct word *word = &index->words[local];
        if (word->n_documents > 0 && word->latest >= before) {
            all[word->latest].posting.count++;
            continue;
        }
        word->n_documents++;
        word->latest = n;
        all[n++] = (struct occurrence){local, {document, 1}};
    }
    return n;
}

/* Counting sort: stable, so that documents stay in order within a word. */
static void sort_postings(struct drp_bm25 *index, const struct occurrence *all, uint32_t n)
{
    struct word *words = index->words;
    index->postings = drp_arena_new(&index->arena, struct posting, n);
    uint32_t first = 0;
    for (uint32_t w = 0; w <= index->n_words; w++) {
        words[w].first = words[w].latest = first;
        first += words[w].n_documents;
    }
    for (uint32_t i = 0; i < n; i++)
        index->postings[words[all[i].word].latest++] = all[i].posting;
}

/* Words in more than half of the documents have a negative idf and get a share of the mean, which is taken
 * before and may be negative itself. The value depends on the number of documents alone. */
static void weigh_words(struct drp_bm25 *index)
{
    const double n = index->n_documents;
    double *idf = drp_arena_new(&index->arena, double, index->n_documents + 1u);
    for (uint32_t with = 1; with <= index->n_documents; with++)
        idf[with] = log(n - with + 0.5) - log(with + 0.5);

    double sum = 0;
    for (uint32_t w = 0; w < index->n_words; w++)
        sum += idf[index->words[w].n_documents];
    const double share = EPSILON * (sum / index->n_words);
    for (uint32_t w = 0; w < index->n_words; w++) {
        const double raw = idf[index->words[w].n_documents];
        index->words[w].idf = raw < 0 ? share : raw;
    }
}

struct drp_bm25 *drp_bm25_new(const struct drp_bm25_text *documents, size_t n)
{
    struct drp_bm25 *index = drp_calloc(1, sizeof *index);
    struct drp_arena *arena = &index->arena;
    size_t n_words = 0;
    for (size_t d = 0; d < n; d++)
        n_words += length_of(&documents[d]);
    if (n >= UINT32_MAX || n_words >= UINT32_MAX)
        abort();
    index->n_documents = (uint32_t)n;
    index->n_slots = 16;
    while (index->n_slots < 2 * n_words)
        index->n_slots *= 2;
    index->slots = drp_arena_new(arena, struct slot, index->n_slots);
    index->words = drp_arena_new(arena, struct word, n_words + 1);
    index->norms = drp_arena_new(arena, double, n);
    if (n_words == 0)
        return index;

    struct occurrence *all = drp_malloc(drp_size_mul(n_words, sizeof *all));
    uint32_t n_occurrences = 0;
    const double mean = (double)n_words / (double)n;
    for (uint32_t d = 0; d < n; d++) {
        n_occurrences = add_document(index, &documents[d], d, all, n_occurrences);
        index->norms[d] = K1 * (1 - B + B * (double)length_of(&documents[d]) / mean);
    }
    sort_postings(index, all, n_occurrences);
    free(all);
    weigh_words(index);
    return index;
}

void drp_bm25_free(struct drp_bm25 *index)
{
    if (index)
        drp_arena_release(&index->arena);
    free(index);
}

void drp_bm25_scores(const struct drp_bm25 *index, struct drp_bm25_text query,
                     double *scores)
{
    for (uint32_t d = 0; d < index->n_documents; d++)
        scores[d] = 0;
    const size_t length = length_of(&query);
    for (size_t i = 0; i < length; i++) {
        const struct slot *slot = find_slot(index, word_at(&query, i));
        if (slot->local == 0)
            continue;
        const struct word *word = &index->words[slot->local - 1];
        for (uint32_t p = word->first; p < word[1].first; p++) {
            const uint32_t d = index->postings[p].document;
            const double count = index->postings[p].count;
            scores[d] += word->idf * (count * (K1 + 1) / (count + index->norms[d]));
        }
    }
}

size_t drp_bm25_top(const struct drp_bm25 *index, struct drp_bm25_text query, size_t k,
                    uint32_t *best)
{
    if (index->n_words == 0)
        return 0;
    double *scores = drp_malloc(drp_size_mul(index->n_documents, sizeof *scores));
    drp_bm25_scores(index, query, scores);
    size_t n = 0;
    for (uint32_t d = 0; d < index->n_documents && k > 0; d++) {
        if (n == k && scores[d] < scores[best[n - 1]])
            continue;
        size_t at = n < k ? n++ : k - 1;
        for (; at > 0 && scores[d] >= scores[best[at - 1]]; at--)
            best[at] = best[at - 1];
        best[at] = d;
    }
    free(scores);
    return n;
}
