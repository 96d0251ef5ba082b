/* Any bytes as a server's answer, in three cuts: the same verdict, text, thoughts and usage each
 * time; text is UTF-8; what is not complete says why in one line. The same bytes as a list of
 * models, as vectors and as an error. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"
#include "engine/openai_embed.h"
#include "engine/openai_fields.h"
#include "engine/openai_probe.h"
#include "engine/openai_reply.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* A reply and the text that came of it. */
struct heard {
    struct drp_openai_reply reply;
    struct drp_str content;
    size_t most; /* bytes after which no more is wanted; 0: all are */
    enum drp_openai_end end;
};

static bool on_content(void *ctx, struct drp_sv text)
{
    struct heard *h = ctx;
    must(text.len > 0 && drp_utf8_invalid(text) == SIZE_MAX);
    drp_str_add(&h->content, text);
    return h->most == 0 || h->content.len < h->most;
}

static void hear(struct drp_sv bytes, size_t step, struct heard *h)
{
    bool go_on = true;
    drp_str_init(&h->content, SIZE_MAX / 4);
    drp_openai_reply_init(&h->reply, on_content, h);
    for (size_t at = 0; go_on && at < bytes.len; at += step)
        go_on = drp_openai_reply_feed(&h->reply, drp_sv_slice(bytes, at, at + step));
    h->end = drp_openai_reply_end(&h->reply);
    must(h->end == DRP_OPENAI_COMPLETE || h->reply.problem.len > 0);
    must(drp_sv_find(drp_str_sv(&h->reply.problem), DRP_SV("\n"), 0) == SIZE_MAX);
    must(h->end != DRP_OPENAI_COMPLETE || h->reply.stopped ||
         (h->reply.has_choice && h->reply.has_finish && h->reply.has_done));
    must(drp_utf8_invalid(drp_str_sv(&h->reply.reasoning)) == SIZE_MAX);
    must(h->reply.usage.cached_tokens <= h->reply.usage.prompt_tokens);
    must(h->reply.usage.reasoning_tokens <= h->reply.usage.answer_tokens);
}

static void forget(struct heard *h)
{
    drp_openai_reply_release(&h->reply);
    drp_str_release(&h->content);
}

static void same(const struct heard *a, const struct heard *b)
{
    must(a->end == b->end && a->reply.finish == b->reply.finish);
    must(drp_sv_eq(drp_str_sv(&a->content), drp_str_sv(&b->content)));
    must(drp_sv_eq(drp_str_sv(&a->reply.reasoning), drp_str_sv(&b->reply.reasoning)));
    must(drp_sv_eq(drp_str_sv(&a->reply.problem), drp_str_sv(&b->reply.problem)));
    must(memcmp(&a->reply.usage, &b->reply.usage, sizeof a->reply.usage) == 0);
}

static void read_objects(struct drp_sv text)
{
    enum { N = 2, DIMENSION = 3 };
    struct drp_arena arena = {0};
    struct drp_err err = {0};
    struct drp_json *doc = NULL;
    struct drp_openai_found found;
    float v[N * DIMENSION] = {0};
    if (drp_json_parse(text, DRP_JSON_STRICT, &doc, &err) < 0)
        return;
    const struct drp_json_val *root = drp_json_root(doc);
    if (drp_openai_choose(root, DRP_SV(""), &arena, &found, &err) == 0)
        must(found.name.len > 0);
    else
        must(err.text[0] != '\0');
    if (drp_openai_choose(root, DRP_SV("m"), &arena, &found, &err) == 0)
        must(drp_sv_is(found.name, "m") || drp_sv_is(found.name, "m:latest"));
    if (drp_openai_read_vectors(root, N, DIMENSION, v, &err) == 0)
        for (size_t i = 0; i < N; i++) {
            double sum = 0;
            for (size_t k = 0; k < DIMENSION; k++)
                sum += (double)v[i * DIMENSION + k] * (double)v[i * DIMENSION + k];
            must(fabs(sum - 1) < 1e-5);
        }
    drp_json_free(doc);
    drp_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct drp_sv all = {(const char *)data, size};
    const size_t step = size > 0 ? data[size / 2] % 31 + 1 : 1;
    const size_t most = size > 2 && data[size - 1] == '!' ? 3 : 0;
    struct heard whole = {.most = most}, pieces = {.most = most}, single = {.most = most};
    struct drp_str error;
    hear(all, size + 1, &whole);
    hear(all, step, &pieces);
    hear(all, 1, &single);
    same(&whole, &pieces);
    same(&whole, &single);
    forget(&whole);
    forget(&pieces);
    forget(&single);
    drp_str_init(&error, 1 << 12);
    drp_openai_error_text(all, &error);
    must(error.len > 0 && drp_utf8_invalid(drp_str_sv(&error)) == SIZE_MAX);
    must(drp_sv_find(drp_str_sv(&error), DRP_SV("\n"), 0) == SIZE_MAX);
    must((drp_openai_fields_named(all, 0x5555) & ~0x5555U) == 0);
    drp_str_release(&error);
    read_objects(all);
    return 0;
}
