#include "run/plan_show.h"

#include <string.h>

#include "base/base.h"
#include "base/columns.h"
#include "run/account_json.h"

#include "base/banned.h"

static struct drp_used sum_of(const struct drp_plan *p)
{
    struct drp_used rows[DRP_MAX_USED] = {{0}};
    for (size_t i = 0; i < DRP_MAX_USED && p->used[i].stage; i++) {
        struct drp_used one = p->used[i];
        one.method = "";
        one.stage = "total";
        drp_used_add(rows, &one);
    }
    return rows[0];
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void write_model(const struct drp_plan_model *m, bool at_most, struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_jw_key_str(w, "name", m->name);
    drp_jw_key_int(w, "slots", m->slots);
    drp_jw_key_int(w, "calls", (int64_t)m->stats.calls);
    drp_jw_key_int(w, "prompt_tokens", (int64_t)m->stats.prompt_tokens);
    drp_jw_key_int(w, "cached_tokens", (int64_t)m->stats.cached_tokens);
    drp_jw_key_int(w, "answer_tokens", (int64_t)m->stats.answer_tokens);
    drp_jw_key_bool(w, "cached_at_most", at_most);
    if (m->probe.n_side_by_side > 0) {
        drp_jw_key_int(w, "side_by_side", (int64_t)m->probe.n_side_by_side);
        drp_jw_key_num(w, "prompt_rate", m->probe.prompt_rate);
        drp_jw_key_num(w, "alone_rate", m->probe.alone_rate);
        drp_jw_key_num(w, "answer_rate", m->probe.answer_rate);
        drp_jw_key_num(w, "prompt_seconds", m->prompt_s);
        drp_jw_key_num(w, "answer_seconds", m->answer_s);
        drp_jw_key(w, "problem");
        if (m->probe.problem[0])
            drp_jw_strz(w, m->probe.problem);
        else
            drp_jw_null(w);
    }
    drp_jw_obj_end(w);
}

static void write_sums(const struct drp_plan *p, struct drp_jw *w)
{
    const struct drp_used sum = sum_of(p);
    drp_jw_key_int(w, "calls", (int64_t)sum.calls);
    drp_jw_key_int(w, "kept", (int64_t)sum.kept);
    drp_jw_key_int(w, "prompt_tokens", (int64_t)sum.prompt_tokens);
    drp_jw_key_int(w, "cached_tokens", (int64_t)sum.cached_tokens);
    drp_jw_key_int(w, "answer_tokens", (int64_t)sum.answer_tokens);
}

static void write_number_or_null(struct drp_jw *w, const char *key, bool is_known,
                                 double value)
{
    drp_jw_key(w, key);
    if (is_known)
        drp_jw_num(w, value);
    else
        drp_jw_null(w);
}

void drp_plan_json(const struct drp_plan *p, struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_jw_key_int(w, "samples", (int64_t)p->n_samples);
    drp_jw_key_int(w, "looked_at", (int64_t)p->n_looked_at);
    drp_jw_key_int(w, "methods", (int64_t)p->n_methods);
    drp_jw_key_int(w, "cells", (int64_t)p->n_cells);
    drp_jw_key(w, "stages");
    drp_used_write(w, p->used);
    write_sums(p, w);
    drp_jw_key(w, "models");
    drp_jw_arr(w);
    for (size_t i = 0; i < p->n_models; i++)
        write_model(&p->models[i], !p->models[i].sees_reuse, w);
    drp_jw_arr_end(w);
    drp_jw_key_int(w, "workers", (int64_t)p->n_workers);
    write_number_or_null(w, "seconds", p->is_timed, p->seconds);
    write_number_or_null(w, "cost", p->has_prices, p->cost);
    drp_jw_key_int(w, "journal_bytes", (int64_t)p->journal_bytes);
    drp_jw_key_int(w, "file_bytes", (int64_t)p->file_bytes);
    drp_jw_key_bool(w, "learnt", p->learnt);
    drp_jw_key_bool(w, "over_budget", p->is_over_budget);
    drp_jw_key_strz(w, "journal", p->journal);
    drp_jw_obj_end(w);
}

/* ---- text --------------------------------------------------------------------------------- */

static void add_row(struct drp_columns *c, const struct drp_used *u, const char *method)
{
    drp_columns_addf(c, "%s", method);
    drp_columns_addf(c, "%s", u->stage);
    drp_columns_addf(c, "%llu", (unsigned long long)u->calls);
    drp_columns_addf(c, "%llu", (unsigned long long)u->kept);
    drp_columns_addf(c, "%llu", (unsigned long long)u->prompt_tokens);
    drp_columns_addf(c, "%llu", (unsigned long long)u->cached_tokens);
    drp_columns_addf(c, "%llu", (unsigned long long)u->answer_tokens);
}

static bool is_of_method(const struct drp_used *u, const char *method)
{
    return strcmp(u->method, method) == 0;
}

static void add_table(const struct drp_plan *p, struct drp_str *out)
{
    static const char *const heads[] = {"method",        "stage",  "calls",        "kept",
                                        "prompt tokens", "shared", "answer tokens"};
    struct drp_columns c;
    const struct drp_used sum = sum_of(p);
    drp_columns_init(&c, "llrrrrr");
    for (size_t i = 0; i < DRP_LEN(heads); i++)
        drp_columns_addf(&c, "%s", heads[i]);
    for (size_t i = 0; i < DRP_MAX_USED && p->used[i].stage; i++) {
        const char *method = p->used[i].method;
        size_t before = 0;
        while (!is_of_method(&p->used[before], method))
            before++;
        if (before < i)
            continue;
        for (size_t k = i; k < DRP_MAX_USED && p->used[k].stage; k++)
            if (is_of_method(&p->used[k], method))
                add_row(&c, &p->used[k], k == i ? method : "");
    }
    if (sum.stage)
        add_row(&c, &sum, "");
    drp_columns_write(&c, out);
    drp_columns_release(&c);
}

static void add_duration(struct drp_str *out, double seconds)
{
    if (seconds < 100)
        drp_str_addf(out, "%.0f seconds", seconds);
    else if (seconds < 100 * 60)
        drp_str_addf(out, "%.0f minutes", seconds / 60);
    else if (seconds < 72 * 3600)
        drp_str_addf(out, "%.1f hours", seconds / 3600);
    else
        drp_str_addf(out, "%.1f days", seconds / 86400);
}

static void add_size(struct drp_str *out, uint64_t bytes)
{
    const double mib = (double)bytes / (1 << 20);
    if (mib < 1)
        drp_str_addf(out, "%.0f KiB", mib * 1024);
    else if (mib < 1000)
        drp_str_addf(out, "%.1f MiB", mib);
    else
        drp_str_addf(out, "%.1f GiB", mib / 1024);
}

/* What the time was reckoned from. */
static void add_rates(const struct drp_plan_model *m, struct drp_str *out)
{
    const struct drp_probe *t = &m->probe;
    if (t->problem[0])
        drp_str_addf(out, "  %.*s: the probe failed: %s\n", DRP_SV_ARG(m->name),
                     t->problem);
    else if (t->n_side_by_side > 0)
        drp_str_addf(out,
                     "  %.*s: prompts %.0f tokens/s, answers %.0f tokens/s %zu side by side, "
                     "%.0f alone; %u slots\n",
                     DRP_SV_ARG(m->name), t->prompt_rate, t->answer_rate,
                     t->n_side_by_side, t->alone_rate, (unsigned)m->slots);
}

static void add_time(const struct drp_plan *p, struct drp_str *out)
{
    bool probed = false;
    for (size_t i = 0; i < p->n_models; i++)
        probed |= p->models[i].probe.n_side_by_side > 0;
    drp_str_addz(out, "time   ");
    if (p->is_timed) {
        add_duration(out, p->seconds);
        drp_str_addf(out, ", %zu samples side by side\n", p->n_workers);
    } else {
        drp_str_addz(out,
                     probed ? "not known: a model did not answer in time; --probe S "
                              "gives it more\n"
                            : "not told: without a probe nothing is known of the models\n");
    }
    for (size_t i = 0; i < p->n_models; i++)
        add_rates(&p->models[i], out);
}

static void add_amounts(const struct drp_plan *p, struct drp_str *out)
{
    if (p->has_prices)
        drp_str_addf(out, "cost   %.4f, by the prices of the models table\n", p->cost);
    else
        drp_str_addz(out, "cost   not told: no price_in and price_out in a models table of "
                          "--config\n");
    drp_str_addz(out, "disk   ");
    add_size(out, p->journal_bytes + p->file_bytes);
    drp_str_addz(out, ": journal ");
    add_size(out, p->journal_bytes);
    drp_str_addz(out, ", other files ");
    add_size(out, p->file_bytes);
    drp_str_addc(out, '\n');
}

static void add_remarks(const struct drp_plan *p, struct drp_str *out)
{
    bool at_most = false;
    for (size_t i = 0; i < p->n_models; i++)
        at_most |= !p->models[i].sees_reuse;
    if (p->n_looked_at < p->n_samples)
        drp_str_addf(out,
                     "%zu of the %zu samples were looked at, counts are %.2f times theirs; "
                     "--exact looks at all\n",
                     p->n_looked_at, p->n_samples,
                     (double)p->n_samples / (double)p->n_looked_at);
    if (p->journal)
        drp_str_addf(out, "kept: answered by '%s', or by an equal question of this run\n",
                     p->journal);
    else
        drp_str_addz(out, "kept: answered by an equal question of this run\n");
    if (p->skipped_journal)
        drp_str_addz(out,
                     "the database of --journal was not read: what it has counts as to be "
                     "asked\n");
    if (p->is_over_budget)
        drp_str_addz(out,
                     "the budget of --max-tokens-total or --max-cost ends the run before "
                     "all is asked\n");
    if (at_most)
        drp_str_addz(
            out, "shared: beginnings that came before, the most that a server can keep\n");
    drp_str_addf(out,
                 "lengths of answers are %s; an answer that is empty or cannot be read "
                 "adds a call\n",
                 p->learnt ? "those of the run in --out" : "guesses");
}

void drp_plan_text(const struct drp_plan *p, struct drp_str *out)
{
    const struct drp_used sum = sum_of(p);
    drp_str_addf(out,
                 "samples %zu, methods %zu, cells of the grid %zu: calls to ask %llu\n",
                 p->n_samples, p->n_methods, p->n_cells,
                 (unsigned long long)(sum.calls - sum.kept));
    add_table(p, out);
    add_time(p, out);
    add_amounts(p, out);
    add_remarks(p, out);
}
