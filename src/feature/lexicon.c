#include "feature/lexicon.h"

#include <stdlib.h>

#include "base/assets.h"
#include "base/base.h"
#include "base/banned.h"

static const struct {
    const char *asset;
    enum drp_word_class class;
} lists[] = {
    {"share/lexicon/first-person.txt", DRP_WORD_FIRST_PERSON},
    {"share/lexicon/second-person.txt", DRP_WORD_SECOND_PERSON},
    {"share/lexicon/hedges.txt", DRP_WORD_HEDGE},
    {"share/lexicon/intensifiers.txt", DRP_WORD_INTENSIFIER},
    {"share/lexicon/positive.txt", DRP_WORD_POSITIVE},
    {"share/lexicon/negative.txt", DRP_WORD_NEGATIVE},
    {"share/lexicon/negations.txt", DRP_WORD_NEGATION},
    {"share/lexicon/abbreviations.txt", DRP_WORD_ABBREVIATION},
};

/* A lexicon being read: classes grow with the entries. */
struct reading {
    struct drp_lexicon *lexicon;
    DRP_VEC(uint16_t) classes;
};

static void add(struct reading *r, struct drp_sv entry, enum drp_word_class class)
{
    const uint32_t id = drp_intern_add(&r->lexicon->entries, entry);
    while (r->classes.n <= id)
        drp_vec_add(&r->classes, 0);
    r->classes.at[id] = (uint16_t)(r->classes.at[id] | (unsigned)class);
}

static void read_line(struct reading *r, struct drp_sv line, enum drp_word_class class)
{
    while (line.len > 0) {
        const size_t comma = drp_sv_find(line, DRP_SV(","), 0);
        const struct drp_sv entry = drp_sv_trim(drp_sv_slice(line, 0, comma));
        const size_t space = drp_sv_rfind(entry, DRP_SV(" "));
        if (entry.len > 0)
            add(r, entry, class);
        if (space != SIZE_MAX)
            add(r, drp_sv_slice(entry, space + 1, entry.len), DRP_WORD_PHRASE_END);
        line = comma == SIZE_MAX ? DRP_SV("") : drp_sv_slice(line, comma + 1, line.len);
    }
}

struct drp_lexicon *drp_lexicon_new(void)
{
    struct drp_lexicon *l = drp_calloc(1, sizeof *l);
    struct reading r = {.lexicon = l};
    drp_intern_init(&l->entries);
    for (size_t i = 0; i < DRP_LEN(lists); i++) {
        struct drp_sv rest = drp_asset_get(lists[i].asset);
        struct drp_sv line;
        while (drp_sv_line(&rest, &line))
            if (!drp_sv_starts(line, DRP_SV("#")))
                read_line(&r, line, lists[i].class);
    }
    l->classes = r.classes.at;
    return l;
}

void drp_lexicon_free(struct drp_lexicon *l)
{
    if (!l)
        return;
    drp_intern_release(&l->entries);
    free(l->classes);
    free(l);
}

unsigned drp_lexicon_get(const struct drp_lexicon *l, struct drp_sv entry)
{
    const uint32_t id = drp_intern_find(&l->entries, entry);
    return id == DRP_NO_ID ? 0 : l->classes[id];
}
