#include "base/base.h"
#include "cli/cmd.h"
#include "cli/view.h"
#include "run/verify.h"

#include "base/banned.h"

static void write_json(const struct drp_verification *v, struct drp_jw *w)
{
    drp_jw_obj(w);
    drp_jw_key_int(w, "equal", (int64_t)v->counts[DRP_CALL_EQUAL]);
    drp_jw_key_int(w, "different", (int64_t)v->counts[DRP_CALL_DIFFERENT]);
    drp_jw_key_int(w, "not_comparable", (int64_t)v->counts[DRP_CALL_OPEN]);
    drp_jw_key_int(w, "other_build", (int64_t)v->n_other_build);
    drp_jw_key(w, "calls");
    drp_jw_arr(w);
    for (size_t i = 0; i < v->n; i++) {
        const struct drp_verified *c = &v->calls[i];
        char hex[65];
        drp_sha256_hex(&c->key.hash, hex);
        drp_jw_obj(w);
        drp_jw_key_strz(w, "key", hex);
        drp_jw_key_str(w, "model", c->model);
        drp_jw_key_strz(w, "verdict", drp_call_verdict_word(c->verdict));
        drp_jw_key_strz(w, "reason", c->reason);
        drp_jw_key_int(w, "at", (int64_t)c->at);
        drp_jw_key_str(w, "was", c->was);
        drp_jw_key_str(w, "is", c->is);
        drp_jw_obj_end(w);
    }
    drp_jw_arr_end(w);
    drp_jw_obj_end(w);
}

static void show_call(const struct drp_verified *c, struct drp_view *view)
{
    char hex[65];
    drp_sha256_hex(&c->key.hash, hex);
    drp_str_addf(view->out, "%s: call %.12s of %.*s: %s\n",
                 drp_call_verdict_word(c->verdict), hex, DRP_SV_ARG(c->model), c->reason);
    if (!c->was.ptr)
        return;
    drp_view_text(view, 10, "  was", c->was, 0);
    drp_view_text(view, 10, "  is", c->is, 0);
}

static void write_text(const struct drp_verification *v, struct drp_view *view)
{
    const size_t equal = v->counts[DRP_CALL_EQUAL],
                 compared = equal + v->counts[DRP_CALL_DIFFERENT];
    for (size_t i = 0; i < v->n; i++)
        show_call(&v->calls[i], view);
    drp_str_addf(view->out, "%zu of %zu calls the same", equal, compared);
    if (v->counts[DRP_CALL_OPEN] > 0)
        drp_str_addf(view->out, ", %zu not comparable", v->counts[DRP_CALL_OPEN]);
    if (v->n_other_build > 0)
        drp_str_addf(view->out,
                     "; %zu were asked of another build, or with other CPU features",
                     v->n_other_build);
    drp_str_addc(view->out, '\n');
}

static int print(const struct drp_cli *cli, const struct drp_verification *v,
                 struct drp_err *err)
{
    struct drp_str out;
    drp_str_init(&out, SIZE_MAX / 4);
    struct drp_view view = drp_cli_view(cli, &out);
    if (cli->options->json) {
        struct drp_jw w;
        drp_jw_init(&w, &out, 0);
        write_json(v, &w);
        drp_str_addc(&out, '\n');
    } else {
        write_text(v, &view);
    }
    const int rc = drp_cli_print(drp_str_sv(&out), err);
    drp_str_release(&out);
    return rc;
}

int drp_cmd_verify(struct drp_cli *cli, struct drp_err *err)
{
    struct drp_options *o = cli->options;
    struct drp_session s = {.options = o, .cancel = cli->cancel};
    struct drp_former f = {0};
    struct drp_verification found = {0};
    const struct drp_verify_opts opts = {(size_t)o->calls, (uint64_t)o->draw};
    int rc = 0;
    DRP_TRY(rc, drp_former_open(o, cli->arena, &f, err));
    DRP_TRY(rc, drp_verify_open(&f, &s, err));
    DRP_TRY(rc, drp_verify(&f, &s, &opts, cli->arena, &found, err));
    DRP_TRY(rc, print(cli, &found, err));
    if (found.counts[DRP_CALL_DIFFERENT] > 0)
        rc = drp_fail(err, DRP_ENEGATIVE, "%zu calls have another answer now",
                      found.counts[DRP_CALL_DIFFERENT]);
out:
    drp_session_release(&s);
    drp_former_release(&f);
    return rc;
}
