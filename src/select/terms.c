#include "select/terms.h"

#include "base/utf8.h"

#include "base/banned.h"

static size_t count_words(struct drp_sv text)
{
    struct drp_sv word;
    size_t n = 0;
    while (drp_utf8_word(&text, &word))
        n++;
    return n;
}

struct drp_terms drp_terms_add(struct drp_intern *words, struct drp_sv text,
                               struct drp_arena *arena)
{
    const size_t n = count_words(text);
    uint32_t *ids = drp_arena_new(arena, uint32_t, n);
    struct drp_sv word;
    for (size_t i = 0; drp_utf8_word(&text, &word); i++)
        ids[i] = drp_intern_add(words, word);
    return (struct drp_terms){ids, n};
}

struct drp_terms drp_terms_find(const struct drp_intern *words, struct drp_sv text,
                                struct drp_arena *arena)
{
    const size_t n = count_words(text);
    uint32_t *ids = drp_arena_new(arena, uint32_t, n);
    struct drp_sv word;
    for (size_t i = 0; drp_utf8_word(&text, &word); i++)
        ids[i] = drp_intern_find(words, word);
    return (struct drp_terms){ids, n};
}
