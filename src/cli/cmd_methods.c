#include <string.h>

#include "base/base.h"
#include "cli/cmd.h"
#include "io/json.h"
#include "method/method.h"

#include "base/banned.h"

/* Whether a setting is the method's own: its key begins with the method's name. */
static bool is_setting_of(const struct drp_setting *row, const char *method)
{
    const size_t n = strlen(method);
    return strncmp(row->key, method, n) == 0 && row->key[n] == '.';
}

static const char *values_of(const struct drp_setting *row, struct drp_arena *arena)
{
    return row->words ? row->words
                      : drp_arena_f(arena, "%.15g to %.15g", row->min, row->max).ptr;
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void write_settings(struct drp_jw *w, const char *method, struct drp_arena *arena)
{
    size_t n;
    const struct drp_setting *table = drp_settings_table(&n);
    drp_jw_key(w, "settings");
    drp_jw_arr(w);
    for (size_t i = 0; i < n; i++) {
        if (!is_setting_of(&table[i], method))
            continue;
        drp_jw_obj(w);
        drp_jw_key_strz(w, "key", table[i].key);
        drp_jw_key_strz(w, "values", values_of(&table[i], arena));
        drp_jw_key_strz(w, "default", table[i].value);
        drp_jw_key_strz(w, "paper", table[i].paper ? table[i].paper : table[i].value);
        drp_jw_key_strz(w, "released",
                        table[i].released ? table[i].released : table[i].value);
        drp_jw_key_bool(w, "inferred", table[i].inferred);
        drp_jw_key_strz(w, "help", table[i].help);
        drp_jw_obj_end(w);
    }
    drp_jw_arr_end(w);
}

static void write_json(struct drp_str *out, const struct drp_method *m,
                       struct drp_arena *arena)
{
    struct drp_jw w;
    drp_jw_init(&w, out, 0);
    drp_jw_obj(&w);
    const char *const members[][2] = {
        {"name", m->name},   {"title", m->title}, {"source", m->source},
        {"steps", m->steps}, {"calls", m->calls}, {"inferred", m->inferred},
    };
    for (size_t i = 0; i < DRP_LEN(members); i++)
        drp_jw_key_strz(&w, members[i][0], members[i][1]);
    write_settings(&w, m->name, arena);
    drp_jw_obj_end(&w);
    drp_str_addc(out, '\n');
}

/* ---- text --------------------------------------------------------------------------------- */

static void add_settings(struct drp_str *out, const char *method, struct drp_arena *arena)
{
    size_t n;
    const struct drp_setting *table = drp_settings_table(&n);
    for (size_t i = 0; i < n; i++)
        if (is_setting_of(&table[i], method))
            drp_str_addf(out, "         --set %s=%s: %s (%s)%s\n", table[i].key,
                         table[i].value, table[i].help, values_of(&table[i], arena),
                         table[i].inferred ? "; inferred" : "");
}

static void add_text(struct drp_str *out, const struct drp_method *m,
                     struct drp_arena *arena)
{
    drp_str_addf(out,
                 "%-8s %s\n         %s\n         calls a sample: %s\n         source: %s\n",
                 m->name, m->title, m->steps, m->calls, m->source);
    if (m->inferred)
        drp_str_addf(out, "         inferred: %s\n", m->inferred);
    add_settings(out, m->name, arena);
}

int drp_cmd_methods(struct drp_cli *cli, struct drp_err *err)
{
    size_t n;
    const struct drp_method *const *methods = drp_methods(&n);
    struct drp_str out;
    drp_str_init(&out, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        if (cli->options->json)
            write_json(&out, methods[i], cli->arena);
        else
            add_text(&out, methods[i], cli->arena);
    }
    if (!cli->options->json) {
        drp_str_addz(&out, "all      for every method\n");
        add_settings(&out, "engine", cli->arena);
        add_settings(&out, "prompt", cli->arena);
    }
    const int rc = drp_cli_print(drp_str_sv(&out), err);
    drp_str_release(&out);
    return rc;
}
