#include "run/rundir.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "io/pg.h"
#include "run/account_json.h"
#include "run/option_table.h"
#include "run/option_value.h"
#include "run/run_json.h"

#include "base/banned.h"

enum { RUN_JSON_BYTES = 16 << 20 };

/* ---- run.json ----------------------------------------------------------------------------- */

static void write_hash(struct drp_jw *w, const char *key, struct drp_sha256 hash)
{
    char hex[65];
    drp_sha256_hex(&hash, hex);
    drp_jw_key_strz(w, key, hex);
}

/* A vector file decides what is compared as an embedding model does. */
static void write_vector_file(const struct drp_options *o, struct drp_jw *w)
{
    struct drp_sha256 hash;
    if (drp_sv_starts(o->embedder, DRP_SV("file:")) &&
        drp_sha256_file(o->embedder.ptr + strlen("file:"), &hash, NULL) == 0)
        write_hash(w, drp_task_word(DRP_EMBEDDER), hash);
}

void drp_rundir_write_fixed(const struct drp_session *s, const struct drp_options *o,
                            struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_options_write(o, DRP_VERB_RUN, DRP_RULE_FIXED, w);
    drp_settings_write(&o->settings, w);
    write_hash(w, "dataset", drp_dataset_hash(s->dataset));
    write_hash(w, "prompts", drp_prompts_hash(s->prompts));
    for (size_t task = 0; task < DRP_N_TASKS; task++)
        if (s->models[task])
            write_hash(w, drp_task_word((enum drp_task)task),
                       drp_model_info(s->models[task])->fingerprint);
    write_vector_file(o, w);
    drp_jw_obj_end(w);
}

static void write_models(const struct drp_session *s, struct drp_jw *w)
{
    drp_jw_obj(w);
    for (size_t task = 0; task < DRP_N_TASKS; task++) {
        if (!s->models[task])
            continue;
        const struct drp_model_info *info = drp_model_info(s->models[task]);
        drp_jw_key(w, drp_task_word((enum drp_task)task));
        drp_jw_obj(w);
        drp_jw_key_str(w, "name", info->name);
        drp_jw_key_str(w, "spec", info->spec);
        drp_jw_key_str(w, "licence", info->licence);
        write_hash(w, "fingerprint", info->fingerprint);
        drp_jw_key_int(w, "context", info->context);
        drp_jw_key_int(w, "slots", info->slots);
        drp_jw_key_int(w, "dimension", info->dimension);
        drp_jw_key_bool(w, "reasoning", info->reasoning);
        drp_jw_key_num(w, "repeat_penalty", info->repeat_penalty);
        drp_jw_key_str(w, "build", info->build);
        drp_jw_obj_end(w);
    }
    drp_jw_obj_end(w);
}

/* Counts under their names, in the order in which they are told. */
#define ACCOUNT(X)                                                                       \
    X(predictions, "predictions")                                                        \
    X(failures, "samples failed")                                                        \
    X(answers_cut, "answers cut at the token limit")                                     \
    X(answers_empty, "answers empty")                                                    \
    X(prompts_shortened, "prompts shortened to fit")                                     \
    X(contrasts_lost, "comparisons lost")                                                \
    X(personas_repaired, "persona answers repaired")                                     \
    X(personas_lost, "users without a persona")                                          \
    X(ranked_by_words, "samples ranked by words alone")                                  \
    X(features_kept, "features kept")                                                    \
    X(features_measured, "of them counted, not claimed")                                 \
    X(features_dropped, "features dropped")                                              \
    X(features_unparsed, "feature lists not parsed")                                     \
    X(fallbacks, "predictions by a fallback")
#define USAGE(X)                                                                         \
    X(calls, "calls")                                                                    \
    X(from_journal, "calls answered by the journal")                                     \
    X(shared, "calls shared while in flight")                                            \
    X(failed, "calls failed")                                                            \
    X(prompt_tokens, "prompt tokens")                                                    \
    X(cached_tokens, "prompt tokens not computed again")                                 \
    X(answer_tokens, "answer tokens")

static void write_tallies(struct drp_jw *w, const char *key, const struct drp_tally *tallies)
{
    drp_jw_key(w, key);
    drp_jw_obj(w);
    for (size_t i = 0; i < DRP_MAX_TALLIES && tallies[i].reason; i++) {
        drp_jw_key_int(w, tallies[i].reason, (int64_t)tallies[i].n);
    }
    drp_jw_obj_end(w);
}

void drp_run_result_json(const struct drp_run_result *r, struct drp_jw *w)
{
#define MEMBER(field, words)                                                             \
    drp_jw_key(w, #field);                                                               \
    drp_jw_int(w, (int64_t)counts->field);
    drp_jw_obj(w);
    drp_jw_key_int(w, "samples", (int64_t)r->n_samples);
    drp_jw_key_int(w, "done", (int64_t)r->n_done);
    {
        const struct drp_account *counts = &r->account;
        ACCOUNT(MEMBER)
    }
    write_tallies(w, "dropped_for", r->account.dropped_for);
    write_tallies(w, "fallbacks_to", r->account.fallbacks_to);
    drp_jw_key(w, "stages");
    drp_used_write(w, r->account.used);
    {
        const struct drp_model_stats *counts = &r->stats;
        USAGE(MEMBER)
    }
    drp_jw_key_int(w, "not_asked", (int64_t)r->spent.n_refused);
    drp_jw_key_num(w, "cost", r->spent.cost);
    drp_jw_key_int(w, "started", r->started_ms);
    drp_jw_key_int(w, "milliseconds", r->run_ms);
    drp_jw_key_bool(w, "interrupted", r->interrupted);
    drp_jw_obj_end(w);
#undef MEMBER
}

static void add_count(struct drp_str *out, const char *words, uint64_t count)
{
    if (count > 0)
        drp_str_addf(out, "  %-40s %10llu\n", words, (unsigned long long)count);
}

static void add_tallies(struct drp_str *out, const char *what,
                        const struct drp_tally *tallies)
{
    for (size_t i = 0; i < DRP_MAX_TALLIES && tallies[i].reason; i++) {
        struct drp_str words;
        drp_str_init(&words, 128);
        drp_str_addf(&words, "%s: %s", what, tallies[i].reason);
        add_count(out, words.ptr, tallies[i].n);
        drp_str_release(&words);
    }
}

void drp_run_result_text(const struct drp_run_result *r, struct drp_str *out)
{
    const double seconds = (double)r->run_ms / 1000.0;
    drp_str_addf(out, "%zu of %zu samples in %.1f s\n", r->n_done, r->n_samples, seconds);
#define LINE(field, words) add_count(out, words, counts->field);
    {
        const struct drp_account *counts = &r->account;
        ACCOUNT(LINE)
    }
    add_tallies(out, "  dropped", r->account.dropped_for);
    add_tallies(out, "  fallback", r->account.fallbacks_to);
    {
        const struct drp_model_stats *counts = &r->stats;
        USAGE(LINE)
    }
#undef LINE
    add_count(out, "calls not asked: budget spent", r->spent.n_refused);
    if (r->spent.cost > 0)
        drp_str_addf(out, "  %-40s %10.4f\n", "cost", r->spent.cost);
}

/* Where dataset and journal are, for those who look at the run later. A URL holds no password. */
static void write_places(const struct drp_options *o, struct drp_jw *w)
{
    struct drp_str path;
    drp_str_init(&path, 1 << 16);
    drp_fs_absolute(&path, o->args.n > 0 ? o->args.at[0].ptr : "");
    drp_jw_key_str(w, "dataset", drp_str_sv(&path));
    if (o->journal.ptr && !drp_pg_is_url(o->journal)) {
        drp_fs_absolute(&path, o->journal.ptr);
        drp_jw_key_str(w, "journal", drp_str_sv(&path));
    } else {
        drp_jw_key_str(w, "journal", o->journal);
    }
    drp_str_release(&path);
}

int drp_rundir_write(const char *dir, const struct drp_session *s,
                     const struct drp_options *o, const struct drp_run_result *result,
                     struct drp_err *err)
{
    struct drp_str text, path;
    struct drp_jw w;
    drp_str_init(&text, RUN_JSON_BYTES);
    drp_str_init(&path, 1 << 16);
    drp_jw_init(&w, &text, 2);
    drp_jw_obj(&w);
    drp_jw_key_strz(&w, "drp", DRP_VERSION);
    write_places(o, &w);
    drp_jw_key(&w, "grid");
    drp_jw_obj(&w);
    drp_options_write(o, DRP_VERB_RUN, DRP_RULE_GRID, &w);
    drp_jw_obj_end(&w);
    drp_jw_key(&w, "fixed");
    drp_rundir_write_fixed(s, o, &w);
    drp_jw_key(&w, "options");
    drp_jw_obj(&w);
    drp_options_write(o, DRP_VERB_RUN, DRP_RULE_FREE, &w);
    drp_jw_obj_end(&w);
    drp_jw_key(&w, "models");
    write_models(s, &w);
    drp_jw_key(&w, "account");
    if (result)
        drp_run_result_json(result, &w);
    else
        drp_jw_null(&w);
    drp_jw_obj_end(&w);
    drp_str_addc(&text, '\n');
    const int rc =
        drp_fs_write(drp_fs_join(&path, dir, "run.json"), true, drp_str_sv(&text), err);
    drp_str_release(&path);
    drp_str_release(&text);
    return rc;
}

/* ---- going on ----------------------------------------------------------------------------- */

/* What the dataset is goes by a hash, which tells nobody anything. */
static int differs(struct drp_sv key, const struct drp_json_val *former,
                   const struct drp_json_val *now, const char *hint, struct drp_err *err)
{
    if (drp_sv_is(key, "dataset"))
        return drp_fail(err, DRP_EEXISTS,
                        "another run: it was made of another dataset, or of this one before "
                        "it changed; give %s",
                        hint);
    struct drp_str a, b;
    drp_str_init(&a, 80);
    drp_str_init(&b, 80);
    drp_json_write(&a, former);
    drp_json_write(&b, now);
    const int rc =
        drp_fail(err, DRP_EEXISTS,
                 "another run: '%.*s' was %s and is %s now; give %s, or the former value",
                 DRP_SV_ARG(key), now ? a.ptr : "given", now ? b.ptr : "not given", hint);
    drp_str_release(&a);
    drp_str_release(&b);
    return rc;
}

int drp_rundir_check_fixed(const struct drp_json_val *former, const struct drp_session *s,
                           const struct drp_options *o, const char *hint,
                           struct drp_err *err)
{
    struct drp_str text;
    struct drp_jw w;
    struct drp_json *now = NULL;
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *member;
    drp_str_init(&text, RUN_JSON_BYTES);
    drp_jw_init(&w, &text, 0);
    drp_rundir_write_fixed(s, o, &w);
    int rc = drp_json_parse(drp_str_sv(&text), DRP_JSON_STRICT, &now, err);
    while (rc == 0 && (member = drp_json_next(former, &it, &key))) {
        struct drp_str name;
        drp_str_init(&name, 256);
        drp_str_add(&name, key);
        const struct drp_json_val *value = drp_json_get(drp_json_root(now), name.ptr);
        if (!drp_json_same(member, value))
            rc = differs(key, member, value, hint, err);
        drp_str_release(&name);
    }
    drp_json_free(now);
    drp_str_release(&text);
    return rc;
}

static int merge_grid(const struct drp_json_val *former, struct drp_options *o,
                      struct drp_arena *arena, struct drp_err *err)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct drp_json_val *values =
            table[i].rule == DRP_RULE_GRID ? drp_json_get(former, table[i].name) : NULL;
        if (values)
            rc = drp_option_merge(&table[i], values, arena, o, err);
    }
    return rc;
}

/* The rows of both: an empty list of users means all, null nobody any more; a limit of 0 means all too. */
static int merge_rows(const struct drp_json_val *former, struct drp_options *o,
                      struct drp_arena *arena, struct drp_err *err)
{
    int64_t limit = 0, repeats = 1;
    int rc = 0;
    (void)drp_json_int(drp_json_get(former, "limit"), &limit);
    (void)drp_json_int(drp_json_get(former, "repeats"), &repeats);
    o->repeats = DRP_MAX(repeats, o->repeats);
    const struct drp_json_val *users = drp_json_get(former, "user");
    if (drp_json_type(users) == DRP_JSON_NULL)
        return 0;
    o->limit = limit == 0 || o->limit == 0 ? 0 : DRP_MAX(limit, o->limit);
    if (drp_json_len(users) == 0)
        o->users = (struct drp_strings){0};
    else if (o->users.n > 0)
        rc = drp_option_merge(drp_option_find(DRP_SV("user")), users, arena, o, err);
    return rc;
}

int drp_rundir_join(const char *dir, const struct drp_session *s, struct drp_options *o,
                    struct drp_arena *arena, struct drp_err *err)
{
    struct drp_json *doc = NULL;
    int rc = drp_run_json_read(dir, &doc, err);
    if (rc < 0 || !doc)
        return rc;
    const struct drp_json_val *root = drp_json_root(doc);
    DRP_TRY(rc, drp_rundir_check_fixed(drp_json_get(root, "fixed"), s, o,
                                       "--out a new folder", err));
    DRP_TRY(rc, merge_grid(drp_json_get(root, "grid"), o, arena, err));
    DRP_TRY(rc, merge_rows(drp_json_get(root, "options"), o, arena, err));
out:
    if (rc < 0)
        drp_err_prefix(err, "'%s/run.json'", dir);
    drp_json_free(doc);
    return rc;
}
