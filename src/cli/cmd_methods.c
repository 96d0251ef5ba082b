#include "base/base.h"
#include "cli/cmd.h"
#include "io/json.h"
#include "method/method.h"

#include "base/banned.h"

static void write_json(struct drp_str *out, const struct drp_method *m)
{
    struct drp_jw w;
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    const char *const members[][2] = {
        {"name", m->name}, {"title", m->title}, {"source", m->source}, {"steps", m->steps}};
    for (size_t i = 0; i < DRP_LEN(members); i++) {
        drp_jw_key_strz(&w, members[i][0], members[i][1]);
    }
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}

int drp_cmd_methods(struct drp_cli *cli, struct drp_err *err)
{
    size_t n;
    const struct drp_method *methods = drp_methods(&n);
    struct drp_str out;
    drp_str_init(&out, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        if (cli->options->json)
            write_json(&out, &methods[i]);
        else
            drp_str_addf(&out, "%-8s %s\n         %s\n         source: %s\n",
                         methods[i].name, methods[i].title, methods[i].steps,
                         methods[i].source);
    }
    const int rc = drp_cli_print(drp_str_sv(&out), err);
    drp_str_release(&out);
    return rc;
}
