#include "run/run_json.h"

#include "base/base.h"
#include "base/fs.h"
#include "io/json.h"
#include "io/pg.h"

#include "base/banned.h"

enum { RUN_JSON_BYTES = 16 << 20, MAX_PATH_BYTES = 1 << 16 };

static bool has_file(const char *dir, const char *name)
{
    struct drp_str path;
    drp_str_init(&path, MAX_PATH_BYTES);
    const bool found = drp_fs_kind(drp_fs_join(&path, dir, name)) == DRP_FS_FILE;
    drp_str_release(&path);
    return found;
}

bool drp_run_is_folder(const char *dir)
{
    return has_file(dir, "run.json") || has_file(dir, "journal.db");
}

int drp_run_json_read(const char *dir, struct drp_json **out, struct drp_err *err)
{
    struct drp_str path;
    int rc = 0;
    *out = NULL;
    drp_str_init(&path, MAX_PATH_BYTES);
    if (has_file(dir, "run.json"))
        rc = drp_json_read(drp_fs_join(&path, dir, "run.json"), DRP_JSON_STRICT, out, err);
    drp_str_release(&path);
    return rc;
}

static const struct drp_json_val *option(const struct drp_json *run, const char *name)
{
    return run ? drp_json_get(drp_json_get(drp_json_root(run), "options"), name) : NULL;
}

int drp_run_places_read(const char *dir, struct drp_arena *arena,
                        struct drp_run_places *out, struct drp_err *err)
{
    struct drp_json *run = NULL;
    *out = (struct drp_run_places){0};
    const int rc = drp_run_json_read(dir, &run, err);
    if (run) {
        out->dataset =
            drp_arena_sv(arena, drp_json_str(drp_json_get(drp_json_root(run), "dataset")));
        out->journal = drp_arena_sv(arena, drp_json_str(option(run, "journal")));
        out->prompts = drp_arena_sv(arena, drp_json_str(option(run, "prompts")));
    }
    drp_json_free(run);
    return rc;
}

int drp_run_find_journal(struct drp_sv given, struct drp_arena *arena, struct drp_sv *out,
                         struct drp_err *err)
{
    struct drp_run_places places;
    *out = given;
    if (drp_pg_is_url(given) || drp_fs_kind(given.ptr) == DRP_FS_FILE)
        return 0;
    if (drp_fs_kind(given.ptr) != DRP_FS_FOLDER)
        return drp_fail(err, DRP_ENOTFOUND, "no run or journal '%.*s': check its name",
                        DRP_SV_ARG(given));
    const int rc = drp_run_places_read(given.ptr, arena, &places, err);
    if (rc < 0)
        return rc;
    *out = places.journal;
    if (!out->ptr)
        *out = drp_arena_f(arena, "%.*s/journal.db", DRP_SV_ARG(given));
    if (!drp_pg_is_url(*out) && drp_fs_kind(out->ptr) != DRP_FS_FILE)
        return drp_fail(err, DRP_ENOTFOUND,
                        "no journal in '%.*s': it is no folder of a run",
                        DRP_SV_ARG(given));
    return 0;
}

int drp_run_lists_user(const char *dir, struct drp_sv user, bool *out, struct drp_err *err)
{
    struct drp_json *run = NULL;
    struct drp_json_iter it = {0};
    const struct drp_json_val *one;
    const int rc = drp_run_json_read(dir, &run, err);
    *out = false;
    while (run && (one = drp_json_next(option(run, "user"), &it, NULL)))
        *out = *out || drp_sv_eq(drp_json_str(one), user);
    drp_json_free(run);
    return rc;
}

/* ---- without a user ----------------------------------------------------------------------- */

static void write_users(struct drp_jw *w, const struct drp_json_val *users,
                        struct drp_sv user)
{
    struct drp_json_iter it = {0};
    const struct drp_json_val *one;
    size_t n = 0;
    drp_jw_key(w, "user");
    while ((one = drp_json_next(users, &it, NULL))) {
        if (drp_sv_eq(drp_json_str(one), user))
            continue;
        if (n++ == 0)
            drp_jw_arr(w);
        drp_jw_copy(w, one);
    }
    if (n > 0)
        drp_jw_arr_end(w);
    else
        drp_jw_null(w);
}

static void write_options(struct drp_jw *w, const struct drp_json_val *options,
                          struct drp_sv user)
{
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *member;
    drp_jw_key(w, "options");
    drp_jw_obj(w);
    while ((member = drp_json_next(options, &it, &key))) {
        if (drp_sv_is(key, "user")) {
            write_users(w, member, user);
        } else {
            drp_jw_key(w, key.ptr);
            drp_jw_copy(w, member);
        }
    }
    drp_jw_obj_end(w);
}

int drp_run_drop_user(const char *dir, struct drp_sv user, struct drp_err *err)
{
    struct drp_json *run = NULL;
    struct drp_str text, path;
    struct drp_jw w;
    struct drp_json_iter it = {0};
    struct drp_sv key;
    const struct drp_json_val *member;
    int rc = 0;
    drp_str_init(&text, RUN_JSON_BYTES);
    drp_str_init(&path, MAX_PATH_BYTES);
    DRP_TRY(rc, drp_run_json_read(dir, &run, err));
    if (!run)
        goto out;
    drp_jw_init(&w, &text, 2);
    drp_jw_obj(&w);
    while ((member = drp_json_next(drp_json_root(run), &it, &key))) {
        if (drp_sv_is(key, "options")) {
            write_options(&w, member, user);
        } else {
            drp_jw_key(&w, key.ptr);
            drp_jw_copy(&w, member);
        }
    }
    drp_jw_obj_end(&w);
    drp_str_addc(&text, '\n');
    rc = drp_fs_write(drp_fs_join(&path, dir, "run.json"), true, drp_str_sv(&text), err);
out:
    drp_json_free(run);
    drp_str_release(&path);
    drp_str_release(&text);
    return rc;
}
