#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/log.h"
#include "cli/cmd.h"
#include "cli/help.h"
#include "cli/pager.h"
#include "run/options_show.h"

#include "base/banned.h"

/* Process-wide because signal handlers have no other way to reach it. */
static struct drp_cancel cancel;
/* Levels a signal raises it by: a single text is not worth finishing, a run's samples are. */
static volatile sig_atomic_t cancel_step = 1;

static void on_signal(int signal_number)
{
    (void)signal_number;
    drp_cancel_raise(&cancel, drp_cancel_level(&cancel) + cancel_step);
    if (drp_cancel_level(&cancel) > 2)
        _exit(130);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

static int check_args(const struct drp_command *command, const struct drp_options *o,
                      struct drp_err *err)
{
    if (o->args.n < command->min_args)
        return drp_fail(err, DRP_EUSAGE, "missing argument: drp %s %s", command->name,
                        command->args);
    if (o->args.n > command->max_args)
        return drp_fail(
            err, DRP_EUSAGE,
            "stray argument '%.*s': an option takes one value and is given again for more",
            DRP_SV_ARG(o->args.at[command->max_args]));
    return 0;
}

static bool wants_color(const struct drp_options *o)
{
    const char *no_color = getenv("NO_COLOR");
    if (drp_sv_is(o->color, "auto"))
        return isatty(STDOUT_FILENO) && !(no_color && *no_color);
    return drp_sv_is(o->color, "always");
}

static int print_front(const struct drp_command *command, struct drp_err *err)
{
    struct drp_str page;
    drp_str_init(&page, 1 << 16);
    drp_help_front(command, &page);
    const int rc = drp_cli_print(drp_str_sv(&page), err);
    drp_str_release(&page);
    return rc;
}

static int print_config(const struct drp_command *command, const struct drp_options *o,
                        struct drp_err *err)
{
    struct drp_str text;
    struct drp_jw w;
    drp_str_init(&text, SIZE_MAX / 4);
    if (o->json) {
        drp_jw_init(&w, &text, 2);
        drp_options_show_json(o, command->verb, &w);
        drp_str_addc(&text, '\n');
    } else {
        drp_options_show_text(o, command->verb, &text);
    }
    const int rc = drp_cli_print(drp_str_sv(&text), err);
    drp_str_release(&text);
    return rc;
}

static int run_command(const struct drp_command *command, int argc, char **argv,
                       struct drp_err *err)
{
    struct drp_options options;
    struct drp_arena arena;
    int rc = 0;
    drp_arena_init(&arena);
    DRP_TRY(rc, drp_options_parse(command->verb, argc, argv, &arena, &options, err));
    if (options.help || options.show_config) {
        rc = options.help ? print_front(command, err)
                          : print_config(command, &options, err);
        goto out;
    }
    DRP_TRY(rc, check_args(command, &options, err));
    drp_log_set_level(options.quiet     ? DRP_LOG_WARN
                      : options.verbose ? DRP_LOG_DEBUG
                                        : DRP_LOG_INFO);
    if (command->verb & (DRP_VERB_WRITE | DRP_VERB_DEMO | DRP_VERB_VERIFY))
        cancel_step = 2;
    struct drp_cli cli = {&options, &arena, &cancel, wants_color(&options)};
    rc = command->run(&cli, err);
out:
    drp_arena_release(&arena);
    return rc;
}

/* `drp help [COMMAND]` */
static int print_help(const char *name, struct drp_err *err)
{
    const struct drp_command *command = NULL;
    struct drp_str page;
    int rc = 0;
    drp_str_init(&page, 1 << 20);
    if (name)
        DRP_TRY(rc, drp_command_find(name, &command, err));
    if (command)
        drp_help_full(command, &page);
    else
        drp_help_overview(&page);
    rc = drp_pager_print(drp_str_sv(&page), err);
out:
    drp_str_release(&page);
    return rc;
}

static bool is_one_of(const char *word, const char *const *words)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words;
}

static int run(int argc, char **argv, struct drp_err *err)
{
    static const char *const helps[] = {"help", "--help", "-h", NULL};
    static const char *const versions[] = {"version", "--version", NULL};
    const char *word = argc > 1 ? argv[1] : "help";
    const struct drp_command *command = NULL;
    int rc = 0;
    if (is_one_of(word, versions))
        return drp_cli_print(DRP_SV("drp " DRP_VERSION "\n"), err);
    if (is_one_of(word, helps))
        return print_help(argc > 2 ? argv[2] : NULL, err);
    DRP_TRY(rc, drp_command_find(word, &command, err));
    rc = run_command(command, argc - 1, argv + 1, err);
out:
    return rc;
}

int main(int argc, char **argv)
{
    struct drp_err err = {0};
    catch_signals();
    const int rc = run(argc, argv, &err);
    if (rc < 0)
        drp_log(DRP_LOG_ERROR, "%s", err.text);
    return drp_exit_status(rc);
}
