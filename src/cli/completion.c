#include "cli/completion.h"

#include <string.h>

#include "base/base.h"
#include "cli/cmd.h"
#include "method/method.h"
#include "run/option_table.h"
#include "run/option_value.h"

#include "base/banned.h"

/* What can stand for a value. */
enum kind { KIND_NONE, KIND_ANY, KIND_WORDS, KIND_FILE, KIND_FOLDER };

static enum kind kind_of(const struct drp_option *opt)
{
    const char *value = opt->value;
    if (opt->type == DRP_OPT_FLAG)
        return KIND_NONE;
    if (opt->choices || strcmp(opt->name, "method") == 0)
        return KIND_WORDS;
    if (strcmp(value, "DIR") == 0)
        return KIND_FOLDER;
    return strncmp(value, "FILE", 4) == 0 || strcmp(value, "SPEC") == 0 ? KIND_FILE
                                                                        : KIND_ANY;
}

/* The words of "a|b", blanks between them. */
static void add_words(struct drp_str *out, const char *words)
{
    for (const char *c = words; *c; c++)
        drp_str_addc(out, (char)(*c == '|' ? ' ' : *c));
}

static void add_choices(const struct drp_option *opt, struct drp_str *out)
{
    if (opt->choices) {
        add_words(out, opt->choices);
        return;
    }
    size_t n;
    const struct drp_method *const *methods = drp_methods(&n);
    for (size_t i = 0; i < n; i++)
        drp_str_addf(out, "%s ", methods[i]->name);
    drp_str_addz(out, "all");
}

/* Appends `text` for the inside of single quotes, a backslash before each of `special`. */
static void add_quoted(struct drp_str *out, const char *text, const char *special,
                       const char *quote)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'') {
            drp_str_addz(out, quote);
            continue;
        }
        if (strchr(special, *c))
            drp_str_addc(out, '\\');
        drp_str_addc(out, *c);
    }
}

/* ---- bash --------------------------------------------------------------------------------- */

static void bash_values(struct drp_str *out)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    drp_str_addz(out, "    case $prev in\n");
    for (size_t i = 0; i < n; i++) {
        const enum kind kind = kind_of(&table[i]);
        if (kind == KIND_NONE)
            continue;
        drp_str_addf(out, "    --%s) ", table[i].name);
        if (kind == KIND_WORDS) {
            drp_str_addz(out, "COMPREPLY=($(compgen -W '");
            add_choices(&table[i], out);
            drp_str_addz(out, "' -- \"$cur\")); ");
        } else if (kind != KIND_ANY) {
            drp_str_addf(out, "COMPREPLY=($(compgen %s -- \"$cur\")); ",
                         kind == KIND_FOLDER ? "-d" : "-f");
        }
        drp_str_addz(out, "return ;;\n");
    }
    drp_str_addz(out, "    esac\n");
}

static void bash_options(const struct drp_command *command, struct drp_str *out)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    drp_str_addf(out, "    %s) options='", command->name);
    for (size_t i = 0; i < n; i++)
        if (table[i].verbs & command->verb)
            drp_str_addf(out, "--%s ", table[i].name);
    drp_str_addz(out, "' words='");
    if (command->words)
        add_words(out, command->words);
    drp_str_addz(out, "' ;;\n");
}

static void add_bash(struct drp_str *out)
{
    size_t n;
    const struct drp_command *commands = drp_commands(&n);
    drp_str_addz(out,
                 "# bash completion of drp\n_drp() {\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    local options= words= commands='");
    for (size_t i = 0; i < n; i++)
        drp_str_addf(out, "%s ", commands[i].name);
    drp_str_addz(out, "help'\n    COMPREPLY=()\n"
                      "    if ((COMP_CWORD == 1)) || [[ ${COMP_WORDS[1]} == help ]]; then\n"
                      "        COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))\n"
                      "        return\n    fi\n");
    bash_values(out);
    drp_str_addz(out, "    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < n; i++)
        bash_options(&commands[i], out);
    drp_str_addz(out, "    esac\n"
                      "    if [[ $cur == -* ]]; then\n"
                      "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
                      "    elif ((COMP_CWORD == 2)) && [[ $words ]]; then\n"
                      "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                      "    else\n        COMPREPLY=($(compgen -f -- \"$cur\"))\n    fi\n}\n"
                      "complete -o filenames -F _drp drp\n");
}

/* ---- zsh ---------------------------------------------------------------------------------- */

static const char zsh_special[] = "[]:\\";
static const char zsh_quote[] = "'\\''";

static void zsh_option(const struct drp_option *opt, struct drp_str *out)
{
    const enum kind kind = kind_of(opt);
    drp_str_addf(out, " \\\n            '%s--%s%s[", drp_option_is_list(opt) ? "*" : "",
                 opt->name, kind == KIND_NONE ? "" : "=");
    add_quoted(out, opt->help, zsh_special, zsh_quote);
    drp_str_addc(out, ']');
    if (kind != KIND_NONE)
        drp_str_addf(out, ":%s:", opt->value);
    if (kind == KIND_WORDS) {
        drp_str_addc(out, '(');
        add_choices(opt, out);
        drp_str_addc(out, ')');
    } else if (kind == KIND_FILE || kind == KIND_FOLDER) {
        drp_str_addz(out, kind == KIND_FOLDER ? "_files -/" : "_files");
    }
    drp_str_addc(out, '\'');
}

static void zsh_command(const struct drp_command *command, struct drp_str *out)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    drp_str_addf(out, "    %s)\n        _arguments", command->name);
    for (size_t i = 0; i < n; i++)
        if (table[i].verbs & command->verb)
            zsh_option(&table[i], out);
    if (command->words) {
        drp_str_addz(out, " \\\n            '1:word:(");
        add_words(out, command->words);
        drp_str_addz(out, ")'");
    }
    drp_str_addz(out, " \\\n            '*:file:_files' ;;\n");
}

static void add_zsh(struct drp_str *out)
{
    size_t n;
    const struct drp_command *commands = drp_commands(&n);
    drp_str_addz(out, "#compdef drp\n_drp() {\n    local -a commands\n    commands=(\n");
    for (size_t i = 0; i < n; i++) {
        drp_str_addf(out, "        '%s:", commands[i].name);
        add_quoted(out, commands[i].help, zsh_special, zsh_quote);
        drp_str_addz(out, "'\n");
    }
    drp_str_addz(out, "        'help:what there is'\n    )\n"
                      "    if ((CURRENT == 2)) || [[ $words[2] == help ]]; then\n"
                      "        _describe command commands\n        return\n    fi\n"
                      "    local command=$words[2]\n    shift words\n    ((CURRENT--))\n"
                      "    case $command in\n");
    for (size_t i = 0; i < n; i++)
        zsh_command(&commands[i], out);
    drp_str_addz(out, "    esac\n}\n_drp \"$@\"\n");
}

/* ---- fish --------------------------------------------------------------------------------- */

static const char fish_special[] = "\\";
static const char fish_quote[] = "\\'";

static void fish_option(const struct drp_command *command, const struct drp_option *opt,
                        struct drp_str *out)
{
    const enum kind kind = kind_of(opt);
    drp_str_addf(out, "complete -c drp -n '__fish_seen_subcommand_from %s' -l %s",
                 command->name, opt->name);
    if (kind == KIND_WORDS) {
        drp_str_addz(out, " -x -a '");
        add_choices(opt, out);
        drp_str_addc(out, '\'');
    } else if (kind == KIND_FOLDER) {
        drp_str_addz(out, " -x -a '(__fish_complete_directories)'");
    } else if (kind != KIND_NONE) {
        drp_str_addz(out, kind == KIND_FILE ? " -r -F" : " -x");
    }
    drp_str_addz(out, " -d '");
    add_quoted(out, opt->help, fish_special, fish_quote);
    drp_str_addz(out, "'\n");
}

static void fish_command(const struct drp_command *command, struct drp_str *out)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    drp_str_addf(out, "complete -c drp -n __fish_use_subcommand -f -a %s -d '",
                 command->name);
    add_quoted(out, command->help, fish_special, fish_quote);
    drp_str_addf(out, "'\ncomplete -c drp -n '__fish_seen_subcommand_from help' -f -a %s\n",
                 command->name);
    if (command->words) {
        drp_str_addf(out, "complete -c drp -n '__fish_seen_subcommand_from %s' -a '",
                     command->name);
        add_words(out, command->words);
        drp_str_addz(out, "'\n");
    }
    for (size_t i = 0; i < n; i++)
        if (table[i].verbs & command->verb)
            fish_option(command, &table[i], out);
}

static void add_fish(struct drp_str *out)
{
    size_t n;
    const struct drp_command *commands = drp_commands(&n);
    drp_str_addz(out,
                 "# fish completion of drp\n"
                 "complete -c drp -n __fish_use_subcommand -f -a help -d 'what there is'\n");
    for (size_t i = 0; i < n; i++)
        fish_command(&commands[i], out);
}

/* ---- the shells --------------------------------------------------------------------------- */

int drp_completion_write(struct drp_sv shell, struct drp_str *out, struct drp_err *err)
{
    const struct {
        const char *name;
        void (*add)(struct drp_str *out);
    } shells[] = {{"bash", add_bash}, {"zsh", add_zsh}, {"fish", add_fish}};
    for (size_t i = 0; i < DRP_LEN(shells); i++)
        if (drp_sv_is(shell, shells[i].name)) {
            shells[i].add(out);
            return 0;
        }
    return drp_fail(err, DRP_EUSAGE, "no completion for '%.*s': bash, zsh or fish",
                    DRP_SV_ARG(shell));
}
