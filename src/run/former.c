#include "run/former.h"

#include "base/base.h"
#include "base/fs.h"
#include "io/pg.h"
#include "run/option_table.h"
#include "run/option_value.h"
#include "run/run_json.h"

#include "base/banned.h"

enum { RUN_JSON_BYTES = 16 << 20 };

static int read_run_json(const char *dir, struct drp_json **out, struct drp_err *err)
{
    const int rc = drp_run_json_read(dir, out, err);
    if (rc < 0 || *out)
        return rc;
    return drp_fail(err, DRP_ENOTFOUND,
                    "no run in '%s': there is no run.json; drp run --out makes one", dir);
}

/* ---- options ------------------------------------------------------------------------------ */

/* Options of one section that decide predictions; hashes may stand beside them under the same names. */
static void pick_options(const struct drp_json_val *section, enum drp_option_rule rule,
                         struct drp_jw *w)
{
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *value;
    while ((value = drp_json_next(section, &it, &key))) {
        const struct drp_option *opt = drp_option_find(key);
        if (!opt || opt->rule != rule || !(opt->verbs & DRP_SHARED))
            continue;
        drp_jw_key(w, opt->name);
        drp_jw_val(w, value);
    }
}

static int take_options(const struct drp_json_val *root, struct drp_options *o,
                        struct drp_arena *arena, struct drp_err *err)
{
    struct drp_str text;
    struct drp_jw w;
    struct drp_json *doc = NULL;
    int rc = 0;
    drp_str_init(&text, RUN_JSON_BYTES);
    drp_jw_init(&w, &text, 0);
    drp_jw_obj(&w);
    pick_options(drp_json_get(root, "grid"), DRP_RULE_GRID, &w);
    pick_options(drp_json_get(root, "fixed"), DRP_RULE_FIXED, &w);
    pick_options(drp_json_get(root, "options"), DRP_RULE_FREE, &w);
    drp_jw_obj_end(&w);
    DRP_TRY(rc, drp_json_parse(drp_str_sv(&text), DRP_JSON_STRICT, &doc, err));
    DRP_TRY(rc, drp_options_take(o, drp_json_root(doc), arena, err));
out:
    drp_json_free(doc);
    drp_str_release(&text);
    return rc;
}

/* ---- models ------------------------------------------------------------------------------- */

static int read_model(const struct drp_json_val *v, struct drp_model_info *out,
                      struct drp_err *err)
{
    int64_t context = 0, slots = 0, dimension = 0;
    *out = (struct drp_model_info){
        .spec = drp_json_str(drp_json_get(v, "spec")),
        .name = drp_json_str(drp_json_get(v, "name")),
        .licence = drp_json_str(drp_json_get(v, "licence")),
        .build = drp_json_str(drp_json_get(v, "build")),
        .reasoning = drp_json_bool(drp_json_get(v, "reasoning"), false),
        .repeat_penalty = drp_json_num(drp_json_get(v, "repeat_penalty"), 1),
        .has_grammar = true,
    };
    const bool is_whole = out->spec.ptr && out->name.ptr && out->build.ptr &&
                          drp_json_int(drp_json_get(v, "context"), &context) &&
                          drp_json_int(drp_json_get(v, "slots"), &slots) &&
                          drp_json_int(drp_json_get(v, "dimension"), &dimension) &&
                          drp_sha256_from_hex(drp_json_str(drp_json_get(v, "fingerprint")),
                                              &out->fingerprint);
    out->context = (uint32_t)context;
    out->slots = (uint32_t)slots;
    out->dimension = (uint32_t)dimension;
    return is_whole
               ? 0
               : drp_fail(err, DRP_EINPUT,
                          "cannot read 'models' in run.json: another drp wrote it; the "
                          "same command again writes it anew");
}

static int read_models(struct drp_former *f, struct drp_err *err)
{
    const struct drp_json_val *all = drp_json_get(drp_json_root(f->doc), "models");
    int rc = 0;
    for (size_t task = 0; task < DRP_N_TASKS && rc == 0; task++) {
        const struct drp_json_val *v =
            drp_json_get(all, drp_task_word((enum drp_task)task));
        f->has_model[task] = v != NULL;
        if (v)
            rc = read_model(v, &f->models[task], err);
    }
    return rc;
}

static bool is_in_table(const struct drp_options *o, struct drp_sv name)
{
    for (size_t i = 0; i < o->n_models; i++)
        if (drp_sv_eq(o->model_table[i].name, name))
            return true;
    return false;
}

/* Tasks and the options that name their models. */
#define MODEL_OPTIONS(X)                                                                 \
    X(DRP_EXTRACTOR, extractor)                                                          \
    X(DRP_VALIDATOR, validator)                                                          \
    X(DRP_SUMMARIZER, summarizer)                                                        \
    X(DRP_GENERATOR, generator)                                                          \
    X(DRP_EMBEDDER, embedder)

/* What opens the model that a task had, when nobody gives another: its name in the config's table, a file of
 * vectors, or the SPEC that it was opened with. */
static struct drp_sv former_choice(const struct drp_former *f, const struct drp_options *o,
                                   enum drp_task task, struct drp_sv taken)
{
    const struct drp_sv name = taken.ptr || task == DRP_EMBEDDER ? taken : o->model;
    if (is_in_table(o, name) || !f->has_model[task])
        return name;
    return f->models[task].spec;
}

/* `given` is what the user gave now: --model stands for the four tasks that write. */
static void choose_models(const struct drp_former *f, const struct drp_options *given,
                          struct drp_options *o)
{
#define CHOOSE(task, option)                                                             \
    if (given->option.ptr)                                                               \
        o->option = given->option;                                                       \
    else if (given->model.ptr && (task) != DRP_EMBEDDER)                                 \
        o->option = given->model;                                                        \
    else                                                                                 \
        o->option = former_choice(f, o, task, o->option);
    MODEL_OPTIONS(CHOOSE)
#undef CHOOSE
}

/* ---- places ------------------------------------------------------------------------------- */

static int find_places(struct drp_former *f, const struct drp_options *o,
                       struct drp_arena *arena, struct drp_err *err)
{
    const struct drp_json_val *root = drp_json_root(f->doc);
    const struct drp_sv journal =
        o->journal.ptr ? o->journal : drp_json_str(drp_json_get(root, "journal"));
    f->dataset = o->args.n > 1 ? o->args.at[1].ptr
                               : drp_json_str(drp_json_get(root, "dataset")).ptr;
    f->journal =
        journal.ptr ? journal.ptr : drp_arena_f(arena, "%s/journal.db", f->dir).ptr;
    if (drp_pg_is_url(journal) || drp_fs_kind(f->journal) == DRP_FS_FILE)
        return 0;
    return drp_fail(err, DRP_ENOTFOUND,
                    "no journal '%s' of run '%s': --journal FILE|URL says where it is now",
                    f->journal, f->dir);
}

int drp_former_open(struct drp_options *o, struct drp_arena *arena,
                    struct drp_former *out, struct drp_err *err)
{
    const struct drp_options given = *o;
    int rc = 0;
    *out = (struct drp_former){.dir = o->args.at[0].ptr};
    DRP_TRY(rc, read_run_json(out->dir, &out->doc, err));
    DRP_TRY(rc, take_options(drp_json_root(out->doc), o, arena, err));
    rc = read_models(out, err);
    if (rc < 0)
        drp_err_prefix(err, "'%s'", out->dir);
    DRP_TRY(rc, rc);
    choose_models(out, &given, o);
    DRP_TRY(rc, find_places(out, o, arena, err));
out:
    return rc;
}

void drp_former_release(struct drp_former *f)
{
    drp_json_free(f->doc);
    *f = (struct drp_former){0};
}

/* ---- is it the same? ---------------------------------------------------------------------- */

static bool has_hash(const struct drp_former *f, const char *key, struct drp_sha256 now)
{
    char hex[65];
    drp_sha256_hex(&now, hex);
    const struct drp_json_val *fixed = drp_json_get(drp_json_root(f->doc), "fixed");
    return drp_sv_is(drp_json_str(drp_json_get(fixed, key)), hex);
}

static bool has_element(const struct drp_json_val *all, const struct drp_json_val *one)
{
    struct drp_json_iter it = {0};
    const struct drp_json_val *v;
    while ((v = drp_json_next(all, &it, NULL)))
        if (drp_json_same(v, one) || drp_sv_is(drp_json_str(v), "all"))
            return true;
    return false;
}

/* Each value of a list option must be one of the run's. */
static int check_values(const struct drp_former *f, const struct drp_options *o,
                        const struct drp_option *opt, struct drp_err *err)
{
    const struct drp_json_val *grid = drp_json_get(drp_json_root(f->doc), "grid"), *one;
    const struct drp_json_val *all = drp_json_get(grid, opt->name);
    struct drp_str text;
    struct drp_jw w;
    struct drp_json *doc = NULL;
    struct drp_json_iter it = {0};
    int rc = 0;
    drp_str_init(&text, RUN_JSON_BYTES);
    drp_jw_init(&w, &text, 0);
    drp_jw_obj(&w);
    drp_option_write(opt, o, opt->name, &w);
    drp_jw_obj_end(&w);
    DRP_TRY(rc, drp_json_parse(drp_str_sv(&text), DRP_JSON_STRICT, &doc, err));
    const struct drp_json_val *now = drp_json_get(drp_json_root(doc), opt->name);
    while (rc == 0 && (one = drp_json_next(now, &it, NULL))) {
        drp_str_clear(&text);
        drp_json_write(&text, one);
        drp_str_addz(&text, ": it has ");
        drp_json_write(&text, all);
        if (!has_element(all, one))
            rc = drp_fail(err, DRP_EUSAGE, "run '%s' has no --%s %s", f->dir, opt->name,
                          text.ptr);
    }
out:
    drp_json_free(doc);
    drp_str_release(&text);
    return rc;
}

int drp_former_check_grid(const struct drp_former *f, const struct drp_options *o,
                          struct drp_err *err)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        if (table[i].rule == DRP_RULE_GRID)
            rc = check_values(f, o, &table[i], err);
    return rc;
}

int drp_former_check_dataset(const struct drp_former *f, const struct drp_dataset *ds,
                             struct drp_err *err)
{
    if (has_hash(f, "dataset", drp_dataset_hash(ds)))
        return 0;
    return drp_fail(err, DRP_EINPUT,
                    "dataset '%s' is not the one that run '%s' was made from, or has changed: "
                    "name that one behind the run",
                    f->dataset, f->dir);
}

int drp_former_check_prompts(const struct drp_former *f,
                             const struct drp_prompts *prompts, struct drp_err *err)
{
    if (has_hash(f, "prompts", drp_prompts_hash(prompts)))
        return 0;
    return drp_fail(err, DRP_EINPUT,
                    "run '%s' was made with other prompts: with the folder that --prompts "
                    "named as it was, or another version of drp",
                    f->dir);
}
