/* WordNet: form feeds cut the bytes into the files of a folder. Either a reason that names one of them, or lookups of
 * the words in them: no name with an underscore or with what separates names, and the same when asked again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "text/wordnet.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In this order; what the input does not reach gets contents that pass. */
static const struct {
    const char *name, *contents;
} files[] = {
    {"index.noun", "car n 1 0 1 0 00000000\n"},
    {"data.noun", "00000000 06 n 02 car 0 auto 0 000 | a vehicle\n"},
    {"noun.exc", "geese goose\n"},
    {"index.adj", "fast a 1 0 1 0 00000000\n"},
    {"data.adj", "00000000 00 s 02 quick 0 fast(p) 0 000 | not slow\n"},
    {"adj.exc", "faster fast\n"},
    {"index.verb", "go v 1 0 1 0 00000000\n"},
    {"data.verb", "00000000 38 v 01 go 0 000 | move\n"},
    {"verb.exc", "went go\n"},
    {"index.adv", "fast r 1 0 1 0 00000000\n"},
    {"data.adv", "00000000 02 r 01 fast 0 000 | firmly\n"},
    {"adv.exc", ""},
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void join(char *path, size_t size, const char *dir, const char *name)
{
    must(snprintf(path, size, "%s/%s", dir, name) < (int)size);
}

static void write_files(const char *dir, struct drp_sv input)
{
    for (size_t i = 0; i < DRP_LEN(files); i++) {
        struct drp_sv contents = drp_sv_from(files[i].contents);
        if (input.len) {
            const size_t end = drp_sv_find(input, DRP_SV("\f"), 0);
            contents = drp_sv_slice(input, 0, end);
            input = drp_sv_slice(input, contents.len + 1, input.len);
        }
        char path[512];
        join(path, sizeof path, dir, files[i].name);
        FILE *const f = fopen(path, "wb");
        must(f && fwrite(contents.ptr, 1, contents.len, f) == contents.len &&
             fclose(f) == 0);
    }
}

static void remove_files(const char *dir)
{
    for (size_t i = 0; i < DRP_LEN(files); i++) {
        char path[512];
        join(path, sizeof path, dir, files[i].name);
        must(unlink(path) == 0);
    }
    must(rmdir(dir) == 0);
}

static void check_word(const struct drp_wordnet *w, struct drp_sv word)
{
    struct drp_lemmas once = {0}, again = {0};
    drp_wordnet_synonyms(w, word, &once);
    drp_wordnet_synonyms(w, word, &again);
    must(once.n == again.n);
    for (size_t i = 0; i < once.n; i++) {
        const struct drp_sv name = once.at[i];
        must(name.ptr == again.at[i].ptr && name.len == again.at[i].len);
        must(drp_sv_find(name, DRP_SV("_"), 0) == SIZE_MAX);
        must(drp_sv_find(name, DRP_SV(" "), 0) == SIZE_MAX);
        must(drp_sv_find(name, DRP_SV("\n"), 0) == SIZE_MAX);
        must(drp_sv_find(name, DRP_SV("|"), 0) == SIZE_MAX);
    }
    drp_vec_release(&once);
    drp_vec_release(&again);
}

static void check_words(const struct drp_wordnet *w, struct drp_sv input)
{
    static const char *const suffixes[] = {"", "s", "ed", "est"};
    struct drp_str word;
    drp_str_init(&word, SIZE_MAX / 4);
    for (int n = 0; input.len && n < 100; n++) {
        size_t len = 0;
        while (len < input.len && input.ptr[len] != ' ' && input.ptr[len] != '\n' &&
               input.ptr[len] != '\f')
            len++;
        for (size_t i = 0; i < DRP_LEN(suffixes); i++) {
            drp_str_clear(&word);
            drp_str_add(&word, drp_sv_slice(input, 0, len));
            drp_str_addz(&word, suffixes[i]);
            check_word(w, drp_str_sv(&word));
        }
        input = drp_sv_slice(input, len + 1, input.len);
    }
    check_word(w, DRP_SV("went"));
    drp_str_release(&word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv input = {size ? (const char *)data : "", size};
    struct drp_wordnet *w = NULL;
    struct drp_err err = {0};
    char dir[] = "/tmp/drp-fuzz-XXXXXX";
    must(mkdtemp(dir) != NULL);
    write_files(dir, input);
    const int rc = drp_wordnet_open(dir, &w, &err);
    must((rc == 0) == (w != NULL));
    if (rc == 0) {
        must(drp_wordnet_version(w).len > 0);
        check_words(w, input);
    } else {
        must(rc == DRP_EINPUT && strstr(err.text, dir) && err.record > 0);
    }
    drp_wordnet_free(w);
    remove_files(dir);
    return 0;
}
