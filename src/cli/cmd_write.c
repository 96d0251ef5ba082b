#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/log.h"
#include "cli/cmd.h"
#include "cli/one.h"
#include "cli/view.h"
#include "data/person_file.h"
#include "method/preview.h"
#include "run/session.h"

#include "base/banned.h"

/* ---- for whom and for what ----------------------------------------------------------------- */

/* What to write for: the item given, else what the row asks for. `out->item` NULL: the row's own. */
static int find_target(const struct drp_session *s, size_t row, struct drp_arena *arena,
                       struct drp_target *out, struct drp_err *err)
{
    const struct drp_options *o = s->options;
    const struct drp_row *r = drp_dataset_row(s->dataset, row);
    const struct drp_item *own = drp_dataset_item(s->dataset, r->target->item);
    const bool other_words = !isnan(o->rating) || o->title.ptr;
    *out = (struct drp_target){NULL, o->rating, o->title};
    if (o->item_title.ptr) {
        struct drp_item *item = drp_arena_new(arena, struct drp_item, 1);
        *item = (struct drp_item){UINT32_MAX, o->item, o->item_title, o->item_description};
        out->item = item;
    } else if (o->item.ptr) {
        out->item = drp_dataset_find_item(s->dataset, o->item);
        if (!out->item)
            return drp_fail(err, DRP_ENOTFOUND,
                            "no item '%.*s' in the dataset: --item-title and --item-description "
                            "describe another",
                            DRP_SV_ARG(o->item));
    } else if (other_words) {
        out->item = own;
    }
    if (out->item == own && !other_words)
        out->item = NULL;
    return 0;
}

/* A user of a dataset. */
static int open_user(struct drp_session *s, struct drp_arena *arena,
                     struct drp_sample *out, struct drp_err *err)
{
    const struct drp_options *o = s->options;
    const char *dir = o->args.at[0].ptr;
    struct drp_target target;
    size_t row = 0;
    int rc = 0;
    DRP_TRY(rc, drp_session_open_data(s, dir, err));
    DRP_TRY(rc, drp_dataset_find_user(s->dataset, o->users.at[0], &row, err));
    DRP_TRY(rc, find_target(s, row, arena, &target, err));
    DRP_TRY(rc, drp_session_open_models(s, o->journal.ptr, err));
    DRP_TRY(rc, drp_session_open_selector(s, dir, err));
    DRP_TRY(rc, drp_selector_fill(s->selector, row, target.item ? &target : NULL, arena,
                                  out, err));
out:
    return rc;
}

static int read_person(const struct drp_options *o, struct drp_arena *arena,
                       struct drp_person *out, struct drp_err *err)
{
    const char **meta = drp_arena_new(arena, const char *, o->meta.n);
    for (size_t i = 0; i < o->meta.n; i++)
        meta[i] = o->meta.at[i].ptr;
    const struct drp_person_files files = {
        .history = o->history.ptr,
        .others = o->others.ptr,
        .meta = meta,
        .n_meta = o->meta.n,
        .user = o->users.n > 0 ? o->users.at[0] : (struct drp_sv){0},
    };
    return drp_person_from_files(&files, arena, out, err);
}

/* Somebody who is in no dataset. */
static int open_person(struct drp_session *s, struct drp_arena *arena,
                       struct drp_sample *out, struct drp_err *err)
{
    const struct drp_options *o = s->options;
    const struct drp_text target = {
        .item = o->item,
        .item_title = o->item_title,
        .item_description = o->item_description,
        .title = o->title,
        .rating = isnan(o->rating) ? 0 : o->rating,
    };
    struct drp_person person;
    size_t row = 0;
    int rc = 0;
    DRP_TRY(rc, read_person(o, arena, &person, err));
    DRP_TRY(rc, drp_session_open_texts(s, &person, &target, &row, err));
    DRP_TRY(rc, drp_session_open_models(s, o->journal.ptr, err));
    DRP_TRY(rc, drp_session_open_selector(s, NULL, err));
    DRP_TRY(rc, drp_selector_fill(s->selector, row, NULL, arena, out, err));
    if (out->n_contrasts == 0)
        drp_log(DRP_LOG_INFO, "nobody to compare with: %s",
                !o->others.ptr ? "--others FILE has texts of other people"
                               : "too few others wrote about the same items; --select user "
                                 "compares whole histories");
out:
    return rc;
}

static int check_options(const struct drp_options *o, struct drp_err *err)
{
    if (o->args.n > 0 && o->history.ptr)
        return drp_fail(err, DRP_EUSAGE,
                        "both a dataset and --history: the person is in one of them");
    if (!o->history.ptr && (o->others.ptr || o->meta.n > 0))
        return drp_fail(err, DRP_EUSAGE, "no --history: --others and --meta belong to it");
    if (!o->history.ptr && o->args.n == 0)
        return drp_fail(err, DRP_EUSAGE,
                        "nobody to write as: drp write DATASET --user ID, or drp write "
                        "--history FILE");
    if (o->history.ptr && !o->item_title.ptr)
        return drp_fail(err, DRP_EUSAGE, "no --item-title: what shall be written about");
    if (o->users.n > 1 || (!o->history.ptr && o->users.n == 0))
        return drp_fail(err, DRP_EUSAGE, "one --user is needed: who shall write");
    return 0;
}

/* ---- output -------------------------------------------------------------------------------- */

static void write_json(const struct drp_cli *cli, const struct drp_one *one,
                       struct drp_str *out)
{
    struct drp_jw w;
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    const struct {
        const char *key;
        struct drp_sv value;
    } members[] = {
        {"user_id", one->sample.user_id},
        {"asin", one->sample.item ? one->sample.item->asin : (struct drp_sv){0}},
        {"method", drp_sv_from(one->method->name)},
        {"prediction", one->prediction.text},
        {"finish", drp_sv_from(drp_finish_name(one->prediction.finish))},
        {"fallback", drp_sv_from(one->prediction.fallback)},
        {"profile", one->profile.summary},
    };
    for (size_t i = 0; i < DRP_LEN(members); i++) {
        if (!cli->options->explain && strcmp(members[i].key, "profile") == 0)
            continue;
        drp_jw_key_str(&w, members[i].key, members[i].value);
    }
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}

/* The text on a terminal while it is made. */
struct live {
    struct drp_preview preview;
    int rc;
    struct drp_err err; /* of the first piece that could not be written */
};

static void show_piece(void *ctx, struct drp_sv piece)
{
    struct live *live = ctx;
    const struct drp_sv sure = drp_preview_feed(&live->preview, piece);
    if (sure.len == 0 || live->rc < 0)
        return;
    drp_progress_wipe();
    live->rc = drp_cli_print(sure, &live->err);
}

/* What of the text was not shown yet; all of it when what was shown turned out to be none of it. */
static int show_rest(const struct live *live, struct drp_sv text, struct drp_str *out,
                     struct drp_err *err)
{
    struct drp_sv rest;
    if (live->rc < 0) {
        *err = live->err;
        return live->rc;
    }
    if (!drp_preview_end(&live->preview, text, &rest)) {
        const int rc = drp_cli_print(DRP_SV("\n\n"), err);
        if (rc < 0)
            return rc;
        drp_log(DRP_LOG_WARN, "the model began anew: the text is what follows");
    }
    drp_str_add(out, rest);
    return 0;
}

static int print_one(const struct drp_cli *cli, const struct drp_session *s,
                     const struct drp_one *one, struct drp_err *err)
{
    struct drp_str out;
    int rc = 0;
    drp_str_init(&out, SIZE_MAX / 4);
    struct drp_view view = drp_cli_view(cli, &out);
    if (cli->options->json) {
        write_json(cli, one, &out);
    } else if (cli->options->explain) {
        drp_view_explain(&view, s->dataset, &one->sample, &one->profile, &one->prediction);
    } else {
        if (one->on_text)
            DRP_TRY(rc, show_rest(one->on_text_ctx, one->prediction.text, &out, err));
        else
            drp_str_add(&out, one->prediction.text);
        drp_str_addc(&out, '\n');
    }
    rc = drp_cli_print(drp_str_sv(&out), err);
out:
    drp_str_release(&out);
    return rc;
}

int drp_cmd_write(struct drp_cli *cli, struct drp_err *err)
{
    const struct drp_options *o = cli->options;
    struct drp_session s = {.options = o, .cancel = cli->cancel};
    struct drp_one one = {.progress = drp_progress_new("calls answered", 0)};
    struct live live = {0};
    int rc = 0;
    drp_preview_init(&live.preview);
    DRP_TRY(rc, check_options(o, err));
    drp_progress_set(one.progress, 0, DRP_SV("texts and models are opened"));
    DRP_TRY(rc, o->history.ptr ? open_person(&s, cli->arena, &one.sample, err)
                               : open_user(&s, cli->arena, &one.sample, err));
    if (!o->json && !o->explain && isatty(STDOUT_FILENO)) {
        one.on_text = show_piece;
        one.on_text_ctx = &live;
    }
    rc = drp_one_make(&s, cli->cancel, cli->arena, &one, err);
    drp_progress_wipe();
    if (rc < 0 && live.preview.shown.len > 0)
        live.rc = drp_cli_print(DRP_SV("\n"), &live.err); /* after the unfinished text */
    DRP_TRY(rc, rc);
    DRP_TRY(rc, print_one(cli, &s, &one, err));
    if (one.prediction.fallback && !o->json)
        drp_log(DRP_LOG_INFO, "written from: %s", one.prediction.fallback);
out:
    drp_progress_free(one.progress);
    rc = drp_session_end(&s, rc, err);
    drp_session_release(&s);
    drp_preview_release(&live.preview);
    return rc;
}
