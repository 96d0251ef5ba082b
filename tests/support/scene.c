#include "support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "io/json.h"
#include "support/temp.h"

#include "base/banned.h"

/* ---- the dataset ---- */

static void add_text(struct drp_jw *w, const struct scene_opts *o, const char *words,
                     const char *mark, size_t number)
{
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    drp_str_addf(&s, "%s %s%zu.", words, mark, number);
    for (size_t i = 0; i < o->padding; i++)
        drp_str_addc(&s, i % 7 == 0 ? ' ' : 'w');
    drp_jw_str(w, drp_sv_trim(drp_str_sv(&s)));
    drp_str_release(&s);
}

static void add_review(struct drp_jw *w, const struct scene_opts *o, const char *words,
                       const char *mark, size_t item)
{
    char asin[32];
    snprintf(asin, sizeof asin, "item-%zu", item);
    drp_jw_obj(w);
    drp_jw_key(w, "asin");
    drp_jw_strz(w, asin);
    drp_jw_key(w, "title");
    drp_jw_strz(w, "A title");
    drp_jw_key(w, "text");
    add_text(w, o, words, mark, item);
    drp_jw_key(w, "rating");
    drp_jw_num(w, 4);
    drp_jw_key(w, "timestamp");
    drp_jw_int(w, (int64_t)item * 1000);
    drp_jw_obj_end(w);
}

/* One user's line; user 0 is the target, whose last item is the one to write about. */
static void add_row(struct drp_str *out, const struct scene_opts *o, size_t user)
{
    const bool is_self = user == 0;
    char id[32];
    struct drp_jw w;
    snprintf(id, sizeof id, SCENE_USER "%zu", user);
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    drp_jw_key(&w, "user_id");
    drp_jw_strz(&w, id);
    drp_jw_key(&w, "profile");
    drp_jw_arr(&w);
    for (size_t i = 0; i < o->n_items; i++)
        add_review(&w, o, is_self && o->own_text ? o->own_text : "I like it.",
                   is_self ? SCENE_OWN : SCENE_PEER, i);
    if (!is_self)
        add_review(&w, o, "About it.", SCENE_ON_TARGET, o->n_items);
    drp_jw_arr_end(&w);
    drp_jw_key(&w, "data");
    add_review(&w, o, "The truth.", SCENE_REFERENCE, is_self ? o->n_items : o->n_items + 1);
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}

static void load_dataset(struct scene *s, const char *dir)
{
    struct drp_err err = {0};
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX);
    for (size_t i = 0; i < s->opts.n_items + 2; i++)
        drp_str_addf(
            &text,
            "{\"asin\":\"item-%zu\",\"title\":\"Thing %zu\",\"description\":\"It is %zu.\"}\n",
            i, i, i);
    drp_temp_write(dir, "items.jsonl", drp_str_sv(&text));
    drp_str_clear(&text);
    for (size_t user = 0; user <= s->opts.n_peers; user++)
        add_row(&text, &s->opts, user);
    drp_temp_write(dir, "test.jsonl", drp_str_sv(&text));
    drp_temp_write(dir, "train.jsonl", DRP_SV(""));
    drp_temp_write(dir, "val.jsonl", DRP_SV(""));
    drp_str_release(&text);
    if (drp_dataset_load(dir, "test", &s->dataset, &err) < 0)
        fail_msg("%s", err.text);
}

/* ---- the sample ---- */

/* Each contrast is the user's i-th text beside the first peers' texts about the same item. */
static void make_contrasts(struct scene *s, const struct drp_row *self)
{
    const struct scene_opts *o = &s->opts;
    struct drp_contrast *all =
        drp_arena_new(&s->arena, struct drp_contrast, o->n_contrasts);
    for (size_t i = 0; i < o->n_contrasts; i++) {
        const struct drp_review **peers =
            drp_arena_new(&s->arena, const struct drp_review *, o->n_peers);
        for (size_t p = 0; p < o->n_peers; p++)
            peers[p] = drp_dataset_row(s->dataset, p + 1)->profile.at[i];
        all[i] = (struct drp_contrast){
            .item = drp_dataset_item(s->dataset, self->profile.at[i]->item),
            .own = {&self->profile.at[i], 1},
            .peers = {peers, o->n_peers},
        };
    }
    s->sample.contrasts = all;
    s->sample.n_contrasts = o->n_contrasts;
}

static void make_sample(struct scene *s)
{
    const struct drp_row *self = drp_dataset_row(s->dataset, 0);
    const struct drp_review *target = self->target;
    s->sample = (struct drp_sample){
        .user_id = drp_dataset_user_id(s->dataset, self->user),
        .user = self->user,
        .item = drp_dataset_item(s->dataset, target->item),
        .rating = target->rating,
        .title = target->title,
        .reference = target->text,
        .profile = self->profile,
        .own = s->opts.unranked ? (struct drp_reviews){0} : self->profile,
    };
    make_contrasts(s, self);
}

/* ---- the model ---- */

static enum scene_kind kind_of(const struct drp_call *call)
{
    const struct drp_sv last = call->messages[call->n_messages - 1].text;
    if (call->grammar)
        return call->n_messages > 2 ? SCENE_VALIDATE : SCENE_EXTRACT;
    const bool writes = drp_sv_find(last, DRP_SV("Write your review of"), 0) != SIZE_MAX ||
                        drp_sv_find(last, DRP_SV("Write a review of"), 0) != SIZE_MAX;
    return writes ? SCENE_WRITE : SCENE_SUMMARIZE;
}

static void record(struct scene *s, const struct drp_call *call, enum scene_kind kind)
{
    static const char *const roles[] = {"system", "user", "assistant"};
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX);
    size_t n_first = SIZE_MAX;
    for (size_t i = 0; i < call->n_messages; i++) {
        if (call->messages[i].role == DRP_ROLE_ASSISTANT && n_first == SIZE_MAX)
            n_first = text.len;
        drp_str_addf(&text, "=== %s\n", roles[call->messages[i].role]);
        drp_str_add(&text, call->messages[i].text);
        drp_str_addc(&text, '\n');
    }
    struct scene_call seen = {
        .kind = kind,
        .first = strndup(text.ptr, DRP_MIN(n_first, text.len)),
        .sampling = call->sampling,
        .repeat = call->repeat,
        .will_continue = call->will_continue,
        .n_subjects = call->n_subjects,
    };
    seen.text = drp_str_take(&text, NULL);
    drp_vec_add(&s->calls, seen);
    s->n_of_kind[kind]++;
}

#define FEATURE(name)                                                                    \
    "{\"name\":\"" name "\",\"definition\":\"what it is\",\"difference\":\"goes " name   \
    "!\"}"

/* Answers by the rule of its kind, else as a good model would. Runs on the stub's only thread. */
static void answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    static const char *const usual[] = {
        [SCENE_EXTRACT] = "{\"features\":[" FEATURE("FEATONE") "," FEATURE("FEATTWO") "]}",
        [SCENE_VALIDATE] = "{\"features\":[" FEATURE("FEATONE") "]}",
        [SCENE_SUMMARIZE] = "SUMMARYTEXT of the user",
        [SCENE_WRITE] = "A predicted text.",
    };
    struct scene *s = ctx;
    const enum scene_kind kind = kind_of(call);
    const struct drp_stub_rule *rule = &s->opts.rules[kind];
    record(s, call, kind);
    const bool follows =
        rule->text && (!rule->max_uses || s->n_of_kind[kind] <= rule->max_uses);
    drp_str_addz(&job->text, follows ? rule->text : usual[kind]);
    job->finish = follows ? rule->finish : DRP_FINISH_STOP;
    job->status = follows ? rule->status : 0;
    if (job->status < 0)
        drp_str_addz(&job->error, "the script says so");
}

/* ---- all together ---- */

void scene_init(struct scene *s, const char *dir, const struct scene_opts *opts)
{
    struct drp_err err = {0};
    *s = (struct scene){.opts = *opts};
    s->opts.n_items = DRP_MAX(s->opts.n_items, 1);
    load_dataset(s, dir);
    make_sample(s);
    s->stub = drp_stub_new(&(struct drp_stub_opts){
        .answer = answer, .ctx = s, .forgets = true, .info = opts->info});
    const struct drp_model_opts model = {.spec = "stub:"};
    if (drp_model_open(&model, &s->model, &err) < 0 ||
        drp_prompts_open(NULL, &s->prompts, &err) < 0)
        fail_msg("%s", err.text);
    s->cell = (struct drp_cell){.top_p = 0.95, .seed = 42};
    s->x = (struct drp_method_ctx){
        .dataset = s->dataset,
        .extractor = s->model,
        .validator = s->model,
        .summarizer = s->model,
        .generator = s->model,
        .prompts = s->prompts,
        .cell = &s->cell,
        .arena = &s->arena,
        .account = &s->account,
        .set = &s->settings,
    };
    drp_settings_init(&s->settings, DRP_FIDELITY_OURS);
}

void scene_release(struct scene *s)
{
    drp_model_free(s->model);
    drp_stub_free(s->stub);
    drp_prompts_free(s->prompts);
    drp_dataset_free(s->dataset);
    drp_arena_release(&s->arena);
    for (size_t i = 0; i < s->calls.n; i++) {
        free(s->calls.at[i].text);
        free(s->calls.at[i].first);
    }
    drp_vec_release(&s->calls);
}

void scene_predict(struct scene *s, int expected, struct drp_profile *profile,
                   struct drp_prediction *out)
{
    const struct drp_method *method = NULL;
    struct drp_err err = {0};
    int rc = drp_method_find(DRP_SV("drp"), &method, &err);
    *out = (struct drp_prediction){0};
    if (rc == 0)
        rc = method->profile(&s->x, &s->sample, profile, &err);
    if (rc == 0)
        rc = method->write(&s->x, &s->sample, profile, out, &err);
    if (rc != expected)
        fail_msg("%d instead of %d: %s", rc, expected, err.text);
}

size_t scene_count(const struct scene *s, enum scene_kind kind, const char *needle)
{
    size_t n = 0;
    for (size_t i = 0; i < s->calls.n; i++)
        n += s->calls.at[i].kind == kind &&
             (!needle || strstr(s->calls.at[i].text, needle));
    return n;
}
