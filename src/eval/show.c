#include "eval/show.h"

#include <math.h>

#include "base/base.h"

#include "base/banned.h"

#define NOT_THERE "–"

void drp_show_range(struct drp_jw *w, const char *key, const struct drp_interval *i)
{
    drp_jw_key(w, key);
    drp_jw_arr(w);
    drp_jw_num(w, i->low);
    drp_jw_num(w, i->high);
    drp_jw_arr_end(w);
}

bool drp_show_has(const struct drp_show *show, size_t metric)
{
    return metric != DRP_JUDGE || show->judge_scored;
}

void drp_show_scores(const struct drp_show *show, const double *scores, struct drp_jw *w)
{
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        if (drp_show_has(show, m))
            drp_jw_key_num(w, drp_metric_name((enum drp_metric)m), scores[m]);
}

void drp_show_intervals(const struct drp_show *show, const struct drp_interval *intervals,
                        struct drp_jw *w)
{
    drp_jw_key(w, "intervals");
    drp_jw_obj(w);
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        if (drp_show_has(show, m))
            drp_show_range(w, drp_metric_name((enum drp_metric)m), &intervals[m]);
    drp_jw_obj_end(w);
}

/* Calls `each` with every signature under its name. */
static void each_signature(const struct drp_show *show, bool with_trials,
                           void (*each)(void *ctx, const char *name, struct drp_sv text),
                           void *ctx)
{
    struct drp_str text;
    drp_str_init(&text, 4096);
    for (size_t m = 0; m < DRP_N_METRICS; m++) {
        drp_str_clear(&text);
        if (m == DRP_JUDGE && show->judge)
            drp_judge_signature(show->judge, show->judge_scored, &text);
        else
            drp_scorer_signature(show->scorer, (enum drp_metric)m, &text);
        if (text.len > 0)
            each(ctx, drp_metric_name((enum drp_metric)m), drp_str_sv(&text));
    }
    drp_str_clear(&text);
    drp_resample_signature(show->resample, with_trials, &text);
    each(ctx, with_trials ? "tests" : "intervals", drp_str_sv(&text));
    drp_str_release(&text);
}

static void write_signature(void *ctx, const char *name, struct drp_sv text)
{
    drp_jw_key_str(ctx, name, text);
}

void drp_show_signatures(const struct drp_show *show, bool with_trials, struct drp_jw *w)
{
    drp_jw_key(w, "signatures");
    drp_jw_obj(w);
    each_signature(show, with_trials, write_signature, w);
    drp_jw_obj_end(w);
}

static void add_signature(void *ctx, const char *name, struct drp_sv text)
{
    struct drp_columns *columns = ctx;
    drp_columns_add(columns, drp_sv_from(name));
    drp_columns_add(columns, text);
}

/* What was computed, and what could not be. */
void drp_show_notes(const struct drp_show *show, bool with_trials, struct drp_str *out)
{
    struct drp_columns columns;
    drp_columns_init(&columns, "ll");
    each_signature(show, with_trials, add_signature, &columns);
    drp_str_addc(out, '\n');
    drp_columns_write(&columns, out);
    drp_columns_release(&columns);
    if (show->judge && show->judge->n_unread > 0)
        drp_str_addf(out, "\n%llu of %llu answers of the judge could not be read\n",
                     (unsigned long long)show->judge->n_unread,
                     (unsigned long long)show->judge->n_asked);
}

void drp_show_judge(const struct drp_show *show, struct drp_jw *w)
{
    if (!show->judge)
        return;
    drp_jw_key_int(w, "judge_asked", (int64_t)show->judge->n_asked);
    drp_jw_key_int(w, "judge_unread", (int64_t)show->judge->n_unread);
}

/* Digits behind the point that mean something. */
int drp_show_digits(size_t metric)
{
    return metric == DRP_BLEU || metric == DRP_JUDGE ? 2 : 4;
}

void drp_columns_metric(struct drp_columns *c, size_t metric, double value)
{
    if (isnan(value))
        drp_columns_add(c, DRP_SV(NOT_THERE));
    else
        drp_columns_addf(c, "%.*f", drp_show_digits(metric), value);
}

void drp_columns_interval(struct drp_columns *c, size_t metric,
                          const struct drp_interval *i)
{
    if (isnan(i->low))
        drp_columns_add(c, DRP_SV(""));
    else
        drp_columns_addf(c, "[%.*f, %.*f]", drp_show_digits(metric), i->low,
                         drp_show_digits(metric), i->high);
}

void drp_columns_p(struct drp_columns *c, double p)
{
    if (isnan(p))
        drp_columns_add(c, DRP_SV(NOT_THERE));
    else
        drp_columns_addf(c, "%.4f", p);
}
