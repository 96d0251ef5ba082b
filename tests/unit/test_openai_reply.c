/* What a server says that a call has cost: every dialect of it, and counts that cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base.h"
#include "engine/openai_reply.h"

#include "base/banned.h"

#define ANSWER                                                                           \
    "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n"
#define DONE "data: [DONE]\n\n"

static bool go_on(void *ctx, struct drp_sv text)
{
    (void)ctx;
    return text.len > 0;
}

static void a_part_is_no_more_than_the_whole(void **state)
{
    static const struct {
        const char *end; /* members of the last object */
        uint32_t prompt, cached, answer, reasoning;
    } rows[] = {
        {"\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5}", 9, 0, 5, 0},
        {"\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5,"
         "\"prompt_tokens_details\":{\"cached_tokens\":4},"
         "\"completion_tokens_details\":{\"reasoning_tokens\":3}}",
         9, 4, 5, 3},
        {"\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5,"
         "\"prompt_tokens_details\":{\"cached_tokens\":10},"
         "\"completion_tokens_details\":{\"reasoning_tokens\":6}}",
         9, 9, 5, 5},
        {"\"usage\":{\"prompt_tokens_details\":{\"cached_tokens\":10}}", 0, 0, 0, 0},
        {"\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":4294967296}", 0, 0, 0, 0},
        {"\"usage\":{\"prompt_tokens\":9},\"timings\":{\"prompt_n\":2}", 9, 7, 0, 0},
        {"\"usage\":{\"prompt_tokens\":9},\"timings\":{\"prompt_n\":12}", 9, 0, 0, 0},
        {"\"usage\":null", 0, 0, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < DRP_LEN(rows); i++) {
        struct drp_openai_reply r;
        struct drp_str stream;
        drp_str_init(&stream, 4096);
        drp_str_addf(&stream, ANSWER "data: {\"choices\":[],%s}\n\n" DONE, rows[i].end);
        drp_openai_reply_init(&r, go_on, NULL);
        drp_openai_reply_feed(&r, drp_str_sv(&stream));
        assert_int_equal(drp_openai_reply_end(&r), DRP_OPENAI_COMPLETE);
        if (r.usage.prompt_tokens != rows[i].prompt ||
            r.usage.cached_tokens != rows[i].cached ||
            r.usage.answer_tokens != rows[i].answer ||
            r.usage.reasoning_tokens != rows[i].reasoning)
            fail_msg("row %zu: %u, cached %u, answer %u, reasoning %u", i,
                     r.usage.prompt_tokens, r.usage.cached_tokens, r.usage.answer_tokens,
                     r.usage.reasoning_tokens);
        drp_openai_reply_release(&r);
        drp_str_release(&stream);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_no_more_than_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
