#include "eval/evaluation_show.h"

#include <math.h>

#include "base/base.h"
#include "method/method.h"

#include "base/banned.h"

/* ---- JSON --------------------------------------------------------------------------------- */

void drp_pair_json(const struct drp_pair *pair, const struct drp_pair_scores *scores,
                   struct drp_jw *w)
{
    drp_jw_obj(w);
    if (pair->method.ptr) {
        drp_jw_key_str(w, "method", pair->method);
        drp_jw_key_str(w, "model", pair->model);
        drp_jw_key_num(w, "temperature", pair->temperature);
        drp_jw_key_int(w, "seed", pair->seed);
        drp_jw_key_int(w, "repeat", pair->repeat);
        drp_jw_key_str(w, "user_id", pair->user_id);
        drp_jw_key_str(w, "asin", pair->asin);
    } else {
        drp_jw_key(w, "id");
        drp_jw_raw(w, pair->id.ptr ? pair->id : DRP_SV("null"));
    }
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        if (m != DRP_JUDGE || !isnan(scores->value[m]))
            drp_jw_key_num(w, drp_metric_name((enum drp_metric)m), scores->value[m]);
    drp_jw_obj_end(w);
}

/* Lengths are whole numbers, and their means over temperatures may not be. */
static void write_count(struct drp_jw *w, const char *key, double value)
{
    if (value == floor(value))
        drp_jw_key_int(w, key, (int64_t)value);
    else
        drp_jw_key_num(w, key, value);
}

static void write_row(const struct drp_show *show, const struct drp_eval_row *row,
                      struct drp_jw *w)
{
    drp_jw_obj(w);
    if (row->method.ptr) {
        drp_jw_key_str(w, "method", row->method);
        drp_jw_key_str(w, "model", row->model);
        drp_jw_key_num(w, "temperature", row->temperature);
        drp_jw_key_int(w, "temperatures", (int64_t)row->n_layers);
    }
    write_count(w, "n", row->n);
    drp_show_scores(show, row->scores, w);
    drp_jw_key(w, "bleu_precisions");
    drp_jw_arr(w);
    for (size_t i = 0; i < DRP_BLEU_ORDER; i++)
        drp_jw_num(w, row->bleu.precisions[i]);
    drp_jw_arr_end(w);
    drp_jw_key_num(w, "bleu_bp", row->bleu.bp);
    write_count(w, "bleu_sys_len", row->counts.sys_len);
    write_count(w, "bleu_ref_len", row->counts.ref_len);
    drp_show_intervals(show, row->intervals, w);
    drp_show_signatures(show, false, w);
    if (!row->method.ptr)
        drp_show_judge(show, w);
    drp_jw_obj_end(w);
}

static void write_rows(const struct drp_show *show, const char *key,
                       const struct drp_eval_row *rows, size_t n, struct drp_jw *w)
{
    drp_jw_key(w, key);
    drp_jw_arr(w);
    for (size_t i = 0; i < n; i++)
        write_row(show, &rows[i], w);
    drp_jw_arr_end(w);
}

/* Calls `each` with every method of the rows, once, that is one of ours. */
static void each_method(const struct drp_evaluation *e,
                        void (*each)(void *ctx, const struct drp_method *method), void *ctx)
{
    size_t n;
    const struct drp_method *const *all = drp_methods(&n);
    for (size_t m = 0; m < n; m++)
        for (size_t i = 0; i < e->n_averaged; i++)
            if (drp_sv_is(e->averaged[i].method, all[m]->name)) {
                each(ctx, all[m]);
                break;
            }
}

static void write_method(void *ctx, const struct drp_method *method)
{
    struct drp_jw *w = ctx;
    drp_jw_obj(w);
    drp_jw_key_strz(w, "name", method->name);
    drp_jw_key_strz(w, "source", method->source);
    drp_jw_key_strz(w, "inferred", method->inferred);
    drp_jw_obj_end(w);
}

void drp_evaluation_json(const struct drp_show *show, const struct drp_evaluation *e,
                         struct drp_jw *w)
{
    if (e->n_rows == 1 && !e->rows[0].method.ptr) {
        write_row(show, &e->rows[0], w);
        return;
    }
    drp_jw_obj(w);
    write_rows(show, "rows", e->rows, e->n_rows, w);
    write_rows(show, "averaged", e->averaged, e->n_averaged, w);
    drp_jw_key(w, "methods");
    drp_jw_arr(w);
    each_method(e, write_method, w);
    drp_jw_arr_end(w);
    drp_show_judge(show, w);
    drp_jw_obj_end(w);
}

/* ---- tables ------------------------------------------------------------------------------- */

/* One file of pairs: a line a metric. */
static void add_single(const struct drp_show *show, const struct drp_eval_row *row,
                       struct drp_str *out)
{
    struct drp_columns c;
    drp_columns_init(&c, "lrll");
    for (size_t m = 0; m < DRP_N_METRICS; m++) {
        if (!drp_show_has(show, m))
            continue;
        drp_columns_add(&c, drp_sv_from(drp_metric_title((enum drp_metric)m)));
        drp_columns_metric(&c, m, row->scores[m]);
        drp_columns_interval(&c, m, &row->intervals[m]);
        if (m == DRP_BLEU)
            drp_columns_addf(&c, "%.1f/%.1f/%.1f/%.1f, BP %.3f, %.0f tokens to %.0f",
                             row->bleu.precisions[0], row->bleu.precisions[1],
                             row->bleu.precisions[2], row->bleu.precisions[3],
                             row->bleu.bp, row->counts.sys_len, row->counts.ref_len);
        drp_columns_end_row(&c);
    }
    drp_str_addf(out, "%.0f pairs; in brackets the 95 %% interval\n\n", row->n);
    drp_columns_write(&c, out);
    drp_columns_release(&c);
}

static void add_row(const struct drp_show *show, const struct drp_eval_row *row,
                    struct drp_columns *c)
{
    drp_columns_add(c, row->method);
    drp_columns_add(c, row->model);
    if (isnan(row->temperature))
        drp_columns_addf(c, "mean of %zu", row->n_layers);
    else
        drp_columns_addf(c, "%g", row->temperature);
    drp_columns_addf(c, "%.0f", row->n);
    for (size_t m = 0; m < DRP_N_METRICS; m++) {
        if (!drp_show_has(show, m))
            continue;
        const struct drp_interval *i = &row->intervals[m];
        drp_columns_metric(c, m, row->scores[m]);
        if (isnan(i->low))
            drp_columns_add(c, DRP_SV(""));
        else
            drp_columns_addf(c, "± %.*f", drp_show_digits(m), 0.5 * (i->high - i->low));
    }
}

static void add_rows(const struct drp_show *show, const struct drp_evaluation *e,
                     struct drp_str *out)
{
    struct drp_columns c;
    drp_columns_init(&c, show->judge_scored ? "llrrrlrlrlrlrlrl" : "llrrrlrlrlrlrl");
    static const char *const heads[] = {"method", "model", "T", "n"};
    for (size_t i = 0; i < DRP_LEN(heads); i++)
        drp_columns_add(&c, drp_sv_from(heads[i]));
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        if (drp_show_has(show, m)) {
            drp_columns_add(&c, drp_sv_from(drp_metric_title((enum drp_metric)m)));
            drp_columns_add(&c, DRP_SV(""));
        }
    for (size_t i = 0; i < e->n_rows; i++)
        add_row(show, &e->rows[i], &c);
    for (size_t i = 0; i < e->n_averaged; i++)
        if (e->averaged[i].n_layers > 1)
            add_row(show, &e->averaged[i], &c);
    drp_columns_write(&c, out);
    drp_columns_release(&c);
    drp_str_addz(
        out,
        "\n± half of the 95 % interval; BLEU 0 to 100, judge 0 to 10, the others 0 to 1\n");
}

static void add_inferred(void *ctx, const struct drp_method *method)
{
    if (method->inferred)
        drp_str_addf(ctx, "%s, inferred: %s\n", method->name, method->inferred);
}

void drp_evaluation_text(const struct drp_show *show, const struct drp_evaluation *e,
                         struct drp_str *out)
{
    if (e->n_rows == 1 && !e->rows[0].method.ptr)
        add_single(show, &e->rows[0], out);
    else
        add_rows(show, e, out);
    drp_show_notes(show, false, out);
    struct drp_str inferred;
    drp_str_init(&inferred, 1 << 16);
    each_method(e, add_inferred, &inferred);
    if (inferred.len > 0)
        drp_str_addf(out, "\n%s", inferred.ptr);
    drp_str_release(&inferred);
}
