#include "support/small.h"

#include "base/base.h"
#include "base/hash.h"
#include "support/temp.h"

#include "base/banned.h"

/* A dataset directory in which every user wrote about every item and about a target of their own, and a
 * vector for each text. Text of user u about item i: "textU-I". */
static void write_review(struct drp_str *out, size_t user, size_t item)
{
    drp_str_addf(out,
                 "{\"asin\":\"item%zu\",\"title\":\"about it %zu\",\"text\":\"text%zu-%zu\","
                 "\"rating\":4.0,\"timestamp\":%zu}",
                 item, item, user, item, 1000 * item + user);
}

static void write_vector(struct drp_str *out, size_t user, size_t item)
{
    struct drp_str text;
    char hex[65];
    drp_str_init(&text, 64);
    drp_str_addf(&text, "text%zu-%zu", user, item);
    const struct drp_sha256 hash = drp_sha256(drp_str_sv(&text));
    drp_sha256_hex(&hash, hex);
    drp_str_addf(out, "{\"text_sha256\":\"%s\",\"vector\":[%zu.5,%zu]}\n", hex, user,
                 item + user);
    drp_str_release(&text);
}

void small_write(const char *dir, size_t n_users)
{
    struct drp_str items, rows, vectors;
    drp_str_init(&items, 1 << 20);
    drp_str_init(&rows, 1 << 20);
    drp_str_init(&vectors, 1 << 20);
    for (size_t i = 0; i <= SMALL_ITEMS; i++)
        drp_str_addf(
            &items,
            "{\"asin\":\"item%zu\",\"title\":\"Thing %zu\",\"description\":\"use %zu\"}\n",
            i, i, i);
    for (size_t u = 0; u < n_users; u++) {
        drp_str_addf(&rows, "{\"user_id\":\"user%zu\",\"profile\":[", u);
        for (size_t i = 0; i < SMALL_ITEMS; i++) {
            drp_str_addz(&rows, i ? "," : "");
            write_review(&rows, u, i);
            write_vector(&vectors, u, i);
        }
        drp_str_addz(&rows, "],\"data\":");
        write_review(&rows, u, SMALL_ITEMS);
        drp_str_addz(&rows, "}\n");
    }
    drp_temp_write(dir, "items.jsonl", drp_str_sv(&items));
    drp_temp_write(dir, "test.jsonl", drp_str_sv(&rows));
    drp_temp_write(dir, "vectors.jsonl", drp_str_sv(&vectors));
    drp_str_release(&items);
    drp_str_release(&rows);
    drp_str_release(&vectors);
}

/* Kinds of calls are told apart by their form, not by the words of prompts: only features are held to a
 * grammar, and only summary and text show the user's texts alone. */
void small_answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    const bool *user3_fails = ctx;
    const struct drp_sv asked = call->messages[call->n_messages - 1].text;
    if (call->grammar) {
        drp_str_addz(&job->text,
                     "{\"features\":[{\"name\":\"tone\",\"definition\":\"how it sounds\","
                     "\"difference\":\"sounds calm and sure\"}]}");
    } else if (*user3_fails && drp_sv_find(asked, DRP_SV("text3-"), 0) != SIZE_MAX) {
        job->status = DRP_EENGINE;
        drp_str_addz(&job->error, "no luck");
    } else {
        drp_str_addz(&job->text, "An answer.");
    }
}
