#include "eval/evaluate.h"

#include <math.h>

#include "base/base.h"

#include "base/banned.h"

static struct drp_unit sum_of(const struct drp_unit *units, size_t n)
{
    struct drp_unit sum = {0};
    for (size_t i = 0; i < n; i++)
        drp_unit_add(&sum, &units[i]);
    return sum;
}

static struct drp_eval_row row_of(const struct drp_group *group,
                                  const struct drp_resample_opts *opts,
                                  struct drp_arena *arena)
{
    size_t n_units;
    struct drp_arena scratch = {0};
    const struct drp_unit *units = drp_groups_align(&group, 1, &scratch, &n_units);
    const struct drp_unit sum = sum_of(units, n_units);
    struct drp_eval_row row = {
        .method = drp_arena_sv(arena, group->method),
        .model = drp_arena_sv(arena, group->model),
        .temperature = group->temperature,
        .n_layers = 1,
        .n = sum.n,
        .counts = sum.bleu,
        .bleu = drp_bleu_compute(&sum.bleu, false),
    };
    drp_unit_scores(&sum, row.scores);
    drp_bootstrap(&(struct drp_system){units, 1, n_units}, opts, row.intervals);
    drp_arena_release(&scratch);
    return row;
}

/* ---- averages ----------------------------------------------------------------------------- */

static void add_counts(struct drp_eval_row *sum, const struct drp_eval_row *row)
{
    sum->n += row->n;
    drp_bleu_add(&sum->counts, &row->counts);
    sum->bleu.score += row->bleu.score;
    sum->bleu.bp += row->bleu.bp;
    for (size_t i = 0; i < DRP_BLEU_ORDER; i++)
        sum->bleu.precisions[i] += row->bleu.precisions[i];
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        sum->scores[m] += row->scores[m];
}

static void divide(double *values, size_t n, double by)
{
    for (size_t i = 0; i < n; i++)
        values[i] /= by;
}

static void divide_counts(struct drp_eval_row *row, double by)
{
    divide(&row->counts.sys_len, 1, by);
    divide(&row->counts.ref_len, 1, by);
    divide(row->counts.correct, DRP_BLEU_ORDER, by);
    divide(row->counts.total, DRP_BLEU_ORDER, by);
    divide(&row->bleu.score, 1, by);
    divide(&row->bleu.bp, 1, by);
    divide(row->bleu.precisions, DRP_BLEU_ORDER, by);
    divide(row->scores, DRP_N_METRICS, by);
}

/* The mean over the temperatures of the system that group `first` begins. */
static struct drp_eval_row average_of(const struct drp_groups *groups, size_t first,
                                      const struct drp_eval_row *rows,
                                      const struct drp_resample_opts *opts)
{
    struct drp_arena scratch = {0};
    const struct drp_group **layers =
        drp_arena_new(&scratch, const struct drp_group *, groups->n);
    struct drp_eval_row row = {
        .method = rows[first].method,
        .model = rows[first].model,
        .temperature = NAN,
    };
    for (size_t i = first; i < groups->n; i++)
        if (drp_group_same_system(&groups->at[i], &groups->at[first])) {
            layers[row.n_layers++] = &groups->at[i];
            add_counts(&row, &rows[i]);
        }
    divide_counts(&row, (double)row.n_layers);
    size_t n_units;
    const struct drp_unit *units =
        drp_groups_align(layers, row.n_layers, &scratch, &n_units);
    drp_bootstrap(&(struct drp_system){units, row.n_layers, n_units}, opts, row.intervals);
    drp_arena_release(&scratch);
    return row;
}

static bool begins_system(const struct drp_groups *groups, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (drp_group_same_system(&groups->at[before], &groups->at[i]))
            return false;
    return true;
}

void drp_evaluate(const struct drp_groups *groups, const struct drp_resample_opts *opts,
                  struct drp_arena *arena, struct drp_evaluation *out)
{
    *out = (struct drp_evaluation){
        .rows = drp_arena_new(arena, struct drp_eval_row, groups->n),
        .averaged = drp_arena_new(arena, struct drp_eval_row, groups->n),
    };
    for (size_t i = 0; i < groups->n; i++)
        out->rows[out->n_rows++] = row_of(&groups->at[i], opts, arena);
    for (size_t i = 0; i < groups->n; i++)
        if (groups->at[i].method.ptr && begins_system(groups, i))
            out->averaged[out->n_averaged++] = average_of(groups, i, out->rows, opts);
}
