/* RAG: the user's past texts that are most like the one to write stand in the prompt. */
#include "method/table.h"

#include "base/base.h"
#include "method/compose.h"
#include "base/banned.h"

/* Step 1, to rank the history by BM25, is in the sample. */
static int write_text(struct drp_method_ctx *x, const struct drp_sample *s,
                      const struct drp_profile *found, struct drp_prediction *out,
                      struct drp_err *err)
{
    (void)found;
    /* Step 2: the best texts, best first and whole. */
    struct drp_material known = {0};
    drp_compose_own(s, &known);

    /* Step 3: the text. */
    *out = (struct drp_prediction){0};
    return drp_compose_text(x, s, "shared/generate", &known, out, err);
}

const struct drp_method drp_method_rag = {
    .name = "rag",
    .title = "RAG",
    .source =
        "LaMP: When Large Language Models Meet Personalization (Salemi et al., ACL 2024)",
    .steps = "retrieve past texts, write",
    .calls = "1",
    .inferred = "eight texts, best first, none shortened while they fit; LaMP has one and "
                "shares out a budget of tokens",
    .write = write_text,
};
