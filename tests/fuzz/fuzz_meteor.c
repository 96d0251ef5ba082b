/* METEOR: form feeds cut the bytes into hypothesis and reference. Scores are those of the algorithm as it is
 * described, comparing each word with each, from 0 to below 1; also with the words remembered from other texts. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"
#include "base/utf8.h"
#include "metric/meteor.h"
#include "text/porter.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_TOKENS = 128 };

/* Words of few letters, so that texts of few bytes hit them. */
static const struct {
    const char *name, *contents;
} files[] = {
    {"index.noun", "a n 2 0 2 0 00000000 00000041\n"
                   "b n 1 0 1 0 00000000\n"
                   "c n 1 0 1 0 00000041\n"},
    {"data.noun", "00000000 06 n 03 a 0 b 0 E 0 000 | one .\n"
                  "00000041 06 n 03 c 0 a_d 0 d(p) 0 000 | two\n"},
    {"noun.exc", "dd c b\n"},
    {"index.adj", "d a 1 0 1 0 00000000\n"},
    {"data.adj", "00000000 00 s 02 bb 0 a(p) 0 000 | three\n"},
    {"adj.exc", ""},
    {"index.verb", "c v 1 0 1 0 00000000\n"},
    {"data.verb", "00000000 38 v 02 cc 0 a 0 000 | four\n"},
    {"verb.exc", "aa d\n"},
    {"index.adv", "a r 1 0 1 0 00000000\n"},
    {"data.adv", "00000000 02 r 01 \xc3\xa9 0 000 | five\n"},
    {"adv.exc", ""},
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void write_or_remove(const char *dir, bool is_written)
{
    for (size_t i = 0; i < DRP_LEN(files); i++) {
        char path[512];
        must(snprintf(path, sizeof path, "%s/%s", dir, files[i].name) < (int)sizeof path);
        if (is_written) {
            FILE *const f = fopen(path, "wb");
            must(f && fputs(files[i].contents, f) >= 0 && fclose(f) == 0);
        } else {
            must(unlink(path) == 0);
        }
    }
}

static struct drp_wordnet *open_wordnet(void)
{
    char dir[] = "/tmp/drp-fuzz-XXXXXX";
    struct drp_wordnet *w = NULL;
    must(mkdtemp(dir) != NULL);
    write_or_remove(dir, true);
    must(drp_wordnet_open(dir, &w, NULL) == 0);
    write_or_remove(dir, false); /* what is mapped stays */
    must(rmdir(dir) == 0);
    return w;
}

/* One side: its words in lower case, later their stems, and which of them are matched to which. */
struct side {
    struct drp_str words[MAX_TOKENS];
    size_t match[MAX_TOKENS]; /* SIZE_MAX: none yet */
    size_t n;
};

static void start_side(struct side *s, const struct drp_tokens *tokens)
{
    s->n = tokens->spans.n;
    for (size_t i = 0; i < s->n; i++) {
        drp_str_init(&s->words[i], SIZE_MAX / 4);
        drp_utf8_lower(&s->words[i], drp_tokens_get(tokens, i));
        s->match[i] = SIZE_MAX;
    }
}

static void end_side(struct side *s)
{
    for (size_t i = 0; i < s->n; i++)
        drp_str_release(&s->words[i]);
}

static void stem_side(struct side *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct drp_str stem;
        drp_str_init(&stem, SIZE_MAX / 4);
        drp_porter_stem(drp_str_sv(&s->words[i]), &stem);
        drp_str_release(&s->words[i]);
        s->words[i] = stem;
    }
}

static bool fits(const struct drp_wordnet *w, struct drp_sv word, struct drp_sv reference)
{
    struct drp_lemmas synonyms = {0};
    if (w)
        drp_wordnet_synonyms(w, word, &synonyms);
    bool found = drp_sv_eq(word, reference);
    for (size_t i = 0; i < synonyms.n; i++)
        found = found || drp_sv_eq(synonyms.at[i], reference);
    drp_vec_release(&synonyms);
    return found;
}

static void match_rest(struct side *h, struct side *r, const struct drp_wordnet *w)
{
    for (size_t i = h->n; i-- > 0;)
        for (size_t j = r->n; h->match[i] == SIZE_MAX && j-- > 0;)
            if (r->match[j] == SIZE_MAX &&
                fits(w, drp_str_sv(&h->words[i]), drp_str_sv(&r->words[j]))) {
                h->match[i] = j;
                r->match[j] = i;
            }
}

static double naive_score(const struct drp_tokens *hypothesis,
                          const struct drp_tokens *reference, const struct drp_wordnet *w)
{
    struct side h, r;
    start_side(&h, hypothesis);
    start_side(&r, reference);
    match_rest(&h, &r, NULL);
    stem_side(&h);
    stem_side(&r);
    match_rest(&h, &r, NULL);
    match_rest(&h, &r, w);
    double n = 0, chunks = 0;
    for (size_t i = 0; i < h.n; i++) {
        const bool is_matched = h.match[i] != SIZE_MAX;
        const bool goes_on = i > 0 && h.match[i] > 0 && h.match[i - 1] == h.match[i] - 1;
        n += is_matched;
        chunks += is_matched && !goes_on;
    }
    const double p = n / (double)h.n, q = n / (double)r.n;
    end_side(&h);
    end_side(&r);
    return n > 0 ? (1 - 0.5 * pow(chunks / n, 3)) * (p * q / (0.9 * p + (1 - 0.9) * q)) : 0;
}

static void check(struct drp_meteor *m, const struct drp_wordnet *w,
                  const struct drp_tokens *h, const struct drp_tokens *r)
{
    const double score = drp_meteor_score(m, h, r);
    must(score >= 0 && score < 1);
    must(score == drp_meteor_score(m, h, r));
    must(fabs(score - naive_score(h, r, w)) <= 1e-12);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv input = {size ? (const char *)data : "",
                                 DRP_MIN(size, 2 * MAX_TOKENS)};
    const size_t cut = drp_sv_find(input, DRP_SV("\f"), 0);
    static struct drp_wordnet *w = NULL; /* one for all runs */
    if (!w)
        w = open_wordnet();
    struct drp_meteor *const plain = drp_meteor_new(NULL), *const sense = drp_meteor_new(w);
    struct drp_tokens h, r;
    drp_tokens_init(&h);
    drp_tokens_init(&r);
    drp_tokens_split(&h, drp_sv_slice(input, 0, cut));
    drp_tokens_split(&r, drp_sv_slice(input, cut, input.len));
    must(h.spans.n <= MAX_TOKENS && r.spans.n <= MAX_TOKENS);
    check(plain, NULL, &h, &r);
    check(plain, NULL, &r, &h);
    check(sense, w, &h, &r);
    check(sense, w, &r, &h);
    check(sense, w, &h, &h);
    drp_tokens_release(&h);
    drp_tokens_release(&r);
    drp_meteor_free(plain);
    drp_meteor_free(sense);
    return 0;
}
