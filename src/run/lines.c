#include "run/lines.h"

#include "base/base.h"
#include "io/json.h"

#include "base/banned.h"

/* What every line of every file begins with: which prediction it belongs to. */
static void begin_line(struct drp_jw *w, struct drp_str *out, const struct drp_line *l)
{
    drp_jw_init(w, out, 0);
    drp_jw_obj(w);
    drp_jw_key_strz(w, "method", l->method->name);
    drp_jw_key_str(w, "model", l->model);
    drp_jw_key_num(w, "temperature", l->cell->temperature);
    drp_jw_key_int(w, "seed", (int64_t)l->cell->seed);
    drp_jw_key_int(w, "repeat", l->cell->repeat);
    drp_jw_key_str(w, "user_id", l->sample->user_id);
    drp_jw_key_str(w, "asin", l->sample->item ? l->sample->item->asin : (struct drp_sv){0});
}

static void end_line(struct drp_jw *w)
{
    drp_jw_obj_end(w);
    drp_str_addc(w->out, '\n');
}

static void add_prediction(struct drp_str *out, const struct drp_line *l)
{
    struct drp_jw w;
    begin_line(&w, out, l);
    drp_jw_key_str(&w, "prediction", l->prediction->text);
    drp_jw_key_str(&w, "reference", l->sample->reference);
    drp_jw_key_strz(&w, "finish", drp_finish_name(l->prediction->finish));
    drp_jw_key_strz(&w, "fallback", l->prediction->fallback);
    end_line(&w);
}

/* The asin of what a comparison was about; null at user level. */
static struct drp_sv compared(const struct drp_sample *s, size_t contrast)
{
    const struct drp_item *item =
        contrast < s->n_contrasts ? s->contrasts[contrast].item : NULL;
    return item ? item->asin : (struct drp_sv){0};
}

/* Figures of the others and texts of the user: nothing that others wrote. */
static void add_evidence(struct drp_jw *w, const struct drp_line *l,
                         const struct drp_evidence *e)
{
    drp_jw_key(w, "evidence");
    if (!e) {
        drp_jw_null(w);
        return;
    }
    drp_jw_obj(w);
    drp_jw_key_strz(w, "trait", drp_trait_get(e->trait)->key);
    drp_jw_key_num(w, "user", e->user);
    drp_jw_key_num(w, "others", e->others);
    drp_jw_key_num(w, "effect", e->effect);
    drp_jw_key(w, "interval");
    drp_jw_arr(w);
    drp_jw_num(w, e->low);
    drp_jw_num(w, e->high);
    drp_jw_arr_end(w);
    drp_jw_key_strz(w, "verdict", drp_verdict_name(e->verdict));
    drp_jw_key(w, "texts");
    drp_jw_arr(w);
    for (size_t i = 0; i < e->n_texts; i++) {
        const struct drp_review *r = l->sample->profile.at[e->texts[i]];
        drp_jw_str(w, drp_dataset_item(l->dataset, r->item)->asin);
    }
    drp_jw_arr_end(w);
    drp_jw_obj_end(w);
}

void drp_lines_feature(const struct drp_line *l, const struct drp_feature *f,
                       struct drp_jw *w)
{
    drp_jw_key_str(w, "item", compared(l->sample, f->contrast));
    drp_jw_key_int(w, "rank", f->rank);
    drp_jw_key_str(w, "name", f->name);
    drp_jw_key_str(w, "definition", f->definition);
    drp_jw_key_str(w, "description", f->description);
    drp_jw_key_strz(w, "source", drp_feature_source_name(f->source));
    drp_jw_key_bool(w, "kept", f->kept);
    drp_jw_key_strz(w, "reason", f->reason);
    add_evidence(w, l, f->evidence);
}

static void add_feature(struct drp_str *out, const struct drp_line *l,
                        const struct drp_feature *f)
{
    struct drp_jw w;
    begin_line(&w, out, l);
    drp_lines_feature(l, f, &w);
    end_line(&w);
}

static void add_difference(struct drp_str *out, const struct drp_line *l, size_t i)
{
    struct drp_jw w;
    begin_line(&w, out, l);
    drp_jw_key_str(&w, "item", compared(l->sample, i));
    drp_jw_key_str(&w, "extracted", l->profile->extracted[i]);
    drp_jw_key_str(&w, "validated",
                   l->profile->validated ? l->profile->validated[i] : (struct drp_sv){0});
    end_line(&w);
}

void drp_lines_add(struct drp_sample_lines *out, const struct drp_line *line)
{
    add_prediction(&out->at[DRP_PREDICTIONS], line);
    for (size_t i = 0; i < line->profile->features.n; i++)
        add_feature(&out->at[DRP_FEATURES], line, &line->profile->features.at[i]);
    for (size_t i = 0; i < line->profile->n_differences; i++)
        add_difference(&out->at[DRP_DIFFERENCES], line, i);
}
