#include "cli/help.h"

#include <string.h>

#include "base/base.h"
#include "cli/view.h"
#include "run/option_table.h"

#include "base/banned.h"

enum { OPTION_COLUMN = 28, COMMAND_COLUMN = 26 };

const char drp_help_sources[] =
    "A list is given by commas or by giving the option again. Every option also stands in "
    "--config FILE (JSON, comments allowed) and in the environment as DRP_NAME; the command "
    "line wins, then the environment. --show-config says which did.";

const char drp_help_specs[] =
    "SPEC: llama:FILE.gguf[?ctx=N&slots=N&threads=N&gpu_layers=N], "
    "openai:URL#MODEL[?concurrency=N&ctx=N&revision=NAME], or a name of the models table of "
    "--config; without one the small bundled model answers.";

const char drp_help_statuses[] =
    "Exit status: 0 ok, 1 negative result, 2 usage, 3 input, 4 network or engine, 5 database, "
    "70 bug, 130 interrupted.";

/* ---- what stands where -------------------------------------------------------------------- */

const struct drp_option_group *drp_help_group(const struct drp_option *opt)
{
    size_t n, n_groups;
    const struct drp_option *table = drp_options_table(&n);
    const struct drp_option_group *groups = drp_option_groups(&n_groups), *found = groups;
    for (size_t i = 0, next = 1; i < n && &table[i] <= opt; i++)
        if (next < n_groups && strcmp(table[i].name, groups[next].first) == 0)
            found = &groups[next++];
    return found;
}

bool drp_help_is_common(const struct drp_option *opt)
{
    size_t n;
    const struct drp_option_group *groups = drp_option_groups(&n);
    return drp_help_group(opt) == &groups[n - 1];
}

bool drp_help_is_front(const struct drp_command *command, const struct drp_option *opt)
{
    if (!(opt->verbs & command->verb) || drp_help_is_common(opt))
        return false;
    if (!command->front)
        return true;
    struct drp_sv rest = drp_sv_from(command->front);
    for (size_t comma = 0; comma != SIZE_MAX;
         rest = drp_sv_slice(rest, comma + 1, rest.len)) {
        comma = drp_sv_find(rest, DRP_SV(","), 0);
        if (drp_sv_is(drp_sv_slice(rest, 0, comma), opt->name))
            return true;
        if (comma == SIZE_MAX)
            break;
    }
    return false;
}

/* ---- lines -------------------------------------------------------------------------------- */

static struct drp_view plain(struct drp_str *out)
{
    return (struct drp_view){.out = out, .width = DRP_HELP_COLUMNS};
}

static void add_paragraph(struct drp_str *out, const char *text)
{
    struct drp_view view = plain(out);
    drp_str_addc(out, '\n');
    drp_view_text(&view, 0, NULL, drp_sv_from(text), 0);
}

void drp_help_describe(const struct drp_option *opt, struct drp_str *out)
{
    drp_str_addz(out, opt->help);
    if (opt->choices)
        drp_str_addf(out, " (%s)", opt->choices);
    if (opt->fallback)
        drp_str_addf(out, " [%s]", opt->fallback);
}

static void add_option(const struct drp_option *opt, struct drp_str *out)
{
    struct drp_view view = plain(out);
    struct drp_str label, text;
    drp_str_init(&label, 256);
    drp_str_init(&text, 4096);
    drp_str_addf(&label, "  --%s%s%s", opt->name, opt->value ? " " : "",
                 opt->value ? opt->value : "");
    drp_help_describe(opt, &text);
    drp_view_text(&view, OPTION_COLUMN, label.ptr, drp_str_sv(&text), 0);
    drp_str_release(&label);
    drp_str_release(&text);
}

static void add_usage(const struct drp_command *command, struct drp_str *out)
{
    drp_str_addf(out, "usage: drp %s%s%s [options]\n%s\n", command->name,
                 *command->args ? " " : "", command->args, command->help);
}

/* ---- pages -------------------------------------------------------------------------------- */

static size_t n_options(const struct drp_command *command)
{
    size_t n, found = 0;
    const struct drp_option *table = drp_options_table(&n);
    for (size_t i = 0; i < n; i++)
        found += (table[i].verbs & command->verb) != 0;
    return found;
}

/* The options of all commands on a line or two. */
static void add_common(const struct drp_command *command, struct drp_str *out)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    struct drp_view view = plain(out);
    struct drp_str line;
    drp_str_init(&line, 1024);
    for (size_t i = 0; i < n; i++)
        if ((table[i].verbs & command->verb) && drp_help_is_common(&table[i]))
            drp_str_addf(&line, " --%s%s%s", table[i].name, table[i].value ? " " : "",
                         table[i].value ? table[i].value : "");
    drp_view_text(&view, 6, "Also", drp_str_sv(&line), 0);
    drp_str_release(&line);
}

void drp_help_front(const struct drp_command *command, struct drp_str *out)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    add_usage(command, out);
    drp_str_addc(out, '\n');
    for (size_t i = 0; i < n; i++)
        if (drp_help_is_front(command, &table[i]))
            add_option(&table[i], out);
    drp_str_addc(out, '\n');
    add_common(command, out);
    drp_str_addf(out, "drp help %s: all %zu options and how they are given\n",
                 command->name, n_options(command));
}

static void add_groups(const struct drp_command *command, struct drp_str *out)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    const struct drp_option_group *last = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!(table[i].verbs & command->verb))
            continue;
        const struct drp_option_group *group = drp_help_group(&table[i]);
        if (group != last)
            drp_str_addf(out, "\n%s\n", group->title);
        add_option(&table[i], out);
        last = group;
    }
}

void drp_help_full(const struct drp_command *command, struct drp_str *out)
{
    add_usage(command, out);
    add_groups(command, out);
    if (drp_option_find(DRP_SV("model"))->verbs & command->verb)
        add_paragraph(out, drp_help_specs);
    add_paragraph(out, drp_help_sources);
    add_paragraph(out, drp_help_statuses);
}

void drp_help_overview(struct drp_str *out)
{
    size_t n;
    const struct drp_command *commands = drp_commands(&n);
    struct drp_view view = plain(out);
    struct drp_str label;
    drp_str_init(&label, 256);
    drp_str_addf(out,
                 "drp %s: makes a language model write as a particular person would\n\n",
                 DRP_VERSION);
    for (size_t i = 0; i < n; i++) {
        drp_str_clear(&label);
        drp_str_addf(&label, "  drp %s %s", commands[i].name, commands[i].args);
        drp_view_text(&view, COMMAND_COLUMN, label.ptr, drp_sv_from(commands[i].help), 1);
    }
    drp_str_addz(out,
                 "\ndrp COMMAND --help shows its usual options, drp help COMMAND all.\n");
    drp_str_release(&label);
}
