/* Porter's stemmer: the stem of any bytes is that of them in lower case, is well-formed, begins as the word does,
 * is at most a byte longer than the word in lower case, and is appended. */
#include <stdint.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/utf8.h"
#include "text/porter.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Letters in common at the beginning. */
static size_t common(struct drp_sv a, struct drp_sv b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n])
        n++;
    return n;
}

static void check_word(struct drp_sv word)
{
    struct drp_str lower, of_word, of_lower;
    drp_str_init(&lower, SIZE_MAX / 4);
    drp_str_init(&of_word, SIZE_MAX / 4);
    drp_str_init(&of_lower, SIZE_MAX / 4);
    drp_utf8_lower(&lower, word);
    drp_str_addz(&of_lower, "-ing");
    drp_porter_stem(word, &of_word);
    drp_porter_stem(drp_str_sv(&lower), &of_lower);
    const struct drp_sv low = drp_str_sv(&lower), stem = drp_str_sv(&of_word);
    must(drp_sv_starts(drp_str_sv(&of_lower), DRP_SV("-ing")));
    /* the lower case of two code points may be three */
    if (drp_utf8_count(word) > 2 || drp_utf8_count(low) <= 2)
        must(drp_sv_eq(drp_sv_slice(drp_str_sv(&of_lower), 4, of_lower.len), stem));
    must(drp_utf8_invalid(stem) == SIZE_MAX);
    must((stem.len > 0) == (word.len > 0) && stem.len <= low.len + 1);
    /* Eight steps take or change at most seven letters each. */
    must(low.len < 64 || common(low, stem) + 64 > low.len);
    must(low.len == 0 || low.ptr[0] == stem.ptr[0]);
    drp_str_release(&lower);
    drp_str_release(&of_word);
    drp_str_release(&of_lower);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv all = {size ? (const char *)data : "", size};
    struct drp_sv rest = all, line;
    check_word(all);
    while (drp_sv_line(&rest, &line))
        check_word(line);
    return 0;
}
