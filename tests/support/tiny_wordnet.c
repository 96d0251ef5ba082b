#include "support/tiny_wordnet.h"

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "support/temp.h"
#include "base/banned.h"

/* A synset behind its offset, and the words of the index that lead to it, each with a blank behind. */
static const struct {
    const char *part, *synset, *words;
} synsets[] = {
    {"noun", "06 n 02 car 0 auto 0 001 @ 00000001 n 0000 | a vehicle (on four wheels)",
     "car auto "},
    {"noun", "06 n 03 car 1 railcar 0 railway_car 0 000 | on rails | or not",
     "car railcar railway_car "},
    {"noun", "15 n 03 Paris 0 City_of_Light 0 PARIS 0 000 | a city", "paris city_of_light "},
    {"noun", "05 n 02 goose 0 honker 0 000 | loud", "goose honker "},
    {"noun", "05 n 01 gander 0 000 | a male", "gander "},
    {"noun", "23 n 02 inch 0 in 0 000 | 2.54 cm", "inch in "},
    {"verb", "38 v 02 drive 0 motor 0 000 01 + 02 00 | by car", "drive motor "},
    {"verb", "38 v 01 go 0 000 | move", "go "},
    {"adj", "00 a 02 fast(p) 0 quick(ip) 0 000 | not slow", "fast quick "},
    {"adj", "00 s 03 flying(a) 1 half_(a)(b) 0 a(b)c) 0 000 | in haste", "fast "},
    {"adv", "02 r 02 fast 0 tight 0 000 | firmly", "fast tight "},
};

static const struct {
    const char *part, *text;
    char letter;
} parts[] = {
    {"noun", "geese gander\nmore one two\ngeese goose\ncars auto inch nowhere\n", 'n'},
    {"verb", "went go\n", 'v'},
    {"adj", "faster fast\n", 'a'},
    {"adv", "", 'r'},
};

static const char licence[] = "  1 For tests only.  \n"
                              "  2 WordNet 3.0 Copyright 2006 by nobody.  \n";

static bool leads(size_t synset, const char *part, struct drp_sv word_and_blank)
{
    const struct drp_sv words = drp_sv_from(synsets[synset].words);
    const size_t at = drp_sv_find(words, word_and_blank, 0);
    return strcmp(synsets[synset].part, part) == 0 && at != SIZE_MAX &&
           (at == 0 || words.ptr[at - 1] == ' ');
}

/* The line of one word: its part of speech, its senses, one kind of pointer, and where the senses are. */
static void add_index_line(struct drp_str *out, const char *part, char letter,
                           struct drp_sv word_and_blank, const size_t *offsets)
{
    size_t n = 0;
    for (size_t i = 0; i < DRP_LEN(synsets); i++)
        n += leads(i, part, word_and_blank);
    drp_str_addf(out, "%.*s%c %zu 1 @ %zu 0", DRP_SV_ARG(word_and_blank), letter, n, n);
    for (size_t i = 0; i < DRP_LEN(synsets); i++)
        if (leads(i, part, word_and_blank))
            drp_str_addf(out, " %08zu", offsets[i]);
    drp_str_addz(out, "  \n");
}

/* A word comes again for each of its synsets, which changes nothing: all its lines are equal. */
static void add_index(struct drp_str *out, const char *part, char letter,
                      const size_t *offsets)
{
    drp_str_addz(out, licence);
    for (size_t i = 0; i < DRP_LEN(synsets); i++) {
        struct drp_sv rest = drp_sv_from(synsets[i].words);
        while (strcmp(synsets[i].part, part) == 0 && rest.len) {
            const size_t len = drp_sv_find(rest, DRP_SV(" "), 0) + 1;
            add_index_line(out, part, letter, drp_sv_slice(rest, 0, len), offsets);
            rest = drp_sv_slice(rest, len, rest.len);
        }
    }
}

static void write_file(const char *dir, const char *before, const char *part,
                       const char *after, struct drp_sv bytes)
{
    char name[32];
    snprintf(name, sizeof name, "%s%s%s", before, part, after);
    drp_temp_write(dir, name, bytes);
}

void drp_tiny_wordnet_write(const char *dir)
{
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX / 4);
    for (size_t p = 0; p < DRP_LEN(parts); p++) {
        const char *const part = parts[p].part;
        size_t offsets[DRP_LEN(synsets)] = {0};
        drp_str_addz(&text, licence);
        for (size_t i = 0; i < DRP_LEN(synsets); i++) {
            offsets[i] = text.len;
            if (strcmp(synsets[i].part, part) == 0)
                drp_str_addf(&text, "%08zu %s  \n", text.len, synsets[i].synset);
        }
        write_file(dir, "data.", part, "", drp_str_sv(&text));
        drp_str_clear(&text);
        add_index(&text, part, parts[p].letter, offsets);
        write_file(dir, "index.", part, "", drp_str_sv(&text));
        drp_str_clear(&text);
        write_file(dir, "", part, ".exc", drp_sv_from(parts[p].text));
    }
    drp_str_release(&text);
}
