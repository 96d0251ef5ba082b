#include "run/lines.h"

#include "base/base.h"
#include "io/json.h"

#include "base/banned.h"

static void key_str(struct drp_jw *w, const char *key, struct drp_sv value)
{
    drp_jw_key(w, key);
    drp_jw_str(w, value);
}

static void key_strz(struct drp_jw *w, const char *key, const char *value)
{
    drp_jw_key(w, key);
    drp_jw_strz(w, value);
}

static void key_int(struct drp_jw *w, const char *key, int64_t value)
{
    drp_jw_key(w, key);
    drp_jw_int(w, value);
}

/* What every line of every file begins with: which prediction it belongs to. */
static void begin_line(struct drp_jw *w, struct drp_str *out, const struct drp_line *l)
{
    drp_jw_init(w, out, 0);
    drp_jw_obj(w);
    key_strz(w, "method", l->method->name);
    key_str(w, "model", l->model);
    drp_jw_key(w, "temperature");
    drp_jw_num(w, l->cell->temperature);
    key_int(w, "seed", (int64_t)l->cell->seed);
    key_int(w, "repeat", l->cell->repeat);
    key_str(w, "user_id", l->sample->user_id);
    key_str(w, "asin", l->sample->item ? l->sample->item->asin : (struct drp_sv){0});
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
    key_str(&w, "prediction", l->prediction->text);
    key_str(&w, "reference", l->sample->reference);
    key_strz(&w, "finish", drp_finish_name(l->prediction->finish));
    key_strz(&w, "fallback", l->prediction->fallback);
    end_line(&w);
}

/* The asin of what a comparison was about; null at user level. */
static struct drp_sv compared(const struct drp_sample *s, size_t contrast)
{
    const struct drp_item *item =
        contrast < s->n_contrasts ? s->contrasts[contrast].item : NULL;
    return item ? item->asin : (struct drp_sv){0};
}

static void add_feature(struct drp_str *out, const struct drp_line *l,
                        const struct drp_feature *f)
{
    struct drp_jw w;
    begin_line(&w, out, l);
    key_str(&w, "item", compared(l->sample, f->contrast));
    key_int(&w, "rank", f->rank);
    key_str(&w, "name", f->name);
    key_str(&w, "definition", f->definition);
    key_str(&w, "description", f->description);
    key_strz(&w, "source", drp_feature_source_name(f->source));
    drp_jw_key(&w, "kept");
    drp_jw_bool(&w, f->kept);
    key_strz(&w, "reason", f->reason);
    drp_jw_key(&w, "evidence");
    drp_jw_null(&w);
    end_line(&w);
}

static void add_difference(struct drp_str *out, const struct drp_line *l, size_t i)
{
    struct drp_jw w;
    begin_line(&w, out, l);
    key_str(&w, "item", compared(l->sample, i));
    key_str(&w, "extracted", l->profile->extracted[i]);
    key_str(&w, "validated",
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
