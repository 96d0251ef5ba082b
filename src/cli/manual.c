/* The manual page: what `drp help` says, in the macros of man(7). */
#include <string.h>

#include "base/base.h"
#include "cli/help.h"
#include "run/option_table.h"

#include "base/banned.h"

/* Text in roff: a backslash, a hyphen, and a dot or quote at the start of a line mean something there. */
static void add_text(struct drp_str *out, struct drp_sv text)
{
    bool at_start = out->len == 0 || out->ptr[out->len - 1] == '\n';
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (at_start && (c == '.' || c == '\''))
            drp_str_addz(out, "\\&");
        if (c == '\\')
            drp_str_addz(out, "\\e");
        else if (c == '-')
            drp_str_addz(out, "\\-");
        else
            drp_str_addc(out, c);
        at_start = c == '\n';
    }
}

static void add_line(struct drp_str *out, const char *text)
{
    add_text(out, drp_sv_from(text));
    drp_str_addc(out, '\n');
}

static void add_section(struct drp_str *out, const char *title)
{
    drp_str_addf(out, ".SH %s\n", title);
}

/* A paragraph with a bold tag, and behind it what the tag takes. */
static void add_tag(struct drp_str *out, const char *before, const char *name,
                    const char *value)
{
    drp_str_addz(out, ".TP\n\\fB");
    add_text(out, drp_sv_from(before));
    add_text(out, drp_sv_from(name));
    drp_str_addz(out, "\\fR");
    if (value && *value) {
        drp_str_addz(out, " \\fI");
        add_text(out, drp_sv_from(value));
        drp_str_addz(out, "\\fR");
    }
    drp_str_addc(out, '\n');
}

static void add_commands(struct drp_str *out)
{
    size_t n;
    const struct drp_command *commands = drp_commands(&n);
    add_section(out, "COMMANDS");
    for (size_t i = 0; i < n; i++) {
        add_tag(out, "drp ", commands[i].name, commands[i].args);
        add_line(out, commands[i].help);
    }
}

/* The commands that take an option, when not all do. */
static void add_takers(const struct drp_option *opt, struct drp_str *out)
{
    size_t n;
    const struct drp_command *commands = drp_commands(&n);
    const char *before = " Of ";
    if (drp_help_is_common(opt))
        return;
    for (size_t i = 0; i < n; i++) {
        if (!(commands[i].verb & opt->verbs))
            continue;
        drp_str_addf(out, "%s\\fB%s\\fR", before, commands[i].name);
        before = ", ";
    }
    drp_str_addc(out, '.');
}

static void add_option(const struct drp_option *opt, struct drp_str *out)
{
    struct drp_str text;
    drp_str_init(&text, 4096);
    add_tag(out, "--", opt->name, opt->value);
    drp_help_describe(opt, &text);
    add_text(out, drp_str_sv(&text));
    drp_str_addc(out, '.');
    add_takers(opt, out);
    drp_str_addc(out, '\n');
    drp_str_release(&text);
}

static void add_options(struct drp_str *out)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    const struct drp_option_group *last = NULL;
    add_section(out, "OPTIONS");
    for (size_t i = 0; i < n; i++) {
        const struct drp_option_group *group = drp_help_group(&table[i]);
        if (group != last)
            drp_str_addf(out, ".SS %s\n", group->title);
        add_option(&table[i], out);
        last = group;
    }
    drp_str_addz(out, ".PP\n");
    add_line(out, drp_help_sources);
}

static void add_examples(struct drp_str *out)
{
    static const char *const lines[] = {
        "drp demo",
        "drp prepare --reviews reviews.jsonl --meta items.jsonl --out data",
        "drp run data --method all --model llama:model.gguf --out run",
        "drp eval run",
        "drp write data --user ada --explain",
    };
    add_section(out, "EXAMPLES");
    drp_str_addz(out, ".nf\n");
    for (size_t i = 0; i < DRP_LEN(lines); i++)
        add_line(out, lines[i]);
    drp_str_addz(out, ".fi\n");
}

void drp_help_manual(struct drp_str *out)
{
    drp_str_addf(out, ".TH DRP 1 \"\" \"drp %s\" \"User Commands\"\n", DRP_VERSION);
    add_section(out, "NAME");
    add_line(out, "drp - makes a language model write as a particular person would");
    add_section(out, "SYNOPSIS");
    drp_str_addz(out,
                 "\\fBdrp\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]\n");
    add_section(out, "DESCRIPTION");
    add_line(out, "drp works out how one person differs from others who wrote about the same "
                  "things, checks each difference, and hands a language model a profile "
                  "together with the person's own texts. Results go to standard output, "
                  "everything else to standard error.");
    add_commands(out);
    add_options(out);
    add_section(out, "MODELS");
    add_line(out, drp_help_specs);
    add_section(out, "EXIT STATUS");
    add_line(out, drp_help_statuses);
    add_examples(out);
}
