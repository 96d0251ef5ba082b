#include "cli/shown.h"

#include <math.h>
#include <string.h>

#include "base/base.h"
#include "run/lines.h"

#include "base/banned.h"

/* ---- masking ------------------------------------------------------------------------------ */

static struct drp_exchange mask_call(const struct drp_exchange *e, struct drp_veil *q,
                                     struct drp_arena *arena)
{
    struct drp_exchange out = *e;
    struct drp_call *call = drp_arena_new(arena, struct drp_call, 1);
    struct drp_reply *reply = drp_arena_new(arena, struct drp_reply, 1);
    struct drp_message *messages =
        drp_arena_new(arena, struct drp_message, e->call->n_messages);
    for (size_t i = 0; i < e->call->n_messages; i++) {
        messages[i] = e->call->messages[i];
        messages[i].text = drp_veil_mask(q, messages[i].text, arena);
    }
    *call = *e->call;
    call->messages = messages;
    *reply = *e->reply;
    reply->text = drp_veil_mask(q, reply->text, arena);
    reply->reasoning = drp_veil_mask(q, reply->reasoning, arena);
    out.call = call;
    out.reply = reply;
    return out;
}

static struct drp_features mask_features(const struct drp_features *features,
                                         struct drp_veil *q, struct drp_arena *arena)
{
    struct drp_features out = *features;
    out.at = drp_arena_new(arena, struct drp_feature, features->n);
    for (size_t i = 0; i < features->n; i++) {
        struct drp_feature *f = &out.at[i];
        *f = features->at[i];
        f->name = drp_veil_mask(q, f->name, arena);
        f->definition = drp_veil_mask(q, f->definition, arena);
        f->description = drp_veil_mask(q, f->description, arena);
    }
    return out;
}

struct drp_replayed drp_shown_mask(const struct drp_replayed *r, struct drp_veil *q,
                                   struct drp_arena *arena)
{
    struct drp_replayed out = *r;
    out.calls = drp_arena_new(arena, struct drp_exchange, r->n_calls);
    for (size_t i = 0; i < r->n_calls; i++)
        out.calls[i] = mask_call(&r->calls[i], q, arena);
    out.profile.features = mask_features(&r->profile.features, q, arena);
    out.profile.summary = drp_veil_mask(q, r->profile.summary, arena);
    out.prediction.text = drp_veil_mask(q, r->prediction.text, arena);
    return out;
}

/* ---- for people --------------------------------------------------------------------------- */

/* A text line by line, so that what stood on lines of its own still does. */
static void show_lines(struct drp_view *v, struct drp_sv text)
{
    struct drp_sv line;
    while (drp_sv_line(&text, &line))
        if (drp_sv_trim(line).len > 0)
            drp_view_text(v, 6, NULL, line, 0);
        else
            drp_str_addc(v->out, '\n');
}

static void show_part(struct drp_view *v, const char *label, struct drp_sv text)
{
    drp_view_text(v, 4, NULL, drp_arena_f(v->arena, "=== %s", label), 0);
    show_lines(v, text);
}

static bool same_messages(const struct drp_message *a, const struct drp_message *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i].role != b[i].role || !drp_sv_eq(a[i].text, b[i].text))
            return false;
    return true;
}

/* The latest call before number `c` whose conversation this one goes on with; SIZE_MAX: none. */
static size_t goes_on_from(const struct drp_replayed *r, size_t c)
{
    const struct drp_call *call = r->calls[c].call;
    for (size_t i = c; i-- > 0;) {
        const struct drp_call *former = r->calls[i].call;
        if (former->n_messages < call->n_messages &&
            call->messages[former->n_messages].role == DRP_ROLE_ASSISTANT &&
            same_messages(former->messages, call->messages, former->n_messages))
            return i;
    }
    return SIZE_MAX;
}

/* What a call is about: the item's title where it is one, and whom when it is not the sample's user. */
static struct drp_sv subject_words(const struct drp_shown *shown,
                                   const struct drp_view *v, const struct drp_exchange *e)
{
    const struct drp_item *item = drp_dataset_find_item(shown->session->dataset, e->about);
    const bool is_other = !drp_sv_eq(e->user, shown->sample->user_id);
    return drp_arena_f(v->arena, "%.*s%s%.*s", DRP_SV_ARG(item ? item->title : e->about),
                       is_other ? ", by " : "",
                       DRP_SV_ARG(is_other ? e->user : DRP_SV("")));
}

static void show_outcome(struct drp_view *v, const struct drp_exchange *e)
{
    const struct drp_reply *reply = e->reply;
    if (reply->status < 0) {
        show_part(v, "no answer", reply->error);
        return;
    }
    if (reply->reasoning.len > 0)
        show_part(v, "thoughts", reply->reasoning);
    show_part(v, drp_arena_f(v->arena, "answer (%s)", drp_finish_name(reply->finish)).ptr,
              reply->text);
}

static void show_call(const struct drp_shown *shown, const struct drp_replayed *r,
                      size_t c, struct drp_view *v)
{
    const struct drp_exchange *e = &r->calls[c];
    const struct drp_usage *u = &e->reply->usage;
    const size_t former = goes_on_from(r, c);
    const struct drp_sv subject = subject_words(shown, v, e);
    const struct drp_sv heading = drp_arena_f(v->arena, "%zu. %s", c + 1, e->stage);
    const struct drp_sv again = e->call->repeat % 2 == 1
                                    ? DRP_SV("; asked again: the answer was empty")
                                    : DRP_SV("");
    drp_view_heading(
        v, heading.ptr,
        drp_arena_f(v->arena, "%.*s; %.*s, %u prompt tokens, %u answer tokens%.*s",
                    DRP_SV_ARG(subject), DRP_SV_ARG(drp_model_info(e->model)->name),
                    (unsigned)u->prompt_tokens, (unsigned)u->answer_tokens,
                    DRP_SV_ARG(again)));
    size_t first = 0;
    if (former != SIZE_MAX) {
        first = r->calls[former].call->n_messages;
        drp_view_text(v, 4, NULL,
                      drp_arena_f(v->arena, "(goes on with the conversation of call %zu)",
                                  former + 1),
                      0);
    }
    for (size_t i = first; i < e->call->n_messages; i++)
        show_part(v, drp_role_name(e->call->messages[i].role), e->call->messages[i].text);
    show_outcome(v, e);
}

static void show_prediction(const struct drp_shown *shown, const struct drp_replayed *r,
                            struct drp_view *v)
{
    const struct drp_cell *cell = r->cell;
    drp_view_heading(v, r->method->title,
                     drp_arena_f(v->arena, "temperature %g, seed %llu, repeat %u: %zu calls",
                                 cell->temperature, (unsigned long long)cell->seed,
                                 (unsigned)cell->repeat, r->n_calls));
    for (size_t c = 0; c < r->n_calls; c++)
        show_call(shown, r, c, v);
    if (r->profile.features.n > 0)
        drp_view_features(v, &r->profile.features);
    if (r->profile.summary.len > 0) {
        drp_view_heading(v, "The profile", DRP_SV("what the writing model is told"));
        show_lines(v, r->profile.summary);
    }
    if (r->n_missing > 0)
        drp_view_heading(
            v, "Not in the journal",
            drp_arena_f(v->arena, "%zu calls: they failed, or the run did not get so far",
                        r->n_missing));
    if (r->prediction.text.ptr)
        drp_view_written(v, shown->sample, &r->prediction);
}

void drp_shown_text(const struct drp_shown *shown, struct drp_view *v)
{
    for (size_t i = 0; i < shown->n; i++)
        show_prediction(shown, &shown->all[i], v);
}

/* ---- for programs ------------------------------------------------------------------------- */

static void write_call(const struct drp_exchange *e, struct drp_jw *w)
{
    const struct drp_call *call = e->call;
    const struct drp_reply *reply = e->reply;
    drp_jw_obj(w);
    drp_jw_key_strz(w, "stage", e->stage);
    drp_jw_key_str(w, "user_id", e->user);
    drp_jw_key_str(w, "about", e->about);
    drp_jw_key_str(w, "model", drp_model_info(e->model)->name);
    drp_jw_key_num(w, "temperature", call->sampling.temperature);
    drp_jw_key_int(w, "max_tokens", call->sampling.max_tokens);
    drp_jw_key_int(w, "repeat", call->repeat);
    drp_jw_key(w, "messages");
    drp_jw_arr(w);
    for (size_t i = 0; i < call->n_messages; i++) {
        drp_jw_obj(w);
        drp_jw_key_strz(w, "role", drp_role_name(call->messages[i].role));
        drp_jw_key_str(w, "text", call->messages[i].text);
        drp_jw_obj_end(w);
    }
    drp_jw_arr_end(w);
    drp_jw_key_str(w, "reasoning", reply->reasoning);
    drp_jw_key_str(w, "answer", reply->text);
    drp_jw_key_strz(w, "finish", drp_finish_name(reply->finish));
    drp_jw_key_str(w, "error", reply->status < 0 ? reply->error : (struct drp_sv){NULL, 0});
    drp_jw_key_int(w, "prompt_tokens", reply->usage.prompt_tokens);
    drp_jw_key_int(w, "answer_tokens", reply->usage.answer_tokens);
    drp_jw_key_int(w, "reasoning_tokens", reply->usage.reasoning_tokens);
    drp_jw_obj_end(w);
}

static void write_features(const struct drp_shown *shown, const struct drp_replayed *r,
                           struct drp_jw *w)
{
    const struct drp_line line = {.dataset = shown->session->dataset,
                                  .sample = shown->sample};
    drp_jw_key(w, "features");
    drp_jw_arr(w);
    for (size_t i = 0; i < r->profile.features.n; i++) {
        drp_jw_obj(w);
        drp_lines_feature(&line, &r->profile.features.at[i], w);
        drp_jw_obj_end(w);
    }
    drp_jw_arr_end(w);
}

static void write_prediction(const struct drp_shown *shown, const struct drp_replayed *r,
                             struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_jw_key_strz(w, "method", r->method->name);
    drp_jw_key_num(w, "temperature", r->cell->temperature);
    drp_jw_key_int(w, "seed", (int64_t)r->cell->seed);
    drp_jw_key_int(w, "repeat", r->cell->repeat);
    drp_jw_key(w, "calls");
    drp_jw_arr(w);
    for (size_t c = 0; c < r->n_calls; c++)
        write_call(&r->calls[c], w);
    drp_jw_arr_end(w);
    drp_jw_key_int(w, "missing", (int64_t)r->n_missing);
    write_features(shown, r, w);
    drp_jw_key_str(w, "profile", r->profile.summary);
    drp_jw_key_str(w, "prediction", r->prediction.text);
    drp_jw_key_strz(w, "finish",
                    r->prediction.text.ptr ? drp_finish_name(r->prediction.finish) : NULL);
    drp_jw_key_strz(w, "fallback", r->prediction.fallback);
    drp_jw_obj_end(w);
}

void drp_shown_json(const struct drp_shown *shown, struct drp_jw *w)
{
    const struct drp_sample *s = shown->sample;
    drp_jw_obj(w);
    drp_jw_key_str(w, "user_id", s->user_id);
    drp_jw_key_str(w, "asin", s->item->asin);
    drp_jw_key_str(w, "item", s->item->title);
    drp_jw_key_num(w, "rating", s->rating);
    drp_jw_key_str(w, "title", s->title);
    drp_jw_key_str(w, "reference", s->reference);
    drp_jw_key(w, "predictions");
    drp_jw_arr(w);
    for (size_t i = 0; i < shown->n; i++)
        write_prediction(shown, &shown->all[i], w);
    drp_jw_arr_end(w);
    drp_jw_obj_end(w);
}
