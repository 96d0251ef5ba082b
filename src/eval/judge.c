#include "eval/judge.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "io/json.h"
#include "method/stage.h"

#include "base/banned.h"

/* Repeated answers must be able to differ. */
static const double REPEAT_TEMPERATURE = 0.8;

enum { ANSWER_TOKENS = 32, THINK_TOKENS = 2048, ORDERS = 2 };

/* ---- reading ------------------------------------------------------------------------------ */

/* The only member of the object that the whole answer is; NULL otherwise. `*doc` is the caller's to free. */
static const struct drp_json_val *only_member(struct drp_sv answer, const char *key,
                                              struct drp_json **doc)
{
    *doc = NULL;
    if (drp_json_parse(answer, DRP_JSON_STRICT, doc, NULL) < 0)
        return NULL;
    const struct drp_json_val *root = drp_json_root(*doc);
    return drp_json_len(root) == 1 ? drp_json_get(root, key) : NULL;
}

bool drp_judge_read_score(struct drp_sv answer, double *score)
{
    struct drp_json *doc;
    const double value = drp_json_num(only_member(answer, "score", &doc), NAN);
    drp_json_free(doc);
    if (!(value >= 0 && value <= 10))
        return false;
    *score = value;
    return true;
}

bool drp_judge_read_choice(struct drp_sv answer, int *better)
{
    static const struct {
        const char *word;
        int better;
    } words[] = {{"first", 1}, {"second", -1}, {"neither", 0}};
    struct drp_json *doc;
    const struct drp_sv word = drp_json_str(only_member(answer, "better", &doc));
    bool known = false;
    for (size_t i = 0; i < DRP_LEN(words); i++)
        if (word.ptr && drp_sv_is(word, words[i].word)) {
            *better = words[i].better;
            known = true;
        }
    drp_json_free(doc);
    return known;
}

/* ---- asking ------------------------------------------------------------------------------- */

/* Calls of one kind on their way. */
struct hearing {
    struct drp_judge *judge;
    const char *prompt; /* and, with -gbnf and -schema, its grammar */
    double temperature;
    struct drp_arena arena;
    struct drp_grammar grammar;
    struct drp_call *calls;
    struct drp_reply *replies;
    size_t n;
};

static int hearing_open(struct hearing *h, struct drp_judge *j, const char *prompt,
                        size_t n, struct drp_err *err)
{
    *h = (struct hearing){.judge = j, .prompt = prompt};
    drp_arena_init(&h->arena);
    h->calls = drp_arena_new(&h->arena, struct drp_call, n);
    h->replies = drp_arena_new(&h->arena, struct drp_reply, n);
    h->grammar.gbnf =
        drp_prompts_get(j->prompts, drp_arena_f(&h->arena, "%s-gbnf", prompt).ptr);
    h->grammar.json_schema =
        drp_prompts_get(j->prompts, drp_arena_f(&h->arena, "%s-schema", prompt).ptr);
    if (!h->grammar.gbnf.ptr || !h->grammar.json_schema.ptr)
        return drp_fail(err, DRP_ENOTFOUND, "no grammar of '%s' among the prompts", prompt);
    return 0;
}

/* Adds a call over `texts`, which the template knows by `names`. */
static int hearing_add(struct hearing *h, const struct drp_binding *texts, size_t n_texts,
                       struct drp_sv user_id, uint32_t repeat, struct drp_err *err)
{
    const struct drp_judge *j = h->judge;
    const struct drp_scope scope = {.at = texts, .n = n_texts};
    struct drp_turns turns;
    const int rc = drp_prompt_render(j->prompts, h->prompt, &scope, &h->arena, &turns, err);
    if (rc < 0)
        return rc;
    uint64_t *subject = drp_arena_new(&h->arena, uint64_t, 1);
    *subject = drp_subject(user_id);
    h->calls[h->n++] = (struct drp_call){
        .messages = turns.at,
        .n_messages = turns.n,
        .sampling = {.temperature = h->temperature,
                     .seed = j->seed + repeat,
                     .max_tokens = ANSWER_TOKENS,
                     .think_budget = THINK_TOKENS},
        .grammar = &h->grammar,
        .repeat = repeat,
        .subjects = subject,
        .n_subjects = user_id.ptr ? 1 : 0,
        .cancel = j->cancel,
    };
    return 0;
}

/* Asks all; an answer that failed is one that cannot be read, unless all did. */
static int hearing_ask(struct hearing *h, struct drp_err *err)
{
    size_t n_failed = 0;
    const int rc = drp_ask(h->judge->model, h->calls, h->n, h->replies, &h->arena, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < h->n; i++) {
        const struct drp_reply *reply = &h->replies[i];
        n_failed += reply->status < 0;
        if (reply->status == DRP_ECANCELLED)
            return drp_fail(err, DRP_ECANCELLED, "interrupted");
    }
    if (h->n > 0 && n_failed == h->n)
        return drp_fail(err, h->replies[0].status, "judge: %.*s",
                        DRP_SV_ARG(h->replies[0].error));
    h->judge->n_asked += h->n;
    return 0;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of an even number that could be read the lower one of the middle: a score that was given. */
static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return values[(n - 1) / 2];
}

static double score_temperature(const struct drp_judge *j)
{
    return j->n_repeats > 1 ? REPEAT_TEMPERATURE : 0;
}

/* The answers of one text, next to each other. */
static double read_scores(struct drp_judge *j, const struct drp_reply *replies)
{
    double *scores = drp_calloc(j->n_repeats, sizeof *scores);
    size_t n = 0;
    for (size_t r = 0; r < j->n_repeats; r++)
        n += drp_judge_read_score(replies[r].text, &scores[n]);
    j->n_unread += j->n_repeats - n;
    const double score = 2 * n > j->n_repeats ? median(scores, n) : NAN;
    free(scores);
    return score;
}

int drp_judge_score(struct drp_judge *j, struct drp_judgement *judgements, size_t n,
                    struct drp_err *err)
{
    struct hearing h;
    int rc = 0;
    DRP_TRY(rc, hearing_open(&h, j, "judge/score", drp_size_mul(n, j->n_repeats), err));
    h.temperature = score_temperature(j);
    for (size_t i = 0; i < n; i++) {
        const struct drp_binding texts[] = {
            {.name = "candidate", .text = judgements[i].candidate},
            {.name = "reference", .text = judgements[i].reference},
        };
        for (uint32_t r = 0; r < j->n_repeats; r++)
            DRP_TRY(rc,
                    hearing_add(&h, texts, DRP_LEN(texts), judgements[i].user_id, r, err));
    }
    DRP_TRY(rc, hearing_ask(&h, err));
    for (size_t i = 0; i < n; i++)
        judgements[i].score = read_scores(j, &h.replies[i * j->n_repeats]);
out:
    drp_arena_release(&h.arena);
    return rc;
}

/* Better is what both orders call better. */
static void read_orders(struct drp_judge *j, const struct drp_reply *replies,
                        struct drp_choice *choice)
{
    int forth = 0, back = 0;
    const bool read_forth = drp_judge_read_choice(replies[0].text, &forth);
    const bool read_back = drp_judge_read_choice(replies[1].text, &back);
    choice->read = read_forth && read_back;
    choice->better = choice->read && forth == -back ? forth : 0;
    j->n_unread += (uint64_t)!read_forth + !read_back;
}

int drp_judge_choose(struct drp_judge *j, struct drp_choice *choices, size_t n,
                     struct drp_err *err)
{
    struct hearing h;
    int rc = 0;
    DRP_TRY(rc, hearing_open(&h, j, "judge/choose", drp_size_mul(n, ORDERS), err));
    for (size_t i = 0; i < n; i++)
        for (size_t order = 0; order < ORDERS; order++) {
            const struct drp_choice *c = &choices[i];
            const struct drp_binding texts[] = {
                {.name = "first", .text = order == 0 ? c->a : c->b},
                {.name = "second", .text = order == 0 ? c->b : c->a},
                {.name = "reference", .text = c->reference},
            };
            DRP_TRY(rc, hearing_add(&h, texts, DRP_LEN(texts), c->user_id, 0, err));
        }
    DRP_TRY(rc, hearing_ask(&h, err));
    for (size_t i = 0; i < n; i++)
        read_orders(j, &h.replies[i * ORDERS], &choices[i]);
out:
    drp_arena_release(&h.arena);
    return rc;
}

void drp_judge_signature(const struct drp_judge *j, bool by_scores, struct drp_str *out)
{
    drp_str_addf(out, "judge:%.*s|", DRP_SV_ARG(drp_model_info(j->model)->name));
    if (by_scores)
        drp_str_addf(out, "scale:0-10|repeats:%u|agg:median|temperature:%g", j->n_repeats,
                     score_temperature(j));
    else
        drp_str_addz(out, "choice:2|orders:2|temperature:0");
    drp_str_addf(out, "|seed:%llu|impl:drp-" DRP_VERSION, (unsigned long long)j->seed);
}
