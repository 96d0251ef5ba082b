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

/* One text to write: who, about what, when, and the mark of its kind. */
struct line {
    const char *words, *mark;
    size_t user, item;
    int64_t time_ms;
};

/* Everybody wrote about each item in the same order; what is late came after the target. */
static int64_t time_of(size_t item, bool late)
{
    return (int64_t)(item + 1) * 1000 + (late ? 1000000 : 0);
}

static void add_text(struct drp_jw *w, const struct scene_opts *o, const struct line *l)
{
    struct drp_str s;
    drp_str_init(&s, SIZE_MAX);
    drp_str_addf(&s, "%s %s%zu. " SCENE_AUTHOR "%zu.", l->words, l->mark, l->item, l->user);
    for (size_t i = 0; i < o->padding; i++)
        drp_str_addc(&s, i % 7 == 0 ? ' ' : 'w');
    drp_jw_str(w, drp_sv_trim(drp_str_sv(&s)));
    drp_str_release(&s);
}

static void add_review(struct drp_jw *w, const struct scene_opts *o, const struct line *l)
{
    char asin[32];
    snprintf(asin, sizeof asin, "item-%zu", l->item);
    drp_jw_obj(w);
    drp_jw_key_strz(w, "asin", asin);
    drp_jw_key_strz(w, "title", o->bare ? "" : "A title");
    drp_jw_key(w, "text");
    add_text(w, o, l);
    drp_jw_key_num(w, "rating", 4);
    drp_jw_key_int(w, "timestamp", l->time_ms);
    drp_jw_obj_end(w);
}

static void begin_row(struct drp_jw *w, struct drp_str *out, size_t user)
{
    char id[32];
    snprintf(id, sizeof id, SCENE_USER "%zu", user);
    drp_jw_init(w, out, 0);
    drp_jw_obj(w);
    drp_jw_key_strz(w, "user_id", id);
    drp_jw_key(w, "profile");
    drp_jw_arr(w);
}

static void end_row(struct drp_jw *w, const struct scene_opts *o, const struct line *target)
{
    drp_jw_arr_end(w);
    drp_jw_key(w, "data");
    add_review(w, o, target);
    drp_jw_obj_end(w);
    drp_str_addc(w->out, '\n');
}

static void add_past(struct drp_jw *w, const struct scene_opts *o, size_t user,
                     const char *words, const char *mark)
{
    const bool late = strcmp(mark, SCENE_LATE) == 0;
    for (size_t i = 0; i < o->n_items; i++)
        add_review(w, o, &(struct line){words, mark, user, i, time_of(i, late)});
}

/* The two rows of user 0: in the first, the last item is the one to write about; the second knows that text and what
 * came after it. */
static void add_own_rows(struct drp_str *out, const struct scene_opts *o)
{
    const char *words = o->own_text ? o->own_text : "I like it.";
    const size_t n = o->n_items;
    const struct line truth = {"The truth.", SCENE_REFERENCE, 0, n, time_of(n, false)};
    const struct line next = {"Later.", SCENE_YOUNG, 0, n + 1, time_of(n + 1, false)};
    const struct line last = {"Latest.", SCENE_YOUNG, 0, n + 2, time_of(n + 2, false)};
    struct drp_jw w;
    begin_row(&w, out, 0);
    add_past(&w, o, 0, words, SCENE_OWN);
    end_row(&w, o, &truth);
    begin_row(&w, out, 0);
    add_past(&w, o, 0, words, SCENE_OWN);
    add_review(&w, o, &truth);
    add_review(&w, o, &next);
    end_row(&w, o, &last);
}

static void add_peer_row(struct drp_str *out, const struct scene_opts *o, size_t user)
{
    const bool late = user > o->n_peers - o->n_late;
    const size_t n = o->n_items;
    struct drp_jw w;
    begin_row(&w, out, user);
    add_past(&w, o, user, "I like it.", late ? SCENE_LATE : SCENE_PEER);
    add_review(&w, o,
               &(struct line){"About it.", SCENE_ON_TARGET, user, n, time_of(0, late)});
    end_row(&w, o,
            &(struct line){"The truth.", SCENE_REFERENCE, user, n + 1,
                           time_of(n + 1, late)});
}

static void load_dataset(struct scene *s, const char *dir)
{
    struct drp_err err = {0};
    struct drp_str text;
    drp_str_init(&text, SIZE_MAX);
    for (size_t i = 0; i < s->opts.n_items + 3; i++) {
        drp_str_addf(&text, "{\"asin\":\"item-%zu\",\"title\":\"Thing %zu\"", i, i);
        if (!s->opts.bare)
            drp_str_addf(&text, ",\"description\":\"It is %zu.\"", i);
        drp_str_addz(&text, "}\n");
    }
    drp_temp_write(dir, "items.jsonl", drp_str_sv(&text));
    drp_str_clear(&text);
    add_own_rows(&text, &s->opts);
    for (size_t user = 1; user <= s->opts.n_peers; user++)
        add_peer_row(&text, &s->opts, user);
    drp_temp_write(dir, "train.jsonl", drp_str_sv(&text));
    drp_temp_write(dir, "test.jsonl", DRP_SV(""));
    drp_temp_write(dir, "val.jsonl", DRP_SV(""));
    drp_str_release(&text);
    if (drp_dataset_load(dir, "train", &s->dataset, &err) < 0)
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
            peers[p] = drp_dataset_row(s->dataset, 2 + p)->profile.at[i];
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

static void select_sample(struct scene *s)
{
    struct drp_err err = {0};
    if (drp_selector_fill(s->selector, 0, NULL, &s->arena, &s->sample, &err) < 0)
        fail_msg("%s", err.text);
}

/* Every peer stands for a cluster when there are as many as are asked for. */
static void open_selector(struct scene *s)
{
    struct drp_err err = {0};
    struct drp_select_opts opts = s->opts.select;
    if (opts.n_peers == 0)
        opts.n_peers = (uint32_t)DRP_MAX(s->opts.n_peers, 1);
    const struct drp_model_opts model = {.spec = "stub:", .embedding = true};
    if (drp_model_open(&model, &s->embedder, &err) < 0 ||
        drp_vectors_open_model(s->embedder, NULL, &s->vectors, &err) < 0 ||
        drp_selector_new(s->dataset, s->vectors, &opts, &s->selector, &err) < 0)
        fail_msg("%s", err.text);
}

/* ---- the model ---- */

static bool says(const struct drp_call *call, const char *words)
{
    for (size_t i = 0; i < call->n_messages; i++)
        if (drp_sv_find(call->messages[i].text, drp_sv_from(words), 0) != SIZE_MAX)
            return true;
    return false;
}

/* By the form of the prompt; where a grammar holds the answer, by that. */
static enum scene_kind kind_of(const struct drp_call *call)
{
    if (call->grammar || says(call, "{\"features\":[{\"name\":\"\"") ||
        says(call, "Difference Description: what"))
        return call->n_messages > 2 || says(call, "[Features]:") ? SCENE_VALIDATE
                                                                 : SCENE_EXTRACT;
    if (says(call, "Write your review of") || says(call, "Write a review of") ||
        says(call, "Write the review of"))
        return SCENE_WRITE;
    if (says(call, "[Review by other person"))
        return SCENE_COMPARE;
    return says(call, "[Undesired]") ? SCENE_ANALYSE : SCENE_SUMMARIZE;
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
        .subjects = drp_calloc(call->n_subjects, sizeof *call->subjects),
    };
    for (size_t i = 0; i < call->n_subjects; i++)
        seen.subjects[i] = call->subjects[i];
    seen.text = drp_str_take(&text, NULL);
    drp_vec_add(&s->calls, seen);
    s->n_of_kind[kind]++;
}

#define FEATURE(name)                                                                    \
    "{\"name\":\"" name "\",\"definition\":\"what it is\",\"difference\":\"goes " name   \
    "!\"}"

/* All marks of authors in the call, for a model that repeats what it is shown. */
static void add_authors(struct drp_str *out, const struct drp_call *call)
{
    for (size_t user = 0; user < 10; user++) {
        char mark[32];
        snprintf(mark, sizeof mark, SCENE_AUTHOR "%zu.", user);
        for (size_t i = 0; i < call->n_messages; i++)
            if (drp_sv_find(call->messages[i].text, drp_sv_from(mark), 0) != SIZE_MAX) {
                drp_str_addf(out, " %s", mark);
                break;
            }
    }
}

/* Within the first quoted end of a sentence of JSON, behind any other text. */
static void quote_authors(struct drp_str *text, const struct drp_call *call)
{
    struct drp_str marks;
    drp_str_init(&marks, 1 << 10);
    add_authors(&marks, call);
    const size_t at = drp_sv_find(drp_str_sv(text), DRP_SV("!\""), 0);
    drp_str_splice(text, at == SIZE_MAX ? text->len : at, 0, drp_str_sv(&marks));
    drp_str_release(&marks);
}

/* Answers by the rule of its kind, else as a good model would. Runs on the stub's only thread. */
static void answer(void *ctx, const struct drp_call *call, struct drp_job *job)
{
    static const char *const usual[] = {
        [SCENE_EXTRACT] = "{\"features\":[" FEATURE("FEATONE") "," FEATURE("FEATTWO") "]}",
        [SCENE_VALIDATE] = "{\"features\":[" FEATURE("FEATONE") "]}",
        [SCENE_SUMMARIZE] = "SUMMARYTEXT of the user",
        [SCENE_WRITE] = "A predicted text.",
        [SCENE_COMPARE] = "DIFFERENCETEXT of the user",
        [SCENE_ANALYSE] = "ANALYSISTEXT of the user",
    };
    struct scene *s = ctx;
    const enum scene_kind kind = kind_of(call);
    const struct drp_stub_rule *rule = &s->opts.rules[kind];
    record(s, call, kind);
    const bool follows =
        rule->text && (!rule->max_uses || s->n_of_kind[kind] <= rule->max_uses);
    drp_str_addz(&job->text, follows ? rule->text : usual[kind]);
    if (s->opts.quotes && !follows)
        quote_authors(&job->text, call);
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
    s->opts.n_late = DRP_MIN(s->opts.n_late, s->opts.n_peers);
    load_dataset(s, dir);
    s->stub = drp_stub_new(&(struct drp_stub_opts){
        .answer = answer, .ctx = s, .forgets = true, .info = opts->info});
    const struct drp_model_opts model = {.spec = "stub:"};
    if (drp_model_open(&model, &s->model, &err) < 0 ||
        drp_prompts_open(NULL, &s->prompts, &err) < 0)
        fail_msg("%s", err.text);
    open_selector(s);
    if (s->opts.selected)
        select_sample(s);
    else
        make_sample(s);
    s->lexicon = drp_lexicon_new();
    s->cell = (struct drp_cell){.top_p = 0.95, .seed = 42};
    s->x = (struct drp_method_ctx){
        .dataset = s->dataset,
        .extractor = s->model,
        .validator = s->model,
        .summarizer = s->model,
        .generator = s->model,
        .selector = s->selector,
        .vectors = s->vectors,
        .prompts = s->prompts,
        .lexicon = s->lexicon,
        .cell = &s->cell,
        .arena = &s->arena,
        .account = &s->account,
        .set = &s->settings,
    };
    drp_settings_init(&s->settings, DRP_FIDELITY_OURS);
}

void scene_release(struct scene *s)
{
    drp_selector_free(s->selector);
    drp_vectors_free(s->vectors);
    drp_model_free(s->embedder);
    drp_model_free(s->model);
    drp_stub_free(s->stub);
    drp_prompts_free(s->prompts);
    drp_lexicon_free(s->lexicon);
    drp_dataset_free(s->dataset);
    drp_arena_release(&s->arena);
    scene_forget(s);
    drp_vec_release(&s->calls);
}

void scene_forget(struct scene *s)
{
    for (size_t i = 0; i < s->calls.n; i++) {
        free(s->calls.at[i].text);
        free(s->calls.at[i].first);
        free(s->calls.at[i].subjects);
    }
    s->calls.n = 0;
    memset(s->n_of_kind, 0, sizeof s->n_of_kind);
    s->account = (struct drp_account){0};
}

int scene_run(struct scene *s, const struct drp_method *method,
              struct drp_profile *profile, struct drp_prediction *out, struct drp_err *err)
{
    int rc = 0;
    *profile = (struct drp_profile){0};
    *out = (struct drp_prediction){0};
    if (method->profile)
        rc = method->profile(&s->x, &s->sample, profile, err);
    return rc < 0 ? rc : method->write(&s->x, &s->sample, profile, out, err);
}

const struct drp_method *scene_method(const char *name)
{
    const struct drp_method *method = NULL;
    struct drp_err err = {0};
    if (drp_method_find(drp_sv_from(name), &method, &err) < 0)
        fail_msg("%s", err.text);
    return method;
}

void scene_set(struct scene *s, const char *assignment)
{
    struct drp_err err = {0};
    if (assignment && drp_settings_set(&s->settings, drp_sv_from(assignment), &err) < 0)
        fail_msg("%s", err.text);
}

void scene_write(struct scene *s, const struct drp_method *method,
                 struct drp_profile *profile, struct drp_prediction *out)
{
    struct drp_err err = {0};
    scene_forget(s);
    if (scene_run(s, method, profile, out, &err) < 0)
        fail_msg("%s: %s", method->name, err.text);
    if (!drp_sv_trim(out->text).len)
        fail_msg("%s: no text", method->name);
}

void scene_predict(struct scene *s, int expected, struct drp_profile *profile,
                   struct drp_prediction *out)
{
    struct drp_err err = {0};
    const int rc = scene_run(s, scene_method("drp"), profile, out, &err);
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
