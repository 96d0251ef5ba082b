#include "base/nearest.h"

#include "base/base.h"

#include "base/banned.h"

/* Names are short; what is longer is told apart well enough by its beginning. */
enum { N_BYTES = 64 };

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

struct drp_nearest drp_nearest_start(struct drp_sv word)
{
    return (struct drp_nearest){.word = word, .best = {NULL, 0}, .distance = SIZE_MAX};
}

void drp_nearest_offer(struct drp_nearest *n, struct drp_sv name)
{
    const size_t distance = drp_edit_distance(n->word, name);
    if (distance < n->distance) {
        n->best = name;
        n->distance = distance;
    }
}

bool drp_nearest_is_likely(const struct drp_nearest *n)
{
    return n->best.ptr && 2 * n->distance < n->word.len + 1;
}

/* Three rows of the usual table are enough: row i - 2 is needed for swaps only. */
size_t drp_edit_distance(struct drp_sv a, struct drp_sv b)
{
    const size_t n = DRP_MIN(a.len, (size_t)N_BYTES);
    const size_t m = DRP_MIN(b.len, (size_t)N_BYTES);
    size_t rows[3][N_BYTES + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= m; j++)
        row[j] = before[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *const spare = before;
        before = above;
        above = row;
        row = spare;
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const char x = lower(a.ptr[i - 1]), y = lower(b.ptr[j - 1]);
            size_t best = above[j - 1] + (x != y);
            best = DRP_MIN(best, above[j] + 1);
            best = DRP_MIN(best, row[j - 1] + 1);
            if (i > 1 && j > 1 && x == lower(b.ptr[j - 2]) && lower(a.ptr[i - 2]) == y)
                best = DRP_MIN(best, before[j - 2] + 1);
            row[j] = best;
        }
    }
    return row[m];
}
