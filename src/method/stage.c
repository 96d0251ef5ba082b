#include "method/stage.h"

#include <stddef.h>

#include "base/base.h"
#include "base/banned.h"

/* Tokens for the turn that continues an extraction, the template's marks included. */
enum { CONTINUATION_TOKENS = 192 };

/* What is expected of an answer follows from what its prompt asks for: four features of some 80 tokens each,
 * a description of a paragraph or two, a text as long as a review. */
static const struct stage {
    const char *name;
    size_t model;        /* offset of its model in the context              */
    uint32_t answer;     /* tokens, when the cell does not say              */
    uint32_t thoughts;   /* tokens that a reasoning model thinks at most    */
    uint32_t expected;   /* tokens of an answer before any was seen         */
    uint32_t n_answers;  /* that its conversation holds in the end          */
    enum drp_stage next; /* stage that continues it; DRP_N_STAGES: none     */
    const char *grammar;
} stages[DRP_N_STAGES] = {
#define MODEL(field) offsetof(struct drp_method_ctx, field)
    // clang-format off
    [DRP_STAGE_EXTRACT]   = {"extract",   MODEL(extractor),  1024, 3072, 320, 2, DRP_STAGE_VALIDATE, "drp/claims"},
    [DRP_STAGE_VALIDATE]  = {"validate",  MODEL(validator),  1024, 3072, 320, 2, DRP_N_STAGES, "drp/confirmed"},
    [DRP_STAGE_COMPARE]   = {"compare",   MODEL(summarizer),  512, 1024, 200, 1, DRP_N_STAGES, NULL},
    [DRP_STAGE_ANALYSE]   = {"analyse",   MODEL(summarizer),  512, 1024, 200, 1, DRP_N_STAGES, NULL},
    [DRP_STAGE_COUNTER]   = {"counter",   MODEL(generator),   512, 1024, 160, 1, DRP_N_STAGES, NULL},
    [DRP_STAGE_DISTIL]    = {"distil",    MODEL(summarizer),  512, 1024, 160, 2, DRP_STAGE_INDUCE, NULL},
    [DRP_STAGE_INDUCE]    = {"induce",    MODEL(summarizer),  256, 1024, 120, 1, DRP_N_STAGES, NULL},
    [DRP_STAGE_REPAIR]    = {"repair",    MODEL(summarizer),  512, 1024, 160, 1, DRP_N_STAGES, NULL},
    [DRP_STAGE_STUDY]     = {"study",     MODEL(summarizer),  512, 1024, 200, 1, DRP_N_STAGES, NULL},
    [DRP_STAGE_SUMMARIZE] = {"summarize", MODEL(summarizer),  512, 1024, 200, 1, DRP_N_STAGES, NULL},
    [DRP_STAGE_WRITE]     = {"write",     MODEL(generator),   512, 1024, 160, 1, DRP_N_STAGES, NULL},
// clang-format on
#undef MODEL
};

const char *drp_stage_name(enum drp_stage stage)
{
    return stages[stage].name;
}

enum drp_stage drp_stage_next(enum drp_stage stage)
{
    return stages[stage].next;
}

struct drp_model *drp_stage_model(const struct drp_method_ctx *x, enum drp_stage stage)
{
    return *(struct drp_model *const *)(const void *)((const char *)x + stages[stage].model);
}

static uint32_t scaled(uint32_t tokens, uint64_t part, uint64_t of)
{
    const uint64_t value = tokens * part / of;
    return tokens && !value ? 1 : (uint32_t)value;
}

struct drp_room drp_stage_room(enum drp_stage stage, const struct drp_cell *cell,
                               const struct drp_model_info *model)
{
    const struct stage *st = &stages[stage];
    struct drp_room room = {
        .prompt = SIZE_MAX,
        .answer = cell->max_tokens ? cell->max_tokens : st->answer,
        .thoughts = model->reasoning ? st->thoughts : 0,
    };
    if (!model->context)
        return room;

    const uint64_t half = model->context / 2;
    const uint64_t wanted = (uint64_t)st->n_answers * room.answer + room.thoughts;
    if (wanted > half) {
        room.answer = scaled(room.answer, half, wanted);
        room.thoughts = scaled(room.thoughts, half, wanted);
    }
    uint64_t taken = (uint64_t)room.answer + room.thoughts;
    if (st->next != DRP_N_STAGES)
        taken += room.answer + DRP_MIN(CONTINUATION_TOKENS, model->context / 8);
    room.prompt = model->context > taken ? model->context - taken : 0;
    return room;
}

/* Thoughts are expected to take a third of what they may. */
static uint32_t expected_unseen(enum drp_stage stage, struct drp_room room)
{
    return DRP_MIN(stages[stage].expected, room.answer) + room.thoughts / 3;
}

uint32_t drp_stage_expected(const struct drp_method_ctx *x, enum drp_stage stage,
                            struct drp_room room)
{
    const struct drp_used *u =
        x->former && x->method
            ? drp_used_find(x->former->used, x->method->name, stages[stage].name)
            : NULL;
    if (!u || u->calls == u->kept || u->answer_tokens == 0)
        return expected_unseen(stage, room);
    const uint64_t n = u->calls - u->kept;
    const uint64_t mean = (u->answer_tokens + n / 2) / n;
    return (uint32_t)DRP_MIN(DRP_MAX(mean, 1), (uint64_t)room.answer + room.thoughts);
}

int drp_stage_grammar(const struct drp_method_ctx *x, enum drp_stage stage,
                      const struct drp_grammar **out, struct drp_err *err)
{
    *out = NULL;
    const char *name = stages[stage].grammar;
    if (!name || x->set->drp_grammar == DRP_OFF)
        return 0;
    struct drp_grammar *g = drp_arena_new(x->arena, struct drp_grammar, 1);
    g->gbnf = drp_prompts_get(x->prompts, drp_arena_f(x->arena, "%s-gbnf", name).ptr);
    g->json_schema =
        drp_prompts_get(x->prompts, drp_arena_f(x->arena, "%s-schema", name).ptr);
    if (!g->gbnf.ptr || !g->json_schema.ptr)
        return drp_fail(err, DRP_ENOTFOUND,
                        "no grammar '%s' among the prompts: expected '%s-gbnf.txt' and "
                        "'%s-schema.txt'",
                        name, name, name);
    *out = g;
    return 0;
}

static uint64_t first_bytes(const struct drp_sha256 *hash)
{
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof value; i++)
        value = value << 8 | hash->bytes[i];
    return value;
}

uint64_t drp_stage_seed(uint64_t seed, struct drp_sv user_id, struct drp_sv about,
                        enum drp_stage stage, uint32_t repeat)
{
    struct drp_hasher *h = drp_hasher_new();
    drp_hasher_u64(h, seed);
    drp_hasher_field(h, user_id);
    drp_hasher_field(h, about);
    drp_hasher_field(h, drp_sv_from(stages[stage].name));
    drp_hasher_u64(h, repeat);
    const struct drp_sha256 hash = drp_hasher_finish(h);
    return first_bytes(&hash);
}

const struct drp_sv *drp_stage_stops(enum drp_stage stage, size_t *n)
{
    static const struct drp_sv labels[] = {
        {"[Item]:", 7}, {"[Review]:", 9}, {"[Input]:", 8}, {"[Output]:", 9}};
    const bool describes = stage == DRP_STAGE_COMPARE || stage == DRP_STAGE_ANALYSE ||
                           stage == DRP_STAGE_SUMMARIZE;
    *n = describes ? DRP_LEN(labels) : 0;
    return labels;
}

const char *drp_stage_prompt(const struct drp_method_ctx *x, const char *name)
{
    if (!x->pack)
        return name;
    const struct drp_sv packed = drp_arena_f(x->arena, "%s/%s", x->pack, name);
    return drp_prompts_get(x->prompts, packed.ptr).ptr ? packed.ptr : name;
}

uint64_t drp_subject(struct drp_sv user_id)
{
    const struct drp_sha256 hash = drp_sha256(user_id);
    return first_bytes(&hash);
}
