#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/fs.h"
#include "cli/cmd.h"
#include "cli/one.h"
#include "cli/view.h"
#include "run/session.h"

#include "base/banned.h"

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

static int print_one(const struct drp_cli *cli, const struct drp_session *s,
                     const struct drp_one *one, struct drp_err *err)
{
    struct drp_str out;
    drp_str_init(&out, SIZE_MAX / 4);
    struct drp_view view = {
        .out = &out,
        .arena = cli->arena,
        .width = drp_view_width(),
        .color = cli->color,
        .include_peers = cli->options->include_peers,
    };
    if (cli->options->json) {
        write_json(cli, one, &out);
    } else if (cli->options->explain) {
        drp_view_explain(&view, s->dataset, &one->sample, &one->profile, &one->prediction);
    } else {
        drp_str_add(&out, one->prediction.text);
        drp_str_addc(&out, '\n');
    }
    const int rc = drp_cli_print(drp_str_sv(&out), err);
    drp_str_release(&out);
    return rc;
}

int drp_cmd_write(struct drp_cli *cli, struct drp_err *err)
{
    const struct drp_options *o = cli->options;
    const char *dataset_dir = o->args.at[0].ptr;
    struct drp_session s = {.options = o, .cancel = cli->cancel};
    struct drp_one one = {0};
    struct drp_target target;
    size_t row = 0;
    int rc = 0;
    if (o->users.n != 1)
        return drp_fail(err, DRP_EUSAGE, "one --user is needed: who shall write");
    DRP_TRY(rc, drp_session_open_data(&s, dataset_dir, err));
    DRP_TRY(rc, drp_dataset_find_user(s.dataset, o->users.at[0], &row, err));
    DRP_TRY(rc, find_target(&s, row, cli->arena, &target, err));
    DRP_TRY(rc, drp_session_open_models(&s, o->journal.ptr, err));
    DRP_TRY(rc, drp_session_open_selector(&s, dataset_dir, err));
    DRP_TRY(rc, drp_selector_fill(s.selector, row, target.item ? &target : NULL,
                                  cli->arena, &one.sample, err));
    DRP_TRY(rc, drp_one_make(&s, cli->cancel, cli->arena, &one, err));
    DRP_TRY(rc, print_one(cli, &s, &one, err));
out:
    rc = drp_session_end(&s, rc, err);
    drp_session_release(&s);
    return rc;
}
