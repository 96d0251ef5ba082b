/*
 * A listing is a file whose lines begin with a word: index.noun, noun.exc. Its slots say where lines begin: open
 * addressing, a power of two, at most half filled, nothing assumed of the order of lines. Of two lines of one word
 * the later counts. Synsets stand in data.noun at the byte offsets that index.noun gives.
 *
 * Opening checks how each line begins; all that lies behind is checked when it is used, since it may be damaged.
 */
#include "text/wordnet.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "base/hash.h"

#include "base/banned.h"

/* Parts of speech, in the order in which the package asks for them. */
enum part { NOUN, VERB, ADJECTIVE, ADVERB, N_PARTS };

enum { OFFSET_DIGITS = 8 };

static const struct {
    const char *index, *data, *exceptions;
    char letter; /* in the lines of the index */
} files[N_PARTS] = {
    {"index.noun", "data.noun", "noun.exc", 'n'},
    {"index.verb", "data.verb", "verb.exc", 'v'},
    {"index.adj", "data.adj", "adj.exc", 'a'},
    {"index.adv", "data.adv", "adv.exc", 'r'},
};

/* Endings that lead to base forms. */
static const struct {
    enum part part;
    const char *cut, *with;
} suffixes[] = {
    {NOUN, "s", ""},        {NOUN, "ses", "s"},     {NOUN, "ves", "f"},
    {NOUN, "xes", "x"},     {NOUN, "zes", "z"},     {NOUN, "ches", "ch"},
    {NOUN, "shes", "sh"},   {NOUN, "men", "man"},   {NOUN, "ies", "y"},
    {VERB, "s", ""},        {VERB, "ies", "y"},     {VERB, "es", "e"},
    {VERB, "es", ""},       {VERB, "ed", "e"},      {VERB, "ed", ""},
    {VERB, "ing", "e"},     {VERB, "ing", ""},      {ADJECTIVE, "er", ""},
    {ADJECTIVE, "est", ""}, {ADJECTIVE, "er", "e"}, {ADJECTIVE, "est", "e"},
};

struct slot {
    uint32_t hash; /* of the word: most others are told apart without a look at their line */
    uint32_t line; /* where it begins, + 1; 0: free                                        */
};

struct listing {
    struct drp_sv bytes;
    struct slot *slots; /* (n_slots) */
    size_t n_slots;
};

struct drp_wordnet {
    struct listing index[N_PARTS], exceptions[N_PARTS];
    struct drp_sv data[N_PARTS];
    struct drp_sv version;
};

/* Cuts the next run without blanks off `*line`. False when there is none. */
static bool next_field(struct drp_sv *line, struct drp_sv *field)
{
    size_t from = 0;
    while (from < line->len && line->ptr[from] == ' ')
        from++;
    const char *const start = line->ptr + from;
    const char *const end = from < line->len ? memchr(start, ' ', line->len - from) : NULL;
    *field = (struct drp_sv){start, end ? (size_t)(end - start) : line->len - from};
    *line = drp_sv_slice(*line, from + field->len, line->len);
    return field->len > 0;
}

/* A count in the base of its field; 0 when it is none. */
static size_t next_count(struct drp_sv *line, unsigned base)
{
    struct drp_sv field;
    size_t count = 0;
    if (!next_field(line, &field) || field.len > 6)
        return 0;
    for (size_t i = 0; i < field.len; i++) {
        const char c = field.ptr[i];
        const unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                               : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                      : base;
        if (digit >= base)
            return 0;
        count = count * base + digit;
    }
    return count;
}

/* The line that begins at `at`. */
static struct drp_sv line_at(struct drp_sv bytes, size_t at)
{
    struct drp_sv rest = drp_sv_slice(bytes, at, bytes.len), line = {0};
    drp_sv_line(&rest, &line);
    return line;
}

/* Whether the line that begins at `at` is the one of `word`. */
static bool is_line_of(struct drp_sv bytes, size_t at, struct drp_sv word)
{
    return bytes.len - at > word.len && bytes.ptr[at + word.len] == ' ' &&
           memcmp(bytes.ptr + at, word.ptr, word.len) == 0;
}

/* The slot of the word's line, or the free one where it belongs. */
static struct slot *find_slot(const struct listing *l, struct drp_sv word, uint32_t hash)
{
    const size_t mask = l->n_slots - 1;
    size_t at = hash & mask;
    while (l->slots[at].line && !(l->slots[at].hash == hash &&
                                  is_line_of(l->bytes, l->slots[at].line - 1, word)))
        at = (at + 1) & mask;
    return &l->slots[at];
}

/* What follows the word on its line. False when it is not listed. */
static bool find_entry(const struct listing *l, struct drp_sv word, struct drp_sv *entry)
{
    const struct slot *slot = find_slot(l, word, (uint32_t)drp_hash64(word));
    if (!slot->line)
        return false;
    *entry = line_at(l->bytes, slot->line - 1 + word.len);
    return true;
}

static void make_slots(struct listing *l)
{
    struct drp_sv rest = l->bytes, line;
    size_t n_lines = 0;
    while (drp_sv_line(&rest, &line))
        n_lines++;
    l->n_slots = 16;
    while (l->n_slots < 2 * n_lines)
        l->n_slots *= 2;
    l->slots = drp_calloc(l->n_slots, sizeof *l->slots);
}

static int fail_line(struct drp_err *err, const char *path, size_t line, const char *what)
{
    const int rc = drp_fail(err, DRP_EINPUT,
                            "cannot read '%s' line %zu: expected %s as in WordNet; check "
                            "that the folder holds WordNet's own files",
                            path, line, what);
    if (err)
        err->record = (int64_t)line;
    return rc;
}

/* Whether a line begins as in an index: a word, the letter of its part of speech, a number. */
static bool is_index_entry(struct drp_sv line, size_t word_len, char letter)
{
    return line.len > word_len + 3 && line.ptr[word_len + 1] == letter &&
           line.ptr[word_len + 2] == ' ' && line.ptr[word_len + 3] >= '0' &&
           line.ptr[word_len + 3] <= '9';
}

/* Enters all lines. `letter`: of the part of speech; 0: exceptions, a word and its base forms. */
static int list_words(struct listing *l, const char *path, char letter, struct drp_err *err)
{
    struct drp_sv rest = l->bytes, line;
    size_t n_words = 0;
    make_slots(l);
    for (size_t n = 1; drp_sv_line(&rest, &line); n++) {
        if (line.len == 0 || line.ptr[0] == ' ') /* the licence */
            continue;
        const char *const end = memchr(line.ptr, ' ', line.len);
        const struct drp_sv word = {line.ptr, end ? (size_t)(end - line.ptr) : line.len};
        if (letter && !is_index_entry(line, word.len, letter))
            return fail_line(err, path, n, "a word, its part of speech and numbers");
        if (line.len < word.len + 2)
            return fail_line(err, path, n, "a word and its base forms");
        const uint32_t hash = (uint32_t)drp_hash64(word);
        *find_slot(l, word, hash) =
            (struct slot){hash, (uint32_t)(line.ptr - l->bytes.ptr) + 1};
        n_words++;
    }
    if (letter && n_words == 0)
        return fail_line(err, path, 1, "words");
    return 0;
}

/* Maps `dir/name`; its path stays in `path`. */
static int map_file(const char *dir, const char *name, struct drp_str *path,
                    struct drp_sv *bytes, struct drp_err *err)
{
    const int rc = drp_fs_map(drp_fs_join(path, dir, name), bytes, err);
    if (rc == DRP_ENOTFOUND)
        return drp_fail(err, rc,
                        "cannot find WordNet's file '%s': apt-get install wordnet-base, or "
                        "let WNHOME name the folder of WordNet 3.0",
                        path->ptr);
    if (rc == 0 && bytes->len >= UINT32_MAX)
        return drp_fail(err, DRP_EINPUT,
                        "cannot use '%s': WordNet's files are smaller than 4 GiB; check that "
                        "the folder holds WordNet's own files",
                        path->ptr);
    return rc;
}

static bool begins_with_offset(struct drp_sv line)
{
    if (line.len <= OFFSET_DIGITS || line.ptr[OFFSET_DIGITS] != ' ')
        return false;
    for (size_t i = 0; i < OFFSET_DIGITS; i++)
        if (line.ptr[i] < '0' || line.ptr[i] > '9')
            return false;
    return true;
}

/* Looks at the licence and at the first synset. */
static int check_data(struct drp_wordnet *w, struct drp_sv data, const char *path,
                      struct drp_err *err)
{
    static const struct drp_sv name = {"WordNet ", 8};
    struct drp_sv line = {0};
    size_t n = 0;
    while (drp_sv_line(&data, &line)) {
        n++;
        if (line.len > 0 && line.ptr[0] != ' ')
            break;
        const size_t at = drp_sv_find_nocase(line, name, 0);
        struct drp_sv rest =
            drp_sv_slice(line, at == SIZE_MAX ? line.len : at + name.len, line.len);
        struct drp_sv version;
        if (!w->version.len && next_field(&rest, &version) &&
            drp_sv_starts(rest, DRP_SV(" Copyright")))
            w->version = version;
    }
    return begins_with_offset(line) ? 0
                                    : fail_line(err, path, n ? n : 1, "a synset's offset");
}

static int open_part(struct drp_wordnet *w, enum part part, const char *dir,
                     struct drp_err *err)
{
    struct drp_str path;
    int rc = 0;
    drp_str_init(&path, SIZE_MAX / 4);
    struct listing *const index = &w->index[part], *const exceptions = &w->exceptions[part];
    DRP_TRY(rc, map_file(dir, files[part].index, &path, &index->bytes, err));
    DRP_TRY(rc, list_words(index, path.ptr, files[part].letter, err));
    DRP_TRY(rc, map_file(dir, files[part].exceptions, &path, &exceptions->bytes, err));
    DRP_TRY(rc, list_words(exceptions, path.ptr, 0, err));
    DRP_TRY(rc, map_file(dir, files[part].data, &path, &w->data[part], err));
    DRP_TRY(rc, check_data(w, w->data[part], path.ptr, err));
out:
    drp_str_release(&path);
    return rc;
}

/* Finds the folder when none is named; `out` holds its path if it is not the usual one. */
static const char *find_folder(struct drp_str *out)
{
    const char *const home = getenv("WNHOME");
    struct drp_str path;
    const char *found = NULL;
    drp_str_init(&path, SIZE_MAX / 4);
    for (int i = 0; home && *home && i < 2 && !found; i++) {
        drp_fs_join(out, home, i == 0 ? "" : "dict");
        if (drp_fs_kind(drp_fs_join(&path, out->ptr, files[NOUN].index)) == DRP_FS_FILE)
            found = out->ptr;
    }
    drp_str_release(&path);
    if (found)
        return found;
    return home && *home ? drp_fs_join(out, home, "") : "/usr/share/wordnet";
}

int drp_wordnet_open(const char *dir, struct drp_wordnet **out, struct drp_err *err)
{
    struct drp_wordnet *w = drp_calloc(1, sizeof *w);
    struct drp_str found;
    int rc = 0;
    drp_str_init(&found, SIZE_MAX / 4);
    if (!dir)
        dir = find_folder(&found);
    for (int part = 0; part < N_PARTS; part++)
        DRP_TRY(rc, open_part(w, (enum part)part, dir, err));
    *out = w;
    w = NULL;
out:
    if (rc < 0)
        *out = NULL;
    drp_wordnet_free(w);
    drp_str_release(&found);
    return rc;
}

static void release_listing(struct listing *l)
{
    drp_fs_unmap(l->bytes);
    free(l->slots);
}

void drp_wordnet_free(struct drp_wordnet *w)
{
    for (int part = 0; w && part < N_PARTS; part++) {
        release_listing(&w->index[part]);
        release_listing(&w->exceptions[part]);
        drp_fs_unmap(w->data[part]);
    }
    free(w);
}

struct drp_sv drp_wordnet_version(const struct drp_wordnet *w)
{
    return w->version.len ? w->version : DRP_SV("?");
}

/* The name without a marker such as "(p)" at its end. */
static struct drp_sv without_marker(struct drp_sv name)
{
    const size_t open = drp_sv_rfind(name, DRP_SV("("));
    if (open == SIZE_MAX || drp_sv_find(name, DRP_SV(")"), open) != name.len - 1)
        return name;
    return drp_sv_slice(name, 0, open);
}

/* Appends the words of the synset at an offset of eight digits, with which its line begins too. */
static void add_synset(struct drp_sv data, struct drp_sv offset, struct drp_lemmas *out)
{
    int64_t at;
    struct drp_sv field;
    if (offset.len != OFFSET_DIGITS || !drp_sv_int(offset, &at) || at < 0)
        return;
    struct drp_sv line = line_at(data, (size_t)at);
    if (!begins_with_offset(line) || !drp_sv_starts(line, offset))
        return;
    line = drp_sv_slice(line, 0, drp_sv_find(line, DRP_SV("|"), 0)); /* the gloss */
    for (int skip = 0; skip < 3; skip++) /* offset, lexicographer's file, kind of synset */
        next_field(&line, &field);
    for (size_t n = next_count(&line, 16); n > 0 && next_field(&line, &field); n--) {
        const struct drp_sv name = without_marker(field);
        if (drp_sv_find(name, DRP_SV("_"), 0) == SIZE_MAX)
            drp_vec_add(out, name);
        next_field(&line, &field); /* its number in the lexicographer's file */
    }
}

/* Appends the words of all senses of a base form, if the part of speech has it. */
static void add_senses(const struct drp_wordnet *w, enum part part, struct drp_sv form,
                       struct drp_lemmas *out)
{
    struct drp_sv entry, field;
    if (!find_entry(&w->index[part], form, &entry))
        return;
    next_field(&entry, &field); /* the part of speech */
    const size_t n_synsets = next_count(&entry, 10);
    for (size_t n = next_count(&entry, 10); n > 0 && next_field(&entry, &field); n--)
        ;                       /* kinds of pointers */
    next_field(&entry, &field); /* the number of senses again */
    next_field(&entry, &field); /* how many of them are ranked */
    for (size_t n = n_synsets; n > 0 && next_field(&entry, &field); n--)
        add_synset(w->data[part], field, out);
}

/* Calls add_senses() for each form that a suffix leads to. */
static void add_suffixed(const struct drp_wordnet *w, enum part part, struct drp_sv word,
                         struct drp_lemmas *out)
{
    struct drp_str form;
    drp_str_init(&form, SIZE_MAX / 4);
    for (size_t i = 0; i < DRP_LEN(suffixes); i++) {
        const struct drp_sv cut = drp_sv_from(suffixes[i].cut);
        if (suffixes[i].part != part || !drp_sv_ends(word, cut))
            continue;
        drp_str_clear(&form);
        drp_str_add(&form, drp_sv_slice(word, 0, word.len - cut.len));
        drp_str_addz(&form, suffixes[i].with);
        add_senses(w, part, drp_str_sv(&form), out);
    }
    drp_str_release(&form);
}

void drp_wordnet_synonyms(const struct drp_wordnet *w, struct drp_sv word,
                          struct drp_lemmas *out)
{
    for (int i = 0; i < N_PARTS; i++) {
        const enum part part = (enum part)i;
        struct drp_sv forms, form;
        add_senses(w, part, word, out);
        if (!find_entry(&w->exceptions[part], word, &forms))
            add_suffixed(w, part, word, out);
        else
            while (next_field(&forms, &form))
                add_senses(w, part, form, out);
    }
}
