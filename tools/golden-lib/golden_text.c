/* Tokens and stems. */
#include "base/base.h"
#include "text/mteval.h"
#include "text/porter.h"
#include "text/treebank.h"

#include "golden_report.h"

#include "base/banned.h"

int golden_porter(const struct golden_folder *folder, const struct drp_json_val *line,
                  struct golden_report *report, struct drp_err *err)
{
    const struct drp_sv word = drp_json_str(drp_json_get(line, "word"));
    const struct drp_sv stem = drp_json_str(drp_json_get(line, "stem"));
    struct drp_str ours;
    (void)folder;
    if (!word.ptr || !stem.ptr)
        return drp_fail(err, DRP_EINPUT,
                        "cannot use the case: 'word' or 'stem' is missing");
    drp_str_init(&ours, SIZE_MAX / 4);
    drp_porter_stem(word, &ours);
    const bool equal = drp_sv_eq(drp_str_sv(&ours), stem);
    drp_str_release(&ours);
    return equal ? 1 : golden_differs(report, "stem");
}

static bool same_texts(const struct drp_json_val *theirs, const struct drp_tokens *ours)
{
    struct drp_json_iter it = {0};
    if (drp_json_len(theirs) != ours->spans.n)
        return false;
    for (size_t i = 0; i < ours->spans.n; i++)
        if (!drp_sv_eq(drp_json_str(drp_json_next(theirs, &it, NULL)),
                       drp_tokens_get(ours, i)))
            return false;
    return true;
}

static void sentences_of(const struct golden_folder *folder, struct drp_sv text,
                         struct drp_tokens *out)
{
    struct drp_spans spans = {0};
    drp_punkt_sentences(folder->punkt, text, &spans);
    for (size_t i = 0; i < spans.n; i++)
        drp_tokens_add(out, drp_sv_slice(text, spans.at[i].at,
                                         spans.at[i].at + spans.at[i].len));
    drp_vec_release(&spans);
}

int golden_tokens(const struct golden_folder *folder, const struct drp_json_val *line,
                  struct golden_report *report, struct drp_err *err)
{
    static const char *const keys[] = {"sentences", "words", "bleu_13a"};
    const struct drp_sv text = drp_json_str(drp_json_get(line, "text"));
    struct drp_tokens tokens;
    struct drp_str scratch;
    int equal = 1;
    if (!text.ptr)
        return drp_fail(err, DRP_EINPUT, "cannot use the case: 'text' is missing");
    drp_tokens_init(&tokens);
    drp_str_init(&scratch, SIZE_MAX / 4);
    for (size_t i = 0; i < DRP_LEN(keys) && equal; i++) {
        drp_tokens_clear(&tokens);
        if (i == 0)
            sentences_of(folder, text, &tokens);
        else if (i == 1)
            drp_treebank_words(folder->treebank, text, &tokens);
        else
            drp_mteval_words(text, &scratch, &tokens);
        if (!same_texts(drp_json_get(line, keys[i]), &tokens))
            equal = golden_differs(report, keys[i]);
    }
    drp_str_release(&scratch);
    drp_tokens_release(&tokens);
    return equal;
}
