#include "data/summary.h"

#include "base/base.h"
#include "base/fs.h"
#include "base/hash.h"
#include "io/json.h"

#include "base/banned.h"

/* ---- for people ---- */

static void add_line(struct drp_str *out, uint64_t n, const char *words)
{
    if (n > 0)
        drp_str_addf(out, "%12llu  %s\n", (unsigned long long)n, words);
}

static void add_suggestions(struct drp_str *out, const struct drp_prepare_summary *s)
{
    if (s->n_suggestions > 0)
        drp_str_addz(out, "each of these thresholds would keep somebody\n");
    for (size_t i = 0; i < s->n_suggestions; i++) {
        drp_str_addf(out, "%12llu  users with ",
                     (unsigned long long)s->suggestions[i].n_users);
        drp_suggest_options(out, &s->thresholds, &s->suggestions[i]);
        drp_str_addc(out, '\n');
    }
}

/* What was read as questions. */
static void add_questions(struct drp_str *out, const struct drp_prepare_summary *s)
{
    drp_str_addf(out, "%12llu  questions\n", (unsigned long long)s->n_questions);
    add_line(out, s->n_golds, "golds");
    drp_str_addf(out, "%12llu  profile entries\n", (unsigned long long)s->n_entries);
    for (int i = 0; i < DRP_LAMP_N_OUTPUTS; i++)
        if (s->n_outputs[i] > 0 && i != DRP_LAMP_OUTPUT_ASKED)
            drp_str_addf(out, "%12llu  with '%s' as output\n",
                         (unsigned long long)s->n_outputs[i],
                         drp_lamp_output_field((enum drp_lamp_output)i));
    add_line(out, s->n_empty_entries, "left out, their output is empty");
}

/* What was read as texts and metadata. */
static void add_reviews(struct drp_str *out, const struct drp_prepare_summary *s)
{
    drp_str_addf(out, "%12llu  texts\n", (unsigned long long)s->n_texts);
    if (s->n_items > 0)
        drp_str_addf(out, "%12llu  items, %llu of them usable\n",
                     (unsigned long long)s->n_items, (unsigned long long)s->n_usable_items);
}

void drp_summary_text(struct drp_str *out, const struct drp_prepare_summary *s)
{
    drp_str_addz(out, "read\n");
    if (s->is_questions)
        add_questions(out, s);
    else
        add_reviews(out, s);
    add_line(out, s->n_bad, "bad records passed over");
    if (!s->is_questions && s->n_texts > s->kept.texts)
        drp_str_addz(out, "dropped texts\n");
    for (int i = 0; i < DRP_N_DROPS; i++)
        add_line(out, s->drops.n[i], drp_drop_words((enum drp_drop)i));
    drp_str_addz(out, "kept\n");
    drp_str_addf(out, "%12llu  users\n", (unsigned long long)s->kept.users);
    drp_str_addf(out, "%12llu  items\n", (unsigned long long)s->kept.items);
    drp_str_addf(out, "%12llu  texts\n", (unsigned long long)s->kept.texts);
    for (int i = 0; i < DRP_N_SPLITS; i++)
        drp_str_addf(out, "%12llu  rows in %s\n", (unsigned long long)s->kept.rows[i],
                     drp_split_name((enum drp_split)i));
    add_suggestions(out, s);
}

/* ---- for programs ---- */

static void add_int(struct drp_jw *w, const char *key, uint64_t value)
{
    drp_jw_key_int(w, key, (int64_t)value);
}

static void add_thresholds(struct drp_jw *w, const struct drp_thresholds *t)
{
    const struct {
        const char *key;
        int64_t value;
    } rows[] = {
        {"min_text", t->min_text},
        {"min_desc", t->min_desc},
        {"max_desc", t->max_desc},
        {"min_item", t->min_item},
        {"min_user", t->min_user},
        {"max_user", t->max_user},
        {"holdout", t->holdout},
        {"min_profile", t->min_profile},
        {"min_profile_item", t->min_profile_item},
    };
    drp_jw_key(w, "thresholds");
    drp_jw_obj(w);
    for (size_t i = 0; i < DRP_LEN(rows); i++)
        add_int(w, rows[i].key, (uint64_t)rows[i].value);
    drp_jw_obj_end(w);
}

static void add_read_questions(struct drp_jw *w, const struct drp_prepare_summary *s)
{
    add_int(w, "questions", s->n_questions);
    add_int(w, "golds", s->n_golds);
    add_int(w, "entries", s->n_entries);
    add_int(w, "empty_entries", s->n_empty_entries);
    drp_jw_key(w, "outputs");
    drp_jw_obj(w);
    for (int i = 0; i < DRP_LAMP_N_OUTPUTS; i++)
        if (s->n_outputs[i] > 0 && i != DRP_LAMP_OUTPUT_ASKED)
            add_int(w, drp_lamp_output_field((enum drp_lamp_output)i), s->n_outputs[i]);
    drp_jw_obj_end(w);
}

static void add_read(struct drp_jw *w, const struct drp_prepare_summary *s)
{
    drp_jw_key(w, "read");
    drp_jw_obj(w);
    if (s->is_questions) {
        add_read_questions(w, s);
    } else {
        add_int(w, "texts", s->n_texts);
        add_int(w, "items", s->n_items);
        add_int(w, "usable_items", s->n_usable_items);
    }
    add_int(w, "bad", s->n_bad);
    drp_jw_obj_end(w);
}

void drp_summary_counts(struct drp_jw *w, const struct drp_export_counts *counts)
{
    drp_jw_key(w, "counts");
    drp_jw_obj(w);
    add_int(w, "users", counts->users);
    add_int(w, "items", counts->items);
    add_int(w, "texts", counts->texts);
    drp_jw_key(w, "rows");
    drp_jw_obj(w);
    for (int i = 0; i < DRP_N_SPLITS; i++)
        add_int(w, drp_split_name((enum drp_split)i), counts->rows[i]);
    drp_jw_obj_end(w);
    drp_jw_obj_end(w);
}

static void add_drops(struct drp_jw *w, const struct drp_prepare_summary *s)
{
    drp_jw_key(w, "drops");
    drp_jw_obj(w);
    for (int i = 0; i < DRP_N_DROPS; i++)
        add_int(w, drp_drop_key((enum drp_drop)i), s->drops.n[i]);
    drp_jw_obj_end(w);
}

/* Thresholds and drops are of rules, which questions do not go through. */
static void add_counts(struct drp_jw *w, const struct drp_prepare_summary *s)
{
    if (!s->is_questions)
        add_thresholds(w, &s->thresholds);
    add_read(w, s);
    drp_summary_counts(w, &s->kept);
    if (!s->is_questions)
        add_drops(w, s);
}

static void add_suggested(struct drp_jw *w, const struct drp_prepare_summary *s)
{
    struct drp_str options;
    drp_str_init(&options, 1024);
    drp_jw_key(w, "suggestions");
    drp_jw_arr(w);
    for (size_t i = 0; i < s->n_suggestions; i++) {
        drp_str_clear(&options);
        drp_suggest_options(&options, &s->thresholds, &s->suggestions[i]);
        drp_jw_obj(w);
        drp_jw_key_str(w, "options", drp_str_sv(&options));
        add_int(w, "users", s->suggestions[i].n_users);
        drp_jw_obj_end(w);
    }
    drp_jw_arr_end(w);
    drp_str_release(&options);
}

void drp_summary_json(struct drp_str *out, const struct drp_prepare_summary *s)
{
    struct drp_jw w;
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    add_counts(&w, s);
    if (!s->is_questions)
        add_suggested(&w, s);
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}

static int add_source(struct drp_jw *w, const char *kind, const char *path,
                      struct drp_err *err)
{
    struct drp_sha256 hash;
    char hex[65];
    int rc = 0;
    const bool is_file = drp_fs_kind(path) == DRP_FS_FILE;
    if (is_file)
        DRP_TRY(rc, drp_sha256_file(path, &hash, err));
    if (is_file)
        drp_sha256_hex(&hash, hex);
    drp_jw_obj(w);
    drp_jw_key_strz(w, "kind", kind);
    drp_jw_key_strz(w, "path", path);
    drp_jw_key_strz(w, "sha256", is_file ? hex : NULL);
    drp_jw_obj_end(w);
out:
    return rc;
}

int drp_summary_dataset_json(struct drp_str *out, const struct drp_prepare_opts *opts,
                             const struct drp_prepare_summary *s, struct drp_err *err)
{
    struct drp_jw w;
    int rc = 0;
    drp_jw_init(&w, out, 2);
    drp_jw_obj(&w);
    add_int(&w, "drp_dataset", DRP_DATASET_VERSION);
    drp_jw_key(&w, "sources");
    drp_jw_arr(&w);
    for (size_t i = 0; i < opts->n_reviews; i++)
        DRP_TRY(rc, add_source(&w, "reviews", opts->reviews[i], err));
    for (size_t i = 0; i < opts->n_meta; i++)
        DRP_TRY(rc, add_source(&w, "meta", opts->meta[i], err));
    if (opts->questions)
        DRP_TRY(rc, add_source(&w, "questions", opts->questions, err));
    if (opts->golds)
        DRP_TRY(rc, add_source(&w, "golds", opts->golds, err));
    drp_jw_arr_end(&w);
    if (opts->output_field)
        drp_jw_key_strz(&w, "output_field", opts->output_field);
    add_counts(&w, s);
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
out:
    return rc;
}

/* ---- the error ---- */

/* The rule that dropped most texts among those not yet told, or DRP_N_DROPS. */
static enum drp_drop strictest(const struct drp_drops *drops, const bool *is_told)
{
    int best = DRP_N_DROPS;
    for (int i = 0; i < DRP_N_DROPS; i++)
        if (!is_told[i] && drops->n[i] > (best == DRP_N_DROPS ? 0 : drops->n[best]))
            best = i;
    return (enum drp_drop)best;
}

/* The three rules that dropped most. */
static void add_reasons(struct drp_str *out, const struct drp_prepare_summary *s)
{
    bool is_told[DRP_N_DROPS] = {false};
    for (int n = 0; n < 3; n++) {
        const enum drp_drop rule = strictest(&s->drops, is_told);
        if (rule == DRP_N_DROPS)
            break;
        is_told[rule] = true;
        drp_str_addf(out, "%s%llu %s", n == 0 ? ": " : ", ",
                     (unsigned long long)s->drops.n[rule], drp_drop_words(rule));
    }
}

int drp_summary_fail(const struct drp_prepare_summary *s, struct drp_err *err)
{
    struct drp_str text;
    drp_str_init(&text, 4096);
    drp_str_addf(&text, "no user is left of %llu texts", (unsigned long long)s->n_texts);
    add_reasons(&text, s);
    if (s->n_suggestions > 0) {
        drp_str_addz(&text, "; try ");
        drp_suggest_options(&text, &s->thresholds, &s->suggestions[0]);
    } else if (s->n_texts > 0 && s->drops.n[DRP_DROP_TEXT] == s->n_texts) {
        drp_str_addf(&text, "; the longest has %llu characters: try a lower --min-text",
                     (unsigned long long)s->longest_text);
    }
    const int rc = drp_fail(err, DRP_EINPUT, "%s", text.ptr);
    drp_str_release(&text);
    return rc;
}
