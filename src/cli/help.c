/* Help pages, made from the table of options. */
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "cli/cmd.h"
#include "run/option_table.h"

#include "base/banned.h"

enum { OPTION_COLUMN = 28 };

static void print_option(const struct drp_option *opt)
{
    const int used = printf("  --%s%s%s", opt->name, opt->value ? " " : "",
                            opt->value ? opt->value : "");
    printf("%*s%s", used < OPTION_COLUMN ? OPTION_COLUMN - used : 1, "", opt->help);
    if (opt->choices)
        printf(" (%s)", opt->choices);
    if (opt->fallback)
        printf(" [%s]", opt->fallback);
    printf("\n");
}

static void print_command(const struct drp_command *command)
{
    size_t n;
    const struct drp_option *table = drp_options_table(&n);
    printf("usage: drp %s%s%s [options]\n%s\n\n", command->name,
           *command->args ? " " : "", command->args, command->help);
    for (size_t i = 0; i < n; i++)
        if (table[i].verbs & command->verb)
            print_option(&table[i]);
    printf("\nA list is given by commas or by giving the option again. Every option also stands in\n"
           "--config FILE, and in the environment as DRP_NAME; the command line wins.\n");
}

static void print_overview(void)
{
    size_t n;
    const struct drp_command *commands = drp_commands(&n);
    printf("drp %s: makes a language model write as a particular person would\n\n",
           DRP_VERSION);
    for (size_t i = 0; i < n; i++)
        printf("  drp %-8s %-8s %s\n", commands[i].name, commands[i].args,
               commands[i].help);
    printf("\ndrp help COMMAND shows its options with their defaults.\n"
           "Exit status: 0 ok, 1 negative result, 2 usage, 3 input, 4 engine, 5 database, 70 bug, "
           "130 interrupted.\n");
}

void drp_help_print(const struct drp_command *command)
{
    if (command)
        print_command(command);
    else
        print_overview();
}
