#include "eval/comparison_show.h"

#include <math.h>

#include "base/base.h"

#include "base/banned.h"

static const double LEVEL = 0.05;

/* ---- JSON --------------------------------------------------------------------------------- */

static void write_test(const struct drp_compared *s, size_t m, struct drp_jw *w)
{
    const struct drp_paired *t = &s->tests[m];
    drp_jw_key(w, drp_metric_name((enum drp_metric)m));
    drp_jw_obj(w);
    drp_jw_key_num(w, "difference", t->difference);
    drp_show_range(w, "interval", &t->delta);
    drp_jw_key_num(w, "p_bootstrap", t->p_bootstrap);
    drp_jw_key_num(w, "p_randomisation", t->p_randomisation);
    drp_jw_key_num(w, "p_bootstrap_holm", s->holm_bootstrap[m]);
    drp_jw_key_num(w, "p_randomisation_holm", s->holm_randomisation[m]);
    drp_jw_key_num(w, "detectable", t->detectable);
    drp_jw_obj_end(w);
}

static void write_duel(const struct drp_duel *d, struct drp_jw *w)
{
    drp_jw_key(w, "duels");
    drp_jw_obj(w);
    drp_jw_key_int(w, "wins", (int64_t)d->wins);
    drp_jw_key_int(w, "losses", (int64_t)d->losses);
    drp_jw_key_int(w, "ties", (int64_t)d->ties);
    drp_jw_key_int(w, "unread", (int64_t)d->unread);
    drp_jw_key_num(w, "rate", drp_duel_rate(d));
    drp_jw_key_num(w, "p", drp_duel_p(d));
    drp_jw_obj_end(w);
}

static void write_system(const struct drp_show *show, const struct drp_comparison *c,
                         size_t i, const struct drp_duel *duel, struct drp_jw *w)
{
    const struct drp_compared *s = &c->systems[i];
    drp_jw_obj(w);
    drp_jw_key_strz(w, "source", show->sources[s->source].path);
    drp_jw_key_str(w, "method", s->method);
    drp_jw_key_str(w, "model", s->model);
    drp_show_scores(show, s->scores, w);
    drp_show_intervals(show, s->intervals, w);
    if (i > 0) {
        drp_jw_key(w, "tests");
        drp_jw_obj(w);
        for (size_t m = 0; m < DRP_N_METRICS; m++)
            if (drp_show_has(show, m))
                write_test(s, m, w);
        drp_jw_obj_end(w);
        if (duel)
            write_duel(duel, w);
    }
    drp_jw_obj_end(w);
}

void drp_comparison_json(const struct drp_show *show, const struct drp_comparison *c,
                         const struct drp_duel *duels, struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_jw_key_int(w, "n", (int64_t)c->n_samples);
    drp_jw_key_int(w, "left_out", (int64_t)c->n_left_out);
    drp_jw_key(w, "temperatures");
    drp_jw_arr(w);
    for (size_t i = 0; i < c->n_temperatures && !isnan(c->temperatures[i]); i++)
        drp_jw_num(w, c->temperatures[i]);
    drp_jw_arr_end(w);
    drp_jw_key(w, "systems");
    drp_jw_arr(w);
    for (size_t i = 0; i < c->n; i++)
        write_system(show, c, i, duels ? &duels[i] : NULL, w);
    drp_jw_arr_end(w);
    drp_show_signatures(show, true, w);
    drp_show_judge(show, w);
    drp_jw_obj_end(w);
}

/* ---- tables ------------------------------------------------------------------------------- */

/* What a system is called: as much of source, method and model as tells it from the others. */
static void add_name(const struct drp_show *show, const struct drp_comparison *c,
                     size_t i, struct drp_columns *out)
{
    const struct drp_compared *s = &c->systems[i];
    bool same_source = true, same_model = true;
    for (size_t k = 0; k < c->n; k++) {
        same_source = same_source && c->systems[k].source == s->source;
        same_model = same_model && drp_sv_eq(c->systems[k].model, s->model);
    }
    struct drp_str name;
    drp_str_init(&name, 4096);
    if (!same_source || !s->method.ptr)
        drp_str_addf(&name, "%s%s", show->sources[s->source].path,
                     s->method.ptr ? " " : "");
    drp_str_add(&name, s->method);
    if (!same_model)
        drp_str_addf(&name, " %.*s", DRP_SV_ARG(s->model));
    drp_columns_add(out, drp_str_sv(&name));
    drp_str_release(&name);
}

/* With the package's count of trials strictly beyond, equal systems and a handful of samples get small p-values too:
 * the first say nothing, and of n samples no exact test gives less than 2^(1-n). */
static bool is_sure(const struct drp_compared *s, size_t m, size_t n_samples)
{
    return s->tests[m].difference != 0 && s->holm_randomisation[m] < LEVEL &&
           pow(2, 1 - (double)n_samples) < LEVEL;
}

static void add_tested(const struct drp_compared *s, size_t m, size_t n_samples,
                       struct drp_columns *c)
{
    const struct drp_paired *t = &s->tests[m];
    if (isnan(t->difference)) {
        drp_columns_end_row(c);
        return;
    }
    drp_columns_addf(c, "%+.*f", drp_show_digits(m), t->difference);
    drp_columns_interval(c, m, &t->delta);
    drp_columns_p(c, t->p_bootstrap);
    drp_columns_p(c, t->p_randomisation);
    drp_columns_p(c, s->holm_randomisation[m]);
    drp_columns_add(c, is_sure(s, m, n_samples) ? DRP_SV("*") : DRP_SV(""));
    drp_columns_addf(c, "%.*f", drp_show_digits(m), t->detectable);
}

static void add_metric(const struct drp_show *show, const struct drp_comparison *c,
                       size_t m, struct drp_str *out)
{
    static const char *const heads[] = {"95 %",      "difference", "95 %", "p bootstrap",
                                        "p random.", "Holm",       "",     "shows from"};
    struct drp_columns columns;
    drp_columns_init(&columns, "lrlrlrrrlr");
    drp_columns_add(&columns, drp_sv_from(drp_metric_title((enum drp_metric)m)));
    drp_columns_add(&columns, DRP_SV("score"));
    for (size_t i = 0; i < DRP_LEN(heads); i++)
        drp_columns_add(&columns, drp_sv_from(heads[i]));
    for (size_t i = 0; i < c->n; i++) {
        add_name(show, c, i, &columns);
        drp_columns_metric(&columns, m, c->systems[i].scores[m]);
        drp_columns_interval(&columns, m, &c->systems[i].intervals[m]);
        if (i == 0)
            drp_columns_add(&columns, DRP_SV("baseline"));
        else
            add_tested(&c->systems[i], m, c->n_samples, &columns);
        drp_columns_end_row(&columns);
    }
    drp_columns_write(&columns, out);
    drp_str_addc(out, '\n');
    drp_columns_release(&columns);
}

static void add_duels(const struct drp_show *show, const struct drp_comparison *c,
                      const struct drp_duel *duels, struct drp_str *out)
{
    struct drp_columns columns;
    static const char *const heads[] = {
        "against the baseline", "wins",  "ties", "losses", "rate",
        "p sign test",          "unread"};
    drp_columns_init(&columns, "lrrrrrr");
    for (size_t i = 0; i < DRP_LEN(heads); i++)
        drp_columns_add(&columns, drp_sv_from(heads[i]));
    for (size_t i = 1; i < c->n; i++) {
        add_name(show, c, i, &columns);
        drp_columns_addf(&columns, "%zu", duels[i].wins);
        drp_columns_addf(&columns, "%zu", duels[i].ties);
        drp_columns_addf(&columns, "%zu", duels[i].losses);
        drp_columns_metric(&columns, DRP_JUDGE, drp_duel_rate(&duels[i]));
        drp_columns_p(&columns, drp_duel_p(&duels[i]));
        drp_columns_addf(&columns, "%zu", duels[i].unread);
    }
    drp_columns_write(&columns, out);
    drp_str_addc(out, '\n');
    drp_columns_release(&columns);
}

void drp_comparison_text(const struct drp_show *show, const struct drp_comparison *c,
                         const struct drp_duel *duels, struct drp_str *out)
{
    drp_str_addf(out, "%zu samples", c->n_samples);
    if (c->n_left_out > 0)
        drp_str_addf(out, ", %zu left out that not all systems have", c->n_left_out);
    if (c->n_temperatures > 1)
        drp_str_addf(out, "; mean of %zu temperatures", c->n_temperatures);
    drp_str_addz(out, "\n\n");
    for (size_t m = 0; m < DRP_N_METRICS; m++)
        if (drp_show_has(show, m))
            add_metric(show, c, m, out);
    if (duels)
        add_duels(show, c, duels, out);
    drp_str_addz(
        out,
        "* p < 0.05 by approximate randomisation after Holm's correction; shows from: the "
        "smallest\ndifference that so many samples show in four of five repetitions\n");
    drp_show_notes(show, true, out);
}
