#include "text/token.h"

#include "base/base.h"
#include "base/utf8.h"

#include "base/banned.h"

void drp_tokens_init(struct drp_tokens *t)
{
    drp_str_init(&t->bytes, SIZE_MAX / 4);
    t->spans = (struct drp_spans){0};
}

void drp_tokens_release(struct drp_tokens *t)
{
    drp_str_release(&t->bytes);
    drp_vec_release(&t->spans);
}

void drp_tokens_clear(struct drp_tokens *t)
{
    drp_str_clear(&t->bytes);
    t->spans.n = 0;
}

void drp_tokens_add(struct drp_tokens *t, struct drp_sv token)
{
    const struct drp_span span = {t->bytes.len, token.len};
    drp_str_add(&t->bytes, token);
    drp_vec_add(&t->spans, span);
}

struct drp_sv drp_tokens_get(const struct drp_tokens *t, size_t i)
{
    const struct drp_span span = t->spans.at[i];
    return (struct drp_sv){t->bytes.ptr + span.at, span.len};
}

void drp_tokens_split(struct drp_tokens *t, struct drp_sv text)
{
    struct drp_sv word;
    while (drp_utf8_word(&text, &word))
        drp_tokens_add(t, word);
}
