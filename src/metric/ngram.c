/* An n-gram is named by a pair, (id of its first n - 1 words, id of its last word): exact, and one look into the
 * table whatever its length. Ids are given once for all lengths, so the pair tells the length too. A word is
 * named by its hash, with the top bit set that no pair has; its bytes are compared.
 *
 * Invariant: the slots of this epoch lie among the first n_slots, which are at most half filled. */
#include "metric/ngram.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/hash.h"
#include "base/intern.h"

#include "base/banned.h"

static const uint64_t IS_WORD = UINT64_C(1) << 63;

struct drp_ngram_slot {
    uint64_t key;
    uint32_t epoch;
    uint32_t id;
};

void drp_ngrams_release(struct drp_ngrams *g)
{
    free(g->slots);
    drp_vec_release(&g->left);
    drp_vec_release(&g->first);
    drp_vec_release(&g->reference);
    drp_vec_release(&g->hypothesis);
    *g = (struct drp_ngrams){0};
}

size_t drp_ngrams_in(size_t n_words, size_t order)
{
    return n_words < order ? 0 : n_words - order + 1;
}

/* Frees all slots at once and makes sure that `n` entries fill no more than half. */
static void start(struct drp_ngrams *g, size_t n)
{
    if (n >= DRP_NO_ID / 4)
        abort();
    g->n_slots = 64;
    while (g->n_slots < 2 * n)
        g->n_slots *= 2;
    if (g->n_slots > g->cap_slots || g->epoch == UINT32_MAX) {
        free(g->slots);
        g->cap_slots = DRP_MAX(g->n_slots, g->cap_slots);
        g->slots = drp_calloc(g->cap_slots, sizeof *g->slots);
        g->epoch = 0;
    }
    g->epoch++;
    g->left.n = g->first.n = g->reference.n = g->hypothesis.n = 0;
}

static bool is_word(const struct drp_ngrams *g, uint32_t id, struct drp_sv word)
{
    return drp_sv_eq(drp_tokens_get(g->words, g->first.at[id]), word);
}

/* The slot of a key, or the free one where it belongs; `word` only for the key of a word. */
static struct drp_ngram_slot *find(const struct drp_ngrams *g, uint64_t key,
                                   const struct drp_sv *word)
{
    const size_t mask = g->n_slots - 1;
    size_t at = (size_t)(key * 0x9e3779b97f4a7c15u >> 32) & mask;
    while (g->slots[at].epoch == g->epoch &&
           (g->slots[at].key != key || (word && !is_word(g, g->slots[at].id, *word))))
        at = (at + 1) & mask;
    return &g->slots[at];
}

static struct drp_ngram_slot *find_word(const struct drp_ngrams *g, struct drp_sv word,
                                        uint64_t *key)
{
    *key = drp_hash64(word) | IS_WORD;
    return find(g, *key, &word);
}

static uint64_t pair_key(uint32_t prefix, uint32_t last)
{
    return (uint64_t)prefix << 32 | last;
}

/* Counts one more of what stands, or now gets to stand, in `slot`; gives its id. */
static uint32_t count(struct drp_ngrams *g, struct drp_ngram_slot *slot, uint64_t key)
{
    if (slot->epoch != g->epoch) {
        *slot = (struct drp_ngram_slot){key, g->epoch, (uint32_t)g->left.n};
        drp_vec_add(&g->left, 0);
    }
    g->left.at[slot->id]++;
    return slot->id;
}

static void add_words(struct drp_ngrams *g, size_t n_words)
{
    uint64_t key;
    for (uint32_t i = 0; i < n_words; i++) {
        struct drp_ngram_slot *slot = find_word(g, drp_tokens_get(g->words, i), &key);
        const uint32_t id = count(g, slot, key);
        if (id == g->first.n)
            drp_vec_add(&g->first, i);
        drp_vec_add(&g->reference, id);
    }
}

void drp_ngrams_fill(struct drp_ngrams *g, const struct drp_tokens *reference, size_t order)
{
    const size_t n_words = reference->spans.n;
    start(g, drp_size_mul(n_words, order));
    g->words = reference;
    add_words(g, n_words);
    for (size_t i = 0; i < n_words; i++) {
        uint32_t id = g->reference.at[i];
        for (size_t k = 1; k < DRP_MIN(order, n_words - i); k++) {
            const uint64_t key = pair_key(id, g->reference.at[i + k]);
            id = count(g, find(g, key, NULL), key);
        }
    }
}

/* A match uses up one occurrence, which clips counts at the reference's. */
static size_t use(struct drp_ngrams *g, uint32_t id)
{
    if (g->left.at[id] == 0)
        return 0;
    g->left.at[id]--;
    return 1;
}

void drp_ngrams_match(struct drp_ngrams *g, const struct drp_tokens *hypothesis,
                      size_t order, size_t *matches)
{
    const size_t n_words = hypothesis->spans.n;
    for (size_t k = 0; k < order; k++)
        matches[k] = 0;
    for (size_t i = 0; i < n_words; i++) {
        uint64_t key;
        const struct drp_ngram_slot *slot =
            find_word(g, drp_tokens_get(hypothesis, i), &key);
        drp_vec_add(&g->hypothesis, slot->epoch == g->epoch ? slot->id : DRP_NO_ID);
    }
    for (size_t i = 0; i < n_words; i++) {
        uint32_t id = g->hypothesis.at[i];
        /* No n-gram that the reference lacks begins a longer one that it has. */
        for (size_t k = 0; id != DRP_NO_ID; k++) {
            matches[k] += use(g, id);
            if (k + 1 == order || i + k + 1 == n_words)
                break;
            const uint32_t last = g->hypothesis.at[i + k + 1];
            const struct drp_ngram_slot *slot = find(g, pair_key(id, last), NULL);
            id = slot->epoch == g->epoch ? slot->id : DRP_NO_ID;
        }
    }
}
