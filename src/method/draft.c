#include "method/draft.h"

#include "base/base.h"
#include "base/banned.h"

/* Bytes that a token stands for in prose at most, and tokens that a template adds to a turn: between them
 * a prompt need not be counted. Counting a very long text is slow, and some tokenizers cannot. */
enum { MOST_BYTES_A_TOKEN = 16, TEMPLATE_TOKENS_A_TURN = 64 };

/* Temperature of a second try at least: a greedy model would only repeat itself. */
static const double RETRY_TEMPERATURE = 0.5;

/* ---- rendering and fitting ---- */

/* What templates see of a material shortened by `step`. */
static const struct drp_scope *scope_of(const struct drp_method_ctx *x,
                                        const struct drp_material *m, size_t step,
                                        struct drp_arena *arena)
{
    struct drp_material shown = *m;
    shown.mask_peers = x->mask_peers;
    return drp_material_scope(&shown, step, x->dataset, arena);
}

/* All turns, the material shortened by `step`. */
static int render(const struct drp_method_ctx *x, struct drp_draft *d, size_t step,
                  struct drp_arena *arena, struct drp_err *err)
{
    int rc = 0;
    struct drp_turns opening = {0};
    const struct drp_scope *scope = scope_of(x, d->material, step, arena);
    DRP_TRY(rc, drp_prompt_render(x->prompts, d->prompt, scope, arena, &opening, err));

    struct drp_message *all =
        drp_arena_new(arena, struct drp_message, opening.n + d->n_tail);
    for (size_t i = 0; i < opening.n; i++)
        all[i] = opening.at[i];
    for (size_t i = 0; i < d->n_tail; i++)
        all[opening.n + i] = d->tail[i];
    d->step = step;
    d->messages = all;
    d->n_messages = opening.n + d->n_tail;
out:
    return rc;
}

/* Whether the rendered turns fit into `limit` tokens. */
static int fits(const struct drp_method_ctx *x, const struct drp_draft *d, size_t limit,
                bool *yes, struct drp_err *err)
{
    size_t bytes = 0;
    for (size_t i = 0; i < d->n_messages; i++)
        bytes += d->messages[i].text.len;
    *yes = limit == SIZE_MAX || bytes + TEMPLATE_TOKENS_A_TURN * d->n_messages <= limit;
    if (*yes || bytes / MOST_BYTES_A_TOKEN > limit)
        return 0;

    size_t n_tokens = 0;
    const struct drp_call call = {.messages = d->messages, .n_messages = d->n_messages};
    const int rc = drp_count(drp_stage_model(x, d->stage), &call, &n_tokens, err);
    *yes = rc == 0 && n_tokens <= limit;
    return rc;
}

/* Finds the first step behind d->step that fits, by bisection. */
static int find_step(const struct drp_method_ctx *x, const struct drp_draft *d,
                     size_t limit, size_t *step, struct drp_err *err)
{
    int rc = 0;
    struct drp_arena scratch = {0};
    struct drp_draft trial = *d;
    bool yes = false;
    size_t low = d->step + 1; /* the answer is in [low, high]; high: nothing fits */
    size_t high = drp_material_steps(d->material);
    for (size_t at = low; low < high; at = low + (high - low) / 2) {
        DRP_TRY(rc, render(x, &trial, at, &scratch, err));
        DRP_TRY(rc, fits(x, &trial, limit, &yes, err));
        if (yes)
            high = at;
        else
            low = at + 1;
        drp_arena_release(&scratch);
    }
    *step = low;
out:
    drp_arena_release(&scratch);
    return rc;
}

static int fit(struct drp_method_ctx *x, struct drp_draft *d, struct drp_err *err)
{
    int rc = 0;
    const struct drp_model_info *model = drp_model_info(drp_stage_model(x, d->stage));
    const struct drp_room room = drp_stage_room(d->stage, x->cell, model);
    size_t step = 0;
    bool yes = false;
    DRP_TRY(rc, render(x, d, d->step, x->arena, err)); /* nearly always it fits as it is */
    DRP_TRY(rc, fits(x, d, room.prompt, &yes, err));
    if (yes)
        goto out;
    DRP_TRY(rc, find_step(x, d, room.prompt, &step, err));
    if (step >= drp_material_steps(d->material)) {
        rc = drp_fail(err, DRP_ELIMIT,
                      "context too small: not even the shortest prompt of '%s' fits into the %zu "
                      "tokens that '%.*s' has for it: give the model a larger ctx",
                      d->prompt, room.prompt, DRP_SV_ARG(model->name));
        goto out;
    }
    DRP_TRY(rc, render(x, d, step, x->arena, err));
    x->account->prompts_shortened++;
out:
    return rc;
}

int drp_draft_open(struct drp_method_ctx *x, enum drp_stage stage, const char *prompt,
                   const struct drp_material *m, struct drp_draft *out, struct drp_err *err)
{
    *out = (struct drp_draft){.stage = stage,
                              .prompt = drp_stage_prompt(x, prompt),
                              .material = m};
    return fit(x, out, err);
}

int drp_draft_continue(struct drp_method_ctx *x, const char *prompt,
                       const struct drp_draft *before, const struct drp_reply *reply,
                       struct drp_draft *out, struct drp_err *err)
{
    int rc = 0;
    *out = *before;
    out->stage = drp_stage_next(before->stage);
    struct drp_turns turns = {0};
    const struct drp_scope *scope = scope_of(x, before->material, before->step, x->arena);
    DRP_TRY(rc, drp_prompt_render(x->prompts, drp_stage_prompt(x, prompt), scope,
                                  x->arena, &turns, err));

    const size_t n_before = before->n_tail;
    struct drp_message *tail =
        drp_arena_new(x->arena, struct drp_message, n_before + 1 + turns.n);
    for (size_t i = 0; i < n_before; i++)
        tail[i] = before->tail[i];
    tail[n_before] = (struct drp_message){DRP_ROLE_ASSISTANT, reply->text};
    for (size_t i = 0; i < turns.n; i++)
        tail[n_before + 1 + i] = turns.at[i];
    out->tail = tail;
    out->n_tail = n_before + 1 + turns.n;
    DRP_TRY(rc, fit(x, out, err));
out:
    return rc;
}

/* ---- asking ---- */

/* What a call is about: what the material says, the item of the comparison or of the text; of whole
 * histories, the other's. */
static struct drp_sv about(const struct drp_method_ctx *x, const struct drp_sample *s,
                           const struct drp_material *m)
{
    const struct drp_contrast *c = m->contrast;
    if (m->about)
        return m->about->asin;
    if (c && !c->item && c->peers.n)
        return drp_dataset_user_id(x->dataset, c->peers.at[0]->user);
    const struct drp_item *item = c && c->item ? c->item : s->item;
    return item ? item->asin : DRP_SV("");
}

static int make_call(struct drp_method_ctx *x, const struct drp_sample *s,
                     const struct drp_draft *d, struct drp_call *call, struct drp_err *err)
{
    const struct drp_sample *self = d->of ? d->of : s;
    const struct drp_cell *cell = x->cell;
    const struct drp_model_info *model = drp_model_info(drp_stage_model(x, d->stage));
    const struct drp_room room = drp_stage_room(d->stage, cell, model);
    /* Each repetition of a cell leaves the next number to its second tries. */
    const uint32_t repeat = 2 * cell->repeat;
    *call = (struct drp_call){
        .messages = d->messages,
        .n_messages = d->n_messages,
        .sampling =
            {
                .temperature = cell->temperature,
                .top_p = cell->top_p,
                .repeat_penalty = x->set->engine_penalty == DRP_OFF ? 1 : 0,
                .seed = drp_stage_seed(cell->seed, self->user_id,
                                       about(x, self, d->material), d->stage, repeat),
                .max_tokens = room.answer,
                .think_budget = room.thoughts,
            },
        .expected_tokens = drp_stage_expected(x, d->stage, room),
        .repeat = repeat,
        .will_continue = drp_stage_next(d->stage) != DRP_N_STAGES,
        .age = x->age,
        .on_text = d->stage == DRP_STAGE_WRITE ? x->on_text : NULL,
        .ctx = x->on_text_ctx,
        .cancel = x->cancel,
    };
    call->sampling.stop = drp_stage_stops(d->stage, &call->sampling.n_stop);
    call->subjects = drp_material_subjects(d->material, self->user_id, x->dataset,
                                           x->arena, &call->n_subjects);
    return drp_stage_grammar(x, d->stage, &call->grammar, err);
}

/* The same question as its next repetition, with a seed of its own. */
static struct drp_call second_try(const struct drp_method_ctx *x,
                                  const struct drp_sample *s, const struct drp_draft *d,
                                  struct drp_call call)
{
    const struct drp_sample *self = d->of ? d->of : s;
    call.repeat++;
    call.sampling.seed = drp_stage_seed(x->cell->seed, self->user_id,
                                        about(x, self, d->material), d->stage, call.repeat);
    call.sampling.temperature = DRP_MAX(call.sampling.temperature, RETRY_TEMPERATURE);
    call.sampling.think_budget = DRP_MIN(call.sampling.think_budget, 1);
    return call;
}

static bool is_empty(const struct drp_reply *r)
{
    return r->status == 0 && r->finish != DRP_FINISH_CANCEL && r->text.len == 0;
}

/* DRP_ECANCELLED when any was stopped; the first one's error when all failed. */
static int check_replies(const struct drp_reply *replies, size_t n, struct drp_err *err)
{
    size_t n_failed = 0;
    for (size_t i = 0; i < n; i++) {
        if (replies[i].status == DRP_ECANCELLED || replies[i].finish == DRP_FINISH_CANCEL)
            return drp_fail(err, DRP_ECANCELLED, "interrupted");
        n_failed += replies[i].status < 0;
    }
    if (n == 0 || n_failed < n)
        return 0;
    return drp_fail(err, replies[0].status, "%.*s", DRP_SV_ARG(replies[0].error));
}

/* Says to who looks on that calls begin, and whether their answers are the text. */
static void tell_begin(const struct drp_method_ctx *x, enum drp_stage stage, size_t n)
{
    if (x->on_ask)
        x->on_ask(x->on_ask_ctx, drp_stage_name(stage), n);
    if (x->on_text && stage == DRP_STAGE_WRITE)
        x->on_text(x->on_text_ctx, (struct drp_sv){0});
}

/* Calls of one stage with their drafts and replies, each (n). */
struct batch {
    const struct drp_draft *drafts;
    struct drp_call *calls;
    struct drp_reply *replies;
    size_t n;
};

/* Tells whoever looks on of calls [0, n) and their answers; `place` says which draft each is of, NULL: its own. */
static void tell_answered(const struct drp_method_ctx *x, const struct drp_sample *s,
                          const struct batch *b, const size_t *place)
{
    for (size_t i = 0; x->on_exchange && i < b->n; i++) {
        const struct drp_draft *d = &b->drafts[place ? place[i] : i];
        const struct drp_sample *self = d->of ? d->of : s;
        const struct drp_exchange e = {
            .stage = drp_stage_name(d->stage),
            .user = self->user_id,
            .about = about(x, self, d->material),
            .model = drp_stage_model(x, d->stage),
            .call = &b->calls[i],
            .reply = &b->replies[i],
        };
        x->on_exchange(x->on_exchange_ctx, &e);
    }
}

/* Takes thoughts that did not end for the answer, as the released code does. */
static void keep_unclosed(const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        if (is_empty(&b->replies[i]) && b->replies[i].finish == DRP_FINISH_THINK)
            b->replies[i].text = b->replies[i].reasoning;
}

static void count_replies(struct drp_method_ctx *x, enum drp_stage stage,
                          const struct drp_reply *replies, size_t n)
{
    struct drp_used used = {.method = x->method ? x->method->name : "",
                            .stage = drp_stage_name(stage)};
    for (size_t i = 0; i < n; i++) {
        const struct drp_reply *r = &replies[i];
        used.calls++;
        used.kept += r->from_journal;
        if (r->from_journal)
            continue;
        used.prompt_tokens += r->usage.prompt_tokens;
        used.cached_tokens += r->usage.cached_tokens;
        used.answer_tokens += r->usage.answer_tokens;
    }
    drp_used_add(x->account->used, &used);
}

/* Asks the empty ones again and puts the new answers in their places. */
static int ask_again(struct drp_method_ctx *x, const struct drp_sample *s,
                     const struct batch *b, struct drp_err *err)
{
    struct drp_call *again = drp_arena_new(x->arena, struct drp_call, b->n);
    size_t *place = drp_arena_new(x->arena, size_t, b->n);
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (is_empty(&b->replies[i])) {
            place[n] = i;
            again[n++] = second_try(x, s, &b->drafts[i], b->calls[i]);
        }
    x->account->answers_empty += n;
    if (n == 0)
        return 0;

    struct drp_reply *said = drp_arena_new(x->arena, struct drp_reply, n);
    tell_begin(x, b->drafts->stage, n);
    const int rc =
        drp_ask(drp_stage_model(x, b->drafts->stage), again, n, said, x->arena, err);
    if (rc < 0)
        return rc;
    count_replies(x, b->drafts->stage, said, n);
    tell_answered(x, s, &(struct batch){b->drafts, again, said, n}, place);
    for (size_t i = 0; i < n; i++)
        b->replies[place[i]] = said[i];
    return 0;
}

int drp_draft_ask(struct drp_method_ctx *x, const struct drp_sample *s,
                  const struct drp_draft *drafts, size_t n, struct drp_reply *replies,
                  struct drp_err *err)
{
    int rc = 0;
    if (n == 0)
        return 0;
    struct drp_model *model = drp_stage_model(x, drafts->stage);
    const struct batch b = {drafts, drp_arena_new(x->arena, struct drp_call, n), replies,
                            n};
    for (size_t i = 0; i < n; i++)
        DRP_TRY(rc, make_call(x, s, &drafts[i], &b.calls[i], err));
    tell_begin(x, drafts->stage, n);
    DRP_TRY(rc, drp_ask(model, b.calls, n, replies, x->arena, err));
    count_replies(x, drafts->stage, replies, n);
    tell_answered(x, s, &b, NULL);
    DRP_TRY(rc, check_replies(replies, n, err));
    if (x->set->engine_unclosed == DRP_UNCLOSED_KEEP)
        keep_unclosed(&b);
    DRP_TRY(rc, ask_again(x, s, &b, err));
    DRP_TRY(rc, check_replies(replies, n, err));
    for (size_t i = 0; i < n; i++)
        x->account->answers_cut +=
            drp_answered(&replies[i]) && replies[i].finish == DRP_FINISH_LENGTH;
out:
    return rc;
}
